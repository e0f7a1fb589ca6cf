r"""Two groups' shares compared within strata, by Cochran, Mantel and Haenszel, in many replicates at once.

In a stratum of N people let a of n1 treated and c of n0 others be hits, b = n1 - a, d = n0 - c, m = a + c.

    chi2 = (sum (a - n1 m / N))^2 / sum n1 n0 m (N - m) / (N^2 (N - 1))                                  (1)
    risk difference = sum w (a / n1 - c / n0) / sum w,   w = n1 n0 / N                                    (2)
    its variance = (difference sum P + sum Q) / (sum w)^2,
        P = (n1^2 c - n0^2 a + n1 n0 (n0 - n1) / 2) / N^2,   Q = (a d + c b) / 2N                         (3)
    odds ratio = sum R / sum S,   R = a d / N,   S = b c / N                                              (4)
    variance of its logarithm = sum P R / 2 (sum R)^2 + sum (P S + Q R) / (2 sum R sum S) + sum Q S / 2 (sum S)^2,
        P = (a + d) / N,   Q = (b + c) / N                                                                (5)

Source:
    Mantel, Haenszel (1959), J Natl Cancer Inst 22:719, for (1), (2) and (4); Sato (1989), Biometrics 45:1323, for (3);
    Robins, Breslow, Greenwood (1986), Biometrics 42:311, for (5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euthymia.statistics.summary import ratio

Array = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Association:
    """Treated against others; every array is [replicate], NaN where nothing can be told.

    Attributes:
        difference: Difference of shares, as a fraction.
        difference_se: Its standard error.
        odds_ratio: Odds of the treated over those of the others.
        log_odds_se: Standard error of its logarithm.
        chi2: Test statistic of no association in any stratum, on one degree of freedom, without correction.
        p: Its p value.
    """

    difference: Array
    difference_se: Array
    odds_ratio: Array
    log_odds_se: Array
    chi2: Array
    p: Array


def associate(
    hit: NDArray[np.bool_],
    used: NDArray[np.bool_],
    treated: NDArray[np.bool_],
    strata: NDArray[np.int64] | None = None,
) -> Association:
    """Compare the shares of hits of two groups.

    Args:
        hit: [replicate, subject].
        used: Who is counted, the same shape.
        treated: Who is in the treated group; the others are those it is compared with.
        strata: Number of each subject's stratum, the same shape; one stratum for all if left out.
    """
    from scipy.special import chdtrc

    layers = np.zeros(hit.shape, dtype=np.int64) if strata is None else strata
    tables = [_table(hit, used & (layers == layer), treated) for layer in np.unique(layers[used])]
    if not tables:
        nothing = np.full(len(hit), np.nan)
        return Association(*(nothing.copy() for _ in range(6)))
    a, b, c, d = (np.stack(part).astype(float) for part in zip(*tables, strict=True))  # [stratum, replicate]
    n1, n0, m, N = a + b, c + d, a + c, a + b + c + d
    gap, spread = (a - ratio(n1 * m, N)), ratio(n1 * n0 * m * (N - m), N**2 * (N - 1.0))
    both = (n1 > 0) & (n0 > 0)

    def total(terms: Array) -> Array:
        return np.where(both, terms, 0.0).sum(0)

    chi2 = ratio(total(gap) ** 2, total(spread))  # (1)
    w = total(ratio(n1 * n0, N))
    difference = ratio(total(ratio(n1 * n0, N) * (ratio(a, n1) - ratio(c, n0))), w)  # (2)
    lean = total(ratio(n1**2 * c - n0**2 * a + n1 * n0 * (n0 - n1) / 2.0, N**2))
    variance = ratio(difference * lean + total(ratio(a * d + c * b, 2.0 * N)), w**2)  # (3)
    R, S, P, Q = ratio(a * d, N), ratio(b * c, N), ratio(a + d, N), ratio(b + c, N)
    sum_R, sum_S = total(R), total(S)
    log_variance = (
        ratio(total(P * R), 2.0 * sum_R**2)
        + ratio(total(P * S + Q * R), 2.0 * sum_R * sum_S)
        + ratio(total(Q * S), 2.0 * sum_S**2)
    )  # (5)
    return Association(
        difference=difference,
        difference_se=np.sqrt(variance),
        odds_ratio=ratio(sum_R, sum_S),  # (4)
        log_odds_se=np.sqrt(log_variance),
        chi2=chi2,
        p=chdtrc(1.0, chi2),
    )


def _table(
    hit: NDArray[np.bool_], used: NDArray[np.bool_], treated: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return treated hits and misses, then those of the others, each [replicate]."""
    groups = (used & treated & hit, used & treated & ~hit, used & ~treated & hit, used & ~treated & ~hit)
    first, second, third, fourth = (group.sum(1) for group in groups)
    return first, second, third, fourth
