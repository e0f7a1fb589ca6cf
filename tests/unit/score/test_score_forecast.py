"""A forecast against a published row, on made-up numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from euthymia.evidence.published import Estimator, Measure, PublishedRow, Split, Status, unit_of
from euthymia.score.forecast import Forecast, enough, judged

NORMAL = stats.norm.ppf((np.arange(2000) + 0.5) / 2000)


def row(measure: Measure, value: float) -> PublishedRow:
    return PublishedRow(
        row_id="made up",
        arm="drug",
        phase="induction",
        measure=measure,
        estimator=Estimator.OC,
        t=648.0,
        value=value,
        unit=unit_of(measure),
        source="made up",
        status=Status.READ,
        split=Split.USER,
    )


def test_a_mean_is_judged_by_the_normal_density_and_a_signed_error():
    found = judged(Forecast(-10.0 + 2.0 * NORMAL), row(Measure.MADRS_CHANGE, -13.0), 50)
    assert (found.mean, found.signed_error) == (pytest.approx(-10.0), pytest.approx(3.0))
    assert (found.low, found.high) == (pytest.approx(-13.29, abs=0.01), pytest.approx(-6.71, abs=0.01))
    assert found.inside
    assert found.log_score == pytest.approx(stats.norm.logpdf(-13.0, -10.0, 2.0), abs=0.01)
    assert not judged(Forecast(-10.0 + 2.0 * NORMAL), row(Measure.MADRS_CHANGE, -13.5), 50).inside


def test_a_share_is_judged_by_the_probability_of_its_count():
    draws = 100.0 * stats.binom.ppf((np.arange(2000) + 0.5) / 2000, 40, 0.4) / 40
    found = judged(Forecast(draws), row(Measure.RESPONSE, 37.5), 40)
    assert found.log_score == pytest.approx(stats.binom.logpmf(15, 40, 0.4), abs=0.02)
    assert found.inside


def test_a_share_of_unknown_people_is_judged_as_a_mean():
    found = judged(Forecast(40.0 + 5.0 * NORMAL), row(Measure.RESPONSE, 37.5), None)
    assert found.log_score == pytest.approx(stats.norm.logpdf(37.5, 40.0, 5.0), abs=0.01)


def test_who_knows_the_distribution_is_scored_by_it():
    centres = 3.0 * NORMAL
    wide = Forecast(np.sqrt(10.0) * NORMAL, centres, 1.0)
    found = judged(wide, row(Measure.MADRS_CHANGE_DIFF, 2.0), None)
    assert found.log_score == pytest.approx(stats.norm.logpdf(2.0, 0.0, np.sqrt(10.0)), abs=1e-3)
    shares = Forecast(100.0 * np.full(50, 0.25), np.full(50, 0.3))
    assert judged(shares, row(Measure.REMISSION, 25.0), 20).log_score == pytest.approx(stats.binom.logpmf(5, 20, 0.3))


def test_ratios_are_judged_on_the_log_scale_and_correlations_as_z():
    ratio = judged(Forecast(np.exp(0.2 * NORMAL - 0.5)), row(Measure.HR_RELAPSE, 0.5), None)
    assert ratio.log_score == pytest.approx(stats.norm.logpdf(np.log(0.5), -0.5, 0.2), abs=0.01)
    together = judged(Forecast(np.tanh(0.5 + 0.1 * NORMAL)), row(Measure.CORRELATION_CHANGE, 0.5), None)
    assert together.log_score == pytest.approx(stats.norm.logpdf(np.arctanh(0.5), 0.5, 0.1), abs=0.01)


def test_draws_without_a_value_are_left_out_unless_they_are_most():
    draws = np.where(np.arange(2000) % 4 == 0, np.nan, NORMAL)
    assert enough(draws)
    assert np.isfinite(judged(Forecast(draws), row(Measure.MADRS_CHANGE, 0.3), 50).crps)
    assert not enough(np.where(np.arange(2000) % 4, np.nan, NORMAL))


def test_draws_without_spread_are_as_wide_as_what_rounds_to_the_printed_value():
    same = row(Measure.CADSS_MEAN, 1.5)
    at, beside = (judged(Forecast(np.full(100, value)), same, 30).log_score for value in (1.5, 1.8))
    assert at > 0.0 > beside
