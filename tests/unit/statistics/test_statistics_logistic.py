"""Logistic regression: statsmodels in the same run, closed forms without covariates, and codes without a fit."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.errors import ConvergenceError, UnknownNameError
from euthymia.statistics.logistic import logistic
from euthymia.statistics.logistic_fit import LogisticEnd, fit_logistic
from euthymia.statistics.table import TableError

PEOPLE = 180


def made(seed: int = 1, effect: float = 0.8) -> dict[str, np.ndarray]:
    """A trial of three arms with a baseline that matters."""
    draw = np.random.default_rng(seed)
    arm = np.repeat(["placebo", "low", "high"], PEOPLE // 3)
    baseline, age = draw.normal(34.0, 5.0, PEOPLE), draw.normal(45.0, 12.0, PEOPLE)
    size = np.select([arm == "low", arm == "high"], [effect / 2.0, effect], 0.0)
    eta = -0.6 - 0.12 * (baseline - 34.0) + 0.01 * (age - 45.0) + size
    return {"hit": (draw.random(PEOPLE) < 1.0 / (1.0 + np.exp(-eta))) * 1, "arm": arm, "base": baseline, "age": age}


def test_coefficients_are_those_of_statsmodels():
    table = made()
    ours = logistic(table, "hit", "arm", covariates=("base", "age"), reference="placebo")
    x = [np.ones(PEOPLE), table["base"], table["age"], table["arm"] == "high", table["arm"] == "low"]
    theirs = sm.Logit(table["hit"], np.stack(x, axis=1).astype(float)).fit(disp=0, method="newton", tol=1e-12)
    assert ours.columns == ("intercept", "base", "age", "high", "low")
    assert ours.coefficients == pytest.approx(theirs.params, rel=1e-8)
    assert ours.errors == pytest.approx(theirs.bse, rel=1e-8)
    assert np.log(ours.odds_ratio) == pytest.approx(theirs.params[-2:], rel=1e-8)
    assert np.log(ours.odds_high) == pytest.approx(theirs.conf_int()[-2:, 1], rel=1e-7)


def test_marginal_risk_differences_are_statsmodels_discrete_effects():
    table = {name: values[np.asarray(made()["arm"]) != "low"] for name, values in made().items()}
    ours = logistic(table, "hit", "arm", covariates=("base",), reference="placebo")
    x = np.stack([np.ones(len(table["hit"])), table["base"], table["arm"] == "high"], axis=1).astype(float)
    theirs = sm.Logit(table["hit"], x).fit(disp=0, method="newton", tol=1e-12).get_margeff(dummy=True)
    assert ours.difference[0] == pytest.approx(theirs.margeff[-1], rel=1e-8)
    assert ours.se[0] == pytest.approx(theirs.margeff_se[-1], rel=1e-7)
    assert ours.p[0] == pytest.approx(theirs.pvalues[-1], rel=1e-5)
    assert ours.risk[0] - ours.risk_reference[0] == pytest.approx(ours.difference[0])


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40), st.integers(1, 40))
@settings(max_examples=40, deadline=None)
def test_without_covariates_it_is_the_table_of_four(a: int, b: int, c: int, d: int):
    hit = np.repeat([1, 0, 1, 0], [a, b, c, d])
    arm = np.repeat([1, 1, 0, 0], [a, b, c, d])
    found = fit_logistic(hit[None] > 0, np.zeros((1, len(hit), 0)), arm[None], arms=2, reference=0)
    p, q = a / (a + b), c / (c + d)
    assert found.difference[0, 1] == pytest.approx(p - q, abs=1e-9)
    assert found.difference_se[0, 1] == pytest.approx(np.sqrt(p * (1 - p) / (a + b) + q * (1 - q) / (c + d)))
    assert found.log_odds[0, 1] == pytest.approx(np.log(a * d / (b * c)), abs=1e-8)
    assert found.log_odds_se[0, 1] == pytest.approx(np.sqrt(1 / a + 1 / b + 1 / c + 1 / d))


def test_smoking_and_low_birth_weight_as_in_hosmer_and_lemeshow():
    """Applied Logistic Regression (2000), table 3.4: 30 of 74 smokers, 29 of 115 others; 0.704 (0.320)."""
    hit, arm = np.repeat([1, 0, 1, 0], [30, 44, 29, 86]), np.repeat(["yes", "no"], [74, 115])
    found = logistic({"low": hit, "smoke": arm}, "low", "smoke", reference="no")
    assert np.round(found.coefficients[1], 3) == 0.704
    assert np.round(found.errors[1], 3) == 0.320
    assert np.round(found.odds_ratio[0], 2) == 2.02


def replicates(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    tables = [made(seed) for seed in range(count)]
    arm = np.stack([np.select([one["arm"] == "low", one["arm"] == "high"], [1, 2], 0) for one in tables])
    return np.stack([one["hit"] for one in tables]) > 0, np.stack([one["base"] for one in tables])[..., None], arm


def test_a_replicate_is_the_same_whatever_stands_beside_it():
    hit, base, arm = replicates(6)
    whole = fit_logistic(hit, base, arm, arms=3, reference=0)
    alone = fit_logistic(hit[3:4], base[3:4], arm[3:4], arms=3, reference=0)
    for name in ("coefficients", "covariance", "difference", "difference_se", "log_odds_se"):
        assert getattr(alone, name)[0].tobytes() == getattr(whole, name)[3].tobytes()
    assert (whole.code == LogisticEnd.FITTED).all()


def test_people_without_a_baseline_or_an_arm_are_left_out():
    hit, base, arm = replicates(1)
    fewer = fit_logistic(hit[:, 5:], base[:, 5:], arm[:, 5:], arms=3, reference=0)
    base, arm = base.copy(), arm.copy()
    base[0, :3], arm[0, 3:5] = np.nan, -1
    found = fit_logistic(hit, base, arm, arms=3, reference=0)
    assert found.difference[0] == pytest.approx(fewer.difference[0], rel=1e-10, nan_ok=True)
    assert found.difference_se[0] == pytest.approx(fewer.difference_se[0], rel=1e-10, nan_ok=True)


def test_a_replicate_without_a_largest_likelihood_has_a_code_and_no_number():
    hit, base, arm = replicates(3)
    hit[1] = base[1, :, 0] > 34.0  # the baseline tells all
    arm[2] = np.where(arm[2] == 2, -1, arm[2])
    found = fit_logistic(hit, base, arm, arms=3, reference=0)
    assert found.code.tolist() == [LogisticEnd.FITTED, LogisticEnd.NO_CONVERGENCE, LogisticEnd.EMPTY]
    for values in (found.difference, found.difference_se, found.log_odds, found.risk):
        assert np.isnan(values[1:]).all()


def test_an_arm_without_hits_has_no_odds_ratio():
    hit, base, arm = replicates(1)
    found = fit_logistic(hit & (arm != 1), base, arm, arms=3, reference=0)
    assert found.code[0] == LogisticEnd.NO_CONVERGENCE


def test_adjusting_for_what_matters_narrows_the_interval_and_covers():
    """Of 400 trials without an effect, about 5 % are significant, and errors are what estimates scatter by."""
    draw = np.random.default_rng(8)
    base = draw.normal(size=(400, 120, 1))
    arm = np.broadcast_to(np.arange(120) % 2, (400, 120))
    hit = draw.random((400, 120)) < 1.0 / (1.0 + np.exp(-1.5 * base[..., 0]))
    adjusted = fit_logistic(hit, base, arm, arms=2, reference=0)
    plain = fit_logistic(hit, base[..., :0], arm, arms=2, reference=0)
    assert adjusted.difference_se[:, 1].mean() < 0.9 * plain.difference_se[:, 1].mean()
    assert adjusted.difference[:, 1].std() == pytest.approx(adjusted.difference_se[:, 1].mean(), rel=0.12)
    share = (np.abs(adjusted.difference[:, 1] / adjusted.difference_se[:, 1]) > 1.959964).mean()
    assert abs(share - 0.05) < 3.0 * np.sqrt(0.05 * 0.95 / 400)


def test_what_cannot_be_read_is_named():
    with pytest.raises(UnknownNameError, match="did you mean 'placebo'"):
        logistic(made(), "hit", "arm", reference="placeb")
    with pytest.raises(TableError, match="it holds 0 or 1"):
        logistic(made(), "age", "arm")
    with pytest.raises(UnknownNameError, match="did you mean 'base'"):
        logistic(made(), "hit", "arm", covariates=("bse",))


def test_a_table_that_tells_all_is_refused():
    table = made()
    with pytest.raises(ConvergenceError, match="no largest likelihood"):
        logistic(table | {"hit": (table["base"] > 34.0) * 1}, "hit", "arm", covariates=("base",))
