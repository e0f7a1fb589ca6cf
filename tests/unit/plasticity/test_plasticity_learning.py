"""Learning against its closed forms: saturation, the window, sessions and forgetting; and what learning protects."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.errors import ScheduleError
from euthymia.evidence import load_record
from euthymia.plasticity.learning import (
    WEEK,
    Learning,
    LearningInput,
    LearningState,
    Protection,
    Sessions,
    every,
    skills,
)
from euthymia.plasticity.spines import SpineInput, Spines

RECORD = load_record("plasticity")
LEARNING = Learning.from_record(RECORD)
PROTECTION = Protection.from_record(RECORD)
PRACTICE = load_record("therapy").value("practice", "h")
INTERVAL = load_record("therapy").value("interval", "h")
DAY = 24.0

WEEKLY = every(INTERVAL, 10, first=0.0, practice=PRACTICE)


def without_forgetting() -> Learning:
    return dataclasses.replace(LEARNING, tau_lrn=1e15)


def test_nothing_is_learned_without_therapy_however_many_spines_stand():
    rate, drive = LEARNING.relaxation(0.0, LearningState(0.0), LearningInput(ther=0.0, growth=1.0))
    assert float(drive.lrn) == 0.0
    assert float(rate.lrn) == pytest.approx(1.0 / LEARNING.tau_lrn)


def test_constant_therapy_settles_where_learning_and_forgetting_balance():
    k = LEARNING.k_lrn
    long = LEARNING.after(0.0, LearningInput(1.0, 0.0), 1e6)
    assert float(long) == pytest.approx(k / (k + 1.0 / LEARNING.tau_lrn))


def test_growth_speeds_learning_by_its_gain_and_lost_spines_do_not_slow_it():
    def speed(growth: float) -> float:
        return float(LEARNING.relaxation(0.0, LearningState(0.0), LearningInput(1.0, growth))[1].lrn)

    assert speed(0.1) == pytest.approx((1.0 + 0.1 * LEARNING.y_lrn) * speed(0.0))
    assert speed(-0.3) == speed(0.0)


def test_weekly_sessions_have_intensity_one_throughout_the_course():
    assert np.all(WEEKLY.intensity(np.linspace(0.0, 10 * WEEK - 1e-6, 501)) == 1.0)
    assert WEEKLY.intensity(-1.0) == 0.0
    assert WEEKLY.intensity(10 * WEEK) == 0.0


@given(st.lists(st.floats(0.0, 2000.0), min_size=1, max_size=8, unique=True), st.floats(1.0, 400.0))
def test_each_session_is_worth_a_week_whatever_the_spacing(times: list[float], practice: float):
    sessions = Sessions(tuple(sorted(times)), practice)
    edges = np.array(sessions.edges())
    area = float(np.sum(sessions.intensity((edges[1:] + edges[:-1]) / 2.0) * np.diff(edges)))
    assert area == pytest.approx(WEEK * len(times))


@given(st.lists(st.floats(0.0, 2000.0), min_size=1, max_size=6, unique=True), st.floats(0.0, 0.3))
def test_without_forgetting_only_the_number_of_sessions_counts(times: list[float], growth: float):
    learning = without_forgetting()
    sessions = Sessions(tuple(sorted(times)), PRACTICE)
    found = skills(learning, sessions, np.array([1e4]), growth=growth)[0]
    rate = learning.k_lrn * (1.0 + learning.y_lrn * growth)
    assert found == pytest.approx(1.0 - np.exp(-rate * WEEK * len(times)), rel=1e-6)


def test_skills_are_forgotten_with_their_time_constant_once_therapy_ends():
    end = 10 * WEEK
    course = skills(LEARNING, WEEKLY, np.array([end, end + LEARNING.tau_lrn]))
    assert course[1] / course[0] == pytest.approx(np.exp(-1.0))


def test_the_closed_form_of_a_course_agrees_with_small_steps():
    times, step = np.array([0.0, 3 * WEEK, 10 * WEEK, 20 * WEEK]), 2.0
    grid = np.arange(0.0, 20 * WEEK, step)
    lrn, reached = 0.0, {0.0: 0.0}
    for t in grid:
        inputs = LearningInput(float(WEEKLY.intensity(t)), 0.05)
        half = lrn + 0.5 * step * LEARNING.derivative(t, LearningState(lrn), inputs).lrn
        lrn += step * LEARNING.derivative(t, LearningState(half), inputs).lrn
        reached[float(t + step)] = float(lrn)
    np.testing.assert_allclose(
        skills(LEARNING, WEEKLY, times, growth=0.05), [reached[float(t)] for t in times], rtol=1e-5
    )


def test_half_of_the_skills_are_there_after_five_weeks_of_therapy_and_are_kept_longer_than_spines():
    assert skills(LEARNING, WEEKLY, np.array([5 * WEEK]))[0] == pytest.approx(0.5, abs=0.05)
    spines = Spines.from_record(RECORD)
    assert LEARNING.tau_lrn > 10.0 / (spines.k_spn * (2.0 + spines.chi))


def test_skills_take_the_edge_off_stress_and_so_keep_spines():
    spines = Spines.from_record(RECORD)

    def settled(lrn: float) -> float:
        felt = PROTECTION.felt(1.0, lrn)
        (rate,), (drive,) = spines.relaxation(0.0, spines.initial_state(), SpineInput(0.0, felt))
        return float(drive / rate)

    assert PROTECTION.felt(1.0, 0.0) == 1.0
    assert PROTECTION.felt(0.0, 1.0) == 0.0
    assert settled(0.0) == pytest.approx(spines.resting())
    assert settled(1.0) == pytest.approx(spines.spn_max / (2.0 + spines.chi * (1.0 - PROTECTION.e_lrn)))


@pytest.mark.parametrize(
    ("times", "practice", "words"),
    [
        ((), 168.0, "therapy has no sessions"),
        ((5.0, 1.0), 168.0, r"start at \(5.0, 1.0\); expected finite hours in rising order"),
        ((1.0, 1.0), 168.0, "rising order"),
        ((float("nan"),), 168.0, "finite hours"),
        ((0.0,), 0.0, "practice takes 0.0 h; expected a number above 0"),
    ],
)
def test_a_course_that_cannot_be_held_says_why(times, practice, words):
    with pytest.raises(ScheduleError, match=words):
        Sessions(times, practice)


def test_skills_are_not_asked_before_the_start_or_backwards():
    for times in ([-1.0], [5.0, 1.0]):
        with pytest.raises(ScheduleError, match="expected rising times from 0 on"):
            skills(LEARNING, WEEKLY, np.array(times))
