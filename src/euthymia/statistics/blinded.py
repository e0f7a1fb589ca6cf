"""How many people a trial of two arms needs, and again once the spread of outcomes is seen without knowing the arms.

With Delta the effect, sigma the deviation, n people an arm and the t test at one-sided error alpha,

    power(n) = P(T > t_(alpha, 2n - 2)), T of noncentral t, 2n - 2 degrees about Delta / sigma sqrt(n / 2)   (1)
    sigma^2 = S^2 of all outcomes together,  or with an effect taken off,
    sigma^2 = (N - 1) / (N - 2) (S^2 - N Delta^2 / (4 (N - 1)))                                        (2)

Source:
    Kieser, Friede (2003), Simple procedures for blinded sample size adjustment that do not affect the type I error
    rate. Stat Med 22:3571, for (2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euthymia.statistics.spending import DesignError

Array = NDArray[np.floating]
SMALLEST = 2  # people an arm, of whom a deviation can be told


@dataclass(frozen=True)
class Resized:
    """A trial's size once the spread of outcomes is known.

    Attributes:
        deviation: Standard deviation within arms, as seen without knowing them.
        per_arm: People an arm.
        wanted: People an arm that the power asks for, before the limits.
    """

    deviation: float
    per_arm: int
    wanted: int


def people_per_arm(deviation: ArrayLike, effect: float, *, alpha: float, power: float) -> NDArray[np.int64]:
    """Return people an arm with which a t test has its power (1), of the shape of ``deviation``.

    Args:
        deviation: Standard deviation within arms.
        effect: Difference to be found, in the same unit.
        alpha: One-sided error.
        power: Probability to find it.

    Raises:
        DesignError: When the deviation is not above 0, the effect is 0, or error and power are no such.
    """
    from scipy.special import ndtri, stdtrit

    sigma = np.asarray(deviation, dtype=float)
    if not (np.all(np.isfinite(sigma)) and np.all(sigma > 0.0) and np.isfinite(effect) and effect != 0.0):
        raise DesignError(f"deviation {deviation} and effect {effect} given; the one is above 0, the other is not 0")
    if not 0.0 < alpha < power < 1.0:
        raise DesignError(f"error {alpha} and power {power} given; 0 < error < power < 1")
    ratio = np.atleast_1d(abs(effect) / sigma)
    z = ndtri(1.0 - alpha) + ndtri(power)
    n = np.maximum(np.ceil(2.0 * (z / ratio) ** 2), SMALLEST)  # of known deviation: never more than needed
    while True:
        short = _power(n, ratio, stdtrit(2.0 * n - 2.0, 1.0 - alpha)) < power
        if not short.any():
            return n.astype(np.int64).reshape(sigma.shape)
        n = n + short


def blinded_deviation(outcomes: ArrayLike, *, effect: float = 0.0) -> float:
    """Return the standard deviation within two arms of equal size, from outcomes whose arms are not known (2).

    Args:
        outcomes: Of everybody so far, both arms together, [subject].
        effect: Difference that is taken off; 0 leaves in what a difference adds, and errs to the large side.

    Raises:
        DesignError: When there are too few outcomes, one is missing, or the effect is more than they allow.
    """
    y = np.asarray(outcomes, dtype=float)
    if y.ndim != 1 or len(y) < 2 * SMALLEST or not np.all(np.isfinite(y)):
        raise DesignError(f"{y.size} outcomes given; {2 * SMALLEST} at least are needed, none of them missing")
    count, variance = len(y), float(np.var(y, ddof=1))
    if effect != 0.0:
        variance = (count - 1.0) / (count - 2.0) * (variance - count * effect**2 / (4.0 * (count - 1.0)))
    if not variance > 0.0:
        raise DesignError(f"the outcomes vary less than an effect of {effect} alone would make them; take off none")
    return float(np.sqrt(variance))


def resize_blinded(
    outcomes: ArrayLike,
    *,
    effect: float,
    alpha: float,
    power: float,
    least: int,
    most: int,
    taken_off: float = 0.0,
) -> Resized:
    """Return a trial's size from its first outcomes, arms unknown; the t test at the end stays as it was planned.

    Args:
        outcomes: Of everybody so far, both arms together, [subject].
        effect: Difference to be found.
        alpha: One-sided error.
        power: Probability to find it.
        least: Fewest people an arm: those already in the trial, or those planned.
        most: Most people an arm.
        taken_off: Difference that is taken off when the deviation is found.

    Raises:
        DesignError: As ``blinded_deviation`` and ``people_per_arm``; or when limits cross.
    """
    if not 0 < least <= most:
        raise DesignError(f"between {least} and {most} people an arm are allowed; the first is to be 1 to the second")
    deviation = blinded_deviation(outcomes, effect=taken_off)
    wanted = int(people_per_arm(deviation, effect, alpha=alpha, power=power))
    return Resized(deviation, int(np.clip(wanted, least, most)), wanted)


def _power(n: Array, ratio: Array, critical: Array) -> Array:
    """Return the power of t tests (1)."""
    from scipy.special import nctdtr

    return 1.0 - nctdtr(2.0 * n - 2.0, ratio * np.sqrt(n / 2.0), critical)
