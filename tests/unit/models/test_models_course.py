"""A treatment in people, whatever the drug: peaks by an independent path, bands, what adds and what has no effect."""

from __future__ import annotations

import numpy as np
import pytest

import euthymia as eu
from euthymia.engine.course import Course
from euthymia.engine.reading import read_records
from euthymia.evidence import load_record
from euthymia.models.condition import Condition
from euthymia.pharmacology.compartments import compartment_model
from euthymia.pharmacology.predict import predict
from euthymia.runs.treatment import Treatment
from euthymia.treatment.sentence import regimen

DRIP = "ketamine 0.5 mg/kg iv over 40 min on day 1"
SPRAY = "esketamine 84 mg nasal on day 1"
KAMP = {"CL": "L/h", "Q2": "L/h", "Q3": "L/h", "V1": "L", "V2": "L", "V3": "L"}


@pytest.fixture(scope="module")
def drip() -> Course:
    return eu.simulate(DRIP, days=2)


def last_day(course: Course, name: str) -> float:
    """Return the mean of a variable over the last day of a course."""
    late = course.t >= course.t[-1] - 24.0
    return float(np.trapezoid(course[name][late], course.t[late]) / 24.0)


def test_an_infusion_of_the_racemate_peaks_where_the_data_file_path_says(drip: Course):
    """The same arterial model by the closed forms that data files go through: no state, no matrix in common."""
    kg = load_record("population").value("weight_mean", "kgbw")
    record = load_record("ketamine_kamp")
    scale = kg / record.value("weight_reference", "kgbw")
    model = compartment_model("three-compartment-iv", {name: scale * record.value(name, u) for name, u in KAMP.items()})
    hours = 40.0 / 60.0
    rows = [f"1,0,{0.5 * kg!r},{0.5 * kg / hours!r},.,1", *(f"1,{t!r},.,.,.,0" for t in drip.t[1:].tolist())]
    found = predict(read_records("\n".join(["ID,TIME,AMT,RATE,DV,EVID", *rows])), model)
    expected = 1000.0 * np.array([row.pred for row in found.rows])  # mg/L to ng/mL
    np.testing.assert_allclose(drip["plasma"][1:], expected, rtol=1e-6)
    assert drip.t[drip["plasma"].argmax()] == pytest.approx(hours)
    assert drip.series("plasma").label == "Ketamine in arterial plasma"


def test_the_racemate_at_antidepressant_dose_reaches_more_than_84_mg_by_nose(drip: Course):
    spray = eu.simulate(SPRAY, days=2)
    for name in ("effect site", "NMDA block SST", "CADSS"):
        assert drip[name].max() > spray[name].max()
    assert drip.t[drip["CADSS"].argmax()] == pytest.approx(40.0 / 60.0)  # science notes 3.1: at 40 min
    assert drip.at("CADSS", 80.0 / 60.0) == pytest.approx(0.0, abs=0.05)  # and gone at 80


def test_an_active_placebo_blocks_nothing_and_sedates():
    course = eu.simulate("midazolam 0.045 mg/kg iv over 40 min on day 1", days=2)
    for name in ("effect site", "NMDA block E", "NMDA block PV", "NMDA block SST", "surge", "CADSS", "SBP change"):
        assert course[name].max() == 0.0
    assert course["severity change"] == pytest.approx(0.0, abs=1e-9)
    assert 0.3 < course["sedation"].max() < 0.7
    assert course["sedation"][-1] < 1e-6
    sham = eu.simulate("placebo iv over 40 min on day 1", days=2)
    assert course["MADRS"][-1] == pytest.approx(sham["MADRS"][-1], abs=1e-9)


@pytest.mark.parametrize(
    "lowest", ["sertraline 50 mg", "citalopram 20 mg", "escitalopram 10 mg", "paroxetine 20 mg", "fluoxetine 20 mg"]
)
def test_the_lowest_usual_dose_occupies_what_was_seen_in_patients(lowest: str):
    """Meyer 2004: 76 to 85 %, whole percent as printed, in the striatum; fluoxetine takes twelve weeks to build up."""
    weeks = 12 if "fluoxetine" in lowest else 6
    course = eu.simulate(f"{lowest} po daily for {weeks} weeks", days=7.0 * weeks)
    low, high = (load_record("sert").value(name, "1") for name in ("theta_low", "theta_high"))
    assert low <= round(last_day(course, "SERT occupancy"), 2) <= high


def test_where_only_occupancy_by_dose_is_known_it_rises_to_it_and_washes_out_and_has_no_level():
    course = eu.simulate("venlafaxine 75 mg daily for 6 days", days=12)
    record = load_record("sert")
    Vmax, D50 = record.value("Vmax_venlafaxine_striatum", "1"), record.value("D50_venlafaxine_striatum", "mg/d")
    assert course.at("SERT occupancy", 144.0) == pytest.approx(Vmax * 75.0 / (75.0 + D50), rel=0.01)
    assert course.at("SERT occupancy", 12.0) < 0.95 * course.at("SERT occupancy", 144.0)
    assert course.at("SERT occupancy", 288.0) < 0.01
    assert "venlafaxine" not in course.names


def test_two_drugs_at_one_transporter_occupy_more_than_one_and_less_than_their_sum():
    one, other = "sertraline 50 mg daily for 10 days", "citalopram 20 mg daily for 10 days"
    alone = [eu.simulate(words, days=10).at("SERT occupancy", 240.0) for words in (one, other)]
    both = eu.simulate(f"{one}; {other}", days=10).at("SERT occupancy", 240.0)
    assert max(alone) < both < load_record("sert").value("Omax", "1") < sum(alone)
    odds = [theta / (0.9 - theta) for theta in alone]
    assert both == pytest.approx(0.9 * sum(odds) / (1.0 + sum(odds)), rel=1e-9)


def test_a_drug_that_binds_no_transporter_has_no_occupancy():
    for words in (SPRAY, DRIP):
        assert "SERT occupancy" not in eu.simulate(words, days=2).names


def test_an_antidepressant_without_known_occupancy_stands_for_the_usual_one_and_the_label_says_so():
    course = eu.simulate("mirtazapine 15 mg daily for 2 weeks", days=14)
    assert course["severity change"][-1] < -0.5
    assert "or what stands for them" in course.series("SERT occupancy").label
    assert "or what" not in eu.simulate("venlafaxine 75 mg on day 1", days=1).series("SERT occupancy").label


def test_a_tablet_moves_mood_from_its_first_dose_on_by_the_chain_and_nothing_else():
    tablets = eu.simulate("sertraline 100 mg po daily for 4 weeks from day 8", days=42)
    without = eu.simulate("none", days=42)
    t = np.intersect1d(tablets.t, without.t)
    effect = np.array([tablets.at("MADRS", at) - without.at("MADRS", at) for at in t])
    expected = np.array([tablets.at("severity change", at) for at in t])
    assert effect == pytest.approx(expected, abs=1e-9)
    assert effect[t <= 168.0] == pytest.approx(0.0, abs=1e-9)
    assert -2.6 < effect[t == 840.0][0] < -1.4


def test_tablets_leave_the_spray_s_way_to_mood_as_it_was():
    """But for the little that two ways of growing the same spines take from one another."""
    spray, tablets = SPRAY, "sertraline 50 mg daily for 3 days"
    alone, drug, both = (eu.simulate(words, days=3) for words in (spray, tablets, f"{spray}; {tablets}"))
    t = np.intersect1d(alone.t, both.t)
    for name in ("plasma", "noresketamine", "effect site", "CADSS"):
        one, other = (np.array([course.at(name, at) for at in t]) for course in (alone, both))
        assert other == pytest.approx(one, rel=1e-6, abs=1e-3)
    late = 71.0
    change = [course.at("severity change", late) for course in (alone, drug, both)]
    assert change[2] == pytest.approx(change[0] + change[1], rel=0.03)


def test_people_on_several_drugs_are_the_same_whatever_the_threads_and_however_many_follow():
    words = f"{DRIP}; sertraline 50 mg daily for 2 days"
    few, many = (eu.simulate(words, days=2, population=n, threads=t) for n, t in ((3, 1), (600, 2)))
    for name in ("plasma", "sertraline", "SERT occupancy", "MADRS", "CADSS"):
        np.testing.assert_array_equal(few[name], many[name][:3])


def test_people_differ_in_every_drug():
    words = f"{DRIP}; fluoxetine 20 mg daily for 2 days"
    course = eu.simulate(words, days=2, population=40)
    for name in ("plasma", "fluoxetine", "norfluoxetine", "SERT occupancy"):
        assert course[name][:, -1].std() > 0.02 * course[name][:, -1].mean()


def test_an_inhibitor_alongside_raises_the_level_and_its_record_is_named():
    plain, inhibited = (eu.simulate(SPRAY, days=1, condition=c) for c in (None, Condition(alongside=("ticlopidine",))))
    t = np.intersect1d(plain.t, inhibited.t)
    areas = [np.trapezoid([course.at("plasma", at) for at in t], t) for course in (inhibited, plain)]
    assert areas[0] / areas[1] == pytest.approx(1.29, rel=0.06)  # the published ratio is that to infinity
    assert inhibited.names == plain.names


@pytest.mark.parametrize(
    ("words", "record"),
    [(DRIP, "ketamine_kamp"), ("sertraline 50 mg on day 1", "sert"), ("midazolam 2 mg iv on day 1", "midazolam")],
)
def test_a_course_names_the_numbers_of_its_drugs(words: str, record: str):
    names = {str(number["name"]) for number in eu.simulate(words, days=1).meta.assumptions}
    assert f"{record}.{next(iter(load_record(record)))}" in names
    assert len(names) == len(eu.simulate(words, days=1).meta.assumptions)


@pytest.mark.parametrize(
    "sentence", [DRIP, "ketamine 3 mg/kg iv over 40 min on day 1", "sertraline 50 mg oral daily for 1 week"]
)
def test_asking_for_some_variables_gives_the_bytes_of_asking_for_all(sentence: str):
    treatment = Treatment(regimen(sentence), days=7.0, population=20)
    _, whole = treatment.course(range(20), 1)
    for name in whole.names:
        _, course = treatment.course(range(20), 1, only={name, "no such variable"})
        assert course.names == (name,)
        assert np.array_equal(course[name], whole[name])
        assert (course.series(name).unit, course.series(name).label) == (
            whole.series(name).unit,
            whole.series(name).label,
        )
