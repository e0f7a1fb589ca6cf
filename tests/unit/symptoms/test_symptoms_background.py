"""Courses without drug against their closed forms, limits, and the mean over a recall window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from euthymia.evidence import load_record
from euthymia.symptoms.background import REFERENCE_DAY, Background, Person, change


@pytest.fixture(scope="module")
def typical() -> Background:
    return Background.from_record(load_record("amplitudes"))


def silent(typical: Background) -> Background:
    """Return courses without any size, to which a test adds the one it is about."""
    return replace(typical, natural_fraction=0.0)


def person(baseline: float = 36.0, care: float = 0.0, tau_care: float = 500.0, session: float = 0.0) -> Person:
    return Person(*(np.array([value]) for value in (baseline, care, tau_care, session)))


def alone(typical: Background, who: Person, t: float, window: float = 0.0, *, sessions=()) -> float:
    times = np.array(sessions, dtype=float)
    attended = np.ones((times.size, 1))
    return float(change(typical, who, t, window, sessions=times, attended=attended)[0])


def test_nothing_has_changed_at_the_start(typical: Background):
    assert alone(typical, person(care=9.0, session=5.0), 0.0, sessions=[0.0]) == 0.0
    assert alone(typical, person(care=9.0, session=5.0), 0.0, 168.0, sessions=[0.0]) == 0.0


def test_natural_recovery_takes_its_share_of_the_baseline_in_the_end(typical: Background):
    only = replace(silent(typical), natural_fraction=typical.natural_fraction)
    at = typical.tau_natural
    expected = -typical.natural_fraction * 36.0 * (1.0 - np.exp(-1.0))
    assert alone(only, person(), at) == pytest.approx(expected, rel=1e-12)
    assert alone(only, person(), 1e6) == pytest.approx(-typical.natural_fraction * 36.0)


def test_the_typical_speed_of_care_gives_its_size_at_day_28(typical: Background):
    who = person(care=11.0, tau_care=typical.tau_care)
    assert REFERENCE_DAY == 27 * 24.0
    assert alone(silent(typical), who, REFERENCE_DAY) == pytest.approx(-11.0, rel=1e-12)


def test_the_slow_reach_less_and_the_quick_more_by_day_28(typical: Background):
    quick, slow = (
        alone(silent(typical), person(care=11.0, tau_care=factor * typical.tau_care), REFERENCE_DAY)
        for factor in (0.5, 2.0)
    )
    assert quick < -11.0 < slow < 0.0


def test_care_above_shape_one_starts_slowly(typical: Background):
    assert typical.shape_care > 1.0
    who = person(care=11.0, tau_care=typical.tau_care)
    first, second = (alone(silent(typical), who, t) for t in (24.0, 48.0))
    assert second / first > 2.0


def test_the_effects_of_sessions_add_and_fade(typical: Background):
    who, tau = person(session=7.0), typical.tau_session
    assert alone(silent(typical), who, tau, sessions=[0.0]) == pytest.approx(-7.0 / np.e)
    both = alone(silent(typical), who, 72.0 + tau, sessions=[0.0, 72.0])
    assert both == pytest.approx(-7.0 * (np.exp(-1.0) + np.exp(-(72.0 + tau) / tau)))


def test_a_rating_at_the_time_of_a_session_comes_before_it(typical: Background):
    assert alone(silent(typical), person(session=7.0), 72.0, sessions=[72.0]) == 0.0


def test_a_session_that_was_missed_does_nothing(typical: Background):
    found = change(
        silent(typical),
        Person(*(np.full(2, value) for value in (36.0, 0.0, 500.0, 7.0))),
        24.0,
        0.0,
        sessions=np.array([0.0]),
        attended=np.array([[1.0, 0.0]]),
    )
    assert found[0] < 0.0
    assert found[1] == 0.0


def test_a_sham_spray_beside_an_infusion_is_one_visit_and_not_two(typical: Background):
    single, double = (
        alone(silent(typical), person(session=7.0), 24.0, 24.0, sessions=sessions) for sessions in ([0.0], [0.0, 0.0])
    )
    assert double == single < 0.0


@pytest.mark.parametrize(("t", "window"), [(24.0, 24.0), (648.0, 168.0), (336.0, 168.0)])
def test_the_mean_over_a_recall_window_is_the_numerical_mean(typical: Background, t: float, window: float):
    """Without sessions the course is smooth, and twelve nodes give the mean to many digits."""
    who = person(care=11.0, tau_care=typical.tau_care)
    course = [alone(typical, who, float(s)) for s in np.linspace(t - window, t, 2001)]
    mean = np.trapezoid(course, dx=window / 2000) / window
    assert alone(typical, who, t, window) == pytest.approx(mean, abs=1e-4)


@pytest.mark.parametrize(("t", "window"), [(24.0, 24.0), (168.0, 168.0), (336.0, 168.0), (190.0, 24.0)])
def test_sessions_within_the_window_are_averaged_exactly(typical: Background, t: float, window: float):
    who, sessions, only = person(session=9.0), [0.0, 72.0, 168.0, 240.0], silent(typical)
    middle = t - window + window * (np.arange(20_000) + 0.5) / 20_000
    course = [alone(only, who, float(s), sessions=sessions) for s in middle]
    assert alone(only, who, t, window, sessions=sessions) == pytest.approx(np.mean(course), abs=1e-3)


def test_a_window_that_reaches_before_the_start_counts_the_time_before_as_unchanged(typical: Background):
    only = replace(silent(typical), natural_fraction=typical.natural_fraction)
    within = np.linspace(0.0, 24.0, 4001)
    course = [alone(only, person(), float(s)) for s in within]
    mean = np.trapezoid(course, within) / 168.0
    assert alone(only, person(), 24.0, 168.0) == pytest.approx(mean, abs=1e-4)
