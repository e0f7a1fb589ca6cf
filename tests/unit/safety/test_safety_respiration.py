"""Breathing and heart: the measured points, work against an opioid, and injections that are too fast."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.evidence import load_record
from euthymia.safety.respiration import HeartRate, Respiration

RECORD = load_record("respiration")
BREATH, HEART = Respiration.from_record(RECORD), HeartRate.from_record(RECORD)
REST, REFERENCE, DOUBLING = float(BREATH.V_rest), float(BREATH.C_reference), float(BREATH.C_opioid)


def test_the_reference_level_adds_the_measured_ventilation():
    assert float(BREATH.ventilation(REFERENCE)) - REST == pytest.approx(3.1)


def test_without_drug_breathing_is_at_rest():
    assert float(BREATH.ventilation(0.0)) == pytest.approx(REST)


@given(st.floats(0.0, 5000.0))
def test_ketamine_alone_never_depresses_breathing(C: float):
    assert float(BREATH.ventilation(C)) >= REST


def test_an_opioid_at_its_C50_halves_breathing_and_at_127_ng_mL_of_ketamine_it_takes_twice_as_much():
    assert float(BREATH.ventilation(0.0, 1.0)) == pytest.approx(0.5 * REST)
    undepressed = float(BREATH.ventilation(DOUBLING))
    assert float(BREATH.ventilation(DOUBLING, 2.0)) == pytest.approx(0.5 * undepressed)


@given(st.floats(0.0, 3000.0), st.floats(0.01, 20.0))
def test_ketamine_works_against_an_opioids_depression(C: float, opioid: float):
    assert float(BREATH.ventilation(C, opioid)) >= float(BREATH.ventilation(0.0, opioid)) * (1.0 - 1e-12)


def test_labelled_injections_keep_breathing_and_a_rapid_large_one_may_not():
    assert float(BREATH.apnoea(2.0)) < 0.001
    assert float(BREATH.apnoea(4.5)) < 0.05
    assert float(BREATH.apnoea(4.5 * 6.0)) > 0.99  # the largest dose within ten seconds


def test_the_heart_beats_ten_faster_at_the_reference_and_a_quarter_of_a_hundred_in_anaesthesia():
    assert float(HEART.rise(REFERENCE)) == pytest.approx(10.0)
    assert float(HEART.rise(1959.0)) == pytest.approx(25.0, abs=1.0)  # 43.5 % was measured there (Langsjo 2005)
