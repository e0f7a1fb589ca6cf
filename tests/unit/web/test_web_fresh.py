"""Exported scripts in a fresh environment, the package installed as users do it, give the numbers of a page."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from web_samples import NASAL, SMALL, courses

from euthymia import api
from euthymia.trials.protocol import parse_trial

ROOT = Path(__file__).parents[3]
ASKED = {
    "courses": courses(regimens=[{"sentence": NASAL}, {"sentence": "ketamine 0.5 mg/kg iv over 40 min on day 1"}]),
    "raster": {"cells": 60, "ms": 60, "seed": 4},
}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds the package and what it needs, and nothing else."""
    folder = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", str(ROOT)], check=True)
    return python


def printed(python: Path, script: str, folder: Path) -> str:
    file = folder / "script.py"
    file.write_text(script, encoding="utf-8")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    made = subprocess.run([python, file], capture_output=True, text=True, check=True, env=clean, cwd=folder)
    return made.stdout


def exported(client: httpx.Client, page: str, asked: object, kind: str) -> str:
    answer = client.post("/api/v1/export", json={"state": {"page": page, "asked": asked}, "format": kind})
    assert answer.status_code == 200, answer.text
    return answer.text


def same(one: str, other: str) -> None:
    """Words are the same, and numbers to the last digits, which other versions of NumPy may turn."""
    rows, others = (list(csv.reader(io.StringIO(text))) for text in (one, other))
    assert len(rows) == len(others) > 1
    for row, again in zip(rows, others, strict=True):
        for cell, cell_again in zip(row, again, strict=True):
            try:
                assert float(cell) == pytest.approx(float(cell_again), rel=1e-9, abs=1e-12)
            except ValueError:
                assert cell == cell_again


@pytest.mark.long
def test_the_scripts_of_the_pages_give_their_numbers(client: httpx.Client, fresh: Path, tmp_path: Path) -> None:
    where = printed(fresh, "import euthymia; print(euthymia.__file__)", tmp_path)
    assert Path(where.strip()).is_relative_to(fresh.parents[1])
    for page, asked in ASKED.items():
        script = exported(client, page, asked, "python")
        same(printed(fresh, script, tmp_path), exported(client, page, asked, "csv"))


@pytest.mark.long
def test_the_script_of_a_trial_gives_its_summary(client: httpx.Client, fresh: Path, tmp_path: Path) -> None:
    script = exported(client, "job", {"kind": "trial", "toml": SMALL, "replicates": 4, "seed": 2}, "python")
    ours = api.conduct(parse_trial(SMALL), replicates=4, seed=2).summary()
    assert printed(fresh, script, tmp_path).rstrip("\n") == ours.rstrip("\n")
