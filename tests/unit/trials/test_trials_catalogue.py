"""The trials that come with the package, held against the printed numbers."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from euthymia.evidence.published import Estimator, Measure, PublishedRow, Split, Status
from euthymia.treatment.regimen import doses_of
from euthymia.trials.analyse import compare
from euthymia.trials.catalogue import load_trial, trial_names
from euthymia.trials.conduct import conduct
from euthymia.trials.design import Ancestry, ComedicationKind, Recall, Trial, arms_of, dropout_of, reference_of
from euthymia.trials.protocol import parse_trial
from euthymia.trials.writing import to_toml

NAMES = ("transform-1", "transform-2", "synapse", "japan-2b")
TWICE_WEEKLY = [24.0 * (day - 1) for day in (1, 4, 8, 11, 15, 18, 22, 25)]


@pytest.fixture(params=NAMES)
def trial(request: pytest.FixtureRequest) -> Trial:
    return load_trial(request.param)


def row(name: str, row_id: str) -> PublishedRow:
    return next(found for found in load_trial(name).published if found.row_id == row_id)


def test_a_trial_of_the_package_bears_the_name_of_its_file():
    assert [load_trial(name).id for name in trial_names()] == list(trial_names())


def test_every_trial_reads_back_from_its_own_writing(trial: Trial):
    assert parse_trial(to_toml(trial)) == trial


def test_only_calibration_rows_are_in_the_calibration_trials(trial: Trial):
    assert trial.split is Split.CALIBRATION
    assert {found.split for found in trial.published} == {Split.CALIBRATION}


def test_every_row_has_a_source_and_an_arm_or_group(trial: Trial):
    known = {arm.name for arm in arms_of(trial)} | {group.name for group in trial.groups}
    assert all(found.source and found.arm in known for found in trial.published)


def test_rows_about_the_madrs_stand_at_randomisation_or_at_a_visit(trial: Trial):
    times = {visit.t for visit in trial.visits} | {phase.start for phase in trial.phases}
    measures = (Measure.MADRS_CHANGE, Measure.MADRS_TOTAL, Measure.RESPONSE, Measure.REMISSION, Measure.MADRS_BASELINE)
    assert all(found.t in times for found in trial.published if found.phase and found.measure in measures)


def test_baselines_of_the_design_are_the_published_ones(trial: Trial):
    printed = {
        found.arm: (found.value, found.sd, found.n)
        for found in trial.published
        if found.measure is Measure.MADRS_BASELINE and found.phase == trial.phases[0].name
    }
    planned = {arm.name: arm.baseline for arm in trial.phases[0].arms}
    assert printed == {name: (base.mean, base.sd, base.n) for name, base in planned.items() if base is not None}


def test_rates_of_leaving_are_the_published_ones():
    for found in load_trial("japan-2b").published:
        if found.measure is Measure.DROPOUT_ALL_CAUSE:
            assert dropout_of(load_trial("japan-2b"), found.arm) == pytest.approx(found.value / 100.0)
    assert dropout_of(load_trial("transform-2"), "flexible + AD") == pytest.approx(0.132)


@pytest.mark.parametrize(
    ("name", "rows"), [("transform-1", 28), ("transform-2", 40), ("synapse", 73), ("japan-2b", 115)]
)
def test_all_rows_are_there(name: str, rows: int):
    assert len(load_trial(name).published) == rows


def test_primary_results_are_the_printed_ones():
    primary = row("transform-2", "R0040")
    assert (primary.value, primary.se, primary.ci_low, primary.ci_high) == (-4.0, 1.69, -7.31, -0.64)
    assert (primary.measure, primary.estimator) == (Measure.MADRS_CHANGE_DIFF, Estimator.MMRM)
    assert (row("transform-1", "R0007").value, row("transform-1", "R0008").value) == (-4.1, -3.2)
    assert row("japan-2b", "R0156").ci_level == 90.0
    assert row("transform-1", "R0026").status is Status.UNVERIFIED


def test_transform_sprays_are_given_twice_weekly_with_a_new_antidepressant():
    for name in ("transform-1", "transform-2"):
        for arm in arms_of(load_trial(name)):
            assert [dose.t for dose in arm.regimen] == TWICE_WEEKLY
            assert arm.comedication.kind is ComedicationKind.NEW_ORAL


def test_arms_of_84_mg_start_with_56_mg_where_the_trial_did():
    for name in ("transform-1", "japan-2b"):
        arm = next(arm for arm in arms_of(load_trial(name)) if arm.name == "84 mg + AD")
        assert [dose.amount for dose in doses_of(arm.regimen, "esketamine")] == [56.0] + 7 * [84.0]
    synapse = next(arm for arm in arms_of(load_trial("synapse")) if arm.name == "84 mg")
    assert [dose.amount for dose in synapse.regimen] == [84.0, 84.0]


def test_the_flexible_arm_decides_before_doses_up_to_day_15():
    flexible = arms_of(load_trial("transform-2"))[0]
    assert flexible.titration is not None
    assert flexible.titration.decide_at == (72.0, 168.0, 240.0, 336.0)
    assert flexible.titration.freeze_after == 336.0


def test_synapse_randomises_its_placebo_patients_again():
    first, second = load_trial("synapse").phases
    assert [arm.n for arm in first.arms] == [33, 11, 11, 12]
    again = [arm for arm in second.arms if arm.entry is not None and arm.entry.MADRS_min == 18.0]
    assert len(again) == 4
    assert {arm.entry.from_arm for arm in second.arms if arm.entry is not None} == {"placebo"}
    assert {dose.t for arm in second.arms for dose in arm.regimen} == {168.0, 240.0}
    reference = reference_of(second)
    assert reference is not None
    assert reference.name == "placebo again"


def test_rows_of_the_second_period_count_from_randomisation():
    assert (row("synapse", "R0136").t, row("synapse", "R0137").t, row("synapse", "R0135").t) == (170.0, 192.0, 168.0)


def test_a_rating_two_hours_after_a_dose_looks_at_the_moment():
    recalls = {visit.t: visit.recall for visit in load_trial("synapse").visits}
    assert (recalls[2.0], recalls[24.0], recalls[168.0]) == (Recall.MOMENT, Recall.DAY, Recall.WEEK)


def test_only_the_japanese_trial_has_another_kinetics():
    assert load_trial("japan-2b").population.ancestry == Ancestry(1.0, 1.0)
    assert load_trial("transform-1").population.ancestry == Ancestry()


def test_reading_trials_loads_no_heavy_package():
    program = (
        "import sys; from euthymia.trials.catalogue import load_trial; load_trial('synapse'); "
        "print(sorted({'jax', 'scipy', 'pandas', 'matplotlib', 'pint', 'numpy'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_another_scale_that_is_filled_in_is_predicted_and_moves_no_madrs():
    """TRANSFORM-2 printed PHQ-9 changes at days 15 and 28: R0044 to R0047."""
    design = load_trial("transform-2")
    asked = tuple(found for found in design.published if found.measure is Measure.PHQ9_CHANGE)
    assert [(found.t, found.value) for found in asked] == [(336, -9.0), (336, -7.1), (648, -13.0), (648, -10.2)]
    with_form, without = (
        conduct(replace(design, visits=visits), seed=3)
        for visits in (design.visits, tuple(replace(visit, scales=()) for visit in design.visits))
    )
    assert all(compare(with_form, found).predicted is not None for found in asked)
    np.testing.assert_array_equal(with_form.phases[0].MADRS, without.phases[0].MADRS)
