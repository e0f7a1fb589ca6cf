"""Structures of covariance: their derivatives, their limits, and where one is another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.statistics.correlation import (
    AnteDependence,
    AutoRegressive,
    CompoundSymmetry,
    SpatialExponential,
    Toeplitz,
)
from euthymia.statistics.covariance import Covariance, Unstructured, nearest_proper

KINDS = (CompoundSymmetry, AutoRegressive, AnteDependence, Toeplitz, SpatialExponential)
STRUCTURES: tuple[Covariance, ...] = (
    Unstructured(),
    *(kind(heterogeneous) for kind in KINDS for heterogeneous in (False, True)),
)
TIMES = np.array([0.0, 1.0, 2.5, 6.0])


def _theta(structure: Covariance, seed: int = 0, visits: int = 4) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, 0.3, structure.size(visits))


@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda each: each.title)
def test_derivatives_are_those_of_differences(structure: Covariance):
    theta, h = _theta(structure), 1e-5
    found = structure.surface(theta, TIMES)
    for k, step in enumerate(h * np.eye(len(theta))):
        up, down = structure.surface(theta + step, TIMES), structure.surface(theta - step, TIMES)
        np.testing.assert_allclose(found.first[k], (up.value - down.value) / (2 * h), atol=1e-8)
        np.testing.assert_allclose(found.second[k], (up.first - down.first) / (2 * h), atol=1e-8)


@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda each: each.title)
def test_the_start_is_a_covariance(structure: Covariance):
    rng = np.random.default_rng(3)
    values = rng.normal(size=(20, 4)) @ rng.normal(size=(4, 4))
    start = structure.start(np.cov(values.T), TIMES)
    assert len(start) == structure.size(4)
    assert np.linalg.eigvalsh(structure.surface(start, TIMES).value)[0] > 0.0


@given(st.integers(0, 10_000), st.integers(2, 6))
def test_every_parameter_vector_is_a_covariance_where_the_structure_promises_it(seed: int, visits: int):
    times = np.cumsum(np.random.default_rng(seed).uniform(0.5, 3.0, visits))
    for structure in STRUCTURES:
        if isinstance(structure, Toeplitz):
            continue
        value = structure.surface(_theta(structure, seed, visits), times).value
        assert np.linalg.eigvalsh(value)[0] > 0.0


def test_an_unstructured_start_gives_back_a_proper_covariance():
    moments = np.array([[4.0, 1.0, 0.5], [1.0, 9.0, 2.0], [0.5, 2.0, 1.0]])
    start = Unstructured().start(moments, TIMES[:3])
    np.testing.assert_allclose(Unstructured().surface(start, TIMES[:3]).value, moments, rtol=1e-12)


def test_shrinking_leaves_variances_and_makes_an_improper_matrix_proper():
    improper = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]]) * 4.0
    found = nearest_proper(improper)
    assert np.linalg.eigvalsh(found)[0] > 0.0
    np.testing.assert_allclose(np.diag(found), 4.0)


def test_one_correlation_for_every_step_is_ar1_and_ar1_at_unit_times_is_spatial():
    rho = 0.6
    theta = rho / np.sqrt(1 - rho**2)
    times = np.arange(4.0)
    ar1 = AutoRegressive().surface(np.array([0.3, theta]), times).value
    ante = AnteDependence().surface(np.array([0.3, theta, theta, theta]), times).value
    spatial = SpatialExponential().surface(np.array([0.3, np.log(rho / (1 - rho))]), times).value
    lags = rho ** np.arange(1, 4)
    toeplitz = Toeplitz().surface(np.concatenate([[0.3], lags / np.sqrt(1 - lags**2)]), times).value
    for other in (ante, spatial, toeplitz):
        np.testing.assert_allclose(other, ar1, rtol=1e-12)


def test_compound_symmetry_never_falls_below_what_a_covariance_allows():
    lowest = CompoundSymmetry().surface(np.array([0.0, -30.0]), np.arange(4.0)).value
    assert lowest[0, 1] == pytest.approx(-1.0 / 3.0)
