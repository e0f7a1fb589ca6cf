"""Histories: without failures nobody is selected; with them, the closed form of the selected and nobody else moved."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_ndtr, ndtr

from euthymia.engine.stream import Stream
from euthymia.errors import EuthymiaError
from euthymia.evidence import load_record
from euthymia.patients import history as module
from euthymia.patients.history import History, Past, oral_effect
from euthymia.patients.population import Traits, draw
from euthymia.patients.shares import PARTS, Makeup

HERE = Stream(1).fold("history")
MAKEUP = Makeup.from_record(load_record("heterogeneity"))
MANY = 20_000
LABEL = 0.25  # of the esketamine trials


def past(history: History, count: int = MANY, baseline: float = 37.0) -> Past:
    return history.draw(HERE, 0, count, baseline=np.full(count, baseline), makeup=MAKEUP)


def test_without_failures_everybody_is_as_the_plain_draws_have_them():
    plain, shares = HERE.normal("care", 0, 50)[:, 0], HERE.normal("shares", 0, 50, PARTS)
    found = past(History.of(0), 50)
    np.testing.assert_array_equal(found.care, plain)
    np.testing.assert_array_equal(found.factors.serotonergic, MAKEUP.factors(shares).serotonergic)


def test_a_history_moves_care_and_shares_and_nothing_else_of_a_person():
    people, selected = (draw(HERE, 0, 200, Traits(failed=failed)) for failed in (0, 2))
    for name in ("age", "weight", "baseline_rating", "sensitivity", "FRn"):
        np.testing.assert_array_equal(getattr(people, name), getattr(selected, name))
    for name in ("baseline", "tau_care", "session"):
        np.testing.assert_array_equal(getattr(people.background, name), getattr(selected.background, name))
    assert (people.background.care != selected.background.care).all()


def test_people_with_a_history_drawn_in_slices_are_those_drawn_at_once():
    traits = Traits(failed=2, failed_fall=LABEL)
    whole = draw(HERE, 0, 300, traits)
    parts = [draw(HERE, first, last, traits) for first, last in ((0, 1), (1, 8), (8, 129), (129, 300))]
    for name in ("gain", "serotonergic"):
        np.testing.assert_array_equal(getattr(whole, name), np.concatenate([getattr(part, name) for part in parts]))
    np.testing.assert_array_equal(whole.background.care, np.concatenate([part.background.care for part in parts]))


def test_no_people_at_all_have_any_history():
    assert past(History.of(2), 0).care.size == 0


def without_serotonin(history: History) -> History:
    return replace(history, oral=0.0)


def test_one_failure_selects_the_care_of_the_closed_form():
    """Without a drug and after one course, care given failure is a skew normal: mean, and variance, in closed form."""
    history = without_serotonin(History.of(1, LABEL))
    steep = history._steepness()
    h = float(history.margin(np.zeros(1), 0.0, np.array([37.0]))[0] / np.hypot(1.0, steep))
    slope = float(steep / np.hypot(1.0, steep))
    mills = float(np.exp(-0.5 * h * h - log_ndtr(h)) / np.sqrt(2.0 * np.pi))
    rho = np.sqrt(history.rho)  # care shares this much with what stays with the person
    care = past(history).care
    assert care.mean() == pytest.approx(-rho * slope * mills, abs=4.0 / np.sqrt(MANY))
    assert care.var() == pytest.approx(1.0 - (rho * slope) ** 2 * mills * (h + mills), rel=4.0 * np.sqrt(2.0 / MANY))


def test_the_share_whom_one_course_fails_is_the_closed_form():
    history = without_serotonin(History.of(1, LABEL))
    z = HERE.normal("z", 0, MANY)[:, 0]
    drawn = float(np.exp(history.log_chance(z, 0.0, np.full(MANY, 37.0))).mean())
    h = float(history.margin(np.zeros(1), 0.0, np.array([37.0]))[0] / np.hypot(1.0, history._steepness()))
    assert drawn == pytest.approx(float(ndtr(h)), abs=4.0 * 0.5 / np.sqrt(MANY))


@pytest.mark.parametrize("failed", [1, 2, 5])
@pytest.mark.parametrize("rho", [0.0, 0.1, 0.8])
def test_the_selected_are_the_unselected_weighed_by_their_chance_to_fail(failed: int, rho: float):
    history = replace(History.of(failed, LABEL), rho=rho)
    found = past(history)
    now, earlier = Stream(2).normal("care", 0, 10 * MANY, 2).T
    factors = MAKEUP.factors(Stream(2).normal("shares", 0, 10 * MANY, PARTS))
    z = np.sqrt(rho) * now + np.sqrt(1.0 - rho) * earlier
    weight = np.exp(history.log_chance(z, factors.serotonergic, np.full(now.size, 37.0)))
    error = 1.0 / np.sqrt(MANY) + np.sqrt(np.sum(weight**2)) / np.sum(weight)  # of both sides, in SDs
    for ours, everybody in (
        (found.care, now),
        (found.factors.serotonergic, factors.serotonergic),
        (found.factors.glutamatergic, factors.glutamatergic),
    ):
        expected = np.average(everybody, weights=weight)
        assert ours.mean() == pytest.approx(expected, abs=4.0 * error * everybody.std())


def test_courses_drawn_one_by_one_select_the_same_people():
    """The chance of a failure stands in for drawing each course's care and rating; here they are drawn."""
    history = History.of(2, LABEL)
    count = 20 * MANY
    stream = Stream(4)
    now, stays = stream.normal("care", 0, count, 2).T
    z = np.sqrt(history.rho) * now + np.sqrt(1.0 - history.rho) * stays
    factors = MAKEUP.factors(stream.normal("shares", 0, count, PARTS))
    judged, baseline = history.judged, 37.0
    failed = np.ones(count, dtype=bool)
    for course in range(2):
        own, first, last = stream.normal(f"course {course}", 0, count, 3).T
        response = np.sqrt(history.rho) * z + np.sqrt(1.0 - history.rho) * own
        care = history.care_mean + history.care_sd * response
        end = (1.0 - judged.natural) * baseline - judged.reached * care - factors.serotonergic * history.oral
        start = baseline + judged.start * first
        failed &= start - (end + judged.end * last) < LABEL * start
    found, few = past(history), 1.0 / np.sqrt(failed.sum()) + 1.0 / np.sqrt(MANY)
    assert found.care.mean() == pytest.approx(now[failed].mean(), abs=4.0 * few)
    assert found.care.std() == pytest.approx(now[failed].std(), abs=4.0 * few)
    for name in ("serotonergic", "glutamatergic"):
        theirs = getattr(factors, name)[failed]
        assert getattr(found.factors, name).mean() == pytest.approx(theirs.mean(), abs=4.0 * few * theirs.std())


def test_each_failure_leaves_less_care_less_serotonin_and_more_for_connections():
    after = [past(History.of(failed, LABEL)) for failed in range(4)]
    for better, worse in pairwise(after):
        assert worse.care.mean() < better.care.mean()
        assert worse.factors.serotonergic.mean() < better.factors.serotonergic.mean()
        assert worse.factors.glutamatergic.mean() > better.factors.glutamatergic.mean()


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 60),
    st.floats(0.0, 1.0),
    st.floats(0.0, 1.0),
    st.floats(5.0, 60.0),
    st.floats(0.0, 20.0),
)
def test_any_history_is_found_and_never_a_chance_above_one(failed: int, fall: float, rho: float, MADRS: float, oral):
    """The proposal must lie above the target everywhere, or the selected are not those who failed."""
    history = replace(History.of(failed, fall), rho=rho, oral=oral)
    baseline = np.full(201, MADRS)
    likeliest = history._likeliest(baseline)
    slope, highest = history._slope(likeliest, baseline), history.log_chance(likeliest, 0.0, baseline)
    z = np.linspace(-12.0, 12.0, 201)
    for serotonergic in (0.0, 1.0, 3.0):
        chance = history.log_chance(z, serotonergic, baseline)
        assert (chance <= highest + slope * (z - likeliest) + 1e-9 * np.abs(highest)).all()


def test_many_people_with_two_failures_are_drawn_within_half_a_second():
    traits = Traits(failed=2, failed_fall=LABEL)
    draw(HERE, 0, 10, traits)
    begin = time.process_time()
    draw(HERE, 0, MANY, traits)
    assert time.process_time() - begin < 0.5


def test_a_history_that_next_to_nobody_has_is_refused_with_what_was_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "CANDIDATES", 1)
    with pytest.raises(EuthymiaError, match=r"failed is 3, each time with a fall of less than 0\.25 .* fewer failures"):
        past(History.of(3, LABEL))


@pytest.mark.parametrize(
    ("failed", "fall", "message"),
    [(-1, None, "failed is -1; expected a number of courses of at least 0"), (1, 1.5, "failed_fall is 1.5; expected")],
)
def test_a_history_that_cannot_be_is_refused(failed: int, fall: float | None, message: str):
    with pytest.raises(EuthymiaError, match=message):
        History.of(failed, fall)


def test_the_tablets_effect_at_the_end_of_a_course_is_that_of_their_course():
    amplitudes = load_record("amplitudes")
    effect, tau = amplitudes.value("oral_effect", "points"), amplitudes.value("tau_oral", "h")
    assert History.of(1).oral == pytest.approx(effect * (1.0 - np.exp(-8 * 168.0 / tau)))
    assert oral_effect(0.0, amplitudes) == 0.0
