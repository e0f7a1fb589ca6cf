"""Plans of trials with several analyses: bounds to reject and to give up at, and the size that has the power."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euthymia.statistics.crossing import Ongoing, begin, below, go_on
from euthymia.statistics.group_sequential import (
    NOTHING,
    WIDEST,
    Bounds,
    Sides,
    bound_of,
    check_error,
    efficacy_bounds,
    stopping,
)
from euthymia.statistics.root import root_of
from euthymia.statistics.spending import DesignError, Shape, Spending, check_fractions

Array = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class GroupSequential:
    """A planned trial with several analyses.

    Attributes:
        bounds: Where it stops.
        alpha: Error of the test, both directions together.
        power: Probability to reject at ``drift``, in its direction.
        drift: Mean of the statistic at the largest information, effect x sqrt(information), at which the power is had.
        inflation: Largest information for that of a trial with one analysis of the same error and power.
        expected_none: Mean information without an effect, as a fraction of that of a trial with one analysis.
        expected_effect: The same with the effect planned for.
    """

    bounds: Bounds
    alpha: float
    power: float
    drift: float
    inflation: float
    expected_none: float
    expected_effect: float


def plan(
    fractions: ArrayLike,
    rule: Spending | Shape,
    *,
    alpha: float,
    power: float,
    sides: Sides = Sides.ONE,
    futility: Spending | None = None,
    binding: bool = False,
) -> GroupSequential:
    """Plan a trial with several analyses that has a given power.

    Args:
        fractions: Information at each analysis, as a fraction of the largest; the last is 1.
        rule: How the error is shared between analyses.
        alpha: Error of the test, both directions together.
        power: Probability to reject in the effect's direction if it is what is planned for.
        sides: In which directions the test rejects.
        futility: How the chance of missing the effect (1 - power) is spent on stopping early without rejecting.
        binding: Whether upper bounds may count on that stopping; if not (the usual choice), they hold the error anyway.

    Returns:
        Bounds, and what they cost; ``stopping`` tells more.

    Raises:
        DesignError: When what is asked cannot be had.
    """
    t = check_fractions(fractions)
    one = check_error(alpha, sides)
    if t[-1] != 1.0:
        raise DesignError(f"the last fraction of information is {t[-1]}; a plan ends at 1")
    if not alpha < power < 1.0:
        raise DesignError(f"power {power} given; it lies between the error, {alpha}, and 1")
    if futility is None:
        bounds = efficacy_bounds(t, rule, alpha=alpha, sides=sides)
        drift = _drift(bounds, power, one)
    else:
        bounds, drift = _with_futility(t, rule, alpha, sides, power, futility, binding)
    inflation = drift**2 / _fixed_drift(one, power) ** 2
    none, effect = stopping(bounds, 0.0), stopping(bounds, drift)
    return GroupSequential(
        bounds, alpha, power, drift, inflation, none.expected_fraction * inflation, effect.expected_fraction * inflation
    )


def _fixed_drift(one: float, power: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(1.0 - one) + ndtri(power))


def _drift(bounds: Bounds, power: float, one: float) -> float:
    fixed = _fixed_drift(one, power)
    return root_of(lambda d: float(stopping(bounds, d).upper.sum()) - power, 0.0, 4.0 * fixed + 4.0, within=1e-12)


def _with_futility(
    t: Array, rule: Spending | Shape, alpha: float, sides: Sides, power: float, futility: Spending, binding: bool
) -> tuple[Bounds, float]:
    """Return bounds of both kinds, and the drift at which the lower ones reach the upper ones at the last analysis."""
    if sides is Sides.TWO:
        raise DesignError("stopping for futility is planned for one-sided tests; ask for Sides.ONE with half the error")
    if binding and not isinstance(rule, Spending):
        raise DesignError("bounds that count on stopping for futility need an error that is spent; give a Spending")
    errors = np.diff(rule.spent(alpha, t), prepend=0.0) if binding and isinstance(rule, Spending) else None
    free = efficacy_bounds(t, rule, alpha=alpha).upper
    missed = np.diff(futility.spent(1.0 - power, t), prepend=0.0)

    def at(drift: float) -> Bounds:
        upper, lower = free.copy(), np.full(len(t), -np.inf)
        none, some = begin(), begin()
        for k in range(len(t)):
            if errors is not None:
                upper[k] = bound_of(none, t[k], errors[k])
            lower[k] = upper[k] if k + 1 == len(t) else min(futility_bound(some, t[k], missed[k], drift), upper[k])
            if k + 1 < len(t):
                none = go_on(none, t[k], lower[k], upper[k], 0.0, t[k + 1]) if errors is not None else none
                some = go_on(some, t[k], lower[k], upper[k], drift, t[k + 1])
        return Bounds(t, upper, lower, sides, binding)

    fixed = _fixed_drift(alpha, power)
    high = fixed  # no trial of the same error and power is smaller than that of one analysis
    while stopping(at(high), high).rejected < power:
        high *= 1.05
    drift = root_of(lambda d: stopping(at(d), d).rejected - power, 0.95 * fixed, high, within=1e-11)
    return at(drift), drift


def futility_bound(ongoing: Ongoing, information: float, missed: float, drift: float) -> float:
    """Return the bound below which a given probability lies with the effect planned for."""
    if missed <= NOTHING:
        return -np.inf
    if below(ongoing, information, WIDEST, drift) <= missed:
        return WIDEST
    return root_of(lambda a: below(ongoing, information, a, drift) - missed, -WIDEST, WIDEST, within=1e-12)
