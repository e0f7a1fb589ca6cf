"""Proper scores of a predictive distribution against what was seen: log score, CRPS, and totals with their errors.

Draws may hold whole distributions or their means; what is larger is better for a log score and worse for a CRPS.

Source:
    Gneiting, Raftery (2007), J Am Stat Assoc 102:359. Krueger, Lerch, Thorarinsdottir, Gneiting (2021), Int Stat Rev
    89:274, for densities from draws. Ferro (2014), Q J R Meteorol Soc 140:1917, for the fair CRPS. Cameron, Miller
    (2015), J Hum Resour 50:317, for errors by clusters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euthymia.statistics.table import TableError

Array = NDArray[np.floating]
FEWEST = 3  # draws below which there is no distribution
LOG_2PI = float(np.log(2.0 * np.pi))


def crps(draws: ArrayLike, seen: float) -> float:
    r"""Return the continuous ranked probability score of draws, in their unit; smaller is better.

        mean |x_i - y| - sum_(i<j) |x_i - x_j| / (K (K - 1))                                        (1)

    It is the fair form: its expectation does not depend on the number K of draws, so that forecasts of few draws and
    of many can be compared.

    Args:
        draws: [draw].
        seen: What happened.
    """
    x = np.sort(_checked(draws))
    K = len(x)
    pairs = float((2.0 * np.arange(K) - K + 1.0) @ x)  # sum over pairs of the larger minus the smaller
    return float(np.abs(x - seen).mean()) - pairs / (K * (K - 1))  # (1)


def log_normal_moments(draws: ArrayLike, seen: float) -> float:
    """Return the log density at what was seen of the normal distribution with the draws' mean and variance."""
    x = _checked(draws)
    variance = float(x.var(ddof=1))
    if variance <= 0.0:
        raise TableError("all draws are the same number; a density needs a spread")
    return float(-0.5 * (LOG_2PI + np.log(variance) + (seen - x.mean()) ** 2 / variance))


def log_kernel(draws: ArrayLike, seen: float) -> float:
    """Return the log density at what was seen of a sum of normal kernels, of the width of Silverman's rule of thumb.

    The width is 0.9 min(sd, IQR / 1.34) K^(-1/5). Outside of the draws the density falls very fast.
    """
    x = _checked(draws)
    low, high = np.percentile(x, (25.0, 75.0))
    spread = min(s for s in (float(x.std(ddof=1)), float(high - low) / 1.34, np.inf) if s > 0.0)
    if not np.isfinite(spread):
        raise TableError("all draws are the same number; a density needs a spread")
    return log_mean_normal(x, 0.9 * spread * len(x) ** -0.2, seen)


def log_mean_normal(centres: ArrayLike, sd: float, seen: float) -> float:
    """Return the log density at what was seen of a sum of normal distributions of one deviation.

    Args:
        centres: Their means, [draw].
        sd: Their standard deviation.
        seen: What happened.
    """
    z = (seen - np.asarray(centres, dtype=float)) / sd
    return _log_mean(-0.5 * (LOG_2PI + z**2)) - float(np.log(sd))


def log_mean_binomial(chances: ArrayLike, n: int, seen: int) -> float:
    """Return the log probability of a count under a mixture of binomial distributions.

    Args:
        chances: Their probabilities, between 0 and 1, [draw].
        n: People.
        seen: How many of them.
    """
    from scipy.stats import binom

    return _log_mean(np.asarray(binom.logpmf(seen, n, np.asarray(chances, dtype=float)), dtype=float))


def log_beta_binomial_moments(shares: ArrayLike, n: int, seen: int) -> float:
    r"""Return the log probability of a count under the beta-binomial distribution with the draws' moments.

        m = (K mean + 1/(2n)) / (K + 1/n),   v = m (1 - m) (1 + (n - 1) rho) / n                     (1)

    Half a person more on either side of all draws together keeps m away from 0 and 1, so that a count that no draw
    holds has a small probability and not none. Where the draws vary less than binomial ones, rho is 0.

    Args:
        shares: Fractions of n people, [draw].
        n: People.
        seen: How many of them.
    """
    from scipy.stats import betabinom, binom

    x = _checked(shares)
    m = (x.sum() + 0.5 / n) / (len(x) + 1.0 / n)
    over = float(x.var(ddof=1)) * n / (m * (1.0 - m)) - 1.0
    rho = min(over / (n - 1), 1.0 - 1e-6) if n > 1 else 0.0
    if rho <= 1e-9:
        return float(binom.logpmf(seen, n, m))
    strength = 1.0 / rho - 1.0
    return float(betabinom.logpmf(seen, n, m * strength, (1.0 - m) * strength))


@dataclass(frozen=True)
class Total:
    """A sum of differences with its standard error.

    Attributes:
        value: The sum.
        se: Its standard error by clusters; NaN where there are fewer than two of them.
        rows: How many differences.
        clusters: How many groups of rows that go together.
    """

    value: float
    se: float
    rows: int
    clusters: int


def clustered_total(differences: ArrayLike, clusters: Sequence[str]) -> Total:
    r"""Return the sum of paired differences, with an error that lets rows of a cluster depend on each other.

        se^2 = G / (G - 1)  sum_g (sum_(i in g) (d_i - mean d))^2                                     (1)

    Args:
        differences: [row].
        clusters: The cluster of each row.
    """
    d = np.asarray(differences, dtype=float)
    if len(d) != len(clusters) or not np.isfinite(d).all():
        raise TableError(f"{len(d)} differences and {len(clusters)} clusters given; one of both a row, all finite")
    names = sorted(set(clusters))
    G = len(names)
    if G < 2:
        return Total(float(d.sum()), float("nan"), len(d), G)
    around = d - d.mean()
    sums = np.array([around[[name == one for one in clusters]].sum() for name in names])
    return Total(float(d.sum()), float(np.sqrt(G / (G - 1) * (sums**2).sum())), len(d), G)  # (1)


def _checked(draws: ArrayLike) -> Array:
    x = np.asarray(draws, dtype=float)
    if x.ndim != 1 or len(x) < FEWEST or not np.isfinite(x).all():
        raise TableError(f"{x.size} draws given; {FEWEST} finite ones at least are needed")
    return x


def _log_mean(logs: Array) -> float:
    largest = float(logs.max())
    if not np.isfinite(largest):
        return largest
    return largest + float(np.log(np.exp(logs - largest).mean()))
