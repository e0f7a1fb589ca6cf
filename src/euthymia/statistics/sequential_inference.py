"""What a trial with several analyses found once it stopped: p value, estimate and interval that count the looks.

Outcomes are ordered by stage: rejecting earlier is further from the hypothesis than rejecting later, and at one
analysis a larger statistic is. With p(theta) the probability of an outcome as far or further if the effect is theta,

    p = p(0),  estimate: p(theta) = 1/2,  interval: p(theta) = (1 -+ level) / 2                         (1)

The repeated interval holds at all analyses together, whatever made the trial stop:

    estimate_k -+ c_k se_k, c_k the two-sided bounds of the same rule at error 1 - level                (2)

Source:
    Armitage (1957), Biometrika 44:9, and Tsiatis, Rosner, Mehta (1984), Biometrics 40:797, for (1); Jennison, Turnbull
    (1989), J R Stat Soc B 51:305, for (2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from euthymia.statistics.crossing import above, begin, go_on
from euthymia.statistics.group_sequential import Bounds, Sides, efficacy_bounds
from euthymia.statistics.root import root_of
from euthymia.statistics.spending import DesignError, Shape, Spending

FURTHEST = 12.0  # standard errors from the estimate, within which ends of intervals are sought


@dataclass(frozen=True)
class Concluded:
    """What a trial that stopped found.

    Attributes:
        z: Estimate / standard error at the analysis at which it stopped.
        p: p value against effects in the upper direction alone.
        p_two_sided: Twice the smaller of the p values of both directions.
        estimate: Median-unbiased, in the effect's unit.
        low: Lower end of the interval, exact for the bounds as given.
        high: Upper end of that interval.
    """

    z: float
    p: float
    p_two_sided: float
    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Repeated:
    """Intervals of all analyses so far, which hold together; every tuple is [analysis].

    Attributes:
        low: Lower ends, in the effect's unit.
        high: Upper ends.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]


def conclude(bounds: Bounds, *, stage: int, estimate: float, se: float, level: float = 0.95) -> Concluded:
    """Return p value, estimate and interval of a trial that stopped.

    Lower bounds that are not binding are left out, as if the trial had been free to go on: the results then hold
    whether they were followed or not.

    Args:
        bounds: Where the trial was to stop; analyses after ``stage`` do not matter.
        stage: Number of the analysis at which it stopped, from 1.
        estimate: Effect from all data so far, the hypothesis being 0.
        se: Its standard error; information is 1 / se^2.
        level: Level of the interval.

    Raises:
        DesignError: When there is no such analysis, or a trial that found this would have gone on.
    """
    last = len(bounds.fractions)
    if not 1 <= stage <= last:
        raise DesignError(f"analysis {stage} given; the bounds have analyses 1 to {last}")
    if not (np.isfinite(estimate) and np.isfinite(se) and se > 0.0):
        raise DesignError(f"estimate {estimate} with standard error {se} given; both are numbers, the error above 0")
    z = float(estimate / se)
    if stage < last and bounds.lower[stage - 1] <= z < bounds.upper[stage - 1]:
        raise DesignError(
            f"the statistic {z:.3f} of analysis {stage} lies between the bounds {bounds.lower[stage - 1]:.3f} and "
            f"{bounds.upper[stage - 1]:.3f}: the trial has not stopped"
        )
    lower = bounds.lower if bounds.binding or bounds.sides is Sides.TWO else np.full(last, -np.inf)
    t = bounds.fractions / bounds.fractions[stage - 1]  # so that drift is in standard errors of the estimate

    def further(drift: float) -> float:
        ongoing, found = begin(), 0.0
        for k in range(stage - 1):
            found += above(ongoing, t[k], bounds.upper[k], drift)
            ongoing = go_on(ongoing, t[k], lower[k], bounds.upper[k], drift, t[k + 1])
        return found + above(ongoing, t[stage - 1], z, drift)

    def where(share: float) -> float:
        return se * root_of(lambda d: further(d) - share, z - FURTHEST, z + FURTHEST, within=1e-11)

    p, tail = further(0.0), (1.0 - level) / 2.0
    both = min(1.0, 2.0 * min(p, 1.0 - p))
    return Concluded(z, p, both, where(0.5), where(tail), where(1.0 - tail))


def repeated_intervals(
    fractions: ArrayLike, rule: Spending | Shape, *, estimates: ArrayLike, errors: ArrayLike, level: float = 0.95
) -> Repeated:
    """Return intervals that hold at all analyses together (2).

    Args:
        fractions: Information at each analysis so far, as a fraction of the largest that is planned.
        rule: How the error is shared between analyses.
        estimates: Effect at each analysis, [analysis].
        errors: Its standard error, [analysis].
        level: Level of all intervals together.

    Raises:
        DesignError: When there are not as many estimates as fractions, or these do not grow.
    """
    found = efficacy_bounds(fractions, rule, alpha=1.0 - level, sides=Sides.TWO).upper
    y, se = np.atleast_1d(np.asarray(estimates, dtype=float)), np.atleast_1d(np.asarray(errors, dtype=float))
    if not len(y) == len(se) == len(found):
        raise DesignError(f"{len(y)} estimates and {len(se)} errors given for {len(found)} analyses; each has both")
    return Repeated(tuple((y - found * se).tolist()), tuple((y + found * se).tolist()))
