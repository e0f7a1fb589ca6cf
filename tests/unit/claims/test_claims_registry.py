"""Every claim cites what its role allows, sources that exist, and a command that can be typed."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import typer.main

from euthymia.claims.cited import check, cited
from euthymia.claims.claim import Claim, Role, Support
from euthymia.claims.exchange import Exchange
from euthymia.claims.registry import claims, find_claim
from euthymia.cli.app import app
from euthymia.errors import EvidenceError, UnknownNameError
from euthymia.evidence.citation import source_keys
from euthymia.evidence.facts import Basis, facts

CLAIMS = claims()
ROOT = Path(__file__).parents[3]
HEAVY = {"jax", "equinox", "scipy", "pandas", "matplotlib"}
every_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)


@every_claim
def test_a_claim_cites_only_rows_that_its_role_allows(claim: Claim):
    check(claim)
    splits = {str(cited(row).split) for row in claim.rows}
    if claim.role is Role.HELD_OUT:
        assert splits == {"validation"}
    if claim.role is Role.CALIBRATED:
        assert splits == {"calibration"}


@pytest.mark.parametrize(
    ("name", "role"), [("5.more", Role.HELD_OUT), ("5.more-unseen", Role.CALIBRATED), ("fact-13", Role.HELD_OUT)]
)
def test_a_claim_that_cites_what_its_role_forbids_is_refused(name: str, role: Role):
    with pytest.raises(EvidenceError, match=f"claim '{name}' is {role.value} and cites"):
        check(replace(find_claim(name), role=role))


def test_a_claim_that_cites_no_row_shows_neither_fit_nor_foresight():
    with pytest.raises(EvidenceError, match="cites no row"):
        check(replace(find_claim("6.memory"), role=Role.HELD_OUT))


@every_claim
def test_a_claim_names_sources_that_exist_or_rows_that_carry_them(claim: Claim):
    assert set(claim.sources) <= set(source_keys())
    if not (claim.sources or claim.rows):  # then no evidence is claimed
        assert claim.support in (Support.SILENT, Support.IN_PART)
        assert re.search("memory|unverified|secondary|no row|no curve|no number|not found", claim.known)


@every_claim
def test_a_claim_has_rules_with_reasons_or_says_why_it_has_none(claim: Claim):
    assert bool(claim.rules) != bool(claim.why_not)
    assert claim.says.endswith(".")
    assert claim.known
    for rule in claim.rules:
        assert rule.why
        assert rule.ends
    if claim.rules and claim.article:
        assert claim.exchange is not Exchange.NOTHING


@every_claim
def test_the_command_behind_a_claim_can_be_typed(claim: Claim):
    program, *words = shlex.split(claim.command)
    if program == "python":
        assert (ROOT / words[0]).is_file()
        return
    assert program == "euthymia"
    group = typer.main.get_command(app)
    while hasattr(group, "commands") and words[0] in group.commands:
        group = group.commands[words.pop(0)]
    group.make_context(claim.command, words)  # refuses an option that does not exist


def test_the_articles_seven_statements_are_split_and_names_are_not_used_twice():
    names = [claim.id for claim in CLAIMS]
    assert len(set(names)) == len(names)
    assert {claim.article for claim in CLAIMS} == set(range(8))
    assert 25 <= sum(claim.article > 0 for claim in CLAIMS) <= 50
    assert names.index("fact-1") > names.index("7.teaches")


def test_every_judged_part_of_every_fact_is_a_rule_of_one_claim():
    stated = [part for fact in facts().facts for part in fact.parts]
    judged = [part.what for part in stated if part.basis is not Basis.NONE and not part.not_simulated]
    rules = [rule.what for claim in CLAIMS if not claim.article for rule in claim.rules]
    assert sorted(rules) == sorted(judged)


def test_an_unknown_claim_or_row_gets_the_nearest_one():
    with pytest.raises(UnknownNameError, match=r"did you mean '5\.hours'"):
        find_claim("5.hour")
    with pytest.raises(UnknownNameError, match="no published row 'R9999'"):
        cited("R9999")


def test_asking_which_claims_there_are_loads_no_numerics():
    code = "import sys; from euthymia.claims.registry import claims; claims(); print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in ended.stdout.split()}
    assert loaded & HEAVY == set()
