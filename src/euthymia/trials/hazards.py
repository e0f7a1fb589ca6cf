"""Times to relapse of an arm and its reference compared in every replicate: log-rank test and proportional hazards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euthymia.errors import ConvergenceError
from euthymia.statistics.cox import cox
from euthymia.statistics.survival import log_rank
from euthymia.statistics.table import TableError
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.design import RelapseRule
from euthymia.trials.endings import Ending
from euthymia.trials.estimates import Estimate
from euthymia.trials.handled import Kept
from euthymia.trials.relapse import Relapses, relapses


@dataclass(frozen=True, eq=False)
class Groups:
    """Who is compared with whom.

    Attributes:
        treated: The arm, [replicate, subject].
        against: The reference, the same shape.
        strata: Number of each subject's stratum, the same shape; None for one stratum of all.
    """

    treated: np.ndarray
    against: np.ndarray
    strata: np.ndarray | None = None


def strata_of(data: TrialData) -> np.ndarray | None:
    """Return the sites, where a trial has several, [replicate, subject]; None where it has one."""
    return data.site if data.trial.sites > 1 else None


def compared(found: Relapses, groups: Groups) -> Estimate:
    """Return the logarithm of the ratio of hazards, judged by the log-rank test, each array [replicate].

    Args:
        found: When people relapsed.
        groups: Who is compared with whom; within strata where they are given.
    """
    parts = [_one(found, groups, replicate) for replicate in range(len(found.time))]
    value, se, code, p, events = (np.array(column) for column in zip(*parts, strict=True))
    df = np.where(np.isfinite(value), np.inf, np.nan)
    return Estimate(value, se, df, code.astype(int), p=p, events=events)


def relapses_seen(phase: PhaseData, rule: RelapseRule, found: Kept, who: np.ndarray) -> Relapses:
    """Return when those asked about relapsed, or failed by an event that counts as failure.

    Args:
        phase: The phase.
        rule: What a relapse is.
        found: Which ratings count.
        who: Those asked about, [subject].
    """
    seen = relapses(phase, rule, found.seen)
    failed = found.failed - phase.phase.start
    first = np.isfinite(failed) & ~(seen.event & (seen.time <= failed))
    return Relapses(np.where(first, failed, seen.time)[:, who], (seen.event | first)[:, who])


def _one(found: Relapses, groups: Groups, replicate: int) -> tuple[float, float, float, float, float]:
    """Return value, error, code, p and events of one replicate."""
    both = groups.treated[replicate] | groups.against[replicate]
    time, event, arm = found.time[replicate, both], found.event[replicate, both], groups.treated[replicate, both]
    layers = None if groups.strata is None else groups.strata[replicate, both]
    nan, events = float("nan"), float(event.sum())
    if not arm.any() or arm.all() or not event.any():
        return nan, nan, float(Ending.UNSEEN), nan, events
    p = log_rank(time, event, arm, strata=layers).p
    try:
        fitted = cox(time, event, arm.astype(float), strata=layers)
    except (ConvergenceError, TableError):
        return nan, nan, float(Ending.NO_CONVERGENCE), p, events
    return float(fitted.estimate[0]), float(fitted.se[0]), float(Ending.AS_PLANNED), p, events
