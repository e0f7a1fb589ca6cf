"""Effects of several studies as one, with their spread between studies, and what a new study would find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euthymia.errors import ConvergenceError
from euthymia.statistics.root import root_of
from euthymia.statistics.table import TableError

Array = NDArray[np.floating]
SHARES = np.geomspace(1e-6, 30.0, 26)  # of the variance of effects, at which a likelihood is looked at first


class Spread(Enum):
    """How the variance between studies is estimated."""

    REML = "restricted maximum likelihood"
    PAULE_MANDEL = "Paule-Mandel"
    DERSIMONIAN_LAIRD = "DerSimonian-Laird"
    NONE = "none: one effect for all studies"


@dataclass(frozen=True)
class MetaAnalysis:
    """The common effect.

    Attributes:
        estimate: In the effects' unit.
        se: Standard error.
        low: Lower end of the confidence interval.
        high: Upper end of the confidence interval.
        p: Two-sided p value of zero.
        tau2: Variance between studies.
        Q: Cochran's statistic of equal effects.
        Q_p: Its p value.
        I2: Share of the variance of effects that lies between studies, 0 to 1.
        predicted_low: Lower end of the interval for the effect of a new study; too high where studies are few, for
            which ``prediction.new_study`` is made.
        predicted_high: Upper end of that interval.
        studies: Number of studies.
    """

    estimate: float
    se: float
    low: float
    high: float
    p: float
    tau2: float
    Q: float
    Q_p: float
    I2: float
    predicted_low: float
    predicted_high: float
    studies: int


def meta_analysis(
    effects: ArrayLike,
    variances: ArrayLike,
    *,
    spread: Spread = Spread.REML,
    hartung_knapp: bool = True,
    level: float = 0.95,
) -> MetaAnalysis:
    """Combine effects of independent studies.

    Weights are 1 / (v_i + tau2). With Hartung and Knapp's error the intervals use Student's distribution on k - 1
    degrees of freedom, for the common effect and for that of a new study; without it, the normal distribution.

    Args:
        effects: [study].
        variances: Square of each effect's standard error, [study].
        spread: How the variance between studies is estimated.
        hartung_knapp: Whether the error is found from the spread of effects around their mean.
        level: Level of all intervals.

    Raises:
        TableError: When there are fewer than two studies, or a variance is not positive.
        ConvergenceError: When the variance between studies is not found.

    Source:
        Hartung, Knapp (2001), Stat Med 20:3875. Paule, Mandel (1982), J Res Natl Bur Stand 87:377.
        Higgins, Thompson, Spiegelhalter (2009), J R Stat Soc A 172:137, for the effect of a new study.
    """
    from scipy.special import chdtrc, ndtr, ndtri, stdtr, stdtrit

    y, v = read_effects(effects, variances)
    k = len(y)
    tau2 = between(y, v, spread)
    w = 1.0 / (v + tau2)
    estimate = float(w @ y / w.sum())
    variance = 1.0 / w.sum()
    if hartung_knapp:
        variance *= float(w @ (y - estimate) ** 2) / (k - 1)
    se = float(np.sqrt(variance))
    quantile = stdtrit(k - 1, 0.5 + level / 2.0) if hartung_knapp else ndtri(0.5 + level / 2.0)
    p = 2.0 * (stdtr(k - 1, -abs(estimate / se)) if hartung_knapp else ndtr(-abs(estimate / se)))
    Q = _cochran(y, v, 0.0)
    typical = (k - 1) * np.sum(1.0 / v) / (np.sum(1.0 / v) ** 2 - np.sum(1.0 / v**2))
    wide = quantile * float(np.sqrt(tau2 + variance))
    return MetaAnalysis(
        estimate, se, estimate - quantile * se, estimate + quantile * se, float(p), tau2, Q, float(chdtrc(k - 1, Q)),
        float(tau2 / (tau2 + typical)), estimate - wide, estimate + wide, k,
    )  # fmt: skip


def read_effects(effects: ArrayLike, variances: ArrayLike) -> tuple[Array, Array]:
    """Return effects and variances as arrays, or say what is wrong with them."""
    y, v = np.asarray(effects, dtype=float), np.asarray(variances, dtype=float)
    if y.shape != v.shape or y.ndim != 1 or len(y) < 2:
        raise TableError(f"{y.size} effects and {v.size} variances given; two studies at least, each with one of both")
    if not (np.all(np.isfinite(y)) and np.all(np.isfinite(v)) and v.min() > 0.0):
        raise TableError("an effect is missing, or a variance is not positive")
    return y, v


def between(effects: Array, variances: Array, spread: Spread) -> float:
    """Return the variance between studies, never below zero.

    Args:
        effects: [study].
        variances: [study].
        spread: How it is estimated.

    Raises:
        ConvergenceError: When it is not found.
    """
    y, v, k = effects, variances, len(effects)
    if spread is Spread.NONE:
        return 0.0
    w = 1.0 / v
    moment = (_cochran(y, v, 0.0) - (k - 1)) / float(w.sum() - np.sum(w**2) / w.sum())
    if spread is Spread.DERSIMONIAN_LAIRD:
        return max(moment, 0.0)
    if spread is Spread.PAULE_MANDEL:
        return _paule_mandel(y, v)
    return _restricted(y, v)


def _cochran(y: Array, v: Array, tau2: float) -> float:
    w = 1.0 / (v + tau2)
    return float(w @ (y - w @ y / w.sum()) ** 2)


def _paule_mandel(y: Array, v: Array) -> float:
    """Return the variance at which Cochran's statistic is its own expectation."""
    k = len(y)
    if _cochran(y, v, 0.0) <= k - 1:
        return 0.0
    high = float(np.var(y, ddof=1)) + float(v.max())
    return root_of(lambda tau2: _cochran(y, v, tau2) - (k - 1), 0.0, high, within=1e-14)


def most_likely(deviance: Callable[[Array], Array], slope: Callable[[float], float], unit: float) -> float:
    """Return the variance from 0 on at which a deviance is least, the lowest of several minima.

    Scoring alone can go back and forth where studies are few, and a search from one start may end in a lesser minimum:
    a coarse look everywhere comes first.

    Args:
        deviance: At each of several variances.
        slope: Its derivative, or that times anything above zero.
        unit: Size of variances that can be met.

    Raises:
        ConvergenceError: When there is no least.
    """
    looked = np.append(0.0, unit * SHARES)
    for _ in range(5):
        least = int(np.argmin(deviance(looked)))
        low, high = float(looked[max(least - 1, 0)]), float(looked[min(least + 1, len(looked) - 1)])
        falls, rises = slope(low) < 0.0, slope(high) > 0.0
        if falls and rises:
            return root_of(slope, low, high, within=1e-14 * unit)
        if low == 0.0 and rises:
            return 0.0
        looked = np.linspace(low, high, 21)  # more than one bend in between
    raise ConvergenceError("the variance between studies was not found; use Paule-Mandel")


def _restricted(y: Array, v: Array) -> float:
    """Return the variance of largest restricted likelihood."""

    def deviance(tau2: Array) -> Array:
        w = 1.0 / (v + tau2[:, None])
        total = w.sum(axis=1)
        return np.log(total) - np.log(w).sum(axis=1) + np.sum(w * (y - (w @ y / total)[:, None]) ** 2, axis=1)

    def slope(tau2: float) -> float:
        w = 1.0 / (v + tau2)
        total = w.sum()
        return float(total - (w @ w) / total - np.sum((w * (y - w @ y / total)) ** 2))

    return most_likely(deviance, slope, float(np.var(y, ddof=1)) + float(v.mean()))
