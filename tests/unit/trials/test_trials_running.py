"""A trial file that says all of how a trial is run: it is read, written, conducted, and told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from euthymia.report.adam import datasets
from euthymia.report.consort import consort
from euthymia.report.design import design_facts
from euthymia.trials.analyse import summarise
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct
from euthymia.trials.data import Screened, Taken, TrialData
from euthymia.trials.design import Trial
from euthymia.trials.keeping import put_together, taken_apart
from euthymia.trials.protocol import parse_trial
from euthymia.trials.writing import to_toml

EXAMPLE = Path(__file__).parents[3] / "examples" / "trials" / "screened_trial.toml"


@pytest.fixture(scope="module")
def trial() -> Trial:
    return load_trial(EXAMPLE)


@pytest.fixture(scope="module")
def data(trial: Trial) -> TrialData:
    return conduct(trial, seed=2, replicates=2)


def test_the_example_uses_all_of_it(trial: Trial):
    tables = (trial.screening, trial.adherence, trial.randomisation, trial.enrolment)
    assert None not in tables
    assert all(visit.window for visit in trial.visits)
    assert parse_trial(to_toml(trial)) == trial


def test_the_example_is_conducted_whatever_the_chunks(trial: Trial, data: TrialData):
    other = conduct(trial, seed=2, replicates=2, threads=1, chunk=17)
    phase, again = data.phases[0], other.phases[0]
    for one, two in (
        (phase.MADRS, again.MADRS),
        (phase.arm, again.arm),
        (phase.times, again.times),
        (data.enrolled, other.enrolled),
        (data.dose, other.dose),
    ):
        np.testing.assert_array_equal(cast(np.ndarray, one), cast(np.ndarray, two))
    assert np.isfinite(phase.MADRS).all()


def test_counts_of_the_example_fit_together(data: TrialData):
    came, found = cast(Screened, data.screened), consort(data)
    np.testing.assert_array_equal(came.people - came.failed.sum(1), data.left.shape[1])
    assert sum(arm.assigned for arm in found.arms) == found.enrolled == data.left.shape[1]
    assert cast(np.ndarray, data.enrolled).max() <= 4380.0
    assert summarise(data).screening is not None


def test_the_example_is_told_in_words(trial: Trial):
    told = {fact.label: fact.text for fact in design_facts(trial)}
    assert told["Screening"].startswith("14 days before, of people with a HAMD17 of 22 (SD 7); raters lift")
    assert told["Enrolment"] == "over 182.5 days, rising"
    assert told["Adherence"].startswith("5 % of dosing visits are missed")
    assert told["Randomisation"] == "in blocks of 4 within strata by region and severity"
    assert "HAMD17 of at least 20" in told["People"]


def test_the_example_becomes_datasets(trial: Trial):
    names = {each.name for each in datasets(conduct(trial, seed=2))}
    assert {"ADSL", "ADQS", "ADEX", "ADVS", "ADTTE"} <= names


def test_dates_count_from_the_day_on_which_a_subject_was_randomised(trial: Trial):
    found = conduct(trial, seed=2)
    at_once = datasets(replace(found, trial=replace(trial, enrolment=None)))
    days = np.floor(cast(np.ndarray, found.enrolled)[0] / 24.0)
    for spread, plain in zip(datasets(found), at_once, strict=True):
        who = spread["SUBJID"].astype(int) - 1
        for name in ("RANDDT", "TRTSDT", "ADT", "ASTDT"):
            if name in spread.columns:
                np.testing.assert_array_equal(spread[name], plain[name] + days[who])
        if "ADY" in spread.columns:
            np.testing.assert_array_equal(spread["ADY"], plain["ADY"])


def test_what_was_conducted_is_kept_and_found_again(trial: Trial, data: TrialData):
    again = put_together(taken_apart(data, range(2)), trial)
    came = cast(Screened, again.screened)
    np.testing.assert_array_equal(came.failed, cast(Screened, data.screened).failed)
    for one, other in (
        (again.phases[0].times, data.phases[0].times),
        (cast(Taken, again.adherence).planned, cast(Taken, data.adherence).planned),
        (again.enrolled, data.enrolled),
    ):
        np.testing.assert_array_equal(cast(np.ndarray, one), cast(np.ndarray, other))
