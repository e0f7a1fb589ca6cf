"""The promising zone beside R's rpact, as ``promising.R`` wrote it down, and beside a plain search for its low end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from euthymia.statistics.adaptive import Promising, second_stage
from euthymia.statistics.promising_zone import bound_of_all, least_promising
from euthymia.statistics.spending import DesignError

BOUND = float(stats.norm.isf(0.025))
FIRST, PLANNED, MOST, DEVIATION = 208, 442, 884, 7.5
SHARE = FIRST / PLANNED
SECOND = (MOST - FIRST) / (PLANNED - FIRST)  # largest second stage, for that planned
TRIALS = 200_000  # of promising.R


def characteristics(effect: float, low: float, *, pooled: bool) -> tuple[float, float, float]:
    """Return power, mean people and the deviation of people of the trial of 442 people, by integration over Z_1."""
    drift = effect * np.sqrt(PLANNED) / (2.0 * DEVIATION)
    z = np.linspace(-9.0, 9.0, 400_001) + drift * np.sqrt(SHARE)
    weight = stats.norm.pdf(z - drift * np.sqrt(SHARE)) * (z[1] - z[0])
    stage = second_stage(z, SHARE, Promising(low, 0.8, SECOND), bound=BOUND)
    first, rest = np.sqrt(SHARE) * z, np.sqrt((1.0 - SHARE) * stage.factor)
    if pooled:
        asked = (BOUND * np.sqrt(SHARE + (1.0 - SHARE) * stage.factor) - first) / rest
    else:
        asked = (BOUND - first) / np.sqrt(1.0 - SHARE)
    people = FIRST + (PLANNED - FIRST) * stage.factor
    mean = float(weight @ people)
    return float(weight @ stats.norm.sf(asked - drift * rest)), mean, float(np.sqrt(weight @ people**2 - mean**2))


def test_power_and_expected_size_are_those_of_rpact():
    table = pd.read_csv(Path(__file__).parent / "promising.csv")
    assert len(table) == 4
    for row in table.itertuples():
        power, people, spread = characteristics(row.effect, 0.36, pooled=False)  # type: ignore[arg-type]
        assert row.power == pytest.approx(power, abs=3.0 * np.sqrt(power * (1.0 - power) / TRIALS))
        assert row.people == pytest.approx(people, abs=3.0 * spread / np.sqrt(TRIALS))


def test_a_fixed_trial_of_that_size_has_the_power_that_it_was_planned_for():
    assert stats.norm.sf(BOUND - 2.0 * np.sqrt(PLANNED) / (2.0 * DEVIATION)) == pytest.approx(0.80, abs=0.005)
    assert stats.norm.sf(BOUND - 1.6 * np.sqrt(PLANNED) / (2.0 * DEVIATION)) == pytest.approx(0.61, abs=0.005)


def test_from_the_lower_end_on_both_tests_keep_the_error_and_below_the_pooled_one_does_not():
    low = least_promising(SHARE, target=0.8, most=SECOND, bound=BOUND)
    assert low == pytest.approx(0.36, abs=0.005)
    assert characteristics(0.0, low, pooled=True)[0] < 0.025
    assert characteristics(0.0, low, pooled=False)[0] == pytest.approx(0.025, abs=1e-6)
    assert characteristics(0.0, 0.0, pooled=True)[0] > characteristics(0.0, low, pooled=True)[0]
    assert characteristics(0.0, 0.0, pooled=False)[0] == pytest.approx(0.025, abs=1e-6)


@pytest.mark.parametrize("target", [0.8, 0.9])
@pytest.mark.parametrize("largest", [1.5, 2.0, 3.0])
@pytest.mark.parametrize("fraction", [0.25, 0.5, 0.75])
def test_the_lower_end_is_what_a_plain_search_finds(target: float, largest: float, fraction: float):
    """The search of the zone as printed: all Z_1 in small steps, sizes of people, the lowest at which b <= c."""
    n1, n2, most = 100.0 * fraction, 100.0, 100.0 * largest
    z = np.arange(0.0001, 4.0, 0.0001)
    left = (BOUND * np.sqrt(n2) - z * np.sqrt(n1)) / np.sqrt(n2 - n1)
    power = stats.norm.cdf(z * np.sqrt((n2 - n1) / n1) - left)
    more = n1 / z**2 * (left + stats.norm.ppf(target)) ** 2
    size = np.minimum(n1 + more, most)
    b = (np.sqrt((size - n1) / (n2 - n1)) * (BOUND * np.sqrt(n2) - z * np.sqrt(n1)) + z * np.sqrt(n1)) / np.sqrt(size)
    inside = (b <= BOUND) & (power < target)
    found = least_promising(fraction, target=target, most=(largest - fraction) / (1.0 - fraction), bound=BOUND)
    assert found == pytest.approx(power[inside].min(), abs=2e-4)
    assert found < 0.5


def test_a_second_stage_of_the_planned_size_asks_for_the_planned_bound():
    z = np.linspace(-3.0, 4.0, 50)
    assert bound_of_all(z, np.ones(50), 0.4, bound=2.1) == pytest.approx(2.1)


def test_a_zone_of_nothing_is_refused_in_words():
    with pytest.raises(DesignError, match=r"fraction 1.0 of information"):
        least_promising(1.0, target=0.8, most=2.0, bound=BOUND)
