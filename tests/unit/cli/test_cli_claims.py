"""`euthymia claims`: three columns with the lost ones first, one claim whole, and mistakes told at once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from euthymia.claims import judging
from euthymia.claims.registry import claims, find_claim

HEAVY = {"jax", "equinox", "scipy", "pandas", "matplotlib"}
QUICK = ("fact-26", "fact-23-unseen", "7.dependence", "4.stop", "4.stop-unseen", "1.others")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the claims that need no simulation."""
    few = tuple(find_claim(name) for name in QUICK)
    monkeypatch.setattr("euthymia.claims.registry.claims", lambda: few)


def test_three_columns_with_the_lost_claims_first(euthymia: Callable[..., object]) -> None:
    ended = euthymia("claims")
    assert ended.code == 0
    out = " ".join(ended.out.split())
    assert [out.index(name) for name in ("4.stop-unseen", "1.others", "7.dependence", "fact-26")] == sorted(
        out.index(name) for name in ("4.stop-unseen", "1.others", "7.dependence", "fact-26")
    )
    assert "LOST" in out
    assert "held out (2): 2 lost" in out
    assert out.endswith("For research and teaching, not for treating a person.")


def test_some_are_chosen_by_role_or_by_statement(euthymia: Callable[..., object]) -> None:
    by_role = json.loads(euthymia("claims", "--role", "Held-out", "--json").out)
    assert by_role["schema"] == judging.SCHEMA
    assert {each["id"] for each in by_role["claims"]} == {"fact-23-unseen", "4.stop-unseen"}
    assert by_role["score"] == "held out (2): 2 lost."
    by_statement = json.loads(euthymia("claims", "--article", "1", "--json").out)
    assert [each["id"] for each in by_statement["claims"]] == ["1.others"]


def test_one_claim_is_told_whole(euthymia: Callable[..., object]) -> None:
    out = " ".join(euthymia("claims", "show", "4.stop-unseen").out.split())
    for said in ("[LOST]", "18 to 26", "S0645", "validation", "Geddes 2003", "tablets did nothing against relapse"):
        assert said in out or said == "18 to 26"
    assert "30.8 %" in out
    assert "14 to 22 %" in out
    nothing = euthymia("claims", "show", "7.dependence").out
    assert "no number     dependence over months is not modelled" in nothing
    assert "[undecided]" in nothing


def test_what_is_kept_says_where_it_comes_from(euthymia: Callable[..., object]) -> None:
    document = json.loads(euthymia("claims", "show", "fact-26", "--json").out)
    (claim,) = document["claims"]
    assert claim["kept"].startswith("kept from `python docs_src/facts.py`")
    assert claim["article"] is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("claims", "show", "4.stopp"), "no claim '4.stopp'; did you mean '4.stop'?"),
        (("claims", "--role", "held"), "no role 'held'; did you mean 'held out'?"),
        (("claims", "--article", "8"), "less than or equal to 7"),
    ],
)
def test_a_mistake_is_one_line(euthymia: Callable[..., object], words: tuple[str, ...], said: str) -> None:
    ended = euthymia(*words)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert said in ended.err


def test_mistakes_and_help_load_no_numerics() -> None:
    code = (
        "import sys; sys.argv = ['euthymia', 'claims', 'show', 'nothing']\n"
        "from euthymia.cli import main\n"
        "try:\n    main()\nexcept SystemExit: pass\n"
        "print(*sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "no claim 'nothing'" in ended.stderr
    assert {name.split(".")[0] for name in ended.stdout.split()} & HEAVY == set()


def test_every_claim_can_be_found() -> None:
    assert len(claims()) > len(QUICK)
