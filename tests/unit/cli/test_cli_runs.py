"""Kept runs by the command line: the same print as without a store, and everything that can be asked of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_samples import Ended

Euthymia = Callable[..., Ended]
WORDS = ("simulate", "esketamine 84 mg nasal on day 1", "--days", "1", "--patients", "600", "--seed", "2")
KEEP = ("--store", "runs", "--keep", "MADRS", "--keep", "plasma")


@pytest.fixture
def kept(euthymia: Euthymia) -> str:
    """Keep a run, and return its name."""
    ended = euthymia(*WORDS, *KEEP, "--json")
    assert ended.code == 0
    return json.loads(euthymia("runs", "list", "--store", "runs", "--json").out)["runs"][0]["id"]


def test_a_kept_course_prints_what_it_prints_not_kept(euthymia: Euthymia):
    assert euthymia(*WORDS, "--store", "runs").out == euthymia(*WORDS).out
    assert euthymia(*WORDS, "--store", "runs", "--json").out == euthymia(*WORDS, "--json").out


def test_a_kept_trial_prints_what_it_prints_not_kept(euthymia: Euthymia):
    words = ("trial", "run", "synapse", "--replicates", "2", "--json")
    assert euthymia(*words, "--store", "runs").out == euthymia(*words).out


def test_runs_are_listed_shown_and_asked(euthymia: Euthymia, kept: str):
    listed = euthymia("runs", "list", "--store", "runs")
    assert kept in listed.out
    assert "esketamine 84 mg nasal on day 1" in listed.out
    shown = json.loads(euthymia("runs", "show", kept[:5], "--store", "runs", "--json").out)
    assert shown["provenance"]["command"].startswith("euthymia simulate 'esketamine 84 mg nasal on day 1' --days 1")
    assert shown["provenance"]["command"].endswith("--keep MADRS --keep plasma")
    assert [(shard["first"], shard["stop"]) for shard in shown["shards"]] == [(0, 512), (512, 600)]
    assert "MADRS at the end, points" in euthymia("runs", "show", kept, "--store", "runs").out
    sql = "SELECT count(*) AS n, max(t_h) AS last FROM course"
    asked = json.loads(euthymia("runs", "query", sql, "--store", "runs", "--json").out)
    assert asked["columns"] == ["n", "last"]
    assert asked["rows"][0][1] == 24.0
    assert "600" in euthymia("runs", "query", "SELECT count(*) FROM people", "--store", "runs", "--run", kept).out


def test_the_command_that_is_kept_makes_the_same_run(euthymia: Euthymia, kept: str):
    import shlex

    shown = json.loads(euthymia("runs", "show", kept, "--store", "runs", "--json").out)
    words = shlex.split(shown["provenance"]["command"])[1:]
    euthymia(*words, "--store", "others")
    assert json.loads(euthymia("runs", "list", "--store", "others", "--json").out)["runs"][0]["id"] == kept


def test_a_run_is_made_again(euthymia: Euthymia, kept: str, monkeypatch: pytest.MonkeyPatch):
    ended = euthymia("rerun", kept, "--store", "runs")
    assert (ended.code, ended.out) == (0, f"{kept}: the same bytes in all of 2 shards and in the result\n")
    monkeypatch.setattr("euthymia.runs.again.document", lambda result: b"another")
    ended = euthymia("rerun", kept, "--store", "runs")
    assert (ended.code, ended.out) == (1, f"{kept}: the result differs\n")
    assert json.loads(euthymia("rerun", kept, "--store", "runs", "--json").out)["other_result"] is True


def test_a_removed_run_is_gone(euthymia: Euthymia, kept: str, tmp_path: Path):
    assert euthymia("runs", "rm", kept, "--store", "runs").out.startswith(f"removed {kept}: esketamine")
    assert json.loads(euthymia("runs", "list", "--store", "runs", "--json").out)["runs"] == []
    assert list((tmp_path / "runs" / "shards").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*WORDS, "--workers", "2"), "--workers is for runs that are kept; say where with --store"),
        ((*WORDS, "--chunk", "2"), "--chunk is for runs that are kept"),
        ((*WORDS, "--keep", "MADRS"), "--keep is for runs that are kept"),
        (("trial", "run", "synapse", "--cluster", "local:1"), "--cluster is for runs that are kept"),
        ((*WORDS, "--store", "runs", "--cluster", "nowhere"), "cluster is 'nowhere'; expected an address"),
        ((*WORDS, "--store", "redis://here"), "no store on 'redis'|the store's URL cannot be read"),
        (("runs", "list", "--store", "nothing"), "no store in 'nothing'"),
        (("runs", "list"), "Missing option '--store'"),
        (("runs", "quary"), "no command 'quary'; did you mean 'query'"),
        (("rerun", "r1", "--store", "nothing"), "no store in 'nothing'"),
    ],
)
def test_mistakes_are_one_line_and_two(euthymia: Euthymia, words: tuple[str, ...], said: str, tmp_path: Path):
    import re

    ended = euthymia(*words)
    assert ended.code == 2
    assert ended.err.count("\n") == 1
    assert re.search(said, ended.err)
    assert not list(tmp_path.iterdir())
