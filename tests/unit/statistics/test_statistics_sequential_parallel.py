"""The sequential parallel comparison: Fava's statistic by hand, its error rate without an effect, and its limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from euthymia.statistics.ancova import ancova
from euthymia.statistics.sequential_parallel import Combined, Stage, combine_stages
from euthymia.statistics.table import TableError

WEIGHT, PER_ARM, REPLICATES = 0.6, 40, 4000


def test_shares_of_two_stages_by_hand():
    """30 of 60 and 40 of 120 respond; of 80 who did not, 14 of 40 and 8 of 40: w = 0.6."""
    d1, v1 = 30 / 60 - 40 / 120, 0.25 / 60 + (1 / 3) * (2 / 3) / 120
    d2, v2 = 14 / 40 - 8 / 40, 0.35 * 0.65 / 40 + 0.2 * 0.8 / 40
    found = combine_stages(Stage(d1, np.sqrt(v1)), Stage(d2, np.sqrt(v2)), weight=0.6)
    assert found.difference == pytest.approx(0.6 / 6 + 0.4 * 0.15)
    assert found.se == pytest.approx(np.sqrt(0.36 * v1 + 0.16 * v2))
    assert found.p == pytest.approx(2 * stats.norm.sf(found.difference / found.se))
    assert np.isinf(found.df)


@given(st.floats(0.05, 0.95), st.floats(0.1, 5.0), st.floats(0.1, 5.0), st.integers(3, 90), st.integers(3, 90))
def test_degrees_of_freedom_lie_between_the_smaller_and_the_sum(w: float, a: float, b: float, f1: int, f2: int):
    found = combine_stages(Stage(1.0, a, f1), Stage(1.0, b, f2), weight=w)
    assert min(f1, f2) - 1e-9 <= float(found.df) <= f1 + f2 + 1e-9
    assert found.difference == pytest.approx(1.0)


def test_two_equal_stages_of_half_weight_are_welchs_test():
    draw = np.random.default_rng(2)
    a, b = draw.normal(0.0, 1.0, 9), draw.normal(0.3, 2.0, 14)
    stages = [Stage(x.mean(), x.std(ddof=1) / np.sqrt(len(x)), len(x) - 1) for x in (a, -b)]
    found = combine_stages(*stages, weight=0.5)
    test: Any = stats.ttest_ind(a, b, equal_var=False)
    assert (found.p, found.df) == pytest.approx((test.pvalue, test.df))


def conducted(effect: float) -> tuple[Combined, np.ndarray]:
    """Trials in two stages, people's levels and changes going together, and the correlation of the stages."""
    draw = np.random.default_rng(12)
    shape = (REPLICATES, 3 * PER_ARM)
    drug = np.broadcast_to(np.arange(3 * PER_ARM) < PER_ARM, shape)
    person = draw.normal(0.0, 5.0, shape)
    baseline = 33.0 + draw.normal(0.0, 4.0, shape)
    first = -8.0 + person + effect * drug + draw.normal(0.0, 6.0, shape)
    again = ~drug & (first > -0.5 * baseline)
    second_drug = again & (draw.random(shape) < 0.5)
    later = -3.0 + 0.5 * person + effect * second_drug + draw.normal(0.0, 6.0, shape)
    one = ancova(first, baseline, drug)
    two = ancova(np.where(again, later, np.nan), baseline + first, second_drug)
    stages = (Stage(one.difference, one.se, one.df), Stage(two.difference, two.se, two.df))
    return combine_stages(*stages, weight=WEIGHT), np.corrcoef(one.difference, two.difference)[0, 1]


def test_without_an_effect_five_of_a_hundred_are_significant_and_stages_are_uncorrelated():
    found, correlation = conducted(0.0)
    assert abs((found.p < 0.05).mean() - 0.05) < 3.0 * np.sqrt(0.05 * 0.95 / REPLICATES)
    assert abs(correlation) < 3.0 / np.sqrt(REPLICATES)
    assert found.se.mean() == pytest.approx(found.difference.std(), rel=0.04)


def test_an_effect_of_both_stages_is_found_without_bias_and_held_by_its_interval():
    found, _ = conducted(-3.0)
    assert abs(found.difference.mean() + 3.0) < 3.0 * found.difference.std() / np.sqrt(REPLICATES)
    held = ((found.low <= -3.0) & (found.high >= -3.0)).mean()
    assert abs(held - 0.95) < 3.0 * np.sqrt(0.05 * 0.95 / REPLICATES)


def test_a_stage_without_an_estimate_leaves_none():
    found = combine_stages(Stage([1.0, np.nan], [1.0, np.nan], [9.0, np.nan]), Stage([1.0, 1.0], 1.0, 9.0), weight=0.5)
    for part in (found.difference, found.se, found.df, found.p, found.low):
        assert np.isfinite(part).tolist() == [True, False]


@pytest.mark.parametrize("weight", [0.0, 1.0, -0.2, float("nan")])
def test_a_weight_that_leaves_a_stage_out_is_refused(weight: float):
    with pytest.raises(TableError, match="between 0 and 1"):
        combine_stages(Stage(1.0, 1.0), Stage(1.0, 1.0), weight=weight)
