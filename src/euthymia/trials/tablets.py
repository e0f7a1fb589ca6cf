"""What people take at home: oral antidepressants, as the arm that they are in has it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np

from euthymia.engine.linear import Event
from euthymia.models.exposure import Exposure
from euthymia.models.following import events_of
from euthymia.models.transporters import USUAL, Daily, daily_courses, given_daily
from euthymia.treatment.dose import HOURS_PER_DAY, Dose
from euthymia.trials.design import Arm, ComedicationKind, Phase, Trial, arms_of
from euthymia.trials.rescue import rescue_doses
from euthymia.trials.schedule import at_sessions


class Role(Enum):
    """What a course of tablets is to the trial."""

    STUDY = "the arm's treatment"
    COMEDICATION = "beside it"
    RESCUE = "rescue"


@dataclass(frozen=True)
class Course(Daily):
    """A course of some people, amounts [person], and what it is to the trial."""

    role: Role


@dataclass
class Tablets:
    """The courses of tablets of a group of people.

    A stable antidepressant is none: what it does is in the baseline.

    Attributes:
        persons: How many people.
        courses: What is taken.
        share: Share of days on which people take them, [person]; None where it is every day.
    """

    persons: int
    courses: list[Course] = field(default_factory=list)
    share: np.ndarray | None = None

    def assign(self, arm: Arm, phase: Phase, who: np.ndarray, *, since: float = -math.inf) -> None:
        """Let the people ``who``, [person], take what an arm takes, from the start of its phase (h) to its end."""
        beside = arm.comedication.kind is not ComedicationKind.NONE
        self._add(courses_of(arm, phase), who, Role.COMEDICATION if beside else Role.STUDY, since)

    def add(self, doses: Iterable[Dose], who: np.ndarray) -> None:
        """Let the people ``who``, [person], take tablets of rescue."""
        self._add(daily_courses(taken_at_home(doses)), who, Role.RESCUE, -math.inf)

    def switch(self, who: np.ndarray, t: float) -> None:
        """End what the people ``who``, [person], take as those of their arm at ``t`` hours."""
        self._change(who, t, (Role.STUDY, Role.COMEDICATION))

    def stop(self, since: np.ndarray) -> None:
        """End the study treatment of everybody at a time of their own (h, [person]), or with the day that it is in."""
        days = np.ceil(since / HOURS_PER_DAY) * HOURS_PER_DAY
        for t in np.unique(days[np.isfinite(days)]):
            self._change(days == t, float(t), (Role.STUDY,))

    def planned(self, t: float) -> np.ndarray:
        """Return what people were to take of the study treatment just before ``t`` hours, mg a day, [person]."""
        found = np.zeros(self.persons)
        for one in self.courses:
            if one.role is Role.STUDY and one.start < t <= one.stop:
                found = found + one.amount
        return found if self.share is None else found / np.where(self.share > 0.0, self.share, 1.0)

    def change(self, amount: np.ndarray, who: np.ndarray, t: float) -> None:
        """Give the people ``who`` another amount of the study treatment from ``t`` (h) on, mg a day, [person]."""
        self._change(who, t, (Role.STUDY,), amount if self.share is None else amount * self.share)

    def events(self, exposed: Exposure) -> list[Event]:
        """Return the tablets as inputs of the linear system."""
        return events_of(exposed, given_daily(self.courses, self.persons))

    def _add(self, courses: Iterable[Daily], who: np.ndarray, role: Role, since: float) -> None:
        for one in courses:
            if one.stop > since:
                amount = np.where(who, one.amount if self.share is None else one.amount * self.share, 0.0)
                self.courses.append(Course(one.drug, amount, max(one.start, since), one.stop, role))

    def _change(self, who: np.ndarray, t: float, roles: tuple[Role, ...], amount: np.ndarray | float = 0.0) -> None:
        """Change courses of some people from ``t`` on: of each the others' stays, and theirs is cut in two."""
        found = []
        for one in self.courses:
            theirs = who & (np.asarray(one.amount) > 0.0)
            if one.role not in roles or one.stop <= t or not theirs.any():
                found.append(one)
                continue
            parts = [
                replace(one, amount=np.where(theirs, 0.0, one.amount)),
                replace(one, amount=np.where(theirs, one.amount, 0.0), stop=max(one.start, t)),
                replace(one, amount=np.where(theirs, amount, 0.0), start=max(one.start, t)),
            ]
            found += [part for part in parts if part.start < part.stop and np.any(part.amount)]
        self.courses = found


def courses_of(arm: Arm, phase: Phase) -> list[Daily]:
    """Return what an arm takes daily in a phase; of a drug that is not named, the usual dose."""
    if arm.comedication.kind is ComedicationKind.NEW_ORAL:
        start = max(arm.comedication.start, phase.start)
        return [Daily(USUAL, 1.0, start, phase.end)] if start < phase.end else []
    taken = [one for one in daily_courses(at_home(arm)) if one.stop > phase.start]
    return taken if arm.comedication.kind is ComedicationKind.NONE else []


def at_home(arm: Arm) -> tuple[Dose, ...]:
    """Return the doses of an arm that are taken at home."""
    return taken_at_home(arm.regimen)


def taken_at_home(doses: Iterable[Dose]) -> tuple[Dose, ...]:
    """Return those of some doses that are taken at home."""
    doses = tuple(doses)
    given = at_sessions(doses)
    return tuple(dose for dose in doses if dose not in given)


def names_of(trial: Trial) -> tuple[str, ...]:
    """Return the names of what anybody takes at home."""
    named = [daily for arm in arms_of(trial) for daily in daily_courses(at_home(arm))]
    named += daily_courses(taken_at_home(rescue_doses(trial)))
    unnamed = any(arm.comedication.kind is ComedicationKind.NEW_ORAL for arm in arms_of(trial))
    return tuple(sorted({one.drug for one in named} | ({USUAL} if unnamed else set())))
