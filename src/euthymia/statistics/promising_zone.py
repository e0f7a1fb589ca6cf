"""The promising zone of a trial of two stages: from which conditional power on its size may grow.

With t the planned share of the first stage, c the bound at the end and f the second stage for that planned, a test of
all people alike, however many they became, keeps the error of the plan where it asks for no less than the weights of
the plan would:

    b(Z_1) = (sqrt(f) (c - sqrt(t) Z_1) + sqrt(t) Z_1) / sqrt(t + f (1 - t)) <= c                       (1)

The lowest conditional power, by the trend so far, from which on this holds is where the zone may begin. A test with the
weights of the plan keeps the error wherever the zone begins; with (1) both do.

Source:
    Gao, Ware, Mehta (2008), J Biopharm Stat 18:1184, for (1). Mehta, Pocock (2011), Stat Med 30:3267, for the zone.
    Chen, DeMets, Lan (2004), Stat Med 23:1023: from a conditional power of one half on it always holds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from euthymia.statistics.adaptive import Promising, second_stage
from euthymia.statistics.root import root_of
from euthymia.statistics.spending import DesignError

Array = NDArray[np.floating]
GRID = 4000  # statistics tried between no effect and the one with the power sought


def bound_of_all(z: Array, factor: Array, fraction: float, *, bound: float) -> Array:
    """Return the bound of a test of all people alike that has the error of the plan, given the first stage (1).

    Args:
        z: Statistic of the first stage.
        factor: Information of the second stage for that planned.
        fraction: Planned share of the first stage in all information.
        bound: Of the final statistic, as planned.
    """
    first = np.sqrt(fraction) * z
    return (np.sqrt(factor) * (bound - first) + first) / np.sqrt(fraction + factor * (1.0 - fraction))


def least_promising(fraction: float, *, target: float, most: float, bound: float) -> float:
    """Return the lowest conditional power at which a trial may grow and still be tested as if it had not.

    Args:
        fraction: Planned share of the first stage in all information.
        target: Conditional power that is sought.
        most: Largest second stage, for that planned.
        bound: Of the final statistic.

    Returns:
        The lower end of the zone; the upper one is ``target``.

    Raises:
        DesignError: When the fraction is not between 0 and 1, or target and most are no such.
    """
    from scipy.special import ndtri

    if not 0.0 < fraction < 1.0:
        raise DesignError(f"fraction {fraction} of information given for the first stage; it lies between 0 and 1")
    rule = Promising(0.0, target, most)
    top = np.sqrt(fraction) * (bound + float(ndtri(target)) * np.sqrt(1.0 - fraction))  # conditional power is target

    def excess(z: float | Array) -> Array:
        stage = second_stage(z, fraction, rule, bound=bound)
        return bound_of_all(np.asarray(z, dtype=float), stage.factor, fraction, bound=bound) - bound

    z = np.linspace(top / GRID, top, GRID, endpoint=False)
    too_high = np.flatnonzero(excess(z) > 0.0)
    if not too_high.size:
        return 0.0
    last = int(too_high[-1])
    if last + 1 == GRID:
        return target
    found = root_of(lambda at: float(excess(at)), z[last], z[last + 1], within=1e-13)
    return float(second_stage(found, fraction, rule, bound=bound).before)
