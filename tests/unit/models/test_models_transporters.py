"""Occupied transporters from linear outputs: hyperbolas alone, competition together, rise and washout by half-life."""

from __future__ import annotations

import numpy as np
import pytest

import euthymia as eu
from euthymia.engine.linear import respond
from euthymia.evidence import load_record
from euthymia.models.defaults import default_chain, default_safety
from euthymia.models.dosing import routes_of, sessions
from euthymia.models.exposure import Exposure, exposure
from euthymia.models.following import events_of
from euthymia.models.transporters import (
    USUAL,
    Daily,
    binds,
    daily_courses,
    given_daily,
    half_life,
    occupancy,
    with_transporters,
)
from euthymia.patients.population import typical
from euthymia.pharmacology.body import Normal
from euthymia.pharmacology.transporter import dose_occupancy, plasma_occupancy
from euthymia.treatment.sentence import regimen

SERT = load_record("sert")
LONG = 24.0 * 90


def nobody_differs(drug: str) -> Normal:
    return lambda purpose: np.zeros(1)


def exposed(words: str = "", daily: tuple[str, ...] = ()) -> Exposure:
    chain, routes = default_chain(), routes_of(regimen(words).doses) if words else {}
    found = exposure(routes, typical(37.0), nobody_differs, brain=chain.brain, tolerance=default_safety().tolerance)
    return with_transporters(found, nobody_differs, daily)


def theta_of(found: Exposure, events: list, t: np.ndarray) -> np.ndarray:
    values = respond(found.linear, events, t)
    theta = occupancy({name: values[:, place] for place, name in enumerate(found.linear.outputs)})
    assert theta is not None
    return theta[0]


def theta_daily(courses: list[Daily], t: np.ndarray) -> np.ndarray:
    found = exposed(daily=tuple(one.drug for one in courses))
    return theta_of(found, events_of(found, given_daily(courses, 1)), t)


def test_a_tablet_occupies_what_its_level_says():
    words, t = "sertraline 50 mg oral daily for 20 days", np.array([4.0, 24.0, 100.0, 479.0])
    found, given = exposed(words), regimen(words)
    events = found.events(sessions(given.doses, np.array([70.0])))
    level = respond(found.linear, events, t)[0, found.linear.outputs.index("sertraline venous")]
    np.testing.assert_allclose(theta_of(found, events, t), plasma_occupancy(SERT, "sertraline")(level), rtol=1e-9)


@pytest.mark.parametrize(("drug", "mg"), [("venlafaxine", 75.0), ("duloxetine", 60.0), ("escitalopram", 10.0)])
def test_daily_use_settles_at_the_published_hyperbola(drug: str, mg: float):
    settled = theta_daily([Daily(drug, mg, 0.0, LONG)], np.array([LONG - 1.0]))
    assert settled[0] == pytest.approx(float(dose_occupancy(SERT, drug)(mg)), rel=1e-6)


def test_an_unnamed_antidepressant_settles_at_the_usual_occupancy():
    settled = theta_daily([Daily(USUAL, 1.0, 0.0, LONG)], np.array([LONG - 1.0]))
    assert settled[0] == pytest.approx(SERT.value("theta_usual", "1"), rel=1e-9)


def test_what_is_taken_a_day_rises_and_washes_out_with_the_half_life():
    hours = half_life("venlafaxine")
    found = exposed(daily=("venlafaxine",))
    events = events_of(found, given_daily([Daily("venlafaxine", 75.0, 0.0, LONG)], 1))
    D = respond(found.linear, events, np.array([hours, LONG, LONG + hours]))[0]
    load = D[found.linear.outputs.index("SERT load")]
    np.testing.assert_allclose(load / load[1], [0.5, 1.0, 0.5], rtol=1e-9)


def test_two_drugs_compete_for_one_site():
    t = np.array([LONG - 1.0])
    one, other = (theta_daily([Daily(drug, 40.0, 0.0, LONG)], t) for drug in ("fluoxetine", "citalopram"))
    both = theta_daily([Daily(drug, 40.0, 0.0, LONG) for drug in ("fluoxetine", "citalopram")], t)
    assert max(one[0], other[0]) < both[0] < one[0] + other[0]
    assert both[0] < 1.0


def test_tablets_a_day_apart_are_one_course_and_a_change_of_dose_begins_another():
    doses = regimen("venlafaxine 75 mg oral daily for 7 days; venlafaxine 150 mg oral on days 8 9 10").doses
    first, second = daily_courses(doses)
    assert first == Daily("venlafaxine", 75.0, 0.0, 168.0)
    assert second == Daily("venlafaxine", 150.0, 168.0, 240.0)


def test_a_pause_ends_a_course():
    courses = daily_courses(regimen("duloxetine 60 mg oral on days 1 2 5 6").doses)
    assert [(one.start, one.stop) for one in courses] == [(0.0, 48.0), (96.0, 144.0)]


def test_an_antidepressant_without_known_occupancy_counts_as_the_usual_one():
    (course,) = daily_courses(regimen("mirtazapine 30 mg oral daily for 7 days").doses)
    assert course == Daily(USUAL, 1.0, 0.0, 168.0)


def test_only_antidepressants_bind():
    assert binds(regimen("sertraline 50 mg oral on day 1").doses)
    assert not binds(regimen("esketamine 84 mg nasal on day 1").doses)


def test_nobody_is_given_a_load_who_takes_nothing_that_binds():
    course = eu.simulate("esketamine 56 mg nasal on day 1", days=1)
    assert "SERT occupancy" not in course.variables
    assert "autoreceptors" not in course.variables


def test_stopping_ends_serotonin_in_days_and_mood_in_weeks():
    course = eu.simulate("escitalopram 10 mg oral daily for 8 weeks", days=84, safety=False)
    last = int(np.searchsorted(course.t, 56 * 24.0))
    later = int(np.searchsorted(course.t, 70 * 24.0))
    raised, effect = course["serotonin"] - 1.0, course["severity change"]
    assert raised[later] < 0.05 * raised[last]
    assert 0.3 < effect[later] / effect[last] < 0.8
