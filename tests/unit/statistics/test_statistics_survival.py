"""Survival, multiplicity and meta-analysis: textbook numbers, closed forms and symmetries."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.errors import ConvergenceError
from euthymia.statistics.cox import Ties, cox
from euthymia.statistics.meta_analysis import Spread, between, meta_analysis
from euthymia.statistics.multiplicity import (
    Graph,
    fallback,
    fixed_sequence,
    gatekeeping,
    holm,
    reject_by_graph,
)
from euthymia.statistics.survival import kaplan_meier, log_rank, restricted_mean
from euthymia.statistics.table import TableError

# Freireich et al (1963) as in Cox (1972): weeks in remission; a plus sign means the end was not seen.
DRUG = "6+ 6 6 6 7 9+ 10+ 10 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
TEXTS = f"{DRUG} {PLACEBO}".split()
TIME = np.array([float(text.rstrip("+")) for text in TEXTS])
EVENT = np.array([not text.endswith("+") for text in TEXTS])
GROUP = np.array([1] * 21 + [0] * 21)


def test_the_leukaemia_trial_has_its_textbook_answers():
    drug = kaplan_meier(TIME[GROUP == 1], EVENT[GROUP == 1])
    # The numbers that textbooks quote for these data; survival.R of the double-programmed checks gives them too.
    np.testing.assert_allclose(drug.survival, [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], atol=5e-5)
    assert drug.quantile() == 23.0
    assert log_rank(TIME, EVENT, GROUP).chi2 == pytest.approx(16.79, abs=5e-3)
    assert cox(TIME, EVENT, GROUP, ties=Ties.BRESLOW).estimate[0] == pytest.approx(-1.509, abs=5e-4)


def test_without_censoring_the_curve_is_the_share_left_and_its_area_the_mean():
    t = np.array([3.0, 1.0, 4.0, 1.5, 9.0])
    curve = kaplan_meier(t, np.ones(5, bool))
    np.testing.assert_allclose(curve.survival, [0.8, 0.6, 0.4, 0.2, 0.0], atol=1e-12)
    found = restricted_mean(t, np.ones(5, bool), horizon=9.0)
    assert found.mean == pytest.approx(t.mean())
    assert found.se == pytest.approx(t.std() / np.sqrt(5.0))


def test_after_the_last_observation_nothing_is_known():
    curve = kaplan_meier([1.0, 2.0, 3.0], [True, False, False])
    np.testing.assert_allclose(curve.at([0.5, 1.0, 3.0, 3.5]), [1.0, 2.0 / 3.0, 2.0 / 3.0, np.nan])
    assert curve.quantile() == np.inf
    with pytest.raises(TableError, match=r"horizon 5\.0 given; the last observation is at 3"):
        restricted_mean([1.0, 2.0, 3.0], [True, False, False], horizon=5.0)


def test_strata_that_are_copies_double_the_evidence():
    twice = (np.tile(each, 2) for each in (TIME, EVENT, GROUP))
    doubled = log_rank(*twice, strata=np.repeat([0, 1], len(TIME)))
    assert doubled.chi2 == pytest.approx(2.0 * log_rank(TIME, EVENT, GROUP).chi2)


def test_the_score_of_breslow_without_ties_is_the_log_rank():
    rng = np.random.default_rng(0)
    t, group = rng.exponential(size=80), np.arange(80) % 2
    # With one covariate and small effects, Wald, score and likelihood ratio agree to first order.
    found, chi2 = cox(t, np.ones(80, bool), group), log_rank(t, np.ones(80, bool), group).chi2
    ratio = 2.0 * (found.log_likelihood[1] - found.log_likelihood[0])
    assert ratio == pytest.approx(chi2, rel=0.05, abs=0.05)


def test_units_of_covariates_and_time_change_nothing_but_units():
    x = np.random.default_rng(1).normal(size=42)
    plain = cox(TIME, EVENT, np.column_stack([GROUP, x]))
    moved = cox(TIME * 7.0, EVENT, np.column_stack([GROUP, 1000.0 * x + 5.0]))
    np.testing.assert_allclose(moved.estimate * [1.0, 1000.0], plain.estimate, rtol=1e-7)


def test_a_covariate_that_tells_all_events_has_no_estimate():
    with pytest.raises(ConvergenceError, match="proportional hazards have no estimate"):
        cox(np.arange(1.0, 21.0), np.arange(20) < 10, (np.arange(20) < 10).astype(float))
    with pytest.raises(TableError, match="nobody had an event"):
        cox([1.0, 2.0], [False, False], [0.0, 1.0])


def test_bad_times_are_refused():
    with pytest.raises(TableError, match="missing or negative"):
        kaplan_meier([1.0, -2.0], [True, True])
    with pytest.raises(TableError, match="1 group given"):
        log_rank([1.0, 2.0], [True, True], [0, 0])


def _closed(graph: Graph, p: np.ndarray) -> np.ndarray:
    """Return adjusted p values by testing every intersection with its weighted Bonferroni test."""
    n = len(p)
    adjusted = np.zeros(n)
    for size in range(1, n + 1):
        for kept in combinations(range(n), size):
            w, g = graph.weights.copy(), graph.transitions.copy()
            for gone in (j for j in range(n) if j not in kept):
                old_w, old_g = w.copy(), g.copy()
                for j in range(n):
                    w[j] = old_w[j] + old_w[gone] * old_g[gone, j]
                    for k in range(n):
                        loop = old_g[j, gone] * old_g[gone, j]
                        step = old_g[j, k] + old_g[j, gone] * old_g[gone, k]
                        g[j, k] = step / (1.0 - loop) if j != k and loop < 1.0 else 0.0
                w[gone] = 0.0
                g[gone] = g[:, gone] = 0.0
            here = min(min(p[j] / w[j] if w[j] > 0 else 1.0 for j in kept), 1.0)
            for j in kept:
                adjusted[j] = max(adjusted[j], here)
    return adjusted


@given(st.integers(0, 10_000), st.integers(2, 5))
def test_a_graph_is_a_short_cut_of_closed_testing(seed: int, n: int):
    rng = np.random.default_rng(seed)
    weights, transitions = rng.dirichlet(np.ones(n)), np.zeros((n, n))
    for row in range(n):
        transitions[row, np.arange(n) != row] = rng.dirichlet(np.ones(n - 1))
    graph, p = Graph(weights, transitions), rng.random(n) ** 3
    np.testing.assert_allclose(reject_by_graph(graph, p).adjusted, _closed(graph, p), rtol=1e-9)


def test_special_graphs_are_their_procedures():
    p = np.array([0.02, 0.001, 0.04, 0.012])
    order = np.argsort(p)
    expected = np.minimum(np.maximum.accumulate(p[order] * [4, 3, 2, 1]), 1.0)
    np.testing.assert_allclose(reject_by_graph(holm(4), p).adjusted[order], expected)
    np.testing.assert_allclose(reject_by_graph(fixed_sequence(4), p).adjusted, [0.02, 0.02, 0.04, 0.04])
    np.testing.assert_allclose(reject_by_graph(fallback([0.5, 0.5]), [0.01, 0.04]).adjusted, [0.02, 0.04])
    np.testing.assert_allclose(reject_by_graph(fallback([0.5, 0.5]), [0.04, 0.01]).adjusted, [0.08, 0.02])


def test_a_gate_opens_once_all_before_it_are_rejected():
    gate = gatekeeping([2, 2])
    passed = reject_by_graph(gate, [0.01, 0.03, 0.02, 0.2])
    assert passed.rejected.tolist() == [True, True, True, False]
    np.testing.assert_allclose(passed.adjusted, [0.02, 0.03, 0.04, 0.2], rtol=1e-6)
    shut = reject_by_graph(gate, [0.01, 0.06, 1e-6, 1e-6])
    assert shut.rejected.tolist() == [True, False, False, False]


def test_graphs_that_would_spend_too_much_are_refused():
    with pytest.raises(TableError, match="together they may be 1 at most"):
        Graph(np.array([0.6, 0.6]), np.zeros((2, 2)))
    with pytest.raises(TableError, match="for 2 hypotheses; each has one from 0 to 1"):
        reject_by_graph(holm(2), [0.1, 1.2])


def test_equal_studies_are_a_mean():
    found = meta_analysis([1.0, 2.0, 3.0], [0.1, 0.1, 0.1])
    assert found.estimate == pytest.approx(2.0)
    assert found.tau2 == pytest.approx(1.0 - 0.1)
    assert found.se == pytest.approx(np.sqrt(1.0 / 3.0))
    for spread in (Spread.PAULE_MANDEL, Spread.DERSIMONIAN_LAIRD):
        assert between(np.array([1.0, 2.0, 3.0]), np.full(3, 0.1), spread) == pytest.approx(0.9)


def test_effects_that_agree_have_no_spread_between_studies():
    for spread in Spread:
        assert meta_analysis([1.0, 1.01, 0.99], [0.5, 0.4, 0.3], spread=spread).tau2 == pytest.approx(0.0, abs=1e-9)


def test_intervals_and_predictions_cover_as_often_as_they_say():
    rng = np.random.default_rng(2)
    for studies, prediction in ((8, False), (60, True)):  # a new study's interval is too short while studies are few
        inside = predicted = 0
        for _ in range(1500):
            v = rng.uniform(0.05, 0.3, studies)
            found = meta_analysis(1.0 + rng.normal(0.0, 0.6, studies) + rng.normal(size=studies) * np.sqrt(v), v)
            inside += found.low <= 1.0 <= found.high
            predicted += found.predicted_low <= 1.0 + rng.normal(0.0, 0.6) <= found.predicted_high
        error = np.sqrt(0.95 * 0.05 / 1500)
        assert abs(inside / 1500 - 0.95) < 3.0 * error
        assert (abs(predicted / 1500 - 0.95) < 3.0 * error) == prediction


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), studies=st.integers(2, 9), tau=st.floats(0.0, 1.0))
def test_the_restricted_likelihood_is_nowhere_larger(seed: int, studies: int, tau: float):
    rng = np.random.default_rng(seed)
    v = 10.0 ** rng.uniform(-3.0, 0.0, studies)
    y = rng.normal(0.0, np.sqrt(v + tau**2))

    def deviance(tau2: float) -> float:
        w = 1.0 / (v + tau2)
        return float(np.log(w.sum()) - np.log(w).sum() + w @ (y - w @ y / w.sum()) ** 2)

    found = deviance(between(y, v, Spread.REML))
    assert found <= min(map(deviance, np.append(0.0, np.geomspace(1e-6, 10.0, 400)))) + 1e-9


def test_a_likelihood_on_which_scoring_goes_back_and_forth_has_its_maximum_found():
    rng, failed = np.random.default_rng(8), 0
    for _ in range(1000):  # of which scoring alone failed on some
        v = rng.uniform(0.01, 0.09, 8)
        failed += not np.isfinite(between(rng.normal(0.5, np.sqrt(v + 0.09)), v, Spread.REML))
    assert failed == 0


def test_one_study_is_no_meta_analysis():
    with pytest.raises(TableError, match="1 effects and 1 variances given; two studies"):
        meta_analysis([1.0], [0.1])
