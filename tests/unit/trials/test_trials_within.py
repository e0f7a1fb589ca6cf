"""How ratings of one person go together, and how fast people leave."""

from __future__ import annotations

import numpy as np
import pytest

from euthymia.trials.within import correlation, leaving_rate, weeks_of


@pytest.mark.parametrize(
    ("definition", "t"),
    [
        ("HAMD17 change week 1 with week 6", (168.0, 1008.0)),
        ("HAMD17 baseline with score at week 4", (672.0,)),
        ("weeks 2-4", (336.0, 672.0)),
        ("at the end", ()),
    ],
)
def test_the_weeks_of_a_definition_are_read(definition: str, t: tuple[float, ...]):
    assert weeks_of(definition) == t


def test_correlations_are_those_of_numpy_in_whom_both_values_are_known():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(2, 30))
    y = 0.6 * x + rng.normal(size=x.shape)
    y[0, :5], x[1, 7] = np.nan, np.nan
    who = np.arange(30) < np.array([[25], [30]])
    for row, found in enumerate(correlation(x, y, who)):
        usable = who[row] & np.isfinite(x[row]) & np.isfinite(y[row])
        assert found == pytest.approx(np.corrcoef(x[row, usable], y[row, usable])[0, 1])


def test_a_value_goes_with_itself_and_against_its_negative():
    x = np.random.default_rng(5).normal(size=(1, 10))
    everybody = np.ones(x.shape, dtype=bool)
    assert correlation(x, x, everybody) == pytest.approx([1.0])
    assert correlation(x, -2.0 * x + 3.0, everybody) == pytest.approx([-1.0])


def test_two_people_or_equal_values_have_no_correlation():
    x = np.array([[1.0, 2.0, 3.0, 4.0]])
    assert np.isnan(correlation(x, x, np.array([[True, True, False, False]]))).all()
    assert np.isnan(correlation(x, np.ones_like(x), np.ones(x.shape, dtype=bool))).all()


def test_a_printed_rate_of_leaving_follows_from_the_people_observed():
    """84 people at week 1, 77 at week 2 and 73 at week 4 leave at 0.087 and 0.027 a week (Goldstein 2004)."""
    left = np.full((1, 84), np.inf)
    left[0, :7], left[0, 7:11] = 200.0, 400.0
    everybody = np.ones(left.shape, dtype=bool)
    assert leaving_rate(left, everybody, 168.0, 336.0) == pytest.approx([0.087], abs=5e-4)
    assert leaving_rate(left, everybody, 336.0, 672.0) == pytest.approx([0.027], abs=5e-4)


def test_a_constant_hazard_is_found_again():
    left = np.random.default_rng(2).exponential(168.0 / 0.1, (1, 100_000))
    found = leaving_rate(left, np.ones(left.shape, dtype=bool), 168.0, 672.0)
    assert found == pytest.approx([0.1], rel=0.02)


def test_an_empty_group_has_no_rate():
    left = np.full((1, 3), 10.0)
    assert np.isnan(leaving_rate(left, np.ones(left.shape, dtype=bool), 168.0, 336.0)).all()
