"""The effect of a new study: closed forms of its parts, symmetries, and how often its interval holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from euthymia.statistics.meta_analysis import meta_analysis
from euthymia.statistics.prediction import chi_squares_above, confident_spreads, new_study
from euthymia.statistics.table import TableError


@given(df=st.integers(2, 40), share=st.floats(0.001, 0.999), unit=st.floats(0.01, 100.0))
def test_equal_weights_are_one_chi_square(df: int, share: float, unit: float):
    q = float(stats.chi2.isf(share, df))
    assert chi_squares_above(unit * q, np.full(df, unit)) == pytest.approx(share, abs=0.003)


def test_unequal_weights_are_those_of_draws():
    weights = np.array([0.1, 0.5, 2.0, 7.0])
    drawn = np.random.default_rng(1).chisquare(1.0, size=(400_000, 4)) @ weights
    for q in (0.5, 2.0, 9.0, 20.0, 40.0):
        assert chi_squares_above(q, weights) == pytest.approx(np.mean(drawn >= q), abs=0.015)


def test_confidence_in_the_spread_of_equal_variances_is_that_of_a_chi_square():
    y = np.array([0.1, 0.9, 0.4, 1.6, 0.7, -0.3])
    v, shares = np.full(6, 0.05), np.array([0.2, 0.5, 0.8, 0.95])
    homogeneous, found = confident_spreads(y, v, shares)
    # (k - 1) s^2 / (v + tau2) is chi-square of k - 1.
    exact = 5.0 * np.var(y, ddof=1) / stats.chi2.isf(shares, 5) - 0.05
    np.testing.assert_allclose(found, np.maximum(exact, 0.0), rtol=0.03)
    assert homogeneous == pytest.approx(stats.chi2.sf(5.0 * np.var(y, ddof=1) / 0.05, 5), abs=0.003)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), studies=st.integers(3, 12), shift=st.floats(-5.0, 5.0), scale=st.floats(0.1, 10.0))
def test_units_and_shifts_change_nothing_but_units(seed: int, studies: int, shift: float, scale: float):
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.02, 0.2, studies)
    y = rng.normal(0.0, np.sqrt(v + 0.1))
    plain, moved = new_study(y, v), new_study(shift + scale * y, scale**2 * v)
    for name in ("low", "middle", "high"):
        assert getattr(moved, name) == pytest.approx(shift + scale * getattr(plain, name), abs=1e-4 * scale)
    assert plain.low < plain.middle < plain.high
    narrow = new_study(y, v, level=0.5)
    assert plain.low < narrow.low < narrow.high < plain.high


def test_many_studies_make_the_usual_interval_and_few_a_wider_one():
    rng = np.random.default_rng(2)
    v = rng.uniform(0.01, 0.1, 200)
    y = rng.normal(0.5, np.sqrt(v + 0.2))
    usual, found = meta_analysis(y, v), new_study(y, v)
    assert found.low == pytest.approx(usual.predicted_low, abs=0.05)
    assert found.high == pytest.approx(usual.predicted_high, abs=0.05)
    few, wide = meta_analysis(y[:4], v[:4]), new_study(y[:4], v[:4])
    assert wide.high - wide.low > few.predicted_high - few.predicted_low


def test_an_interval_of_five_studies_holds_a_new_one():
    rng, replicates, held = np.random.default_rng(6), 100, 0
    for _ in range(replicates):
        v = rng.uniform(0.01, 0.09, 5)
        found = new_study(rng.normal(0.5, np.sqrt(v + 0.09)), v, level=0.9)
        held += found.low <= rng.normal(0.5, 0.3) <= found.high
    assert abs(held / replicates - 0.9) <= 3.5 * np.sqrt(0.09 / replicates)


def test_studies_alike_are_homogeneous():
    found = new_study([0.99, 1.0, 1.01, 1.0], [0.1, 0.2, 0.1, 0.2])
    assert found.homogeneous == pytest.approx(1.0, abs=1e-3)
    assert found.middle == pytest.approx(1.0)


def test_two_studies_tell_nothing_of_a_third():
    with pytest.raises(TableError, match="2 studies given; three at least"):
        new_study([1.0, 2.0], [0.1, 0.1])
    with pytest.raises(TableError, match="all effects are the same number"):
        new_study([1.0, 1.0, 1.0], [0.1, 0.1, 0.1])


def test_intervals_are_those_that_pimeta_draws():
    # Riley, Higgins, Deeks (2011), BMJ 342:d549: ten made studies of blood pressure. What the vignette of R's pimeta
    # prints for them: -0.8807 to 0.2240, of 25,000 draws, whose ends are known to about 0.005.
    effects = [0.0, 0.1, -0.4, -0.8, -0.63, 0.22, -0.34, -0.51, 0.03, -0.81]
    widths = [0.8300, 0.4300, 0.0500, 0.3900, 0.5900, 0.5900, 0.1400, 0.2000, 0.2400, 0.5900]
    found = new_study(effects, (np.array(widths) / stats.norm.isf(0.025)) ** 2)
    assert (found.low, found.high) == pytest.approx((-0.8807, 0.2240), abs=0.015)
    # Hartung, Knapp (2001), Stat Med 20:3875: thirteen trials of cisapride; there, odds ratios 0.533 to 33.692.
    better = np.array(
        [[15, 12, 29, 42, 14, 44, 14, 29, 10, 17, 38, 19, 21], [9, 1, 18, 31, 6, 17, 7, 23, 3, 6, 12, 22, 19]]
    )
    total = np.array(
        [[16, 16, 34, 56, 22, 54, 17, 58, 14, 26, 44, 29, 38], [16, 16, 34, 56, 22, 55, 15, 58, 15, 27, 45, 30, 38]]
    )
    yes, no = better + 0.5, total - better + 0.5
    found = new_study(np.log(yes[0] * no[1] / (no[0] * yes[1])), np.sum(1.0 / yes + 1.0 / no, axis=0))
    assert (found.low, found.high) == pytest.approx((np.log(0.533), np.log(33.692)), abs=0.05)
