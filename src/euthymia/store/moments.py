"""Count, mean, spread and range of numbers that arrive in parts, put together in the order of the parts."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Moments:
    """What is known of some numbers without keeping them; NaN are left out.

    Attributes:
        count: How many.
        mean: Their mean; 0 where there are none.
        squares: Sum of squared distances from the mean.
        low: The least; infinity where there are none.
        high: The largest.
    """

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0
    low: float = math.inf
    high: float = -math.inf

    @property
    def sd(self) -> float:
        """Standard deviation with n - 1; NaN below two numbers."""
        return math.sqrt(self.squares / (self.count - 1)) if self.count > 1 else math.nan

    def joined(self, other: Moments) -> Moments:
        """Return the moments of both together (Chan, Golub and LeVeque 1983)."""
        if not self.count or not other.count:
            return self if self.count else other
        count = self.count + other.count
        step = other.mean - self.mean
        return Moments(
            count,
            self.mean + step * other.count / count,
            self.squares + other.squares + step**2 * self.count * other.count / count,
            min(self.low, other.low),
            max(self.high, other.high),
        )


def moments(values: np.ndarray) -> Moments:
    """Return the moments of an array, NaN left out."""
    import numpy as np

    known = values[~np.isnan(values)]
    if not known.size:
        return Moments()
    mean = float(known.mean())
    return Moments(known.size, mean, float(((known - mean) ** 2).sum()), float(known.min()), float(known.max()))


def together(parts: Iterable[Moments]) -> Moments:
    """Return the moments of all parts; the same parts in the same order give the same bytes, whoever made them."""
    return reduce(Moments.joined, parts, Moments())
