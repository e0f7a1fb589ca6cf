"""Trials with several analyses followed to their ends: errors that hold, printed designs, and sizes that may change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from euthymia.statistics.adaptive import combine, conditional_power
from euthymia.statistics.group_sequential import Sides, stopping
from euthymia.statistics.sequential_ends import Analyses, Ending, Ends, ends
from euthymia.statistics.sequential_monitoring import (
    LowConditionalPower,
    MissSpending,
    Monitoring,
    bounds_reached,
    final_bound,
    growing,
    planned_bounds,
)
from euthymia.statistics.sequential_plan import plan
from euthymia.statistics.spending import DesignError, HwangShihDeCani, OBrienFlemingSpending, PowerSpending

THIRDS = (1 / 3, 2 / 3, 1.0)
GAMMA = Monitoring(THIRDS, HwangShihDeCani(-4.0), 0.025, futility=MissSpending(HwangShihDeCani(-2.0), 0.9))
TWO_SIDED = Monitoring((0.3, 0.6, 1.0), OBrienFlemingSpending(), 0.05, Sides.TWO)


def looked_at(information: np.ndarray, drift: float, trials: int, seed: int, at: int = -1) -> Analyses:
    """Normal trials of known information at each look, which is also the fraction by which error is spent."""
    steps = np.diff(information, prepend=0.0)
    rng = np.random.default_rng(seed)
    scores = np.cumsum(rng.normal(size=(trials, len(steps))) * np.sqrt(steps) + drift * steps, axis=1)
    shape = scores.shape
    se = np.broadcast_to(information**-0.5, shape)
    return Analyses(
        scores / information, se, np.full(shape, np.inf), np.broadcast_to(information, shape), np.full(trials, at)
    )


def shares(found: Ends, how: Ending) -> np.ndarray:
    return np.array([((found.how == how) & (found.at == look)).mean() for look in range(found.upper.shape[1])])


def test_a_printed_design_is_met_by_bounds_probabilities_and_expected_size():
    # gsDesign's reference page of gsProbability, first example: gsDesign() with all its defaults, k = 3.
    bounds, drift = (
        planned_bounds(GAMMA),
        plan(THIRDS, GAMMA.rule, alpha=0.025, power=0.9, futility=HwangShihDeCani(-2.0)).drift,
    )
    assert bounds.upper == pytest.approx([3.01, 2.55, 2.00], abs=0.005)
    assert bounds.lower == pytest.approx([-0.24, 0.94, 2.00], abs=0.005)
    fixed = stats.norm.isf(0.025) + stats.norm.ppf(0.9)
    assert fixed == pytest.approx(3.2415, abs=1e-4)
    inflation = (drift / fixed) ** 2
    assert inflation == pytest.approx(1.070, abs=5e-4)
    for theta, upper, lower, size in (
        (0.0, [0.0013, 0.0049, 0.0171], [0.4057, 0.4290, 0.1420], 0.6249),
        (3.2415, [0.1412, 0.4403, 0.3185], [0.0148, 0.0289, 0.0563], 0.7913),
        (1.6208, [0.0205, 0.1038, 0.2393], [0.1138, 0.2385, 0.2841], 0.8520),
    ):
        stops = stopping(bounds, theta * drift / fixed)
        assert stops.upper == pytest.approx(upper, abs=1e-4)
        assert stops.lower == pytest.approx(lower, abs=1e-4)
        assert stops.expected_fraction * inflation == pytest.approx(size, abs=1e-4)
        found = ends(GAMMA, looked_at(np.array(THIRDS), theta * drift / fixed, 40_000, 1), adjust=False)
        assert shares(found, Ending.SHOWN) == pytest.approx(upper, abs=0.009)
        assert inflation * np.array(THIRDS)[found.at].mean() == pytest.approx(size, abs=0.006)


@pytest.mark.parametrize("monitoring", [GAMMA, TWO_SIDED])
def test_error_holds_whatever_information_the_looks_reach(monitoring: Monitoring):
    rng = np.random.default_rng(4)
    shown, wrong, trials = 0, 0, 1000
    for number in range(40):
        information = np.array(monitoring.looks) * rng.uniform(0.75, 1.3, 3)
        information[2] = 1.3
        found = ends(monitoring, looked_at(np.sort(information) / 1.3, 0.0, trials, number), adjust=False)
        shown += (found.how == Ending.SHOWN).sum()
        wrong += (found.how == Ending.WRONG).sum()
    one = 0.025
    error = 3.0 * np.sqrt(one * (1.0 - one) / 40_000)
    # Giving up although bounds do not count on it can only lower the error.
    assert shown / 40_000 < one + error
    if monitoring is TWO_SIDED:
        assert shown / 40_000 == pytest.approx(one, abs=error)
        assert wrong / 40_000 == pytest.approx(one, abs=error)


@pytest.mark.parametrize("futility", [MissSpending(OBrienFlemingSpending(), 0.8), LowConditionalPower(0.2)])
def test_bounds_that_count_on_giving_up_use_the_whole_error(futility: MissSpending | LowConditionalPower):
    monitoring = Monitoring((0.4, 0.7, 1.0), OBrienFlemingSpending(), 0.025, futility=futility, binding=True)
    assert stopping(planned_bounds(monitoring), 0.0).rejected == pytest.approx(0.025, abs=1e-9)
    free = Monitoring(monitoring.looks, monitoring.rule, 0.025, futility=futility)
    assert stopping(planned_bounds(free), 0.0).rejected < 0.025
    assert np.all(planned_bounds(monitoring).upper <= planned_bounds(free).upper + 1e-9)


@given(below=st.floats(0.02, 0.6), look=st.floats(0.1, 0.9))
@settings(max_examples=20, deadline=None)
def test_conditional_power_at_the_bound_of_giving_up_is_the_one_asked_for(below: float, look: float):
    monitoring = Monitoring((look, 1.0), OBrienFlemingSpending(), 0.025, futility=LowConditionalPower(below))
    bound = planned_bounds(monitoring)
    assert conditional_power(bound.lower[0], look, bound=final_bound(monitoring)) == pytest.approx(below, abs=1e-9)


def test_bounds_at_other_information_spend_what_the_rule_says_by_then():
    fractions, information = (0.4, 0.55, 1.0), (0.9, 1.2, 2.5)
    bounds = bounds_reached(TWO_SIDED, fractions, information)
    stops = stopping(bounds, 0.0)
    assert np.cumsum(stops.upper) == pytest.approx(TWO_SIDED.rule.spent(0.025, np.array(fractions)), abs=1e-9)
    assert bounds.fractions == pytest.approx(np.array(information) / 2.5)


def test_a_look_without_an_estimate_spends_nothing():
    given = looked_at(np.array(TWO_SIDED.looks), 2.0, 50, 3)
    given.value[:, 1] = np.nan
    found = ends(TWO_SIDED, given)
    skipped = Monitoring((0.3, 1.0), TWO_SIDED.rule, 0.05, Sides.TWO)
    assert np.isnan(found.upper[:, 1]).all()
    assert found.upper[0, [0, 2]] == pytest.approx(planned_bounds(skipped).upper)
    nothing = Analyses(given.value * np.nan, given.se, given.df, given.fractions, given.resized_at)
    assert (ends(TWO_SIDED, nothing).how == Ending.NOT_SHOWN).all()
    assert np.isnan(ends(TWO_SIDED, nothing).value).all()


def test_a_look_with_all_information_is_the_last():
    given = looked_at(np.array([0.3, 1.0, 1.0 + 1e-3]), 0.0, 20, 3)
    given = Analyses(given.value, given.se, given.df, np.minimum(given.fractions, 1.0), given.resized_at)
    found = ends(TWO_SIDED, given, adjust=False)
    assert found.at.max() == 1
    assert stopping(bounds_reached(TWO_SIDED, (0.3, 1.0), (0.3, 1.0)), 0.0).rejected == pytest.approx(0.05, abs=1e-9)


def test_adjusted_estimates_are_median_unbiased_where_the_mean_at_stopping_is_not():
    drift = 2.5
    found = ends(TWO_SIDED, looked_at(np.array(TWO_SIDED.looks), drift, 1500, 6))
    error = 1.0 / np.sqrt(1500)
    assert (found.adjusted > drift).mean() == pytest.approx(0.5, abs=1.5 * error)
    assert ((found.low <= drift) & (drift <= found.high)).mean() == pytest.approx(0.95, abs=0.7 * error)
    assert found.value.mean() - drift > 2.0 * found.value.std() * error
    assert abs(found.adjusted.mean() - drift) < found.value.mean() - drift


def grown(information: np.ndarray, factor: np.ndarray, drift: float, seed: int) -> Analyses:
    """Trials of two stages, the second of ``factor`` times the information planned, [trial]."""
    rng, t = np.random.default_rng(seed), information[0]
    first = rng.normal(size=len(factor)) * np.sqrt(t) + drift * t
    second = factor * (1.0 - t)
    score = first + rng.normal(size=len(factor)) * np.sqrt(second) + drift * second
    seen = np.stack([np.full(len(factor), t), t + second], axis=1)
    value = np.stack([first, score], axis=1) / seen
    at = np.where(factor > 1.0, 0, -1)
    return Analyses(value, seen**-0.5, np.full(seen.shape, np.inf), np.broadcast_to(information, seen.shape), at)


def test_stages_of_a_trial_that_has_grown_are_combined_with_the_weights_of_the_plan():
    monitoring = Monitoring((0.4, 1.0), PowerSpending(np.inf), 0.025)
    given = grown(np.array(monitoring.looks), np.full(30, 2.5), 1.0, 2)
    found = ends(monitoring, given)
    for number in range(30):
        more = (given.se[number, 1] ** -2 - given.se[number, 0] ** -2) ** -0.5
        weights = given.se[number] ** -2.0
        second = (weights[1] * given.value[number, 1] - weights[0] * given.value[number, 0]) / (weights[1] - weights[0])
        both = combine([given.value[number, 0], second], [given.se[number, 0], more], [0.4, 1.0])
        assert found.adjusted[number] == pytest.approx(both.estimate, abs=1e-9)
        assert (found.low[number], found.high[number]) == pytest.approx((both.low, both.high), abs=1e-9)
        assert (found.how[number] == Ending.SHOWN) == (both.p <= 0.025)


def test_error_holds_where_the_first_stage_sizes_the_second_and_not_where_all_are_pooled():
    monitoring, trials = Monitoring((0.5, 1.0), OBrienFlemingSpending(), 0.025), 100_000
    rng = np.random.default_rng(9)
    z = rng.normal(size=trials)
    factor = np.where(z > 1.0, 1.0, np.where(z > 0.0, 6.0, 1.0))  # a rule that helps luck, far outside any zone
    steps = np.stack([np.full(trials, 0.5), factor * 0.5], axis=1)
    scores = np.cumsum(np.stack([z, rng.normal(size=trials)], axis=1) * np.sqrt(steps), axis=1)
    seen = np.cumsum(steps, axis=1)
    fractions = np.broadcast_to([0.5, 1.0], seen.shape)
    df = np.full(seen.shape, np.inf)
    changed = np.where(factor > 1.0, 0, -1)
    error = 3.0 * np.sqrt(0.025 * 0.975 / trials)
    found = ends(monitoring, Analyses(scores / seen, seen**-0.5, df, fractions, changed), adjust=False)
    assert (found.how == Ending.SHOWN).mean() == pytest.approx(0.025, abs=error)
    naive = scores[:, 1] / np.sqrt(seen[:, 1]) >= planned_bounds(monitoring).upper[1]
    assert (naive | (z >= planned_bounds(monitoring).upper[0])).mean() > 0.025 + error


def test_plans_that_are_none_are_refused_in_words():
    rule = OBrienFlemingSpending()
    with pytest.raises(DesignError, match=r"last fraction of information is 0.9"):
        Monitoring((0.5, 0.9), rule, 0.025)
    with pytest.raises(DesignError, match="one-sided"):
        Monitoring((0.5, 1.0), rule, 0.05, Sides.TWO, LowConditionalPower(0.2))
    with pytest.raises(DesignError, match="cannot count on giving up"):
        Monitoring((0.5, 1.0), rule, 0.025, binding=True)
    with pytest.raises(DesignError, match="conditional power 1"):
        LowConditionalPower(1.0)
    with pytest.raises(DesignError, match="2 analyses given; 3 are planned"):
        ends(TWO_SIDED, looked_at(np.array([0.5, 1.0]), 0.0, 3, 1))


def test_information_that_falls_back_is_made_to_grow():
    assert growing(np.array([1.0, 0.9, 2.0])) == pytest.approx([1.0, 1.004, 2.0])
    assert growing(np.array([0.5, 1.0, 1.0]), most=1.0)[-1] == pytest.approx(1.0)
