"""`euthymia trial export`: files of one replicate, and a mistake as one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


def test_a_small_trial_is_exported_and_described(euthymia: Run, tmp_path: Path):
    words = ("trial", "export", "lapidus-2014", "--replicate", "2", "--start", "2024-01-31")
    ended = euthymia(*words, "--format", "parquet", "--format", "xpt", "--out", "here", "--json")
    assert ended.code == 0
    told = json.loads(ended.out)
    assert told == json.loads((tmp_path / "here" / "define.json").read_text(encoding="utf-8"))
    assert told["schema"] == "euthymia.adam/1"
    assert (told["replicate"], told["start"]) == (2, "2024-01-31")
    names = {each["name"].lower() for each in told["datasets"]}
    assert {path.name for path in (tmp_path / "here").iterdir()} == {
        *(f"{name}.{form}" for name in names for form in ("parquet", "xpt")),
        "define.json",
    }


def test_a_format_with_a_typo_is_one_line(euthymia: Run, tmp_path: Path):
    ended = euthymia("trial", "export", "lapidus-2014", "--format", "xtp")
    assert ended.code == 2
    assert ended.err.count("\n") == 1
    assert "no format 'xtp'; did you mean 'xpt'?" in ended.err
    assert not list(tmp_path.iterdir())


def test_a_trial_does_not_start_in_the_middle_ages(euthymia: Run, tmp_path: Path):
    ended = euthymia("trial", "export", "lapidus-2014", "--start", "1066-10-14")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "allowed: from 1900-01-01 to 2200-01-01" in ended.err
    assert not list(tmp_path.iterdir())
