"""Analysis of covariance against textbook identities, least squares and a hand example."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from euthymia.statistics.ancova import ancova


def _trial(seed: int = 0, subjects: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return change, baseline and treatment of one replicate, each [1, subject]."""
    rng = np.random.default_rng(seed)
    treated = rng.random(subjects) < 0.5
    baseline = rng.normal(37.0, 5.0, subjects)
    change = -15.0 - 4.0 * treated - 0.4 * (baseline - 37.0) + rng.normal(0.0, 12.0, subjects)
    return change[None], baseline[None], treated[None]


def _least_squares(change: np.ndarray, baseline: np.ndarray, treated: np.ndarray) -> tuple[float, float, int]:
    """Return the treatment's coefficient, its standard error and df by the design matrix."""
    design = np.column_stack([np.ones_like(change[0]), treated[0], baseline[0]]).astype(float)
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ change[0]
    df = change.shape[1] - 3
    variance = np.sum((change[0] - design @ beta) ** 2) / df
    return float(beta[1]), float(np.sqrt(variance * inverse[1, 1])), df


def test_difference_error_interval_and_p_are_those_of_least_squares():
    change, baseline, treated = _trial()
    found = ancova(change, baseline, treated)
    difference, se, df = _least_squares(change, baseline, treated)
    np.testing.assert_allclose([found.difference[0], found.se[0], found.df[0]], [difference, se, df], rtol=1e-10)
    half = stats.t.ppf(0.975, df) * se
    np.testing.assert_allclose([found.low[0], found.high[0]], [difference - half, difference + half], rtol=1e-9)
    np.testing.assert_allclose(found.p[0], 2.0 * stats.t.sf(abs(difference / se), df), rtol=1e-9)


def test_a_hand_example_of_two_parallel_lines():
    # Both groups lie on lines of slope 1/2, two points apart, except for residuals of +-1 that sum to 0 and are
    # orthogonal to the covariate: SSE = 8, df = 8 - 3 = 5, se^2 = 8/5 (1/4 + 1/4).
    baseline = np.array([[0.0, 0.0, 2.0, 2.0, 0.0, 0.0, 2.0, 2.0]])
    treated = np.array([[False] * 4 + [True] * 4])
    noise = np.array([[1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0]])
    found = ancova(0.5 * baseline - 2.0 * treated + noise, baseline, treated)
    assert found.difference == pytest.approx([-2.0])
    assert found.df == pytest.approx([5.0])
    assert found.se == pytest.approx([np.sqrt(8.0 / 5.0 / 2.0)])


def test_a_baseline_that_does_not_vary_leaves_the_t_test():
    change, baseline, treated = _trial()
    found = ancova(change, np.full_like(baseline, 37.3), treated)
    expected = stats.ttest_ind(change[treated], change[~treated])
    assert found.p == pytest.approx([expected.pvalue])
    assert found.df == pytest.approx([change.size - 2])


def test_replicates_at_once_are_the_replicates_one_by_one():
    change, baseline, treated = (np.concatenate(parts) for parts in zip(*map(_trial, range(5)), strict=True))
    change[2, :7] = np.nan
    together = ancova(change, baseline, treated)
    for replicate in range(5):
        rows = slice(replicate, replicate + 1)
        alone = ancova(change[rows], baseline[rows], treated[rows])
        np.testing.assert_allclose(together.difference[rows], alone.difference)
        np.testing.assert_allclose(together.p[rows], alone.p)


def test_missing_subjects_count_as_if_they_had_not_been_there():
    change, baseline, treated = _trial()
    gone = np.arange(change.size) % 5 == 0
    blank = ancova(np.where(gone, np.nan, change), baseline, treated)
    without = ancova(change[:, ~gone], baseline[:, ~gone], treated[:, ~gone])
    np.testing.assert_allclose(
        [blank.difference, blank.se, blank.df], [without.difference, without.se, without.df], rtol=1e-12
    )


def test_an_empty_group_gives_nothing_and_spoils_no_other_replicate():
    change, baseline, treated = (np.concatenate(parts) for parts in zip(*map(_trial, range(2)), strict=True))
    change[0] = np.where(treated[0], np.nan, change[0])
    found = ancova(change, baseline, treated)
    assert np.isnan([found.difference[0], found.se[0], found.p[0]]).all()
    assert np.isfinite([found.difference[1], found.se[1], found.p[1]]).all()


def test_too_few_subjects_give_nothing():
    found = ancova(np.array([[1.0, 2.0]]), np.array([[30.0, 31.0]]), np.array([[False, True]]))
    assert np.isnan(found.se).all()


def test_shifting_everybody_moves_no_difference():
    change, baseline, treated = _trial()
    moved = ancova(change + 5.0, baseline + 3.0, treated)
    np.testing.assert_allclose(moved.difference, ancova(change, baseline, treated).difference)


def test_intervals_cover_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(1)
    baseline = rng.normal(37.0, 5.0, (4000, 40))
    treated = np.broadcast_to(np.arange(40) % 2 == 1, baseline.shape)
    change = -15.0 - 4.0 * treated - 0.4 * baseline + rng.normal(0.0, 12.0, baseline.shape)
    found = ancova(change, baseline, treated, level=0.9)
    covered = np.mean((found.low < -4.0) & (found.high > -4.0))
    assert covered == pytest.approx(0.9, abs=0.02)  # binomial standard error 0.005
