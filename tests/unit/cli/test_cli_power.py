"""`euthymia trial power` and `euthymia trial compare`: tables, JSON, a folder to go on from, and complaints."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from euthymia.trials.catalogue import load_trial
from euthymia.trials.design import Analysis, Trial
from euthymia.trials.interim import Futility, FutilityRule, Interim, Reestimation, ResizeRule
from euthymia.trials.running import Enrolment
from euthymia.trials.writing import to_toml

Run = Callable[..., object]


def small(n: int) -> Trial:
    trial = load_trial("transform-1")
    first = trial.phases[0]
    arms = tuple(replace(arm, n=n) for arm in first.arms)
    primary = replace(trial.primary, analysis=Analysis.ANCOVA)
    return replace(trial, id=f"small-{n}", phases=(replace(first, arms=arms),), published=(), primary=primary)


@pytest.fixture
def files(tmp_path: Path) -> None:
    for n in (4, 5):
        (tmp_path / f"small-{n}.toml").write_text(to_toml(small(n)), encoding="utf-8")


@pytest.mark.usefixtures("files")
def test_power_prints_a_line_a_quantity_and_keeps_what_it_said(euthymia: Run, tmp_path: Path):
    ended = euthymia("trial", "power", "small-4.toml", "--replicates", "20", "--margin", "2", "--out", "kept")
    assert ended.code == 0, ended.err  # type: ignore[attr-defined]
    for words in (
        "power",
        "wrong sign",
        "estimate better than 2",
        "coverage of the 95%",
        "84 mg + AD",
        "not for treating",
    ):
        assert words in ended.out  # type: ignore[attr-defined]
    held = (tmp_path / "kept" / "power.json").read_text(encoding="utf-8")
    again = euthymia("trial", "power", "small-4.toml", "--replicates", "20", "--margin", "2", "--out", "kept", "--json")
    assert again.out == held  # type: ignore[attr-defined]
    assert json.loads(held)["schema"] == "euthymia.power/1"
    other = euthymia("trial", "power", "small-5.toml", "--replicates", "20", "--out", "kept")
    assert other.code == 2  # type: ignore[attr-defined]
    assert "holds another run: trial is" in other.err  # type: ignore[attr-defined]


@pytest.mark.usefixtures("files")
def test_size_and_assurance_are_tables_of_their_own(euthymia: Run):
    words = ("--replicates", "6", "--target", "0.3", "--largest", "60", "--assurance", "--arm", "84 mg + AD")
    ended = euthymia("trial", "power", "small-4.toml", *words)
    assert ended.code == 0, ended.err  # type: ignore[attr-defined]
    assert "Size for a power" in ended.out  # type: ignore[attr-defined]
    assert "Assurance" in ended.out  # type: ignore[attr-defined]
    first = ended.out[ended.out.index("Size for a power") :].splitlines()  # type: ignore[attr-defined]
    assert not any(line.strip().startswith("56 mg") for line in first)  # no contrast of an arm that was not asked for


@pytest.mark.usefixtures("files")
def test_two_designs_are_compared_arm_by_arm(euthymia: Run):
    ended = euthymia("trial", "compare", "small-4.toml", "small-5.toml", "--replicates", "6")
    assert ended.code == 0, ended.err  # type: ignore[attr-defined]
    assert "percentage points" in ended.out  # type: ignore[attr-defined]
    found = euthymia("trial", "compare", "small-4.toml", "small-5.toml", "--replicates", "6", "--json")
    assert json.loads(found.out)["trials"] == ["small-4", "small-5"]  # type: ignore[attr-defined]


@pytest.fixture
def looked_at(tmp_path: Path) -> None:
    interim = Interim(
        (0.5, 1.0),
        arm="84 mg + AD",
        futility=Futility(FutilityRule.CONDITIONAL_POWER, below=0.2),
        reestimation=Reestimation(1, ResizeRule.PROMISING_ZONE, 2.0, 0.9),
    )
    trial = replace(small(5), id="looked-at", interim=interim, enrolment=Enrolment(1000.0))
    (tmp_path / "looked-at.toml").write_text(to_toml(trial), encoding="utf-8")


@pytest.mark.usefixtures("looked_at")
def test_looks_before_the_end_are_tables_of_their_own(euthymia: Run, tmp_path: Path):
    ended = euthymia("trial", "power", "looked-at.toml", "--replicates", "6", "--out", "kept")
    assert ended.code == 0, ended.err  # type: ignore[attr-defined]
    for words in (
        "With looks before the end",
        "Look by look",
        "people, of 15 planned",
        "grown (promising zone",
        "one-sided alpha 0.025, spent as O'Brien-Fleming",
        "given up by conditional power below 0.2, not binding",
        "weeks from the first site's opening",
    ):
        assert words in ended.out  # type: ignore[attr-defined]
    held = json.loads((tmp_path / "kept" / "power.json").read_text(encoding="utf-8"))
    assert held["looking"]["people_largest"] == 30
    refused = euthymia("trial", "power", "looked-at.toml", "--replicates", "6", "--target", "0.8")
    assert refused.code == 2  # type: ignore[attr-defined]
    assert "take out [interim]" in refused.err  # type: ignore[attr-defined]


@pytest.mark.usefixtures("files", "looked_at")
def test_a_fixed_design_is_compared_with_one_that_is_looked_at(euthymia: Run):
    ended = euthymia("trial", "compare", "small-5.toml", "looked-at.toml", "--replicates", "4")
    assert ended.code == 0, ended.err  # type: ignore[attr-defined]
    assert "people of a trial: 15.0" in ended.out  # type: ignore[attr-defined]


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--arm", "84mg + AD"), "did you mean '84 mg + AD'?"),
        (("--target", "0.01"), "target is 0.01; expected a power above alpha"),
        (("--alpha", "2"), "alpha is 2; expected a level"),
        (("--replicates", "1"), "greater than or equal to 2"),
    ],
)
def test_nonsense_is_one_line_and_exit_code_2(euthymia: Run, words: tuple[str, ...], said: str):
    ended = euthymia("trial", "power", "small-4.toml", *words)
    assert ended.code == 2  # type: ignore[attr-defined]
    assert said in ended.err  # type: ignore[attr-defined]
    assert ended.err.count("\n") == 1  # type: ignore[attr-defined]
