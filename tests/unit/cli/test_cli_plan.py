"""`euthymia plan` takes the words of the command that it plans, and refuses what that command refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_samples import Ended

Euthymia = Callable[..., Ended]
REGIMEN = "esketamine 84 mg nasal on day 1"


def test_a_plan_says_what_is_taken_and_leaves_nothing_behind(euthymia: Euthymia):
    words = ("plan", "--samples", "2", "--json", "simulate", REGIMEN, "--days", "1", "--patients", "600")
    ended = euthymia(*words, "--seed", "3", "--store", "runs", "--keep", "MADRS")
    assert (ended.code, ended.err) == (0, "")
    found = json.loads(ended.out)
    assert (found["schema"], found["units"], found["shards"]) == ("euthymia.plan/1", 600, 2)
    assert found["samples"][0]["many"]["units"] == 600
    assert found["seconds"]["value"] > found["start"]["value"] > 0.0
    assert found["disk"]["value"] > 600 * 8
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("demo",), "no plan for 'demo'; known: simulate, trial run"),
        (("simulate", REGIMEN, "--days", "-1"), "--days is -1"),
        (("simulate", REGIMEN, "--patience", "5"), "No such option: --patience"),
        (("simulate", REGIMEN, "--workers", "2"), "--workers is for runs that are kept"),
        (("simulate", REGIMEN, "--store", "runs", "--cluster", "local:2"), "--cluster cannot be planned"),
        (("trial", "run", "transform-9"), "no trial 'transform-9'"),
    ],
)
def test_what_cannot_be_planned_is_refused_before_any_work(euthymia: Euthymia, words: tuple[str, ...], complaint: str):
    ended = euthymia("plan", *words)
    assert ended.code == 2
    assert complaint in ended.err
    assert ended.err.count("\n") == 1
