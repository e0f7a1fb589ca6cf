"""Trials with several analyses beside R's rpact, as ``sequential.R`` wrote it down, and beside printed tables."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from euthymia.statistics.group_sequential import Sides, efficacy_bounds, stopping
from euthymia.statistics.sequential_inference import conclude
from euthymia.statistics.sequential_plan import GroupSequential, plan
from euthymia.statistics.spending import (
    O_BRIEN_FLEMING,
    POCOCK,
    HaybittlePeto,
    HwangShihDeCani,
    OBrienFlemingSpending,
    PocockSpending,
    PowerSpending,
    WangTsiatis,
)

HERE = Path(__file__).parent
LOOKS = {"even": [0.2, 0.4, 0.6, 0.8, 1.0], "two": [0.5, 1.0], "uneven": [0.15, 0.3, 0.75, 1.0]}
RULES = {
    "pocock": POCOCK,
    "obrien": O_BRIEN_FLEMING,
    "wang": WangTsiatis(0.25),
    "haybittle": HaybittlePeto(),
    "spend_obrien": OBrienFlemingSpending(),
    "spend_pocock": PocockSpending(),
    "spend_gamma": HwangShihDeCani(-4.0),
    "spend_power": PowerSpending(2.0),
}
FUTILITY = {
    "spend_obrien": OBrienFlemingSpending(),
    "spend_pocock": PocockSpending(),
    "spend_gamma": HwangShihDeCani(-2.0),
}
STOPS = (
    ("spend_obrien", 2, 90, 2.9),
    ("spend_pocock", 1, 45, 2.8),
    ("spend_obrien", 3, 150, 2.3),
    ("spend_pocock", 3, 150, 1.0),
)


@cache
def _table() -> pd.DataFrame:
    return pd.read_csv(HERE / "sequential.csv")


def _theirs(design: str, what: str) -> np.ndarray:
    table = _table()
    return table[(table.design == design) & (table.what == what)].sort_values("stage").value.to_numpy()


def _compare(ours: GroupSequential, design: str) -> None:
    np.testing.assert_allclose(ours.bounds.upper, _theirs(design, "upper"), atol=2e-7)
    assert ours.drift**2 == pytest.approx(_theirs(design, "shift")[0], rel=1e-6)
    for what in ("inflation", "expected_effect", "expected_none"):
        assert getattr(ours, what) == pytest.approx(_theirs(design, what)[0], rel=1e-6), what


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("sides", Sides)
def test_bounds_and_sizes_are_those_of_rpact(look: str, rule: str, sides: Sides):
    count = 1 if sides is Sides.ONE else 2
    ours = plan(LOOKS[look], RULES[rule], alpha=0.025 * count, power=0.9, sides=sides)
    _compare(ours, f"{rule} {look} {count}")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("futility", FUTILITY)
@pytest.mark.parametrize("binding", [False, True])
def test_stopping_for_futility_is_that_of_rpact(look: str, futility: str, binding: bool):
    design = f"futility {futility} {look} {str(binding).upper()}"
    ours = plan(
        LOOKS[look], OBrienFlemingSpending(), alpha=0.025, power=0.8, futility=FUTILITY[futility], binding=binding
    )
    _compare(ours, design)
    np.testing.assert_allclose(ours.bounds.lower[:-1], _theirs(design, "lower"), atol=1e-6)
    found = stopping(ours.bounds, ours.drift)
    np.testing.assert_allclose(found.upper, _theirs(design, "rejected"), atol=1e-7)
    np.testing.assert_allclose(found.lower[:-1], _theirs(design, "futile"), atol=1e-7)


@pytest.mark.parametrize(("number", "stop"), list(enumerate(STOPS, start=1)))
def test_conclusions_are_those_of_rpact(number: int, stop: tuple[str, int, int, float]):
    rule, stage, events, z = stop
    se = np.sqrt(4.0 / events)
    bounds = efficacy_bounds([0.3, 0.6, 1.0], RULES[rule], alpha=0.025)
    theirs = _table()[_table().design == f"conclusion {number}"].set_index("what").value
    found = conclude(bounds, stage=stage, estimate=z * se, se=se)
    # rpact takes the fractions from the plan at the stage before, from the events at this one: the same here.
    for what in ("p", "low", "high", "estimate"):
        assert getattr(found, what) == pytest.approx(theirs[what], rel=1e-4), what


# Jennison, Turnbull (1999), tables 2.1 and 2.3: constants of two-sided bounds for 2, 3, 4, 5 (and 10) analyses.
PRINTED = {
    (POCOCK, 0.10): (1.875, 1.992, 2.067, 2.122),
    (POCOCK, 0.05): (2.178, 2.289, 2.361, 2.413, 2.555),
    (POCOCK, 0.01): (2.772, 2.873, 2.939, 2.986),
    (O_BRIEN_FLEMING, 0.10): (1.678, 1.710, 1.733, 1.751),
    (O_BRIEN_FLEMING, 0.05): (1.977, 2.004, 2.024, 2.040, 2.087),
    (O_BRIEN_FLEMING, 0.01): (2.580, 2.595, 2.609, 2.621),
}
# Tables 2.2 and 2.4: largest information for that of one analysis, error 0.05, 2 to 5 analyses.
INFLATION = {
    (POCOCK, 0.8): (1.110, 1.166, 1.202, 1.229),
    (POCOCK, 0.9): (1.100, 1.151, 1.183, 1.207),
    (O_BRIEN_FLEMING, 0.8): (1.008, 1.017, 1.024, 1.028),
    (O_BRIEN_FLEMING, 0.9): (1.007, 1.016, 1.022, 1.026),
}


@pytest.mark.parametrize(("key", "constants"), PRINTED.items())
def test_constants_are_those_printed_by_jennison_and_turnbull(key: tuple[WangTsiatis, float], constants: tuple):
    for analyses, constant in zip((2, 3, 4, 5, 10), constants, strict=False):
        fractions = np.arange(1, analyses + 1) / analyses
        found = efficacy_bounds(fractions, key[0], alpha=key[1], sides=Sides.TWO).upper[-1]
        assert found == pytest.approx(constant, abs=5.01e-4)


@pytest.mark.parametrize(("key", "factors"), INFLATION.items())
def test_inflation_is_that_printed_by_jennison_and_turnbull(key: tuple[WangTsiatis, float], factors: tuple):
    for analyses, factor in zip((2, 3, 4, 5), factors, strict=True):
        fractions = np.arange(1, analyses + 1) / analyses
        found = plan(fractions, key[0], alpha=0.05, power=key[1], sides=Sides.TWO).inflation
        assert found == pytest.approx(factor, abs=5.01e-4)
