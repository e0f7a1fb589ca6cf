"""Drug liking: neutral without drug, half at the published C50, and weakened by use that is repeated often."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.evidence import load_record
from euthymia.safety.abuse import DrugLiking, UseTolerance

LIKING, USE = (kind.from_record(load_record("abuse")) for kind in (DrugLiking, UseTolerance))


def test_without_drug_liking_is_neutral():
    assert float(LIKING.liking(0.0)) == pytest.approx(50.0)


def test_half_of_the_effect_is_at_71_ng_mL():
    assert float(LIKING.liking(71.0)) == pytest.approx(75.0)


def test_a_trace_of_use_doubles_the_C50():
    assert float(LIKING.liking(142.0, LIKING.U_double)) == pytest.approx(75.0)


@given(st.floats(0.0, 2000.0), st.floats(0.0, 500.0))
def test_liking_stays_on_the_scale_and_use_never_adds_to_it(effect: float, recent: float):
    fresh, used = float(LIKING.liking(effect)), float(LIKING.liking(effect, recent))
    assert 50.0 <= used <= fresh * (1.0 + 1e-12) <= 100.0 * (1.0 + 1e-12)


def test_the_trace_of_use_halves_in_two_weeks():
    rate, drive = USE.relaxation(0.0, USE.initial_state(), 10.0)
    assert np.exp(-float(rate.recent) * 14.0 * 24.0) == pytest.approx(0.5)
    assert float(drive.recent / rate.recent) == pytest.approx(10.0)
