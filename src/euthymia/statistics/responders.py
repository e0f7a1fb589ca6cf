"""Response, remission, and shares of persons with their Wilson intervals."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euthymia.statistics.summary import ratio


@dataclass(frozen=True)
class Proportion:
    """Shares of persons; every array has the shape of the data without its last axis.

    Attributes:
        count: Persons with the property.
        n: Persons observed.
        share: count / n; NaN where nobody was observed.
        low: Lower end of the interval.
        high: Upper end of the interval.
    """

    count: NDArray[np.int64]
    n: NDArray[np.int64]
    share: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def responded(score: ArrayLike, baseline: ArrayLike, *, fall: float) -> NDArray[np.bool_]:
    """Tell who fell by at least the fraction ``fall`` of baseline; a missing score is no response."""
    score, baseline = np.asarray(score, dtype=float), np.asarray(baseline, dtype=float)
    # Scores are whole points as a rule: compare them so that half of 37 is not missed by a rounding error.
    return baseline - score >= fall * baseline - 1e-9


def remitted(score: ArrayLike, *, threshold: float) -> NDArray[np.bool_]:
    """Tell who is at or below the threshold (points); a missing score is no remission."""
    return np.asarray(score, dtype=float) <= threshold


def proportion(
    hits: ArrayLike, observed: NDArray[np.bool_] | None = None, *, level: float = 0.95, axis: int = -1
) -> Proportion:
    """Return the share of hits among those observed, with Wilson's interval.

    Args:
        hits: True for a person with the property, [..., subject].
        observed: True for a person who was observed, of the same shape; left out, everybody was.
        level: Level of the interval, between 0 and 1.
        axis: The axis of persons.

    Raises:
        ValueError: When the level is not between 0 and 1.

    Source:
        Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    hits = np.asarray(hits, dtype=bool)
    seen = np.ones_like(hits) if observed is None else np.broadcast_to(np.asarray(observed, dtype=bool), hits.shape)
    count, n = np.sum(hits & seen, axis=axis), np.sum(seen, axis=axis)
    low, high = wilson(count, n, level=level)
    return Proportion(count, n, ratio(count, n), low, high)


def wilson(count: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    r"""Return both ends of Wilson's score interval of a share.

    The ends are the shares :math:`\pi` at which the score statistic equals the normal quantile z:

        (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)                  (1)

    Args:
        count: Persons with the property.
        n: Persons observed; the ends are NaN where there is none.
        level: Level of the interval, between 0 and 1.

    Raises:
        ValueError: When the level is not between 0 and 1.
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"level {level} given; a level lies between 0 and 1")
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    p, n = ratio(count, n), np.asarray(n, dtype=float)
    centre = p + ratio(z**2, 2.0 * n)
    half = z * np.sqrt(ratio(p * (1.0 - p), n) + ratio(z**2, 4.0 * n**2))
    scale = 1.0 + ratio(z**2, n)
    return np.maximum((centre - half) / scale, 0.0), np.minimum((centre + half) / scale, 1.0)  # (1)
