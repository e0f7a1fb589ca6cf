"""Trials with several analyses: bounds that reject at a given error, and how likely and how soon a trial stops."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euthymia.statistics.crossing import Ongoing, above, begin, below, go_on
from euthymia.statistics.root import root_of
from euthymia.statistics.spending import DesignError, Shape, Spending, check_fractions

Array = NDArray[np.floating]
WIDEST = 38.0  # of a bound: the normal distribution has nothing beyond it in double precision
NOTHING = 1e-15  # an error too small to be spent


class Sides(Enum):
    """In which directions a test rejects."""

    ONE = "one-sided"
    TWO = "two-sided"


@dataclass(frozen=True, eq=False)
class Bounds:
    """Where a trial stops, on the scale of a normal statistic; every array is [analysis].

    Attributes:
        fractions: Information at each analysis, as a fraction of the largest that is planned.
        upper: At or above it the hypothesis is rejected; infinite where that cannot happen.
        lower: Below it, of a one-sided test, the trial stops without rejecting; -infinite where it does not. Of a
            two-sided test, minus the upper bound.
        sides: In which directions the test rejects.
        binding: Whether a trial below the lower bound must stop; if not, upper bounds hold the error all the same.
    """

    fractions: Array
    upper: Array
    lower: Array
    sides: Sides = Sides.ONE
    binding: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "fractions", check_fractions(self.fractions))
        for name in ("upper", "lower"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=float))
        if not len(self.fractions) == len(self.upper) == len(self.lower):
            raise DesignError(
                f"{len(self.upper)} upper and {len(self.lower)} lower bounds given for {len(self.fractions)} analyses; "
                "each analysis has one of both"
            )
        if np.any(self.lower > self.upper):
            raise DesignError("a lower bound lies above the upper one")


@dataclass(frozen=True, eq=False)
class Stopping:
    """When and why trials stop, if the effect is what it is; every array is [analysis].

    Attributes:
        upper: Probability to stop at this analysis above the upper bound.
        lower: Probability to stop below the lower bound; at the last analysis, not to reject.
        expected_fraction: Mean information at the end of a trial, as a fraction of the largest.
        rejected: Probability to reject, in both directions if the test is two-sided.
    """

    upper: Array
    lower: Array
    expected_fraction: float
    rejected: float


def efficacy_bounds(fractions: ArrayLike, rule: Spending | Shape, *, alpha: float, sides: Sides = Sides.ONE) -> Bounds:
    """Return bounds that reject a true hypothesis with a given probability, without stopping for futility.

    Args:
        fractions: Information at each analysis, as a fraction of the largest that is planned, growing. Where the last
            is below 1, spending keeps the rest of the error for later.
        rule: How the error is shared between analyses.
        alpha: Error of the test, both directions together.
        sides: In which directions the test rejects; two directions have half the error each.

    Raises:
        DesignError: When fractions do not grow, the error is not between 0 and 1, or bounds cannot be found.
    """
    t, one = check_fractions(fractions), check_error(alpha, sides)
    if isinstance(rule, Spending):
        upper = _spend(t, np.diff(rule.spent(one, t), prepend=0.0), sides)
    else:
        upper = _shape(t, rule, alpha, sides)
    lower = -upper if sides is Sides.TWO else np.full(len(t), -np.inf)
    return Bounds(t, upper, lower, sides)


def stopping(bounds: Bounds, drift: float) -> Stopping:
    """Return when and why trials stop.

    Args:
        bounds: Where they stop; lower bounds are followed even if they are not binding.
        drift: Effect x sqrt(largest information): the mean of the statistic there.
    """
    t, last = bounds.fractions, len(bounds.fractions) - 1
    upper, lower, ongoing = np.zeros(last + 1), np.zeros(last + 1), begin()
    for k in range(last + 1):
        upper[k] = above(ongoing, t[k], bounds.upper[k], drift)
        ends = bounds.sides is Sides.ONE and k == last
        lower[k] = below(ongoing, t[k], bounds.upper[k] if ends else bounds.lower[k], drift)
        if k < last:
            ongoing = go_on(ongoing, t[k], bounds.lower[k], bounds.upper[k], drift, t[k + 1])
    stopped = upper + lower
    expected = float(t[:-1] @ stopped[:-1] + t[-1] * (1.0 - stopped[:-1].sum()))
    rejected = float(upper.sum() + (lower.sum() if bounds.sides is Sides.TWO else 0.0))
    return Stopping(upper, lower, expected, rejected)


def check_error(alpha: float, sides: Sides) -> float:
    """Return the error of one side, or raise DesignError where it is no probability."""
    if not 0.0 < alpha < 1.0:
        raise DesignError(f"error {alpha} given; it lies between 0 and 1")
    return alpha / 2.0 if sides is Sides.TWO else alpha


def bound_of(ongoing: Ongoing, information: float, error: float) -> float:
    """Return the bound above which a given probability lies without an effect."""
    if error <= NOTHING:
        return np.inf
    low = -WIDEST
    if above(ongoing, information, low, 0.0) <= error:
        raise DesignError("more error is to be spent than trials are left; spend less at the last analyses")
    return root_of(lambda b: above(ongoing, information, b, 0.0) - error, low, WIDEST, within=1e-12)


def _spend(t: Array, errors: Array, sides: Sides) -> Array:
    """Return upper bounds that spend these errors on one side."""
    upper, ongoing = np.zeros(len(t)), begin()
    for k in range(len(t)):
        upper[k] = bound_of(ongoing, t[k], errors[k])
        if k + 1 < len(t):
            low = -upper[k] if sides is Sides.TWO else -np.inf
            ongoing = go_on(ongoing, t[k], low, upper[k], 0.0, t[k + 1])
    return upper


def _shape(t: Array, rule: Shape, alpha: float, sides: Sides) -> Array:
    """Return upper bounds of a shape that spend the error together."""

    def excess(constant: float) -> float:
        upper = rule.bounds(constant, t / t[-1])
        lower = -upper if sides is Sides.TWO else np.full(len(t), -np.inf)
        return stopping(Bounds(t, upper, lower, sides), 0.0).rejected - alpha

    low = 0.0 if sides is Sides.TWO else -WIDEST / 4.0
    if excess(WIDEST / 4.0) >= 0.0 or excess(low) <= 0.0:
        raise DesignError(f"no bounds of this shape have error {alpha}; a fixed early bound may spend it all")
    return rule.bounds(root_of(excess, low, WIDEST / 4.0, within=1e-12), t / t[-1])
