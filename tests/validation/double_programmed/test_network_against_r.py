"""Network meta-analysis beside R's metafor, as ``network.R`` wrote it down, and beside what netmeta prints."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from euthymia.statistics.inconsistency import inconsistency
from euthymia.statistics.meta_analysis import Spread
from euthymia.statistics.network import Network, read_arms, read_counts
from euthymia.statistics.network_meta_analysis import Better, league, network_meta_analysis, rank_scores

HERE = Path(__file__).parent
METHODS = {"REML": Spread.REML, "EE": Spread.NONE}


@cache
def _network(name: str) -> Network:
    table = pd.read_csv(HERE / f"{name}.csv")
    if name == "senn":
        return read_arms(table, study="study", treatment="treatment", estimate="estimate", se="se", reference="placebo")
    return read_counts(
        table, study="study", treatment="treatment", events="events", total="total", reference="no_contact"
    )


def _theirs(name: str, method: str) -> dict[str, float]:
    table = pd.read_csv(HERE / "network.csv")
    table = table[(table.data == name) & (table.method == method)]
    return dict(table[["what", "value"]].itertuples(index=False, name=None))


@pytest.mark.parametrize("name", ["senn", "smoking"])
@pytest.mark.parametrize("method", METHODS)
def test_effects_intervals_and_predictions_are_those_of_metafor(name: str, method: str):
    theirs = _theirs(name, method)
    fit = network_meta_analysis(_network(name), spread=METHODS[method], hartung_knapp=False)
    assert fit.tau2 == pytest.approx(theirs["tau2"], rel=1e-6)
    assert pytest.approx(theirs["Q"], rel=1e-9) == fit.Q
    assert fit.Q_p == pytest.approx(theirs["Qp"], rel=1e-6)
    table, compared = league(fit), 0
    for i, treatment in enumerate(fit.treatments):
        for j, other in enumerate(fit.treatments[:i]):
            for part in ("estimate", "se", "low", "high", "predicted_low", "predicted_high"):
                key = f"{treatment} - {other} {part}"
                if key in theirs:
                    assert getattr(table, part)[i, j] == pytest.approx(theirs[key], rel=1e-6, abs=1e-7), key
                    compared += 1
    pairs = len(fit.treatments) * (len(fit.treatments) - 1) // 2
    assert compared == pairs * (6 if method == "REML" else 4)
    for treatment, score in zip(fit.treatments, rank_scores(fit, Better.LARGER), strict=True):
        assert score == pytest.approx(theirs[f"{treatment} score"], rel=1e-6)


@pytest.mark.parametrize("name", ["senn", "smoking"])
def test_inconsistency_is_that_of_metafor(name: str):
    parts = inconsistency(_network(name), spread=Spread.REML)
    assert pytest.approx(_theirs(name, "EE")["Q within"], rel=1e-9) == parts.within.Q
    assert parts.tau2 == pytest.approx(_theirs(name, "REML")["tau2 within"], rel=1e-6)
    assert pytest.approx(_theirs(name, "REML")["Q between"], rel=1e-6) == parts.between_random.Q


def test_parts_of_the_diabetes_network_are_those_that_netmeta_prints():
    parts = inconsistency(_network("senn"))
    # What R's netmeta prints of Senn et al (2013), from effects of pairs that were rounded.
    theirs = {
        "all studies": (96.99, 18), "within designs": (74.46, 11), "between designs": (22.53, 7),
        "placebo : metformin": (42.16, 2), "placebo : rosiglitazone": (21.27, 5), "placebo : benfluorex": (4.38, 1),
        "placebo : miglitol": (6.45, 2), "metformin : rosiglitazone": (0.19, 1),
    }  # fmt: skip
    found = {part.name: (part.Q, part.df) for part in (parts.total, parts.within, parts.between, *parts.by_design)}
    assert found.keys() == theirs.keys()
    for name, (Q, df) in theirs.items():
        assert found[name][0] == pytest.approx(Q, abs=0.015)
        assert found[name][1] == df
    assert parts.between.p == pytest.approx(0.0021, abs=5e-5)
