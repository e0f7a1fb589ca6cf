"""Numbers, means and standard deviations of groups, of those who were observed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Summary:
    """Summaries of groups; every array is [..., group].

    Attributes:
        n: Subjects observed.
        mean: Their mean; NaN where there is none.
        sd: Their standard deviation, with n - 1 in the denominator; NaN for fewer than two.
    """

    n: NDArray[np.int64]
    mean: NDArray[np.float64]
    sd: NDArray[np.float64]


def observed_summary(
    values: ArrayLike, group: ArrayLike, *, groups: int, observed: NDArray[np.bool_] | None = None
) -> Summary:
    """Return number, mean and standard deviation of each group, missing values left out.

    Args:
        values: Array [..., subject].
        group: Number of each subject's group from 0 on, of a shape that broadcasts to that of the values; numbers
            outside 0 to ``groups`` - 1 belong to nobody.
        groups: How many groups there are.
        observed: True where a value was observed; left out, whatever is not NaN was.
    """
    member, filled = membership(values, group, groups=groups, observed=observed)
    n = member.sum(axis=-2)
    mean = group_mean(filled, member)
    squares = np.sum(np.where(member, (filled[..., None] - mean[..., None, :]) ** 2, 0.0), axis=-2)
    return Summary(n, mean, np.sqrt(ratio(squares, n - 1)))


def membership(
    values: ArrayLike, group: ArrayLike, *, groups: int, observed: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return who counts in which group, [..., subject, group], and the values with 0 for those who do not count."""
    given = np.asarray(values, dtype=float)
    seen = ~np.isnan(given) if observed is None else np.asarray(observed, dtype=bool) & ~np.isnan(given)
    member = seen[..., None] & (np.asarray(group)[..., None] == np.arange(groups))
    return member, np.where(seen, given, 0.0)


def group_mean(filled: NDArray[np.float64], member: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the mean of each group, [..., group]; NaN for a group of nobody."""
    sums = np.sum(np.where(member, filled[..., None], 0.0), axis=-2)
    return ratio(sums, member.sum(axis=-2))


def ratio(above: ArrayLike, below: ArrayLike) -> NDArray[np.float64]:
    """Return above / below where below is positive, and NaN elsewhere."""
    above, below = np.broadcast_arrays(np.asarray(above, dtype=float), np.asarray(below, dtype=float))
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
