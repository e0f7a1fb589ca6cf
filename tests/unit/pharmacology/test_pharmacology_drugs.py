"""Every body keeps mass, follows its routes, takes its covariates and refuses what it cannot follow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.errors import ConvergenceError, ScheduleError, UnknownNameError
from euthymia.evidence import load_record
from euthymia.pharmacology.body import Body, Individual, Route
from euthymia.pharmacology.covariates import CovariateError, Metaboliser, people
from euthymia.pharmacology.drugs import bodies, find_body
from euthymia.pharmacology.drugs.paroxetine import at_daily_dose
from euthymia.pharmacology.interactions import (
    INTERACTIONS,
    apply,
    exposure,
    factor_for,
    interactions,
    on_occasion,
    with_drug,
)

IV, ORAL, NASAL = Route.INTRAVENOUS, Route.ORAL, Route.NASAL
NAMES = [body.name for body in bodies()]
EFFECT_SITES = {"albrecht1999"}  # its last state is no amount of drug


def some(body: Body, seed: int, count: int = 3) -> Individual:
    rng = np.random.default_rng(seed)
    return body.draw(lambda _: rng.standard_normal(count), people(count))


@pytest.mark.parametrize("name", NAMES)
@given(st.integers(0, 2**32 - 1))
def test_no_body_makes_drug_or_a_negative_amount(name: str, seed: int):
    body = find_body(name)
    matrix = body.matrix(some(body, seed))
    kept = matrix[:, :-1, :-1] if name in EFFECT_SITES else matrix
    scale = np.abs(kept).max()
    assert kept.sum(axis=1).max() <= 1e-12 * scale
    off_diagonal = kept - np.einsum("pii->pi", kept)[:, :, None] * np.eye(kept.shape[-1])
    assert off_diagonal.min() >= -1e-12 * scale
    assert np.linalg.eigvals(matrix).real.max() < 0.0


@pytest.mark.parametrize("name", ["kamp2020", "clements1981", "domino1984", "barr-zomorodi"])
def test_only_the_central_compartment_loses_drug(name: str):
    body = find_body(name)
    loss = -body.matrix(some(body, 1)).sum(axis=1)
    central = body.states.index("c")
    assert (loss[:, central] > 0.0).all()
    np.testing.assert_allclose(np.delete(loss, central, axis=1), 0.0, atol=1e-12)


@pytest.mark.parametrize("name", ["kamp2020", "otto2021", "akil2016", "areberg2006", "fluoxetine-label", "zhang2024"])
def test_the_first_area_is_what_enters_over_the_clearance(name: str):
    body = find_body(name)
    person = body.typical(people(1))
    if name == "akil2016":
        expected = 5e3 * (1.0 / person.values["CLR"] + 1.0 / person.values["CLS"])
    else:
        expected = 1e4 / person.values["CL"]
    assert exposure(body, person, body.routes[0], 10.0)[0, 0] == pytest.approx(float(expected[0]))


@pytest.mark.parametrize("name", NAMES)
def test_a_dose_by_each_route_enters_its_target_once(name: str):
    body = find_body(name)
    person = body.typical(people(2))
    for route in body.routes:
        events = body.inputs(route, 5.0, np.array([0.0, 28.0]), 0.0, person)
        entered = sum(event.amount for event in events)
        assert events[0].target == body.target(route) or route is NASAL
        assert all(event.t >= 5.0 for event in events)
        assert entered[0] == 0.0 < entered[1] <= 28.0


def test_a_lag_delays_each_person_by_the_own_time():
    body = find_body("areberg2006")
    person = apply(body.typical(people(2)), {"tlag": np.array([1.0, 2.0])})
    first, second = body.inputs(ORAL, 1.0, np.full(2, 10.0), 0.0, person)
    assert second.t - first.t == pytest.approx(0.93)
    np.testing.assert_array_equal(first.amount + second.amount, [10.0, 10.0])
    np.testing.assert_array_equal(first.amount * second.amount, 0.0)


def test_an_oral_solution_of_esketamine_enters_over_its_own_time():
    body = find_body("perezruixo2021")
    (event,) = body.inputs(ORAL, 0.0, np.array([50.0]), 0.0, body.typical(people(1)))
    assert (event.duration, float(event.amount[0])) == pytest.approx((0.32, 50.0 * 0.64))


def test_another_route_and_a_long_swallow_are_refused():
    person = find_body("otto2021").typical(people(1))
    with pytest.raises(ScheduleError, match=r"esketamine nasal is not in the model otto2021; .*allowed: iv"):
        find_body("otto2021").inputs(NASAL, 0.0, np.array([28.0]), 0.0, person)
    with pytest.raises(ScheduleError, match="only iv doses are given over a time"):
        find_body("kamp2020").inputs(ORAL, 0.0, np.array([28.0]), 1.0, find_body("kamp2020").typical(people(1)))


def test_a_typo_in_a_body_or_a_drug_gets_the_nearest_name():
    with pytest.raises(UnknownNameError, match="did you mean 'kamp2020'"):
        find_body("kamp202")
    with pytest.raises(UnknownNameError, match="did you mean 'sertraline'"):
        bodies("sertralin")
    with pytest.raises(UnknownNameError):
        bodies("venlafaxine")


def test_the_first_body_of_a_drug_is_its_default():
    defaults = {drug: bodies(drug)[0].name for drug in ("esketamine", "ketamine", "paroxetine", "midazolam")}
    assert list(defaults.values()) == ["perezruixo2021", "kamp2020", "shigetome2025", "albrecht1999"]


@pytest.mark.parametrize("name", NAMES)
def test_every_output_says_its_substance_and_its_blood(name: str):
    body = find_body(name)
    names = [output.name for output in body.outputs]
    assert len(set(names)) == len(names) == body.system(body.typical(people(1))).read.shape[1]
    assert all(output.blood.value in output.name for output in body.outputs)


def test_volume_and_clearance_of_one_person_are_drawn_together_as_published():
    body, rng = find_body("otto2021"), np.random.default_rng(3)
    normals = {name: rng.standard_normal(40_000) for name in body.mechanism.numbers()}
    drawn = body.draw(normals.__getitem__, people(40_000)).values
    found = np.cov(np.log(drawn["V1"]), np.log(drawn["CL"]))
    np.testing.assert_allclose(found, [[0.084, 0.0226], [0.0226, 0.026]], rtol=0.06)


def test_weight_age_sex_and_enzymes_act_as_published():
    def number(name: str, key: str, **covariates) -> float:
        return float(find_body(name).typical(people(1, **covariates)).values[key][0])

    assert number("otto2021", "CL", weight=140.0) == pytest.approx(95.2 * 2.0**0.75)
    assert number("otto2021", "V1", weight=140.0) == pytest.approx(266.0)
    assert number("kamp2020", "CL", weight=35.0) == pytest.approx(42.0)
    assert number("akil2016", "CLR", age=60.0, female=True) == pytest.approx(9.05)
    assert number("akil2016", "CLS", age=60.0, CYP2C19=Metaboliser.POOR) == pytest.approx(16.3)
    assert number("akil2016", "CLS", age=60.0, CYP2C19=Metaboliser.UNKNOWN) == pytest.approx(16.8)
    assert number("areberg2006", "V", weight=89.0) == pytest.approx(920.0)
    assert number("perezruixo2021", "kel", asian=True) == pytest.approx(1.11 * 0.36)
    assert number("perezruixo2021", "FRn", japanese=True) == pytest.approx(0.54 * 1.34)
    assert number("perezruixo2021", "Qh", age=70.0) == pytest.approx(151.0 - 21.9)
    assert number("albrecht1999", "V1", age=65.0) == pytest.approx(8.5)


def test_people_that_cannot_be_are_refused():
    with pytest.raises(CovariateError, match="weight of 0 kg"):
        people(1, weight=0.0)
    with pytest.raises(CovariateError, match="CYP2B6 activity outside 0 to 1"):
        people(1, CYP2B6=1.5)
    with pytest.raises(CovariateError, match="escitalopram"):
        find_body("areberg2006").typical(people(1, weight=10.0))


@pytest.mark.parametrize("case", [each for each in INTERACTIONS if each.steps], ids=lambda c: f"{c.other}-{c.body}")
def test_an_interaction_gives_the_published_ratios(case):
    body = find_body(case.body)
    person = body.typical(people(1))
    for step in case.steps:
        changed = exposure(body, with_drug(body, person, case.other, step.route), step.route, 84.0)[0, 0]
        published = load_record("interactions").value(step.ratio, "1")
        assert changed / exposure(body, person, step.route, 84.0)[0, 0] == pytest.approx(published, rel=1e-9)


def test_what_nothing_was_published_on_is_refused():
    body = find_body("perezruixo2021")
    person = body.typical(people(1))
    with pytest.raises(UnknownNameError, match="did you mean 'rifampicin'"):
        with_drug(body, person, "rifampicine", IV)
    with pytest.raises(ScheduleError, match="ticlopidine with esketamine oral: nothing was published"):
        with_drug(body, person, "ticlopidine", ORAL)
    with pytest.raises(UnknownNameError, match="number of the body"):
        apply(person, {"kell": 2.0})
    with pytest.raises(ConvergenceError, match="no factor on kmet gives an area ratio of 1e"):
        factor_for(body, ("kmet",), NASAL, 1e6)
    assert interactions("kamp2020") == {}


def test_another_occasion_changes_only_what_is_named():
    person = find_body("kamp2020").typical(people(2))
    again = on_occasion(person, {"CL": 0.1}, lambda _: np.array([0.0, 1.0]))
    np.testing.assert_allclose(again.values["CL"] / person.values["CL"], [1.0, np.exp(0.1)])
    assert all(again.values[name] is value for name, value in person.values.items() if name != "CL")


def test_saturable_paroxetine_clears_less_at_a_larger_daily_dose():
    person = find_body("kim2015").typical(people(1, age=71.0))
    clearances = [float(at_daily_dose(person, dose).values["CL"][0]) for dose in (12.5, 25.0, 50.0)]
    assert clearances == pytest.approx([13.1 * 2.0**0.363, 13.1, 13.1 * 2.0**-0.363])
    with pytest.raises(ScheduleError, match="expected a number above 0"):
        at_daily_dose(person, 0.0)
    with pytest.raises(ScheduleError, match="no saturable clearance"):
        at_daily_dose(find_body("shigetome2025").typical(people(1)), 20.0)
