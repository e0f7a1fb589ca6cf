"""Who and what is there at a look: a trial of many replicates, seen at some share of its people.

A look is held when a share of the people who belong to the trial have the primary visit behind them, by calendar
where the design says how people come (``[enrolment]``). An MMRM then takes every rating up to the primary visit that
was made by then, also of people who have not come so far; any other analysis takes those whose primary visit lies
behind them. Where nobody knows when people come, they come by their numbers, and those of the share have finished.

People beyond the planned size come once it is reached and the decision was taken, at the mean rate of the plan.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.design import Analysis, Endpoint, Trial
from euthymia.trials.stacking import picked


@dataclass(frozen=True, eq=False)
class Coming:
    """When people come, and who they are; arrays are [replicate, subject] where nothing else is said.

    Attributes:
        number: Of each subject within its arm of the first phase, [subject].
        planned: People planned in the arm of each, [subject].
        enrolled: When each comes, h; None where nobody knows.
        duration: Time over which the planned ones come, h.
        until_primary: Time from randomisation to the primary visit, h; one for all where they come as planned.
    """

    number: np.ndarray
    planned: np.ndarray
    enrolled: np.ndarray | None
    duration: float
    until_primary: np.ndarray

    @classmethod
    def of(cls, data: TrialData, planned: tuple[int, ...]) -> Coming:
        """Return how people of a conducted trial come.

        Args:
            data: The trial, conducted at its largest size.
            planned: People planned in each arm of the first phase.
        """
        trial = data.trial
        arms = trial.phases[0].arms
        known = trial.enrolment is not None and data.enrolled is not None
        return cls(
            number=np.concatenate([np.arange(arm.n or 0) for arm in arms]),
            planned=np.repeat(planned, [arm.n or 0 for arm in arms]),
            enrolled=data.enrolled if known else None,
            duration=trial.enrolment.duration if trial.enrolment is not None else 0.0,
            until_primary=_until_primary(data),
        )

    def belonging(self, factor: np.ndarray) -> np.ndarray:
        """Return who belongs to the trial when its size is ``factor`` [replicate] times the one planned."""
        return self.number < np.ceil(np.round(self.planned * factor[:, None], 9))

    def times(self, factor: np.ndarray, decided: np.ndarray) -> np.ndarray | None:
        """Return when people come, h; None where nobody knows.

        Args:
            factor: Size of the trial, for that planned, [replicate].
            decided: When that was decided, h, [replicate].
        """
        if self.enrolled is None:
            return None
        start = np.maximum(self.duration, decided)[:, None]
        return np.where(self.number < self.planned, self.enrolled, start + self.enrolled * (factor[:, None] - 1.0))


@dataclass(frozen=True, eq=False)
class Look:
    """What is there at a look; arrays begin with [replicate].

    Attributes:
        t: When it is held, h after the first site opened; NaN where nobody knows.
        people: People randomised by then.
        share: Of the people who belong to the trial, those with the primary visit behind them.
        inside: Whose ratings are taken, [..., subject].
        done: Who has the primary visit behind them, the same shape.
        seen: How long after randomisation each is followed by then, h, the same shape; infinite where nobody knows.
    """

    t: np.ndarray
    people: np.ndarray
    share: np.ndarray
    inside: np.ndarray
    done: np.ndarray
    seen: np.ndarray


def look_at(coming: Coming, trial: Trial, share: float, factor: np.ndarray, decided: np.ndarray) -> Look:
    """Return what is there when a share of the trial's people have the primary visit behind them.

    Args:
        coming: When people come.
        trial: The design.
        share: Of those who belong to the trial.
        factor: Size of the trial, for that planned, [replicate].
        decided: When that was decided, h, [replicate].
    """
    belong = coming.belonging(factor)
    all_of_them = belong.sum(1)
    times = coming.times(factor, decided)
    if times is None:
        done = belong & (coming.number < np.ceil(np.round(coming.planned * factor[:, None] * share, 9)))
        everybody = done.sum(1)
        nothing = np.full(len(factor), np.nan)
        return Look(nothing, everybody, everybody / all_of_them, done, done, np.where(done, np.inf, 0.0))
    finished = np.where(belong, times + coming.until_primary, np.inf)
    wanted = np.ceil(np.round(share * all_of_them, 9)).astype(int)
    t = np.take_along_axis(np.sort(finished, axis=1), wanted[:, None] - 1, axis=1)
    done, there = finished <= t, belong & (times <= t)
    inside = there if _takes_all_ratings(trial) else done
    return Look(t[:, 0], there.sum(1), done.sum(1) / all_of_them, inside, done, t - times)


def seen_at(data: TrialData, look: Look, which: np.ndarray, *, last: bool) -> TrialData:
    """Return a conducted trial as its analysis sees it at a look.

    Args:
        data: The trial.
        look: The look.
        which: Whether each replicate is analysed, [replicate].
        last: Whether it is the end of the trial, so that everything of those inside is seen.
    """
    until = np.inf if last else next(visit.t for visit in data.trial.visits if visit.label == data.trial.primary.visit)

    def seen(phase: PhaseData) -> PhaseData:
        planned = np.array([visit.t for visit in phase.visits])
        came = planned if phase.times is None else phase.times
        made = (planned <= until) & (last | (came <= look.seen[which, :, None]))
        inside = look.inside[which]
        return replace(phase, arm=np.where(inside, phase.arm, -1), observed=phase.observed & inside[..., None] & made)

    part = picked(data, which)
    return replace(part, phases=tuple(seen(phase) for phase in part.phases))


def _until_primary(data: TrialData) -> np.ndarray:
    """Return the time from randomisation to the primary visit, h: of each person, or one for all."""
    label = data.trial.primary.visit
    phase = next(one for one in data.phases if any(visit.label == label for visit in one.visits))
    place = [visit.label for visit in phase.visits].index(label)
    return np.array(phase.visits[place].t) if phase.times is None else phase.times[..., place]


def _takes_all_ratings(trial: Trial) -> bool:
    return trial.primary.analysis is Analysis.MMRM and trial.primary.endpoint is Endpoint.MADRS_CHANGE
