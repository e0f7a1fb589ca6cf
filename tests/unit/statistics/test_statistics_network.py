"""Network meta-analysis: symmetries, the pairwise case, closed forms, and what is refused."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import polars
import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.errors import UnknownNameError
from euthymia.statistics.inconsistency import inconsistency, split
from euthymia.statistics.meta_analysis import Spread, meta_analysis
from euthymia.statistics.network import Network, read_arms, read_counts, read_pairs
from euthymia.statistics.network_meta_analysis import Better, league, network_meta_analysis, rank_scores
from euthymia.statistics.table import TableError

ARMS = {"study": "study", "treatment": "treatment", "estimate": "estimate", "se": "se"}
TRUE = {"a": 0.0, "b": 1.0, "c": 2.5, "d": 3.0}


def arms(seed: int = 0, *, tau: float = 0.5, times: int = 3) -> pd.DataFrame:
    """Return studies of two and three arms of four treatments, whose effects vary by tau between studies."""
    rng = np.random.default_rng(seed)
    rows = []
    for number, design in enumerate(("ab", "ac", "bc", "acd", "bd") * times):
        for treatment in design:
            se = rng.uniform(0.1, 0.4)
            mean = TRUE[treatment] + tau / np.sqrt(2.0) * rng.normal() + se * rng.normal()
            rows.append((f"s{number:02d}", treatment, mean + number, se))
    return pd.DataFrame(rows, columns=["study", "treatment", "estimate", "se"])


def pairs(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of every pair of arms."""
    rows = []
    for study, part in table.groupby("study"):
        for one, other in combinations(part.itertuples(), 2):
            effect, se = one.estimate - other.estimate, np.hypot(one.se, other.se)
            rows.append((study, one.treatment, other.treatment, effect, se))
    return pd.DataFrame(rows, columns=["study", "treatment", "comparator", "effect", "se"])


def network(table: pd.DataFrame, reference: str | None = None) -> Network:
    return read_arms(table, **ARMS, reference=reference)


@pytest.mark.parametrize("spread", Spread)
@pytest.mark.parametrize("hartung_knapp", [False, True])
def test_two_treatments_are_a_meta_analysis(spread: Spread, hartung_knapp: bool):
    table = arms(times=5)
    table = table[table.treatment.isin(["a", "b"]) & table.study.isin(["s00", "s05", "s10", "s15", "s20"])]
    wide = table.pivot(index="study", columns="treatment", values=["estimate", "se"])
    pooled = meta_analysis(
        wide.estimate.b - wide.estimate.a, wide.se.a**2 + wide.se.b**2, spread=spread, hartung_knapp=hartung_knapp
    )
    fit = network_meta_analysis(network(table), spread=spread, hartung_knapp=hartung_knapp)
    table = league(fit)
    assert fit.tau2 == pytest.approx(pooled.tau2, rel=1e-6, abs=1e-12)
    assert pytest.approx(pooled.Q) == fit.Q
    for name in ("estimate", "se", "low", "high", "p", "predicted_low", "predicted_high"):
        assert getattr(table, name)[1, 0] == pytest.approx(getattr(pooled, name), rel=1e-6), name


@pytest.mark.parametrize("spread", Spread)
def test_the_reference_does_not_matter(spread: Spread):
    one, other = (network_meta_analysis(network(arms(), name), spread=spread) for name in ("a", "c"))
    assert other.treatments == ("c", "a", "b", "d")
    order = [other.treatments.index(name) for name in one.treatments]
    assert other.tau2 == pytest.approx(one.tau2, rel=1e-8, abs=1e-12)
    np.testing.assert_allclose(league(other).estimate[np.ix_(order, order)], league(one).estimate, atol=1e-8)
    np.testing.assert_allclose(league(other).se[np.ix_(order, order)], league(one).se, atol=1e-8)


def test_pairs_tell_the_same_as_arms_on_any_table():
    table = pairs(arms())
    columns = {name: name for name in ("study", "treatment", "comparator", "effect", "se")}
    expected = network_meta_analysis(network(arms()))
    for given_table in (table, polars.DataFrame(table.to_dict("list")), pyarrow.Table.from_pandas(table)):
        found = network_meta_analysis(read_pairs(given_table, **columns))
        assert found.treatments == expected.treatments
        np.testing.assert_allclose(found.effects, expected.effects, rtol=1e-9)
        np.testing.assert_allclose(found.covariance, expected.covariance, atol=1e-9)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), tau=st.floats(0.0, 2.0))
def test_parts_of_cochrans_statistic_add_up_and_scores_average_a_half(seed: int, tau: float):
    given_network = network(arms(seed, tau=tau))
    fit, parts = network_meta_analysis(given_network), inconsistency(given_network)
    assert pytest.approx(parts.within.Q + parts.between.Q) == parts.total.Q
    assert pytest.approx(sum(part.Q for part in parts.by_design)) == parts.within.Q
    assert parts.total.df == fit.df == parts.within.df + parts.between.df
    assert parts.between.Q >= -1e-9
    assert parts.between_random.Q <= parts.between.Q + 1e-9
    scores = rank_scores(fit, Better.LARGER)
    assert scores.mean() == pytest.approx(0.5)
    np.testing.assert_allclose(scores + rank_scores(fit, Better.SMALLER), 1.0)


def test_a_chain_of_comparisons_adds_effects_and_variances():
    table = pd.DataFrame(
        {
            "study": ["1", "1", "2", "2"],
            "treatment": ["a", "b", "b", "c"],
            "estimate": [0.0, 1.0, 5.0, 7.0],
            "se": [0.3, 0.4, 0.6, 0.8],
        }
    )
    fit = network_meta_analysis(network(table), spread=Spread.NONE, hartung_knapp=False)
    found = league(fit)
    assert found.estimate[2, 0] == pytest.approx(3.0)
    assert found.se[2, 0] == pytest.approx(np.sqrt(0.25 + 1.0))
    assert fit.df == 0
    with pytest.raises(TableError, match=r"2 comparisons for 2 effects leave none .*; use Spread\.NONE"):
        network_meta_analysis(network(table))


def test_direct_and_indirect_evidence_of_a_triangle_are_those_of_bucher():
    table = arms(3, times=1)
    table = table[table.study.isin(["s00", "s01", "s02"])]  # ab, ac, bc
    effect, variance = {}, {}
    for name, part in table.groupby("study"):
        effect[name] = part.estimate.iloc[1] - part.estimate.iloc[0]
        variance[name] = np.sum(part.se**2)
    found = split(network(table), 0.0)
    at = found.names.index("b - a")
    assert found.direct[at] == pytest.approx(effect["s00"])
    assert found.indirect[at] == pytest.approx(effect["s01"] - effect["s02"])
    assert found.indirect_se[at] == pytest.approx(np.sqrt(variance["s01"] + variance["s02"]))
    # One loop has one inconsistency, wherever it is looked for.
    np.testing.assert_allclose(np.abs(found.difference), abs(found.difference[at]))
    parts = inconsistency(network(table))
    np.testing.assert_allclose(found.p, parts.between.p)


def test_direct_evidence_alone_has_no_indirect_beside_it():
    table = arms(3, times=1)
    found = split(network(table[table.study.isin(["s00", "s01"])]), 0.1)
    assert np.all(np.isnan(found.indirect))
    assert np.all(np.isfinite(found.direct))


def test_effects_and_spread_are_found_again_and_intervals_hold_what_they_say():
    truth = np.array([TRUE[name] for name in "abcd"])
    fits = [network_meta_analysis(network(arms(seed, times=6))) for seed in range(100)]
    effects = np.array([fit.effects for fit in fits])
    assert np.all(np.abs(effects.mean(axis=0) - truth) <= 4.0 * effects.std(axis=0) / 10.0 + 1e-12)
    tau2 = np.array([fit.tau2 for fit in fits])
    assert abs(tau2.mean() - 0.25) < 4.0 * tau2.std() / 10.0
    held = np.array([[t.low[k, 0] <= truth[k] <= t.high[k, 0] for k in (1, 2, 3)] for t in map(league, fits)])
    assert abs(held.mean() - 0.95) < 4.0 * np.sqrt(0.95 * 0.05 / 100.0)


def test_counts_become_odds_and_empty_cells_get_a_half():
    table = {"study": ["1", "1", "2", "2"], "treatment": ["a", "b"] * 2, "events": [5, 9, 0, 4], "total": [20] * 4}
    found = read_counts(table, study="study", treatment="treatment", events="events", total="total")
    assert found.studies[0].effects[0] == pytest.approx(np.log(9 / 11) - np.log(5 / 15))
    assert found.studies[0].covariance[0, 0] == pytest.approx(1 / 9 + 1 / 11 + 1 / 5 + 1 / 15)
    assert found.studies[1].effects[0] == pytest.approx(np.log(4.5 / 16.5) - np.log(0.5 / 20.5))


def test_what_cannot_be_analysed_is_refused_in_words():
    table = arms()
    with pytest.raises(UnknownNameError, match="no treatment 'e'"):
        network(table, "e")
    apart = pd.concat([table, table.assign(study=table.study + "x", treatment=table.treatment + "x")])
    with pytest.raises(TableError, match="no path of studies leads from 'a' to 'ax', 'bx', 'cx', 'dx'"):
        network(apart)
    with pytest.raises(TableError, match="study 's00' has 1 arms of 1 treatments; two at least"):
        network(table.iloc[1:])
    with pytest.raises(TableError, match="row 1 of the network lacks a value"):
        network(table.assign(se=0.0))
    with pytest.raises(TableError, match="row 2 of the network lacks a value, or its standard error is not above 0"):
        network(table.assign(se=table.se.where(table.index != 1, -0.2)))
    several = pairs(table)
    columns = {name: name for name in ("study", "treatment", "comparator", "effect", "se")}
    three = several.index[several.study == "s03"]
    with pytest.raises(TableError, match=r"study 's03' has no row for 'a' and 'c'"):
        read_pairs(several.drop(three[0]), **columns)
    with pytest.raises(TableError, match="study 's03' contradicts itself"):
        read_pairs(several.assign(effect=several.effect.where(several.index != three[2], 9.0)), **columns)
    with pytest.raises(TableError, match="do not fit each other"):
        read_pairs(several.assign(se=several.se.where(several.index != three[2], 9.0)), **columns)
    counts = {"study": ["1", "1"], "treatment": ["a", "b"], "events": [0, 0], "total": [9, 9]}
    with pytest.raises(TableError, match="study '1' has no event, or nothing but events"):
        read_counts(counts, study="study", treatment="treatment", events="events", total="total")
