"""Analysis of covariance of a change on baseline and group, for many replicates of a trial at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PARAMETERS = 3  # intercept, baseline, group


@dataclass(frozen=True, eq=False)
class Ancova:
    """Group difference adjusted for baseline; every array is [replicate], NaN where it cannot be estimated.

    Attributes:
        difference: Treated minus reference, unit of the change.
        se: Standard error of the difference.
        df: Residual degrees of freedom.
        low: Lower end of the confidence interval.
        high: Upper end of the confidence interval.
        p: Two-sided p value of no difference.
    """

    difference: np.ndarray
    se: np.ndarray
    df: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray


def ancova(change: np.ndarray, baseline: np.ndarray, treated: np.ndarray, *, level: float = 0.95) -> Ancova:
    """Fit change = intercept + slope baseline + difference treated by least squares, replicate by replicate.

    Args:
        change: Change from baseline, [replicate, subject]; NaN takes the subject out.
        baseline: Baseline, the same shape.
        treated: Whether the subject is in the treated group, the same shape; the others are the reference.
        level: Level of the confidence interval.

    Returns:
        The adjusted difference with its error; NaN where a group is empty or nothing is left to estimate the error.
    """
    from scipy.special import stdtr, stdtrit

    used = np.isfinite(change) & np.isfinite(baseline)
    y, x, g = (np.where(used, values, 0.0) for values in (change, baseline, treated.astype(float)))
    count = used.sum(1).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Centring within the used subjects removes the intercept and keeps the normal equations well conditioned.
        y, x, g = (np.where(used, values - (values.sum(1) / count)[:, None], 0.0) for values in (y, x, g))
        xx, gg, xg = (x * x).sum(1), (g * g).sum(1), (x * g).sum(1)
        xy, gy = (x * y).sum(1), (g * y).sum(1)
        flat = xx <= 1e-12 * np.maximum(count, 1.0)  # everybody has the same baseline: no slope to estimate
        free = gg - np.where(flat, 0.0, xg**2 / np.where(flat, 1.0, xx))
        difference = (gy - np.where(flat, 0.0, xg * xy / np.where(flat, 1.0, xx))) / free
        slope = np.where(flat, 0.0, (xy - difference * xg) / np.where(flat, 1.0, xx))
        residual = np.where(used, y - slope[:, None] * x - difference[:, None] * g, 0.0)
        df = count - PARAMETERS + flat
        se = np.sqrt((residual**2).sum(1) / df / free)
        possible = (df > 0) & (free > 1e-12) & (used & treated).any(1) & (used & ~treated).any(1)
        half = stdtrit(np.maximum(df, 1.0), 0.5 + level / 2.0) * se
        p = 2.0 * stdtr(np.maximum(df, 1.0), -np.abs(difference / se))
    return Ancova(
        *(
            np.where(possible, values, np.nan)
            for values in (difference, se, df, difference - half, difference + half, p)
        )
    )
