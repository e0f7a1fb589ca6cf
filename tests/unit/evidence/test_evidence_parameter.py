"""A parameter's table is checked key by key, and every refusal names the file, the parameter and what is allowed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.errors import EvidenceError
from euthymia.evidence import Grade, Scale
from euthymia.evidence.parameter import read_parameter
from euthymia.evidence.record import read_record

SOURCES = ("author2000",)
GOOD = {
    "value": 2.0,
    "unit": "1/h",
    "meaning": "a rate",
    "source": "author2000",
    "where": "Table 1",
    "grade": "measured in patients",
}


def parameter(**changes):
    table = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    return read_parameter("mine", "k", table, SOURCES)


def test_a_whole_table_becomes_a_parameter():
    found = parameter(cv=0.2, low=0, note="n")
    assert (found.full_name, found.value, found.unit, found.grade) == ("mine.k", 2.0, "1/h", Grade.PATIENTS)
    assert (found.cv, found.omega, found.iiv_scale, found.low, found.high) == (0.2, 0.0, None, 0.0, math.inf)


@given(st.floats(min_value=0, max_value=10))
def test_the_spread_of_a_printed_cv_gives_that_cv_back(cv):
    found = parameter(iiv_cv=cv)
    assert math.sqrt(math.expm1(found.omega**2)) == pytest.approx(cv, abs=1e-12)
    assert found.iiv_scale is Scale.LOG


@pytest.mark.parametrize("scale", list(Scale), ids=lambda s: s.value)
def test_a_spread_on_a_scale_is_kept_as_it_stands(scale):
    found = parameter(iiv=0.7, iiv_scale=scale.value)
    assert (found.omega, found.iiv_scale) == (0.7, scale)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"valu": 1.0}, "unknown key 'valu'; did you mean 'value'"),
        ({"value": None}, "value is missing"),
        ({"unit": None}, "unit is missing"),
        ({"meaning": None}, "meaning is missing"),
        ({"grade": None}, "grade is missing"),
        ({"meaning": " "}, "meaning is empty"),
        ({"value": "2"}, "value is '2'; expected a finite number"),
        ({"value": True}, "value is True; expected a finite number"),
        ({"value": math.nan}, "value is nan; expected a finite number"),
        ({"value": math.inf}, "value is inf; expected a finite number"),
        ({"unit": 1}, "unit is 1; expected text"),
        ({"unit": "1/hh"}, "cannot read the unit '1/hh'"),
        ({"source": "autor2000"}, r"no source 'autor2000' in references.bib; did you mean 'author2000'"),
        ({"source": None}, "'measured in patients' needs source and where"),
        ({"where": None}, "'measured in patients' needs source and where"),
        ({"grade": "guessed"}, "grade is 'guessed'; known: measured in patients, "),
        ({"grade": "fitted by us"}, "needs command"),
        ({"command": "euthymia calibrate"}, "command belongs to grade 'fitted by us'"),
        ({"low": 3.0}, r"value 2 is outside \[3, inf\]"),
        ({"high": 1.0}, r"value 2 is outside \[-inf, 1\]"),
        ({"cv": -0.1}, "cv is -0.1; expected a number of at least 0"),
        ({"iiv_cv": 0.3, "iiv": 0.3}, "both iiv and iiv_cv"),
        ({"iiv_cv": 0.3, "iiv_scale": "logit"}, "iiv_cv is the CV of a log-normal"),
        ({"iiv": 0.3}, "iiv and iiv_scale go together"),
        ({"iiv_scale": "log"}, "iiv and iiv_scale go together"),
        ({"iiv": 0.3, "iiv_scale": "lgo"}, "iiv_scale is 'lgo'; did you mean 'log'"),
        ({"iiv_grade": "guess"}, "iiv_grade is 'guess'"),
    ],
)
def test_a_broken_rule_is_refused_with_file_and_parameter(changes, message):
    with pytest.raises(EvidenceError, match=rf"^mine\.toml, k: .*{message}"):
        parameter(**changes)


def test_a_number_outside_any_table_is_refused():
    with pytest.raises(EvidenceError, match=r"mine\.toml, k: given 3; expected a table"):
        read_record("mine", 'title = "t"\nsummary = "s"\nk = 3')


def test_a_number_fitted_by_us_needs_only_its_command():
    found = parameter(grade="fitted by us", source=None, where=None, command="euthymia calibrate")
    assert (found.grade, found.command, found.assumed) == (Grade.FITTED, "euthymia calibrate", False)


def test_a_measured_value_with_an_assumed_spread_counts_as_assumed():
    assert parameter(iiv_cv=0.3, iiv_grade="assumed").assumed
    assert not parameter(iiv_cv=0.3).assumed


def test_a_parameter_as_a_dictionary_has_no_infinities():
    told = parameter(low=0.0, iiv_cv=0.3).to_dict()
    assert (told["low"], told["high"], told["cv"], told["iiv_scale"]) == (0.0, None, None, "log")
