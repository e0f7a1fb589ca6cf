"""Mixed models beside R's mmrm, nlme, pbkrtest and clubSandwich, as ``mmrm.R`` and ``sandwich.R`` wrote them down."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from repeated_data import MEASURES, data_sets

from euthymia.statistics.correlation import (
    AnteDependence,
    AutoRegressive,
    CompoundSymmetry,
    SpatialExponential,
    Toeplitz,
)
from euthymia.statistics.covariance import Unstructured
from euthymia.statistics.inference import Errors, joint_test
from euthymia.statistics.marginal import differences
from euthymia.statistics.mmrm import MMRM, Likelihood, fit_mmrm

HERE = Path(__file__).parent
KINDS = (CompoundSymmetry, AutoRegressive, AnteDependence, Toeplitz, SpatialExponential)
STRUCTURES = {each.title: each for each in (Unstructured(), *(kind(own) for kind in KINDS for own in (False, True)))}


@cache
def _tables() -> dict[str, pd.DataFrame]:
    return data_sets()


@cache
def _theirs(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / name)


def _fit(data: str, structure: str, *, by_arm: bool = False, likelihood: Likelihood = Likelihood.REML) -> MMRM:
    measures = MEASURES[data]
    if structure == SpatialExponential().title:
        measures = dataclasses.replace(measures, time="DAY")
    return fit_mmrm(_tables()[data], measures, STRUCTURES[structure], by_arm=by_arm, likelihood=likelihood)


def _cases() -> list[object]:
    """Return what was fitted; of the large trial, all but the usual model wait for a long run."""
    columns = ["data", "structure", "by_arm", "likelihood"]
    found = sorted(set(_theirs("mmrm.csv")[columns].itertuples(index=False, name=None)))
    usual = ("large", "unstructured", False, "REML")
    return [
        pytest.param(*each, marks=pytest.mark.long if each[0] == "large" and each != usual else ()) for each in found
    ]


@pytest.mark.parametrize(("data", "structure", "by_arm", "likelihood"), _cases())
def test_estimates_errors_and_degrees_of_freedom_are_those_of_mmrm(
    data: str, structure: str, by_arm: bool, likelihood: str
):
    theirs = _theirs("mmrm.csv")
    theirs = theirs[
        (theirs.data == data)
        & (theirs.structure == structure)
        & (theirs.by_arm == by_arm)
        & (theirs.likelihood == likelihood)
    ]
    fit = _fit(data, structure, by_arm=by_arm, likelihood=Likelihood[likelihood])
    assert fit.deviance <= theirs.deviance.iloc[0] * (1.0 + 1e-9)  # written with ten digits
    assert fit.deviance == pytest.approx(theirs.deviance.iloc[0], rel=1e-8)
    for errors, rows in theirs.groupby("errors"):
        ours = differences(fit, errors=Errors(errors))
        assert list(ours.names) == list(rows.contrast)
        np.testing.assert_allclose(ours.estimate, rows.estimate, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(ours.se, rows.se, rtol=1e-5, err_msg=str(errors))
        np.testing.assert_allclose(ours.df, rows.df, atol=1e-2, err_msg=str(errors))


@pytest.mark.parametrize(
    ("data", "structure"), sorted(set(_theirs("nlme.csv")[["data", "structure"]].itertuples(index=False, name=None)))
)
def test_estimates_and_errors_are_those_of_nlme(data: str, structure: str):
    rows = _theirs("nlme.csv")
    rows = rows[(rows.data == data) & (rows.structure == structure)]
    ours = differences(_fit(data, structure), errors=Errors.SATTERTHWAITE)
    np.testing.assert_allclose(ours.estimate, rows.estimate, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ours.se, rows.se, rtol=1e-5)


@pytest.mark.parametrize(
    ("data", "structure"),
    sorted(set(_theirs("clubsandwich.csv")[["data", "structure"]].itertuples(index=False, name=None))),
)
def test_bias_reduced_sandwich_errors_are_those_of_clubsandwich(data: str, structure: str):
    rows = _theirs("clubsandwich.csv")
    rows = rows[(rows.data == data) & (rows.structure == structure)]
    ours = differences(_fit(data, structure), errors=Errors.SANDWICH_UNBIASED)
    assert list(ours.names) == list(rows.contrast)
    np.testing.assert_allclose(ours.estimate, rows.estimate, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ours.se, rows.se, rtol=1e-5)
    np.testing.assert_allclose(ours.df, rows.df, atol=1e-2)


def _crossed(fit: MMRM) -> np.ndarray:
    """Return weights that pick each coefficient of arm x visit."""
    return np.eye(len(fit.names))[[name.startswith("ARM") and " x " in name for name in fit.names]]


@pytest.mark.parametrize(
    "row", list(_theirs("mmrm_joint.csv").itertuples(index=False)), ids=lambda row: "-".join(row[:3])
)
def test_joint_tests_are_those_of_mmrm(row):
    fit = _fit(row.data, row.structure)
    ours = joint_test(fit, _crossed(fit), errors=Errors(row.errors))
    assert ours.f == pytest.approx(row.f, rel=1e-4)
    assert ours.df[0] == row.df1
    assert ours.df[1] == pytest.approx(row.df2, abs=1e-2)
    assert ours.p == pytest.approx(row.p, rel=1e-3)


def test_complete_data_of_compound_symmetry_are_those_of_pbkrtest():
    theirs = _theirs("pbkrtest.csv").set_index("test")
    fit = _fit("growth", "compound symmetry")
    arm = np.eye(len(fit.names))[[name == "ARM[M]" for name in fit.names]]
    for name, rows in (("ARM at the first visit", arm), ("ARM x AVISIT", _crossed(fit))):
        ours = joint_test(fit, rows, errors=Errors.KENWARD_ROGER_LINEAR)
        assert ours.f == pytest.approx(theirs.f[name], rel=1e-5)
        assert ours.df[1] == pytest.approx(theirs.df2[name], rel=1e-5)
