"""The summary of a conducted trial: intervals over replicates, arms by visit, contrasts, and each published row."""

from __future__ import annotations

import json

import numpy as np
import pytest

from euthymia.evidence.published import Estimator, Measure
from euthymia.statistics.ancova import ancova
from euthymia.trials.analyse import compare, interval, summarise
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct
from euthymia.trials.data import TrialData
from euthymia.trials.predict import change_by
from euthymia.trials.results import TrialSummary


@pytest.fixture(scope="module")
def data() -> TrialData:
    return conduct(load_trial("synapse"), seed=3, replicates=12)


@pytest.fixture(scope="module")
def summary(data: TrialData) -> TrialSummary:
    return summarise(data)


def test_an_interval_is_the_mean_and_the_middle_nine_tenths():
    found = interval(np.arange(101.0))
    assert (found.mean, found.low, found.high) == (50.0, 5.0, 95.0)
    assert found.holds(5.0)
    assert not found.holds(95.1)


def test_replicates_without_a_value_do_not_count():
    assert interval(np.array([1.0, np.nan, 3.0])).mean == 2.0
    assert np.isnan(interval(np.full(3, np.nan)).mean)


def test_every_published_row_is_predicted_or_says_why(data: TrialData, summary: TrialSummary):
    assert [row.row_id for row in summary.comparisons] == [row.row_id for row in data.trial.published]
    for row in summary.comparisons:
        assert (row.predicted is None) == bool(row.why_not)
        if row.predicted is not None:
            assert row.signed_error == pytest.approx(row.predicted.mean - row.value)
            assert row.inside is (row.predicted.low <= row.value <= row.predicted.high)


def test_every_arm_is_there_at_every_visit_of_its_phase(data: TrialData, summary: TrialSummary):
    expected = {(arm.name, visit.label) for phase in data.phases for arm in phase.phase.arms for visit in phase.visits}
    assert {(found.arm, found.visit) for found in summary.arm_visits} == expected
    for found in summary.arm_visits:
        assert 0.0 <= found.response_OC.low <= found.response_OC.high <= 1.0
        assert 0.0 <= found.MADRS.low <= found.MADRS.high <= 60.0


def test_a_change_is_the_total_minus_the_baseline_of_those_seen(data: TrialData, summary: TrialSummary):
    phase = data.phases[0]
    who = phase.members(("84 mg",)) & phase.observed[..., 0]
    change = [(phase.MADRS[one, who[one], 0] - phase.baseline[one, who[one]]).mean() for one in range(12)]
    found = next(visit for visit in summary.arm_visits if visit.arm == "84 mg" and visit.t == 2.0)
    assert found.change.mean == pytest.approx(np.mean(change))
    assert found.n.mean == pytest.approx(who.sum(1).mean())


def test_contrasts_are_those_of_analysis_of_covariance(data: TrialData, summary: TrialSummary):
    phase = data.phases[0]
    who, against = phase.members(("56 mg",)), phase.members(("placebo",))
    change = change_by(phase, Estimator.LOCF)[..., -1]
    expected = ancova(np.where(who | against, change, np.nan), phase.baseline, who)
    found = next(one for one in summary.contrasts if one.arm == "56 mg" and one.estimator == "ANCOVA, LOCF")
    assert (found.reference, found.t) == ("placebo", 168.0)
    assert found.difference.mean == pytest.approx(expected.difference.mean())
    assert found.se == pytest.approx(expected.se.mean())
    assert found.significant == pytest.approx((expected.p < 0.05).mean())


def test_no_arm_is_contrasted_with_itself(summary: TrialSummary):
    assert all(one.arm != one.reference for one in summary.contrasts)


def test_bands_start_at_the_true_baseline_and_hold_their_mean(data: TrialData, summary: TrialSummary):
    for band, course in zip(summary.bands, data.severity, strict=True):
        assert band.mean == pytest.approx(course.mean(0))
        assert ((band.low <= band.mean) & (band.mean <= band.high)).all()


def test_a_contrast_names_both_arms(data: TrialData):
    differences = [row for row in data.trial.published if row.measure is Measure.MADRS_CHANGE_DIFF]
    assert differences
    for row in differences:
        assert compare(data, row).arm in (f"{row.arm} - placebo", f"{row.arm} - placebo again", row.arm)


def test_dropout_stands_beside_the_published_share(summary: TrialSummary):
    assert {found.arm for found in summary.dropout} == {"placebo", "28 mg", "56 mg", "84 mg"}
    assert all(0.0 <= found.share.low <= found.share.mean <= found.share.high <= 1.0 for found in summary.dropout)


def test_safety_is_told_only_for_the_sessions_of_an_arm(data: TrialData, summary: TrialSummary):
    first = {arm.name for arm in data.phases[0].phase.arms}
    assert {found.arm for found in summary.safety} == first
    assert {found.t for found in summary.safety if found.arm == "84 mg"} == {0.0, 72.0}
    assert all(found.CADSS.mean == 0.0 for found in summary.safety if found.arm == "placebo")


def test_a_summary_is_plain_json_with_its_score(summary: TrialSummary):
    found = json.loads(summary.to_json())
    assert found["schema"] == "euthymia.trial/1"
    assert f"of {sum(row.inside is not None for row in summary.comparisons)} published values" in summary.summary()
