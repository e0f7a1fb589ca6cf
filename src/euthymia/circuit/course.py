"""The mean field in time: fourth-order Runge-Kutta, compiled once for every duration, step and input."""

# ruff: noqa: UP037  (array shapes are strings for jaxtyping)
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from euthymia.circuit.magnesium import millivolts
from euthymia.circuit.mean_field import MeanField, conductances, derivative, rate, voltage_equation
from euthymia.circuit.plan import planned
from euthymia.circuit.settled import steady_state
from euthymia.circuit.spectrum import field_potential
from euthymia.errors import EuthymiaError
from euthymia.evidence import load_record

STATES = 11
BINS_A_CALL = 500  # the compiled program's length; the last call's surplus is thrown away


class CourseError(EuthymiaError):
    """A time course that cannot be computed as asked."""


@dataclass(frozen=True, eq=False)
class CircuitCourse:
    """A circuit's time course, told at the end of every bin.

    Attributes:
        circuit: The parameters.
        bin: Width of a bin in ms.
        states: The eleven states as in `mean_field.derivative`, [bin, 11].
        block: Blocked fraction of NMDA receptors in each bin, [bin, 3].
    """

    circuit: MeanField
    bin: float
    states: Float[np.ndarray, "bin 11"]
    block: Float[np.ndarray, "bin 3"]

    @property
    def t(self) -> Float[np.ndarray, " bin"]:
        """The ends of the bins in ms."""
        return self.bin * np.arange(1, len(self.states) + 1)

    def rates(self) -> Float[np.ndarray, "bin 3"]:
        """Return the rates in Hz at the end of each bin."""
        s_A, _, s_N, s_P, s_S = (self.states[:, 6 + k, None] for k in range(5))
        q = voltage_equation(self.circuit, conductances(self.circuit, s_A, s_N, s_P, s_S), self.block)
        return rate(self.circuit, q, self.states[:, :3])

    def mean_rates(self, start: float = 0.0) -> Float[np.ndarray, "3"]:
        """Return the rates in Hz averaged from ``start`` ms to the end."""
        return self.rates()[round(start / self.bin) :].mean(axis=0)

    def potentials(self) -> Float[np.ndarray, "bin 3"]:
        """Return the mean potentials in mV at the end of each bin."""
        return millivolts(self.states[:, 3:6])

    def field_potential(self) -> Float[np.ndarray, " bin"]:
        """Return the local field potential's proxy, as `spectrum.field_potential` defines it."""
        proxy = jax.vmap(lambda state, block: field_potential(self.circuit, state, block))
        return np.asarray(proxy(jnp.asarray(self.states), jnp.asarray(self.block)))


def course(
    circuit: MeanField,
    duration: float,
    *,
    block: Any = 0.0,
    drive: Any = 0.0,
    start: Any = None,
    dt: float | None = None,
    bin: float | None = None,
) -> CircuitCourse:
    """Return a circuit's time course; inputs stand still within a bin.

    Args:
        circuit: The parameters of one circuit.
        duration: How long, in ms, a whole number of bins.
        block: Blocked fraction of NMDA receptors: one number, shape (3,), or [bin, 3].
        drive: Drive added to every cell: likewise.
        start: The eleven states to start from; by default the fixed point under the first bin's block and drive.
        dt: Step of time in ms; by default that of the evidence record `network`.
        bin: Width of the bins in ms, a whole number of steps; by default that of the record.

    Raises:
        NetworkError: When step, bin and duration do not fit, or block or drive are out of range.
        CourseError: When the start is not eleven numbers, or the step is too long for the course to stay finite.

    Example:
        >>> quiet = course(MeanField.from_evidence(), 100.0)
        >>> [round(float(R), 1) for R in quiet.rates()[-1]]
        [4.3, 20.9, 8.1]
    """
    dt = load_record("network").value("dt_mean_field", "ms") if dt is None else dt
    plan = planned(duration, dt, bin, block, drive)
    traced = jax.tree.map(jnp.asarray, circuit)  # numbers would be compiled in
    if start is None:
        state = _settled(traced, jnp.asarray(plan.block[0]), jnp.asarray(plan.drive[0]))
    else:
        state = jnp.asarray(start, float)
    if state.shape != (STATES,):
        raise CourseError(f"start has shape {state.shape}; expected the {STATES} states of `derivative`")
    bins, parts = len(plan.block), []
    for first in range(0, bins, BINS_A_CALL):
        b, I = (_padded(given[first : first + BINS_A_CALL]) for given in (plan.block, plan.drive))  # noqa: E741
        reached = np.asarray(_advanced(traced, state, b, I, jnp.asarray(plan.dt), jnp.asarray(plan.per_bin)))
        state = jnp.asarray(reached[-1])
        parts.append(reached[: bins - first])
    states = np.concatenate(parts)
    if not np.all(np.isfinite(states)):
        raise CourseError(f"the course is not finite with dt {plan.dt:g} ms; take a shorter step")
    return CircuitCourse(circuit, plan.bin, states, plan.block)


def runge_kutta_step(circuit: MeanField, state: Array, block: Any, drive: Any, dt: Any) -> Array:
    """Return the eleven states a step of ``dt`` ms later, by the classical fourth-order method.

    Args:
        circuit: The parameters of one circuit.
        state: The eleven states.
        block: Blocked fraction of NMDA receptors, shape (3,).
        drive: Additional drive, shape (3,) or 0.
        dt: Step in ms.
    """
    k1 = derivative(0.0, state, circuit, block, drive)
    k2 = derivative(0.0, state + dt / 2 * k1, circuit, block, drive)
    k3 = derivative(0.0, state + dt / 2 * k2, circuit, block, drive)
    k4 = derivative(0.0, state + dt * k3, circuit, block, drive)
    return state + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


@eqx.filter_jit
def _settled(circuit: MeanField, block: Array, drive: Array) -> Float[Array, "11"]:
    return steady_state(circuit, block, drive).state


@eqx.filter_jit
def _advanced(
    circuit: MeanField, state: Array, block: Array, drive: Array, dt: Array, per_bin: Array
) -> Float[Array, "bin 11"]:
    """Return the states at the ends of the bins."""

    def one_bin(state: Array, inputs: tuple[Array, Array]) -> tuple[Array, Array]:
        def step(_: Any, y: Array) -> Array:
            return runge_kutta_step(circuit, y, *inputs, dt)

        state = jax.lax.fori_loop(0, per_bin, step, state)
        return state, state

    return jax.lax.scan(one_bin, state, (block, drive))[1]


def _padded(given: Float[np.ndarray, "bin 3"]) -> Array:
    """Return the inputs of one call, the last ones repeated to the compiled length."""
    return jnp.asarray(np.pad(given, ((0, BINS_A_CALL - len(given)), (0, 0)), mode="edge"))
