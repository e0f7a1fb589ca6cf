"""Reports: a hazard that adds over sessions, a base under placebo, and people who report more than others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.engine.stream import Stream
from euthymia.evidence import load_record
from euthymia.safety.reporting import SIGNALS, Event, Reporting

REPORTING = Reporting.from_record(load_record("reporting"))


@pytest.mark.parametrize("event", list(Event))
def test_without_a_signal_the_base_is_left(event: Event):
    assert float(REPORTING.hazard(event, np.zeros(1), np.ones(1))[0]) == pytest.approx(float(REPORTING.base[event]))


@pytest.mark.parametrize("event", list(Event))
def test_a_fall_is_no_negative_signal(event: Event):
    assert float(REPORTING.hazard(event, np.array([-30.0]), np.ones(1))[0]) == pytest.approx(
        float(REPORTING.base[event])
    )


def test_every_event_has_a_signal_with_a_unit():
    assert set(SIGNALS) == set(Event)


@given(st.lists(st.floats(0.0, 3.0), min_size=1, max_size=12))
def test_the_chance_of_a_report_at_any_session_is_that_of_the_summed_hazard(hazards: list[float]):
    each = REPORTING.probability(np.array(hazards))
    assert float(REPORTING.probability(np.array(sum(hazards)))) == pytest.approx(1.0 - np.prod(1.0 - each))


def test_readiness_to_report_has_mean_one_and_makes_reports_cluster():
    p = REPORTING.proneness(Stream(seed=3).normal("p", 0, 200_000)[:, 0])
    assert p.mean() == pytest.approx(1.0, abs=0.02)
    once = REPORTING.probability(0.3 * p)
    assert (once**2).mean() > once.mean() ** 2  # both of two like events in the same person, more often than by chance


@given(st.floats(0.0, 92.0), st.floats(0.0, 92.0))
def test_a_higher_score_is_reported_more_often(a: float, b: float):
    low, high = sorted((a, b))
    hazards = [float(REPORTING.hazard(Event.DISSOCIATION, np.array([x]), np.ones(1))[0]) for x in (low, high)]
    assert hazards[0] <= hazards[1]
