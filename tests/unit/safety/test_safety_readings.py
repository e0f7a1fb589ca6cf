"""Cuff readings: whole numbers, factors of mean one, usual pressures below the limit, and scatter as recorded."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.engine.stream import Stream
from euthymia.evidence import load_record
from euthymia.safety.readings import READING_MINUTES, Cuff

CUFF = Cuff.from_record(load_record("pressure"))
STREAM = Stream(seed=5)
N = 200_000


def test_a_reading_without_any_scatter_is_usual_pressure_plus_rise():
    rise = np.array([[8.0, 6.0, 3.0, 0.0]])
    found = CUFF.systolic(np.array([120.0]), rise, np.zeros(1), np.zeros((1, 5)))
    assert found.tolist() == [[120.0, 128.0, 126.0, 123.0, 120.0]]


@given(st.floats(-5.0, 5.0), st.floats(-5.0, 5.0), st.floats(0.0, 60.0))
def test_readings_are_whole_mmHg(visit: float, error: float, rise: float):
    rises = np.full((1, len(READING_MINUTES)), rise)
    found = CUFF.diastolic(np.array([76.3]), rises, np.array([visit]), np.full((1, 5), error))
    assert (found == np.round(found)).all()


def test_factors_of_person_visit_and_cohort_have_mean_one():
    z = STREAM.normal("factors", 0, N, 3)
    assert CUFF.factor(z[:, 0], z[:, 1]).mean() == pytest.approx(1.0, abs=0.02)
    assert CUFF.cohort(z[:, 2]).mean() == pytest.approx(1.0, abs=0.01)


def test_the_scatter_of_readings_and_of_days_is_the_recorded_one():
    z = STREAM.normal("readings", 0, N, 6)
    found = CUFF.systolic(np.full(N, 120.0), np.zeros((N, 4)), z[:, 0], z[:, 1:])
    within = np.hypot(float(CUFF.sd_cuff_SBP), np.sqrt(1.0 / 12.0))  # rounding to whole numbers adds a twelfth
    assert (found[:, 1] - found[:, 0]).std() == pytest.approx(np.sqrt(2.0) * within, rel=0.01)
    assert found[:, 0].std() == pytest.approx(np.hypot(within, float(CUFF.sd_visit_SBP)), rel=0.01)


def test_nobody_is_dosed_above_the_limit():
    u = STREAM.uniform("usual", 0, N, 2)
    SBP, DBP = CUFF.usual(u[:, 0], u[:, 1])
    assert SBP.max() <= 140.0
    assert DBP.max() <= 90.0
    assert SBP.mean() == pytest.approx(float(CUFF.SBP_mean), abs=3.0)
