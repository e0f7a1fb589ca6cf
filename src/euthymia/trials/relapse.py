"""Relapse in a conducted phase: when a person's ratings first meet the trial's rule, and what the arms have in common.

Time counts from the start of the phase to the rating that completes the rule; people without a relapse are followed to
the last rating at which they were still there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euthymia.errors import ConvergenceError
from euthymia.statistics.cox import cox
from euthymia.statistics.survival import kaplan_meier
from euthymia.statistics.table import TableError
from euthymia.trials.data import PhaseData
from euthymia.trials.design import RelapseRule

HOURS_PER_DAY = 24.0


@dataclass(frozen=True, eq=False)
class Relapses:
    """When people relapsed.

    Attributes:
        time: From the start of the phase to the relapse, or to the last rating made, h, [replicate, subject].
        event: Whether the person relapsed, [replicate, subject].
    """

    time: np.ndarray
    event: np.ndarray


def relapses(phase: PhaseData, rule: RelapseRule, observed: np.ndarray | None = None) -> Relapses:
    """Return when people first met a rule on ratings that were made one after the other.

    Args:
        phase: The phase.
        rule: The rule.
        observed: Ratings that count, [replicate, subject, visit]; those that were made when left out.
    """
    totals, observed = phase.MADRS, phase.observed if observed is None else observed
    high = observed & (totals >= rule.threshold)
    full = high[..., rule.consecutive - 1 :].copy()
    for earlier in range(1, rule.consecutive):
        full &= high[..., rule.consecutive - 1 - earlier : high.shape[-1] - earlier]
    since = np.array([visit.t for visit in phase.visits]) - phase.phase.start
    event = np.asarray(full.any(-1))
    last = np.where(observed, since, 0.0).max(-1)
    first = since[np.minimum(full.argmax(-1) + rule.consecutive - 1, since.size - 1)] if full.shape[-1] else last
    return Relapses(np.where(event, first, last), event)


def median_days(found: Relapses, who: np.ndarray) -> np.ndarray:
    """Return the median time to relapse by Kaplan and Meier, d, [replicate]; inf where it was not reached.

    Args:
        found: When people relapsed.
        who: Whose, [replicate, subject].
    """
    return np.array([_median(*rows) for rows in zip(found.time, found.event, who, strict=True)]) / HOURS_PER_DAY


def hazard_ratio(found: Relapses, who: np.ndarray, against: np.ndarray) -> np.ndarray:
    """Return the ratio of the hazards of relapse by proportional hazards, [replicate]; NaN where there is none.

    Args:
        found: When people relapsed.
        who: The arm, [replicate, subject].
        against: The reference arm, [replicate, subject].
    """
    rows = zip(found.time, found.event, who, against, strict=True)
    return np.array([_ratio(time, event, arm, arm | other) for time, event, arm, other in rows])


def _median(time: np.ndarray, event: np.ndarray, who: np.ndarray) -> float:
    if not who.any():
        return float("nan")
    return kaplan_meier(time[who], event[who]).quantile()


def _ratio(time: np.ndarray, event: np.ndarray, arm: np.ndarray, both: np.ndarray) -> float:
    try:
        return float(cox(time[both], event[both], arm[both].astype(float)).ratio[0])
    except (ConvergenceError, TableError):
        return float("nan")
