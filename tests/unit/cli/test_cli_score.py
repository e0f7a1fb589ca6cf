"""`euthymia score`: a trial of one's own, kept and gone on with, and complaints."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from euthymia.evidence.published import Estimator, Measure, PublishedRow, Split, Status, unit_of
from euthymia.trials.catalogue import load_trial
from euthymia.trials.writing import to_toml

Run = Callable[..., object]


def published(name: str, arm: str, measure: Measure, value: float) -> PublishedRow:
    return PublishedRow(
        row_id=name,
        arm=arm,
        phase="induction",
        measure=measure,
        estimator=Estimator.OC,
        t=648.0,
        value=value,
        unit=unit_of(measure),
        source="made up",
        status=Status.READ,
        split=Split.USER,
    )


@pytest.fixture
def mine(tmp_path: Path) -> None:
    made = load_trial("transform-1")
    first = made.phases[0]
    rows = (
        published("A", "placebo + AD", Measure.MADRS_CHANGE, -5.0),
        published("B", "56 mg + AD", Measure.RESPONSE, 100.0),
        published("C", "56 mg + AD", Measure.AE_HEADACHE, 20.0),
    )
    own = replace(
        made,
        id="mine",
        registry="",
        split=Split.USER,
        published=rows,
        phases=(replace(first, arms=tuple(replace(arm, n=8) for arm in first.arms)),),
    )
    (tmp_path / "mine.toml").write_text(to_toml(own), encoding="utf-8")


@pytest.mark.usefixtures("mine")
def test_a_trial_of_ones_own_is_scored_misses_first_and_kept(euthymia: Run, tmp_path: Path):
    ended = euthymia("score", "mine.toml", "--replicates", "6", "--out", "kept")
    assert ended.code == 0, ended.err  # type: ignore[attr-defined]
    said = ended.out  # type: ignore[attr-defined]
    assert (
        said.index("Outside our 90 % intervals") < said.index("By trial and endpoint") < said.index("beside its rivals")
    )
    for words in ("meta-analysis", "Emax regression", "undecided", "2 of 3 published rows count", "not for treating"):
        assert words in said
    held = (tmp_path / "kept" / "score.json").read_text(encoding="utf-8")
    again = euthymia("score", "mine.toml", "--replicates", "6", "--out", "kept", "--json")
    assert again.out == held  # type: ignore[attr-defined]
    board = json.loads(held)
    assert board["schema"] == "euthymia.score/1"
    assert board["trials"][0]["rows"][2]["told"][0]["judged"] is None
    other = euthymia("score", "mine.toml", "--replicates", "6", "--seed", "2", "--out", "kept")
    assert other.code == 2  # type: ignore[attr-defined]
    assert "belongs to another run" in other.err  # type: ignore[attr-defined]


@pytest.mark.usefixtures("mine")
def test_accounts_are_a_table_of_their_own(euthymia: Run):
    ended = euthymia("score", "mine.toml", "--mechanisms", "--replicates", "3")
    assert ended.code == 0, ended.err  # type: ignore[attr-defined]
    for words in ("Accounts of how treatment works", "the best", "serotonin only", "published"):
        assert words in ended.out  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("transfrom-3",), "did you mean 'transform-3'?"),
        (("--loo", "--mechanisms"), "ask one at a time"),
        (("nowhere.toml",), "cannot be read"),
        (("--replicates", "2"), "greater than or equal to 3"),
    ],
)
def test_mistakes_are_one_line_before_any_work(euthymia: Run, words: tuple[str, ...], said: str):
    ended = euthymia("score", *words)
    assert ended.code == 2  # type: ignore[attr-defined]
    assert said in ended.err  # type: ignore[attr-defined]
