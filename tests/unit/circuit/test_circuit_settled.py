"""The steady state, found twice: by NumPy without compiling, by JAX with derivatives."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.circuit.mean_field import MeanField
from euthymia.circuit.settled import gain, rate_slopes, settled_rates, settled_rates_on_cpu, steady_state
from euthymia.errors import ConvergenceError

CIRCUIT = MeanField.from_evidence()
BLOCKS = np.random.default_rng(1).uniform(0.0, 1.0, (40, 3))
blocks = st.tuples(*[st.floats(0.0, 1.0)] * 3).map(np.array)


def test_numpy_and_jax_find_the_same_steady_state():
    by_jax = jax.jit(jax.vmap(lambda block: steady_state(CIRCUIT, block)))(BLOCKS)
    assert np.all(by_jax.converged)
    np.testing.assert_allclose(settled_rates_on_cpu(CIRCUIT, BLOCKS), by_jax.rates, rtol=0, atol=1e-10)


@settings(deadline=None)
@given(block=blocks, scale=st.floats(0.7, 1.3))
def test_a_steady_state_reproduces_itself(block, scale):
    circuit = dataclasses.replace(CIRCUIT, J_N=scale * CIRCUIT.J_N, J_P=scale * CIRCUIT.J_P)
    rates = settled_rates_on_cpu(circuit, block)
    assert np.all(rates > 0)
    np.testing.assert_allclose(settled_rates(circuit, rates, block), rates, atol=1e-10)


@given(block=blocks, rates=st.tuples(*[st.floats(0.1, 60.0)] * 3).map(np.array))
def test_slopes_are_the_derivatives_of_the_rates(block, rates):
    step = 1e-4 * np.eye(3)
    differences = np.stack(
        [(settled_rates(CIRCUIT, rates + h, block) - settled_rates(CIRCUIT, rates - h, block)) / 2e-4 for h in step],
        axis=-1,
    )
    np.testing.assert_allclose(rate_slopes(CIRCUIT, rates, block), differences, rtol=1e-6, atol=1e-7)


def test_gain_is_the_derivative_of_the_solved_rate():
    block, h = np.array([0.18, 0.44, 0.5]), 1e-5

    def rate_of_E(change):
        eta = CIRCUIT.eta + np.array([change, 0.0, 0.0])
        return settled_rates_on_cpu(dataclasses.replace(CIRCUIT, eta=eta), block)[0]

    assert gain(CIRCUIT, block) == pytest.approx((rate_of_E(h) - rate_of_E(-h)) / (2 * h), rel=1e-6)


def test_the_steady_state_differentiates_with_respect_to_every_parameter():
    slopes = jax.grad(lambda circuit: steady_state(circuit, jnp.zeros(3)).rates[0])(
        jax.tree.map(lambda leaf: jnp.asarray(leaf, float), CIRCUIT)
    )
    assert all(np.all(np.isfinite(leaf)) for leaf in jax.tree.leaves(slopes))
    assert slopes.tau_GP == 0.0, "the decay of a synapse moves the time course, not where it settles"
    assert slopes.eta[0] > 0 > slopes.J_S[0]


def test_a_better_guess_gives_the_same_answer():
    block = jnp.array([0.1, 0.2, 0.3])
    np.testing.assert_allclose(
        steady_state(CIRCUIT, block, guess=jnp.array([4.0, 20.0, 8.0])).rates,
        steady_state(CIRCUIT, block).rates,
        atol=1e-10,
    )


def test_a_batch_of_circuits_is_solved_at_once():
    weights = np.array([0.9, 1.0, 1.1])[:, None]
    batch = dataclasses.replace(CIRCUIT, J_S=weights * CIRCUIT.J_S)
    together = settled_rates_on_cpu(batch, np.zeros((3, 3)))
    alone = [settled_rates_on_cpu(dataclasses.replace(CIRCUIT, J_S=w * CIRCUIT.J_S), np.zeros(3)) for w in weights]
    np.testing.assert_allclose(together, alone, rtol=1e-13)


def test_a_circuit_without_numbers_is_an_error_not_a_result():
    broken = dataclasses.replace(CIRCUIT, eta=np.full(3, np.nan))
    with pytest.raises(ConvergenceError, match="no steady state of the circuit in 1 of 1 cases"):
        settled_rates_on_cpu(broken, np.zeros(3))
