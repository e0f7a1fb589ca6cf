"""Other drugs by name: the table that knows one decides what it changes."""

from __future__ import annotations

import pytest

from euthymia.errors import EuthymiaError
from euthymia.treatment.others import Others, acting, interacting, other_drug, sorted_out


def test_each_name_goes_to_the_table_that_knows_it():
    assert sorted_out(["rifampicin", "Naltrexone"]) == Others(kinetic=("rifampicin",), acting=("naltrexone",))


def test_a_name_said_twice_counts_once():
    assert sorted_out(["naltrexone", "naltrexone"]) == Others(acting=("naltrexone",))


def test_a_name_in_both_tables_is_taken_for_both(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("euthymia.treatment.others.interacting", lambda: ("naltrexone",))
    assert sorted_out(["naltrexone"]) == Others(("naltrexone",), ("naltrexone",))


def test_an_unknown_name_is_refused_with_both_lists_and_the_nearest():
    with pytest.raises(EuthymiaError, match=r"'naltrexon'.*did you mean 'naltrexone'.*rifampicin.*lamotrigine"):
        sorted_out(["naltrexon"])


def test_every_name_leads_to_its_row():
    for name, row in acting().items():
        assert other_drug(name.upper()) == (row,)
    assert {"rifampicin", "ticlopidine"} <= set(interacting())
