"""How the circuit answers small disturbances about its fixed point: stability, field potential, power spectrum."""

# ruff: noqa: UP037  (array shapes are strings for jaxtyping)
from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float

from euthymia.circuit.magnesium import quadratic_driving_function
from euthymia.circuit.mean_field import PER_MS_TO_HZ, MeanField, Population, conductances, derivative
from euthymia.circuit.settled import steady_state

# The frequencies that the field calls gamma, sampled every half hertz.
GAMMA_HZ = np.linspace(30.0, 90.0, 121)

# The disturbances: independent Ornstein-Uhlenbeck inputs of equal strength with this correlation time, one to each
# population. Their strength cancels in every ratio to rest. Assumed.
TAU_NOISE_MS = 5.0


def jacobian(circuit: MeanField, state: Float[Array, "11"], block: Float[Array, "3"]) -> Float[Array, "11 11"]:
    """Return the derivative's Jacobian with respect to the state, per ms.

    Args:
        circuit: The parameters of one circuit.
        state: Where to linearise, as in `mean_field.derivative`.
        block: Blocked fraction of NMDA receptors, shape (3,).
    """
    return jax.jacfwd(lambda y: derivative(0.0, y, circuit, block))(state)


def eigenvalues(circuit: MeanField, block: Float[Array, "3"]) -> Complex[Array, "11"]:
    """Return the eigenvalues (per ms) at the fixed point, the largest real part first.

    A conjugate pair stands with its positive frequency first; Im/(2 pi) is the frequency in kHz. Runs on the CPU only,
    as non-symmetric eigenvalues do in JAX.

    Args:
        circuit: The parameters of one circuit.
        block: Blocked fraction of NMDA receptors, shape (3,).
    """
    block = jnp.asarray(block, float)
    values = jnp.linalg.eigvals(jacobian(circuit, steady_state(circuit, block).state, block))
    return values[jnp.lexsort((-values.imag, -values.real))]


def leading_eigenvalue(circuit: MeanField, block: Float[Array, "3"]) -> Complex[Array, ""]:
    """Return the eigenvalue (per ms) that decides: a positive real part means that the fixed point is unstable."""
    return eigenvalues(circuit, block)[0]


def field_potential(circuit: MeanField, state: Float[Array, "11"], block: Float[Array, "3"]) -> Float[Array, ""]:
    """Return the local field potential's proxy: the sum of absolute synaptic currents on pyramidal cells.

        LFP = g_A (e_A - v) + g_N (1-b)(mg0 + mg1 v + mg2 v^2) + g_P (v - e_P) + g_S (v - e_S), all of E  (1)

    Args:
        circuit: The parameters of one circuit.
        state: As in `mean_field.derivative`.
        block: Blocked fraction of NMDA receptors, shape (3,).

    Returns:
        The proxy in leak units times scaled potential.
    """
    E = Population.E
    s_A, _, s_N, s_P, s_S = state[6:]
    g = conductances(circuit, s_A, s_N, s_P, s_S)
    v = state[3 + E]
    return (
        g.A[E] * (circuit.e_A - v)  # (1)
        + g.N[E] * (1 - block[E]) * quadratic_driving_function(v, circuit.mg0, circuit.mg1, circuit.mg2)
        + g.P[E] * (v - circuit.e_P)
        + g.S[E] * (v - circuit.e_S)
    )


def spectrum(
    circuit: MeanField, block: Float[Array, "3"], frequencies: Float[Any, " frequency"]
) -> Float[Array, " frequency"]:
    """Return the power spectrum of the field potential by linear response.

        S(f) = sum_k |ell^T (i 2 pi f I - Jac)^-1 beta_k|^2 Phi(f)                                     (2)
        Phi(f) = 1/(1 + (2 pi f tau_noise)^2),   beta_k = 1/tau_m,k on dv_k/dt                         (3)

    ell is the gradient of the field potential. Holds below the Hopf point only (`leading_eigenvalue` with a negative
    real part); above it, integrate.

    Args:
        circuit: The parameters of one circuit.
        block: Blocked fraction of NMDA receptors, shape (3,).
        frequencies: Frequencies in Hz.

    Returns:
        Power in arbitrary units: only ratios have a meaning, the strength of the noise being unknown.
    """
    block = jnp.asarray(block, float)
    state = steady_state(circuit, block).state
    Jac = jacobian(circuit, state, block)
    ell = jax.grad(field_potential, argnums=1)(circuit, state, block)
    beta = jnp.zeros((11, 3)).at[3 + np.arange(3), np.arange(3)].set(1 / circuit.tau_m)  # (3)

    def power(f: Array) -> Array:
        omega = 2 * np.pi * f / PER_MS_TO_HZ
        answer = jnp.linalg.solve((1j * omega * jnp.eye(11) - Jac).T, ell.astype(complex)) @ beta
        return jnp.sum(jnp.abs(answer) ** 2) / (1 + (omega * TAU_NOISE_MS) ** 2)  # (2)

    return jax.vmap(power)(jnp.asarray(frequencies, float))


def gamma_power(circuit: MeanField, block: Float[Array, "3"]) -> Float[Array, ""]:
    """Return the mean of the spectrum over 30-90 Hz; divide by its value at rest.

    Args:
        circuit: The parameters of one circuit.
        block: Blocked fraction of NMDA receptors, shape (3,).
    """
    return jnp.mean(spectrum(circuit, block, GAMMA_HZ))
