"""Proper scores: closed forms, propriety, and errors of totals by clusters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from euthymia.statistics import scoring
from euthymia.statistics.table import TableError

QUANTILES = (np.arange(4000) + 0.5) / 4000
NORMAL = stats.norm.ppf(QUANTILES)
numbers = st.floats(-50, 50)


def test_crps_of_a_normal_distribution_is_the_closed_form():
    for y in (-1.3, 0.0, 2.0):
        exact = y * (2 * stats.norm.cdf(y) - 1) + 2 * stats.norm.pdf(y) - 1 / np.sqrt(np.pi)
        assert scoring.crps(NORMAL, y) == pytest.approx(exact, abs=1e-3)


@given(st.lists(numbers, min_size=3, max_size=12), numbers)
def test_crps_is_its_definition_over_pairs(draws: list[float], seen: float):
    x = np.array(draws)
    pairs = np.abs(x[:, None] - x[None]).sum() / (len(x) * (len(x) - 1))
    assert scoring.crps(x, seen) == pytest.approx(np.abs(x - seen).mean() - 0.5 * pairs, abs=1e-9)


def test_fair_crps_of_few_draws_is_that_of_many_on_average():
    rng = np.random.default_rng(1)
    few = np.mean([scoring.crps(rng.normal(size=5), 0.7) for _ in range(4000)])
    assert few == pytest.approx(scoring.crps(NORMAL, 0.7), abs=0.02)


def test_normal_moments_give_the_normal_density():
    assert scoring.log_normal_moments(3.0 + 2.0 * NORMAL, 4.0) == pytest.approx(
        stats.norm.logpdf(4.0, 3.0, 2.0), abs=2e-3
    )


def test_kernels_come_close_to_the_density_of_many_draws():
    assert scoring.log_kernel(NORMAL, 0.5) == pytest.approx(stats.norm.logpdf(0.5), abs=0.02)


def test_a_mixture_of_normals_is_the_normal_with_both_variances():
    found = scoring.log_mean_normal(2.0 * NORMAL, 1.5, 3.0)
    assert found == pytest.approx(stats.norm.logpdf(3.0, 0.0, 2.5), abs=1e-3)


def test_a_mixture_of_binomials_with_a_beta_distribution_is_beta_binomial():
    chances = stats.beta.ppf(QUANTILES, 4.0, 6.0)
    assert scoring.log_mean_binomial(chances, 20, 7) == pytest.approx(stats.betabinom.logpmf(7, 20, 4, 6), abs=1e-3)


def test_moments_of_beta_binomial_shares_find_their_distribution():
    counts = stats.betabinom.rvs(30, 5, 8, size=60_000, random_state=2)
    found = scoring.log_beta_binomial_moments(counts / 30, 30, 12)
    assert found == pytest.approx(stats.betabinom.logpmf(12, 30, 5, 8), abs=0.02)


def test_shares_that_vary_less_than_people_do_are_binomial():
    found = scoring.log_beta_binomial_moments(np.full(500, 0.3), 40, 10)
    assert found == pytest.approx(stats.binom.logpmf(10, 40, 0.3), abs=1e-3)


@given(st.integers(2, 60), st.data())
def test_probabilities_of_all_counts_add_up_to_one(n: int, data: st.DataObject):
    counts = data.draw(st.lists(st.integers(0, n), min_size=3, max_size=20))
    total = sum(np.exp(scoring.log_beta_binomial_moments(np.array(counts) / n, n, k)) for k in range(n + 1))
    assert total == pytest.approx(1.0, abs=1e-8)


def test_a_count_that_no_draw_holds_is_unlikely_but_possible():
    score = scoring.log_beta_binomial_moments(np.zeros(200), 80, 1)
    assert np.log(0.5 / 200) - 1.0 < score < np.log(0.5 / 200) + 1.0
    assert scoring.log_beta_binomial_moments(np.zeros(200), 80, 0) == pytest.approx(0.0, abs=0.01)


def test_the_truth_scores_better_than_what_is_shifted_or_too_narrow_or_too_wide():
    seen = np.random.default_rng(3).normal(size=400)

    def mean(draws: np.ndarray) -> tuple[float, float]:
        logs = np.mean([scoring.log_normal_moments(draws, y) for y in seen])
        return float(logs), -float(np.mean([scoring.crps(draws[::20], y) for y in seen]))

    truth = mean(NORMAL)
    for other in (NORMAL + 1.0, 0.5 * NORMAL, 2.0 * NORMAL):
        assert all(better > worse for better, worse in zip(truth, mean(other), strict=True))


def test_a_total_with_a_row_a_cluster_has_the_error_of_independent_rows():
    d = np.array([1.0, -2.0, 0.5, 3.0, 1.5])
    found = scoring.clustered_total(d, list("abcde"))
    assert (found.value, found.rows, found.clusters) == (4.0, 5, 5)
    assert found.se == pytest.approx(np.sqrt(5) * d.std(ddof=1))


def test_rows_said_twice_do_not_make_a_total_surer():
    d = np.array([1.0, -2.0, 0.5, 3.0])
    once = scoring.clustered_total(d, list("abcd"))
    twice = scoring.clustered_total(np.repeat(d, 2), list("aabbccdd"))
    assert twice.value / twice.se == pytest.approx(once.value / once.se)


def test_one_cluster_has_no_error():
    assert np.isnan(scoring.clustered_total([1.0, 2.0], ["a", "a"]).se)


def test_the_error_by_clusters_is_how_totals_scatter():
    rng = np.random.default_rng(4)
    names = [f"{k}" for k in range(12) for _ in range(5)]
    runs = [0.3 + np.repeat(rng.normal(size=12), 5) + rng.normal(size=60) for _ in range(1500)]
    found = [scoring.clustered_total(run, names) for run in runs]
    scatter = np.std([one.value for one in found], ddof=1)
    assert np.sqrt(np.mean([one.se**2 for one in found])) == pytest.approx(scatter, rel=0.06)


@pytest.mark.parametrize("draws", [[1.0, 2.0], [1.0, np.nan, 3.0, 4.0]])
def test_too_few_draws_or_missing_ones_are_refused(draws: list[float]):
    with pytest.raises(TableError, match="finite ones at least are needed"):
        scoring.crps(draws, 1.0)


def test_draws_without_spread_have_no_density():
    for function in (scoring.log_normal_moments, scoring.log_kernel):
        with pytest.raises(TableError, match="needs a spread"):
            function(np.ones(5), 1.0)
