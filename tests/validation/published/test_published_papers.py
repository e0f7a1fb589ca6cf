"""The scripts of examples/from_papers: which statements of each paper come out, and which are known to fail."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[3] / "examples" / "from_papers"

# Statements that do not come out, by script; they stand in its output and in docs/models/papers.md.
QUICK: dict[str, set[str]] = {
    "Gerhard_2020": {"knock-down on PV"},
    "Moghaddam_1997": set(),
    "Montbrio_2015": set(),
}
LONG: dict[str, set[str]] = {
    "Brunel_Wang_2001": set(),
    "Ramirez_Mahaluf_2017": {"rates of the project's earlier re-implementation"},
    "Murray_2014": {"and makes the memory less precise", "and lets distractors in"},
}


@pytest.fixture(autouse=True)
def on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))


def script(name: str) -> ModuleType:
    sys.modules.pop(name, None)
    return importlib.import_module(name)


def failures(name: str) -> set[str]:
    """Return what does not agree, having seen the script print everything it compares."""
    lines = script(name).compare()
    assert all(line.paper and line.ours for line in lines)
    return {line.what for line in lines if line.agrees is False}


@pytest.mark.parametrize("name", QUICK)
def test_a_quick_script_agrees_except_where_it_says_so(name: str) -> None:
    assert failures(name) == QUICK[name]


@pytest.mark.long
@pytest.mark.parametrize("name", LONG)
def test_a_long_script_agrees_except_where_it_says_so(name: str) -> None:
    assert failures(name) == LONG[name]


def test_every_script_is_run_by_a_test_and_described() -> None:
    names = {path.stem for path in FOLDER.glob("*_*.py")}
    assert names == QUICK.keys() | LONG.keys()
    text = (FOLDER.parents[1] / "docs" / "models" / "papers.md").read_text(encoding="utf-8")
    for name in names:
        assert f"`{name}.py`" in text
        for failed in {**QUICK, **LONG}[name]:
            assert failed in text


def test_a_comparison_prints_every_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    beside = script("beside")
    verdicts = {"first": True, "second": False, "third": None}
    beside.show("Paper", "Meaning.", [beside.Line(w, "p", "o", v) for w, v in verdicts.items()], "none")
    said = capsys.readouterr().out
    for word in ("first: agrees", "second: FAILS", "third: not comparable", "1 of 2 statements agree."):
        assert word in said
