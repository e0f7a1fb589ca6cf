"""`euthymia report`, and `--pdf` beside a run: the same bytes again, and mistakes told before any work."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

REGIMEN = "esketamine 84 mg nasal on day 1"


@pytest.mark.usefixtures("sample_work")
def test_a_trial_becomes_a_page_and_a_pdf_the_same_bytes_again(euthymia: Callable[..., object], tmp_path: Path) -> None:
    for folder in ("a", "b"):
        ended = euthymia("report", "transform-2", "--pdf", "--out", folder)
        assert (ended.code, ended.out.count("wrote")) == (0, 2)
    for name in ("report.html", "report.pdf"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    euthymia("trial", "run", "transform-2", "--pdf", "--out", "c")
    for name in ("report.html", "report.pdf"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "c" / name).read_bytes()


@pytest.mark.usefixtures("sample_work")
def test_pdf_stands_beside_the_files_of_a_run(euthymia: Callable[..., object], tmp_path: Path) -> None:
    euthymia("simulate", REGIMEN, "--pdf", "--out", "run")
    assert (tmp_path / "run" / "report.pdf").read_bytes().startswith(b"%PDF-")
    euthymia("trial", "run", "transform-2", "--pdf", "--json")
    assert (tmp_path / "report.pdf").exists()


@pytest.mark.parametrize(
    "words", [("simulate", REGIMEN, "--days", "1"), ("trial", "run", "murrough-2013", "--replicates", "2")]
)
def test_a_kept_run_is_reported_without_running_it_again(
    euthymia: Callable[..., object], tmp_path: Path, words: tuple[str, ...]
) -> None:
    ended = euthymia(*words, "--store", "runs", "--out", "there")
    assert ended.code == 0, ended.err
    run = json.loads(euthymia("runs", "list", "--store", "runs", "--json").out)["runs"][0]["id"]
    ended = euthymia("report", run, "--store", "runs", "--out", "here")
    assert ended.code == 0, ended.err
    assert (tmp_path / "here" / "report.html").read_bytes() == (tmp_path / "there" / "report.html").read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("report", "transform-22"), "did you mean 'transform-2'"),
        (("report", "folder"), "run its command again with --pdf"),
        (("report", "r1", "--store", "nowhere"), "nowhere"),
        (("simulate", REGIMEN, "--pdf"), "say where with --out"),
    ],
)
def test_a_mistake_is_one_line_before_any_work(
    euthymia: Callable[..., object],
    sample_work: list[dict[str, object]],
    tmp_path: Path,
    words: tuple[str, ...],
    said: str,
) -> None:
    (tmp_path / "folder").mkdir()
    ended = euthymia(*words)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert said in ended.err
    assert sample_work == []


@pytest.mark.usefixtures("sample_work")
def test_json_names_the_files(euthymia: Callable[..., object]) -> None:
    document = json.loads(euthymia("report", "transform-2", "--json").out)
    assert document["schema"] == "euthymia.files/1"
    assert [each["file"] for each in document["files"]] == ["report.html"]
