"""Carried observations, summaries of the observed, and shares with Wilson's interval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.statistics.imputation import locf
from euthymia.statistics.responders import proportion, remitted, responded, wilson
from euthymia.statistics.summary import observed_summary

NAN = float("nan")


def test_the_last_observation_is_carried_and_nothing_comes_before_the_first():
    values = np.array([[30.0, NAN, 20.0, NAN], [NAN, 25.0, NAN, 10.0], [NAN, NAN, NAN, NAN]])
    expected = np.array([[30.0, 30.0, 20.0, 20.0], [NAN, 25.0, 25.0, 10.0], [NAN, NAN, NAN, NAN]])
    np.testing.assert_array_equal(locf(values, ~np.isnan(values)), expected)


def test_a_mask_hides_values_that_are_there():
    found = locf(np.array([[[30.0, 28.0, 20.0]]]), np.array([[[True, False, False]]]))
    np.testing.assert_array_equal(found, [[[30.0, 30.0, 30.0]]])


def test_carrying_twice_changes_nothing():
    rng = np.random.default_rng(0)
    values = np.where(rng.random((4, 6, 5)) < 0.4, NAN, rng.normal(size=(4, 6, 5)))
    once = locf(values, ~np.isnan(values))
    np.testing.assert_array_equal(locf(once, ~np.isnan(once)), once)


def test_summaries_leave_out_the_missing():
    found = observed_summary([[1.0, 3.0, NAN, 5.0, 9.0]], [0, 0, 0, 1, 2], groups=4)
    np.testing.assert_array_equal(found.n, [[2, 1, 1, 0]])
    np.testing.assert_array_equal(found.mean, [[2.0, 5.0, 9.0, NAN]])
    np.testing.assert_allclose(found.sd, [[np.sqrt(2.0), NAN, NAN, NAN]])


def test_half_of_an_odd_baseline_is_a_response():
    np.testing.assert_array_equal(
        responded([18.5, 18.6, 0.1 + 0.2, NAN], [37.0, 37.0, 0.6, 37.0], fall=0.5), [True, False, True, False]
    )


def test_remission_includes_the_threshold_and_never_the_missing():
    np.testing.assert_array_equal(remitted([12.0, 13.0, NAN], threshold=12.0), [True, False, False])


def test_wilson_gives_the_interval_of_newcombe():
    # Newcombe (1998), Statist. Med. 17:857, table I: 81 of 263, score method without continuity correction.
    low, high = wilson(81, 263)
    assert low == pytest.approx(0.2553, abs=5e-5)
    assert high == pytest.approx(0.3662, abs=5e-5)


def test_shares_count_only_the_observed():
    found = proportion(np.array([[True, True, False, True]]), np.array([[True, False, True, True]]))
    assert found.count.tolist() == [2]
    assert found.n.tolist() == [3]
    assert found.share == pytest.approx([2.0 / 3.0])


def test_nobody_has_no_share():
    found = proportion(np.zeros((1, 0), bool))
    assert np.isnan(found.share).all()
    assert np.isnan(found.low).all()


@given(st.integers(0, 50), st.integers(1, 50), st.floats(0.5, 0.999))
def test_the_interval_holds_the_share_and_lies_within_0_and_1(count: int, more: int, level: float):
    n = count + more
    low, high = wilson(count, n, level=level)
    assert 0.0 <= low <= count / n + 1e-12
    assert count / n - 1e-12 <= high <= 1.0


@given(st.integers(0, 50), st.integers(0, 50))
def test_the_interval_of_those_without_is_the_mirror(count: int, others: int):
    if count + others:
        low, high = wilson(count, count + others)
        other_low, other_high = wilson(others, count + others)
        assert low == pytest.approx(1.0 - other_high, abs=1e-12)
        assert high == pytest.approx(1.0 - other_low, abs=1e-12)
