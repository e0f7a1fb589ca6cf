"""The Emax regression on made-up trials: it finds what made them, and predicts in closed form what it should."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from score_samples import DESIGN, HIGH, LOW, PLACEBO, emax_trials, row, trial

from euthymia.evidence.published import Measure, Split
from euthymia.score.emax_fit import drug_fall, numbers, reference_fall
from euthymia.score.emax_rival import EmaxRegression
from euthymia.score.forecast import Forecast
from euthymia.score.given import Setting
from euthymia.score.observed import observed
from euthymia.score.sampling import asked
from euthymia.trials.quantity import Nothing

#                 A    P    B         T              U              H             u             v        D
THETA = np.array([3.0, 9.0, 5.0, np.log(200.0), np.log(12.0), np.log(0.3), np.log(2.0), np.log(0.3), 6.0])
TIMES = (4.0, 24.0, 168.0, 336.0, 648.0)


@pytest.fixture(scope="module")
def rival() -> EmaxRegression:
    made = emax_trials(THETA, 30, TIMES, seed=5)
    return EmaxRegression.fitted(observed(made), made)


def forecast(rival: EmaxRegression, arm: str, measure: Measure, t: float = 336.0) -> Forecast:
    made = trial("new", row("x", arm, measure, 50.0, t=t, split=Split.USER))
    found = rival.forecast(asked(made, made.published[0]), 1)
    assert isinstance(found, Forecast)
    return found


def test_the_fit_finds_the_courses_that_made_the_trials(rival: EmaxRegression):
    found = rival.fits[Setting.SESSIONS]
    theta, t = found.centre + found.scale * found.mode, np.array(TIMES)
    assert reference_fall(theta, t, np.ones(5)) == pytest.approx(reference_fall(THETA, t, np.ones(5)), abs=1.0)
    assert drug_fall(theta, t, 0, np.ones(5)) == pytest.approx(drug_fall(THETA, t, 0, np.ones(5)), abs=1.0)
    assert float(numbers(theta)["omega_u"]) == pytest.approx(2.0, rel=0.3)
    assert float(numbers(theta)["omega_v"]) == pytest.approx(0.3, rel=0.4)


def test_its_errors_say_how_far_the_fit_is_off(rival: EmaxRegression):
    found = rival.fits[Setting.SESSIONS]
    drawn = found.draws(np.random.default_rng(1).normal(size=(4000, len(found.mode))))
    t = np.array(648.0)
    for true, many in (
        (reference_fall(THETA, t, np.array(1.0)), reference_fall(drawn, t, np.array(1.0))),
        (drug_fall(THETA, t, 0, np.array(1.0)), drug_fall(drawn, t, 0, np.array(1.0))),
    ):
        assert abs(float(true) - many.mean()) < 3.0 * many.std()
        assert many.std() < 1.5


def test_ninety_percent_intervals_hold_nine_in_ten_new_trials():
    held = []
    for seed in range(10):
        made = emax_trials(THETA, 10, TIMES, seed=seed)
        fitted = EmaxRegression.fitted(observed(made), made)
        new = emax_trials(THETA, 60, (336.0,), seed=100 + seed)
        for arm in (HIGH, PLACEBO):
            centres = forecast(fitted, arm, Measure.MADRS_CHANGE).centres
            noise = 10.0 / np.sqrt(150) * np.random.default_rng(seed).normal(size=4000)  # sampling 150 people
            low, high = np.percentile(centres + noise, (5, 95))
            held += [low <= one.value <= high for each in new for one in each.published if one.arm == arm]
    assert np.mean(held) == pytest.approx(0.9, abs=0.04)  # each fit covers more or less, by 0.06: their mean by 0.02


def test_a_difference_has_no_part_of_the_reference_arm(rival: EmaxRegression):
    difference = forecast(rival, HIGH, Measure.MADRS_CHANGE_DIFF).draws.mean()
    arms = [forecast(rival, arm, Measure.MADRS_CHANGE).draws.mean() for arm in (HIGH, PLACEBO)]
    assert difference == pytest.approx(arms[0] - arms[1], abs=0.15)
    assert abs(difference) > abs(forecast(rival, LOW, Measure.MADRS_CHANGE_DIFF).draws.mean())


def test_response_is_the_share_of_a_normal_distribution_that_fell_by_half(rival: EmaxRegression):
    change, share = (forecast(rival, PLACEBO, each) for each in (Measure.MADRS_CHANGE, Measure.RESPONSE))
    start = DESIGN.phases[0].arms[2].baseline
    assert start is not None
    assert change.centres is not None
    assert share.centres is not None
    exact = stats.norm.cdf((-0.5 * start.mean - change.centres) / 10.0)
    assert share.centres == pytest.approx(exact, abs=1e-9)
    assert share.draws.mean() == pytest.approx(100.0 * exact.mean(), abs=1.0)


def test_a_total_is_the_baseline_and_the_change(rival: EmaxRegression):
    change, total = (forecast(rival, LOW, each) for each in (Measure.MADRS_CHANGE, Measure.MADRS_TOTAL))
    start = DESIGN.phases[0].arms[0].baseline
    assert start is not None
    assert total.draws == pytest.approx(change.draws + start.mean)


def test_nothing_else_is_predicted_and_the_reason_is_said(rival: EmaxRegression):
    for measure, why in ((Measure.AE_NAUSEA, "no mean of its scale"), (Measure.PHQ9_CHANGE, "no mean of its scale")):
        made = trial("new", row("x", LOW, measure, split=Split.USER))
        found = rival.forecast(asked(made, made.published[0]), 1)
        assert isinstance(found, Nothing)
        assert why in found.why


def test_no_forecast_looks_at_what_the_new_trial_found(rival: EmaxRegression):
    first = row("x", LOW, Measure.MADRS_CHANGE, -1.0, sd=2.0, split=Split.USER)
    one, two = (
        rival.forecast(asked(trial("new", each), each), 1)
        for each in (first, replace(first, value=-30.0, sd=20.0, se=4.0))
    )
    assert isinstance(one, Forecast)
    assert isinstance(two, Forecast)
    assert (one.draws == two.draws).all()
