from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from euthymia.cli import demo, trial, work
from euthymia.trials.catalogue import trial_names

NAME = "transform-2"


@pytest.mark.usefixtures("sample_work")
def test_a_run_prints_predictions_beside_published_values_and_misses(
    euthymia: Callable[..., object], tmp_path: Path
) -> None:
    ended = euthymia("trial", "run", NAME)
    assert ended.code == 0
    assert ended.out.count("MISS") == 4
    assert "3 missed" in ended.out
    assert "not for treating a person" in ended.out
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.usefixtures("sample_work")
def test_threads_and_chunks_change_no_byte(euthymia: Callable[..., object], tmp_path: Path) -> None:
    first = euthymia("trial", "run", NAME, "--json", "--out", "a")
    second = euthymia("trial", "run", NAME, "--json", "--out", "b", "--threads", "3", "--chunk", "7")
    assert first.out == second.out
    assert "threads" not in first.out
    for name in ("report.html", "trial.json", "provenance.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert (tmp_path / "a" / "trial.json").read_text(encoding="utf-8") == first.out


@pytest.mark.usefixtures("sample_work")
def test_json_alone_writes_no_file(euthymia: Callable[..., object], tmp_path: Path) -> None:
    found = json.loads(euthymia("trial", "run", NAME, "--json", "--replicates", "9", "--seed", "4").out)
    assert found["command"] == f"euthymia trial run {NAME} --replicates 9 --seed 4"
    assert list(tmp_path.iterdir()) == []


def test_what_was_typed_reaches_the_numerics(
    euthymia: Callable[..., object], sample_work: list[dict[str, object]]
) -> None:
    euthymia("trial", "run", NAME, "--json", "--replicates", "9", "--seed", "4", "--threads", "2", "--chunk", "5")
    kept = work.Kept(threads=2, chunk=5, command=f"euthymia trial run {NAME} --replicates 9 --seed 4")
    assert sample_work == [{"replicates": 9, "seed": 4, "threads": 2, "chunk": 5, "kept": kept}]


def test_a_report_that_cannot_be_written_is_told_before_any_work(
    euthymia: Callable[..., object], sample_work: list[dict[str, object]], tmp_path: Path
) -> None:
    (tmp_path / "report.html").mkdir()
    ended = euthymia("trial", "run", NAME)
    assert ended.code == 2
    assert "report.html" in ended.err
    assert sample_work == []


def test_a_typo_in_a_trial_gets_the_nearest_name(euthymia: Callable[..., object]) -> None:
    ended = euthymia("trial", "run", "transfrom-2")
    assert ended.code == 2
    assert "did you mean 'transform-" in ended.err


def test_a_missing_file_is_one_line(euthymia: Callable[..., object]) -> None:
    ended = euthymia("trial", "run", "missing.toml")
    assert ended.code == 2
    assert ended.err.startswith("error: ")
    assert ended.err.count("\n") == 1


def test_the_list_holds_every_trial(euthymia: Callable[..., object]) -> None:
    found = json.loads(euthymia("trial", "list", "--json").out)
    assert found["schema"] == trial.LIST_SCHEMA
    assert {row["id"] for row in found["trials"]} == set(trial_names())
    assert NAME in euthymia("trial", "list").out


@pytest.mark.parametrize("name", trial_names())
def test_every_design_can_be_shown_in_words_and_as_json(euthymia: Callable[..., object], name: str) -> None:
    shown = euthymia("trial", "show", name)
    assert shown.code == 0
    assert "Primary endpoint" in shown.out
    assert "(reference)" in shown.out
    assert json.loads(euthymia("trial", "show", name, "--json").out)["schema"] == trial.DESIGN_SCHEMA


def test_a_design_in_words_says_what_counts_as_an_earlier_failure(euthymia: Callable[..., object]) -> None:
    assert "with a fall of less than 25 %" in " ".join(euthymia("trial", "show", "transform-1").out.split())
    assert "without response" in " ".join(euthymia("trial", "show", "synapse").out.split())


@pytest.mark.usefixtures("sample_work")
def test_the_demo_says_where_its_report_is(euthymia: Callable[..., object], tmp_path: Path) -> None:
    ended = euthymia("demo")
    assert ended.code == 0
    assert (tmp_path / "report.html").resolve().as_uri() in ended.out
    assert demo.DEMO_TRIAL in ended.out
