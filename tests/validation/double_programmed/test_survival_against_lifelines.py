"""Survival beside lifelines, as ``lifelines_results.py`` wrote it down."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from survival_data import data_sets

from euthymia.statistics.cox import cox
from euthymia.statistics.survival import kaplan_meier, log_rank, restricted_mean

TIMES = (5, 10, 15, 20)


def _theirs(data: str) -> dict[str, float]:
    table = pd.read_csv(Path(__file__).parent / "lifelines.csv")
    return dict(zip(*(table[table.data == data][column] for column in ("what", "value")), strict=True))


@pytest.mark.parametrize("data", ["leukaemia", "strata"])
@pytest.mark.parametrize("group", [0, 1])
def test_curves_are_those_of_lifelines(data: str, group: int):
    theirs, table = _theirs(data), data_sets()[data]
    part = table[group == table.GROUP]
    curve = kaplan_meier(part.TIME, part.EVENT)
    for t in TIMES:
        assert curve.at(t) == pytest.approx(theirs[f"survival {group} {t}"], rel=1e-9)
        step = int((curve.times <= t).sum()) - 1
        if step >= 0:
            assert curve.low[step] == pytest.approx(theirs[f"low {group} {t}"], rel=1e-8)
            assert curve.high[step] == pytest.approx(theirs[f"high {group} {t}"], rel=1e-8)
    assert curve.quantile() == theirs[f"median {group}"]
    found = restricted_mean(part.TIME, part.EVENT, horizon=20.0)
    assert found.mean == pytest.approx(theirs[f"restricted {group}"], rel=1e-9)


@pytest.mark.parametrize("data", ["leukaemia", "strata"])
def test_log_rank_tests_are_those_of_lifelines(data: str):
    table = data_sets()[data]
    found = log_rank(table.TIME, table.EVENT, table.GROUP)
    assert found.chi2 == pytest.approx(_theirs(data)["log-rank"], rel=1e-9)


@pytest.mark.parametrize(("data", "stratified"), [("leukaemia", False), ("strata", False), ("strata", True)])
def test_proportional_hazards_are_those_of_lifelines(data: str, stratified: bool):
    theirs, table = _theirs(data), data_sets()[data]
    names = ["GROUP"] if data == "leukaemia" else ["GROUP", "X"]
    found = cox(table.TIME, table.EVENT, table[names], strata=table.STRATUM if stratified else None)
    for number, name in enumerate(names):
        assert found.estimate[number] == pytest.approx(theirs[f"cox {stratified} {name} estimate"], rel=1e-6)
        assert found.se[number] == pytest.approx(theirs[f"cox {stratified} {name} se"], rel=1e-6)
