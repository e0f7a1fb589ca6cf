"""What holds for every person, time and trial file: bounds, order, additivity, and errors of ours only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.engine.stream import Stream
from euthymia.errors import EuthymiaError
from euthymia.evidence import load_record
from euthymia.patients.population import Traits, draw
from euthymia.symptoms.background import Background, Person, change
from euthymia.trials.protocol import parse_trial
from euthymia.trials.writing import to_toml
from euthymia.units import convert

EXAMPLE = (Path(__file__).parents[2] / "examples" / "trials" / "my_trial.toml").read_text(encoding="utf-8")
TYPICAL = Background.from_record(load_record("amplitudes"))
SAME_DIMENSION = (("s", "min", "h", "d", "w", "y"), ("ug", "mg", "g"), ("ng/mL", "ug/L", "mg/L"), ("1/s", "1/h", "Hz"))

times = st.floats(0.0, 2000.0)
windows = st.sampled_from([0.0, 24.0, 168.0])


def course(t: float, window: float, sessions: list[float], care: float = 10.0, session: float = 9.0) -> float:
    person = Person(*(np.array([value]) for value in (36.0, care, 600.0, session)))
    attended = np.ones((len(sessions), 1))
    return float(change(TYPICAL, person, t, window, sessions=np.array(sessions), attended=attended)[0])


@given(times, windows, st.lists(times, max_size=5))
def test_care_and_sessions_never_make_anybody_worse(t: float, window: float, sessions: list[float]):
    assert course(t, window, sessions) <= 1e-12
    assert course(t, window, sessions) <= course(t, window, []) + 1e-12


@given(times, windows, st.lists(times, max_size=5), times)
def test_a_session_after_a_rating_does_not_reach_it(t: float, window: float, sessions: list[float], later: float):
    assert course(t, window, [*sessions, t + later]) == pytest.approx(course(t, window, sessions), abs=1e-12)


@given(times, windows, st.lists(times, max_size=5, unique=True))
def test_sessions_add(t: float, window: float, sessions: list[float]):
    nothing = course(t, window, [])
    parts = [course(t, window, [one]) - nothing for one in sessions]
    assert course(t, window, sessions) - nothing == pytest.approx(sum(parts), abs=1e-9)


@given(times, windows)
def test_a_mean_over_a_window_lies_between_its_ends_where_the_course_only_falls(t: float, window: float):
    first, last = course(max(t - window, 0.0), 0.0, []), course(t, 0.0, [])
    assert last - 1e-9 <= course(t, window, []) <= first + 1e-9


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.integers(0, 5000), st.integers(0, 30), st.integers(0, 30))
def test_a_person_is_the_same_in_whatever_slice(seed: int, start: int, before: int, after: int):
    stream = Stream(seed).fold("slices")
    alone = draw(stream, start + before, start + before + 1, Traits())
    among = draw(stream, start, start + before + 1 + after, Traits())
    for name in ("age", "weight", "baseline_rating", "FRn", "gain", "sensitivity"):
        assert getattr(alone, name)[0] == getattr(among, name)[before]
    assert alone.background.care[0] == among.background.care[before]
    assert np.asarray(alone.body.kel)[0] == np.asarray(among.body.kel)[before]


@given(st.sampled_from(SAME_DIMENSION), st.data(), st.floats(1e-6, 1e6))
def test_a_value_converted_there_and_back_is_the_value(units: tuple[str, ...], data: st.DataObject, value: float):
    unit, other = (data.draw(st.sampled_from(units)) for _ in range(2))
    assert convert(convert(value, unit, other), other, unit) == pytest.approx(value, rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(EXAMPLE) - 1), st.integers(0, 40), st.text(max_size=6))
def test_a_damaged_trial_file_is_read_or_refused_in_one_of_our_errors(at: int, gone: int, typed: str):
    told = ""
    try:
        trial = parse_trial(EXAMPLE[:at] + typed + EXAMPLE[at + gone :], "mine.toml")
    except EuthymiaError as error:
        told = str(error)
    if told:
        assert told.startswith("mine.toml: ")
        return
    assert parse_trial(to_toml(trial), "again.toml") == trial
