"""Trials whose second stage is sized by the first: conditional power, the promising zone, and stages combined.

Z_1 and Z_2 are the normal statistics of the two stages' own people, t the planned share of the first in all
information, c the bound at the end, delta the mean of the final statistic as planned, r the second stage's information
for that planned. The final statistic has the weights of the plan, whatever r became, so that its error is that of the
plan:

    Z = sqrt(t) Z_1 + sqrt(1 - t) Z_2                                                                  (1)
    P(Z >= c | Z_1) = Phi((sqrt(t) Z_1 - c) / sqrt(1 - t) + delta sqrt(1 - t) sqrt(r))                 (2)

Source:
    Lehmacher, Wassmer (1999), Biometrics 55:1286, and Cui, Hung, Wang (1999), Biometrics 55:853, for (1). Mehta, Pocock
    (2011), Adaptive increase in sample size when interim results are promising. Stat Med 30:3267, for the zone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euthymia.statistics.root import root_of
from euthymia.statistics.spending import DesignError, check_fractions

Array = NDArray[np.floating]
FURTHEST = 40.0  # standard errors from an estimate, within which ends of intervals are sought


@dataclass(frozen=True)
class Promising:
    """When and how far a second stage is enlarged.

    Attributes:
        low: Conditional power below which the trial goes on as planned: little can be saved.
        target: Conditional power that is sought; from there on the trial goes on as planned: little is needed.
        most: Largest second stage, for that planned.
    """

    low: float
    target: float
    most: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.low < self.target < 1.0 or not self.most >= 1.0:
            raise DesignError(
                f"zone from {self.low} to {self.target}, at most {self.most} times, given; "
                "0 <= low < target < 1, and 1 time at least"
            )


@dataclass(frozen=True, eq=False)
class SecondStage:
    """What a first stage leads to; every array has the shape of its statistic.

    Attributes:
        before: Conditional power with the second stage as planned.
        promising: Whether that lies in the zone.
        factor: Information of the second stage for that planned.
        after: Conditional power with it.
    """

    before: Array
    promising: NDArray[np.bool_]
    factor: Array
    after: Array


@dataclass(frozen=True)
class Combined:
    """What all stages say together.

    Attributes:
        z: Final statistic (1).
        p: One-sided p value.
        estimate: The effect at which the statistic would be 0: median-unbiased without early stopping.
        low: Lower end of the interval.
        high: Upper end of the interval.
    """

    z: float
    p: float
    estimate: float
    low: float
    high: float


def conditional_power(
    z: ArrayLike, fraction: float, *, bound: float, drift: ArrayLike | None = None, factor: ArrayLike = 1.0
) -> Array:
    """Return how likely the final statistic reaches its bound, given the first stage (2).

    Args:
        z: Statistic of the first stage.
        fraction: Its planned share of all information.
        bound: Of the final statistic.
        drift: Mean of the final statistic as planned; left out, the one that the first stage suggests.
        factor: Information of the second stage for that planned.

    Raises:
        DesignError: When the fraction is not between 0 and 1.
    """
    from scipy.special import ndtr

    z1, delta = _first(z, fraction, drift)
    return ndtr(_reached(z1, fraction, bound) + delta * np.sqrt(1.0 - fraction) * np.sqrt(factor))


def second_stage(
    z: ArrayLike, fraction: float, rule: Promising, *, bound: float, drift: ArrayLike | None = None
) -> SecondStage:
    """Return how large the second stage is to be.

    Args:
        z: Statistic of the first stage.
        fraction: Its planned share of all information.
        rule: When and how far the second stage is enlarged.
        bound: Of the final statistic.
        drift: Mean of the final statistic as planned; left out, that which the first stage suggests.

    Raises:
        DesignError: When the fraction is not between 0 and 1.
    """
    from scipy.special import ndtri

    z1, delta = _first(z, fraction, drift)
    before = conditional_power(z1, fraction, bound=bound, drift=delta)
    promising = (before >= rule.low) & (before < rule.target) & (delta > 0.0)
    slope = np.where(promising, delta, 1.0) * np.sqrt(1.0 - fraction)
    root = (ndtri(rule.target) - _reached(z1, fraction, bound)) / slope
    factor = np.where(promising, np.clip(np.maximum(root, 0.0) ** 2, 1.0, rule.most), 1.0)
    return SecondStage(
        before, promising, factor, conditional_power(z1, fraction, bound=bound, drift=delta, factor=factor)
    )


def combine(
    estimates: ArrayLike,
    errors: ArrayLike,
    fractions: ArrayLike,
    *,
    degrees: ArrayLike | None = None,
    bound: float | None = None,
    level: float = 0.95,
) -> Combined:
    """Combine stages with the weights of the plan (1), whatever their sizes became.

    Args:
        estimates: Effect in each stage's own people, [stage].
        errors: Its standard error, [stage].
        fractions: Planned information at the end of each stage, as a fraction of the whole, [stage].
        degrees: Degrees of freedom of each stage's error, [stage]; normal if left out.
        bound: Half width of the interval in standard errors: the bound of this analysis, where the trial could stop
            earlier (the interval is then a repeated one); left out, that of ``level``.
        level: Level of the interval where no bound is given.

    Raises:
        DesignError: When arrays do not fit each other, or an error is not above 0.
    """
    from scipy.special import ndtr, ndtri

    t = check_fractions(fractions)
    y, se = np.atleast_1d(np.asarray(estimates, dtype=float)), np.atleast_1d(np.asarray(errors, dtype=float))
    df = np.full(len(t), np.inf) if degrees is None else np.atleast_1d(np.asarray(degrees, dtype=float))
    if not len(y) == len(se) == len(df) == len(t):
        raise DesignError(f"{len(y)} estimates, {len(se)} errors and {len(df)} degrees given for {len(t)} stages")
    if not (np.all(np.isfinite(y)) and np.all(np.isfinite(se)) and np.all(se > 0.0) and np.all(df > 0.0)):
        raise DesignError("an estimate is missing, or an error or degrees of freedom are not above 0")
    weights = np.sqrt(np.diff(t, prepend=0.0) / t[-1])

    def statistic(effect: float) -> float:
        return float(weights @ normal_scores((y - effect) / se, df))

    def where(value: float) -> float:
        low, high = y.min() - FURTHEST * se.max(), y.max() + FURTHEST * se.max()
        return root_of(lambda effect: statistic(effect) - value, low, high, within=1e-12 * se.min())

    half = float(ndtri(0.5 + level / 2.0)) if bound is None else bound
    z = statistic(0.0)
    return Combined(z, float(ndtr(-z)), where(0.0), where(half), where(-half))


def _first(z: ArrayLike, fraction: float, drift: ArrayLike | None) -> tuple[Array, Array]:
    if not 0.0 < fraction < 1.0:
        raise DesignError(f"fraction {fraction} of information given for the first stage; it lies between 0 and 1")
    z1 = np.asarray(z, dtype=float)
    return z1, z1 / np.sqrt(fraction) if drift is None else np.asarray(drift, dtype=float) + 0.0 * z1


def _reached(z1: Array, fraction: float, bound: float) -> Array:
    """Return how far the first stage alone brings the final statistic, in deviations of the second."""
    return (np.sqrt(fraction) * z1 - bound) / np.sqrt(1.0 - fraction)


def normal_scores(t: Array, df: Array) -> Array:
    """Return the normal quantile of t statistics' probabilities, found from the smaller tail."""
    from scipy.special import ndtri, stdtr

    if np.all(np.isinf(df)):
        return t
    tail = np.where(np.isinf(df), np.nan, stdtr(np.where(np.isinf(df), 1.0, df), -np.abs(t)))
    return np.where(np.isinf(df), t, -np.sign(t) * ndtri(np.maximum(tail, 1e-300)))
