"""Where each of many trials with several analyses ends, what it concludes there, and what it estimates.

A trial whose size was changed by what an analysis showed goes on with the weights of the plan. With U_k the statistic
of what came in between two analyses, I_k the information seen and t_k the planned fractions,

    U_k = (sqrt(I_k) Z_k - sqrt(I_(k-1)) Z_(k-1)) / sqrt(I_k - I_(k-1))                                 (1)
    Z*_k = sum_j sqrt(t_j - t_(j-1)) U_j / sqrt(t_k),   t_1 to t_r: as seen up to the change at r        (2)

which meets the bounds of the plan, so that the error stays that of the plan whatever the size became. Its estimate is
the effect at which Z* would be 0, with the interval between those at which it would be a quantile of the normal
distribution; they count the change of size, and not that the trial could have ended earlier.

Source:
    Cui, Hung, Wang (1999), Biometrics 55:853, and Lehmacher, Wassmer (1999), Biometrics 55:1286.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from euthymia.statistics.adaptive import normal_scores
from euthymia.statistics.group_sequential import Bounds, Sides
from euthymia.statistics.sequential_inference import conclude
from euthymia.statistics.sequential_monitoring import Monitoring, bounds_reached, growing
from euthymia.statistics.spending import SMALLEST_STEP, DesignError

Array = NDArray[np.floating]
NEARLY_ALL = 1.0 - 2.0 * SMALLEST_STEP  # of the information, from where an analysis is the last one
CERTAIN = 1e-9  # a statistic so near 0 that it says nothing of its error


class Ending(IntEnum):
    """How a trial ended."""

    NOT_SHOWN = 0
    SHOWN = 1
    WRONG = -1
    FUTILE = -2


@dataclass(frozen=True, eq=False)
class Analyses:
    """What the analyses of many trials found; every array is [trial, analysis], NaN where nothing could be estimated.

    Attributes:
        value: Effect, above 0 where it is in the direction that the trial is for.
        se: Its standard error.
        df: Degrees of freedom of that error; infinite for a normal estimate.
        fractions: Information as a fraction of the whole planned, by which error is spent.
        resized_at: Place of the analysis after which each trial's size was changed by its effect; -1 where it was not,
            [trial].
    """

    value: Array
    se: Array
    df: Array
    fractions: Array
    resized_at: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Ends:
    """Where trials end; every array begins with [trial].

    Attributes:
        at: Place of the analysis at which each ended.
        how: How, a value of `Ending`.
        value: Effect found there, NaN where nothing could be estimated.
        se: Its standard error.
        adjusted: Effect that counts the looks: median-unbiased.
        low: Lower end of its interval.
        high: Upper end.
        upper: Upper bounds met, [..., analysis]; NaN at analyses that were not made.
        lower: Lower bounds, the same shape.
    """

    at: NDArray[np.int64]
    how: NDArray[np.int64]
    value: Array
    se: Array
    adjusted: Array
    low: Array
    high: Array
    upper: Array
    lower: Array


def ends(monitoring: Monitoring, analyses: Analyses, *, level: float = 0.95, adjust: bool = True) -> Ends:
    """Return where each trial ends.

    An analysis that could estimate nothing is skipped and spends nothing; one that has next to all information is the
    last.

    Args:
        monitoring: What was planned.
        analyses: What all analyses would find, if every trial went on to its end.
        level: Level of intervals.
        adjust: Whether adjusted estimates are wanted, which take the longest.

    Raises:
        DesignError: When there are not as many analyses as planned.
    """
    count, looks = analyses.value.shape
    if looks != len(monitoring.looks):
        raise DesignError(f"{looks} analyses given; {len(monitoring.looks)} are planned")
    z = normal_scores(analyses.value / analyses.se, analyses.df)
    found = Ends(
        np.full(count, looks - 1),
        np.full(count, int(Ending.NOT_SHOWN)),
        *(np.full(count, np.nan) for _ in range(5)),
        *(np.full((count, looks), np.nan) for _ in range(2)),
    )
    for number in range(count):
        _follow(found, number, monitoring, analyses, z[number], level, adjust)
    return found


def _follow(
    found: Ends, number: int, monitoring: Monitoring, analyses: Analyses, z: Array, level: float, adjust: bool
) -> None:
    """Follow one trial through its analyses, and write down where it ends."""
    made = _made(z, analyses.fractions[number])
    if not made.size:
        return
    s = growing(analyses.fractions[number, made], most=1.0)
    if made[-1] == len(z) - 1 or s[-1] >= NEARLY_ALL:
        s[-1] = 1.0
    information = growing(analyses.se[number, made] ** -2.0)
    resized = int(np.searchsorted(made, analyses.resized_at[number])) if analyses.resized_at[number] >= 0 else len(made)
    seen, steps = z[made], None
    if resized < len(made) - 1:
        seen, information, steps = _with_planned_weights(seen, information, s, resized)
    bounds = bounds_reached(monitoring, tuple(s.tolist()), tuple(information.tolist()))
    found.upper[number, made], found.lower[number, made] = bounds.upper, bounds.lower
    k, how = _end(seen, bounds)
    found.at[number], found.how[number] = made[k], how
    found.value[number], found.se[number] = analyses.value[number, made[k]], analyses.se[number, made[k]]
    if adjust:
        if steps is not None and k > resized:
            said = _weighted_estimate(seen[k], steps[: k + 1], information[: k + 1], level)
        else:
            said = _counting_looks(bounds, k, seen[k], found.value[number], found.se[number], level)
        found.adjusted[number], found.low[number], found.high[number] = said


def _made(z: Array, fractions: Array) -> NDArray[np.int64]:
    """Return the places of the analyses that are made: those with an estimate, up to the first with all information."""
    made = np.flatnonzero(np.isfinite(z))
    whole = np.flatnonzero(fractions[made] >= NEARLY_ALL)
    return made[: whole[0] + 1] if whole.size else made


def _end(z: Array, bounds: Bounds) -> tuple[int, Ending]:
    """Return the place at which a trial's statistics end it, and how."""
    last = len(z) - 1
    for k in range(last + 1):
        if z[k] >= bounds.upper[k]:
            return k, Ending.SHOWN
        if bounds.sides is Sides.TWO and z[k] <= bounds.lower[k]:
            return k, Ending.WRONG
        if k < last and z[k] < bounds.lower[k]:
            return k, Ending.FUTILE
    return last, Ending.NOT_SHOWN


def _with_planned_weights(z: Array, information: Array, s: Array, resized: int) -> tuple[Array, Array, Array]:
    """Return the statistics of a resized trial, the information that its weights stand for, and that which came in."""
    more = np.diff(information, prepend=0.0)
    scores = np.diff(np.sqrt(information) * z, prepend=0.0) / np.sqrt(more)  # (1)
    planned = information.copy()
    planned[resized + 1 :] = information[resized] * s[resized + 1 :] / s[resized]
    weights = np.sqrt(np.diff(planned, prepend=0.0))
    return np.cumsum(weights * scores) / np.sqrt(planned), planned, more  # (2)


def _weighted_estimate(z: float, more: Array, planned: Array, level: float) -> tuple[float, float, float]:
    """Return estimate and interval of a resized trial."""
    from scipy.special import ndtri

    per_effect = float((np.sqrt(np.diff(planned, prepend=0.0)) * np.sqrt(more)).sum() / np.sqrt(planned[-1]))
    half = float(ndtri(0.5 + level / 2.0))
    return z / per_effect, (z - half) / per_effect, (z + half) / per_effect


def _counting_looks(
    bounds: Bounds, k: int, z: float, value: float, se: float, level: float
) -> tuple[float, float, float]:
    """Return estimate and interval by the order of stages, in the unit of the effect.

    Both count that trials are given up, binding or not, since here they always are.
    """
    fractions = bounds.fractions[: k + 1] / bounds.fractions[k]
    part = Bounds(fractions, bounds.upper[: k + 1], bounds.lower[: k + 1], bounds.sides, binding=True)
    # A t statistic was made normal; the error that goes with it is that which leaves the effect as it is.
    error = value / z if abs(z) > CERTAIN else se
    said = conclude(part, stage=k + 1, estimate=z * error, se=error, level=level)
    return said.estimate, said.low, said.high
