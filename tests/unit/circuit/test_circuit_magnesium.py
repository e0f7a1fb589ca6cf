"""The magnesium block and its quadratic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.circuit.magnesium import (
    driving_function,
    fit_quadratic,
    millivolts,
    quadratic_driving_function,
    scaled,
    unblocked_fraction,
)
from euthymia.evidence import load_record

RECORD = load_record("pfc1")
E_N = RECORD.value("e_N", "1")
MG = RECORD.value("Mg", "mM")
COEFFICIENTS = tuple(RECORD.value(name, "1") for name in ("mg0", "mg1", "mg2"))


@given(st.floats(-120.0, 60.0))
def test_scaling_a_potential_and_back_changes_nothing(V):
    assert millivolts(scaled(V)) == pytest.approx(V, abs=1e-10)


def test_rest_and_threshold_lie_half_a_unit_either_side():
    assert scaled(-65.0) == -0.5
    assert scaled(-50.0) == 0.5


def test_reversal_potentials_of_the_record_are_the_stated_millivolts():
    names = {"e_A": 0.0, "e_N": 0.0, "e_P": -70.0, "e_S": -75.0, "e_B": -95.0}
    for name, V in names.items():
        assert millivolts(RECORD.value(name, "1")) == pytest.approx(V, abs=1e-3)


@given(st.floats(-100.0, 40.0), st.floats(0.1, 5.0))
def test_depolarisation_opens_and_magnesium_closes(V, Mg):
    u = scaled(V)
    assert 0 < unblocked_fraction(u, Mg) < unblocked_fraction(u + 0.1, Mg) < 1
    assert unblocked_fraction(u, 2 * Mg) < unblocked_fraction(u, Mg)


def test_no_magnesium_no_block():
    assert unblocked_fraction(scaled(-80.0), 0.0) == 1.0


def test_the_recorded_quadratic_is_the_least_squares_one():
    np.testing.assert_allclose(fit_quadratic(MG, E_N), COEFFICIENTS, rtol=0.01)


@pytest.mark.parametrize(
    ("V", "percent"), [(-85, -2.3), (-75, 0.5), (-65, 0.9), (-60, 0.2), (-50, -0.9), (-40, 1.8), (-30, 15.0)]
)
def test_the_quadratic_errs_by_the_stated_percentage(V, percent):
    u = scaled(float(V))
    error = quadratic_driving_function(u, *COEFFICIENTS) / driving_function(u, MG, E_N) - 1
    assert 100 * error == pytest.approx(percent, abs=0.5 if V == -30 else 0.06)
