"""Imputation at random and after the reference arm: identities, known truths, and errors against their theory."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from euthymia.errors import ConvergenceError, UnknownNameError
from euthymia.statistics.ancova import ancova
from euthymia.statistics.draws import Posterior, Resampling, posterior_draws
from euthymia.statistics.incomplete import Departure, Incomplete, incomplete
from euthymia.statistics.inference import Errors
from euthymia.statistics.marginal import Weights, differences
from euthymia.statistics.mmrm import fit_mmrm
from euthymia.statistics.multiple import analyse, bootstrap, conditional_difference, impute, jackknife
from euthymia.statistics.pooling import rubin
from euthymia.statistics.repeated import RepeatedMeasures
from euthymia.statistics.strategies import Strategy, assumed_covariance, assumed_mean
from euthymia.statistics.table import TableError
from euthymia.statistics.tipping import tipping_point

PLAIN = RepeatedMeasures("CHG", "USUBJID", "AVISIT", "ARM", arms=("placebo", "drug"))
ADJUSTED = RepeatedMeasures(
    "CHG", "USUBJID", "AVISIT", "ARM", covariates=("BASE",), by_visit=("BASE",), arms=("placebo", "drug")
)
MEANS = {"placebo": np.array([-2.0, -3.0, -4.0]), "drug": np.array([-4.0, -7.0, -9.0])}
COVARIANCE = 0.5 * np.diag([9.0, 16.0, 25.0]) + 0.5 * np.outer([3.0, 4.0, 5.0], [3.0, 4.0, 5.0])
REFERENCE_BASED = (Strategy.COPY_REFERENCE, Strategy.JUMP_TO_REFERENCE, Strategy.COPY_INCREMENTS)


def profiles(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return arms, complete profiles, and visits until departure, which is likelier after a bad visit."""
    arm = np.arange(n) % 2
    y = np.where(arm[:, None] == 1, MEANS["drug"], MEANS["placebo"])
    y = y + rng.standard_normal((n, 3)) @ np.linalg.cholesky(COVARIANCE).T
    leaves = rng.random((n, 2)) < 1.0 / (1.0 + np.exp(1.2 - 0.15 * (y[:, :2] + 5.0)))
    kept = np.where(leaves[:, 0], 1, np.where(leaves[:, 1], 2, 3))
    return arm, y, kept


def trial(n: int = 120, seed: int = 0, *, complete: bool = False) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    arm, y, kept = profiles(n, rng)
    if not complete:
        y = np.where(np.arange(3) < kept[:, None], y, np.nan)
    base = rng.normal(30.0, 4.0, n)
    return pd.DataFrame(
        {
            "USUBJID": np.repeat([f"s{number}" for number in range(n)], 3),
            "ARM": np.repeat(np.where(arm == 1, "drug", "placebo"), 3),
            "BASE": np.repeat(base, 3),
            "AVISIT": np.tile(["Week 1", "Week 2", "Week 3"], n),
            "CHG": (y - 0.3 * (base[:, None] - 30.0)).ravel(),
        }
    )


def truth(strategy: Strategy) -> float:
    """Return the difference at the last visit if everybody who departs goes on as assumed, by a large simulation."""
    arm, y, kept = profiles(2_000_000, np.random.default_rng(99))
    active = arm == 1
    total = y[active, 2].copy()
    for until in (1, 2):
        here = kept[active] == until
        mean = assumed_mean(strategy, MEANS["drug"], MEANS["placebo"], until)
        slope = np.linalg.solve(COVARIANCE[:until, :until], COVARIANCE[:until, 2])
        total[here] = mean[2] + (y[active][here][:, :until] - mean[:until]) @ slope
    return float(total.mean() - MEANS["placebo"][2])


def _random_covariance(seed: int, visits: int) -> np.ndarray:
    root = np.random.default_rng(seed).normal(size=(visits, visits + 2))
    return root @ root.T


@given(st.integers(0, 10_000), st.integers(2, 6), st.data())
def test_after_a_departure_the_regression_on_the_past_is_that_of_the_reference(seed: int, visits: int, data):
    kept = data.draw(st.integers(1, visits - 1))
    own, reference = _random_covariance(seed, visits), _random_covariance(seed + 1, visits)
    for strategy in (Strategy.JUMP_TO_REFERENCE, Strategy.COPY_INCREMENTS):
        found = assumed_covariance(strategy, own, reference, kept)
        np.testing.assert_allclose(found[:kept, :kept], own[:kept, :kept])
        slope, their = (np.linalg.solve(each[:kept, :kept], each[:kept, kept:]) for each in (found, reference))
        np.testing.assert_allclose(slope, their, atol=1e-6)
        np.testing.assert_allclose(
            found[kept:, kept:] - found[kept:, :kept] @ slope,
            reference[kept:, kept:] - reference[kept:, :kept] @ their,
            atol=1e-6,
        )


def test_means_go_where_their_names_say():
    own, reference = np.array([-4.0, -7.0, -9.0]), np.array([-2.0, -3.0, -4.0])
    expected = {
        Strategy.AT_RANDOM: [-4.0, -7.0, -9.0],
        Strategy.COPY_REFERENCE: [-2.0, -3.0, -4.0],
        Strategy.JUMP_TO_REFERENCE: [-4.0, -7.0, -4.0],
        Strategy.COPY_INCREMENTS: [-4.0, -7.0, -8.0],
    }
    for strategy, mean in expected.items():
        np.testing.assert_array_equal(assumed_mean(strategy, own, reference, 2), mean)
        if strategy is not Strategy.AT_RANDOM:
            np.testing.assert_array_equal(assumed_mean(strategy, own, reference, 0), reference)


def test_the_same_arm_makes_all_strategies_one():
    own = _random_covariance(5, 4)
    for strategy in Strategy:
        np.testing.assert_allclose(assumed_covariance(strategy, own, own, 2), own)


def test_rubins_rules_by_hand():
    found = rubin(np.array([[1.0], [2.0], [3.0]]), np.array([[0.5], [1.0], [1.5]]), df=np.inf)
    total = 1.0 + 4.0 / 3.0
    assert found.estimate[0] == pytest.approx(2.0)
    assert found.se[0] == pytest.approx(np.sqrt(total))
    assert found.missing_information[0] == pytest.approx(4.0 / 3.0 / total)
    assert found.df[0] == pytest.approx(2.0 * (total / (4.0 / 3.0)) ** 2)
    assert found.p[0] == pytest.approx(2.0 * stats.t.sf(2.0 / np.sqrt(total), found.df[0]))


def test_degrees_of_freedom_never_exceed_those_of_complete_data():
    same = rubin(np.ones((5, 1)), np.full((5, 1), 0.3), df=40.0)
    assert same.df[0] == pytest.approx(41.0 / 43.0 * 40.0)  # Barnard and Rubin (1999) with nothing missing
    spread = rubin(np.arange(5.0)[:, None], np.full((5, 1), 0.3), df=40.0)
    assert spread.df[0] < same.df[0]
    with pytest.raises(TableError, match="1 imputation given; Rubin's rules need two"):
        rubin(np.ones((1, 1)), np.ones((1, 1)), df=40.0)


@pytest.mark.parametrize("strategy", Strategy)
def test_complete_data_give_the_analysis_of_covariance_whatever_is_assumed(strategy: Strategy):
    table = trial(complete=True)
    last = table[table.AVISIT == "Week 3"]
    arrays = (last.CHG.to_numpy()[None], last.BASE.to_numpy()[None], (last.ARM == "drug").to_numpy()[None])
    expected = ancova(*arrays)
    there = incomplete(table, ADJUSTED, strategy)
    found = analyse(impute(there, imputations=3, draws=Posterior(burn_in=1, thinning=1), seed=0))
    assert found.estimate[0] == pytest.approx(expected.difference[0])
    assert found.se[0] == pytest.approx(expected.se[0])
    assert conditional_difference(there)[0] == pytest.approx(expected.difference[0])


def test_conditional_means_at_random_give_the_mixed_models_difference():
    # Where every effect differs between visits, generalised least squares is least squares of conditional means.
    table = trial()
    expected = differences(fit_mmrm(table, ADJUSTED), errors=Errors.SATTERTHWAITE, weights=Weights.OBSERVED)
    for visit, estimate in zip(("Week 2", "Week 3"), expected.estimate[1:], strict=True):
        found = conditional_difference(incomplete(table, ADJUSTED), visit=visit)
        assert found[0] == pytest.approx(estimate, rel=1e-8)


def test_imputing_at_random_agrees_with_the_mixed_model():
    table = trial(200)
    expected = differences(fit_mmrm(table, ADJUSTED))
    for plan in (Posterior(burn_in=50, thinning=5), Resampling()):
        found = analyse(impute(incomplete(table, ADJUSTED), imputations=150, draws=plan, seed=1))
        between = found.se[0] * np.sqrt(found.missing_information[0] / 150)
        assert abs(found.estimate[0] - expected.estimate[-1]) < 3.0 * between + 0.02
        assert found.se[0] == pytest.approx(expected.se[-1], rel=0.08)


@pytest.mark.parametrize("strategy", Strategy)
def test_each_strategy_finds_the_difference_known_by_construction(strategy: Strategy):
    found = np.array(
        [conditional_difference(incomplete(trial(300, seed), ADJUSTED, strategy))[0] for seed in range(80)]
    )
    assert abs(found.mean() - truth(strategy)) < 2.0 * found.std(ddof=1) / np.sqrt(len(found))


def test_posterior_draws_of_complete_data_have_the_known_moments():
    there = incomplete(trial(60, complete=True), PLAIN)
    rng = np.random.default_rng(3)
    draws = list(posterior_draws(there, Posterior(burn_in=20, thinning=2), count=2000, by_arm=False, rng=rng))
    sigma = np.array([draw.sigma[0] for draw in draws])
    y = there.outcome
    residual = np.concatenate([y[there.arm == arm] - y[there.arm == arm].mean(0) for arm in (0, 1)])
    # Flat prior of 2 means and Jeffreys': Sigma is inverse Wishart on n - 2 degrees, of mean S / (n - 2 - 3 - 1).
    error = sigma.std(axis=0) / np.sqrt(len(sigma) / 2.0)
    assert np.all(np.abs(sigma.mean(axis=0) - residual.T @ residual / (60 - 2 - 3 - 1)) < 4.0 * error)


def test_reference_based_differences_lie_between_none_and_that_at_random():
    table = trial(300)
    found = [conditional_difference(incomplete(table, ADJUSTED, each))[0] for each in Strategy]
    assert found[0] == min(found)
    assert max(found) < 0.0


def test_the_arms_have_covariances_of_their_own_where_asked():
    table = trial()
    one, own = (conditional_difference(incomplete(table, PLAIN), by_arm=each)[0] for each in (False, True))
    assert own != pytest.approx(one, rel=1e-6)


def test_jackknife_and_bootstrap_find_one_error_and_rubin_a_larger_one():
    there = incomplete(trial(150), PLAIN, Strategy.JUMP_TO_REFERENCE)
    left_out, again = jackknife(there), bootstrap(there, samples=150, seed=4)
    pooled = analyse(impute(there, imputations=50, draws=Posterior(burn_in=50, thinning=5), seed=4))
    assert left_out.estimate[0] == again.estimate[0]
    assert again.se[0] == pytest.approx(left_out.se[0], rel=0.15)
    assert pooled.se[0] > 1.1 * left_out.se[0]


@pytest.mark.long
@pytest.mark.parametrize("strategy", Strategy)
def test_errors_follow_their_theory(strategy: Strategy):
    # The jackknife's error is the spread of estimates over trials. Rubin's is that too at random; after the reference
    # arm it is more than the spread, and always more than if all had been seen.
    estimates, jack, pooled, within = [], [], [], []
    for seed in range(200):
        there = incomplete(trial(150, seed), PLAIN, strategy)
        estimates.append(conditional_difference(there)[0])
        found = analyse(impute(there, imputations=30, draws=Posterior(burn_in=30, thinning=5), seed=seed))
        pooled.append(found.se[0] ** 2)
        within.append(found.se[0] ** 2 * (1.0 - found.missing_information[0]))
        if seed < 40:
            jack.append(jackknife(there).se[0] ** 2)
    spread, error = np.var(estimates, ddof=1), np.sqrt(2.0 / 199)
    assert np.mean(jack) == pytest.approx(spread, rel=3.0 * error)
    assert np.mean(pooled) > np.mean(within)
    if strategy is Strategy.AT_RANDOM:
        assert np.mean(pooled) == pytest.approx(spread, rel=3.0 * error)
    else:
        assert np.mean(pooled) > (1.0 + 3.0 * error) * spread


def test_a_tipping_point_is_where_p_is_alpha():
    imputed = impute(incomplete(trial(120), ADJUSTED), imputations=20, draws=Posterior(20, 2), seed=5)
    found = tipping_point(imputed, "drug", largest=60.0)
    assert found.at.p[0] == pytest.approx(0.05, abs=1e-6)
    assert found.without.p[0] < 0.05
    shares = imputed.filled[:, 2][imputed.trial.arm == 1].mean()
    moved = analyse(imputed, delta=np.array([0.0, found.delta])).estimate[0] - found.without.estimate[0]
    assert moved == pytest.approx(shares * found.delta, rel=0.1)
    with pytest.raises(ConvergenceError, match=r"still below 0\.05 at a shift of -3\.0"):
        tipping_point(imputed, "drug", largest=-3.0)
    with pytest.raises(TableError, match="which is the reference"):
        tipping_point(imputed, "placebo", largest=9.0)


def test_what_follows_a_departure_is_set_aside_unless_it_is_at_random():
    table = trial(20, complete=True)
    departures = {"s1": Departure("Week 2", Strategy.JUMP_TO_REFERENCE), "s3": Departure("Week 2", Strategy.AT_RANDOM)}
    there = incomplete(table, PLAIN, departures)
    assert np.isnan(there.outcome[there.names.index("s1")]).tolist() == [False, True, True]
    assert np.isfinite(there.outcome[there.names.index("s3")]).all()


def test_a_subject_taken_twice_is_two():
    there: Incomplete = incomplete(trial(10), PLAIN)
    twice = there.take(np.array([4, 4, 7]))
    np.testing.assert_array_equal(twice.outcome, there.outcome[[4, 4, 7]])
    assert len(set(twice.data.subject.codes)) == 3


def test_bad_departures_and_subjects_that_change_are_refused_in_words():
    table = trial(20)
    with pytest.raises(UnknownNameError, match="no subject 's99'"):
        incomplete(table, PLAIN, {"s99": Departure("Week 2", Strategy.AT_RANDOM)})
    with pytest.raises(UnknownNameError, match="no level of AVISIT 'Week 9'"):
        incomplete(table, PLAIN, {"s1": Departure("Week 9", Strategy.AT_RANDOM)})
    with pytest.raises(UnknownNameError, match="no level of ARM 'placbo'; did you mean 'placebo'"):
        incomplete(table, PLAIN, reference="placbo")
    changing = table.assign(BASE=np.arange(60.0))
    with pytest.raises(TableError, match="subject 's0' has more than one BASE"):
        incomplete(changing, ADJUSTED)
    table.loc[table.USUBJID == "s2", "BASE"] = np.nan
    with pytest.raises(TableError, match="subject 's2' has no BASE"):
        incomplete(table, ADJUSTED)


def test_the_same_seed_gives_the_same_imputations():
    there = incomplete(trial(30), PLAIN, Strategy.COPY_REFERENCE)
    plan = Posterior(burn_in=5, thinning=1)
    one, other, third = (impute(there, imputations=3, draws=plan, seed=seed).values for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, other)
    assert not np.array_equal(one, third)
