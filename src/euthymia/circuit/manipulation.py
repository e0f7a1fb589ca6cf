"""What may be done to a circuit: named, composable changes of its parameters, each of which returns a new circuit.

A change is a function of one circuit; `changed` applies several, and their order does not matter. Relative strengths
are shares of the healthy circuit: 1 leaves it as it is.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np

from euthymia.circuit.mean_field import MeanField, Population
from euthymia.errors import EuthymiaError

Manipulation = Callable[[MeanField], MeanField]


def changed(circuit: MeanField, *manipulations: Manipulation) -> MeanField:
    """Return the circuit after every manipulation.

    Args:
        circuit: The parameters.
        manipulations: What is done to it; scalings and shifts commute, so the order is free.

    Example:
        >>> weaker = changed(MeanField.from_evidence(), AMPA(0.7), release(0.8))
        >>> float(weaker.release)
        0.8
    """
    for manipulate in manipulations:
        circuit = manipulate(circuit)
    return circuit


def GABA_A(strength: float) -> Manipulation:
    """Scale both GABA-A weights onto all targets; above 1 stands for a benzodiazepine.

    Raises:
        EuthymiaError: When the strength is negative or not finite (so with every function of this file).
    """
    _check("GABA-A strength", strength)
    return lambda circuit: dataclasses.replace(circuit, J_P=strength * circuit.J_P, J_S=strength * circuit.J_S)


def AMPA(strength: float) -> Manipulation:
    """Scale the AMPA weights onto all targets."""
    _check("AMPA strength", strength)
    return lambda circuit: dataclasses.replace(circuit, J_A=strength * circuit.J_A)


def release(strength: float) -> Manipulation:
    """Scale the release of glutamate, which enters AMPA and NMDA synapses; below 1 stands for lamotrigine."""
    _check("glutamate release", strength)
    return lambda circuit: dataclasses.replace(circuit, release=strength * circuit.release)


def NMDA(population: Population, strength: float) -> Manipulation:
    """Scale the NMDA conductance of one population, its tonic part included; below 1 stands for a knock-down."""
    _check("NMDA strength", strength)
    scale = _onto(population, strength)
    return lambda circuit: dataclasses.replace(circuit, J_N=scale * circuit.J_N, g_Nx=scale * circuit.g_Nx)


def SST_output(strength: float) -> Manipulation:
    """Scale the inhibition that SST cells give; below 1 is the deficit described in depression.

    Source:
        Fee, Banasr & Sibille 2017 (the deficit; its size is the caller's hypothesis).
    """
    _check("SST output", strength)
    return lambda circuit: dataclasses.replace(circuit, J_S=strength * circuit.J_S)


def spines(density: float) -> Manipulation:
    """Scale the excitatory weights onto pyramidal cells (AMPA and NMDA) by the density of their spines."""
    _check("spine density", density)
    scale = _onto(Population.E, density)
    return lambda circuit: dataclasses.replace(circuit, J_A=scale * circuit.J_A, J_N=scale * circuit.J_N)


def clearance_deficit(share: float) -> Manipulation:
    """Prolong AMPA and NMDA currents by a share (0.025 to 0.075 in the two-area model of depression).

    The steady state does not move, because a weight of this circuit is the area under a synaptic event; stability, the
    rhythm and the spectrum do. `prolonged_events` moves both.

    Source:
        Ramirez-Mahaluf, Roxin, Mayberg & Compte 2017 (AMPA decay of 2.05 to 2.15 ms in place of 2.0).
    """
    _check("clearance deficit", share)
    return lambda circuit: dataclasses.replace(
        circuit, tau_AMPA=(1 + share) * circuit.tau_AMPA, tau_Nd=(1 + share) * circuit.tau_Nd
    )


def prolonged_events(share: float) -> Manipulation:
    """Prolong AMPA and NMDA currents at a fixed peak conductance, so that their area grows by the same share."""
    _check("prolongation", share)
    longer = clearance_deficit(share)

    def manipulate(circuit: MeanField) -> MeanField:
        slowed = longer(circuit)
        return dataclasses.replace(slowed, J_A=(1 + share) * slowed.J_A, J_N=(1 + share) * slowed.J_N)

    return manipulate


def drive(population: Population, shift: float) -> Manipulation:
    """Shift the drive of one population (the tone that other areas and modulators give it)."""
    if not math.isfinite(shift):
        raise EuthymiaError(f"the shift of the drive is {shift!r}; expected a finite number")
    step = shift * _only(population)
    return lambda circuit: dataclasses.replace(circuit, eta=circuit.eta + step)


def _check(what: str, strength: float) -> None:
    if not (math.isfinite(strength) and strength >= 0):
        raise EuthymiaError(f"{what} is {strength!r}; expected a finite number of at least 0")


def _only(population: Population) -> np.ndarray:
    return np.eye(len(Population))[population]


def _onto(population: Population, strength: float) -> np.ndarray:
    return 1 + (strength - 1) * _only(population)
