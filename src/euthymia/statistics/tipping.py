"""How much worse the unseen would have to be for a finding to be lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euthymia.errors import ConvergenceError
from euthymia.statistics.multiple import Imputed, analyse
from euthymia.statistics.pooling import Pooled
from euthymia.statistics.root import root_of
from euthymia.statistics.table import TableError


@dataclass(frozen=True, eq=False)
class TippingPoint:
    """Where a finding tips.

    Attributes:
        delta: Added to what was filled in the arm at the tipping point, in the outcome's unit.
        at: The analysis there.
        without: The analysis with nothing added.
    """

    delta: float
    at: Pooled
    without: Pooled


def tipping_point(
    imputed: Imputed, arm: str, *, largest: float, alpha: float = 0.05, visit: str | None = None
) -> TippingPoint:
    """Find the shift of an arm's filled values at which its difference from the reference is just significant.

    Args:
        imputed: The filled trial.
        arm: The arm whose filled values are shifted.
        largest: The shift to search up to, with its sign, in the outcome's unit.
        alpha: Two-sided level of significance.
        visit: The visit; the last if left out.

    Raises:
        UnknownNameError: When there is no such arm.
        TableError: When the arm is the reference, or the finding is not significant to begin with.
        ConvergenceError: When it is still significant at the largest shift.
    """
    trial = imputed.trial
    code = trial.data.arm.code(arm)
    if code == trial.reference_arm:
        raise TableError(f"arm {arm!r} given, which is the reference; shift another arm")
    place = [each for each in range(len(trial.data.arm.levels)) if each != trial.reference_arm].index(code)

    def shifted(delta: float) -> Pooled:
        shift = np.zeros(len(trial.data.arm.levels))
        shift[code] = delta
        return analyse(imputed, visit=visit, delta=shift, level=1.0 - alpha)

    without = shifted(0.0)
    better = without.estimate[place] > 0.0

    def left(delta: float) -> float:
        """Return how far the interval still is from zero; a finding that has turned round counts as lost."""
        found = shifted(delta)
        return float(found.low[place] if better else -found.high[place])

    if without.p[place] >= alpha:
        raise TableError(f"p is {without.p[place]:.3g} with nothing added; only a finding below {alpha} can tip")
    if left(largest) > 0.0:
        raise ConvergenceError(
            f"p is still below {alpha} at a shift of {largest}; give a larger one, or its other sign"
        )
    delta = root_of(left, 0.0, largest, within=1e-10)
    return TippingPoint(delta, shifted(delta), without)
