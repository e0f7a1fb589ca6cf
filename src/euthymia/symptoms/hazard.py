"""How often people cross from one well to the other: the exact rate, Kramers' formula, and hazard ratios."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from euthymia.errors import EuthymiaError
from euthymia.symptoms.relapse import FOLD, DoubleWell, potential, wells

NODES, WEIGHTS = np.polynomial.legendre.leggauss(200)
FAR = -3.0  # where nobody is: V is 15.75 there, against -0.25 in a well
BISECTIONS = 40
EDGE = 0.999  # of the fold: the steepest tilt that is looked at


def relapse_rate(well: DoubleWell, tilt: float) -> float:
    r"""Return the rate of relapse, 1/h: one over the mean time from the bottom of remission to that of depression.

        T = tau_well/noise int_remitted^depressed dy e^(V(y)/noise) int_-inf^y dz e^(-V(z)/noise)           (1)

    Exact for any noise; the hazard is constant once the first few tau_well have passed, when the barrier is some three
    times the noise or higher. Remission has the rate of the mirrored tilt, ``relapse_rate(well, -tilt)``.

    Args:
        well: The two wells.
        tilt: What stress and treatment add.

    Raises:
        EuthymiaError: When there is no noise, or the tilt leaves only one well.
    """
    noise = _noise(well)
    at = wells(tilt)
    y, dy = _nodes(at.remitted, at.depressed)
    z, dz = _nodes(FAR, y)
    inner = (dz * np.exp((potential(y, tilt) - potential(z, tilt)) / noise)).sum(0)
    return noise / (float(well.tau_well) * float((dy * inner).sum()))  # (1)


def kramers_rate(well: DoubleWell, tilt: float) -> float:
    r"""Return Kramers' approximation of the rate of relapse, 1/h, for barriers much higher than the noise.

        r = sqrt(V''(remitted) |V''(barrier)|)/(2 pi tau_well) exp(-(V(barrier) - V(remitted))/noise)       (2)

    Args:
        well: The two wells.
        tilt: What stress and treatment add.

    Raises:
        EuthymiaError: When there is no noise, or the tilt leaves only one well.
    """
    at = wells(tilt)
    curvature = (3.0 * at.remitted**2 - 1.0) * (1.0 - 3.0 * at.barrier**2)
    height = potential(at.barrier, tilt) - potential(at.remitted, tilt)
    return math.sqrt(curvature) / (2.0 * math.pi * float(well.tau_well)) * math.exp(-height / _noise(well))  # (2)


def hazard_ratio(well: DoubleWell, tilt: float, reference: float) -> float:
    """Return how often relapse happens at one tilt relative to another.

    For small differences its logarithm is (barrier - remitted)/noise times the difference of the tilts.

    Args:
        well: The two wells.
        tilt: With treatment, say.
        reference: Without.

    Raises:
        EuthymiaError: When there is no noise, or a tilt leaves only one well.
    """
    return relapse_rate(well, tilt) / relapse_rate(well, reference)


def tilt_for_hazard_ratio(well: DoubleWell, ratio: float, reference: float) -> float:
    """Return the tilt that has this hazard ratio to the reference.

    Args:
        well: The two wells.
        ratio: A published hazard ratio, say.
        reference: Tilt of the group that it refers to.

    Raises:
        EuthymiaError: When no tilt that leaves both wells has that ratio.
    """
    low, high = -EDGE * FOLD, EDGE * FOLD
    unit = relapse_rate(well, reference)
    least, most = relapse_rate(well, low) / unit, relapse_rate(well, high) / unit
    if not least <= ratio <= most:
        raise EuthymiaError(f"hazard ratio {ratio!r}; with these wells expected from {least:.2g} to {most:.2g}")
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if relapse_rate(well, middle) < ratio * unit else (low, middle)
    return 0.5 * (low + high)


def relapsed(
    well: DoubleWell, times: np.ndarray, tilt: Callable[[float], float], *, frailty: float = 0.0
) -> np.ndarray:
    r"""Return the share of remitted people who have relapsed by each time, with the tilt changing slowly.

        1 - S(t),   S = exp(-A) or, among people of different frailty, (1 + frailty A)^(-1/frailty)         (3)

    A is the area under the rate. Assumes that the tilt changes slowly against tau_well, and that frailty, a factor on
    the hazard with mean one, is gamma distributed with this variance.

    Args:
        well: The two wells.
        times: Hours from remission on, rising, from 0.
        tilt: Tilt at a time, h.
        frailty: Variance of the hazard between people; 0 when they are alike.

    Returns:
        Shares, [time].

    Raises:
        EuthymiaError: When frailty is below 0, there is no noise, or a tilt leaves only one well.
    """
    if not frailty >= 0.0:
        raise EuthymiaError(f"frailty is {frailty!r}; expected a variance of at least 0")
    t = np.asarray(times, dtype=float)
    rates = np.array([relapse_rate(well, float(tilt(float(at)))) for at in t])
    area = np.concatenate([[0.0], np.cumsum(0.5 * (rates[1:] + rates[:-1]) * np.diff(t))])
    if frailty == 0.0:
        return -np.expm1(-area)
    return -np.expm1(-np.log1p(frailty * area) / frailty)  # (3)


def _noise(well: DoubleWell) -> float:
    if not float(well.noise) > 0.0:
        raise EuthymiaError(f"noise is {float(well.noise)!r}; without noise nobody jumps, expected a number above 0")
    return float(well.noise)


def _nodes(low: float, high: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights between two ends, [node] or [node, end]."""
    half = (np.asarray(high) - low) / 2.0
    shape = (-1,) + (1,) * np.ndim(half)
    return low + half * (1.0 + NODES.reshape(shape)), half * WEIGHTS.reshape(shape)
