"""Survival and meta-analysis beside R's survival and metafor, as ``survival.R`` wrote them down."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from survival_data import data_sets

from euthymia.statistics.cox import Ties, cox
from euthymia.statistics.meta_analysis import Spread, meta_analysis
from euthymia.statistics.survival import kaplan_meier, log_rank, restricted_mean

HERE = Path(__file__).parent
SPREADS = {"REML": Spread.REML, "PM": Spread.PAULE_MANDEL, "DL": Spread.DERSIMONIAN_LAIRD, "EE": Spread.NONE}


def _theirs(data: str) -> dict[str, float]:
    table = pd.read_csv(HERE / "survival.csv")
    return dict(table[table.data == data][["what", "value"]].itertuples(index=False, name=None))


@pytest.mark.parametrize("data", ["leukaemia", "strata"])
@pytest.mark.parametrize("group", [0, 1])
def test_curves_and_restricted_means_are_those_of_r(data: str, group: int):
    theirs, table = _theirs(data), data_sets()[data]
    table = table[group == table.GROUP]
    curve = kaplan_meier(table.TIME, table.EVENT)
    for t in (5, 10, 15, 20):
        step = np.searchsorted(curve.times, t, side="right") - 1
        assert curve.at(t) == pytest.approx(theirs[f"km {group} {t} surv"], rel=1e-10)
        if step >= 0:
            assert curve.se[step] == pytest.approx(theirs[f"km {group} {t} std.err"], rel=1e-10)
            assert curve.low[step] == pytest.approx(theirs[f"km {group} {t} lower"], rel=1e-10)
            assert curve.high[step] == pytest.approx(theirs[f"km {group} {t} upper"], rel=1e-10)
    assert curve.quantile() == theirs[f"median {group}"]
    area = restricted_mean(table.TIME, table.EVENT, horizon=20.0)
    assert area.mean == pytest.approx(theirs[f"rmst {group}"], rel=1e-10)
    assert area.se == pytest.approx(theirs[f"rmst se {group}"], rel=1e-10)


def test_log_rank_tests_are_those_of_r():
    for data, table in data_sets().items():
        theirs = _theirs(data)
        assert log_rank(table.TIME, table.EVENT, table.GROUP).chi2 == pytest.approx(theirs["logrank"], rel=1e-10)
    within = log_rank(table.TIME, table.EVENT, table.GROUP, strata=table.STRATUM)
    assert within.chi2 == pytest.approx(theirs["logrank strata"], rel=1e-10)
    three = log_rank(table.TIME, table.EVENT, table.STRATUM)
    assert three.chi2 == pytest.approx(theirs["logrank three"], rel=1e-10)
    assert three.df == 2


@pytest.mark.parametrize("data", ["leukaemia", "strata"])
@pytest.mark.parametrize("ties", Ties)
@pytest.mark.parametrize("stratified", [False, True])
def test_proportional_hazards_are_those_of_r(data: str, ties: Ties, stratified: bool):
    theirs, table = _theirs(data), data_sets()[data]
    if data == "leukaemia" and stratified:
        return  # it has one stratum
    columns = ["GROUP"] if data == "leukaemia" else ["GROUP", "X"]
    found = cox(table.TIME, table.EVENT, table[columns], strata=table.STRATUM if stratified else None, ties=ties)
    key = f"cox {ties.name.lower()} {str(stratified).upper()}"
    for number in range(len(columns)):
        assert found.estimate[number] == pytest.approx(theirs[f"{key} {number + 1} beta"], rel=1e-8)
        assert found.se[number] == pytest.approx(theirs[f"{key} {number + 1} se"], rel=1e-8)
    assert found.log_likelihood[1] == pytest.approx(theirs[f"{key} loglik"], rel=1e-10)


@pytest.mark.parametrize(
    "row", list(pd.read_csv(HERE / "metafor.csv").itertuples(index=False)), ids=lambda r: r[0] + r[1]
)
def test_meta_analyses_of_bcg_are_those_of_metafor(row):
    studies = pd.read_csv(HERE / "bcg.csv")
    found = meta_analysis(
        studies.effect, studies.variance, spread=SPREADS[row.method], hartung_knapp=row.test == "knha"
    )
    for name in ("estimate", "se", "low", "high", "p", "tau2", "Q"):
        assert getattr(found, name) == pytest.approx(getattr(row, name), rel=1e-6), name
    assert found.Q_p == pytest.approx(row.Qp, rel=1e-6)
    if row.method != "EE":
        np.testing.assert_allclose(found.I2, row.I2, rtol=1e-6)
        assert found.predicted_low == pytest.approx(row.predicted_low, rel=1e-6)
        assert found.predicted_high == pytest.approx(row.predicted_high, rel=1e-6)
