"""The mean field's equations: the density's root, known limits, and the time course."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.circuit.mean_field import MeanField, Quadratic, derivative, rate, voltage_density
from euthymia.circuit.settled import steady_state

CIRCUIT = MeanField.from_evidence()
REST = jnp.zeros(3)
UNCOUPLED = dataclasses.replace(
    CIRCUIT, J_A=np.zeros(3), J_N=np.zeros(3), g_Nx=np.zeros(3), J_P=np.zeros(3), J_S=np.zeros(3)
)
three = st.tuples(*[st.floats(-30.0, 30.0)] * 3).map(np.array)


@given(q0=three, q1=three, q2=st.floats(1.0, 3.0))
def test_the_density_is_the_root_of_the_quadratic_in_the_upper_half_plane(q0, q1, q2):
    x, v = voltage_density(CIRCUIT, Quadratic(q0, q1, q2))
    z = v + 1j * x
    terms = np.stack([q0 + 1j * CIRCUIT.Delta, q1 * z, q2 * z**2])
    assert np.all(x > 0)
    assert np.all(abs(terms.sum(axis=0)) < 1e-13 * abs(terms).sum(axis=0))


def test_the_density_keeps_its_digits_far_below_threshold():
    x, _ = voltage_density(CIRCUIT, Quadratic(np.full(3, -1e8), np.zeros(3), 1.0))
    np.testing.assert_allclose(x, CIRCUIT.Delta / 2e4, rtol=1e-12)


@pytest.mark.parametrize("eta", [-5.0, -0.3, 0.0, 0.3, 5.0])
def test_without_synapses_the_rate_is_that_of_montbrio_pazo_and_roxin(eta):
    circuit = dataclasses.replace(UNCOUPLED, eta=np.full(3, eta))
    closed_form = np.sqrt(eta + np.sqrt(eta**2 + circuit.Delta**2)) / (np.sqrt(2) * np.pi * circuit.tau_m)
    np.testing.assert_allclose(steady_state(circuit, REST).rates, 1000 * closed_form, rtol=1e-8)


def test_without_synapses_the_time_course_obeys_the_two_published_equations():
    r, v = 0.03, 0.4
    tau, eta, Delta = (float(values[0]) for values in (CIRCUIT.tau_m, CIRCUIT.eta, CIRCUIT.Delta))
    state = jnp.array([np.pi * tau * r, 1.0, 1.0, v, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    change = derivative(0.0, state, UNCOUPLED, REST)
    assert change[0] / (np.pi * tau) == pytest.approx((Delta / (np.pi * tau) + 2 * r * v) / tau, rel=1e-13)
    assert change[3] == pytest.approx((v**2 + eta - (np.pi * tau * r) ** 2) / tau, rel=1e-13)


def test_nothing_changes_at_the_steady_state():
    for block in (REST, jnp.array([0.2, 0.4, 0.5]), jnp.ones(3)):
        still = derivative(0.0, steady_state(CIRCUIT, block).state, CIRCUIT, block)
        np.testing.assert_allclose(still, 0.0, atol=1e-13)


def test_a_disturbed_circuit_returns_to_its_steady_state():
    rest = steady_state(CIRCUIT, REST).state

    def step(state, _):
        h = 0.1
        k1 = derivative(0.0, state, CIRCUIT, REST)
        k2 = derivative(0.0, state + h / 2 * k1, CIRCUIT, REST)
        k3 = derivative(0.0, state + h / 2 * k2, CIRCUIT, REST)
        k4 = derivative(0.0, state + h * k3, CIRCUIT, REST)
        return state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4), None

    end, _ = jax.lax.scan(step, 1.2 * rest, length=30_000)
    np.testing.assert_allclose(end, rest, atol=1e-6)


@settings(deadline=None, max_examples=15)
@given(drive=st.floats(-0.2, 0.05))
def test_common_drive_is_the_same_as_more_excitable_cells(drive):
    more_excitable = dataclasses.replace(CIRCUIT, eta=CIRCUIT.eta + drive)
    driven = steady_state(CIRCUIT, REST, jnp.full(3, drive)).rates
    np.testing.assert_allclose(driven, steady_state(more_excitable, REST).rates, rtol=1e-11)


def test_rate_and_half_width_are_proportional():
    q = Quadratic(np.zeros(3), np.zeros(3), 2.0)
    np.testing.assert_allclose(rate(CIRCUIT, q, np.ones(3)), 2000 / (np.pi * CIRCUIT.tau_m))
