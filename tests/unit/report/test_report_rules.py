"""Rescue, switches, ends of treatment and reasons for leaving in the flow of people and in the analysis datasets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from euthymia.report.adam import datasets
from euthymia.report.adam_dataset import Dataset
from euthymia.report.consort import consort, consort_table
from euthymia.report.consort_figure import flow
from euthymia.report.design import design_facts, design_tables
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct, conduct_one
from euthymia.trials.data import TrialData
from euthymia.trials.rules import Leaving
from euthymia.trials.stacking import picked

EXAMPLE = Path(__file__).parents[3] / "examples" / "trials" / "rescued_trial.toml"
START = date(2024, 1, 1)
SEED = 8


@pytest.fixture(scope="module")
def one() -> TrialData:
    return conduct_one(load_trial(EXAMPLE), seed=SEED)


@pytest.fixture(scope="module")
def made(one: TrialData) -> dict[str, Dataset]:
    return {each.name: each for each in datasets(one, start=START)}


def frame(dataset: Dataset) -> pd.DataFrame:
    return pd.DataFrame(dict(dataset.columns))


# The flow of people --------------------------------------------------------------------------------------------------


def test_the_flow_counts_what_happened_and_why_people_left(one: TrialData):
    found, phase = consort(one), one.phases[0]
    for place, arm in enumerate(found.arms):
        who = phase.arm[0] == place
        assert arm.stopped == np.isfinite(phase.stopped[0, who]).sum()
        assert arm.rescued == np.isfinite(phase.rescued[0, who]).sum()
        assert arm.switched == np.isfinite(phase.switched[0, who]).sum()
        assert sum(arm.reasons.values()) == arm.left == np.isfinite(one.left[0, who]).sum()
        assert arm.assigned == arm.left + arm.completed
    assert found.arms[1].switched > 0
    assert f"{found.arms[1].switched} switched arm" in found.text()
    assert Leaving.ADMINISTRATIVE.words in found.text()
    assert "not simulated" not in consort_table(found).note
    assert "switched arm" in flow(found).element()


def test_plain_data_of_the_flow_has_the_reasons(one: TrialData):
    told = consort(one).to_dict()["arms"]
    assert isinstance(told, list)
    assert {"reasons", "stopped", "rescued", "switched"} <= set(told[0])


def test_the_design_is_told_with_its_rules():
    trial = load_trial(EXAMPLE)
    told = " ".join(str(cell) for each in design_tables(trial) for row in each.rows for cell in row)
    for words in (
        "stop treatment at day 8, day 15, day 29: 50 % of those with last dosing visit intolerable",
        "rescue with sertraline 100 mg oral daily for 14 days, day 1 being that of the visit, at day 29: if fallen by",
        "switch to flexible at day 15, day 29: if fallen by less than 25 % and MADRS of at least 28; told what it is",
        "leave at day 29: 50 % of those with MADRS of at least 40",
        "lowered when intolerable",
    ):
        assert words in told
    leaving = next(fact.text for fact in design_facts(trial) if fact.label == "Leaving")
    assert leaving.endswith("who leaves depends on how people are; 30 % of them only stop treatment")


def test_columns_of_what_happened_to_nobody_are_left_out(one: TrialData):
    nobody = replace(consort(one).arms[0], stopped=0, rescued=0, switched=0)
    heads = {column.title for column in consort_table(replace(consort(one), arms=(nobody,))).columns}
    assert not {"Stopped", "Rescued", "Switched"} & heads
    assert heads >= {"Assigned", "Left", "Carried"}


# Datasets ------------------------------------------------------------------------------------------------------------


def test_reasons_and_flags_are_those_of_the_trial(one: TrialData, made: dict[str, Dataset]):
    people, phase = frame(made["ADSL"]), one.phases[0]
    left, stopped = np.isfinite(one.left[0]), np.isfinite(phase.stopped[0])
    np.testing.assert_array_equal(people["EOSSTT"] == "DISCONTINUED", left)
    np.testing.assert_array_equal(people["DCSREAS"] == "LACK OF EFFICACY", one.reason[0] == Leaving.INEFFICACY)
    np.testing.assert_array_equal(people["DCSREAS"] == "ADVERSE EVENT", one.reason[0] == Leaving.ADVERSE_EVENT)
    np.testing.assert_array_equal(people["DCSREASP"] == "administrative", one.reason[0] == Leaving.ADMINISTRATIVE)
    np.testing.assert_array_equal(people["EOTSTT"] == "DISCONTINUED", left | stopped)
    np.testing.assert_array_equal(people["DCTREAS"] != "", left | stopped)
    np.testing.assert_array_equal(people["RESCFL"] == "Y", np.isfinite(phase.rescued[0]))
    np.testing.assert_array_equal(people["SWITCHFL"] == "Y", np.isfinite(phase.switched[0]))
    assert stopped.any()


def test_rows_are_told_apart_and_values_are_among_the_terms(made: dict[str, Dataset]):
    for each in made.values():
        assert not frame(each).duplicated(list(each.keys)).any(), each.name
        for variable in each.variables:
            if variable.terms:
                assert set(each[variable.name]) <= {"", *variable.terms}, (each.name, variable.name)


def test_doses_are_what_people_were_given_whatever_arm_they_went_on_in(one: TrialData, made: dict[str, Dataset]):
    rows, seen = frame(made["ADEX"]), one.safety.seen
    assert seen is not None
    doses = rows[rows["PARAMCD"] == "DOSE"]
    assert len(doses) == seen.attended[0].sum()
    assert doses["AVAL"].sum() == pytest.approx(one.dose[0][seen.attended[0]].sum())
    went = one.phases[0].switched[0]
    number = np.char.zfill((np.flatnonzero(np.isfinite(went)) + 1).astype(str), 5)
    theirs = doses[doses["USUBJID"].str[-5:].isin(number)]
    assert set(theirs["EXTRT"]) == {"PLACEBO", "ESKETAMINE"}


def test_rescue_has_a_parameter_of_its_own_and_starts_at_its_visit(one: TrialData, made: dict[str, Dataset]):
    rows, phase = frame(made["ADEX"]), one.phases[0]
    rescue = rows[rows["PARAMCD"] == "RESCMG"]
    assert (rescue["AVAL"] == 100.0).all()
    assert (rescue["EXTRT"] == "SERTRALINE").all()
    assert (rescue["ASTDY"] == 672.0 / 24.0 + 1.0).all()
    assert len(rescue) == (np.isfinite(phase.rescued[0]) & (one.left[0] > 672.0)).sum() > 0


# Batches -------------------------------------------------------------------------------------------------------------


def test_what_was_given_is_kept_when_batches_are_joined_and_replicates_picked(monkeypatch: pytest.MonkeyPatch):
    trial = load_trial(EXAMPLE)
    whole = conduct(trial, seed=SEED, replicates=3)
    monkeypatch.setattr("euthymia.trials.conduct.REPLICATES_A_BATCH", 1)
    parts = conduct(trial, seed=SEED, replicates=3)
    second = picked(whole, np.array([False, True, False]))
    assert whole.given is not None
    assert parts.given is not None
    assert second.given is not None
    np.testing.assert_array_equal(parts.given.drug, whole.given.drug)
    np.testing.assert_array_equal(second.given.rescue, whole.given.rescue[1:2])
    taken = {(one.drug, one.start, one.stop): one.amount for one in whole.given.home}
    assert {(one.drug, one.start, one.stop) for one in parts.given.home} == set(taken)
    for one in parts.given.home:
        np.testing.assert_array_equal(one.amount, taken[one.drug, one.start, one.stop])
    for one in second.given.home:
        np.testing.assert_array_equal(one.amount, taken[one.drug, one.start, one.stop][1:2])
