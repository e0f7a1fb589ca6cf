"""What an unknown name says: what was given, the nearest valid name, and what exists."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia import errors
from euthymia.errors import EuthymiaError, UnknownNameError, suggestion
from euthymia.evidence import explain, load_record
from euthymia.treatment.catalogue import find_drug
from euthymia.trials.catalogue import load_trial


def test_every_error_of_ours_has_one_base():
    own = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__]
    assert all(issubclass(kind, EuthymiaError | Warning) for kind in own)


def test_an_unknown_name_says_what_was_given_what_is_near_and_what_exists():
    error = UnknownNameError("drug", "ketamin", ["sertraline", "ketamine"])
    assert str(error) == "no drug 'ketamin'; did you mean 'ketamine'? known: ketamine, sertraline"
    assert (error.kind, error.given, error.known) == ("drug", "ketamin", ("ketamine", "sertraline"))


def test_where_nothing_is_near_nothing_is_suggested():
    assert str(UnknownNameError("drug", "xyzzy", ["ketamine"])) == "no drug 'xyzzy'; known: ketamine"
    assert str(UnknownNameError("drug", "xyzzy", [])) == "no drug 'xyzzy'; known: none"


def test_the_case_of_letters_hides_no_suggestion():
    assert suggestion("madrs", ["MADRS", "CADSS"]) == "did you mean 'MADRS'? "


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: find_drug("esketamin"), "no drug 'esketamin'; did you mean 'esketamine'? known: "),
        (lambda: load_trial("transform2"), "no trial 'transform2'; did you mean 'transform-2'? known: "),
        (lambda: load_record("plastcity"), "'plastcity'; did you mean 'plasticity'? known: "),
        (lambda: load_record("brain")["t_ke"], "'t_ke'; did you mean 't_ke0'? known: "),
        (lambda: explain("esketamine.ka_m"), "named 'ka_m'; did you mean 'ka_n'? known: "),
    ],
    ids=["drug", "trial", "record", "parameter", "full name"],
)
def test_every_kind_of_name_gets_the_nearest_one(ask, words: str):
    with pytest.raises(UnknownNameError) as caught:
        ask()
    assert words in str(caught.value)


@given(st.text(max_size=30), st.lists(st.text(max_size=12), max_size=5))
def test_a_suggestion_is_always_a_known_name(given: str, known: list[str]):
    found = suggestion(given, known)
    assert found == "" or any(repr(name) in found for name in known)
