from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import euthymia as eu
from euthymia.errors import EuthymiaError, UnknownNameError
from euthymia.patients.population import Traits
from euthymia.patients.who import ANYBODY, SPANS, Who, who_spoken
from euthymia.runs.treatment import Treatment
from euthymia.treatment.sentence import regimen

REGIMEN = regimen("esketamine 84 mg nasal on day 1")


def job(people: int, who: Who = ANYBODY) -> Treatment:
    return Treatment(REGIMEN, days=1.0, population=people, who=who)


def test_usual_people_are_those_that_are_drawn_without_being_asked_for() -> None:
    assert ANYBODY.traits() == Traits()


def test_a_run_that_says_nothing_of_people_has_the_request_of_before() -> None:
    assert "who" not in job(9).request()
    assert job(9).title == str(REGIMEN)


@pytest.mark.parametrize("who", [Who(age=70.0), Who(weight=90.0, women=0.25, failed=2), Who(MADRS=25.5, MADRS_sd=3.0)])
def test_what_is_said_of_people_reads_back(who: Who) -> None:
    assert who_spoken(who.said) == who
    held = {"request": job(9, who).request(), "units": 9, "seed": 1, "command": ""}
    assert Treatment.from_provenance(held).who == who


@given(
    st.builds(
        Who,
        age=st.floats(18, 90),
        women=st.none() | st.floats(0, 1),
        weight=st.none() | st.floats(35, 200),
        MADRS=st.floats(10, 58),
        MADRS_sd=st.floats(0.5, 12),
        failed=st.integers(0, 4),
    )
)
def test_anybody_reads_back_from_words(who: Who) -> None:
    assert who_spoken(who.said) == who
    low, high = who.traits().MADRS[2], 60.0
    assert 0.0 <= low < who.MADRS < high


def test_people_are_as_they_are_asked_for() -> None:
    who = Who(age=70.0, age_sd=5.0, women=1.0, weight=100.0, weight_sd=5.0, MADRS=30.0, MADRS_sd=3.0)
    people, _ = job(2000, who).course(range(2000), 1)
    assert people.age.mean() == pytest.approx(70.0, abs=0.5)
    assert people.female.all()
    assert people.weight.mean() == pytest.approx(100.0, abs=0.5)
    assert people.weight.std() == pytest.approx(5.0, rel=0.1)
    assert people.baseline_rating.mean() == pytest.approx(30.0, abs=0.3)


def test_a_typical_person_has_the_means() -> None:
    people, course = job(1, Who(age=70.0, weight=100.0, women=1.0, MADRS=30.0)).course(range(1), 1)
    assert (people.age[0], people.weight[0], people.female[0]) == (70.0, 100.0, True)
    assert course["MADRS"][0] == pytest.approx(30.0, abs=0.01)


def test_a_history_needs_a_group() -> None:
    with pytest.raises(EuthymiaError, match="2 people or more"):
        job(1, Who(failed=2)).course(range(1), 1)


def test_those_whom_drugs_failed_gain_less_from_care() -> None:
    care = [job(500, Who(failed=failed)).course(range(500), 1)[0].background.care.mean() for failed in (0, 3)]
    assert care[1] < care[0] - 1.0  # points of improvement


@pytest.mark.parametrize("name", SPANS)
def test_numbers_that_nobody_has_are_refused(name: str) -> None:
    low, high = SPANS[name]
    for value in (low - 1.0, high + 1.0, float("nan"), float("inf")):
        with pytest.raises(EuthymiaError, match="expected"):
            Who(**{name: value})


def test_a_typo_gets_a_suggestion() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'weight'"):
        who_spoken(["wieght 80"])
    with pytest.raises(EuthymiaError, match="such as 'age 70'"):
        who_spoken(["old"])


def test_it_is_a_public_name() -> None:
    course = eu.simulate("esketamine 84 mg nasal on day 1", days=1, population=3, who=eu.Who(age=70.0))
    assert course.meta.regimen.endswith("| age 70.0")
