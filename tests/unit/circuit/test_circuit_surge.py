"""The dose curve: a polynomial that stands for the solved circuit."""

from __future__ import annotations

import dataclasses
import time

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.circuit.mean_field import MeanField
from euthymia.circuit.settled import settled_rates_on_cpu, steady_state
from euthymia.circuit.surge import (
    blocked_fraction,
    default_dose_curve,
    dose_curve,
    half_block_levels,
    solve_dose_curve,
)

CIRCUIT = MeanField.from_evidence()
IC50 = half_block_levels()
CURVE = default_dose_curve()
LEVELS = np.concatenate([[0.0], np.geomspace(1e-3, 100.0, 2000), np.linspace(0.0, 100.0, 500)])


def solved(circuit, c):
    """Relative change of the E rate by solving the circuit at every level."""
    rates = settled_rates_on_cpu(circuit, blocked_fraction(np.concatenate([[0.0], c]), IC50))[:, 0]
    return rates[1:] / rates[0] - 1


def closed_form(c):
    """The two-term approximation of the dose curve in the project's specification."""
    return 1.387 * c / (c + 1.48) ** 2 - 0.303 * c / (c + 1.48)


def test_the_curve_is_within_a_millionth_of_the_solved_circuit():
    assert np.max(np.abs(CURVE.change(LEVELS) - solved(CIRCUIT, LEVELS))) < 1e-6


def test_the_error_falls_as_the_degree_rises():
    errors = [
        np.max(np.abs(solve_dose_curve(CIRCUIT, IC50, degree=n).change(LEVELS) - solved(CIRCUIT, LEVELS)))
        for n in (7, 11, 15, 19)
    ]
    assert np.all(np.diff(np.log10(errors)) < -0.8)


def test_jax_and_numpy_read_the_same_curve():
    c = np.geomspace(0.01, 50.0, 64)
    np.testing.assert_allclose(jax.jit(lambda curve, c: curve.change(c))(CURVE, c), CURVE.change(c), atol=1e-13)
    by_jax = jax.vmap(lambda level: steady_state(CIRCUIT, blocked_fraction(level, IC50)).rates[0])(c)
    rest = steady_state(CIRCUIT, jnp.zeros(3)).rates[0]
    np.testing.assert_allclose(solved(CIRCUIT, c), by_jax / rest - 1, rtol=0, atol=1e-10)


def test_nothing_happens_without_drug():
    assert CURVE.change(0.0) == 0.0
    assert CURVE.surge(0.0) == 0.0


@given(st.floats(0.0, 1e4))
def test_the_surge_is_the_positive_part_and_never_above_its_maximum(c):
    assert CURVE.surge(c) == pytest.approx(max(0.0, float(CURVE.change(c))), abs=1e-17)
    assert 0.0 <= CURVE.relative_surge(c) <= 1.0 + 1e-9


def test_the_peak_is_the_maximum_of_the_curve():
    c = np.linspace(0.5, 1.5, 20_001)
    assert pytest.approx(np.max(CURVE.change(c)), abs=1e-9) == CURVE.peak


def test_the_curve_differentiates_with_respect_to_the_level():
    h = 1e-6
    for c in (0.2, 1.0, 5.0):
        slope = (CURVE.change(c + h) - CURVE.change(c - h)) / (2 * h)
        assert jax.grad(CURVE.change)(c) == pytest.approx(slope, rel=1e-6)


def test_the_polynomial_is_clenshaws():
    c, y = 2.0, 2.0 / 3.5
    coefficients = np.array([0.3, -0.2, 0.1])
    z = 2 * y - 1
    assert dose_curve(coefficients, c, 1.5) == pytest.approx(y * (0.3 - 0.2 * z + 0.1 * (2 * z**2 - 1)), rel=1e-14)


def test_the_default_circuit_is_solved_in_milliseconds_and_without_jax_arrays():
    best = np.inf
    for _ in range(5):
        start = time.perf_counter()
        curve = solve_dose_curve(CIRCUIT, IC50)
        best = min(best, time.perf_counter() - start)
    assert best < 0.05
    assert isinstance(curve.coefficients, np.ndarray)
    assert not isinstance(curve.peak, jax.Array)


def test_a_batch_of_circuits_gives_each_its_own_curve():
    weights = np.array([[0.9], [1.0], [1.05]])
    batch = solve_dose_curve(dataclasses.replace(CIRCUIT, J_S=weights * CIRCUIT.J_S), IC50)
    assert batch.coefficients.shape[1:] == (3,)
    for k, weight in enumerate(weights):
        alone = solve_dose_curve(dataclasses.replace(CIRCUIT, J_S=weight * CIRCUIT.J_S), IC50)
        np.testing.assert_allclose(batch.change(1.0)[k], alone.change(1.0), rtol=1e-10)
        assert batch.peak[k] == pytest.approx(float(alone.peak), rel=1e-10)


def test_a_batch_of_half_block_levels_gives_each_its_own_curve():
    levels = IC50 * np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 2.0]])
    batch = solve_dose_curve(CIRCUIT, levels)
    assert batch.peak[0] == pytest.approx(float(CURVE.peak), rel=1e-12)
    assert batch.peak[1] < batch.peak[0]


def test_without_selectivity_there_is_no_surge():
    curve = solve_dose_curve(CIRCUIT, np.full(3, 2.0))
    assert curve.peak == 0.0
    assert np.all(curve.surge(LEVELS) == 0.0)
    assert np.all(curve.relative_surge(LEVELS) == 0.0)


def test_scaling_every_half_block_level_stretches_the_axis():
    stretched = solve_dose_curve(CIRCUIT, 3 * IC50)
    np.testing.assert_allclose(stretched.change(3 * LEVELS), CURVE.change(LEVELS), atol=1e-5)


def test_the_two_term_approximation_stays_near_the_curve():
    c = np.linspace(0.0, 10.0, 401)
    assert np.sqrt(np.mean((CURVE.change(c) - closed_form(c)) ** 2)) < 0.012
