"""The exact mean field of the cortical circuit: pyramidal, PV and SST cells as three quadratic populations.

Time is in milliseconds in this room. Arrays end in a population axis in the order E, PV, SST. The functions work on
NumPy and on JAX arrays alike (only `derivative` builds JAX arrays), so a circuit can be solved without compiling.
"""

# ruff: noqa: UP037  (array shapes are strings for jaxtyping)
from __future__ import annotations

import enum
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from euthymia.engine import runtime
from euthymia.evidence import load_record

runtime.start()

PER_MS_TO_HZ = 1000.0
HZ_PER_ACTIVATION = 10.0  # synaptic activations are rates in units of 10 Hz


class Population(enum.IntEnum):
    """Position of a population on the last axis of every array of this room."""

    E = 0
    PV = 1
    SST = 2


class Conductances(NamedTuple):
    """Conductances onto each population, in units of its leak; NMDA before magnesium and ketamine."""

    A: Any
    N: Any
    P: Any
    S: Any


class Quadratic(NamedTuple):
    """Coefficients of the voltage equation tau_m du/dt = q0 + q1 u + q2 u^2."""

    q0: Any
    q1: Any
    q2: Any


class MeanField(eqx.Module):
    """The parameters of one circuit, or of a batch of circuits (leading axes; the last axis is 3, or 1 where shared).

    Scaled potentials are dimensionless (`magnesium.scaled`), conductances in units of the leak.
    """

    tau_m: Any  # membrane time constant, ms
    eta: Any  # centre of the drive's Lorentzian
    Delta: Any  # half-width of the drive's Lorentzian
    J_A: Any  # AMPA weight from E, leaks per 10 Hz
    J_N: Any  # NMDA weight from E, leaks per 10 Hz
    g_Nx: Any  # tonic NMDA conductance, leaks
    J_P: Any  # GABA-A weight from PV, leaks per 10 Hz
    J_S: Any  # GABA-A weight from SST, leaks per 10 Hz
    tau_AMPA: Any  # decay of AMPA, ms
    tau_Nr: Any  # rise of NMDA, ms
    tau_Nd: Any  # decay of NMDA, ms
    tau_GP: Any  # decay of GABA-A from PV, ms
    tau_GS: Any  # decay of GABA-A from SST, ms
    e_A: Any  # scaled reversal potential of AMPA
    e_P: Any  # scaled reversal potential of GABA-A from PV
    e_S: Any  # scaled reversal potential of GABA-A from SST
    mg0: Any  # quadratic of the NMDA driving function
    mg1: Any
    mg2: Any
    release: Any = 1.0  # glutamate release probability relative to rest

    @classmethod
    def from_evidence(cls) -> MeanField:
        """Return the calibrated healthy circuit, evidence record `pfc1`."""
        record = load_record("pfc1")

        def each(name: str, unit: str) -> Float[np.ndarray, "3"]:
            return np.array([record.value(f"{name}_{population.name}", unit) for population in Population])

        return cls(
            tau_m=each("tau_m", "ms"),
            eta=each("eta", "1"),
            Delta=each("Delta", "1"),
            J_A=each("J_A", "leak"),
            J_N=each("J_N", "leak"),
            g_Nx=each("g_Nx", "leak"),
            J_P=each("J_P", "leak"),
            J_S=each("J_S", "leak"),
            tau_AMPA=record.value("tau_AMPA", "ms"),
            tau_Nr=record.value("tau_Nr", "ms"),
            tau_Nd=record.value("tau_Nd", "ms"),
            tau_GP=record.value("tau_GP", "ms"),
            tau_GS=record.value("tau_GS", "ms"),
            e_A=record.value("e_A", "1"),
            e_P=record.value("e_P", "1"),
            e_S=record.value("e_S", "1"),
            mg0=record.value("mg0", "1"),
            mg1=record.value("mg1", "1"),
            mg2=record.value("mg2", "1"),
        )


def conductances(circuit: MeanField, s_A: Any, s_N: Any, s_P: Any, s_S: Any) -> Conductances:
    """Return the conductances onto each population.

        g_A,a = J_A,a s_A,   g_N,a = J_N,a s_N + g_Nx,a,   g_P,a = J_P,a s_P,   g_S,a = J_S,a s_S      (1)

    Args:
        circuit: The parameters.
        s_A: AMPA activation in 10 Hz, broadcasting against the population axis; likewise the others.
        s_N: NMDA activation.
        s_P: Activation of GABA-A from PV.
        s_S: Activation of GABA-A from SST.
    """
    return Conductances(
        A=circuit.J_A * s_A,  # (1)
        N=circuit.J_N * s_N + circuit.g_Nx,
        P=circuit.J_P * s_P,
        S=circuit.J_S * s_S,
    )


def voltage_equation(circuit: MeanField, g: Conductances, block: Any, drive: Any = 0.0) -> Quadratic:
    """Return the coefficients of the voltage equation, in which magnesium's block is itself quadratic.

        q2_a = 1 + mg2 g_N,a (1-b_a)                                                                   (2)
        q1_a = mg1 g_N,a (1-b_a) - g_A,a - g_P,a - g_S,a                                               (3)
        q0_a = mg0 g_N,a (1-b_a) + g_A,a e_A + g_P,a e_P + g_S,a e_S + eta_a + I_a                     (4)

    Ketamine acts on the whole of g_N, the tonic part included. Without this quadratic no exact mean field exists.

    Args:
        circuit: The parameters.
        g: Conductances.
        block: Blocked fraction of NMDA receptors b, shape (..., 3).
        drive: Additional drive I, shape (..., 3) or 0.
    """
    g_N = g.N * (1 - block)
    return Quadratic(
        q0=circuit.mg0 * g_N + g.A * circuit.e_A + g.P * circuit.e_P + g.S * circuit.e_S + circuit.eta + drive,  # (4)
        q1=circuit.mg1 * g_N - g.A - g.P - g.S,  # (3)
        q2=1 + circuit.mg2 * g_N,  # (2)
    )


def voltage_density(circuit: MeanField, q: Quadratic) -> tuple[Any, Any]:
    """Return half-width x and centre v of the stationary voltage density of populations with given conductances.

    The density is Lorentzian, and its two numbers are one complex root:

        q0 + i Delta + q1 z + q2 z^2 = 0,   z = v + i x,   x > 0                                       (5)

    Of the two ways to write the root, each half-plane uses the one that does not subtract nearly equal numbers.

    Args:
        circuit: The parameters.
        q: Coefficients of the voltage equation.

    Returns:
        x and v, both scaled, shape (..., 3).

    Source:
        Montbrio, Pazo & Roxin 2015, with conductances as in Coombes & Byrne 2016.
    """
    xp = _array_module(q.q0)
    middle = q.q1 / (2 * q.q2)
    p = middle**2 - q.q0 / q.q2
    d = circuit.Delta / q.q2
    size = xp.sqrt(p * p + d * d)
    larger = xp.sqrt((size + xp.where(p >= 0, p, -p)) / 2)
    smaller = d / (2 * larger)
    x = xp.where(p >= 0, smaller, larger)  # (5), imaginary part of the root of p - i d
    v = -xp.where(p >= 0, larger, smaller) - middle  # (5), real part
    # Where that subtracts nearly equal numbers, the root is had from the other one and their product (q0 + i Delta)/q2.
    cancels = (p >= 0) & (middle < 0)
    other = xp.where(cancels, larger - middle, 1.0)
    by_product = (q.q0 / q.q2 * other - d * x) / (other * other + x * x)
    return x, xp.where(cancels, by_product, v)


def rate(circuit: MeanField, q: Quadratic, x: Any) -> Any:
    """Return the rates in Hz of populations whose voltage density has half-width x.

        R_a = q2_a x_a/(pi tau_m,a)                                                                    (6)

    Args:
        circuit: The parameters.
        q: Coefficients of the voltage equation.
        x: Half-widths, scaled, shape (..., 3).
    """
    return PER_MS_TO_HZ * q.q2 * x / (np.pi * circuit.tau_m)  # (6)


def derivative(
    t: Any, state: Float[Array, "11"], circuit: MeanField, block: Float[Array, "3"], drive: Any = 0.0
) -> Float[Array, "11"]:
    """Return the time derivative of the circuit, per ms.

        tau_m,a dx_a/dt = Delta_a + 2 q2_a x_a v_a + q1_a x_a                                          (7)
        tau_m,a dv_a/dt = q0_a + q1_a v_a + q2_a (v_a^2 - x_a^2)                                       (8)
        tau_AMPA ds_A/dt = R_E - s_A                                                                   (9)
        tau_Nr dh_N/dt = R_E - h_N,   tau_Nd ds_N/dt = h_N - s_N                                      (10)
        tau_GP ds_P/dt = R_PV - s_P,  tau_GS ds_S/dt = R_SST - s_S                                    (11)

    Args:
        t: Time in ms; nothing depends on it.
        state: x and v of E, PV, SST, then s_A, h_N, s_N, s_P, s_S (in 10 Hz).
        circuit: The parameters of one circuit.
        block: Blocked fraction of NMDA receptors, shape (3,).
        drive: Additional drive, shape (3,) or 0.

    Source:
        Montbrio, Pazo & Roxin 2015; the magnesium block's quadratic term is ours.
    """
    del t
    x, v = state[:3], state[3:6]
    s_A, h_N, s_N, s_P, s_S = state[6:]
    q = voltage_equation(circuit, conductances(circuit, s_A, s_N, s_P, s_S), block, drive)
    R = rate(circuit, q, x) / HZ_PER_ACTIVATION
    glutamate = circuit.release * R[Population.E]
    dx = (circuit.Delta + 2 * q.q2 * x * v + q.q1 * x) / circuit.tau_m  # (7)
    dv = (q.q0 + q.q1 * v + q.q2 * (v**2 - x**2)) / circuit.tau_m  # (8)
    ds = [
        (glutamate - s_A) / circuit.tau_AMPA,  # (9)
        (glutamate - h_N) / circuit.tau_Nr,  # (10)
        (h_N - s_N) / circuit.tau_Nd,
        (R[Population.PV] - s_P) / circuit.tau_GP,  # (11)
        (R[Population.SST] - s_S) / circuit.tau_GS,
    ]
    return jnp.concatenate([dx, dv, jnp.stack(ds)])


def _array_module(array: Any) -> Any:
    """Return `jax.numpy` for JAX arrays and tracers, else `numpy`."""
    return jnp if isinstance(array, jax.Array) else np
