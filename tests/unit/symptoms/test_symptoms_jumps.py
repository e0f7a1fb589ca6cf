"""Jumps: rates read from the wells, waiting times, shares by closed forms, and what a jump takes away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.errors import EuthymiaError
from euthymia.evidence import load_record
from euthymia.symptoms.hazard import EDGE, relapse_rate, relapsed
from euthymia.symptoms.jumps import Jumps, held, rate
from euthymia.symptoms.relapse import FOLD

DAY, WEEK = 24.0, 168.0
PEOPLE = 40_000
JUMPS = Jumps.from_record(load_record("relapse"))
ALIKE = replace(JUMPS, frailty=0.0)
USUAL = JUMPS.relief_usual


def first_falls(jumps: Jumps, relief: float, days: int, seed: int = 5) -> np.ndarray:
    """Return on which day people who stay better first fall, from 1; one more than all days for those who never do."""
    rng = np.random.default_rng(seed)
    frail, found = jumps.factor(rng.uniform(size=PEOPLE)), np.full(PEOPLE, days + 1)
    everybody, nobody = np.ones(PEOPLE, dtype=bool), np.zeros(PEOPLE, dtype=bool)
    for day in range(1, days + 1):
        fallen = jumps.fallen_after(
            nobody, DAY, relief=np.full(PEOPLE, relief), better=everybody, frail=frail, u=rng.uniform(size=PEOPLE)
        )
        found = np.where(fallen & (found > days), day, found)
    return found


@settings(deadline=None)
@given(st.floats(-EDGE * FOLD, EDGE * FOLD))
def test_rates_of_many_tilts_are_those_of_the_wells(tilt: float):
    assert float(rate(JUMPS.well, np.array([tilt]))[0]) == pytest.approx(relapse_rate(JUMPS.well, tilt), rel=1e-3)


def test_a_tilt_without_a_well_is_refused():
    with pytest.raises(EuthymiaError, match="expected at most"):
        rate(JUMPS.well, np.array([0.0, FOLD]))


def test_a_constant_hazard_gives_exponential_times():
    found, days = first_falls(ALIKE, 0.0, 364), np.arange(1, 365)
    expected = -np.expm1(-relapse_rate(JUMPS.well, 0.0) * days * DAY)
    assert np.abs((found[:, None] <= days).mean(0) - expected).max() < 1.63 / np.sqrt(PEOPLE)  # Kolmogorov, 1 %


@pytest.mark.parametrize(("relief", "share"), [(0.0, 0.376), (USUAL, 0.196)])
def test_those_who_stop_and_go_on_relapse_by_half_a_year_as_published(relief: float, share: float):
    found = first_falls(JUMPS, relief, 182)
    assert (found <= 182).mean() == pytest.approx(share, abs=0.01)


def test_frail_people_relapse_first_so_that_the_hazard_fades():
    found = first_falls(JUMPS, 0.0, 364)
    expected = relapsed(JUMPS.well, np.array([0.0, 26 * WEEK, 52 * WEEK]), lambda t: 0.0, frailty=JUMPS.frailty)
    assert [(found <= days).mean() for days in (182, 364)] == pytest.approx(expected[1:], abs=0.01)


def test_factors_have_mean_one_and_the_variance_asked_for():
    u = (np.arange(200_000) + 0.5) / 200_000
    assert JUMPS.factor(u).mean() == pytest.approx(1.0, abs=1e-3)
    assert JUMPS.factor(u).var() == pytest.approx(JUMPS.frailty, rel=0.01)
    assert np.all(ALIKE.factor(u) == 1.0)


@pytest.mark.parametrize(("better", "frail"), [(False, 1.0), (True, 0.0)])
def test_nobody_falls_who_is_not_better_or_has_no_hazard(better: bool, frail: float):
    u, nobody = np.linspace(1e-12, 1.0 - 1e-12, 1001), np.zeros(1001, dtype=bool)
    after = ALIKE.fallen_after(
        nobody, WEEK, relief=0.0 * u, better=np.full(1001, better), frail=np.full(1001, frail), u=u
    )
    assert not after.any()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.floats(-4.0, 8.0), st.floats(0.0, 6.0))
def test_more_relief_never_means_more_relapse(seed: int, relief: float, more: float):
    rng = np.random.default_rng(seed)
    better, frail = np.ones(200, dtype=bool), JUMPS.factor(rng.uniform(size=200))
    worse = well = np.zeros(200, dtype=bool)
    for _ in range(60):
        u = rng.uniform(size=200)
        asked = {"better": better, "frail": frail, "u": u}
        worse = JUMPS.fallen_after(worse, DAY, relief=np.full(200, relief), **asked)
        well = JUMPS.fallen_after(well, DAY, relief=np.full(200, relief + more), **asked)
        assert np.all(worse | ~well)


def test_jumps_to_and_fro_balance_by_their_two_rates():
    rng, fallen = np.random.default_rng(3), np.zeros(4000, dtype=bool)
    ones, relief, seen = np.ones(4000), np.full(4000, 0.4 * USUAL), []
    for week in range(1500):
        fallen = ALIKE.fallen_after(fallen, DAY, relief=relief, better=ones > 0.0, frail=ones, u=rng.uniform(size=4000))
        seen += [fallen.mean()] if week > 500 else []
    down, up = (-np.expm1(-rate(JUMPS.well, way * JUMPS.tilt(relief[:1]))[0] * DAY) for way in (1.0, -1.0))
    assert np.mean(seen) == pytest.approx(down / (down + up), abs=0.01)


@given(st.floats(0.0, 1.0), st.booleans(), st.floats(0.0, 900.0), st.floats(0.01, 900.0))
def test_the_mean_of_what_is_lost_is_the_mean_of_its_course(before: float, falls: bool, since: float, length: float):
    share, fallen = np.array([before]), np.array([falls])
    t = since + length * (np.arange(2000) + 0.5) / 2000
    course = np.array([JUMPS.lost(share, fallen, one)[0] for one in t])
    assert np.all((course >= 0.0) & (course <= 1.0))
    assert JUMPS.mean_lost(share, fallen, since, since + length)[0] == pytest.approx(course.mean(), abs=1e-5)


@given(st.floats(0.0, 1.0), st.booleans(), st.floats(0.0, 500.0), st.floats(0.0, 500.0))
def test_two_steps_lose_what_one_does(before: float, falls: bool, first: float, second: float):
    share, fallen = np.array([before]), np.array([falls])
    halfway = JUMPS.lost(share, fallen, first)
    assert JUMPS.lost(halfway, fallen, second) == pytest.approx(JUMPS.lost(share, fallen, first + second), abs=1e-12)


def test_nobody_can_lose_what_was_never_gained():
    assert held(np.array([-12.0, 0.0, 7.0])).tolist() == [12.0, 0.0, 0.0]
