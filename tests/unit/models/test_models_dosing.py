"""From a regimen to inputs of the kinetics: sessions, amounts by weight, sham, and what has no model yet."""

from __future__ import annotations

import numpy as np
import pytest

from euthymia.errors import ScheduleError
from euthymia.models.dosing import events, followed, routes_of, sessions
from euthymia.models.kinetics import KINETIC_STATES, TARGET
from euthymia.models.taken import default_bodies
from euthymia.pharmacology.route import Route
from euthymia.treatment.catalogue import DRUGS, find_drug
from euthymia.treatment.drug import DrugClass
from euthymia.treatment.sentence import regimen

WEIGHT = np.array([50.0, 74.0, 100.0])


def test_a_dose_by_weight_is_each_person_s_own():
    (found,) = sessions(regimen("esketamine 0.2 mg/kg iv over 40 min on day 3"), WEIGHT)
    assert (found.t, found.route, found.duration) == (48.0, Route.INTRAVENOUS, pytest.approx(2.0 / 3.0))
    assert found.amount == pytest.approx([10.0, 14.8, 20.0])


def test_a_dose_in_milligrams_is_the_same_for_everybody():
    (found,) = sessions(regimen("esketamine 56 mg nasal on day 1"), WEIGHT)
    assert found.amount == pytest.approx([56.0, 56.0, 56.0])


def test_sham_is_no_session_of_the_drug():
    assert sessions(regimen("placebo nasal on days 1 4; placebo iv over 40 min on day 8"), WEIGHT) == []


@pytest.mark.parametrize("drug", ["duloxetine", "mirtazapine", "venlafaxine"])
def test_what_has_no_kinetics_is_refused_with_what_has(drug: str):
    with pytest.raises(ScheduleError, match=rf"{drug} oral has no kinetics here; allowed: .*midazolam iv, .*placebo"):
        sessions(regimen(f"{drug} 15 mg oral on day 1"), WEIGHT)


@pytest.mark.parametrize(("drug", "route"), [(drug.name, route) for drug in DRUGS for route in drug.routes])
def test_what_a_schedule_can_say_of_a_drug_with_kinetics_can_be_followed(drug: str, route: Route):
    if drug in default_bodies():
        assert followed(drug, route)
    else:
        assert find_drug(drug).kind in (DrugClass.PLACEBO, DrugClass.ORAL_ANTIDEPRESSANT)


def test_a_session_names_its_drug():
    found = sessions(regimen("ketamine 0.5 mg/kg iv over 40 min on day 1; sertraline 50 mg on day 1"), WEIGHT)
    assert {session.drug for session in found} == {"ketamine", "sertraline"}
    assert next(one for one in found if one.drug == "ketamine").amount == pytest.approx([25.0, 37.0, 50.0])


def test_each_drug_has_its_routes_once():
    words = "esketamine 84 mg nasal on days 1 4; esketamine 20 mg iv on day 8; mirtazapine 15 mg daily for 2 days"
    assert routes_of(regimen(words)) == {"esketamine": (Route.INTRAVENOUS, Route.NASAL)}


def test_an_infusion_goes_into_a_vein_over_its_length():
    (found,) = events(sessions(regimen("esketamine 28 mg iv over 40 min on day 1"), WEIGHT), np.full(3, 0.5))
    assert KINETIC_STATES[found.target] == "c"
    assert (found.t, found.duration) == (0.0, pytest.approx(2.0 / 3.0))
    assert found.amount == pytest.approx([28.0, 28.0, 28.0])


def test_a_spray_goes_to_the_mucosa_and_down_the_throat():
    found = events(sessions(regimen("esketamine 56 mg nasal on day 1"), WEIGHT), np.full(3, 0.5))
    assert [event.target for event in found] == [TARGET.mucosa, TARGET.swallowed] * 2
    assert [event.duration > 0.0 for event in found] == [False, True] * 2
