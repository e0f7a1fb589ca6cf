"""Rules judge by their ends and the Monte Carlo error; a claim is what becomes of its rules together."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.claims.claim import Claim, Role, Rule, Shown, Support, Verdict, found, of_part, together
from euthymia.claims.exchange import Exchange
from euthymia.evidence.facts import find_part

HELD, LOST, PART, UNDECIDED = Verdict.HELD, Verdict.LOST, Verdict.PART, Verdict.UNDECIDED
RULE = Rule("size", "points", "a test", low=-5.0, high=-2.0)
NUMBERS = st.floats(-20.0, 20.0)


def claim(*rules: Rule) -> Claim:
    return Claim(
        *("0.test", 0, "says", "known", Support.SILENT, Role.STRUCTURAL, (), (), rules, Exchange.NOTHING, "none"),
        shows=lambda lab: (),
    )


@pytest.mark.parametrize(
    ("value", "error", "verdict"),
    [
        (-3.0, 0.0, HELD),
        (-5.0, 0.0, HELD),
        (-1.9, 0.0, LOST),
        (-2.3, 0.1, HELD),
        (-2.1, 0.1, UNDECIDED),
        (-1.9, 0.1, UNDECIDED),
        (-1.0, 0.1, LOST),
        (math.nan, 0.0, LOST),
        (math.inf, 0.0, LOST),
    ],
)
def test_a_rule_holds_within_its_ends_and_is_undecided_near_one(value: float, error: float, verdict: Verdict):
    assert RULE.judge(Shown(value, error=error)) is verdict


@given(value=NUMBERS, error=st.floats(0.0, 5.0))
def test_more_error_never_decides_what_less_left_open(value: float, error: float):
    if RULE.judge(Shown(value, error=error)) is UNDECIDED:
        assert RULE.judge(Shown(value, error=2.0 * error)) is UNDECIDED


@given(value=NUMBERS)
def test_every_rule_with_an_end_can_be_lost(value: float):
    for rule in (Rule("a", "1", "w", low=value), Rule("a", "1", "w", high=value), Rule("a", "1", "w", value, value)):
        beyond = value - 1.0 if math.isinf(rule.high) else value + 1.0
        assert rule.judge(Shown(beyond)) is LOST
        assert rule.judge(Shown(value)) is HELD


@pytest.mark.parametrize(
    ("verdicts", "verdict"),
    [
        ((HELD, HELD), HELD),
        ((LOST, LOST), LOST),
        ((HELD, LOST), PART),
        ((HELD, LOST, UNDECIDED), PART),
        ((LOST, UNDECIDED), LOST),
        ((HELD, UNDECIDED), UNDECIDED),
        ((), UNDECIDED),
    ],
)
def test_a_claim_is_held_with_all_rules_lost_with_none_part_with_some(verdicts: tuple[Verdict, ...], verdict: Verdict):
    assert together(verdicts) is verdict


def test_there_is_a_number_for_every_rule():
    with pytest.raises(ValueError, match="shorter"):
        found(claim(RULE, RULE), (Shown(-3.0),))
    assert found(claim(RULE), (Shown(-3.0),)).verdict is HELD


def test_the_rule_of_a_part_of_a_fact_is_the_one_that_is_stated_there():
    part = find_part("3.pool")
    rule = of_part(part)
    assert (rule.low, rule.high, rule.unit) == (part.low, part.high, "points")
    assert rule.why == "fact 3: stated with the fact"


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(-math.inf, 2.0, "at most 2"), (1.0, math.inf, "at least 1"), (1.0, 2.0, "1 to 2"), (3.0, 3.0, "3")],
)
def test_the_ends_are_said_in_words(low: float, high: float, said: str):
    assert Rule("a", "1", "w", low, high).ends == said
