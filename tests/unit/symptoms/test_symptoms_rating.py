"""A rating: whole points between floor and ceiling, with the error that is stated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.evidence import load_record
from euthymia.symptoms.rating import Rating


@pytest.fixture(scope="module")
def rating() -> Rating:
    return Rating.from_record(load_record("rating"))


@given(st.floats(-200.0, 300.0), st.floats(-8.0, 8.0), st.floats(0.0, 20.0))
def test_every_rating_is_a_whole_number_from_0_to_60(severity: float, error: float, spread: float):
    found = Rating(0.0, 60.0, 2.4).rate(np.array([severity]), np.array([error]), spread=spread)
    assert 0.0 <= found[0] <= 60.0
    assert found[0] == np.round(found[0])


def test_without_an_error_the_rating_is_the_severity_in_whole_points(rating: Rating):
    np.testing.assert_array_equal(
        rating.rate(np.array([-5.0, 0.4, 17.6, 59.6, 71.0]), np.zeros(5)), [0.0, 0.0, 18.0, 60.0, 60.0]
    )


def test_errors_of_rater_and_day_add_as_variances():
    rng = np.random.default_rng(0)
    rated = Rating(-1000.0, 1000.0, 3.0).rate(np.zeros(40_000), rng.standard_normal(40_000), spread=4.0)
    assert rated.std() == pytest.approx(np.sqrt(25.0 + 1.0 / 12.0), rel=0.02)  # rounding adds a twelfth


def test_a_worse_person_is_never_rated_better_by_the_same_error(rating: Rating):
    severity = np.linspace(-10.0, 70.0, 500)
    assert (np.diff(rating.rate(severity, np.full(500, 0.7), spread=5.0)) >= 0.0).all()
