"""Serotonin, dopamine, noradrenaline and acetylcholine as gains of the circuit: signs with sources, sizes assumed."""

from __future__ import annotations

import dataclasses
import enum
import math

import numpy as np

from euthymia.circuit.manipulation import Manipulation, drive
from euthymia.circuit.mean_field import MeanField, Population
from euthymia.errors import EuthymiaError, UnknownNameError
from euthymia.evidence import load_record


class Modulator(enum.Enum):
    """A receptor through which a slow transmitter moves the circuit."""

    SEROTONIN_5HT1A = "5-HT1A"
    SEROTONIN_5HT2A = "5-HT2A"
    DOPAMINE_D1 = "D1"
    NORADRENALINE_ALPHA2A = "alpha2A"
    ACETYLCHOLINE = "ACh"


DRIVES_OF_E = {
    Modulator.SEROTONIN_5HT1A: "eta_5HT1A",
    Modulator.SEROTONIN_5HT2A: "eta_5HT2A",
    Modulator.NORADRENALINE_ALPHA2A: "eta_alpha2A",
}


def modulator_named(name: str) -> Modulator:
    """Return the modulator of that name, whatever its case.

    Raises:
        UnknownNameError: When there is none; it names the nearest.
    """
    for modulator in Modulator:
        if modulator.value.lower() == name.lower():
            return modulator
    raise UnknownNameError("modulator", name, [modulator.value for modulator in Modulator])


def modulated(modulator: Modulator, activation: float) -> Manipulation:
    """Return the change of a circuit in which a receptor is activated beyond its resting tone.

        eta_a <- eta_a + activation * shift_a,   J <- J (1 + activation * rise)                        (1)

    Args:
        modulator: Which receptor.
        activation: Change of its activation relative to rest, -1 to 1; 1 is full activation, negative values take
            resting tone away.

    Raises:
        EuthymiaError: When the activation lies outside that range.

    Source:
        Brunel & Wang 2001 for D1 (concerted rise of NMDA and GABA); evidence record `modulation` for every size.
    """
    if not (math.isfinite(activation) and -1 <= activation <= 1):
        raise EuthymiaError(f"activation of {modulator.value} is {activation!r}; expected a number from -1 to 1")
    record = load_record("modulation")
    if modulator in DRIVES_OF_E:
        return drive(Population.E, activation * record.value(DRIVES_OF_E[modulator], "1"))  # (1)
    if modulator is Modulator.DOPAMINE_D1:
        return _concerted(
            NMDA=activation * record.value("J_N_D1", "1"), GABA=activation * record.value("J_GABA_D1", "1")
        )
    return _everywhere(activation * record.value("eta_ACh", "1"))


def _concerted(*, NMDA: float, GABA: float) -> Manipulation:
    """Raise the NMDA and GABA-A weights together; the tonic NMDA conductance is that of other areas and stays."""

    def manipulate(circuit: MeanField) -> MeanField:
        return dataclasses.replace(
            circuit,
            J_N=(1 + NMDA) * circuit.J_N,  # (1)
            J_P=(1 + GABA) * circuit.J_P,
            J_S=(1 + GABA) * circuit.J_S,
        )

    return manipulate


def _everywhere(shift: float) -> Manipulation:
    return lambda circuit: dataclasses.replace(circuit, eta=circuit.eta + shift * np.ones(len(Population)))
