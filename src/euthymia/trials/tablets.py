"""What people take at home: oral antidepressants, as the arm that they are in has it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from euthymia.engine.linear import Event
from euthymia.models.exposure import Exposure
from euthymia.models.following import events_of
from euthymia.models.transporters import USUAL, Daily, daily_courses, given_daily
from euthymia.treatment.dose import Dose
from euthymia.trials.design import Arm, ComedicationKind, Phase, Trial, arms_of
from euthymia.trials.schedule import at_sessions


@dataclass
class Tablets:
    """The courses of tablets of a group of people.

    A stable antidepressant is none: what it does is in the baseline.

    Attributes:
        persons: How many people.
        courses: What is taken, amounts [person].
        share: Share of days on which people take them, [person]; None where it is every day.
    """

    persons: int
    courses: list[Daily] = field(default_factory=list)
    share: np.ndarray | None = None

    def assign(self, arm: Arm, phase: Phase, who: np.ndarray) -> None:
        """Let the people ``who``, [person], take what an arm takes, from the start of its phase to its end."""
        for one in courses_of(arm, phase):
            amount = (
                np.where(who, one.amount, 0.0) if self.share is None else np.where(who, one.amount * self.share, 0.0)
            )
            self.courses.append(Daily(one.drug, amount, one.start, one.stop))

    def events(self, exposed: Exposure) -> list[Event]:
        """Return the tablets as inputs of the linear system."""
        return events_of(exposed, given_daily(self.courses, self.persons))


def courses_of(arm: Arm, phase: Phase) -> list[Daily]:
    """Return what an arm takes daily in a phase; of a drug that is not named, the usual dose."""
    if arm.comedication.kind is ComedicationKind.NEW_ORAL:
        start = max(arm.comedication.start, phase.start)
        return [Daily(USUAL, 1.0, start, phase.end)] if start < phase.end else []
    taken = [one for one in daily_courses(at_home(arm)) if one.stop > phase.start]
    return taken if arm.comedication.kind is ComedicationKind.NONE else []


def at_home(arm: Arm) -> tuple[Dose, ...]:
    """Return the doses of an arm that are taken at home."""
    given = at_sessions(arm.regimen.doses)
    return tuple(dose for dose in arm.regimen.doses if dose not in given)


def names_of(trial: Trial) -> tuple[str, ...]:
    """Return the names of what anybody takes at home."""
    named = [daily for arm in arms_of(trial) for daily in daily_courses(at_home(arm))]
    unnamed = any(arm.comedication.kind is ComedicationKind.NEW_ORAL for arm in arms_of(trial))
    return tuple(sorted({one.drug for one in named} | ({USUAL} if unnamed else set())))
