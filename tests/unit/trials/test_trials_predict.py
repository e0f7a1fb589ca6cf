"""Each published measure from a small made-up trial, with values worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from euthymia.evidence.published import Estimator, Measure, PublishedRow, Split, Status, unit_of
from euthymia.safety.reporting import Event
from euthymia.trials.catalogue import load_trial
from euthymia.trials.data import SAFETY_MINUTES, PhaseData, SafetyData, SessionsSeen, TrialData
from euthymia.trials.design import Group, Recall, Trial, Visit
from euthymia.trials.predict import Nothing, change_by, predict, totals_by

# Two arms of three people, two visits, one replicate; the third person on the spray leaves after the first visit.
BASELINE = [40.0, 30.0, 38.0, 36.0, 32.0, 40.0]
FIRST = [30.0, 20.0, 19.0, 30.0, 30.0, 36.0]
LAST = [20.0, 12.0, 60.0, 24.0, 30.0, 30.0]
LEFT = [np.inf, np.inf, 400.0, np.inf, np.inf, np.inf]


@pytest.fixture(scope="module")
def trial() -> Trial:
    design = load_trial("transform-2")
    phase = design.phases[0]
    spray = replace(next(arm for arm in phase.arms if not arm.reference), name="spray", n=3)
    sham = replace(next(arm for arm in phase.arms if arm.reference), name="sham", n=3)
    visits = (Visit("day 15", 336.0, Recall.WEEK), Visit("day 28", 648.0, Recall.WEEK))
    phase = replace(phase, name="induction", arms=(spray, sham))
    groups = (Group("everybody", ("spray", "sham")), Group("screened"))
    return replace(design, phases=(phase,), visits=visits, groups=groups, published=())


@pytest.fixture(scope="module")
def data(trial: Trial) -> TrialData:
    t = np.array([visit.t for visit in trial.visits])
    left = np.array([LEFT])
    phase = PhaseData(
        phase=trial.phases[0],
        visits=trial.visits,
        arm=np.array([[0, 0, 0, 1, 1, 1]]),
        baseline=np.array([BASELINE]),
        MADRS=np.stack([[FIRST], [LAST]], axis=-1),
        observed=t <= left[..., None],
    )
    CADSS = np.zeros((1, 6, 2, len(SAFETY_MINUTES)))
    CADSS[0, :3, 0, SAFETY_MINUTES.index(40.0)] = [3.0, 6.0, 12.0]
    return TrialData(
        trial=trial,
        seed=1,
        replicates=1,
        phases=(phase,),
        left=left,
        dose=np.zeros((1, 6, 2)),
        safety=SafetyData(np.array([0.0, 72.0]), CADSS, np.zeros_like(CADSS)),
        days=np.zeros(1),
        severity=np.zeros((2, 1, 1)),
        error=0.0,
    )


def row(measure: Measure, arm: str = "spray", estimator: Estimator = Estimator.OC, **changes: object) -> PublishedRow:
    made = PublishedRow(
        row_id="X1",
        arm=arm,
        phase="induction",
        measure=measure,
        estimator=estimator,
        t=648.0,
        value=1.0,
        unit=unit_of(measure),
        source="made up",
        status=Status.UNVERIFIED,
        split=Split.USER,
    )
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("measure", "arm", "estimator", "expected"),
    [
        (Measure.MADRS_BASELINE, "spray", Estimator.RAW, 36.0),
        (Measure.MADRS_TOTAL, "spray", Estimator.OC, 16.0),  # (20 + 12) / 2: the third had left
        (Measure.MADRS_TOTAL, "spray", Estimator.LOCF, 17.0),  # (20 + 12 + 19) / 3
        (Measure.MADRS_TOTAL, "sham", Estimator.RAW, 28.0),
        (Measure.MADRS_TOTAL, "everybody", Estimator.OC, 116.0 / 5.0),
        (Measure.MADRS_CHANGE, "spray", Estimator.OC, -19.0),
        (Measure.MADRS_CHANGE, "spray", Estimator.LOCF, -19.0),  # (-20 - 18 - 19) / 3
        (Measure.MADRS_CHANGE, "sham", Estimator.LS_MEAN, -8.0),
        (Measure.RESPONSE, "spray", Estimator.OC, 100.0),  # 20 of 40 is a response, the threshold included
        (Measure.RESPONSE, "sham", Estimator.OC, 0.0),
        (Measure.REMISSION, "spray", Estimator.OC, 50.0),  # 12 of 12 points is a remission
        (Measure.REMISSION, "spray", Estimator.LOCF, 100.0 / 3.0),
        (Measure.MADRS_CHANGE_DIFF, "spray", Estimator.OC, -11.0),
        (Measure.MADRS_CHANGE_DIFF, "spray", Estimator.RAW, -11.0),
        (Measure.DROPOUT_ALL_CAUSE, "spray", Estimator.RAW, 100.0 / 3.0),
        (Measure.DROPOUT_ALL_CAUSE, "everybody", Estimator.RAW, 100.0 / 6.0),
        (Measure.CADSS_MEAN, "spray", Estimator.RAW, 7.0),
        (Measure.CADSS_MEAN, "sham", Estimator.RAW, 0.0),
    ],
)
def test_every_measure_is_what_a_hand_finds(
    data: TrialData, measure: Measure, arm: str, estimator: Estimator, expected: float
):
    assert predict(data, row(measure, arm, estimator)) == pytest.approx([expected])


def test_a_contrast_by_a_model_is_adjusted_for_baseline(data: TrialData):
    """Five people remain at the last visit; the same by least squares with intercept, baseline and group."""
    kept = [0, 1, 3, 4, 5]
    baseline, last = np.array(BASELINE)[kept], np.array(LAST)[kept]
    design = np.column_stack([np.ones(5), baseline, [1.0, 1.0, 0.0, 0.0, 0.0]])
    (_, _, expected), *_ = np.linalg.lstsq(design, last - baseline, rcond=None)
    found = predict(data, row(Measure.MADRS_CHANGE_DIFF, "spray", Estimator.LS_MEAN))
    assert found == pytest.approx([expected])


def test_a_contrast_on_carried_observations_uses_everybody(data: TrialData):
    last = np.array([20.0, 12.0, 19.0, 24.0, 30.0, 30.0])
    design = np.column_stack([np.ones(6), BASELINE, [1.0, 1.0, 1.0, 0.0, 0.0, 0.0]])
    (_, _, expected), *_ = np.linalg.lstsq(design, last - np.array(BASELINE), rcond=None)
    assert predict(data, row(Measure.MADRS_CHANGE_DIFF, "spray", Estimator.LOCF)) == pytest.approx([expected])


def test_a_row_with_its_own_threshold_of_remission_keeps_it(data: TrialData):
    assert predict(data, row(Measure.REMISSION, definition="MADRS <= 20")) == pytest.approx([100.0])
    assert predict(data, row(Measure.REMISSION, definition="MADRS <=11.5")) == pytest.approx([0.0])


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (row(Measure.MADRS_TOTAL, phase="withdrawal"), "of a stretch of the trial that is not conducted here"),
        (row(Measure.AGE, phase=""), "not an outcome"),
        (row(Measure.MADRS_TOTAL, "screened"), "of people whom the design does not describe"),
        (row(Measure.MADRS_TOTAL, "nobody"), "of people whom the design does not describe"),
        (row(Measure.MADRS_TOTAL, t=24.0), "at a time at which nobody is rated here"),
        (row(Measure.MADRS_CHANGE_DIFF, t=24.0), "no reference arm, or a time at which nobody is rated here"),
        (row(Measure.PHQ9_CHANGE), "the PHQ-9 is filled in nowhere"),
        (row(Measure.SBP_MAX_INCREASE), "nobody looked at the sessions"),
        (row(Measure.AE_NAUSEA), "nobody looked at the sessions"),
        (row(Measure.AE_VERTIGO), "this kind of adverse event is not modelled yet"),
        (row(Measure.BMI), "not used by the model"),
    ],
)
def test_what_is_not_predicted_says_why(data: TrialData, asked: PublishedRow, why: str):
    found = predict(data, asked)
    assert isinstance(found, Nothing)
    assert found.why.startswith(why)


def test_an_arm_with_a_single_person_seen_says_nothing(data: TrialData):
    phase = data.phases[0]
    alone = replace(phase, observed=phase.observed & (np.arange(6) != 0)[None, :, None])
    found = predict(replace(data, phases=(alone,)), row(Measure.MADRS_TOTAL))
    assert np.isnan(found).all()


def test_estimators_see_totals_as_they_are_defined(data: TrialData):
    phase = data.phases[0]
    observed, carried = (totals_by(phase, estimator)[0, 2] for estimator in (Estimator.OC, Estimator.LOCF))
    np.testing.assert_array_equal(observed, [19.0, np.nan])
    np.testing.assert_array_equal(carried, [19.0, 19.0])
    np.testing.assert_array_equal(change_by(phase, Estimator.OC)[0, :, 0], np.array(FIRST) - np.array(BASELINE))


def test_every_measure_has_a_prediction_or_a_reason(data: TrialData):
    for measure in Measure:
        found = predict(data, row(measure))
        assert isinstance(found, Nothing) or found.shape == (1,)


@pytest.fixture(scope="module")
def watched(data: TrialData) -> TrialData:
    """The same trial with two readings a session; the third person on the spray misses the second session."""
    attended = np.ones((1, 6, 2), dtype=bool)
    attended[0, 2, 1] = False
    SBP = np.full((1, 6, 2, 3), 120.0)
    SBP[0, :3, 0, 1:] = [[130.0, 125.0], [120.0, 140.0], [110.0, 118.0]]  # largest rises 10, 20 and -2
    SBP[0, :3, 1, 1:] = [[120.0, 126.0], [150.0, 120.0], [200.0, 200.0]]  # 6, 30, and one that was not there
    MOAAS = np.full((1, 6, 2), 5)
    MOAAS[0, 0, 1], MOAAS[0, 2, 1] = 3, 0
    reports = np.zeros((1, 6, 2, len(Event)), dtype=bool)
    reports[0, 0, :, list(Event).index(Event.NAUSEA)] = True
    reports[0, 2, 1, list(Event).index(Event.NAUSEA)] = True
    return replace(data, safety=replace(data.safety, seen=SessionsSeen(attended, SBP, SBP - 40.0, MOAAS, reports)))


@pytest.mark.parametrize("measure", [Measure.SBP_MAX_INCREASE, Measure.DBP_MAX_INCREASE])
def test_largest_rises_are_averaged_over_the_sessions_attended(watched: TrialData, measure: Measure):
    assert predict(watched, row(measure)) == pytest.approx([np.mean([8.0, 25.0, -2.0])])


def test_sedation_and_reports_count_people_once_and_only_where_they_were(watched: TrialData):
    assert predict(watched, row(Measure.MOAAS_LE3)) == pytest.approx([100.0 / 3.0])
    assert predict(watched, row(Measure.AE_NAUSEA)) == pytest.approx([100.0 / 3.0])
    assert predict(watched, row(Measure.AE_NAUSEA, "sham")) == pytest.approx([0.0])
