"""Shares of a depression: a simplex with stated means, factors of mean one, more of one being less of the others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.engine.stream import Stream
from euthymia.errors import EvidenceError
from euthymia.evidence import load_record
from euthymia.patients.shares import PARTS, Makeup

MANY = 40_000
Z = Stream(1).fold("shares").normal("z", 0, MANY, PARTS)


@pytest.fixture
def makeup() -> Makeup:
    return Makeup.from_record(load_record("heterogeneity"))


mean_shares = st.tuples(st.floats(0.05, 0.9), st.floats(0.05, 0.9)).filter(lambda pair: sum(pair) < 0.95)


@settings(max_examples=25, deadline=None)
@given(mean_shares, st.floats(0.0, 1.5))
def test_whatever_the_mean_shares_people_have_them_on_average(means: tuple[float, float], sigma: float):
    makeup = Makeup(*means, sigma)
    shares = makeup.shares(Z)
    np.testing.assert_allclose(shares.sum(1), 1.0, rtol=1e-12)
    assert shares.min() > 0.0
    error = shares.std(0) / np.sqrt(MANY) + 1e-9
    assert (np.abs(shares.mean(0) - makeup.means) < 5.0 * error).all()


def test_factors_have_mean_one_and_are_the_share_over_its_mean(makeup: Makeup):
    factors, shares = makeup.factors(Z), makeup.shares(Z)
    for factor, share, mean in zip(
        (factors.glutamatergic, factors.serotonergic), shares[:, :2].T, makeup.means[:2], strict=True
    ):
        np.testing.assert_allclose(factor, share / mean, rtol=1e-12)
        assert factor.mean() == pytest.approx(1.0, abs=4.0 * factor.std() / np.sqrt(MANY))
        assert factor.max() < 1.0 / mean


def test_more_of_one_share_is_less_of_the_others(makeup: Makeup):
    """With three equal means each variance is minus twice each covariance, so every correlation is -1/2."""
    correlation = np.corrcoef(makeup.shares(Z).T)
    np.testing.assert_allclose(correlation[~np.eye(PARTS, dtype=bool)], -0.5, atol=0.02)


def test_the_spread_is_that_of_the_log_normal_factor_it_replaces(makeup: Makeup):
    before = np.sqrt(np.expm1(0.5**2))
    assert makeup.factors(Z).glutamatergic.std() == pytest.approx(before, rel=0.02)


def test_the_spread_of_an_effect_is_one_that_published_standard_deviations_leave_room_for(makeup: Makeup):
    """Row S0180: log ratio of SDs, SSRI over placebo, -0.011 to 0.026; the placebo SD is that of the record's note."""
    effect, placebo_sd = -load_record("oral_antidepressant").value("difference_HAMD17", "points"), 7.99
    log_ratio = 0.5 * np.log1p((makeup.factors(Z).serotonergic.std() * effect / placebo_sd) ** 2)
    assert -0.011 < log_ratio < 0.026
    assert log_ratio == pytest.approx(0.007, abs=0.0005)


def test_without_spread_everybody_is_alike():
    factors = Makeup(0.2, 0.5, 0.0).factors(Z[:10])
    np.testing.assert_allclose(factors.glutamatergic, 1.0, rtol=1e-12)
    np.testing.assert_allclose(factors.serotonergic, 1.0, rtol=1e-12)


@pytest.mark.parametrize("means", [(0.5, 0.5), (0.7, 0.4), (0.0, 0.5)])
def test_mean_shares_that_leave_nothing_for_a_part_are_refused(means: tuple[float, float]):
    with pytest.raises(EvidenceError, match="expected both above 0, and a sum below 1"):
        Makeup(*means, 0.7)
