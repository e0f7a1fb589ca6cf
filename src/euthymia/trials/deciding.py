"""What is decided at the visits of a batch: rules, who leaves, dose levels; and who gets what from then on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from euthymia.evidence import load_record
from euthymia.symptoms.scale import Scale
from euthymia.trials.allocation import leaving
from euthymia.trials.departures import Departures, Tendency, depart
from euthymia.trials.design import Arm, Phase, Trial, arms_of, visits_of
from euthymia.trials.dosing_visits import DosingVisits
from euthymia.trials.draws import Draws
from euthymia.trials.fates import Fates
from euthymia.trials.rules import Leaving
from euthymia.trials.ruling import Ruling, Told
from euthymia.trials.schedule import Schedule, at_sessions, milligrams
from euthymia.trials.tablets import Tablets
from euthymia.trials.therapy import Taught
from euthymia.trials.titration import titrate, titrate_tablets


@dataclass(frozen=True)
class Ratings:
    """What ratings tell of people, once they were made.

    Attributes:
        at: Totals on a scale at a visit (h), points, [person].
        baseline: Totals on a scale at the start of a phase, points, [person].
    """

    at: Callable[[Scale, float], np.ndarray]
    baseline: Callable[[Phase, Scale], np.ndarray]


@dataclass(eq=False)
class Deciding:
    """The decisions of a batch.

    Attributes:
        trial: The design.
        fates: What has become of people.
        schedule: Their sessions.
        tablets: What they take at home.
        taught: Their therapy.
        weight: Body weights, kg, [person].
        draw: Their draws.
        visits: What is seen at their dosing visits.
        ratings: What ratings tell.
        intolerable: CADSS from which a session was too much, points.
    """

    trial: Trial
    fates: Fates
    schedule: Schedule
    tablets: Tablets
    taught: Taught
    weight: np.ndarray
    draw: Draws
    visits: DosingVisits
    ratings: Ratings
    intolerable: float
    ruling: Ruling = field(init=False)
    departures: Departures = field(init=False)

    def __post_init__(self) -> None:
        given = (self.schedule, self.tablets, self.taught)
        self.ruling = Ruling(self.trial, self.fates, *given, self.weight, self.draw)
        self.departures = Departures(self.trial, self.fates, self.draw, Tendency.from_record(load_record("leaving")))

    def times(self) -> list[float]:
        """Return the times at which the protocol decides something, h."""
        found = {phase.start for phase in self.trial.phases[1:]}
        for arm in arms_of(self.trial):
            found |= set(arm.titration.decide_at) if arm.titration else set()
        found |= self.ruling.times()
        if self.trial.dropout.informative:
            found |= {visit.t for visit in self.trial.visits}
        return sorted(found)

    def enter(self, phase: Phase, places: np.ndarray) -> None:
        """Put people into their arms of a phase: schedule, comedication, and when they leave."""
        self.fates.enter(phase.name, places)
        for place, arm in enumerate(phase.arms):
            who = places == place
            self.schedule.assign(arm, who, self.weight, since=phase.start)
            self.tablets.assign(arm, phase, who)
            self.taught.assign(arm, phase, who)
        if self.trial.dropout.informative:
            self._depart(phase, phase.start)
        else:
            t = leaving(self.trial, phase, places, self.draw(f"leaving {phase.name}")[:, 0])
            depart(self.trial, self.fates, self.draw, phase, t, np.full(t.size, Leaving.UNSTATED))
        self._stop()

    def at_visits(self, t: float) -> None:
        """Do what the rules of phases say at a visit at ``t``, and decide who leaves until the next one."""
        for phase in self.trial.phases:
            if phase.name in self.fates.phases and any(visit.t == t for visit in visits_of(self.trial, phase)):
                self.ruling.at_visit(phase, t, self._told(phase, t))
                if self.trial.dropout.informative:
                    self._depart(phase, t)
        self._stop()

    def titrate(self, phase: Phase, t: float) -> None:
        """Set the levels of the arms of a phase whose titration is decided at ``t``."""
        if phase.name not in self.fates.phases:
            return
        for place, arm in enumerate(phase.arms):
            if arm.titration is not None and t in arm.titration.decide_at:
                here = (self.fates.phases[phase.name].acting(t) == place) & (self.fates.off > t)
                self._titrate(arm, np.flatnonzero(here), phase, t)

    def _stop(self) -> None:
        """Take the study treatment from those who are off it, and plan for those of whom it is known when they are."""
        for given in (self.schedule, self.tablets, self.taught):
            given.stop(self.fates.off)

    def _depart(self, phase: Phase, t: float) -> None:
        """Decide who leaves between ``t`` and the next visit of a phase, or its end."""
        coming = [visit.t for visit in visits_of(self.trial, phase) if visit.t > t]
        end = min([*coming, phase.end])
        if t < end:
            first, nobody = t == phase.start, np.zeros(self.fates.persons)
            fall = nobody if first else self._fall(phase, t)
            reported = nobody > 0.0 if first else self.visits.at_last(phase.start, t, self.visits.reported)
            self.departures.between(phase, t, end, fall, reported)

    def _told(self, phase: Phase, t: float) -> Told:
        """Return what a visit at ``t`` tells of people."""
        return Told(
            fall=lambda: self._fall(phase, t),
            MADRS=lambda: self.ratings.at(Scale.MADRS, t),
            intolerable=lambda: self.visits.at_last(
                phase.start, t, lambda row: self.visits.peak(row) >= self.intolerable
            ),
        )

    def _titrate(self, arm: Arm, who: np.ndarray, phase: Phase, t: float) -> None:
        rule = arm.titration
        if rule is None:
            return

        def responding() -> np.ndarray:
            return self._responding(phase, t, rule.response_fall)[who]

        at_session = next((dose for dose in at_sessions(arm.regimen.doses) if dose.t == t), None)
        if at_session is None:
            titrate_tablets(self.tablets, rule, who, t, responding=responding)
            return
        titrate(
            *(self.schedule, rule, who, t, milligrams(at_session, self.weight[who])),
            responding=responding,
            score=lambda row: self.visits.peak(row)[who],
            intolerable=self.intolerable,
        )

    def _responding(self, phase: Phase, t: float, fall: float) -> np.ndarray:
        """Return who responds by the last rating of a phase up to ``t``, [person]; nobody before the first."""
        visits, scale = [visit for visit in visits_of(self.trial, phase) if visit.t <= t], self.trial.scale
        if not visits:
            return np.zeros(self.fates.persons, dtype=bool)
        return self.ratings.at(scale, visits[-1].t) <= (1.0 - fall) * self.ratings.baseline(phase, scale)

    def _fall(self, phase: Phase, t: float) -> np.ndarray:
        """Return how far the trial's scale has fallen since the start of a phase, as a fraction of then, [person]."""
        baseline, total = self.ratings.baseline(phase, self.trial.scale), self.ratings.at(self.trial.scale, t)
        return np.where(baseline > 0.0, (baseline - total) / np.where(baseline > 0.0, baseline, 1.0), 0.0)
