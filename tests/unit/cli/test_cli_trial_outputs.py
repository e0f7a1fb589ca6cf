"""`euthymia trial figures`, `tables` and `flow`: files, JSON, and mistakes as one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]
TRIAL = "lapidus-2014"


def test_figures_are_written_and_listed(euthymia: Run, tmp_path: Path):
    ended = euthymia("trial", "figures", TRIAL, "--replicates", "3", "--format", "svg", "--out", "drawn", "--json")
    assert ended.code == 0
    told = json.loads(ended.out)
    assert told["schema"] == "euthymia.files/1"
    assert {each["file"] for each in told["files"]} == {path.name for path in (tmp_path / "drawn").iterdir()}
    assert all(each["caption"] for each in told["files"])


def test_tables_are_printed_and_written(euthymia: Run, tmp_path: Path):
    ended = euthymia("trial", "tables", TRIAL, "--replicates", "3", "--out", "here")
    assert ended.code == 0
    assert "Arms by visit" in ended.out
    assert "Arms compared" in ended.out
    names = {path.name for path in (tmp_path / "here").iterdir()}
    assert names == {"visits.csv", "contrasts.csv", "published.csv", "flow.csv"}


def test_the_flow_of_one_replicate_is_counted(euthymia: Run, tmp_path: Path):
    ended = euthymia("trial", "flow", TRIAL, "--replicate", "2", "--json", "--out", "flow")
    told = json.loads(ended.out)
    assert (told["schema"], told["replicate"], told["enrolled"]) == ("euthymia.consort/1", 2, 20)
    assert told == json.loads((tmp_path / "flow" / "flow.json").read_text(encoding="utf-8"))
    assert {path.suffix for path in (tmp_path / "flow").iterdir()} == {".txt", ".json", ".csv", ".svg"}


def test_a_picture_format_with_a_typo_is_one_line(euthymia: Run, tmp_path: Path):
    ended = euthymia("trial", "figures", TRIAL, "--format", "pgn")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "did you mean 'png'?" in ended.err
    assert not list(tmp_path.iterdir())
