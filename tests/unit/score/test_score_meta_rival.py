"""The meta-analysis on made-up trials: closed forms, windows, and that it looks at no outcome of the new trial."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from score_samples import HIGH, LOW, PLACEBO, row, trial

from euthymia.engine.stream import Stream
from euthymia.errors import EvidenceError
from euthymia.evidence.published import Measure, Split
from euthymia.score.forecast import Forecast
from euthymia.score.given import Treatment, given, setting
from euthymia.score.meta_rival import Form, MetaAnalysis, nearest, new_trial, plain_new_trial
from euthymia.score.observed import observed
from euthymia.score.sampling import asked, baseline
from euthymia.statistics.prediction import new_study
from euthymia.trials.catalogue import load_trial
from euthymia.trials.quantity import Nothing

EFFECTS, VARIANCES = np.array([-4.0, -2.0, -5.5, -3.0]), np.array([1.0, 1.5, 0.8, 2.0])


def changes(*values: float) -> list:
    return [trial(f"t{i}", row("p", PLACEBO, Measure.MADRS_CHANGE, value, sd=10.0)) for i, value in enumerate(values)]


def test_draws_of_a_new_trial_have_the_interval_of_the_confidence_distribution():
    draws = new_trial(EFFECTS, VARIANCES, Stream(1), 40_000)
    exact = new_study(EFFECTS, VARIANCES, level=0.9)
    low, middle, high = np.percentile(draws, (5, 50, 95))
    assert (low, middle, high) == (
        pytest.approx(exact.low, abs=0.15),
        pytest.approx(exact.middle, abs=0.05),
        pytest.approx(exact.high, abs=0.15),
    )


def test_the_plain_form_is_narrower_where_trials_are_few():
    careful = np.percentile(new_trial(EFFECTS[:3], VARIANCES[:3], Stream(1), 4000), (5, 95))
    plain = np.percentile(plain_new_trial(EFFECTS[:3], VARIANCES[:3], Stream(1), 4000), (5, 95))
    assert np.ptp(plain) < 0.7 * np.ptp(careful)


def test_trials_that_agree_predict_themselves_with_the_error_of_sampling():
    rival = MetaAnalysis(observed(changes(-15.0, -15.0, -15.0)), Form.PLAIN)
    new = trial("new", row("p", PLACEBO, Measure.MADRS_CHANGE, -99.0, split=Split.USER))
    found = rival.forecast(asked(new, new.published[0]), 1)
    assert isinstance(found, Forecast)
    assert found.draws.mean() == pytest.approx(-15.0, abs=0.1)
    assert found.error == pytest.approx(10.0 / np.sqrt(50))
    assert found.draws.std() == pytest.approx(np.sqrt(100 / 50 * (1 + 1 / 3)), rel=0.05)


@pytest.mark.parametrize("form", Form)
def test_no_forecast_looks_at_what_the_new_trial_found(form: Form):
    rival = MetaAnalysis(observed(changes(-15.0, -12.0, -17.0)), form)
    first = row("p", PLACEBO, Measure.MADRS_CHANGE, -1.0, sd=2.0, split=Split.USER)
    other = replace(first, value=-30.0, sd=20.0, se=4.0)
    one, two = (rival.forecast(asked(trial("new", each), each), 1) for each in (first, other))
    assert isinstance(one, Forecast)
    assert isinstance(two, Forecast)
    assert (one.draws == two.draws).all()


def test_two_trials_are_too_few():
    rival = MetaAnalysis(observed(changes(-15.0, -12.0)))
    new = trial("new", row("p", PLACEBO, Measure.MADRS_CHANGE, split=Split.USER))
    found = rival.forecast(asked(new, new.published[0]), 1)
    assert isinstance(found, Nothing)
    assert "fewer than three" in found.why


def test_a_total_on_a_hamilton_scale_is_the_baseline_and_the_change_on_any_of_them():
    changed = [
        replace(
            load_trial("wernicke-1987"),
            id=f"t{i}",
            published=(replace(load_trial("wernicke-1987").published[2], row_id=f"r{i}", value=-8.0 - i),),
        )
        for i in range(3)
    ]
    total = load_trial("goldstein-2004")
    (first,) = (one for one in total.published if one.row_id == "S0366")
    found = MetaAnalysis(observed(changed), Form.PLAIN).forecast(asked(total, first), 1)
    assert isinstance(found, Forecast)
    start = baseline(asked(total, first))
    assert start is not None
    assert found.draws.mean() == pytest.approx(start - 9.0, abs=0.2)


def test_windows_widen_only_where_trials_are_too_few():
    near = [trial(f"n{i}", row("p", PLACEBO, Measure.MADRS_CHANGE, -10.0 - i, t=600.0, sd=9.0)) for i in range(3)]
    far = [trial(f"f{i}", row("p", PLACEBO, Measure.MADRS_CHANGE, -2.0, t=200.0, sd=9.0)) for i in range(3)]
    new = trial("new", row("p", PLACEBO, Measure.MADRS_CHANGE, split=Split.USER))
    question = asked(new, new.published[0])
    all_near = MetaAnalysis(observed([*near, *far])).studies(question)
    assert all_near is not None
    assert sorted(all_near[0]) == [-12.0, -11.0, -10.0]
    mixed = MetaAnalysis(observed([*near[:2], *far])).studies(question)
    assert mixed is not None
    assert len(mixed[0]) == 5


def test_arms_of_a_trial_are_one_study_and_differences_share_their_reference():
    rows = (
        row("a", LOW, Measure.MADRS_CHANGE_DIFF, -4.0, se=2.0),
        row("b", HIGH, Measure.MADRS_CHANGE_DIFF, -2.0, se=2.0),
    )
    rival = MetaAnalysis(observed([trial(f"t{i}", *rows) for i in range(3)]))
    new = trial("new", row("d", LOW, Measure.MADRS_CHANGE_DIFF, split=Split.USER))
    effects, variances = rival.studies(asked(new, new.published[0]))  # type: ignore[misc]
    assert effects == pytest.approx([-3.0] * 3)
    assert variances == pytest.approx([3.0] * 3)  # (4 + 4 + 2 x 0.5 x 4) / 4


def test_of_a_trial_the_nearest_time_counts():
    made = observed([trial("t", *(row(f"{t}", LOW, Measure.MADRS_CHANGE, t=t, sd=9.0) for t in (24.0, 336.0, 648.0)))])
    changed = [one for one in made if one.what == "MADRS"]
    assert {one.t for one in nearest(changed, 500.0)} == {648.0}
    assert {one.t for one in nearest(changed, 100.0)} == {336.0}


def test_a_difference_that_is_not_printed_follows_from_the_arms():
    made = observed(
        [
            trial(
                "t",
                row("d", LOW, Measure.MADRS_CHANGE, -18.0, sd=10.0),
                row("p", PLACEBO, Measure.MADRS_CHANGE, -15.0, sd=10.0),
            )
        ]
    )
    (difference,) = (one for one in made if one.what == "difference")
    assert (difference.value, difference.variance) == (pytest.approx(-3.0), pytest.approx(4.0))


@pytest.mark.parametrize("split", [Split.VALIDATION, Split.USER])
def test_rivals_learn_from_no_other_rows_than_those_for_calibration(split: Split):
    with pytest.raises(EvidenceError, match="rivals learn from calibration rows only"):
        observed([trial("t", row("p", PLACEBO, Measure.MADRS_CHANGE, sd=9.0, split=split))])


@pytest.mark.parametrize(
    ("name", "arm", "treatment", "dose"),
    [
        ("transform-2", 0, Treatment.ESKETAMINE, 1.0),
        ("transform-1", 0, Treatment.ESKETAMINE, 56 / 84),
        ("transform-1", 2, Treatment.SHAM, 0.0),
        ("murrough-2013", 0, Treatment.KETAMINE, 1.0),
        ("murrough-2013", 1, Treatment.ACTIVE_PLACEBO, 0.0),
        ("lapidus-2014", 0, Treatment.KETAMINE, 1.0),
        ("wernicke-1988", 0, Treatment.PILL_PLACEBO, 0.0),
        ("wernicke-1988", 1, Treatment.TABLETS, 0.25),
    ],
)
def test_arms_are_sorted_as_a_statistician_would(name: str, arm: int, treatment: Treatment, dose: float):
    made = load_trial(name)
    found = given(made, made.phases[0].arms[arm])
    assert (found.treatment, found.dose) == (treatment, pytest.approx(dose))
    assert (setting(made) == "tablets") is (name == "wernicke-1988")
