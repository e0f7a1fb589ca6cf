"""Loss of responsiveness and of memory: the middles of their curves, potency of the forms, and the fast site."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.evidence import load_record
from euthymia.safety.anaesthesia import Anaesthesia, HypnoticSite
from euthymia.safety.memory import Encoding

RECORD = load_record("anaesthesia")
CURVE, SITE, MEMORY = (kind.from_record(RECORD) for kind in (Anaesthesia, HypnoticSite, Encoding))


def test_half_do_not_respond_at_either_forms_C50():
    assert float(CURVE.unresponsive(CURVE.depth(racemate=1200.0))) == pytest.approx(0.5)
    assert float(CURVE.unresponsive(CURVE.depth(S=600.0))) == pytest.approx(0.5)


def test_S_ketamine_is_twice_as_potent_as_the_racemate():
    assert float(CURVE.depth(S=300.0)) == pytest.approx(float(CURVE.depth(racemate=600.0)))


def test_the_antidepressant_range_leaves_everybody_responsive_and_remembering():
    depth = CURVE.depth(S=101.0)  # highest level after 84 mg by nose
    assert float(CURVE.unresponsive(depth)) < 1e-3
    assert float(MEMORY.stored(depth)) > 0.999


def test_twice_the_C50_leaves_three_percent_responsive():
    assert 1.0 - float(CURVE.unresponsive(2.0)) == pytest.approx(1.0 / 33.0)


@given(st.floats(0.0, 20.0))
def test_what_is_not_responded_to_is_not_stored(depth: float):
    assert float(MEMORY.stored(depth)) == pytest.approx(1.0 - float(CURVE.unresponsive(depth)))


def test_the_hypnotic_site_reaches_half_of_a_held_level_in_its_half_time():
    rate, drive = SITE.relaxation(0.0, SITE.initial_state(), 900.0)
    half_time = RECORD.value("t_hypnotic", "h")
    assert float(drive.effect / rate.effect) == pytest.approx(900.0)
    assert np.exp(-float(rate.effect) * half_time) == pytest.approx(0.5)
