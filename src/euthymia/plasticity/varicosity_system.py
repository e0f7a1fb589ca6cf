"""Varicosities for the engine's reference solver, behind kinetics that bring the drug."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from euthymia.engine.integrate import Drivers, Lanes, Link, States
from euthymia.engine.linear import Linear
from euthymia.engine.mechanism import Source
from euthymia.plasticity.varicosity import REST, Varicosity, VaricosityInput, VaricosityState

INPUTS = VaricosityInput._fields
MOUSE = ("peritoneum", "blood", "brain", "periphery")
UM_PER_MM = 1000.0


class VaricositySystem(eqx.Module):
    """Varicosities as `reference.run` takes them; every number of ``model`` has a leading [person] axis.

    The kinetics before it give the fields of `VaricosityInput` in their order, each as its change from rest. The
    structured scheme cannot take it: the states do not relax in the form that it needs. Use the method KVAERNO5.
    """

    model: Varicosity
    feedback: bool = eqx.field(static=True, default=True)

    def fast(self, exposure: Sequence[Lanes]) -> Drivers:
        """Return the inputs, their rest added."""
        return {name: rest + change for name, rest, change in zip(INPUTS, REST, exposure, strict=True)}

    def links(self) -> tuple[Link, ...]:
        """Return rate nought and the whole derivative as drive, for each state."""
        known: list[tuple[list[Any], VaricosityState]] = []  # the one derivative that all nineteen links read

        def derivative(states: States, drivers: Drivers) -> VaricosityState:
            asked = [*states.values(), *drivers.values()]
            if not known or any(old is not new for old, new in zip(known[0][0], asked, strict=True)):
                change = self.model.derivative(0.0, VaricosityState(**states), VaricosityInput(**drivers))
                known[:] = [(asked, change)]
            return known[0][1]

        return tuple((name, _link(derivative, name)) for name in VaricosityState._fields)

    def initial(self, persons: int) -> States:
        """Return the model's start, [person]."""
        start = self.model.initial_state()._asdict()
        return {name: jnp.broadcast_to(value, (persons,)) for name, value in start.items()}

    def take(self, people: Any) -> VaricositySystem:
        """Return the varicosities of the people at these positions."""
        return jax.tree.map(lambda value: np.asarray(value)[people], self)


def alike(model: Varicosity, persons: int) -> VaricositySystem:
    """Return the system of many equal varicosities."""
    return VaricositySystem(jax.tree.map(lambda value: np.full(persons, float(value)), model))


def held_levels(persons: int) -> Linear:
    """Return kinetics in which each input stays where it was put: what is added to a state changes that input."""
    n = len(INPUTS)
    names = tuple(f"held_{name}" for name in INPUTS)
    return Linear(np.zeros((persons, n, n)), np.tile(np.eye(n), (persons, 1, 1)), names, INPUTS)


def mouse_escitalopram(record: Source, persons: int = 1) -> Linear:
    r"""Return the kinetics of escitalopram in a mouse, in front of held levels of the other inputs.

        dA_ip/dt = -k01 A_ip                                                                            (1)
        dA_bl/dt = k01 A_ip - (k10 + k12 + k13) f_bl A_bl + k21 f_br A_br + k31 A_pe                    (2)
        dA_br/dt = k12 f_bl A_bl - k21 f_br A_br                                                        (3)
        dA_pe/dt = k13 f_bl A_bl - k31 A_pe                                                             (4)
        I_esc    = 1000 (A_br/brain_volume)/molar_mass                                                  (5)

    f_bl and f_br are the unbound shares. Give a dose, ug, into state 0, the peritoneum; ``F_oral`` of an oral one.

    Args:
        record: The record `varicosity`.
        persons: How many mice.

    Source:
        Mena 2024, the published model.
    """

    def rate(name: str) -> float:
        return record.value(name, "1/h")

    f_bl, f_br = 1.0 - record.value("bound_blood", "1"), 1.0 - record.value("bound_brain", "1")
    from_blood = rate("k10") + rate("k12") + rate("k13")
    A = np.zeros((len(MOUSE) + len(INPUTS) - 1,) * 2)
    A[0, 0] = -rate("k01")  # (1)
    A[1, :4] = rate("k01"), -from_blood * f_bl, rate("k21") * f_br, rate("k31")  # (2)
    A[2, 1:3] = rate("k12") * f_bl, -rate("k21") * f_br  # (3)
    A[3, 1], A[3, 3] = rate("k13") * f_bl, -rate("k31")  # (4)
    read = np.zeros((len(INPUTS), len(A)))
    read[0, 2] = UM_PER_MM / (record.value("brain_volume", "mL") * record.value("molar_mass", "g/mol"))  # (5)
    read[1:, len(MOUSE) :] = np.eye(len(INPUTS) - 1)
    names = *MOUSE, *(f"held_{name}" for name in INPUTS[1:])
    return Linear(np.tile(A, (persons, 1, 1)), np.tile(read, (persons, 1, 1)), names, INPUTS)


def _link(
    derivative: Callable[[States, Drivers], VaricosityState], name: str
) -> Callable[[States, Drivers], tuple[Lanes, Lanes]]:
    return lambda states, drivers: (jnp.zeros_like(states[name]), getattr(derivative(states, drivers), name))
