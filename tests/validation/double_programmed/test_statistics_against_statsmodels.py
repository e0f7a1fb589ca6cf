"""Survival, meta-analysis, sizes and the simplest mixed model beside statsmodels, where both have the method."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import statsmodels.formula.api as smf
from repeated_data import growth
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight, survdiff
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.power import TTestIndPower
from survival_data import data_sets

from euthymia.statistics.blinded import people_per_arm
from euthymia.statistics.correlation import CompoundSymmetry
from euthymia.statistics.cox import Ties, cox
from euthymia.statistics.inference import Errors, contrast
from euthymia.statistics.meta_analysis import Spread, meta_analysis
from euthymia.statistics.mmrm import fit_mmrm
from euthymia.statistics.repeated import RepeatedMeasures
from euthymia.statistics.survival import kaplan_meier, log_rank


@pytest.mark.parametrize("data", ["leukaemia", "strata"])
def test_curves_are_those_of_statsmodels(data: str):
    table = data_sets()[data]
    theirs, ours = SurvfuncRight(table.TIME, table.EVENT), kaplan_meier(table.TIME, table.EVENT)
    np.testing.assert_array_equal(ours.times, theirs.surv_times)
    np.testing.assert_allclose(ours.survival, theirs.surv_prob, rtol=1e-12)
    np.testing.assert_allclose(ours.se, theirs.surv_prob_se, rtol=1e-10)


@pytest.mark.parametrize("data", ["leukaemia", "strata"])
def test_log_rank_tests_are_those_of_statsmodels(data: str):
    table = data_sets()[data]
    chi2, p = survdiff(table.TIME, table.EVENT, table.GROUP)
    ours = log_rank(table.TIME, table.EVENT, table.GROUP)
    assert ours.chi2 == pytest.approx(chi2, rel=1e-10)
    assert ours.p == pytest.approx(p, rel=1e-8)


def test_stratified_log_rank_tests_are_those_of_statsmodels():
    table = data_sets()["strata"]
    chi2, _ = survdiff(table.TIME, table.EVENT, table.GROUP, strata=table.STRATUM)
    assert log_rank(table.TIME, table.EVENT, table.GROUP, strata=table.STRATUM).chi2 == pytest.approx(chi2, rel=1e-10)


@pytest.mark.parametrize("ties", Ties)
@pytest.mark.parametrize("stratified", [False, True])
def test_proportional_hazards_are_those_of_statsmodels(ties: Ties, stratified: bool):
    table = data_sets()["strata"]
    strata = table.STRATUM if stratified else None
    ours = cox(table.TIME, table.EVENT, table[["GROUP", "X"]], strata=strata, ties=ties)
    model = PHReg(table.TIME, table[["GROUP", "X"]], status=table.EVENT, strata=strata, ties=ties.name.lower())
    theirs = model.fit(method="newton", tol=1e-12)
    np.testing.assert_allclose(ours.estimate, theirs.params, rtol=1e-6)
    np.testing.assert_allclose(ours.se, theirs.bse, rtol=1e-6)


@pytest.mark.parametrize(
    ("spread", "method"), [(Spread.DERSIMONIAN_LAIRD, "chi2"), (Spread.PAULE_MANDEL, "iterated"), (Spread.NONE, None)]
)
@pytest.mark.parametrize("hartung_knapp", [False, True])
def test_meta_analyses_are_those_of_statsmodels(spread: Spread, method: str | None, hartung_knapp: bool):
    rng = np.random.default_rng(4)
    variances = rng.uniform(0.02, 0.2, 12)
    effects = rng.normal(0.4, np.sqrt(variances + 0.1))
    ours = meta_analysis(effects, variances, spread=spread, hartung_knapp=hartung_knapp)
    kwargs = {} if method is None else {"method_re": method, "atol": 1e-13}
    theirs = combine_effects(effects, variances, use_t=hartung_knapp, **kwargs)
    if method is None:
        estimate, plain, scaled = theirs.mean_effect_fe, theirs.sd_eff_w_fe, theirs.sd_eff_w_fe_hksj
    else:
        estimate, plain, scaled = theirs.mean_effect_re, theirs.sd_eff_w_re, theirs.sd_eff_w_re_hksj
        assert ours.tau2 == pytest.approx(theirs.tau2, rel=1e-6)
    assert ours.estimate == pytest.approx(estimate, rel=1e-7)
    assert ours.se == pytest.approx(scaled if hartung_knapp else plain, rel=1e-7)


@pytest.mark.parametrize("ratio", [0.2, 0.43, 0.8, 1.6])
@pytest.mark.parametrize("power", [0.8, 0.9])
def test_sizes_of_t_tests_are_those_of_statsmodels(ratio: float, power: float):
    theirs = TTestIndPower().solve_power(ratio, alpha=0.025, power=power, alternative="larger")
    assert people_per_arm(1.0, ratio, alpha=0.025, power=power) == np.ceil(theirs)


def test_compound_symmetry_is_a_random_intercept():
    table = growth()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = smf.mixedlm("CHG ~ C(ARM) * C(AVISIT)", table, groups=table.USUBJID)
        theirs = model.fit(reml=True, method="bfgs", gtol=1e-9)
    fit = fit_mmrm(table, RepeatedMeasures("CHG", "USUBJID", "AVISIT", "ARM"), CompoundSymmetry())
    found = contrast(fit, np.eye(len(fit.names)), errors=Errors.SATTERTHWAITE)
    expected = {_ours(name): (theirs.fe_params[name], theirs.bse_fe[name]) for name in theirs.fe_params.index}
    assert expected.keys() == set(fit.names)
    for name, estimate, se in zip(fit.names, found.estimate, found.se, strict=True):
        assert estimate == pytest.approx(expected[name][0], rel=1e-6)
        assert se == pytest.approx(expected[name][1], rel=1e-4)
    assert -fit.deviance / 2.0 == pytest.approx(theirs.llf, rel=1e-8)


def _ours(name: str) -> str:
    """Return our name of one of their coefficients."""
    parts = [part.replace("C(", "").replace(")[T.", "[") for part in name.split(":")]
    return " x ".join(parts).replace("Intercept", "intercept")
