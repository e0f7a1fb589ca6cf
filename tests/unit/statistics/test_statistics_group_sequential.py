"""Trials with several analyses: laws of bounds, simulated trials, and conclusions that hold what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from euthymia.statistics.crossing import above, begin, go_on
from euthymia.statistics.group_sequential import Bounds, Sides, efficacy_bounds, stopping
from euthymia.statistics.sequential_inference import conclude, repeated_intervals
from euthymia.statistics.sequential_plan import plan
from euthymia.statistics.spending import (
    O_BRIEN_FLEMING,
    POCOCK,
    DesignError,
    HaybittlePeto,
    HwangShihDeCani,
    OBrienFlemingSpending,
    PocockSpending,
    PowerSpending,
    Spending,
    WangTsiatis,
)

SPENDINGS = (OBrienFlemingSpending(), PocockSpending(), HwangShihDeCani(-4.0), HwangShihDeCani(0.0), PowerSpending(1.5))
FRACTIONS = st.lists(st.floats(0.05, 0.99), min_size=1, max_size=4, unique=True).map(sorted)


def statistics(fractions: np.ndarray, drift: float, trials: int, seed: int) -> np.ndarray:
    """Return the normal statistic of each simulated trial at each analysis, [trial, analysis]."""
    rng = np.random.default_rng(seed)
    steps = np.diff(fractions, prepend=0.0)
    scores = np.cumsum(rng.normal(size=(trials, len(steps))) * np.sqrt(steps) + drift * steps, axis=1)
    return scores / np.sqrt(fractions)


@settings(max_examples=30, deadline=None)
@given(
    fractions=FRACTIONS,
    spending=st.sampled_from(SPENDINGS),
    alpha=st.floats(0.001, 0.2),
    sides=st.sampled_from(Sides),
)
def test_error_is_spent_as_the_rule_says(fractions: list[float], spending: Spending, alpha: float, sides: Sides):
    t = np.array([*fractions, 1.0])
    if np.min(np.diff(t)) < 0.01:
        return
    one = alpha / (2.0 if sides is Sides.TWO else 1.0)
    found = stopping(efficacy_bounds(t, spending, alpha=alpha, sides=sides), 0.0)
    np.testing.assert_allclose(np.cumsum(found.upper), spending.spent(one, t), atol=1e-9)
    np.testing.assert_allclose(spending.spent(one, np.ones(1)), one)
    assert found.rejected == pytest.approx(alpha, abs=1e-9)


@pytest.mark.parametrize("sides", Sides)
@pytest.mark.parametrize("rule", [POCOCK, O_BRIEN_FLEMING, HaybittlePeto(), OBrienFlemingSpending()])
def test_one_analysis_is_the_fixed_test(sides: Sides, rule):
    found = plan([1.0], rule, alpha=0.05, power=0.9, sides=sides)
    tail = 0.025 if sides is Sides.TWO else 0.05
    assert found.bounds.upper[0] == pytest.approx(stats.norm.isf(tail))
    assert found.inflation == pytest.approx(1.0)
    assert found.expected_none == pytest.approx(1.0)


def test_two_looks_are_a_bivariate_normal():
    t, bounds, drift = np.array([0.4, 1.0]), np.array([2.2, 2.0]), 1.3
    ongoing = go_on(begin(), 0.4, -np.inf, bounds[0], drift, 1.0)
    correlation = np.array([[1.0, np.sqrt(0.4)], [np.sqrt(0.4), 1.0]])
    below_both = stats.multivariate_normal.cdf(bounds - drift * np.sqrt(t), cov=correlation, abseps=1e-12, releps=1e-12)
    below_first = stats.norm.cdf(bounds[0] - drift * np.sqrt(0.4))
    assert ongoing.mass.sum() == pytest.approx(below_first, abs=1e-12)
    assert above(ongoing, 1.0, 2.0, drift) == pytest.approx(below_first - below_both, abs=1e-10)


@settings(max_examples=30, deadline=None)
@given(fractions=FRACTIONS, drift=st.floats(-3.0, 6.0), low=st.floats(-2.0, 0.5), high=st.floats(1.0, 4.0))
def test_probabilities_of_all_ends_add_up_to_one(fractions: list[float], drift: float, low: float, high: float):
    t = np.array([*fractions, 1.0])
    if np.min(np.diff(t)) < 0.01:
        return
    lower, upper = np.full(len(t), low), np.full(len(t), high)
    found = stopping(Bounds(t, upper, lower), drift)
    assert np.sum(found.upper + found.lower) == pytest.approx(1.0, abs=1e-10)
    assert t[0] <= found.expected_fraction <= 1.0


def test_looks_close_together_are_integrated_as_well_as_far_ones():
    with_twin = efficacy_bounds([0.5, 0.51, 1.0], O_BRIEN_FLEMING, alpha=0.025)
    without = stopping(Bounds([0.5, 1.0], with_twin.upper[[0, 2]], np.full(2, -np.inf)), 0.0)
    assert 0.0 < 0.025 - without.rejected < 0.003
    total = stopping(with_twin, 1.0)
    assert np.sum(total.upper + total.lower) == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("binding", [False, True])
def test_simulated_trials_stop_as_often_as_computed(binding: bool):
    found = plan(
        [0.3, 0.6, 1.0], PocockSpending(), alpha=0.025, power=0.8, futility=HwangShihDeCani(-2.0), binding=binding
    )
    trials = 200_000
    for drift in (0.0, found.drift):
        z = statistics(found.bounds.fractions, drift, trials, seed=4)
        left, expected = np.ones(trials, dtype=bool), stopping(found.bounds, drift)
        for k in range(3):
            for bound, probability in (
                (z[:, k] >= found.bounds.upper[k], expected.upper[k]),
                (z[:, k] < found.bounds.lower[k], expected.lower[k]),
            ):
                share = np.mean(left & bound)
                assert abs(share - probability) <= 4.0 * np.sqrt(probability / trials)
            left &= (z[:, k] < found.bounds.upper[k]) & (z[:, k] >= found.bounds.lower[k])
    assert stopping(found.bounds, found.drift).rejected == pytest.approx(0.8, abs=1e-8)
    followed = stopping(found.bounds, 0.0).rejected
    assert followed == pytest.approx(0.025, abs=1e-9) if binding else followed < 0.025
    assert found.bounds.lower[-1] == found.bounds.upper[-1]


def test_counting_on_futility_lowers_the_bounds_of_rejection():
    free, bound = (
        plan([0.5, 1.0], PocockSpending(), alpha=0.025, power=0.9, futility=PocockSpending(), binding=binding)
        for binding in (False, True)
    )
    assert bound.bounds.upper[1] < free.bounds.upper[1]
    assert bound.drift < free.drift


def test_spending_keeps_error_for_analyses_to_come():
    first = efficacy_bounds([0.4, 0.7], PocockSpending(), alpha=0.025)
    whole = efficacy_bounds([0.4, 0.7, 1.0], PocockSpending(), alpha=0.025)
    np.testing.assert_array_equal(first.upper, whole.upper[:2])


@pytest.mark.parametrize("drift", [0.0, 1.5, 3.5])
def test_intervals_and_estimates_hold_what_they_say(drift: float):
    found = plan([0.4, 0.7, 1.0], PocockSpending(), alpha=0.025, power=0.9, futility=HwangShihDeCani(-2.0))
    t, trials = found.bounds.fractions, 400
    z = statistics(t, drift, trials, seed=7)
    out = (z >= found.bounds.upper) | (z < found.bounds.lower)
    out[:, -1] = True
    stage = np.argmax(out, axis=1)
    concluded = [
        conclude(found.bounds, stage=k + 1, estimate=row[k] / np.sqrt(t[k]), se=1.0 / np.sqrt(t[k]))
        for row, k in zip(z, stage, strict=True)
    ]
    held = np.mean([each.low <= drift <= each.high for each in concluded])
    over = np.mean([each.estimate > drift for each in concluded])
    # Bounds that do not bind were followed: the interval errs to the safe side by what stopped for futility.
    assert held >= 0.95 - 4.0 * np.sqrt(0.05 * 0.95 / trials)
    assert over <= 0.5 + 4.0 * 0.5 / np.sqrt(trials)
    if drift == 0.0:
        assert np.mean([each.p <= 0.1 for each in concluded]) <= 0.1 + 4.0 * np.sqrt(0.09 / trials)


def test_conclusions_without_futility_are_exact():
    bounds, trials, drift = efficacy_bounds([0.5, 1.0], PocockSpending(), alpha=0.05, sides=Sides.TWO), 400, 2.0
    z = statistics(bounds.fractions, drift, trials, seed=11)
    stage = np.where(np.abs(z[:, 0]) >= bounds.upper[0], 0, 1)
    concluded = [
        conclude(
            bounds,
            stage=k + 1,
            estimate=row[k] / np.sqrt(bounds.fractions[k]),
            se=1.0 / np.sqrt(bounds.fractions[k]),
        )
        for row, k in zip(z, stage, strict=True)
    ]
    held = np.mean([each.low <= drift <= each.high for each in concluded])
    assert abs(held - 0.95) <= 4.0 * np.sqrt(0.05 * 0.95 / trials)
    assert abs(np.mean([each.estimate > drift for each in concluded]) - 0.5) <= 4.0 * 0.5 / np.sqrt(trials)


@settings(max_examples=20, deadline=None)
@given(z=st.floats(-1.0, 4.5))
def test_a_conclusion_agrees_with_the_bounds(z: float):
    bounds = efficacy_bounds([0.5, 1.0], OBrienFlemingSpending(), alpha=0.025)
    found = conclude(bounds, stage=2, estimate=z, se=1.0)
    assert (found.p <= 0.025) == (z >= bounds.upper[1]) or abs(z - bounds.upper[1]) < 1e-6
    assert (found.low > 0.0) == (found.p < 0.025) or abs(found.p - 0.025) < 1e-6
    assert found.low < found.estimate < found.high


def test_a_trial_of_one_analysis_concludes_as_usual():
    found = conclude(efficacy_bounds([1.0], POCOCK, alpha=0.025), stage=1, estimate=3.0, se=1.5)
    assert found.estimate == pytest.approx(3.0)
    half = 1.5 * stats.norm.isf(0.025)
    assert (found.low, found.high) == pytest.approx((3.0 - half, 3.0 + half))
    assert found.p_two_sided == pytest.approx(2.0 * stats.norm.sf(2.0))


def test_repeated_intervals_hold_at_every_look():
    t = np.array([0.3, 0.6, 1.0])
    z = statistics(t, 2.0, 20_000, seed=5)
    width = efficacy_bounds(t, O_BRIEN_FLEMING, alpha=0.05, sides=Sides.TWO).upper
    held = np.all(np.abs(z - 2.0 * np.sqrt(t)) <= width, axis=1).mean()
    assert abs(held - 0.95) <= 4.0 * np.sqrt(0.05 * 0.95 / 20_000)
    found = repeated_intervals(t, O_BRIEN_FLEMING, estimates=[1.0, 2.0, 3.0], errors=[1.0, 0.7, 0.5])
    assert found.low[2] == pytest.approx(3.0 - 0.5 * width[2])
    assert found.high[0] == pytest.approx(1.0 + width[0])


def test_what_cannot_be_planned_is_refused_in_words():
    with pytest.raises(DesignError, match=r"fractions of information \[0.5, 0.4\] given; each is 0.001 more"):
        efficacy_bounds([0.5, 0.4], POCOCK, alpha=0.05)
    with pytest.raises(DesignError, match="the last is 1 at most"):
        efficacy_bounds([0.5, 1.2], POCOCK, alpha=0.05)
    with pytest.raises(DesignError, match=r"error 1.5 given; it lies between 0 and 1"):
        efficacy_bounds([1.0], POCOCK, alpha=1.5)
    with pytest.raises(DesignError, match=r"power 0.01 given; it lies between the error, 0.05, and 1"):
        plan([1.0], POCOCK, alpha=0.05, power=0.01)
    with pytest.raises(DesignError, match="a plan ends at 1"):
        plan([0.5, 0.9], POCOCK, alpha=0.05, power=0.9)
    with pytest.raises(DesignError, match="one-sided tests"):
        plan([1.0], POCOCK, alpha=0.05, power=0.9, sides=Sides.TWO, futility=PocockSpending())
    with pytest.raises(DesignError, match="give a Spending"):
        plan([0.5, 1.0], POCOCK, alpha=0.05, power=0.9, futility=PocockSpending(), binding=True)
    with pytest.raises(DesignError, match=r"no bounds of this shape have error 0\.001"):
        efficacy_bounds([0.5, 1.0], HaybittlePeto(2.0), alpha=0.001)
    with pytest.raises(DesignError, match=r"power 0.0 of spending"):
        PowerSpending(0.0)
    with pytest.raises(DesignError, match="a lower bound lies above"):
        Bounds(np.ones(1), np.ones(1), np.full(1, 2.0))
    with pytest.raises(DesignError, match="2 upper and 1 lower bounds given for 1 analyses"):
        Bounds(np.ones(1), np.ones(2), np.ones(1))
    bounds = efficacy_bounds([0.5, 1.0], WangTsiatis(0.25), alpha=0.025)
    with pytest.raises(DesignError, match="analysis 3 given; the bounds have analyses 1 to 2"):
        conclude(bounds, stage=3, estimate=1.0, se=1.0)
    with pytest.raises(DesignError, match="the trial has not stopped"):
        conclude(bounds, stage=1, estimate=1.0, se=1.0)
    with pytest.raises(DesignError, match="the error above 0"):
        conclude(bounds, stage=2, estimate=1.0, se=0.0)
    with pytest.raises(DesignError, match="1 estimates and 2 errors given for 2 analyses"):
        repeated_intervals([0.5, 1.0], POCOCK, estimates=[1.0], errors=[1.0, 1.0])
