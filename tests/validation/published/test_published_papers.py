"""The scripts of examples/from_papers: which statements of each paper come out, and which are known to fail.

Three of them are targets of the project's specification of the circuit: C11 (decisions: `Lam_2022`), C12 (a memory of
an angle: `Murray_2014`) and C13 (two areas in depression: `Ramirez_Mahaluf_2017`).
"""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
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
    "Lam_2022": {
        "the same with the choice read at the end",
        "less NMDA on pyramids: accuracy",
        "less NMDA on pyramids: integration",
    },
    "Murray_2014": {"and makes the memory less precise", "and lets distractors in"},
}

TARGETS = {"Lam_2022": "C11", "Murray_2014": "C12", "Ramirez_Mahaluf_2017": "C13"}


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
@pytest.mark.parametrize(
    "name", [pytest.param(name, id="-".join(filter(None, (TARGETS.get(name), name)))) for name in LONG]
)
def test_a_long_script_agrees_except_where_it_says_so(name: str) -> None:
    assert failures(name) == LONG[name]


def test_every_script_is_run_by_a_test_and_described() -> None:
    names = {path.stem for path in FOLDER.glob("*_*.py")}
    assert names == QUICK.keys() | LONG.keys()
    text = (FOLDER.parents[1] / "docs" / "models" / "papers.md").read_text(encoding="utf-8")
    for name in names:
        assert f"`{name}.py`" in text
        assert TARGETS.get(name, "") in text
        for failed in {**QUICK, **LONG}[name]:
            assert failed in text


def test_a_comparison_prints_every_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    beside = script("beside")
    verdicts = {"first": True, "second": False, "third": None}
    beside.show("Paper", "Meaning.", [beside.Line(w, "p", "o", v) for w, v in verdicts.items()], "none")
    said = capsys.readouterr().out
    for word in ("first: agrees", "second: FAILS", "third: not comparable", "1 of 2 statements agree."):
        assert word in said


def test_every_target_of_the_circuit_has_a_row_and_a_test() -> None:
    """Targets C1 to C14 are found by their names: in the tests of this folder, and in the pages on the circuit."""
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")).lower()
    pages = [FOLDER.parents[1] / "docs" / "models" / f"{page}.md" for page in ("circuit", "papers")]
    rows = [
        line.split("|")[1] for page in pages for line in page.read_text(encoding="utf-8").splitlines() if "| C" in line
    ]
    told = {name.strip() for row in rows for name in row.split(",")}
    for number in range(1, 15):
        assert f"C{number}" in told
        assert re.search(rf"(\b|_)c{number}(\b|_)", tests)


def test_runs_of_many_trials_have_the_rates_of_single_ones() -> None:
    """The same network in both loops, from other draws: means over seeds agree within chance."""
    runs, leaky = script("runs"), script("leaky")
    groups = (leaky.Group(80, 20.0, 2.0, 0.084, 2.4), leaky.Group(20, 10.0, 1.0, 0.081, 2.4))
    A, N, G = np.array([[0.02, 0.0], [0.02, 0.0]]), np.array([[0.05, 0.0], [0.05, 0.0]]), np.array([[0.0, 0.2]] * 2)
    weights = leaky.Weights(A, N, G)
    events = np.full((1000, 2), 2.4)
    many = np.array([runs.group_rates(groups, weights, events, seed)[400:].mean(axis=0) for seed in range(8)])
    spikes = [leaky.simulate(groups, weights, [], 500.0, seed) for seed in range(8)]
    single = np.array([[found.rate(a, 200.0, 500.0) for a in range(2)] for found in spikes])
    error = np.sqrt((many.var(axis=0, ddof=1) + single.var(axis=0, ddof=1)) / 8)
    assert np.all(many.mean(axis=0) > 1.0)
    assert np.all(np.abs(many.mean(axis=0) - single.mean(axis=0)) < 3.5 * error)
    np.testing.assert_array_equal(many[3], runs.group_rates(groups, weights, events, 3)[400:].mean(axis=0))


def test_weights_find_the_evidence_that_choices_were_made_on() -> None:
    """Choices by the first half alone put the whole weight there; the sum of weights is then that of an ideal judge."""
    lam = script("Lam_2022")
    evidence = lam.SPREAD * np.random.default_rng(2).standard_normal((20_000, lam.FRAMES))
    half = lam.FRAMES // 2
    judged = np.sign(evidence[:, :half].sum(axis=1))
    rates = np.zeros((*evidence.shape, 2))
    rates[..., 0] = judged[:, None]
    found = lam.Trials(evidence, rates, lam.Read.AT_THE_END)
    assert lam.weight(found, start=half) == pytest.approx(0.0, abs=0.1)
    assert lam.weight(found) == pytest.approx(half * np.sqrt(2 / (np.pi * half)), rel=0.05)
    assert lam.mean_time(found) == pytest.approx(0.5, abs=0.05)
    assert lam.accuracy(found) == pytest.approx(0.75, abs=0.01)  # half of the evidence: 1/2 + asin(sqrt(1/2))/pi
    same = lam.shift(lam.accuracy, found.of(np.arange(200)), found.of(np.arange(200)))
    assert (same.rises, same.falls, same.error) == (False, False, 0.0)
