"""The bounds of a trial as it goes: at each analysis, from the information that it has really reached.

With t_k the share of all planned information at analysis k, s(t) the error spent by t, and I_k the information seen,

    P_0(C_1, ..., C_(k-1), Z_k >= b_k) = s(t_k) - s(t_(k-1)),   Cov(Z_j, Z_k) = sqrt(I_j / I_k)         (1)

so that planned shares say when error is spent, and what was seen says how statistics go together; the last analysis
spends all that is left. A trial is given up below a_k, from the chance of missing the effect that is planned for,

    P_1(C_1, ..., C_(k-1), Z_k < a_k) = m(t_k) - m(t_(k-1)),  Z_k of mean drift sqrt(t_k) under P_1     (2)

or where the conditional power by the trend so far is below p, c being the bound planned for the end:

    a_k = sqrt(t_k) (c + Phi^-1(p) sqrt(1 - t_k))                                                       (3)

Source:
    Lan, DeMets (1983), Biometrika 70:659, and Lan, Reboussin, DeMets (1994), Commun Stat Theory Methods 23:403, for
    (1); Pampallona, Tsiatis, Kim (2001), Drug Inf J 35:1113, for (2).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from euthymia.statistics.crossing import begin, go_on
from euthymia.statistics.group_sequential import Bounds, Sides, bound_of, check_error, efficacy_bounds
from euthymia.statistics.sequential_plan import futility_bound, plan
from euthymia.statistics.spending import SMALLEST_STEP, DesignError, Spending, check_fractions

Array = NDArray[np.floating]
REMEMBERED = 4096  # sets of bounds


@dataclass(frozen=True)
class MissSpending:
    """Give up by spending the chance of missing an effect (2).

    Attributes:
        rule: How that chance is shared between analyses.
        power: One less it; the effect is the one that the trial, as planned, finds so often.
    """

    rule: Spending
    power: float


@dataclass(frozen=True)
class LowConditionalPower:
    """Give up where the conditional power by the trend so far is low (3).

    Attributes:
        below: Below which it is.
    """

    below: float

    def __post_init__(self) -> None:
        if not 0.0 < self.below < 1.0:
            raise DesignError(f"conditional power {self.below} given; it lies between 0 and 1")


@dataclass(frozen=True)
class Monitoring:
    """What was planned before the first analysis.

    Attributes:
        looks: Information at each analysis, as a fraction of the whole, growing; the last is 1.
        rule: How the error is shared between them.
        alpha: Error of the test, both directions together.
        sides: In which directions the test rejects.
        futility: When a trial is given up; None for never. A test in one direction only.
        binding: Whether a trial that could be given up must be, so that upper bounds may count on it.
    """

    looks: tuple[float, ...]
    rule: Spending
    alpha: float
    sides: Sides = Sides.ONE
    futility: MissSpending | LowConditionalPower | None = None
    binding: bool = False

    def __post_init__(self) -> None:
        check_fractions(self.looks)
        check_error(self.alpha, self.sides)
        if self.looks[-1] != 1.0:
            raise DesignError(f"the last fraction of information is {self.looks[-1]}; a plan ends at 1")
        if self.futility is not None and self.sides is Sides.TWO:
            raise DesignError("a trial is given up for futility where its test is one-sided; ask for Sides.ONE")
        if self.binding and self.futility is None:
            raise DesignError("bounds cannot count on giving up where that is not planned; give a futility rule")


@lru_cache(REMEMBERED)
def planned_bounds(monitoring: Monitoring) -> Bounds:
    """Return the bounds that hold where every analysis comes at the information planned for it."""
    return bounds_reached(monitoring, monitoring.looks, monitoring.looks)


@lru_cache(REMEMBERED)
def final_bound(monitoring: Monitoring) -> float:
    """Return the bound planned for the end, from which conditional power is reckoned."""
    return float(
        efficacy_bounds(monitoring.looks, monitoring.rule, alpha=monitoring.alpha, sides=monitoring.sides).upper[-1]
    )


@lru_cache(REMEMBERED)
def bounds_reached(monitoring: Monitoring, fractions: tuple[float, ...], information: tuple[float, ...]) -> Bounds:
    """Return the bounds of a trial from what it has reached.

    Args:
        monitoring: What was planned.
        fractions: Information at each analysis made, as a fraction of the whole planned, growing to 1 at most. An
            analysis at 1 spends all error.
        information: Seen at each analysis, in any unit, growing.

    Returns:
        Bounds, with the information seen as a fraction of that of the last analysis given.

    Raises:
        DesignError: When fractions or information do not grow, or there are not as many of both.
    """
    if len(fractions) != len(information):
        raise DesignError(f"{len(fractions)} fractions and {len(information)} of information given; each has both")
    s, t = check_fractions(fractions), check_fractions(np.asarray(information, dtype=float) / information[-1])
    one, last = check_error(monitoring.alpha, monitoring.sides), len(s) - 1
    errors = np.diff(monitoring.rule.spent(one, s), prepend=0.0)
    giving_up = _GivingUp(monitoring, s)
    upper, lower, ongoing = np.zeros(last + 1), np.full(last + 1, -np.inf), begin()
    for k in range(last + 1):
        upper[k] = bound_of(ongoing, t[k], errors[k])
        lower[k] = -upper[k] if monitoring.sides is Sides.TWO else giving_up.at(k, upper[k])
        if k < last:
            follows = monitoring.binding or monitoring.sides is Sides.TWO
            ongoing = go_on(ongoing, t[k], lower[k] if follows else -np.inf, upper[k], 0.0, t[k + 1])
    return Bounds(t, upper, lower, monitoring.sides, monitoring.binding)


def growing(values: Array, *, most: float = np.inf) -> Array:
    """Return values of which each is a step of at least 0.002 of the last more than that before.

    Args:
        values: About growing, above 0.
        most: None is above it, and the steps below are made smaller if need be.
    """
    found = np.array(values, dtype=float)
    step = 2.0 * SMALLEST_STEP * max(found.max(), 0.0)
    for k in range(1, len(found)):
        found[k] = max(found[k], found[k - 1] + step)
    return found if found[-1] <= most else found * (most / found[-1])


class _GivingUp:
    """Lower bounds, one analysis after the other."""

    def __init__(self, monitoring: Monitoring, fractions: Array) -> None:
        self.monitoring, self.fractions, self.some = monitoring, fractions, begin()
        rule = monitoring.futility
        self.drift, self.missed = 0.0, np.zeros(len(fractions))
        if isinstance(rule, MissSpending):
            self.drift = _drift(monitoring, rule)
            self.missed = np.diff(rule.rule.spent(1.0 - rule.power, fractions), prepend=0.0)

    def at(self, k: int, upper: float) -> float:
        """Return the lower bound of analysis ``k``; the analyses before it were asked for."""
        from scipy.special import ndtri

        rule, s = self.monitoring.futility, self.fractions
        if rule is None:
            return -np.inf
        if s[k] >= 1.0:
            return upper
        if isinstance(rule, LowConditionalPower):
            return min(
                float(np.sqrt(s[k]) * (final_bound(self.monitoring) + ndtri(rule.below) * np.sqrt(1.0 - s[k]))), upper
            )  # (3)
        found = min(futility_bound(self.some, s[k], self.missed[k], self.drift), upper)
        if k + 1 < len(s):
            self.some = go_on(self.some, s[k], found, upper, self.drift, s[k + 1])
        return found


@lru_cache(REMEMBERED)
def _drift(monitoring: Monitoring, rule: MissSpending) -> float:
    """Return the mean of the final statistic with the effect that the trial is planned for."""
    return plan(
        monitoring.looks,
        monitoring.rule,
        alpha=monitoring.alpha,
        power=rule.power,
        futility=rule.rule,
        binding=monitoring.binding,
    ).drift
