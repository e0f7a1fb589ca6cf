"""`euthymia credibility`: from a folder of a run to a draft, without running anything."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REGIMEN = "esketamine 84 mg nasal on days 1 4 8 11"
HEAVY = {"jax", "equinox", "pandas", "matplotlib"}


@pytest.mark.usefixtures("sample_work")
def test_a_trial_and_a_course_get_their_drafts(euthymia: Callable[..., object], tmp_path: Path) -> None:
    euthymia("trial", "run", "transform-2", "--out", "trial")
    euthymia("simulate", REGIMEN, "--out", "course")
    for run in ("trial", "course"):
        ended = euthymia("credibility", run)
        assert ended.code == 0
        assert "to be filled in by a person" in ended.out
        assert (tmp_path / run / "credibility.md").read_text(encoding="utf-8").startswith("# Credibility of a run: ")
        assert (tmp_path / run / "credibility.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    first = (tmp_path / "trial" / "credibility.md").read_bytes()
    euthymia("credibility", "trial", "--out", "again")
    assert (tmp_path / "again" / "credibility.md").read_bytes() == first


@pytest.mark.usefixtures("sample_work")
def test_json_alone_writes_nothing_more(euthymia: Callable[..., object], tmp_path: Path) -> None:
    euthymia("trial", "run", "transform-2", "--out", "trial")
    before = sorted(path.name for path in (tmp_path / "trial").iterdir())
    document = json.loads(euthymia("credibility", "trial", "--json").out)
    assert document["schema"] == "euthymia.credibility/1"
    assert document["sections"][0]["heading"] == "Assessment table"
    assert document["open"] > 8
    assert sorted(path.name for path in (tmp_path / "trial").iterdir()) == before


def test_a_folder_without_a_run_is_one_line(euthymia: Callable[..., object], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder, said in (("empty", "no run in 'empty'"), ("nowhere", "no folder 'nowhere'")):
        ended = euthymia("credibility", folder)
        assert (ended.code, ended.err.count("\n")) == (2, 1)
        assert said in ended.err


@pytest.mark.usefixtures("sample_work")
def test_the_draft_runs_no_numerics(euthymia: Callable[..., object], tmp_path: Path) -> None:
    euthymia("trial", "run", "transform-2", "--out", "trial")
    code = (
        f"import sys; sys.argv = ['euthymia', 'credibility', {str(tmp_path / 'trial')!r}]\n"
        "from euthymia.cli import main\n"
        "try:\n    main()\nexcept SystemExit: pass\n"
        "print(*sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "wrote" in ended.stdout
    assert {name.split(".")[0] for name in ended.stdout.splitlines()[-1].split()} & HEAVY == set()
