"""Where the circuit's fixed point stops being where it settles: onset of the gamma rhythm, folds, and the rhythm."""

# ruff: noqa: UP037  (array shapes are strings for jaxtyping)
from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from euthymia.circuit.course import runge_kutta_step
from euthymia.circuit.manipulation import Manipulation, drive
from euthymia.circuit.mean_field import (
    HZ_PER_ACTIVATION,
    PER_MS_TO_HZ,
    MeanField,
    Population,
    conductances,
    rate,
    voltage_equation,
)
from euthymia.circuit.settled import settled_conductances, settled_rates, steady_state
from euthymia.circuit.spectrum import leading_eigenvalue
from euthymia.engine.steady import fixed_point, settling_newton
from euthymia.errors import ConvergenceError

# How far from the present drive an onset is looked for, in which steps, and how exactly it is then found.
FARTHEST_DRIVE = 0.5
FIRST_STEP = 0.01
ONSET_TOLERANCE = 1e-9

# The rhythm: step and spans (ms) of the integration, and the smallest swing of the E rate (Hz) that counts as one.
STEP_MS = 0.1
SETTLING_MS = 3000.0
AVERAGED_MS = 2000.0
SMALLEST_SWING = 1e-3

# Rates (Hz) between which folds are looked for, and how finely.
FOLD_RATES = (0.2, 100.0)
FOLD_POINTS = 400


class Onset(NamedTuple):
    """Where the fixed point loses its stability to a rhythm."""

    drive: float  # shift of eta_E
    frequency: float  # Hz, of the rhythm that begins there


class Rhythm(NamedTuple):
    """What a circuit does in the long run."""

    rates: Float[np.ndarray, "3"]  # time averages, Hz
    swing: float  # half of the range of the E rate, Hz; 0 at a stable fixed point
    frequency: float  # Hz; 0 at a stable fixed point


class Fold(NamedTuple):
    """Where two fixed points meet and vanish."""

    drive: float  # shift of eta_E
    rate: float  # of E, Hz


def rhythm_onset(circuit: MeanField, block: Any, *, near: float = 0.0) -> Onset:
    """Return the shift of eta_E at which the leading pair of eigenvalues crosses the imaginary axis.

    The crossing nearest to `near` on the side where the fixed point changes its stability is found by bisection.

    Args:
        circuit: The parameters of one circuit.
        block: Blocked fraction of NMDA receptors, shape (3,).
        near: Where to begin, a shift of eta_E.

    Raises:
        ConvergenceError: When the fixed point does not lose its stability within 0.5 of `near`.
    """
    growth = _growth(circuit, jnp.asarray(block, float))
    direction = 1.0 if growth(near).real < 0 else -1.0
    step, inner = FIRST_STEP, near
    while abs(inner - near) < FARTHEST_DRIVE:
        outer = inner + direction * step
        if (growth(outer).real < 0) != (growth(inner).real < 0):
            at = _bisected(lambda shift: growth(shift).real, inner, outer)
            return Onset(at, abs(growth(at).imag) / (2 * math.pi) * PER_MS_TO_HZ)
        inner, step = outer, 1.3 * step
    raise ConvergenceError(f"no onset of a rhythm within {FARTHEST_DRIVE:g} of a drive shifted by {near:g}")


def onset_curve(
    circuit: MeanField, block: Any, second: Callable[[float], Manipulation], values: Sequence[float]
) -> list[Onset]:
    """Follow the onset of the rhythm in the plane of eta_E and a second parameter, each point from the last.

    Args:
        circuit: The parameters of one circuit.
        block: Blocked fraction of NMDA receptors, shape (3,).
        second: Makes a manipulation of a value, such as `manipulation.AMPA`.
        values: Values of the second parameter, in order.

    Raises:
        ConvergenceError: Where the curve ends before the last value.
    """
    found: list[Onset] = []
    for value in values:
        near = found[-1].drive if found else 0.0
        if len(found) > 1:
            near += found[-1].drive - found[-2].drive
        found.append(rhythm_onset(second(value)(circuit), block, near=near))
    return found


def drive_for_rate(circuit: MeanField, block: Any, R_E: Any) -> Any:
    """Return the shift of eta_E that makes a fixed point of a given E rate, and with it every fixed point.

    With R_E given, the interneurons settle on their own; the E population's equation is then solved for its drive:

        x = pi tau R_E/q2,   v = -(Delta/x + q1)/(2 q2),   q0 = -q1 v - q2 (v^2 - x^2)                  (1)

    A fold is an extremum of this function, an unstable branch the part on which it falls.

    Args:
        circuit: The parameters of one circuit.
        block: Blocked fraction of NMDA receptors, shape (3,).
        R_E: E rate in Hz, a number (use `jax.vmap` for more).
    """
    block = jnp.asarray(block, float)

    def surplus(logs: Array, args: Any) -> Array:
        rates = jnp.concatenate([jnp.atleast_1d(args[0]), jnp.exp(logs)])
        return jnp.log(settled_rates(args[1], rates, args[2])[1:]) - logs

    start = jnp.log(jnp.full(2, HZ_PER_ACTIVATION))
    logs = fixed_point(surplus, start, (R_E, circuit, block), search=settling_newton, steps=100).solution
    rates = jnp.concatenate([jnp.atleast_1d(R_E), jnp.exp(logs)])
    q = voltage_equation(circuit, settled_conductances(circuit, rates), block)
    q0, q1, q2 = (jnp.broadcast_to(each, (3,))[Population.E] for each in q)
    x = math.pi * circuit.tau_m[Population.E] * R_E / (PER_MS_TO_HZ * q2)
    v = -(circuit.Delta[Population.E] / x + q1) / (2 * q2)
    return -q1 * v - q2 * (v**2 - x**2) - q0  # (1)


def folds(circuit: MeanField, block: Any) -> list[Fold]:
    """Return every fold of the fixed point in eta_E with an E rate from 0.2 to 100 Hz, by rising rate.

    Between the drives of two folds the circuit has three fixed points; PFC-1 itself has no fold.

    Args:
        circuit: The parameters of one circuit.
        block: Blocked fraction of NMDA receptors, shape (3,).
    """
    shift = eqx.filter_jit(lambda log_rate: drive_for_rate(circuit, block, jnp.exp(log_rate)))
    slope = eqx.filter_jit(jax.grad(shift))
    low, high = np.log(FOLD_RATES)
    logs = np.linspace(low, high, FOLD_POINTS)
    slopes = np.asarray(jax.vmap(slope)(logs))
    turns = np.flatnonzero(np.sign(slopes[1:]) != np.sign(slopes[:-1]))
    found = []
    for k in turns:
        at = _bisected(lambda log_rate: float(slope(log_rate)), logs[k], logs[k + 1])
        found.append(Fold(float(shift(at)), math.exp(at)))
    return found


def rhythm(circuit: MeanField, block: Any) -> Rhythm:
    """Return the long run of a circuit, by integration: its time averages, and the rhythm where there is one.

    Above the onset compare observations with these averages, never with the unstable fixed point.

    Args:
        circuit: The parameters of one circuit.
        block: Blocked fraction of NMDA receptors, shape (3,).
    """
    E = Population.E
    rates = np.asarray(_integrated(circuit, jnp.asarray(block, float)))[-int(AVERAGED_MS / STEP_MS) :]
    swing = float(np.ptp(rates[:, E])) / 2
    middle = rates[:, E].mean()
    upward = np.flatnonzero((rates[:-1, E] < middle) & (rates[1:, E] >= middle))
    if swing < SMALLEST_SWING or len(upward) < 2:
        return Rhythm(rates[-1], 0.0, 0.0)
    cycles = rates[upward[0] : upward[-1]]
    return Rhythm(cycles.mean(axis=0), swing, PER_MS_TO_HZ * (len(upward) - 1) / (STEP_MS * len(cycles)))


@eqx.filter_jit
def _integrated(circuit: MeanField, block: Array) -> Float[Array, "step 3"]:
    """Return rates (Hz) at every step from beside the fixed point, by fourth-order Runge-Kutta."""

    def step(y: Array, _: Any) -> tuple[Array, Array]:
        q = voltage_equation(circuit, conductances(circuit, y[6], y[8], y[9], y[10]), block)
        return runge_kutta_step(circuit, y, block, 0.0, STEP_MS), rate(circuit, q, y[:3])

    start = 1.1 * steady_state(circuit, block).state
    return jax.lax.scan(step, start, length=int((SETTLING_MS + AVERAGED_MS) / STEP_MS))[1]


@eqx.filter_jit
def _leading(circuit: MeanField, block: Array) -> Array:
    return leading_eigenvalue(circuit, block)


def _growth(circuit: MeanField, block: Array) -> Callable[[float], complex]:
    """Return the leading eigenvalue (per ms) as a function of a shift of eta_E."""
    circuit = dataclasses.replace(circuit, eta=np.asarray(circuit.eta, float))
    return lambda shift: complex(_leading(drive(Population.E, shift)(circuit), block))


def _bisected(f: Callable[[float], float], inner: float, outer: float) -> float:
    """Return where f changes its sign between two points, to the onset's tolerance."""
    inner, outer = float(inner), float(outer)
    sign = f(inner) < 0
    while abs(outer - inner) > ONSET_TOLERANCE:
        middle = (inner + outer) / 2
        if (f(middle) < 0) == sign:
            inner = middle
        else:
            outer = middle
    return (inner + outer) / 2
