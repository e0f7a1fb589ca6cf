"""Severity with skills and serotonin: nothing new without them, each of its own size, and outside the gain."""

from __future__ import annotations

import equinox as eqx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.evidence import load_record
from euthymia.symptoms.relief import Relief, ReliefInput
from euthymia.symptoms.severity import SeverityInput

RELIEF = Relief.from_record(load_record("plasticity"))


def settled(inputs: ReliefInput, relief: Relief = RELIEF) -> float:
    rate, drive = relief.relaxation(0.0, relief.initial_state(), inputs)
    return float(drive.sev / rate.sev)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 0.3))
def test_without_skills_and_raised_serotonin_it_is_severity(bdnf: float, pot: float, grown: float):
    rate, drive = RELIEF.severity.relaxation(0.0, RELIEF.initial_state(), SeverityInput(bdnf, pot, grown))
    assert settled(ReliefInput(bdnf, pot, grown)) == pytest.approx(float(drive.sev / rate.sev))
    assert settled(ReliefInput(bdnf, pot, grown, HT=0.3)) == settled(ReliefInput(bdnf, pot, grown))


def test_each_further_cause_settles_at_its_own_size():
    assert settled(ReliefInput(0.0, 0.0, 0.0, lrn=1.0)) == pytest.approx(-RELIEF.a_lrn)
    assert settled(ReliefInput(0.0, 0.0, 0.0, HT=3.0)) == pytest.approx(-2.0 * RELIEF.a_5HT)


def test_the_gain_of_connections_leaves_skills_and_serotonin_alone():
    strong = eqx.tree_at(lambda relief: relief.severity.gain, RELIEF, 2.0)
    connections, others = ReliefInput(0.1, 0.4, 0.05), ReliefInput(0.0, 0.0, 0.0, HT=2.0, lrn=0.5)
    assert settled(connections, strong) == pytest.approx(2.0 * settled(connections))
    assert settled(others, strong) == settled(others)
