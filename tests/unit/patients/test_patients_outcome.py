"""Judging a course: its expected fall is that of the courses without drug, and its chance that of drawn ratings."""

from __future__ import annotations

import numpy as np
import pytest

from euthymia.engine.stream import Stream
from euthymia.evidence import load_record
from euthymia.patients.outcome import Judged
from euthymia.symptoms.background import REFERENCE_DAY, Background, Person, change
from euthymia.symptoms.rating import Rating

AMPLITUDES = load_record("amplitudes")
WEEKS8 = 8 * 168.0
MANY = 200_000


def test_the_expected_fall_is_that_of_natural_recovery_and_care():
    typical = Background.from_record(AMPLITUDES)
    baseline, care = np.array([20.0, 37.0, 50.0]), np.array([-3.0, 10.0, 25.0])
    person = Person(baseline, care, np.full(3, typical.tau_care), np.zeros(3))
    fall = -change(typical, person, WEEKS8, 0.0, sessions=np.zeros(0), attended=np.zeros((0, 3)))
    judged = Judged.after(WEEKS8, AMPLITUDES)
    # Where the fall that is asked for is the expected one, the margin is nothing.
    for each, expected in zip(range(3), fall, strict=True):
        share = float(expected / baseline[each])
        assert judged.margin(share, baseline=baseline[each], care=care[each]) == pytest.approx(0.0, abs=1e-12)


def test_at_study_day_28_care_has_reached_its_reference():
    assert Judged.after(REFERENCE_DAY, AMPLITUDES).reached == pytest.approx(1.0)


@pytest.mark.parametrize("fall", [0.25, 0.5])
def test_the_chance_to_respond_is_the_share_of_drawn_ratings_that_do(fall: float):
    judged, rating = Judged.after(WEEKS8, AMPLITUDES), Rating.from_record(load_record("rating"))
    first, last = Stream(3).normal("ratings", 0, MANY, columns=2).T
    baseline, care, added = np.array([40.0]), np.array([8.0]), 2.0
    rated_start = baseline + rating.sem * first
    true_end = (1.0 - judged.natural) * baseline - judged.reached * care - added
    rated_end = true_end + np.hypot(rating.sem, AMPLITUDES.value("sd_visit", "points")) * last
    drawn = float((rated_start - rated_end >= fall * rated_start).mean())
    chance = float(judged.responding(fall, baseline=baseline, care=care, added=added)[0])
    assert drawn == pytest.approx(chance, abs=4.0 * np.sqrt(chance * (1.0 - chance) / MANY))


def test_care_of_unknown_size_widens_what_is_judged():
    judged = Judged.after(WEEKS8, AMPLITUDES)
    assert judged.spread(0.5, 10.0) == pytest.approx(np.hypot(judged.spread(0.5), 10.0 * judged.reached))
