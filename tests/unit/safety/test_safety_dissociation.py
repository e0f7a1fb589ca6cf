"""Dissociation and pressure: half effect, tolerance, attenuation over visits, and the scale's ceiling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.models.defaults import default_safety

DIS, PRESSURE = default_safety().dissociation, default_safety().pressure
TOLERANCE = default_safety().tolerance


def test_the_effect_is_one_half_at_its_C50_and_nothing_without_drive():
    assert float(DIS.effect(DIS.C50_dis)) == pytest.approx(0.5)
    assert float(DIS.effect(0.0)) == 0.0
    assert float(DIS.effect(1e6)) == pytest.approx(1.0)


def test_a_lasting_level_leaves_a_tenth_of_its_drive():
    assert float(DIS.drive(100.0, 100.0)) == pytest.approx(10.0)


def test_more_tolerance_than_drug_gives_no_drive_and_never_a_negative_one():
    assert float(DIS.drive(50.0, 100.0)) == 0.0


def test_tolerance_reaches_half_of_a_lasting_level_in_its_half_time():
    rate, drive = TOLERANCE.relaxation(0.0, TOLERANCE.initial_state(), 80.0)
    assert float(drive.tolerance / rate.tolerance) == pytest.approx(80.0)
    assert 1.0 - np.exp(-float(rate.tolerance) * 0.75) == pytest.approx(0.5)


def test_each_visit_weakens_the_effect_down_to_a_floor():
    scores = np.asarray(DIS.score(1.0, np.arange(1.0, 12.0), 1.0))
    assert scores[0] == pytest.approx(float(DIS.CADSS_gain))
    assert scores[1] / scores[0] == pytest.approx(np.exp(-float(DIS.attenuation)))
    assert (np.diff(scores) <= 0.0).all()
    assert scores[-1] == pytest.approx(float(DIS.CADSS_gain * DIS.attenuation_floor))


def test_twice_as_sensitive_is_twice_the_score_until_the_scale_ends():
    assert float(DIS.score(0.5, 1.0, 2.0)) == pytest.approx(2.0 * float(DIS.score(0.5, 1.0, 1.0)))
    assert float(DIS.score(1.0, 1.0, 1e4)) == float(DIS.CADSS_max)


@given(st.floats(0.0, 1e4), st.floats(0.0, 1e4), st.integers(1, 100), st.floats(0.01, 100.0))
def test_every_score_lies_on_the_scale(effect: float, tolerance: float, visit: int, sensitivity: float):
    z = DIS.drive(effect, tolerance)
    assert 0.0 <= float(DIS.effect(z)) <= 1.0
    assert 0.0 <= float(DIS.score(DIS.effect(z), float(visit), sensitivity)) <= float(DIS.CADSS_max)


def test_pressure_is_a_power_of_the_drive():
    exponent = float(PRESSURE.E_SBP_exponent)
    assert float(PRESSURE.systolic(1.0)) == pytest.approx(float(PRESSURE.E_SBP_coefficient))
    assert float(PRESSURE.systolic(32.0) / PRESSURE.systolic(16.0)) == pytest.approx(2.0**exponent)
    assert float(PRESSURE.systolic(0.0)) == 0.0
