"""Accounts on the calibration rows: the best by trials left out, and worse only where trials agree on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

import score_page
from euthymia.evidence.account import AccountFit
from euthymia.evidence.posterior import posterior
from euthymia.models.accounts import Mechanism
from euthymia.report import score_tables
from euthymia.score.fits import Fit, beside_the_best, fits_of
from euthymia.score.mechanisms import Accounts, compare_mechanisms
from euthymia.score.results import Verdict
from euthymia.score.uncertainty import present, under


def fitted(name: str, *left_out: float) -> AccountFit:
    groups = {f"trial {place}": value for place, value in enumerate(left_out)}
    return AccountFit(name, -10.0, -12.0, 1.1, 8, 9, {"the priors": -10.0}, groups, posterior())


def beside(*differences: float) -> Fit:
    best = fitted("disinhibition", *(-3.0 for _ in differences))
    other = fitted("direct", *(-3.0 - d for d in differences))
    first, second = beside_the_best([other, best])
    assert (first.mechanism, first.difference, first.se) == ("disinhibition", 0.0, 0.0)
    assert second.difference == pytest.approx(-sum(differences))
    return second


def test_an_account_is_worse_only_where_trials_agree_on_it():
    assert beside(1.0, 1.2, 0.9, 1.1).verdict is Verdict.WORSE
    second = beside(9.0, -2.0, 0.1, -0.1)
    assert second.verdict is Verdict.UNDECIDED
    assert second.separating == ("trial 0", pytest.approx(-9.0))


def test_accounts_that_are_compared_have_numbers_of_their_own_and_the_default_those_of_the_package():
    assert under(Mechanism.DISINHIBITION).key == present().key == under(Mechanism.CLOSED_LOOP).key
    assert len({under(each).key for each in Mechanism}) == len(Mechanism) - 1


def test_draws_of_an_account_hold_what_it_leaves_free():
    (serotonin,) = under(Mechanism.SEROTONIN_ONLY).others(1, range(1))
    (plasticity,) = under(Mechanism.PLASTICITY_ONLY).others(1, range(1))
    assert set(serotonin) - set(plasticity) == {"serotonin.AR_min", "serotonin.K_AR", "serotonin.tau_AR"}


def test_fits_stand_in_tables_beside_the_comparison_and_the_closed_loop_in_none():
    fits = fits_of(tuple(Mechanism))
    assert {one.mechanism for one in fits} == {each.value for each in Mechanism} - {"closed loop"}
    found = replace(Accounts(1, 3, 0, 0, ()), fits=fits)
    table = score_tables.fits_table(found)
    assert len(table.rows) == len(fits)
    lines = score_page.fits(found.to_dict())
    assert len(lines) == 2 + len(fits) + 1
    assert "the best" in lines[2]


def test_nothing_is_compared_without_trials():
    from euthymia.errors import EuthymiaError

    with pytest.raises(EuthymiaError):
        compare_mechanisms([], replicates=3)
