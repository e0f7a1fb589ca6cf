"""Every claim can be lost: with the link that it names exchanged, it does not hold."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from euthymia.claims.claim import Claim, Shown, Verdict, found
from euthymia.claims.exchange import Exchange
from euthymia.claims.judging import put, put_all, score, to_dict
from euthymia.claims.lab import Lab, by_groups, days_until_half, of_replicates
from euthymia.claims.registry import claims, find_claim

FEW, MORE = 8, {Exchange.NO_EFFECT: 24}  # replicates; more where rules lie near a difference of nothing
OF_THE_ARTICLE = [claim for claim in claims() if claim.article and claim.rules]
OF_FACTS = [claim for claim in claims() if not claim.article]


@pytest.fixture(scope="module")
def labs() -> dict[Exchange, Lab]:
    """Return one simulator an exchange, so that what claims share is run once."""
    return {exchange: Lab(exchange, replicates=MORE.get(exchange, FEW)) for exchange in Exchange}


@pytest.mark.parametrize("claim", OF_THE_ARTICLE, ids=lambda claim: claim.id)
def test_with_the_named_link_exchanged_the_claim_is_lost_at_least_in_part(claim: Claim, labs: dict[Exchange, Lab]):
    assert put(claim, labs[claim.exchange]).verdict in (Verdict.LOST, Verdict.PART)


@pytest.mark.parametrize("claim", OF_FACTS, ids=lambda claim: claim.id)
def test_a_fact_is_lost_with_numbers_beyond_its_tolerances(claim: Claim):
    far = [rule.low - 1.0 if math.isfinite(rule.low) else rule.high + 1.0 for rule in claim.rules]
    assert found(claim, [Shown(value) for value in far]).verdict is Verdict.LOST


def test_lost_claims_come_first_and_the_score_counts_all_of_them():
    held, lost = find_claim("fact-26"), find_claim("fact-23-unseen")
    findings = put_all([held, find_claim("7.dependence"), lost])
    assert [each.verdict for each in findings] == [Verdict.LOST, Verdict.UNDECIDED, Verdict.HELD]
    assert score(findings) == "structural (1): 1 undecided; calibrated (1): 1 held; held out (1): 1 lost."


def test_a_claim_that_cites_what_it_may_not_is_never_put_to_the_model():
    wrong = replace(find_claim("4.stop"), role=find_claim("4.stop-unseen").role)
    with pytest.raises(Exception, match="held out and cites S0628, S0629"):
        put(wrong)


def test_a_finding_goes_to_json_with_rows_rules_and_what_would_lose_it():
    document = to_dict(put(find_claim("4.stop")))
    assert document["verdict"] == "held"
    assert document["rows"][0]["value"] == 19.6
    assert document["numbers"][0]["holds"] == pytest.approx([15.6, 23.6])
    assert document["lost_if"] == "tablets did nothing against relapse"
    assert document["kept"] == ""


def test_the_lab_runs_the_same_thing_once_and_draws_by_its_seed():
    lab, calls = Lab(), []
    assert lab.once("key", lambda: calls.append(1)) == lab.once("key", lambda: calls.append(2))
    assert calls == [1]
    assert Lab(seed=3).seed == 3


def test_means_intervals_and_errors_are_those_of_the_numbers():
    import numpy as np

    shown = of_replicates(np.array([1.0, 2.0, 3.0, np.nan]))
    assert (shown.value, shown.error) == pytest.approx((2.0, 1.0 / np.sqrt(3.0)))
    assert math.isnan(of_replicates(np.array([np.nan, 1.0])).value)
    people = np.random.default_rng(1).normal(size=4000)
    assert by_groups(lambda x: float(x.mean()), people).error == pytest.approx(1.0 / np.sqrt(4000.0), rel=0.4)
    days = np.arange(4.0)
    assert days_until_half(days, [1.0, 0.6, 0.4, 0.1]) == 2.0
    assert days_until_half(days, [1.0, 0.9, 0.8, 0.7]) == math.inf
    assert days_until_half(days, [0.1, 0.1, 0.1, 0.1]) == 0.0
