"""The linear part of esketamine alone, by nose or vein: eight amounts, the effect site and acute tolerance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from euthymia.engine.linear import Linear
from euthymia.pharmacology.brain import EffectSite, EffectSiteState
from euthymia.pharmacology.disposition import Esketamine, EsketamineInput, EsketamineState
from euthymia.safety.dissociation import AcuteTolerance, ToleranceState

KINETIC_STATES = (*EsketamineState._fields, "effect", "tolerance")
KINETIC_OUTPUTS = ("effect", "plasma", "noresketamine", "tolerance")


class Target(NamedTuple):
    """Positions of the states that doses go to."""

    mucosa: int = KINETIC_STATES.index("nas")
    swallowed: int = KINETIC_STATES.index("sw")
    vein: int = KINETIC_STATES.index("c")


TARGET = Target()


def kinetics(body: Esketamine, brain: EffectSite, tolerance: AcuteTolerance, persons: int) -> Linear:
    """Return the linear part of the chain for a group of people.

    The matrix is read off the mechanisms' own derivatives, all unit states at once: an equation stands in one place.

    Args:
        body: Disposition, each parameter a number or [person].
        brain: Effect site.
        tolerance: Acute tolerance.
        persons: Number of people.
    """
    n = len(KINETIC_STATES)
    matrix, read = np.zeros((persons, n, n)), np.zeros((persons, len(KINETIC_OUTPUTS), n))
    units = np.eye(n)[:, :, None]  # [state, column, person]: every unit state at once
    amounts, effect, tolerated = EsketamineState(*units[:8]), units[8], units[9]
    plasma = body.plasma(amounts)
    rates = (
        *body.derivative(0.0, amounts, EsketamineInput(0.0, 0.0)),
        brain.derivative(0.0, EffectSiteState(effect), plasma).effect,
        tolerance.derivative(0.0, ToleranceState(tolerated), effect).tolerance,
    )
    for row, rate in enumerate(rates):
        matrix[:, row] = np.asarray(rate).T
    for row, value in enumerate((effect, plasma, body.noresketamine(amounts), tolerated)):
        read[:, row] = np.asarray(value).T
    return Linear(matrix, read, KINETIC_STATES, KINETIC_OUTPUTS)
