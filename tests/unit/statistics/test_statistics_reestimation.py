"""Sizes found again during a trial: textbook sizes, closed forms, and errors of simulated trials that hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from euthymia.statistics.adaptive import Promising, combine, conditional_power, second_stage
from euthymia.statistics.blinded import blinded_deviation, people_per_arm, resize_blinded
from euthymia.statistics.group_sequential import efficacy_bounds
from euthymia.statistics.spending import DesignError, PocockSpending

BOUND = float(stats.norm.isf(0.025))
ZONE = Promising(low=0.3, target=0.9, most=4.0)


@pytest.mark.parametrize(("ratio", "sizes"), [(0.2, (394, 527)), (0.5, (64, 86)), (0.8, (26, 34))])
def test_sizes_of_t_tests_are_those_of_cohens_tables(ratio: float, sizes: tuple[int, int]):
    # Cohen (1988), Statistical Power Analysis, table 2.4: two-sided 0.05, power 0.8 and 0.9; exact, so a person more.
    for power, size in zip((0.8, 0.9), sizes, strict=True):
        assert people_per_arm(1.0, ratio, alpha=0.025, power=power) == pytest.approx(size, abs=1)


@given(ratio=st.floats(0.1, 2.0), power=st.floats(0.5, 0.95))
def test_a_size_is_the_smallest_that_has_its_power(ratio: float, power: float):
    def of(n: int) -> float:
        return float(stats.nct.sf(stats.t.isf(0.025, 2 * n - 2), 2 * n - 2, ratio * np.sqrt(n / 2)))

    found = int(people_per_arm(1.0, ratio, alpha=0.025, power=power))
    assert of(found) >= power - 1e-9
    assert found == 2 or of(found - 1) < power + 1e-9


def test_the_blinded_deviation_is_that_within_arms_once_the_effect_is_taken_off():
    rng = np.random.default_rng(2)
    y = np.concatenate([rng.normal(0.0, 3.0, 20_000), rng.normal(2.0, 3.0, 20_000)])
    assert blinded_deviation(y, effect=2.0) == pytest.approx(3.0, rel=0.01)
    assert blinded_deviation(y) == pytest.approx(np.sqrt(10.0), rel=0.01)
    exact = np.array([-1.0, 1.0, 3.0, 5.0])  # arms -1, 1 and 3, 5: variance 2 within, difference 4
    assert blinded_deviation(exact, effect=4.0) ** 2 == pytest.approx(2.0 * 2.0 / 2.0)


def test_a_wider_spread_makes_a_larger_trial_within_its_limits():
    y = np.tile([-1.0, 1.0], 20)
    sizes = [resize_blinded(k * y, effect=0.5, alpha=0.025, power=0.8, least=30, most=200) for k in (0.2, 1.0, 9.0)]
    assert [each.per_arm for each in sizes] == [30, sizes[1].wanted, 200]
    assert 30 < sizes[1].per_arm < 200


@pytest.mark.parametrize("taken_off", [0.0, 1.0])
def test_blinded_resizing_leaves_the_error_of_the_t_test(taken_off: float):
    rng, trials, first, most = np.random.default_rng(8), 200_000, 20, 100
    y = rng.normal(size=(2, trials, first))
    together = y.transpose(1, 0, 2).reshape(trials, -1)
    variance = together.var(axis=1, ddof=1)
    if taken_off:
        variance = (2 * first - 1) / (2 * first - 2) * (variance - first * taken_off**2 / (2 * (2 * first - 1)))
    size = people_per_arm(np.sqrt(np.maximum(variance, 0.05)), 0.7, alpha=0.025, power=0.8).clip(first, most)
    more = size - first
    # The rest of each arm by its mean and sum of squares.
    rest = np.where(more > 0, rng.normal(size=(2, trials)) / np.sqrt(np.maximum(more, 1)), 0.0)
    squares = np.where(more > 1, rng.chisquare(np.maximum(more - 1, 1), size=(2, trials)), 0.0)
    begun = y.mean(axis=2)
    mean = (first * begun + more * rest) / size
    total = np.sum((y - begun[..., None]) ** 2, axis=2) + squares + first * more / size * (begun - rest) ** 2
    t = (mean[1] - mean[0]) / np.sqrt(total.sum(axis=0) / (2 * size - 2) * 2.0 / size)
    share = np.mean(t > stats.t.isf(0.025, 2 * size - 2))
    assert abs(share - 0.025) <= 3.0 * np.sqrt(0.025 * 0.975 / trials)


def test_conditional_power_is_the_share_of_trials_that_end_above_the_bound():
    rng, t, delta, z1 = np.random.default_rng(1), 0.4, 2.8, 1.1
    z2 = rng.normal(delta * np.sqrt(1.0 - t) * np.sqrt(1.7), 1.0, 400_000)
    share = np.mean(np.sqrt(t) * z1 + np.sqrt(1.0 - t) * z2 >= BOUND)
    found = conditional_power(z1, t, bound=BOUND, drift=delta, factor=1.7)
    assert found == pytest.approx(share, abs=4.0 * 0.5 / np.sqrt(400_000))


@given(z=st.floats(-2.0, 4.0), fraction=st.floats(0.1, 0.9), drift=st.one_of(st.none(), st.floats(0.5, 4.0)))
def test_a_second_stage_grows_only_in_the_zone_and_no_further_than_needed(z: float, fraction: float, drift):
    found = second_stage(z, fraction, ZONE, bound=BOUND, drift=drift)
    assert 1.0 <= found.factor <= ZONE.most
    assert found.after >= found.before - 1e-12
    if found.promising:
        assert ZONE.low <= found.before < ZONE.target
        assert found.after == pytest.approx(ZONE.target) or found.factor == ZONE.most
    else:
        assert found.factor == 1.0


def test_the_combination_holds_its_error_where_the_pooled_test_does_not():
    rng, t, trials = np.random.default_rng(3), 0.5, 1_000_000
    z1, z2 = rng.normal(size=(2, trials))
    greedy = Promising(low=0.0, target=0.9, most=10.0)
    factor = second_stage(z1, t, greedy, bound=BOUND).factor
    combined = np.sqrt(t) * z1 + np.sqrt(1.0 - t) * z2
    pooled = (np.sqrt(t) * z1 + np.sqrt((1.0 - t) * factor) * z2) / np.sqrt(t + (1.0 - t) * factor)
    error = np.sqrt(0.025 * 0.975 / trials)
    assert abs(np.mean(combined >= BOUND) - 0.025) <= 3.0 * error
    assert np.mean(pooled >= BOUND) > 0.025 + 10.0 * error


def test_the_promising_zone_buys_power_and_intervals_keep_their_level():
    rng, t, delta, trials = np.random.default_rng(5), 0.5, 2.5, 20_000
    z1 = rng.normal(delta * np.sqrt(t), 1.0, trials)
    factor = second_stage(z1, t, ZONE, bound=BOUND).factor
    z2 = rng.normal(delta * np.sqrt((1.0 - t) * factor), 1.0)
    planned = stats.norm.sf(BOUND - delta)
    assert np.mean(np.sqrt(t) * z1 + np.sqrt(1.0 - t) * z2 >= BOUND) > planned + 0.03
    held, over = [], []
    for first, second, times in list(zip(z1, z2, factor, strict=True))[:2000]:
        information = np.array([t, (1.0 - t) * times])
        found = combine(np.array([first, second]) / np.sqrt(information), 1.0 / np.sqrt(information), [t, 1.0])
        held.append(found.low <= delta <= found.high)
        over.append(found.estimate > delta)
    assert abs(np.mean(held) - 0.95) <= 4.0 * np.sqrt(0.95 * 0.05 / 2000)
    assert abs(np.mean(over) - 0.5) <= 4.0 * 0.5 / np.sqrt(2000)


def test_combining_stages_of_planned_size_is_the_pooled_analysis():
    found = combine([2.0, 1.0], np.sqrt([1.0 / 3.0, 1.0 / 5.0]), [0.375, 1.0])
    assert found.estimate == pytest.approx((3.0 * 2.0 + 5.0 * 1.0) / 8.0)
    assert found.z == pytest.approx(found.estimate * np.sqrt(8.0))
    assert found.high - found.low == pytest.approx(2.0 * stats.norm.isf(0.025) / np.sqrt(8.0))


def test_t_statistics_keep_their_tails_in_a_combination():
    found = combine([3.0, 0.0], [1.0, 1.0], [0.5, 1.0], degrees=[4.0, np.inf])
    assert found.z == pytest.approx(np.sqrt(0.5) * stats.norm.isf(stats.t.sf(3.0, 4.0)))
    alone = combine([3.0], [1.0], [1.0], degrees=[7.0])
    assert alone.p == pytest.approx(stats.t.sf(3.0, 7.0))
    assert (alone.low, alone.high) == pytest.approx(stats.t.interval(0.95, 7.0, loc=3.0))


def test_a_bound_of_several_analyses_gives_the_repeated_interval():
    bounds = efficacy_bounds([0.5, 1.0], PocockSpending(), alpha=0.025)
    found = combine([1.2, 1.0], [0.5, 0.5], [0.5, 1.0], bound=bounds.upper[1])
    assert (found.low > 0.0) == (found.z > bounds.upper[1])


def test_what_makes_no_sense_is_refused_in_words():
    with pytest.raises(DesignError, match=r"deviation 0.0 and effect 1.0 given"):
        people_per_arm(0.0, 1.0, alpha=0.025, power=0.8)
    with pytest.raises(DesignError, match="0 < error < power < 1"):
        people_per_arm(1.0, 1.0, alpha=0.5, power=0.3)
    with pytest.raises(DesignError, match="3 outcomes given; 4 at least"):
        blinded_deviation([1.0, 2.0, 3.0])
    with pytest.raises(DesignError, match=r"vary less than an effect of 9\.0"):
        blinded_deviation([1.0, 2.0, 3.0, 4.0], effect=9.0)
    with pytest.raises(DesignError, match="between 50 and 20 people an arm"):
        resize_blinded(np.arange(9.0), effect=1.0, alpha=0.025, power=0.8, least=50, most=20)
    with pytest.raises(DesignError, match="0 <= low < target < 1"):
        Promising(0.9, 0.3, 2.0)
    with pytest.raises(DesignError, match=r"fraction 1.0 of information"):
        conditional_power(1.0, 1.0, bound=2.0)
    with pytest.raises(DesignError, match="2 estimates, 1 errors and 2 degrees given for 2 stages"):
        combine([1.0, 2.0], [1.0], [0.5, 1.0])
    with pytest.raises(DesignError, match="not above 0"):
        combine([1.0, 2.0], [1.0, 0.0], [0.5, 1.0])
