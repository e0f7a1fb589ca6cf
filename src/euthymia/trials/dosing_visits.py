"""What is seen at the dosing visits of a batch: scores, pressures, sedation and reports, session by session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from euthymia.models.exposure import SEDATIVE
from euthymia.models.exposure import Exposure as Drugs
from euthymia.patients.population import People
from euthymia.treatment.drug import DrugClass
from euthymia.trials.data import SAFETY_MINUTES, SafetyData, SessionsSeen
from euthymia.trials.draws import Draws
from euthymia.trials.monitoring import (
    Exposure,
    Monitor,
    Observed,
    PersonDraws,
    dissociation_factor,
    draw_people,
    draw_session,
    observe,
)
from euthymia.trials.remembered import Remembered
from euthymia.trials.schedule import Schedule

PEAK_MINUTE = SAFETY_MINUTES.index(40.0)
LENGTH = max(SAFETY_MINUTES) / 60.0  # h after a dose at which people leave a dosing visit
SLACK = 1e-9  # h; times that differ by less are one


@dataclass(eq=False)
class DosingVisits:
    """The dosing visits of a batch; a session can be looked at once the chain has passed its two hours.

    Attributes:
        schedule: Who gets what when.
        people: The people.
        course: What is remembered of the chain.
        drugs: What the drugs are in these people.
        monitor: The links from exposure to what is seen.
        draw: Their draws.
        trial_effects: Whether trials differ in the mean rise of pressure.
    """

    schedule: Schedule
    people: People
    course: Remembered
    drugs: Drugs
    monitor: Monitor
    draw: Draws
    trial_effects: bool = True
    _seen: dict[int, tuple[Exposure, Observed]] = field(default_factory=dict)
    _people: PersonDraws | None = None

    def exposure(self, row: int) -> Exposure:
        """Return what a session brought to the people."""
        link, t = self.monitor.safety.dissociation, float(self.schedule.t[row])
        felt, tolerance = self.course.after(self.drugs.felt, t), self.course.after("tolerance", t)
        z = np.asarray(link.drive(felt, tolerance))
        visit = np.maximum(self.schedule.of_class(DrugClass.RAPID)[: row + 1].sum(0), 1).astype(float)
        sensitivity = self.people.sensitivity * dissociation_factor(self.monitor, self.draw, t)
        score = link.score(link.effect(z), visit[:, None], sensitivity[:, None])
        # Other drugs' modes leave rounding in a sedative's level.
        sedative = sum(np.maximum(self.course.after(site, t), 0.0) for site in self.drugs.outputs(SEDATIVE))
        return Exposure(z, visit, np.asarray(score), sedative)

    def peak(self, row: int) -> np.ndarray:
        """Return CADSS when it is highest after a session, points, [person]."""
        return self.exposure(row).CADSS[:, PEAK_MINUTE]

    def seen(self, row: int) -> tuple[Exposure, Observed]:
        """Return what a session brought and what was seen at it; what was seen stays seen."""
        if row not in self._seen:
            exposure, session = self.exposure(row), draw_session(self.draw, float(self.schedule.t[row]))
            self._seen[row] = exposure, observe(self.monitor, exposure, self._drawn(), session)
        return self._seen[row]

    def last(self, since: float, t: float) -> np.ndarray:
        """Return the position of everybody's last dosing visit that was over by ``t`` (h); -1 without one, [person].

        Args:
            since: Visits before this time do not count, h.
            t: When, h.
        """
        times = self.schedule.t
        there = self.schedule.attended & ((times >= since) & (times + LENGTH <= t + SLACK))[:, None]
        return np.where(there, np.arange(times.size)[:, None], -1).max(axis=0, initial=-1)

    def at_last(self, since: float, t: float, tells: Callable[[int], np.ndarray]) -> np.ndarray:
        """Return what everybody's last dosing visit tells; False without one, [person].

        Args:
            since: As of `last`.
            t: When, h.
            tells: Gives what a session, by its position, tells of people, [person].
        """
        last = self.last(since, t)
        found = np.zeros(last.size, dtype=bool)
        for row in np.unique(last[last >= 0]):
            found |= (last == row) & tells(int(row))
        return found

    def reported(self, row: int) -> np.ndarray:
        """Return whether any event was reported at a session, [person]."""
        return np.asarray(self.seen(row)[1].reports.any(axis=1))

    def safety(self, attended: np.ndarray, shape: tuple[int, int]) -> SafetyData:
        """Return what the sessions did and what was written down of it.

        Args:
            attended: Who was at which session, [session, person].
            shape: Replicates and subjects, as which the people are arranged.
        """
        seen = [self.seen(row) for row in range(self.schedule.t.size)]

        def whole(parts: list[np.ndarray], kind: type = float) -> np.ndarray:
            if not parts:
                return np.zeros((*shape, 0), dtype=kind)
            stacked = np.stack(parts, axis=1).astype(kind)
            return stacked.reshape(*shape, *stacked.shape[1:])

        return SafetyData(
            t=self.schedule.t,
            CADSS=self._unless_missed(whole([exposure.CADSS for exposure, _ in seen])),
            SBP=self._unless_missed(whole([one.rise for _, one in seen])),
            seen=SessionsSeen(
                attended=whole(list(attended), bool),
                SBP=whole([one.SBP for _, one in seen], np.int16),
                DBP=whole([one.DBP for _, one in seen], np.int16),
                MOAAS=whole([one.MOAAS for _, one in seen], np.int8),
                reports=whole([one.reports for _, one in seen], bool),
            ),
        )

    def _unless_missed(self, values: np.ndarray) -> np.ndarray:
        """Return values [replicate, subject, session, minute] with NaN for sessions that were missed."""
        missed = self.schedule.missed()
        if missed is None or not values.size:
            return values
        return np.where(missed.T.reshape(*values.shape[:3], 1), np.nan, values)

    def _drawn(self) -> PersonDraws:
        if self._people is None:
            cohort: np.ndarray | float = 1.0
            if self.trial_effects:
                z = self.draw.replicate("trial pressure")[:, 0]
                cohort = np.repeat(self.monitor.cuff.cohort(z), self.draw.subjects)
            self._people = draw_people(self.draw, cohort)
        return self._people
