from __future__ import annotations

import csv
import io
import json
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import httpx
import numpy as np
import pytest
import typer.testing
from web_samples import NASAL, SMALL, courses

from euthymia.cli.app import app
from euthymia.trials.protocol import parse_trial
from euthymia.web.schemas_course import CoursesAsked

EXPORT = "/api/v1/export"
TWO = courses(
    regimens=[
        {"sentence": NASAL, "therapy": "weekly for 1 weeks", "alongside": ["naltrexone", "rifampicin"]},
        {"sentence": "esketamine 56 mg nasal on day 1", "label": '\'; rm -rf /; echo "$(id)" """'},
    ],
    who={"age": 60, "MADRS": 32.5, "failed": 1, "liver": "A"},
    people=20,
    days=3,
    curves=["MADRS", "plasma"],
)
STATES = {
    "courses": TWO,
    "circuit": {"levels": [0.0, 1.0], "changes": ["AMPA 0.9"], "spectrum": False},
    "raster": {"cells": 60, "ms": 60, "seed": 4},
    "synapse": {"receptor": "AMPA", "way": "competitive antagonist", "level": 1.0},
    "job": {"kind": "trial", "toml": SMALL, "replicates": 4, "seed": 2},
}


def exported(client: httpx.Client, page: str, kind: str, asked: object = None) -> str:
    answer = client.post(EXPORT, json={"state": {"page": page, "asked": asked or STATES[page]}, "format": kind})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith('attachment; filename="euthymia-')
    return answer.text


def printed(script: str, folder: Path) -> str:
    """What a script prints when it is run by itself."""
    file = folder / "script.py"
    file.write_text(script, encoding="utf-8")
    made = subprocess.run([sys.executable, file], capture_output=True, text=True, timeout=120, check=True)
    return made.stdout


def typed(command: str) -> dict:
    """What a command line prints as JSON."""
    words = shlex.split(command)[1:]
    made = typer.testing.CliRunner().invoke(app, words if "--json" in words else [*words, "--json"])
    assert made.exit_code == 0, made.output
    return json.loads(made.stdout)


def test_the_python_script_prints_the_table_of_the_page(client: httpx.Client, tmp_path: Path) -> None:
    table = exported(client, "courses", "csv")
    assert printed(exported(client, "courses", "python"), tmp_path) == table
    rows = list(csv.DictReader(io.StringIO(table)))
    shown = client.post("/api/v1/courses", json=TWO).json()["courses"]
    for number, course in enumerate(shown, start=1):
        for name, curve in course["curves"].items():
            ours = {round(float(r["t_h"]), 6): r for r in rows if r["treatment"] == str(number) and r["curve"] == name}
            for percent, values in curve["quantiles"].items():
                exact = [float(ours[t][f"p{percent}"]) for t in course["t_h"]]
                np.testing.assert_allclose(np.array(values, float), exact, rtol=5.1e-4, atol=1e-11)


def test_the_command_of_a_course_gives_its_numbers(client: httpx.Client) -> None:
    for course in client.post("/api/v1/courses", json=TWO).json()["courses"]:
        found = typed(course["command"])
        assert found["meta"]["command"] == course["command"]
        for name, curve in course["curves"].items():
            theirs = found["variables"][name]["quantiles"]
            t = dict(zip(np.round(found["t_h"], 6).tolist(), range(len(found["t_h"])), strict=True))
            for ours, share in (("5", "0.05"), ("50", "0.5"), ("95", "0.95")):
                exact = [theirs[share][t[at]] for at in course["t_h"]]
                np.testing.assert_allclose(np.array(curve["quantiles"][ours], float), exact, rtol=5.1e-4, atol=1e-11)


def test_the_shell_script_says_those_commands(client: httpx.Client) -> None:
    lines = exported(client, "courses", "cli").splitlines()
    assert lines[0] == "#!/bin/sh"
    shown = client.post("/api/v1/courses", json=TWO).json()["courses"]
    assert lines[3:] == [f"{each['command']} --out course-{n}" for n, each in enumerate(shown, start=1)]


def test_the_toml_asks_the_same_again(client: httpx.Client) -> None:
    held = tomllib.loads(exported(client, "courses", "toml"))
    assert CoursesAsked.model_validate(held) == CoursesAsked.model_validate(TWO)


@pytest.mark.parametrize("page", ["circuit", "raster", "synapse"])
def test_commands_of_the_circuit_run(client: httpx.Client, page: str) -> None:
    command = exported(client, page, "cli").splitlines()[-1]
    found = typed(command)
    table = list(csv.reader(io.StringIO(exported(client, page, "csv"))))
    if page == "circuit":
        assert [row[1] for row in table[1:]] == [repr(each["rate"]["E"]) for each in found["levels"]]
    if page == "raster":
        assert [float(row[0]) for row in table[1:]] == found["spiking"]["runs"][0]["spike_times"]
    if page == "synapse":
        way = next(each for each in found["ways"] if each["way"] == "competitive antagonist")
        V = np.array([row[1:] for row in table[1:]], dtype=float)
        peak = np.abs(V - V[0]).max(axis=0)
        assert peak[1] / peak[0] == pytest.approx(way["peak_ratio"])


def test_the_python_script_of_a_raster_prints_its_table(client: httpx.Client, tmp_path: Path) -> None:
    printed_lines = printed(exported(client, "raster", "python"), tmp_path)
    assert printed_lines == exported(client, "raster", "csv").replace("cell\n", "cell\n", 1)


def test_a_trial_of_ones_own_travels_with_its_script(client: httpx.Client, tmp_path: Path) -> None:
    assert parse_trial(exported(client, "job", "toml")) == parse_trial(SMALL)
    script = tmp_path / "script.sh"
    script.write_text(exported(client, "job", "cli"), encoding="utf-8")
    text = script.read_text(encoding="utf-8")
    assert "euthymia trial run my_trial.toml --replicates 4 --seed 2" in text
    own = "\n".join(line for line in text.splitlines() if not line.startswith("euthymia"))
    subprocess.run(["sh", "-c", own], cwd=tmp_path, check=True)
    assert parse_trial((tmp_path / "my_trial.toml").read_text(encoding="utf-8")) == parse_trial(SMALL)


OTHER_JOBS: list[tuple[dict, Callable[[str], bool]]] = [
    ({"kind": "power", "trial": "transform-2", "replicates": 20, "target": 0.9}, lambda text: "eu.power(" in text),
    ({"kind": "score", "trials": ["fava-2020"], "replicates": 3}, lambda text: "eu.score_trials(" in text),
    ({"kind": "course", "regimen": {"sentence": NASAL}, "people": 9}, lambda text: "eu.simulate(" in text),
    ({"kind": "trial", "trial": "transform-2"}, lambda text: "eu.trial('transform-2')" in text),
]


@pytest.mark.parametrize(("asked", "holds"), OTHER_JOBS, ids=lambda part: str(part)[:20])
def test_every_job_has_a_script_that_compiles(client: httpx.Client, asked: dict, holds: Callable[[str], bool]) -> None:
    text = exported(client, "job", "python", asked)
    compile(text, "script.py", "exec")
    assert holds(text)
    command = exported(client, "job", "cli", asked).splitlines()[-1]
    made = typer.testing.CliRunner().invoke(app, [*shlex.split(command)[1:], "--help"])
    assert made.exit_code == 0
    exported(client, "job", "toml", asked)


@pytest.mark.parametrize("label", ['"""', "'''", "\\", "\n", "{x}", "$(id)", "`id`", "=1+1", "END_OF_TRIAL"])
def test_what_came_in_a_request_stands_in_no_script_as_code(client: httpx.Client, label: str) -> None:
    asked = courses(regimens=[{"sentence": "none", "label": label}], people=1)
    compile(exported(client, "courses", "python", asked), "script.py", "exec")
    assert tomllib.loads(exported(client, "courses", "toml", asked))["regimens"][0]["label"] == label
    own = SMALL.replace("A small trial", f"A small trial {json.dumps(label, ensure_ascii=False)[1:-1]}")
    job = {"kind": "trial", "toml": own, "replicates": 3}
    compile(exported(client, "job", "python", job), "script.py", "exec")
    assert parse_trial(exported(client, "job", "toml", job)) == parse_trial(own)
