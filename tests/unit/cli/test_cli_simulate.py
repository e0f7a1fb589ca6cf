from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from euthymia.cli import work
from euthymia.engine.device import Dtype
from euthymia.models.accounts import Mechanism
from euthymia.models.asked import Asked
from euthymia.models.condition import Condition
from euthymia.patients.who import ANYBODY, Who
from euthymia.pharmacology.covariates import ChildPugh, Renal

REGIMEN = "esketamine 84 mg nasal on day 1"


@pytest.mark.usefixtures("sample_work")
def test_the_table_shows_the_peak_and_the_score(euthymia: Callable[..., object]) -> None:
    ended = euthymia("simulate", REGIMEN)
    assert ended.code == 0
    assert "MADRS after 28 days" in ended.out
    assert "numerical error" in ended.out


@pytest.mark.usefixtures("sample_work")
def test_json_is_one_document_that_carries_its_command(euthymia: Callable[..., object]) -> None:
    ended = euthymia("simulate", REGIMEN, "--days", "28", "--seed", "3", "--json")
    found = json.loads(ended.out)
    assert ended.err == ""
    assert found["schema"] == "euthymia.course/1"
    assert found["meta"]["command"] == f"euthymia simulate '{REGIMEN}' --days 28 --seed 3"


def test_what_was_typed_reaches_the_numerics(
    euthymia: Callable[..., object], sample_work: list[dict[str, object]]
) -> None:
    euthymia("simulate", REGIMEN, "--days", "14", "--patients", "7", "--seed", "5", "--fast", "--json")
    given = {"days": 14.0, "patients": 7, "seed": 5, "fast": True, "condition": Condition(), "asked": Asked()}
    command = f"euthymia simulate '{REGIMEN}' --days 14 --patients 7 --seed 5 --fast"
    given |= {"kept": work.Kept(command=command), "keep": (), "who": ANYBODY, "dtype": Dtype.FLOAT64}
    assert sample_work == [given]


def test_a_condition_reaches_the_numerics_and_the_command_that_makes_it_again(
    euthymia: Callable[..., object], sample_work: list[dict[str, object]]
) -> None:
    words = ("--kidneys", "severe", "--liver", "B", "--with", "rifampicin", "--with", "ticlopidine")
    found = json.loads(euthymia("simulate", REGIMEN, *words, "--json").out)
    condition = Condition(Renal.SEVERE, ChildPugh.B, ("rifampicin", "ticlopidine"))
    assert sample_work[0]["condition"] == condition
    assert " ".join(words) in found["meta"]["command"]


def test_what_is_given_beside_reaches_the_numerics_and_the_command_that_makes_it_again(
    euthymia: Callable[..., object], sample_work: list[dict[str, object]]
) -> None:
    words = ("--with", "naltrexone", "--with", "rifampicin", "--therapy", "weekly for 10 weeks")
    words = (*words, "--mechanism", "serotonin only", "--deplete-on", "57")
    found = json.loads(euthymia("simulate", REGIMEN, *words, "--json").out)
    assert sample_work[0]["condition"] == Condition(alongside=("rifampicin",))
    assert sample_work[0]["asked"] == Asked("weekly for 10 weeks", ("naltrexone",), 57.0, Mechanism.SEROTONIN_ONLY)
    assert shlex.split(found["meta"]["command"])[-len(words) :] == list(words)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--with", "naltrexon"), "did you mean 'naltrexone'"),
        (("--therapy", "weekli for 10 weeks"), "did you mean 'weekly'"),
        (("--mechanism", "direkt"), "'direkt' is not one of"),
        (("--deplete-on", "0"), "a study day from 1"),
    ],
)
def test_what_cannot_be_given_beside_is_refused_before_any_work(
    euthymia: Callable[..., object], sample_work: list[dict[str, object]], words: tuple[str, ...], message: str
) -> None:
    ended = euthymia("simulate", REGIMEN, *words)
    assert ended.code == 2
    assert message in ended.err
    assert sample_work == []


def test_an_unknown_class_of_the_liver_is_refused_before_any_work(
    euthymia: Callable[..., object], sample_work: list[dict[str, object]]
) -> None:
    ended = euthymia("simulate", REGIMEN, "--liver", "D")
    assert ended.code == 2
    assert "'D' is not one of" in ended.err
    assert sample_work == []


@pytest.mark.usefixtures("sample_work")
def test_a_folder_gets_whole_files_and_the_same_bytes_again(euthymia: Callable[..., object], tmp_path: Path) -> None:
    words = ("simulate", REGIMEN, "--patients", "5")
    assert "wrote" in euthymia(*words, "--out", "a").out
    euthymia(*words, "--out", "b")
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == ["course.csv", "course.json", "course.svg", "provenance.json", "report.html"]
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_place_that_cannot_be_written_is_told_before_any_work(
    euthymia: Callable[..., object], sample_work: list[dict[str, object]], tmp_path: Path
) -> None:
    (tmp_path / "taken").touch()
    ended = euthymia("simulate", REGIMEN, "--out", "taken")
    assert ended.code == 2
    assert "cannot write to 'taken'" in ended.err
    assert sample_work == []


@pytest.mark.parametrize("days", ["0", "-3", "nan", "inf", "99999"])
def test_days_that_cannot_be_simulated_are_refused(
    euthymia: Callable[..., object], sample_work: list[dict[str, object]], days: str
) -> None:
    ended = euthymia("simulate", REGIMEN, "--days", days)
    assert ended.code == 2
    assert "expected more than 0" in ended.err
    assert sample_work == []


@pytest.mark.parametrize(("option", "value"), [("--patients", "0"), ("--seed", "-1"), ("--patients", "many")])
def test_options_out_of_range_are_refused(euthymia: Callable[..., object], option: str, value: str) -> None:
    ended = euthymia("simulate", REGIMEN, option, value)
    assert ended.code == 2
    assert option in ended.err


def test_who_is_treated_reaches_the_numerics_and_the_command_that_makes_it_again(
    euthymia: Callable[..., object], sample_work: list[dict[str, object]]
) -> None:
    words = ("--who", "age 70", "--who", "MADRS SD 4", "--who", "failed 2")
    found = json.loads(euthymia("simulate", REGIMEN, "--patients", "9", *words, "--json").out)
    assert sample_work[0]["who"] == Who(age=70.0, MADRS_sd=4.0, failed=2)
    again = shlex.split(found["meta"]["command"])
    assert [again[k + 1] for k, word in enumerate(again) if word == "--who"] == ["age 70.0", "MADRS SD 4.0", "failed 2"]


def test_float32_is_told_in_the_course_and_in_its_command(euthymia: Callable[..., Any]) -> None:
    words = "simulate", "esketamine 84 mg nasal on day 1", "--days", "1", "--json"
    usual, single = (json.loads(euthymia(*words, "--dtype", dtype).out) for dtype in ("float64", "float32"))
    assert single["meta"]["engine"] == f"{usual['meta']['engine']}, float32"
    assert "--dtype float32" in single["meta"]["command"]
    assert "--dtype" not in usual["meta"]["command"]
    ends = [each["variables"]["MADRS"]["values"][-1] for each in (usual, single)]
    assert ends[0] == pytest.approx(ends[1], abs=1e-3)
    assert ends[0] != ends[1]
