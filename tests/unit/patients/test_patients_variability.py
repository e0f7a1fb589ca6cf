"""How people differ: scales of variability, and a cut normal with the mean and SD that were asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.evidence import load_record
from euthymia.evidence.grade import Scale
from euthymia.patients.variability import individual, truncated_normal

EVEN = (np.arange(20_000) + 0.5) / 20_000  # quantiles instead of draws: no sampling error


def test_the_typical_person_has_the_typical_value_on_every_scale():
    for record, name, unit in (
        ("esketamine", "FRn", "1"),
        ("esketamine", "ka_n", "1/h"),
        ("population", "weight_mean", "kgbw"),
    ):
        parameter = load_record(record)[name]
        assert individual(parameter, np.zeros(1), unit) == pytest.approx(parameter.to(unit))


def test_a_fraction_on_the_logit_scale_stays_between_0_and_1():
    FRn = load_record("esketamine")["FRn"]
    assert FRn.iiv_scale is Scale.LOGIT
    drawn = individual(FRn, np.linspace(-8.0, 8.0, 101), "1")
    assert 0.0 < drawn.min() < 0.01
    assert 0.98 < drawn.max() < 1.0
    logit = np.log(drawn / (1.0 - drawn))
    assert np.diff(logit) == pytest.approx(np.full(100, 0.16 * FRn.omega))


def test_on_the_log_scale_one_sd_is_a_factor():
    ka_n = load_record("esketamine")["ka_n"]
    assert individual(ka_n, np.ones(1), "1/h") == pytest.approx(ka_n.to("1/h") * np.exp(ka_n.omega))


@pytest.mark.parametrize(
    ("mean", "sd", "low", "high"),
    [(37.0, 5.7, 28.0, 60.0), (35.0, 5.18, 20.0, 60.0), (31.3, 3.8, 20.0, 60.0), (45.0, 11.0, 18.0, 64.0)],
)
def test_the_cut_normal_has_the_asked_mean_and_sd(mean: float, sd: float, low: float, high: float):
    drawn = truncated_normal(EVEN, mean, sd, low, high)
    assert drawn.mean() == pytest.approx(mean, abs=1e-3 * sd)
    assert drawn.std() == pytest.approx(sd, rel=1e-3)


@settings(max_examples=25, deadline=None)
@given(st.floats(30.0, 45.0), st.floats(2.0, 6.0))
def test_the_cut_normal_never_leaves_its_limits_and_rises_with_the_uniform(mean: float, sd: float):
    drawn = truncated_normal(EVEN[::200], mean, sd, 28.0, 60.0)
    assert ((drawn >= 28.0) & (drawn <= 60.0)).all()
    assert (np.diff(drawn) >= 0.0).all()


def test_limits_far_away_cut_nothing():
    from scipy.special import ndtri

    drawn = truncated_normal(EVEN, 37.0, 5.0, -200.0, 300.0)
    np.testing.assert_allclose(drawn, 37.0 + 5.0 * ndtri(EVEN), atol=5e-3)


def test_a_spread_that_the_limits_forbid_is_met_as_nearly_as_can_be():
    drawn = truncated_normal(EVEN, 40.0, 11.0, 28.0, 52.0)  # even the flat distribution has an SD of 6.9 only
    assert 6.0 < drawn.std() < 7.0
    assert drawn.mean() == pytest.approx(40.0, abs=0.1)
