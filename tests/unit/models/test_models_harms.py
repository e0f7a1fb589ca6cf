"""Harms along a course: what the label and the papers say of an anaesthetic dose, a spray, and a swallowed dose."""

from __future__ import annotations

import numpy as np
import pytest

import euthymia as eu
from euthymia.evidence import load_record
from euthymia.report import figures
from euthymia.safety.anaesthesia import Anaesthesia


def course(regimen: str, days: float = 1.0, *, safety: bool = True) -> eu.api.TreatmentCourse:
    return eu.simulate(regimen, days=days, safety=safety)


@pytest.fixture(scope="module")
def injected() -> eu.api.TreatmentCourse:
    return course("ketamine 2 mg/kg iv over 1 min on day 1")


@pytest.fixture(scope="module")
def sprayed() -> eu.api.TreatmentCourse:
    return course("esketamine 84 mg nasal on day 1")


def test_two_mg_per_kg_into_a_vein_takes_responsiveness_and_memory_for_minutes(injected: eu.api.TreatmentCourse):
    # Label: 2 mg/kg over one minute usually gives surgical anaesthesia within 30 s for 5 to 10 minutes.
    minutes = 60.0 * injected.t
    asleep = injected["unresponsive"]
    at = {minute: asleep[np.argmin(np.abs(minutes - minute))] for minute in (2.0, 5.0, 15.0, 30.0)}
    assert at[2.0] > 0.95
    assert at[5.0] > 0.5 > at[15.0]
    assert at[30.0] < 0.05
    assert injected["memory"] == pytest.approx(1.0 - asleep)


def test_breathing_is_kept_under_anaesthesia(injected: eu.api.TreatmentCourse):
    rest = load_record("respiration").value("V_rest", "L/min")
    assert injected["ventilation"].min() >= rest


def test_a_spray_leaves_people_responsive_and_remembering(sprayed: eu.api.TreatmentCourse):
    assert sprayed["unresponsive"].max() < 1e-3
    assert sprayed["memory"].min() > 0.999


def test_liking_starts_neutral_outlasts_dissociation_and_ends(sprayed: eu.api.TreatmentCourse):
    minutes, liking, CADSS = 60.0 * sprayed.t, sprayed["drug liking"], sprayed["CADSS"]
    assert liking[0] == pytest.approx(50.0)
    late = np.argmin(np.abs(minutes - 120.0))
    assert (liking[late] - 50.0) / (liking.max() - 50.0) > 5.0 * CADSS[late] / CADSS.max()
    assert liking[-1] == pytest.approx(50.0, abs=0.1)


def test_diastolic_pressure_is_the_stated_share_of_systolic(sprayed: eu.api.TreatmentCourse):
    ratio = load_record("pressure").value("DBP_ratio", "1")
    assert sprayed["DBP change"] == pytest.approx(ratio * sprayed["SBP change"])


def test_the_fast_site_stands_where_its_own_equation_puts_it_during_a_long_infusion():
    # After hours of infusion the site equals the arterial level but for the rise within one half-time.
    infused = course("ketamine 5 mg/kg iv over 360 min on day 1", days=0.25)
    curve = Anaesthesia.from_record(load_record("anaesthesia"))
    expected = float(curve.unresponsive(curve.depth(racemate=infused["plasma"][-1])))
    assert infused["unresponsive"][-1] == pytest.approx(expected, rel=0.01)


def test_without_safety_the_course_is_the_same_and_only_harms_are_gone(sprayed: eu.api.TreatmentCourse):
    plain = course("esketamine 84 mg nasal on day 1", safety=False)
    gone = set(sprayed.variables) - set(plain.variables)
    assert gone == {
        *("CADSS", "SBP change", "DBP change", "sedation", "unresponsive", "memory", "ventilation", "drug liking")
    }
    assert not set(plain.variables) - set(sprayed.variables)
    for name in plain.variables:
        assert plain[name] == pytest.approx(sprayed[name], rel=1e-9, abs=1e-9)


def test_a_placebo_harms_nobody():
    nothing = course("placebo nasal on day 1")
    rest = load_record("respiration").value("V_rest", "L/min")
    expected = {"CADSS": 0.0, "sedation": 0.0, "unresponsive": 0.0, "memory": 1.0, "drug liking": 50.0}
    assert {name: nothing[name].max() for name in expected} == expected
    assert nothing["ventilation"] == pytest.approx(np.full(nothing.t.size, rest))


def test_levels_of_ketamine_move_within_hours_and_those_of_tablets_within_days():
    both = eu.simulate("ketamine 0.5 mg/kg iv over 40 min on day 1; sertraline 50 mg oral daily for 3 days", days=3)
    fast = figures.fast(both)
    assert {"plasma", "S-ketamine", "R-ketamine", "memory"} <= set(fast)
    assert not {"sertraline", "SERT occupancy", "spines", "MADRS"} & set(fast)
