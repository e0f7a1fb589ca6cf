"""Published trials beside the first four: their rows are the evidence's, and each is predicted or says why not."""

from __future__ import annotations

import csv
import importlib
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from euthymia.calibration.first_light import TRIALS
from euthymia.evidence.published import Measure, PublishedRow, Split
from euthymia.symptoms.scale import Scale
from euthymia.trials.analyse import summarise
from euthymia.trials.catalogue import load_trial, trial_names
from euthymia.trials.conduct import conduct
from euthymia.trials.design import Trial, arms_of
from euthymia.trials.protocol import parse_trial
from euthymia.trials.results import TrialSummary
from euthymia.trials.writing import to_toml

TABLE = Path(__file__).parent / "published_rows.csv"  # the project's evidence table, its rows of these trials
FIRST = ("japan-2b", "synapse", "transform-1", "transform-2")  # held against print in test_trials_catalogue.py
NAMES = tuple(name for name in trial_names() if name not in FIRST)
NUMBERS = ("value", "sd", "se", "ci_low", "ci_high", "ci_level", "n")
TEXTS = ("measure", "definition", "estimator", "unit", "status", "split")
WITHOUT_OUTCOME = ("sustain-2", "zarate-2006")  # no efficacy of theirs could be verified
MOST = 150  # people an arm
BASELINES = {Scale.MADRS: Measure.MADRS_BASELINE, Scale.HAMD17: Measure.HAMD17_BASELINE}
INTERVAL = ("ci_low", "ci_high", "ci_level")
FAULTS = (
    "at a time at which nobody is rated here",
    "no reference arm, or a time at which nobody is rated here",
    "nobody looked at the sessions",
    "of a stretch of the trial that is not conducted here",
)  # reasons that would mean a fault of the file


@cache
def table() -> dict[str, list[dict[str, str]]]:
    """Return the evidence's rows by trial."""
    found: dict[str, list[dict[str, str]]] = {}
    with TABLE.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            found.setdefault(line["trial"], []).append(line)
    return found


@cache
def conducted(name: str) -> TrialSummary:
    return summarise(conduct(smaller(load_trial(name)), replicates=1))


def smaller(trial: Trial) -> Trial:
    """Return a trial with at most a few people an arm, for the sake of time."""
    first, *rest = trial.phases
    arms = tuple(replace(arm, n=min(arm.n or MOST, MOST)) for arm in first.arms)
    return replace(trial, phases=(replace(first, arms=arms), *rest))


@pytest.fixture(params=NAMES)
def trial(request: pytest.FixtureRequest) -> Trial:
    return load_trial(request.param)


def _closed(line: dict[str, str]) -> dict[str, str]:
    """Return a line without an interval that the source could not close; the row's note keeps its lower end."""
    return line if line["ci_high"] else line | dict.fromkeys(INTERVAL, "")


def _number(text: str) -> float | None:
    return float(text) if text else None


def _source(line: dict[str, str]) -> str:
    return line["source"] + (f" ({line['citation_id']})" if line["citation_id"] else "")


def test_every_trial_of_the_evidence_table_has_a_file_and_the_other_way_round():
    assert set(table()) == set(NAMES)


def test_every_row_of_the_evidence_stands_in_its_trial_or_is_named_as_left_out(trial: Trial):
    kept, notes = {row.row_id for row in trial.published}, " ".join(trial.notes)
    for line in table()[trial.id]:
        assert (line["row_id"] in kept) != (line["row_id"] in notes)
    assert kept <= {line["row_id"] for line in table()[trial.id]}


def test_rows_are_those_of_the_evidence_to_the_last_digit(trial: Trial):
    lines = {line["row_id"]: line for line in table()[trial.id]}
    for row in trial.published:
        line = _closed(lines[row.row_id])
        assert [getattr(row, name) for name in NUMBERS] == [_number(line[name]) for name in NUMBERS]
        assert [str(getattr(row, name)) for name in TEXTS] == [line[name] for name in TEXTS]
        assert (row.t, row.source) == (_number(line["elapsed_h"]), _source(line))


def test_an_interval_without_an_upper_end_is_told_in_the_note():
    row = next(row for row in load_trial("sustain-1").published if row.row_id == "R0255")
    assert (row.ci_low, row.ci_high) == (None, None)
    assert "upper limit not estimable; 95 % interval from 97" in row.note


def test_a_trial_and_its_rows_are_on_one_side_of_the_split(trial: Trial):
    assert trial.split in (Split.CALIBRATION, Split.VALIDATION)
    assert {row.split for row in trial.published} == {trial.split}


def test_no_validation_trial_is_fitted():
    assert set(TRIALS) == set(FIRST)
    assert all(load_trial(name).split is Split.CALIBRATION for name in TRIALS)


def test_published_trials_read_back_from_their_own_writing(trial: Trial):
    assert parse_trial(to_toml(trial)) == trial


def test_baselines_in_print_are_those_of_the_design(trial: Trial):
    planned = {arm.name: arm.baseline for arm in arms_of(trial)}
    for row in trial.published:
        base = planned.get(row.arm)
        if base is not None and row.measure is BASELINES[base.scale]:
            assert (row.value, row.sd) == (base.mean, base.sd)


def test_what_is_assumed_of_people_is_said(trial: Trial):
    """A baseline without the number of people behind it is nobody's in print, so the file must say where it is from."""
    borrowed = any(arm.baseline is not None and arm.baseline.n is None for arm in arms_of(trial))
    if borrowed:
        assert any("baseline" in part for part in trial.unverified)
        assert any("MADRS at baseline" in note for note in trial.notes)


def test_a_published_trial_is_conducted_and_each_row_predicted_or_explained(trial: Trial):
    found = conducted(trial.id)
    assert [row.row_id for row in found.comparisons] == [row.row_id for row in trial.published]
    for row in found.comparisons:
        assert (row.predicted is None) == bool(row.why_not)
        assert row.why_not not in FAULTS


def test_every_trial_with_a_verified_outcome_predicts_one_of_them(trial: Trial):
    assert any(row.predicted is not None for row in conducted(trial.id).comparisons) != (trial.id in WITHOUT_OUTCOME)


def test_rows_of_people_who_are_not_conducted_belong_to_a_group_that_says_so(trial: Trial):
    groups = {group.name: group for group in trial.groups}
    arms = {arm.name for arm in arms_of(trial)}
    for row in _without_arm(trial, arms):
        assert groups[row.arm].arms or groups[row.arm].note


def test_the_page_of_trials_is_the_one_that_the_script_writes():
    """Python docs_src/trials.py mends it."""
    page = importlib.import_module("trials")
    assert page.PAGE.read_text(encoding="utf-8") == page.page()


def _without_arm(trial: Trial, arms: set[str]) -> list[PublishedRow]:
    return [row for row in trial.published if row.arm not in arms]
