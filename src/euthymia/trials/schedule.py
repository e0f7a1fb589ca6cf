"""Who gets what when: the sessions of a trial as common times with personal amounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from euthymia.models.dosing import STUDY_DRUG, Session
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.dose import DoseUnit
from euthymia.treatment.drug import DrugClass, Route
from euthymia.trials.design import Arm


@dataclass
class Schedule:
    """The sessions of a group of people; times are common, amounts are personal.

    Attributes:
        t: Session times, h, [session].
        route: Route of each session.
        duration: Length of each infusion, h.
        amount: Esketamine, mg, [session, person].
        attended: Whether a person has the session, sham included, [session, person].
    """

    t: np.ndarray
    route: list[Route]
    duration: list[float]
    amount: np.ndarray
    attended: np.ndarray

    def assign(self, arm: Arm, who: np.ndarray, weight: np.ndarray, *, since: float = -np.inf) -> None:
        """Put the doses of an arm from ``since`` on into the schedule of the people ``who``."""
        for dose in arm.regimen.doses:
            if dose.t < since or find_drug(dose.drug).kind is DrugClass.ORAL_ANTIDEPRESSANT:
                continue
            row = self.row(dose.t, dose.route, dose.duration)
            self.attended[row, who] = True
            if dose.drug == STUDY_DRUG:
                per = weight[who] if dose.unit is DoseUnit.MG_PER_KG else 1.0
                self.amount[row, who] = dose.amount * per

    def row(self, t: float, route: Route, duration: float) -> int:
        """Return the position of a session."""
        return next(
            row
            for row in range(self.t.size)
            if self.t[row] == t and self.route[row] is route and self.duration[row] == duration
        )

    def sessions(self) -> list[Session]:
        """Return the sessions in which anybody gets the drug."""
        return [
            Session(float(t), route, duration, amount)
            for t, route, duration, amount in zip(self.t, self.route, self.duration, self.amount, strict=True)
            if amount.any()
        ]


def empty_schedule(arms: Iterable[Arm], persons: int) -> Schedule:
    """Return the sessions of all arms with nobody in them."""
    kinds = sorted(
        {
            (dose.t, dose.route, dose.duration)
            for arm in arms
            for dose in arm.regimen.doses
            if find_drug(dose.drug).kind is not DrugClass.ORAL_ANTIDEPRESSANT
        }
    )
    return Schedule(
        t=np.array([t for t, _, _ in kinds]),
        route=[route for _, route, _ in kinds],
        duration=[duration for _, _, duration in kinds],
        amount=np.zeros((len(kinds), persons)),
        attended=np.zeros((len(kinds), persons), dtype=bool),
    )
