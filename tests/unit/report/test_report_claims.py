"""Claims in tables: what failed first, numbers with interval and error, and the page that holds all of them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import claims as page
from euthymia.claims.claim import Rule, Shown, Verdict, found
from euthymia.claims.judging import put, put_all
from euthymia.claims.kept import kept
from euthymia.claims.lab import REPLICATES
from euthymia.claims.registry import claims, find_claim
from euthymia.report.claim_tables import claims_table, model_shows, number, rows_table, rules_table

DOCS = Path(__file__).parents[3] / "docs"
QUICK = ("4.stop", "4.stop-unseen", "1.others", "7.hallucination")
RULE = Rule("share", "percent", "a reason", 10.0, 20.0)


def test_a_number_carries_unit_interval_and_error():
    assert number(RULE, Shown(12.34, 1.0, 20.0, 0.5)) == "12.3 % [1 to 20] (error 0.5)"
    assert number(RULE, Shown(1e-15)) == "0 %"
    assert number(Rule("x", "1", "w"), Shown(math.inf)) == "not reached"
    assert number(RULE, Shown(math.nan)) == "–"
    assert number(RULE, Shown(12345.0)) == "12345 %"


def test_what_failed_is_told_first_and_what_is_open_is_not_called_a_miss():
    fact = find_claim("fact-26")
    low = fact.rules[0].low
    lost = found(fact, [Shown(low - 1.0), Shown(26.0)])
    assert model_shows(lost).startswith("1 of 2 parts within tolerance; SD of a rater's error: 1 points, not 2 to 3.5")
    near = found(fact, [Shown(low + 0.1, error=0.2), Shown(26.0)])
    assert "near an end of 2 to 3.5" in model_shows(near)
    assert model_shows(put(find_claim("1.others"))).startswith("of them, those that do anything")
    assert model_shows(put(find_claim("7.hallucination"))).startswith("nothing: hallucinations are not modelled")


def test_tables_hold_verdicts_rules_and_rows():
    findings = [put(find_claim(name)) for name in QUICK]
    cells = {row[0].text: row[-1].text for row in claims_table(findings).rows}
    assert cells == {"4.stop": "held", "4.stop-unseen": "LOST", "1.others": "PART", "7.hallucination": "undecided"}
    assert [row[2].text for row in rules_table(findings[0]).rows] == ["15.6 to 23.6 %", "33.6 to 41.6 %"]
    assert rules_table(findings[0]).note == "Numbers: computed now."
    assert [row[3].text for row in rows_table(findings[1]).rows] == ["validation", "validation"]
    assert "kept from" in rules_table(put(find_claim("fact-26"))).note


def test_the_page_has_every_claim_with_the_verdict_of_those_that_need_no_trial():
    written = (DOCS / "claims.md").read_text(encoding="utf-8")
    lines = written.splitlines()
    for claim in claims():
        assert any(line.startswith(f"| {claim.id} |") for line in lines)
        if claim.article:
            assert f"\n### {claim.id}\n" in written
    for name in QUICK:
        assert page.table([put(find_claim(name))])[-1] in lines


@pytest.mark.long
def test_the_page_is_the_one_that_the_script_writes():
    """Python docs_src/claims.py mends it."""
    assert (DOCS / "claims.md").read_text(encoding="utf-8") == page.page(put_all(claims()), REPLICATES)


def test_the_page_says_where_kept_numbers_come_from():
    written = (DOCS / "claims.md").read_text(encoding="utf-8")
    assert kept().command in written
    assert all(f"| {verdict.value} |" in written for verdict in Verdict if verdict is not Verdict.LOST)
