"""One answer from many: Rubin's rules, and errors by leaving out or drawing again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euthymia.statistics.table import TableError

Array = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Pooled:
    """Differences of arms from the reference; every array is [difference].

    Attributes:
        names: What each is.
        estimate: In the outcome's unit.
        se: Standard error.
        df: Degrees of freedom; infinite where the normal distribution is used.
        low: Lower end of the confidence interval.
        high: Upper end of the confidence interval.
        p: Two-sided p value of zero.
        missing_information: Share of the variance that comes from not having seen everything; NaN where the method
            does not tell.
    """

    names: tuple[str, ...]
    estimate: Array
    se: Array
    df: Array
    low: Array
    high: Array
    p: Array
    missing_information: Array


def rubin(estimates: Array, variances: Array, *, df: float, level: float = 0.95, names: tuple[str, ...] = ()) -> Pooled:
    """Pool analyses of several imputations.

    With W the mean variance, B the variance of the estimates and D imputations, the variance is

        T = W + (1 + 1/D) B                                                                       (1)

    on Barnard and Rubin's degrees of freedom, which are never more than those of complete data.

    Args:
        estimates: [imputation, difference].
        variances: Of each estimate, as if nothing had been imputed; the same shape.
        df: Degrees of freedom of the analysis of complete data; may be infinite.
        level: Level of the confidence interval.
        names: What the differences are called.

    Raises:
        TableError: When there are fewer than two imputations.

    Source:
        Rubin (1987), Multiple Imputation for Nonresponse in Surveys. Barnard, Rubin (1999), Biometrika 86:948.
    """
    count = len(estimates)
    if count < 2:
        raise TableError(f"{count} imputation given; Rubin's rules need two at least")
    within, between = variances.mean(axis=0), estimates.var(axis=0, ddof=1)
    added = (1.0 + 1.0 / count) * between
    total = within + added  # (1)
    share = added / total
    with np.errstate(divide="ignore"):
        old = (count - 1.0) / share**2
        seen = np.full_like(old, np.inf) if np.isinf(df) else (df + 1.0) / (df + 3.0) * df * (1.0 - share)
        combined = 1.0 / (1.0 / old + 1.0 / seen)
    return _pooled(names, estimates.mean(axis=0), np.sqrt(total), combined, level, share)


def jackknifed(estimate: Array, left_out: Array, *, level: float = 0.95, names: tuple[str, ...] = ()) -> Pooled:
    """Give an estimate the error of leaving out one subject at a time; the normal distribution is used.

    Args:
        estimate: [difference].
        left_out: The estimate without each subject, [subject, difference].
        level: Level of the confidence interval.
        names: What the differences are called.
    """
    n = len(left_out)
    se = np.sqrt((n - 1.0) / n * np.sum((left_out - left_out.mean(axis=0)) ** 2, axis=0))
    return _pooled(names, estimate, se, np.full_like(se, np.inf), level, np.full_like(se, np.nan))


def bootstrapped(estimate: Array, resampled: Array, *, level: float = 0.95, names: tuple[str, ...] = ()) -> Pooled:
    """Give an estimate the standard deviation of bootstrap samples as its error; the normal distribution is used.

    Args:
        estimate: [difference].
        resampled: The estimate of each sample, [sample, difference].
        level: Level of the confidence interval.
        names: What the differences are called.
    """
    se = resampled.std(axis=0, ddof=1)
    return _pooled(names, estimate, se, np.full_like(se, np.inf), level, np.full_like(se, np.nan))


def _pooled(names: tuple[str, ...], estimate: Array, se: Array, df: Array, level: float, share: Array) -> Pooled:
    from scipy.special import ndtri, stdtr, stdtrit

    finite = np.isfinite(df)
    safe = np.where(finite, df, 1e12)  # where Student's distribution is the normal one
    quantile = np.where(finite, stdtrit(safe, 0.5 + level / 2.0), ndtri(0.5 + level / 2.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2.0 * stdtr(safe, -np.abs(estimate / se))
    called = names or tuple(f"difference {number + 1}" for number in range(len(estimate)))
    return Pooled(called, estimate, se, df, estimate - quantile * se, estimate + quantile * se, p, share)
