"""Shares within strata: against statsmodels, closed forms in one stratum, and symmetry."""

from __future__ import annotations

import numpy as np
import pytest

from euthymia.statistics.association import associate


@pytest.fixture
def people() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    shape = (5, 160)
    strata, treated = rng.integers(0, 4, shape), rng.random(shape) < 0.5
    hit = rng.random(shape) < 0.25 + 0.1 * strata + 0.15 * treated
    return hit, rng.random(shape) < 0.9, treated, strata


def test_strata_are_pooled_as_by_statsmodels(people: tuple[np.ndarray, ...]):
    tables = pytest.importorskip("statsmodels.stats.contingency_tables")
    hit, used, treated, strata = people
    found = associate(hit, used, treated, strata)
    for one in range(len(hit)):
        parts = [
            [
                [np.sum(who & hit[one]), np.sum(who & ~hit[one])]
                for who in (
                    used[one] & treated[one] & (strata[one] == layer),
                    used[one] & ~treated[one] & (strata[one] == layer),
                )
            ]
            for layer in range(4)
        ]
        theirs = tables.StratifiedTable(np.moveaxis(np.array(parts), 0, -1))
        assert found.odds_ratio[one] == pytest.approx(theirs.oddsratio_pooled, rel=1e-12)
        assert found.log_odds_se[one] == pytest.approx(theirs.logodds_pooled_se, rel=1e-12)
        test = theirs.test_null_odds(correction=False)
        assert (found.chi2[one], found.p[one]) == pytest.approx((test.statistic, test.pvalue), rel=1e-10)


def test_one_stratum_of_equal_groups_has_the_plain_difference_and_its_plain_error():
    hit = np.array([[True] * 12 + [False] * 18 + [True] * 6 + [False] * 24])
    treated = np.array([[True] * 30 + [False] * 30])
    found = associate(hit, np.ones_like(hit), treated)
    assert found.difference[0] == pytest.approx(0.4 - 0.2)
    assert found.difference_se[0] == pytest.approx(np.sqrt(0.4 * 0.6 / 30 + 0.2 * 0.8 / 30))
    assert found.odds_ratio[0] == pytest.approx((12 / 18) / (6 / 24))
    assert found.log_odds_se[0] == pytest.approx(np.sqrt(1 / 12 + 1 / 18 + 1 / 6 + 1 / 24))


def test_groups_exchanged_turn_the_signs(people: tuple[np.ndarray, ...]):
    hit, used, treated, strata = people
    once, again = associate(hit, used, treated, strata), associate(hit, used, ~treated, strata)
    np.testing.assert_allclose(again.difference, -once.difference)
    np.testing.assert_allclose(again.difference_se, once.difference_se)
    np.testing.assert_allclose(again.odds_ratio, 1.0 / once.odds_ratio)
    np.testing.assert_allclose(again.p, once.p)


def test_a_stratum_of_one_group_tells_nothing(people: tuple[np.ndarray, ...]):
    hit, used, treated, strata = people
    alone = np.where(treated & (strata == 0), 9, strata)  # the treated of one stratum stand by themselves
    without = used & (strata != 0)
    found, expected = associate(hit, used, treated, alone), associate(hit, without, treated, strata)
    np.testing.assert_allclose(found.difference, expected.difference)
    np.testing.assert_allclose(found.p, expected.p)


def test_nobody_gives_no_number():
    nobody = np.zeros((2, 4), dtype=bool)
    found = associate(nobody, nobody, nobody)
    assert np.isnan(found.difference).all()
    assert np.isnan(associate(nobody, ~nobody, nobody).odds_ratio).all()
