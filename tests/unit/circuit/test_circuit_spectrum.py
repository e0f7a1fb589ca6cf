"""Linear response: eigenvalues, the field potential and its power."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from euthymia.circuit.mean_field import MeanField, Population
from euthymia.circuit.settled import gain, steady_state
from euthymia.circuit.spectrum import (
    GAMMA_HZ,
    eigenvalues,
    field_potential,
    gamma_power,
    jacobian,
    leading_eigenvalue,
    spectrum,
)

CIRCUIT = MeanField.from_evidence()
BLOCK = jnp.array([0.1, 0.25, 0.3])


def test_eigenvalues_come_in_conjugate_pairs_with_the_slowest_first():
    values = np.asarray(eigenvalues(CIRCUIT, BLOCK))
    assert np.all(np.diff(values.real) <= 1e-12)
    assert values.sum().imag == pytest.approx(0.0, abs=1e-12)
    assert leading_eigenvalue(CIRCUIT, BLOCK) == values[0]
    assert values[0].imag >= 0


def test_eigenvalues_sum_to_the_trace_of_the_jacobian():
    state = steady_state(CIRCUIT, BLOCK).state
    trace = np.trace(jacobian(CIRCUIT, state, BLOCK))
    assert np.sum(eigenvalues(CIRCUIT, BLOCK)).real == pytest.approx(float(trace), rel=1e-12)


def test_the_response_to_slow_input_is_the_gain():
    state = steady_state(CIRCUIT, BLOCK).state
    push = np.zeros(11)
    push[3 + Population.E] = 1 / CIRCUIT.tau_m[Population.E]
    shift = np.linalg.solve(-np.asarray(jacobian(CIRCUIT, state, BLOCK)), push)
    assert 10 * shift[6] == pytest.approx(float(gain(CIRCUIT, BLOCK)), rel=1e-10), "s_A is the E rate in 10 Hz"


def test_the_spectrum_is_positive_and_falls_off_at_high_frequencies():
    power = np.asarray(spectrum(CIRCUIT, BLOCK, np.array([1.0, 35.0, 300.0, 3000.0])))
    assert np.all(power > 0)
    assert power[1] > 100 * power[2] > 1e4 * power[3]


def test_gamma_is_the_mean_of_the_spectrum_from_30_to_90_hertz():
    assert (GAMMA_HZ[0], GAMMA_HZ[-1]) == (30.0, 90.0)
    assert gamma_power(CIRCUIT, BLOCK) == pytest.approx(float(spectrum(CIRCUIT, BLOCK, GAMMA_HZ).mean()))


def test_the_field_potential_is_the_sum_of_the_four_currents_onto_pyramids():
    rest = steady_state(CIRCUIT, BLOCK)
    v = float(rest.state[3])
    g = [float(onto[0]) for onto in rest.conductances]
    nmda = CIRCUIT.mg0 + CIRCUIT.mg1 * v + CIRCUIT.mg2 * v**2
    currents = g[0] * (CIRCUIT.e_A - v) + g[1] * 0.9 * nmda + g[2] * (v - CIRCUIT.e_P) + g[3] * (v - CIRCUIT.e_S)
    assert field_potential(CIRCUIT, rest.state, BLOCK) == pytest.approx(currents, rel=1e-12)
