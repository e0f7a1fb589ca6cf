"""Therapy, other drugs and depletion in the chain: each acts where the table says, and nothing else moves."""

from __future__ import annotations

import numpy as np
import pytest

from euthymia.engine.course import Course
from euthymia.errors import EuthymiaError, UnknownNameError
from euthymia.evidence import load_record
from euthymia.models.beside import NOTHING, Beside, Depletion
from euthymia.models.course import treat
from euthymia.patients.population import typical
from euthymia.pharmacology.body import Normal
from euthymia.plasticity.learning import WEEK, Learning, LearningInput, Sessions, every
from euthymia.treatment.others import other_drug
from euthymia.treatment.sentence import regimen

SPRAY = "esketamine 84 mg nasal on day 1"
DAY = 24.0


def nobody_differs(drug: str) -> Normal:
    return lambda purpose: np.zeros(1)


def course(words: str = SPRAY, beside: Beside = NOTHING, days: float = 15.0) -> Course:
    return treat(typical(37.0), regimen(words), nobody_differs, days=days, seed=None, beside=beside, safety=False)


def at(found: Course, name: str, day: float) -> float:
    return float(found[name][np.searchsorted(found.t, day * DAY - 1e-6)])


def left(names: tuple[str, ...], day: float) -> float:
    """Return the effect on a day beside other drugs, as a share of the effect alone."""
    rows = tuple(row for name in names for row in other_drug(name))
    name = "severity change"
    return at(course(beside=Beside(others=rows)), name, day) / at(course(), name, day)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("NBQX", -0.01, 0.01),
        ("naltrexone", 0.5, 0.8),
        ("benzodiazepine", 0.7, 0.95),
        ("lamotrigine", 0.4, 0.9),
        ("memantine", 0.5, 1.0),
        ("rapamycin, synthesis", 0.7, 1.0),
    ],
)
def test_another_drug_weakens_the_effect_of_day_one_as_in_the_table(name: str, low: float, high: float):
    assert low < left((name,), 1.0) < high


def test_rapamycin_lengthens_the_effect_as_in_people_and_synthesis_shortens_it():
    assert left(("rapamycin",), 14.0) > 2.0
    assert left(("rapamycin, synthesis",), 14.0) < 0.5


def test_two_drugs_on_gates_multiply_at_small_effects():
    both = left(("naltrexone", "benzodiazepine"), 7.0)
    assert both < left(("naltrexone",), 7.0)
    assert both < left(("benzodiazepine",), 7.0)


def test_other_drugs_leave_the_exposure_as_it_is():
    beside = Beside(others=other_drug("naltrexone"))
    np.testing.assert_array_equal(course(beside=beside)["effect site"], course()["effect site"])


def test_an_unknown_drug_gets_the_nearest_name():
    with pytest.raises(UnknownNameError, match="did you mean 'naltrexone'"):
        other_drug("naltrexon")
    with pytest.raises(UnknownNameError):
        other_drug("glutamate over dose")  # watched in rats, given to nobody


def test_skills_without_a_drug_are_those_of_the_closed_form():
    sessions = every(WEEK, 4, first=0.0, practice=WEEK)
    found = course("placebo nasal on day 1", Beside(therapy=sessions), days=27.0)
    learning, lrn = Learning.from_record(load_record("plasticity")), 0.0
    spines = found["spines"]
    for k in range(1, found.t.size):
        growth = 0.5 * (spines[k] + spines[k - 1]) / spines[0] - 1.0
        lrn = float(learning.after(lrn, LearningInput(1.0, growth), found.t[k] - found.t[k - 1]))
    assert found["skills"][-1] == pytest.approx(lrn, rel=1e-4)


def test_skills_fade_slowly_when_sessions_end():
    sessions = Sessions((0.0, WEEK), practice=WEEK)
    found = course("placebo nasal on day 1", Beside(therapy=sessions), days=60.0)
    rate = 1.0 / load_record("plasticity").value("tau_lrn", "h")
    lasting = np.exp(-rate * (60.0 * DAY - 2.0 * WEEK))
    assert at(found, "skills", 60.0) / at(found, "skills", 14.0) == pytest.approx(lasting, rel=1e-6)


def test_ketamine_before_therapy_teaches_more_than_therapy_alone():
    sessions = every(WEEK, 4, first=DAY, practice=WEEK)
    alone = course("placebo nasal on day 1", Beside(therapy=sessions), days=28.0)
    both = course(SPRAY, Beside(therapy=sessions), days=28.0)
    assert at(both, "skills", 28.0) > at(alone, "skills", 28.0)


def test_depletion_costs_those_on_a_drug_and_nobody_else():
    lack = Beside(depletions=(Depletion(50 * DAY, 0.8, 12.0),))
    treated = "escitalopram 10 mg oral daily for 8 weeks"
    fall = at(course(treated, lack, 56.0), "severity change", 50.5) - at(
        course(treated, NOTHING, 56.0), "severity change", 50.5
    )
    untreated = at(course("placebo nasal on day 1", lack, 56.0), "severity change", 50.5)
    assert fall > 0.0
    assert untreated == pytest.approx(0.0, abs=1e-9)


def test_serotonin_of_the_depleted_comes_back():
    lack = Beside(depletions=(Depletion(50 * DAY, 0.8, 12.0),))
    found = course("escitalopram 10 mg oral daily for 8 weeks", lack, 56.0)
    assert at(found, "serotonin", 50.5) < 0.8 * at(found, "serotonin", 50.0)
    assert at(found, "serotonin", 55.0) == pytest.approx(at(found, "serotonin", 50.0), rel=0.02)


@pytest.mark.parametrize(("share", "hours"), [(1.0, 12.0), (-0.1, 12.0), (0.5, 0.0)])
def test_what_cannot_be_missing_is_refused(share: float, hours: float):
    with pytest.raises(EuthymiaError, match="expected 0 to 1"):
        Depletion(0.0, share, hours)
