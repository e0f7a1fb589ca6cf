"""How likely a normal statistic, looked at several times, crosses bounds: recursive integration.

Z_k at information I_k is normal with mean theta sqrt(I_k), and sqrt(I_k) Z_k has independent increments. With g_k the
density of Z_k of those who have not stopped, D_k = I_k - I_(k-1), m = (u sqrt(I_(k-1)) + D_k theta) / sqrt(I_k) and
s = sqrt(D_k / I_k) mean and deviation of Z_k after u, and C_(k-1) the interval in which a trial goes on,

    g_k(z) = int over C_(k-1) g_(k-1)(u) phi((z - m) / s) / s du                                      (1)
    P(Z_k >= b) = int over C_(k-1) g_(k-1)(u) Phi((m - b) / s) du                                     (2)

The integrals run over panels of 16 Gauss-Legendre points, each at most 1.5 standard deviations of the step before or
after wide, which leaves an error below 1e-12.

Source:
    Armitage, McPherson, Rowe (1969), J R Stat Soc A 132:235. Jennison, Turnbull (1999), Group Sequential Methods,
    chapter 19.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
REACH = 9.0  # standard deviations of Z beyond which nobody is
POINTS = 16  # of a panel
PANEL = 1.5  # its width, in standard deviations of the step


@dataclass(frozen=True, eq=False)
class Ongoing:
    """Trials that have not stopped.

    Attributes:
        at: Values of Z, [point].
        mass: Probability that each stands for, [point].
        information: At which Z was seen.
    """

    at: Array
    mass: Array
    information: float


def begin() -> Ongoing:
    """Return all trials before their first analysis."""
    return Ongoing(np.zeros(1), np.ones(1), 0.0)


def above(ongoing: Ongoing, information: float, bound: float, drift: float) -> float:
    """Return how likely a trial goes on until this information and then finds Z at or above a bound (2).

    Args:
        ongoing: Trials that went on from the analysis before.
        information: Of this analysis.
        bound: Of Z.
        drift: theta: mean of Z for one unit of information.
    """
    from scipy.special import ndtr

    centre, deviation = _step(ongoing, information, drift)
    return float(ongoing.mass @ ndtr((centre - bound) / deviation))


def below(ongoing: Ongoing, information: float, bound: float, drift: float) -> float:
    """Return how likely a trial goes on until this information and then finds Z below a bound."""
    from scipy.special import ndtr

    centre, deviation = _step(ongoing, information, drift)
    return float(ongoing.mass @ ndtr((bound - centre) / deviation))


def go_on(
    ongoing: Ongoing, information: float, low: float, high: float, drift: float, following: float | None = None
) -> Ongoing:
    """Return the trials whose Z lies between two bounds at this information (1).

    Args:
        ongoing: Trials that went on from the analysis before.
        information: Of this analysis.
        low: Lower bound of Z; may be infinite.
        high: Upper bound of Z; may be infinite.
        drift: Mean of Z for one unit of information.
        following: Information of the next analysis, if there is one: a small step needs narrow panels.
    """
    centre, deviation = _step(ongoing, information, drift)
    mean = drift * np.sqrt(information)
    left, right = max(low, mean - REACH), min(high, mean + REACH)
    if right <= left:
        return Ongoing(np.zeros(0), np.zeros(0), information)
    ahead = 1.0 if following is None else np.sqrt((following - information) / information)
    panels = int(np.ceil((right - left) / (PANEL * min(1.0, deviation, ahead))))
    points, weights = _panel()
    width = (right - left) / panels
    at = (left + width * (np.arange(panels)[:, None] + points)).ravel()
    scaled = (at[:, None] - centre) / deviation
    density = np.exp(-0.5 * scaled**2) @ ongoing.mass / (deviation * np.sqrt(2.0 * np.pi))
    return Ongoing(at, density * np.tile(width * weights, panels), information)


def _step(ongoing: Ongoing, information: float, drift: float) -> tuple[Array, float]:
    """Return mean and standard deviation of Z given what it was."""
    more = information - ongoing.information
    centre = (ongoing.at * np.sqrt(ongoing.information) + more * drift) / np.sqrt(information)
    return centre, float(np.sqrt(more / information))


@cache
def _panel() -> tuple[Array, Array]:
    """Return points and weights of the interval from 0 to 1."""
    points, weights = np.polynomial.legendre.leggauss(POINTS)
    return (points + 1.0) / 2.0, weights / 2.0
