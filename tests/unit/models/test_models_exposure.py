"""Drugs side by side in one system: each as its own model has it, and one effect site for both ketamines."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from euthymia.engine.linear import modes, respond
from euthymia.engine.stream import Stream
from euthymia.errors import EuthymiaError, ScheduleError, UnknownNameError
from euthymia.evidence import load_record
from euthymia.models.condition import HEALTHY, Condition
from euthymia.models.defaults import default_chain, default_safety
from euthymia.models.dosing import routes_of, sessions
from euthymia.models.exposure import Exposure, beside, exposure
from euthymia.models.taken import default_bodies, taken
from euthymia.patients.population import People, Traits, draw, typical
from euthymia.pharmacology.body import Normal
from euthymia.pharmacology.covariates import ChildPugh, CovariateError, Renal, people
from euthymia.pharmacology.interactions import exposure as areas
from euthymia.pharmacology.route import Route
from euthymia.treatment.regimen import Regimen
from euthymia.treatment.sentence import regimen

T = np.linspace(0.0, 48.0, 385)
DRIP = "ketamine 0.5 mg/kg iv over 40 min on day 1"
STREAM = Stream(7).fold("exposure")


def nobody_differs(drug: str) -> Normal:
    return lambda purpose: np.zeros(1)


def drawn(count: int) -> Callable[[str], Normal]:
    return lambda drug: lambda purpose: STREAM.fold("drug", drug).normal(purpose, 0, count)[:, 0]


def crowd(count: int) -> People:
    return draw(STREAM, 0, count, Traits())


def exposed(given: Regimen, who: People, normals: Callable[[str], Normal], condition: Condition = HEALTHY) -> Exposure:
    chain, safety = default_chain(), default_safety()
    return exposure(routes_of(given), who, normals, brain=chain.brain, tolerance=safety.tolerance, condition=condition)


def outputs(
    words: str,
    who: People | None = None,
    normals: Callable[[str], Normal] = nobody_differs,
    condition: Condition = HEALTHY,
) -> dict[str, np.ndarray]:
    """Return the outputs of a regimen at T, [person, time]."""
    given, who = regimen(words), who or typical(37.0)
    found = exposed(given, who, normals, condition)
    values = respond(found.linear, found.events(sessions(given, who.weight)), T)
    return {name: values[:, place] for place, name in enumerate(found.linear.outputs)}


@pytest.mark.parametrize(
    ("words", "drug", "route", "hours"),
    [
        ("ketamine 35 mg iv over 40 min on day 1", "ketamine", Route.INTRAVENOUS, 40.0 / 60.0),
        ("ketamine 35 mg im on day 1", "ketamine", Route.INTRAMUSCULAR, 0.0),
        ("ketamine 35 mg oral on day 1", "ketamine", Route.ORAL, 0.0),
        ("esketamine 35 mg oral on day 1", "esketamine", Route.ORAL, 0.0),
        ("midazolam 35 mg iv on day 1", "midazolam", Route.INTRAVENOUS, 0.0),
        ("citalopram 35 mg on day 1", "citalopram", Route.ORAL, 0.0),
        ("escitalopram 35 mg on day 1", "escitalopram", Route.ORAL, 0.0),
        ("fluoxetine 35 mg on day 1", "fluoxetine", Route.ORAL, 0.0),
        ("paroxetine 35 mg on day 1", "paroxetine", Route.ORAL, 0.0),
        ("sertraline 35 mg on day 1", "sertraline", Route.ORAL, 0.0),
    ],
)
def test_every_level_is_that_of_the_drug_s_own_model(words: str, drug: str, route: Route, hours: float):
    who, body = typical(37.0), default_bodies()[drug]
    own = body.typical(people(1, age=who.age, weight=who.weight))
    expected = respond(body.system(own), body.inputs(route, 0.0, np.array([35.0]), hours, own), T)
    found = outputs(words)
    for place, output in enumerate(body.outputs):
        scale = expected[:, place].max()
        np.testing.assert_allclose(found[output.name], expected[:, place], rtol=1e-9, atol=1e-12 * scale)


def test_esketamine_beside_nothing_is_esketamine_alone():
    words, who = "esketamine 84 mg nasal on days 1 2; esketamine 20 mg iv over 40 min on day 2 at 8 h", crowd(9)
    alone = exposed(regimen(words), who, drawn(9))
    drugs = taken(routes_of(regimen(words)), who, drawn(9), HEALTHY)
    other = beside(drugs, who.count, default_chain().brain, default_safety().tolerance)
    given = sessions(regimen(words), who.weight)
    one, two = respond(alone.linear, alone.events(given), T), respond(other.linear, other.events(given), T)
    names = {"plasma": "S-ketamine venous", "noresketamine": "S-norketamine venous"}
    for place, name in enumerate(alone.linear.outputs):
        same = two[:, other.linear.outputs.index(names.get(name, name))]
        np.testing.assert_allclose(same, one[:, place], rtol=1e-8, atol=1e-9)
    felt, effect = (two[:, other.linear.outputs.index(name)] for name in ("felt", "effect"))
    np.testing.assert_array_equal(felt, effect)


def test_the_site_of_the_racemate_is_the_free_racemate_to_within_its_two_potencies():
    """Potencies from one mixture: equal enantiomers give back the racemate, 0.998 of it (science notes, 1.7)."""
    found, chain = outputs(DRIP), default_chain()
    record = load_record("brain")
    mass = record.value("molar_mass", "g/mol")
    settled = outputs("ketamine 240 mg iv over 48 h on day 1")  # plasma moves slowly, so the site follows it
    c = chain.brain.racemate_equivalents(settled["effect"][:, -2:-1], chain.fu)
    free = settled["ketamine arterial"][:, -2:-1] * chain.fu * chain.brain.Kpuu / mass
    assert np.asarray(c / free) == pytest.approx(0.998, abs=0.001)
    np.testing.assert_allclose(found["S-ketamine arterial"], found["R-ketamine arterial"])


def test_s_ketamine_in_the_racemate_s_kinetics_needs_the_share_that_potency_says():
    """Both sites are linear in the levels, so a racemate is worth its S and R shares times their weights."""
    found = outputs(DRIP)
    brain, w_R = load_record("brain"), load_record("dissociation").value("w_R", "1")
    potency = brain.value("f_S", "1") / brain.value("f_R", "1")
    later = found["effect"] > 1e-6
    ratio = found["felt"][later] / found["effect"][later]
    assert ratio == pytest.approx((1.0 + w_R) / (1.0 + potency))


def test_midazolam_reaches_no_receptor():
    found = outputs("midazolam 0.045 mg/kg iv over 40 min on day 1")
    assert found["midazolam site not stated"].max() > 50.0
    for name in ("effect", "felt", "tolerance"):
        assert np.abs(found[name]).max() == 0.0


def test_drugs_side_by_side_add_and_leave_each_other_alone():
    drip, spray, tablets = DRIP, "esketamine 56 mg nasal on day 2", "escitalopram 10 mg daily for 2 days"
    parts = [outputs(words, crowd(5), drawn(5)) for words in (drip, spray, tablets)]
    whole = outputs("; ".join((drip, spray, tablets)), crowd(5), drawn(5))
    np.testing.assert_allclose(whole["ketamine arterial"], parts[0]["ketamine arterial"], rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(whole["S-ketamine venous"], parts[1]["plasma"], rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(whole["escitalopram venous"], parts[2]["escitalopram venous"], rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(whole["effect"], parts[0]["effect"] + parts[1]["effect"], rtol=1e-8, atol=1e-9)


def test_everybody_keeps_the_closed_form_with_every_drug_at_once():
    words = (
        f"{DRIP}; ketamine 20 mg im on day 2; ketamine 20 mg oral on day 2; "
        "esketamine 84 mg nasal on day 2; esketamine 30 mg oral on day 2; midazolam 2 mg iv on day 1; "
        "citalopram 20 mg daily for 2 days; escitalopram 10 mg daily for 2 days; fluoxetine 20 mg daily for 2 days; "
        "paroxetine 20 mg daily for 2 days; sertraline 50 mg daily for 2 days"
    )
    assert modes(exposed(regimen(words), crowd(40), drawn(40)).linear).exact.all()


def test_a_state_that_no_dose_reaches_is_left_out():
    states = exposed(regimen(DRIP), typical(37.0), nobody_differs).linear.states
    assert states == ("ketamine c", "ketamine p1", "ketamine p2", "effect S", "effect R", "tolerance")


def test_another_drug_leaves_everybody_s_own_numbers_as_they_were():
    alone = outputs("sertraline 50 mg daily for 2 days", crowd(6), drawn(6))
    beside_others = outputs(f"{DRIP}; sertraline 50 mg daily for 2 days", crowd(6), drawn(6))
    np.testing.assert_allclose(beside_others["sertraline venous"], alone["sertraline venous"], rtol=1e-9, atol=1e-12)


# What else is the matter ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "record", "ratio"),
    [
        (Condition(alongside=("ticlopidine",)), "interactions", "ticlopidine_nasal_AUC"),
        (Condition(alongside=("clarithromycin",)), "interactions", "clarithromycin_nasal_AUC"),
        (Condition(hepatic=ChildPugh.B), "impairment", "hepatic_B_AUC"),
    ],
)
def test_a_condition_changes_the_area_by_the_published_ratio(condition: Condition, record: str, ratio: str):
    routes, who = {"esketamine": (Route.NASAL,)}, typical(37.0)
    plain, changed = (taken(routes, who, nobody_differs, each)["esketamine"] for each in (HEALTHY, condition))
    with_, without = (areas(one.body, one.individual, Route.NASAL, 84.0)[0, 0] for one in (changed, plain))
    assert with_ / without == pytest.approx(load_record(record).value(ratio, "1"), rel=1e-6)


def test_impaired_kidneys_raise_the_level_that_reaches_the_brain():
    words = "esketamine 84 mg nasal on day 1"
    impaired = outputs(words, condition=Condition(renal=Renal.SEVERE))
    assert impaired["effect"].max() > outputs(words)["effect"].max()


def test_a_condition_without_a_published_effect_is_refused():
    with pytest.raises(CovariateError, match=r"with ketamine: nothing was published; allowed: esketamine"):
        outputs(DRIP, condition=Condition(renal=Renal.MILD))
    with pytest.raises(UnknownNameError, match=r"interaction of esketamine with 'rifampicine'; did you mean 'rifampic"):
        outputs("esketamine 84 mg nasal on day 1", condition=Condition(alongside=("rifampicine",)))
    with pytest.raises(UnknownNameError, match=r"interaction of ketamine with 'rifampicin'; known: none"):
        outputs(DRIP, condition=Condition(alongside=("rifampicin",)))
    with pytest.raises(ScheduleError, match=r"ticlopidine with esketamine oral: nothing was published"):
        outputs("esketamine 50 mg oral on day 1", condition=Condition(alongside=("ticlopidine",)))


def test_every_refusal_is_a_user_s_to_mend():
    with pytest.raises(EuthymiaError):
        outputs("sertraline 50 mg on day 1", condition=Condition(hepatic=ChildPugh.B))
