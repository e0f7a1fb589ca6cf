"""Closing the loop: connections that have changed are the weights of the circuit in which the next surge arises."""

from __future__ import annotations

import dataclasses
from functools import cache

import equinox as eqx
import numpy as np

from euthymia.circuit.emulator import HEALTHY, HIGH, LOW, NAMES, PersonalCurve, personal_curve
from euthymia.engine.mechanism import Scalar

PLACE = NAMES.index("spine density")


class Loop(eqx.Module):
    r"""The surge in a circuit whose excitatory weights onto pyramidal cells are those of the moment.

        J = (1 + share pot) spn/healthy,   cut to the domain of the emulator                                (1)

    With all of the potentiation (share 1) the calibrated circuit leaves its healthy state after one infusion; what
    share reaches these weights is not known. The surge stays relative to the largest one of the healthy circuit.
    """

    curve: PersonalCurve
    share: Scalar

    def relative_surge(self, c: Scalar, weight: Scalar) -> Scalar:
        """Return surge/surge_max at c uM, for weights relative to health."""
        lowest, highest = float(LOW[PLACE]), float(HIGH[PLACE])
        low = (weight + lowest + abs(weight - lowest)) / 2.0
        cut = (low + highest - abs(low - highest)) / 2.0  # (1)
        person = dataclasses.replace(self.curve, person=HEALTHY._replace(spines=cut))
        return person.surge(c) / self.curve.peak


@cache
def default_loop(share: float) -> Loop:
    """Return the loop around the calibrated circuit with a share of the potentiation."""
    return Loop(curve=personal_curve(), share=np.asarray(share))
