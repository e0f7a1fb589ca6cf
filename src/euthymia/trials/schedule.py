"""Who gets what when: the sessions of a trial as common times with personal amounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from euthymia.errors import TrialFileError
from euthymia.evidence import load_record
from euthymia.models.dosing import STUDY_DRUG, Session
from euthymia.pharmacology.route import Route
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.dose import Dose, DoseUnit
from euthymia.treatment.drug import DrugClass
from euthymia.trials.design import Arm

WHOLE = 1e-9  # of a device
NOTHING = -1  # in place of a drug's position: sham, or nothing


@dataclass
class Schedule:
    """The sessions of a group of people; times are common, amounts are personal.

    Attributes:
        t: Session times, h, [session].
        route: Route of each session.
        duration: Length of each infusion, h.
        amount: Drug, mg, [session, person].
        attended: Whether a person has the session, sham included, [session, person].
        drugs: The drugs that anybody is given at a session, sham left out.
        given: Position in ``drugs`` of what each person is given; -1 for sham or nothing, [session, person].
        rescue: Whether a session that a person has is one of rescue, and not of the arm's treatment, [session, person].
        planned: Whether a person is to have the session, [session, person]; who misses it did not attend it.
        share: Part of the amount that each person takes, 0 for a session that is missed, [session, person]; None where
            everybody takes everything.
    """

    t: np.ndarray
    route: list[Route]
    duration: list[float]
    amount: np.ndarray
    attended: np.ndarray
    drugs: tuple[str, ...]
    given: np.ndarray
    rescue: np.ndarray
    planned: np.ndarray
    share: np.ndarray | None = None

    @property
    def taken(self) -> np.ndarray:
        """Drug that people take, mg, [session, person]: of a spray in whole devices, one at least."""
        if self.share is None:
            return self.amount
        found = self.amount * self.share
        for row in [row for row, route in enumerate(self.route) if route is Route.NASAL]:
            content = load_record(STUDY_DRUG).value("device_content", "mg")
            devices = np.maximum(np.floor(found[row] / content + WHOLE), 1.0)
            found[row] = np.where(found[row] > 0.0, content * devices, 0.0)
        return found

    def missed(self) -> np.ndarray | None:
        """Return who misses which session, [session, person]; None where nobody can."""
        return None if self.share is None else self.share == 0.0

    @property
    def own(self) -> np.ndarray:
        """Return whether a person is to have a session of the study treatment, [session, person]."""
        return self.planned & ~self.rescue

    def assign(self, arm: Arm, who: np.ndarray, weight: np.ndarray, *, since: float = -np.inf) -> None:
        """Put the doses of an arm from ``since`` on into the schedule of the people ``who``."""
        self._give([dose for dose in arm.regimen.doses if dose.t >= since], who, weight)

    def add(self, doses: Iterable[Dose], who: np.ndarray, weight: np.ndarray) -> None:
        """Put doses of rescue into the schedule of the people ``who``."""
        for row in self._give(doses, who, weight):
            self.rescue[row, who] = True

    def stop(self, since: np.ndarray) -> None:
        """Take from everybody the sessions of the study treatment from a time of their own on, h, [person]."""
        over = (self.t[:, None] >= since) & ~self.rescue
        self.planned[over], self.attended[over], self.amount[over], self.given[over] = False, False, 0.0, NOTHING

    def _give(self, doses: Iterable[Dose], who: np.ndarray, weight: np.ndarray) -> list[int]:
        """Put doses into the schedule of some people, and return the positions of their sessions."""
        rows = []
        for dose in at_sessions(doses):
            row = self.row(dose.t, dose.route, dose.duration)
            rows.append(row)
            self.planned[row, who] = True
            self.attended[row, who] = True if self.share is None else self.share[row, who] > 0.0
            if dose.drug in self.drugs:
                self.given[row, who] = self.drugs.index(dose.drug)
                self.amount[row, who] = dose.amount * milligrams(dose, weight[who])
        return rows

    def row(self, t: float, route: Route, duration: float) -> int:
        """Return the position of a session."""
        return next(
            row
            for row in range(self.t.size)
            if self.t[row] == t and self.route[row] is route and self.duration[row] == duration
        )

    def of_class(self, kind: DrugClass) -> np.ndarray:
        """Return whether people are given a drug of a class, [session, person]."""
        wanted = [place for place, drug in enumerate(self.drugs) if find_drug(drug).kind is kind]
        return np.isin(self.given, wanted) & (self.taken > 0.0)

    def sessions(self) -> list[Session]:
        """Return the sessions in which anybody gets a drug."""
        found, taken = [], self.taken
        for row, (t, route, duration) in enumerate(zip(self.t, self.route, self.duration, strict=True)):
            for place, drug in enumerate(self.drugs):
                amount = np.where(self.given[row] == place, taken[row], 0.0)
                if amount.any():
                    found.append(Session(float(t), route, duration, amount, drug))
        return found


def at_sessions(doses: Iterable[Dose]) -> tuple[Dose, ...]:
    """Return the doses that are given at a session: all but those of oral antidepressants, which are taken at home."""
    return tuple(dose for dose in doses if find_drug(dose.drug).kind is not DrugClass.ORAL_ANTIDEPRESSANT)


def milligrams(dose: Dose, weight: np.ndarray) -> np.ndarray | float:
    """Return the milligrams that one unit of a dose's amount is, for people of these weights (kg)."""
    return weight if dose.unit is DoseUnit.MG_PER_KG else 1.0


def empty_schedule(arms: Sequence[Arm], persons: int, *, more: Iterable[Dose] = ()) -> Schedule:
    """Return the sessions of all arms, and of more doses that may come up, with nobody in them."""
    doses = [dose for arm in arms for dose in at_sessions(arm.regimen.doses)] + list(at_sessions(more))
    kinds = sorted({(dose.t, dose.route, dose.duration) for dose in doses})
    return Schedule(
        t=np.array([t for t, _, _ in kinds]),
        route=[route for _, route, _ in kinds],
        duration=[duration for _, _, duration in kinds],
        amount=np.zeros((len(kinds), persons)),
        attended=np.zeros((len(kinds), persons), dtype=bool),
        drugs=tuple(sorted({dose.drug for dose in doses if find_drug(dose.drug).kind is not DrugClass.PLACEBO})),
        given=np.full((len(kinds), persons), NOTHING),
        rescue=np.zeros((len(kinds), persons), dtype=bool),
        planned=np.zeros((len(kinds), persons), dtype=bool),
    )


def check_sessions(trial: str, arm: Arm) -> None:
    """Refuse an arm in which a person would be given two drugs at one session in the same way.

    Raises:
        TrialFileError: Naming the trial, the arm and the drugs.
    """
    seen: dict[tuple[float, Route, float], str] = {}
    for dose in at_sessions(arm.regimen.doses):
        other = seen.setdefault((dose.t, dose.route, dose.duration), dose.drug)
        if other != dose.drug:
            raise TrialFileError(
                f"{trial}, arm {arm.name!r}: {other} and {dose.drug} {dose.route} at {dose.t:g} h; allowed: "
                "one drug at a time by one route over one length; give one of them at another time"
            )
