"""Outliers as the label counts them: a person once, at any session attended, against the reading before the dose."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.safety.readings import OutlierShares, largest_rise, outlier_shares


def sessions(*rows: list[float]) -> np.ndarray:
    """Return readings of one person, [1, session, reading]."""
    return np.array([rows])


FLAT = [80.0, 80.0, 80.0, 80.0, 80.0]


def test_the_largest_rise_is_counted_from_the_reading_before_the_dose():
    assert largest_rise(np.array([120.0, 130.0, 155.0, 140.0, 119.0])) == 35.0
    assert largest_rise(np.array([130.0, 120.0, 118.0, 110.0, 125.0])) == -5.0


def test_each_mark_counts_from_its_own_value_on():
    SBP = np.concatenate([sessions([120.0, 160.0, 0, 0, 0]), sessions([141.0, 180.0, 0, 0, 0])])
    DBP = np.concatenate([sessions([80.0, 105.0, 0, 0, 0]), sessions([86.0, 110.0, 0, 0, 0])])
    found = outlier_shares(SBP, DBP, np.ones((2, 1), dtype=bool))
    assert found == OutlierShares(SBP_rise=50.0, DBP_rise=50.0, SBP_level=50.0, DBP_level=50.0)


def test_a_person_counts_once_however_often_it_happens():
    high = [120.0, 170.0, 170.0, 150.0, 120.0]
    one = outlier_shares(sessions(high, high), sessions(FLAT, FLAT), np.ones((1, 2), dtype=bool))
    assert one.SBP_rise == 100.0
    assert one.DBP_rise == 0.0


def test_a_session_that_was_missed_does_not_count():
    high = [120.0, 190.0, 170.0, 150.0, 120.0]
    calm = [120.0] * 5
    found = outlier_shares(sessions(calm, high), sessions(FLAT, FLAT), np.array([[True, False]]))
    assert found == OutlierShares(0.0, 0.0, 0.0, 0.0)


def test_a_high_reading_before_the_dose_is_no_outlier_of_the_dose():
    found = outlier_shares(sessions([185.0, 170.0, 160.0, 150.0, 140.0]), sessions(FLAT), np.ones((1, 1), dtype=bool))
    assert found.SBP_level == pytest.approx(0.0)


@given(st.lists(st.integers(60, 220), min_size=5, max_size=5), st.integers(-40, 40))
def test_a_rise_does_not_depend_on_where_the_pressure_starts(readings: list[int], shift: int):
    assert largest_rise(np.array(readings) + shift) == largest_rise(np.array(readings))
