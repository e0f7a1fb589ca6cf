"""The example notebooks run from top to bottom, and their cells show what they end with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pages
import pytest

NOTEBOOKS = sorted((pages.ROOT / "examples" / "notebooks").glob("*.ipynb"))
RUN = """
import sys
import nbformat
from nbclient import NotebookClient
made = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(made, timeout=250, kernel_name="python3").execute()
nbformat.write(made, sys.argv[2])
"""
SHOWN = {"first_dose": 2, "a_trial": 3}  # cells that end with a course, a design or a trial


def cells(path: Path) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]


def test_there_are_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == sorted(SHOWN)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_what_it_printed(path: Path) -> None:
    assert [cell for cell in cells(path) if cell["outputs"] or cell["execution_count"]] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_what_its_cells_end_with(path: Path, tmp_path: Path) -> None:
    made = tmp_path / path.name
    ran = subprocess.run(
        [sys.executable, "-c", RUN, str(path), str(made)], cwd=tmp_path, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    shown = [each["data"] for cell in cells(made) for each in cell["outputs"] if "data" in each]
    html = ["".join(data["text/html"]) for data in shown if "text/html" in data]
    assert len(html) == SHOWN[path.stem]
    assert all('<div class="euthymia">' in each and "<script" not in each for each in html)
