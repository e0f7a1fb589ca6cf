"""Schedules as sentences: what they mean, and what is said of those that cannot be read."""

from __future__ import annotations

import pytest

from euthymia.errors import ScheduleError, UnknownNameError
from euthymia.treatment.dose import Dose, DoseUnit
from euthymia.treatment.drug import Route
from euthymia.treatment.sentence import regimen

TWICE_WEEKLY = [24.0 * (day - 1) for day in (1, 4, 8, 11, 15, 18, 22, 25)]


def times(text: str) -> list[float]:
    return [dose.t for dose in regimen(text)]


def test_a_sentence_with_three_clauses_gives_every_dose():
    found = regimen(
        "esketamine 56 mg nasal on day 1; 84 mg nasal on days 4 8 11 15 18 22 25; "
        "sertraline 50 mg oral daily for 4 weeks"
    )
    sprays = [dose for dose in found if dose.drug == "esketamine"]
    tablets = [dose for dose in found if dose.drug == "sertraline"]
    assert [dose.t for dose in sprays] == TWICE_WEEKLY
    assert [dose.amount for dose in sprays] == [56.0] + 7 * [84.0]
    assert [dose.t for dose in tablets] == [24.0 * day for day in range(28)]
    assert [dose.t for dose in found] == sorted(dose.t for dose in found)


def test_an_infusion_by_weight_keeps_its_unit_and_length():
    found = regimen("esketamine 0.2 mg/kg iv over 40 min on days 1 4 8")
    assert found.doses[0] == Dose(0.0, "esketamine", Route.INTRAVENOUS, 0.2, DoseUnit.MG_PER_KG, 40.0 / 60.0)
    assert [dose.t for dose in found] == [0.0, 72.0, 168.0]


def test_a_day_0_makes_all_days_elapsed_days():
    assert times("ketamine 0.5 mg/kg iv over 40 min on days 0 3 7 10") == [0.0, 72.0, 168.0, 240.0]
    assert times("esketamine 56 mg nasal on day 0; 56 mg on day 3") == [0.0, 72.0]


def test_the_first_day_can_be_said_outright():
    assert [dose.t for dose in regimen("placebo nasal on day 3", first_day=0)] == [72.0]
    with pytest.raises(ScheduleError, match="before the first day, day 1"):
        regimen("placebo nasal on day 0", first_day=1)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("twice weekly for 4 weeks", TWICE_WEEKLY),
        ("twice weekly to day 25", TWICE_WEEKLY),
        ("every 2 weeks for 8 weeks", [0.0, 336.0, 672.0, 1008.0]),
        ("weekly for 2 weeks from day 8", [168.0, 336.0]),
        ("every 3 days for 9 days", [0.0, 72.0, 144.0]),
        ("once weekly to day 8", [0.0, 168.0]),
        ("on day 1 at 8 h", [8.0]),
        ("on days 1, 4 and 8 at 90 min", [1.5, 73.5, 169.5]),
    ],
)
def test_rhythms_mean_their_days(schedule: str, expected: list[float]):
    assert times(f"esketamine 56 mg nasal {schedule}") == expected


def test_case_glued_units_aliases_and_word_order_do_not_matter():
    plain = regimen("esketamine 56 mg nasal on days 1 4")
    assert regimen("Spravato 56mg ON DAYS 1, 4 intranasal") == plain
    assert regimen("esketamine 56 mg nasal on day 1; then 56 mg on day 4") == plain


def test_a_clause_without_a_drug_keeps_drug_route_and_length_of_infusion():
    found = regimen("esketamine 20 mg iv over 40 min on day 1; 30 mg on day 4; 56 mg nasal on day 8")
    assert [dose.route for dose in found] == [Route.INTRAVENOUS, Route.INTRAVENOUS, Route.NASAL]
    assert [dose.duration for dose in found] == [40.0 / 60.0, 40.0 / 60.0, 0.0]


def test_a_drug_with_one_route_needs_none_and_a_placebo_no_amount():
    assert regimen("sertraline 50 mg daily for 2 days").doses[0].route is Route.ORAL
    assert regimen("placebo nasal on day 1").doses[0].amount == 0.0


def test_what_lasts_a_time_is_an_infusion_unless_another_route_is_named():
    assert regimen("ketamine 0.5 mg/kg over 40 min on day 1").doses[0].route is Route.INTRAVENOUS
    with pytest.raises(ScheduleError, match="ketamine can be given: iv, im, sc"):
        regimen("ketamine 0.5 mg/kg on day 1")


@pytest.mark.parametrize("route", Route)
def test_every_route_of_the_racemate_and_of_its_sham_can_be_written_and_read_back(route: Route):
    found = regimen(f"ketamine 20 mg {route} on day 1; placebo {route} on day 2")
    assert {dose.route for dose in found} == {route}
    assert regimen(str(found)) == found


def test_none_is_the_regimen_without_a_dose():
    assert len(regimen("none")) == 0
    assert str(regimen(" None ")) == "none"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no dose in ''"),
        ("56 mg nasal on day 1", "no drug in"),
        ("esketamine nasal on day 1", "no amount in"),
        ("esketamine 56 mg on day 1", "esketamine can be given: nasal, iv, oral"),
        ("esketamine 56 mg nasal", "no days in"),
        ("esketamine 56 mg nasal daily", "how long"),
        ("esketamine 56 mg nasal daily for 2 weeks to day 3", "how long"),
        ("esketamine 56 mg nasal on day 1 daily for 2 weeks", "write them as two clauses"),
        ("esketamine 56 mg nasal on day 1 for 2 weeks", "need a rhythm"),
        ("esketamine 56 mg nasl on day 1", "did you mean 'nasal'"),
        ("esketamine 56 mg nasal dailly for 2 weeks", "did you mean 'daily'"),
        ("esketamine 56 mg nasal daily for 2 weaks", "did you mean 'weeks'"),
        ("esketamine 56 mgs nasal on day 1", "did you mean 'mg'"),
        ("esketamine 56 nasal on day 1", "no unit 'nasal' for the amount"),
        ("esketamine 56 mg nasal on days 1-4", "'1-4'"),
        ("esketamine 56 mg nasal on day -1", "'-1'"),
        ("esketamine 56 mg nasal on days 1 4 4", "day 4 stands twice"),
        ("esketamine 56 mg nasal on day", "ends where a day should follow"),
        ("esketamine 56 mg nasal on Monday", "allowed: on day 1"),
        ("esketamine 56 mg nasal on day 99999", "whole number from 0 to 3660"),
        ("esketamine 56 mg nasal on day 1 at 24 h", "0 to below 24"),
        ("esketamine 56 mg nasal every 0 days for 2 weeks", "1 day or more"),
        ("esketamine 56 mg nasal daily from day 9 to day 3", "gives no dose at all"),
        ("esketamine 56 mg nasal iv on day 1", "names two routes"),
        ("esketamine 56 mg 84 mg nasal on day 1", "twice"),
        ("esketamine 20 mg iv over 0 min on day 1", "leave 'over' out"),
        ("esketamine 20 mg iv over nan h on day 1", "leave 'over' out"),
        ("esketamine 57 mg nasal on day 1", "allowed: 28, 56, 84 mg"),
        ("esketamine 0.5 mg/kg nasal on day 1", "allowed: 28, 56, 84 mg"),
        ("esketamine 112 mg nasal on day 1", "allowed: 28, 56, 84 mg"),
        ("esketamine nan mg iv on day 1", "must be a number above 0"),
        ("esketamine inf mg iv on day 1", "must be a number above 0"),
        ("esketamine 0 mg iv on day 1", "must be a number above 0"),
        ("esketamine -5 mg iv on day 1", "must be a number above 0"),
        ("esketamine 40 mg/kg iv on day 1", "slip of the pen"),
        ("midazolam 5 mg nasal on day 1", "midazolam is not given by the route 'nasal'; allowed: iv"),
        ("esketamine 56 mg rectal on day 1", "allowed: nasal, iv, oral"),
        ("esketamine 56 mg im on day 1", "allowed: nasal, iv, oral"),
        ("sertraline 1 mg/kg oral on day 1", "not dosed by body weight"),
        ("esketamine 56 mg nasal over 40 min on day 1", "only iv doses"),
        ("placebo 5 mg nasal on day 1", "a placebo has no amount"),
        ("esketamine 56 mg nasal on day 1; 28 mg on day 1", "at the same time"),
        ("esketamine 20 mg iv over 3 h on day 1; 20 mg on day 1 at 2 h", "before an infusion has ended"),
        ("esketamine 20 mg iv over 3 h on day 1; 56 mg nasal on day 1 at 1 h", "before an infusion has ended"),
        ("esketamine 56 mg nasal daily for 3000 weeks", "within 3660 days"),
    ],
)
def test_what_cannot_be_given_is_refused_with_a_reason(text: str, said: str):
    with pytest.raises(ScheduleError) as caught:
        regimen(text)
    assert said in str(caught.value)


def test_a_misspelled_drug_gets_the_nearest_name():
    with pytest.raises(UnknownNameError, match="did you mean 'ketamine'"):
        regimen("ketamin 0.5 mg/kg iv on day 1")
