"""Conditional means after every strategy, with jackknife errors, beside R's rbmi, as ``imputation.R`` wrote them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from repeated_data import MEASURES, data_sets

from euthymia.statistics.incomplete import incomplete
from euthymia.statistics.multiple import conditional_difference, jackknife
from euthymia.statistics.strategies import Strategy

THEIRS = pd.read_csv(Path(__file__).parent / "rbmi.csv")
STRATEGIES = {
    "MAR": Strategy.AT_RANDOM,
    "CR": Strategy.COPY_REFERENCE,
    "JR": Strategy.JUMP_TO_REFERENCE,
    "CIR": Strategy.COPY_INCREMENTS,
}
CASES = sorted(set(THEIRS[["data", "by_arm", "strategy"]].itertuples(index=False, name=None)))


def _rows(data: str, by_arm: bool, strategy: str) -> pd.DataFrame:
    return THEIRS[(THEIRS.data == data) & (THEIRS.by_arm == by_arm) & (THEIRS.strategy == strategy)]


@pytest.mark.parametrize(("data", "by_arm", "strategy"), CASES)
def test_differences_are_those_of_rbmi(data: str, by_arm: bool, strategy: str):
    trial = incomplete(data_sets()[data], MEASURES[data], STRATEGIES[strategy])
    ours = conditional_difference(trial, by_arm=by_arm)
    assert ours == pytest.approx(_rows(data, by_arm, strategy).estimate.to_numpy(), rel=1e-3, abs=1e-3)


@pytest.mark.parametrize(
    ("data", "by_arm", "strategy"),
    [pytest.param(*case, marks=() if case[0] == "small" else pytest.mark.long) for case in CASES],
)
def test_jackknife_errors_are_those_of_rbmi(data: str, by_arm: bool, strategy: str):
    trial = incomplete(data_sets()[data], MEASURES[data], STRATEGIES[strategy])
    ours = jackknife(trial, by_arm=by_arm)
    assert ours.se == pytest.approx(_rows(data, by_arm, strategy).se.to_numpy(), rel=1e-3)
