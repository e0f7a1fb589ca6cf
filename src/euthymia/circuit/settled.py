"""Where the circuit settles while everything outside it stands still: once with derivatives, once without compiling."""

# ruff: noqa: UP037  (array shapes are strings for jaxtyping)
from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from euthymia.circuit.magnesium import millivolts
from euthymia.circuit.mean_field import (
    HZ_PER_ACTIVATION,
    Conductances,
    MeanField,
    Population,
    Quadratic,
    conductances,
    rate,
    voltage_density,
    voltage_equation,
)
from euthymia.engine.steady import FASTEST_GROWTH, FIRST_TIME_STEP, SHORTEN, WORST_RISE, fixed_point, settling_newton
from euthymia.errors import ConvergenceError

# Both searches work on the logarithms of the rates, which keeps rates positive and puts populations of different rates
# on one footing, and both follow the flow until it settles: of 20,000 circuits with every weight disturbed by 10 %,
# none fails, against 56 with damped Newton on the logarithms and some 1,000 with damped Newton on the rates. They stop
# when every rate reproduces itself to this relative error.
TOLERANCE = 1e-12
NEWTON_STEPS = 200


class SteadyState(NamedTuple):
    """A fixed point of the circuit: rates in Hz, mean potentials in mV, conductances in leaks, the 11 states."""

    rates: Float[Array, "3"]
    potentials: Float[Array, "3"]
    conductances: Conductances
    state: Float[Array, "11"]
    converged: Bool[Array, ""]


def settled_conductances(circuit: MeanField, rates: Any) -> Conductances:
    """Return the conductances once every synapse has settled at constant rates, s = R in `conductances`.

    Args:
        circuit: The parameters.
        rates: Rates in Hz, shape (..., 3).
    """
    s_E, s_PV, s_SST = (rates[..., a, None] / HZ_PER_ACTIVATION for a in Population)
    return conductances(circuit, circuit.release * s_E, circuit.release * s_E, s_PV, s_SST)


def settled_rates(circuit: MeanField, rates: Any, block: Any, drive: Any = 0.0) -> Any:
    """Return the rates (Hz) that given presynaptic rates would produce; a fixed point reproduces itself.

    Args:
        circuit: The parameters.
        rates: Presynaptic rates in Hz, shape (..., 3).
        block: Blocked fraction of NMDA receptors, shape (..., 3).
        drive: Additional drive, shape (..., 3) or 0.
    """
    q = voltage_equation(circuit, settled_conductances(circuit, rates), block, drive)
    return rate(circuit, q, voltage_density(circuit, q)[0])


def uncoupled_rates(circuit: MeanField, block: Any, drive: Any = 0.0) -> Any:
    """Return the rates (Hz) of cells that hear only their tonic input: where every search for a fixed point starts."""
    return settled_rates(circuit, 0.0 * (circuit.eta + block + drive), block, drive)


def steady_state(
    circuit: MeanField,
    block: Float[Array, "3"],
    drive: Any = 0.0,
    *,
    guess: Any = None,
    tolerance: float = TOLERANCE,
) -> SteadyState:
    """Return the fixed point of one circuit, differentiable with respect to circuit, block and drive.

    Whether the fixed point is stable is told by `spectrum.leading_eigenvalue`; above the Hopf point the circuit's time
    average lies elsewhere. Batches are made with `jax.vmap`.

    Args:
        circuit: The parameters of one circuit.
        block: Blocked fraction of NMDA receptors, shape (3,).
        drive: Additional drive, shape (3,) or 0.
        guess: Rates in Hz to start from, shape (3,); by default the uncoupled rates.
        tolerance: Largest relative residual of a rate.
    """
    block = jnp.asarray(block, float)
    start = uncoupled_rates(circuit, block, drive) if guess is None else guess
    root = fixed_point(
        _surplus,
        jnp.log(start),
        (circuit, block, drive),
        tolerance=tolerance,
        steps=NEWTON_STEPS,
        search=settling_newton,
    )
    rates = jnp.exp(root.solution)
    state = settled_state(circuit, rates, block, drive)
    return SteadyState(rates, millivolts(state[3:6]), settled_conductances(circuit, rates), state, root.converged)


def settled_state(circuit: MeanField, rates: Float[Array, "3"], block: Any, drive: Any = 0.0) -> Float[Array, "11"]:
    """Return the eleven states, as in `mean_field.derivative`, of a circuit that has settled at these rates (Hz).

    Args:
        circuit: The parameters of one circuit.
        rates: Rates in Hz, shape (3,).
        block: Blocked fraction of NMDA receptors, shape (3,).
        drive: Additional drive, shape (3,) or 0.
    """
    q = voltage_equation(circuit, settled_conductances(circuit, rates), block, drive)
    x, v = voltage_density(circuit, q)
    s_E, s_PV, s_SST = rates / HZ_PER_ACTIVATION
    s_A = circuit.release * s_E
    return jnp.concatenate([x, v, jnp.stack([s_A, s_A, s_A, s_PV, s_SST])])


def gain(circuit: MeanField, block: Float[Array, "3"]) -> Float[Array, ""]:
    """Return dR_E/d eta_E in Hz per unit of drive: how strongly pyramidal cells answer to input.

    Args:
        circuit: The parameters of one circuit.
        block: Blocked fraction of NMDA receptors, shape (3,).
    """
    onto_E = jnp.zeros(len(Population)).at[Population.E].set(1.0)

    def rate_of_E(strength: Array) -> Array:
        return steady_state(circuit, block, strength * onto_E).rates[Population.E]

    return jax.grad(rate_of_E)(jnp.asarray(0.0))


def settled_rates_on_cpu(circuit: MeanField, block: Float[np.ndarray, "*batch 3"]) -> Float[np.ndarray, "*batch 3"]:
    """Return steady rates (Hz) for a batch of blocks by NumPy alone, with the search of `steady_state`.

    Args:
        circuit: Parameters that broadcast against `block`.
        block: Blocked fraction of NMDA receptors.

    Raises:
        ConvergenceError: When a member of the batch does not converge.
    """
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):  # what is not a number is reported below
        rates, error = _newton_on_cpu(circuit, block)
    missed = ~(error <= TOLERANCE)
    if np.any(missed):
        raise ConvergenceError(
            f"no steady state of the circuit in {np.sum(missed)} of {missed.size} cases in {NEWTON_STEPS} steps"
        )
    return rates


def rate_slopes(circuit: MeanField, rates: Any, block: Any) -> Any:
    """Return dF_a/dR_b, how the rate produced in a depends on the presynaptic rate of b.

    The root z of q0 + i Delta + q1 z + q2 z^2 = 0 moves with its coefficients as

        dz = -(dq0 + z dq1 + z^2 dq2)/(q1 + 2 q2 z),   dF/F = dq2/q2 + Im dz/x                         (1)

    and every coefficient is linear in the conductances.

    Args:
        circuit: The parameters.
        rates: Presynaptic rates in Hz, shape (..., 3).
        block: Blocked fraction of NMDA receptors, shape (..., 3).

    Returns:
        Slopes, shape (..., 3, 3), a before b.
    """
    q = voltage_equation(circuit, settled_conductances(circuit, rates), block)
    x, v = voltage_density(circuit, q)
    z = v + 1j * x
    F = rate(circuit, q, x)
    per_open_NMDA = (1 - block) * circuit.J_N
    glutamate = circuit.release / HZ_PER_ACTIVATION
    per_E = Quadratic(
        q0=glutamate * (circuit.J_A * circuit.e_A + circuit.mg0 * per_open_NMDA),
        q1=glutamate * (circuit.mg1 * per_open_NMDA - circuit.J_A),
        q2=glutamate * circuit.mg2 * per_open_NMDA,
    )
    per_PV = Quadratic(circuit.J_P * circuit.e_P / HZ_PER_ACTIVATION, -circuit.J_P / HZ_PER_ACTIVATION, 0.0)
    per_SST = Quadratic(circuit.J_S * circuit.e_S / HZ_PER_ACTIVATION, -circuit.J_S / HZ_PER_ACTIVATION, 0.0)
    columns = []
    for d in (per_E, per_PV, per_SST):
        dz = -(d.q0 + z * d.q1 + z**2 * d.q2) / (q.q1 + 2 * q.q2 * z)
        columns.append(F * (d.q2 / q.q2 + dz.imag / x))  # (1)
    xp = jnp if isinstance(columns[0], jax.Array) else np
    return xp.stack(xp.broadcast_arrays(*columns), axis=-1)


def _surplus(logs: Array, args: tuple[MeanField, Any, Any]) -> Array:
    """Return log rates produced minus log rates assumed: zero at a fixed point."""
    circuit, block, drive = args
    return jnp.log(settled_rates(circuit, jnp.exp(logs), block, drive)) - logs


def _newton_on_cpu(circuit: MeanField, block: Any) -> tuple[Any, Any]:
    """Return the best rates found (Hz) and their largest relative error: `engine.steady.settling_newton` in NumPy."""
    logs = np.log(uncoupled_rates(circuit, block))
    produced = settled_rates(circuit, np.exp(logs), block)
    error = np.max(np.abs(np.log(produced) - logs), axis=-1)
    time_step = np.full(error.shape, FIRST_TIME_STEP)
    for _ in range(NEWTON_STEPS):
        if np.all(error <= TOLERANCE):
            break
        rates = np.exp(logs)
        slopes = rate_slopes(circuit, rates, block) * rates[..., None, :] / produced[..., :, None]
        matrix = (1 + 1 / time_step)[..., None, None] * np.eye(len(Population)) - slopes
        tried = logs + np.linalg.solve(matrix, (np.log(produced) - logs)[..., None])[..., 0]
        answer = settled_rates(circuit, np.exp(tried), block)
        new_error = np.max(np.abs(np.log(answer) - tried), axis=-1)
        taken = (new_error < WORST_RISE * error) & (np.linalg.det(matrix) > 0) & (error > TOLERANCE)
        time_step *= np.where(taken, np.clip(error / new_error, 1 / WORST_RISE, FASTEST_GROWTH), 1 / SHORTEN)
        logs = np.where(taken[..., None], tried, logs)
        produced = np.where(taken[..., None], answer, produced)
        error = np.where(taken, new_error, error)
    return np.exp(logs), error
