"""Doses and regimens as objects."""

from __future__ import annotations

import dataclasses

import pytest

from euthymia.errors import ScheduleError, UnknownNameError
from euthymia.treatment.catalogue import DRUGS, drug_names, find_drug
from euthymia.treatment.dose import Dose, DoseUnit
from euthymia.treatment.drug import Route, device_amounts
from euthymia.treatment.preparation import dose
from euthymia.treatment.regimen import Regimen, doses_between, doses_of, shifted
from euthymia.treatment.sentence import regimen


def test_objects_and_sentence_are_two_doors_to_one_regimen():
    built = dose("esketamine", "56 mg", Route.NASAL).on_days(1) + dose("esketamine", "84 mg", Route.NASAL).on_days(4, 8)
    assert built == regimen("esketamine 56 mg nasal on day 1; 84 mg nasal on days 4 8")
    infused = dose("esketamine", "0.2 mg/kg", Route.INTRAVENOUS, over="40 min").on_days(0, 3, first_day=0, hour=8.0)
    assert infused == regimen("esketamine 0.2 mg/kg iv over 40 min on days 0 3 at 8 h")


def test_the_sentence_of_a_regimen_is_short_where_days_follow_each_other():
    assert str(regimen("sertraline 50 mg daily for 4 weeks")) == "sertraline 50 mg oral daily for 28 days"
    assert (
        str(regimen("sertraline 50 mg daily for 1 weeks from day 8"))
        == "sertraline 50 mg oral daily for 7 days from day 8"
    )


def test_doses_are_in_the_order_of_time_whatever_the_order_of_writing():
    late, early = Dose(72.0, "esketamine", Route.NASAL, 84.0), Dose(0.0, "esketamine", Route.NASAL, 56.0)
    assert Regimen((late, early)) == Regimen((early, late))


def test_infusions_may_touch_but_not_overlap():
    Regimen(tuple(Dose(t, "esketamine", Route.INTRAVENOUS, 10.0, duration=2.0) for t in (0.0, 2.0)))
    with pytest.raises(ScheduleError, match="before an infusion has ended"):
        Regimen(tuple(Dose(t, "esketamine", Route.INTRAVENOUS, 10.0, duration=2.0) for t in (0.0, 1.9)))


def test_other_drugs_and_tablets_may_coincide_with_a_spray():
    spray = Dose(0.0, "esketamine", Route.NASAL, 56.0)
    tablet = Dose(0.0, "esketamine", Route.ORAL, 30.0)
    other = Dose(0.0, "sertraline", Route.ORAL, 50.0)
    assert len(Regimen((spray, tablet, other))) == 3
    with pytest.raises(ScheduleError, match="at the same time"):
        Regimen((tablet, dataclasses.replace(tablet, amount=60.0)))


def test_joining_what_coincides_is_refused():
    with pytest.raises(ScheduleError, match="at the same time"):
        regimen("placebo nasal on day 1") + regimen("placebo nasal on day 1")


def test_parts_of_a_regimen_can_be_picked_and_moved():
    whole = regimen("esketamine 56 mg nasal on days 1 4; sertraline 50 mg daily for 2 days")
    assert [entry.t for entry in doses_of(whole, "sertraline")] == [0.0, 24.0]
    assert [entry.t for entry in doses_between(whole, start=24.0, end=72.0)] == [24.0]
    assert [entry.t for entry in shifted(doses_of(whole, "esketamine"), 168.0)] == [168.0, 240.0]


@pytest.mark.parametrize("t", [-1.0, float("nan"), float("inf"), 1e9])
def test_a_time_that_cannot_be_is_refused(t: float):
    with pytest.raises(ScheduleError, match="a dose is given from 0 h"):
        Dose(t, "placebo", Route.NASAL, 0.0)


@pytest.mark.parametrize("duration", [-1.0, float("nan"), 1e6])
def test_a_duration_that_cannot_be_is_refused(duration: float):
    with pytest.raises(ScheduleError, match="an infusion lasts"):
        Dose(0.0, "esketamine", Route.INTRAVENOUS, 20.0, duration=duration)


def test_an_alias_becomes_the_name_of_its_drug():
    assert Dose(0.0, "Spravato", Route.NASAL, 28.0).drug == "esketamine"
    assert Dose(0.0, "esketamine", Route.NASAL, 28.0) == Dose(0, "spravato", Route("nasal"), 28, DoseUnit("mg"), 0)


def test_one_to_three_devices_can_be_taken():
    assert device_amounts(find_drug("esketamine")) == (28.0, 56.0, 84.0)
    assert device_amounts(find_drug("placebo")) == ()


def test_names_and_aliases_are_unique_words_in_lower_case():
    names = [name for drug in DRUGS for name in (drug.name, *drug.aliases)]
    assert len(set(names)) == len(names)
    assert all(name == name.lower() and " " not in name for name in names)


def test_an_unknown_drug_gets_the_nearest_name_and_the_list():
    with pytest.raises(UnknownNameError) as caught:
        find_drug("esketamin")
    assert "did you mean 'esketamine'" in str(caught.value)
    assert caught.value.known == drug_names()


@pytest.mark.parametrize(
    ("amount", "said"), [("56", "ends where"), ("lots", "cannot read"), ("5 mg now", "cannot read")]
)
def test_an_amount_that_cannot_be_read_is_refused(amount: str, said: str):
    with pytest.raises(ScheduleError, match=said):
        dose("esketamine", amount, Route.NASAL)
