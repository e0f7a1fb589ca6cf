"""Mixed models for repeated measures against brute force, closed forms of complete data, and symmetries."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from euthymia.errors import ConvergenceError, UnknownNameError
from euthymia.statistics.ancova import ancova
from euthymia.statistics.correlation import (
    AnteDependence,
    AutoRegressive,
    CompoundSymmetry,
    SpatialExponential,
    Toeplitz,
)
from euthymia.statistics.covariance import Covariance, Unstructured
from euthymia.statistics.inference import Errors, _influence, contrast, joint_test
from euthymia.statistics.layout import lay_out
from euthymia.statistics.likelihood import differentiate, evaluate
from euthymia.statistics.marginal import Weights, differences, marginal_means
from euthymia.statistics.mmrm import MMRM, Likelihood, fit_mmrm
from euthymia.statistics.repeated import RepeatedMeasures, read_long
from euthymia.statistics.table import TableError

PLAIN = RepeatedMeasures("CHG", "USUBJID", "AVISIT", "ARM")
ADJUSTED = RepeatedMeasures(
    "CHG", "USUBJID", "AVISIT", "ARM", factors=("SITE",), covariates=("BASE",), by_visit=("BASE",)
)
STRUCTURES = (
    Unstructured(),
    CompoundSymmetry(),
    CompoundSymmetry(True),
    AutoRegressive(),
    AutoRegressive(True),
    AnteDependence(),
    AnteDependence(True),
    Toeplitz(),
    Toeplitz(True),
    SpatialExponential(),
)


def trial(subjects: int = 60, visits: int = 3, *, missing: float = 0.0, seed: int = 0) -> pd.DataFrame:
    """Return a trial of two arms of equal size, with values missing at random places."""
    rng = np.random.default_rng(seed)
    arm = np.arange(subjects) % 2
    base = rng.normal(30.0, 4.0, subjects)
    shape = np.linalg.cholesky(0.5 * np.eye(visits) + 0.5) * np.linspace(4.0, 7.0, visits)[:, None]
    change = -3.0 - 2.0 * arm[:, None] - 0.3 * (base[:, None] - 30.0) + rng.normal(size=(subjects, visits)) @ shape.T
    change[rng.random(change.shape) < missing] = np.nan
    return pd.DataFrame(
        {
            "USUBJID": np.repeat([f"s{number}" for number in range(subjects)], visits),
            "ARM": np.repeat(np.where(arm == 1, "drug", "a placebo"), visits),
            "SITE": np.repeat(np.array(["x", "y", "z"])[rng.integers(0, 3, subjects)], visits),
            "BASE": np.repeat(base, visits),
            "AVISIT": np.tile([f"Week {number + 1}" for number in range(visits)], subjects),
            "DAY": np.tile(7.0 * np.arange(visits), subjects) + rng.integers(0, 3, subjects * visits),
            "CHG": change.ravel(),
        }
    )


def _brute_deviance(fit: MMRM, table: pd.DataFrame, structure: Covariance, theta: np.ndarray) -> float:
    """Return minus twice the restricted log likelihood from the whole covariance matrix of all rows."""
    layout = fit.layout
    seen = layout.observed[layout.pattern]
    X = (layout.X @ layout.triangle)[seen]
    sigma = structure.surface(theta, np.arange(layout.X.shape[1], dtype=float)).value
    blocks = [sigma[np.ix_(row, row)] for row in seen]
    ends = np.cumsum([0] + [len(block) for block in blocks])
    V = np.zeros((ends[-1], ends[-1]))
    for start, end, block in zip(ends[:-1], ends[1:], blocks, strict=True):
        V[start:end, start:end] = block
    y, inverse = layout.y[seen], np.linalg.inv(V)
    information = X.T @ inverse @ X
    residual = y - X @ np.linalg.solve(information, X.T @ inverse @ y)
    logs = np.linalg.slogdet(V)[1] + np.linalg.slogdet(information)[1]
    return float(logs + residual @ inverse @ residual + (len(y) - X.shape[1]) * np.log(2.0 * np.pi))


@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda each: each.title)
def test_the_deviance_is_that_of_the_whole_covariance_matrix(structure: Covariance):
    table = trial(20, missing=0.2)
    fit = fit_mmrm(table, ADJUSTED, structure)
    assert fit.deviance == pytest.approx(_brute_deviance(fit, table, structure, fit.theta), rel=1e-10)


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("by_arm", [True, False])
def test_gradient_and_hessian_are_those_of_differences(restricted: bool, by_arm: bool):
    layout = lay_out(read_long(trial(24, missing=0.2), ADJUSTED), by_arm=by_arm)
    structure = Unstructured()

    def deviance(theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        sets = theta.reshape(layout.groups, -1)
        surfaces = [structure.surface(sets[g], t) for g, t in zip(layout.group, layout.times, strict=True)]
        state = evaluate(layout, np.stack([each.value for each in surfaces]), restricted=restricted)
        assert state is not None
        slopes = differentiate(layout, state, surfaces, restricted=restricted)
        return state.deviance, slopes.gradient, slopes.hessian

    theta = np.random.default_rng(1).normal(0.5, 0.2, structure.size(3) * layout.groups)
    _, gradient, hessian = deviance(theta)
    h = 1e-5
    for k, step in enumerate(h * np.eye(len(theta))):
        up, down = deviance(theta + step), deviance(theta - step)
        assert gradient[k] == pytest.approx((up[0] - down[0]) / (2 * h), rel=1e-6, abs=1e-6)
        np.testing.assert_allclose(hessian[k], (up[1] - down[1]) / (2 * h), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("likelihood", Likelihood)
@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda each: each.title)
def test_the_search_ends_where_the_likelihood_is_level(structure: Covariance, likelihood: Likelihood):
    fit = fit_mmrm(trial(missing=0.2), ADJUSTED, structure, likelihood=likelihood)
    assert np.max(np.abs(fit.slopes.gradient)) < 1e-6
    assert np.linalg.eigvalsh(fit.slopes.hessian)[0] > 0.0


@pytest.mark.parametrize("errors", [Errors.SATTERTHWAITE, Errors.KENWARD_ROGER_LINEAR])
def test_complete_data_give_the_t_test_of_each_visit(errors: Errors):
    table = trial()
    found = differences(fit_mmrm(table, PLAIN), errors=errors)
    for number, (_, visit) in enumerate(table.groupby("AVISIT")):
        expected = stats.ttest_ind(visit.CHG[visit.ARM == "drug"], visit.CHG[visit.ARM != "drug"])
        assert found.p[number] == pytest.approx(expected.pvalue, rel=1e-6)
        assert found.df[number] == pytest.approx(58.0, rel=1e-6)


def test_complete_data_with_a_baseline_give_the_analysis_of_covariance_of_each_visit():
    table = trial()
    measures = RepeatedMeasures("CHG", "USUBJID", "AVISIT", "ARM", covariates=("BASE",), by_visit=("BASE",))
    found = differences(fit_mmrm(table, measures), errors=Errors.KENWARD_ROGER_LINEAR)
    for number, (_, visit) in enumerate(table.groupby("AVISIT")):
        arm = (visit.ARM == "drug").to_numpy()
        expected = ancova(visit.CHG.to_numpy()[None], visit.BASE.to_numpy()[None], arm[None])
        assert found.estimate[number] == pytest.approx(expected.difference[0], rel=1e-8)
        assert found.se[number] == pytest.approx(expected.se[0], rel=1e-7)
        assert found.df[number] == pytest.approx(expected.df[0], rel=1e-6)


def test_complete_data_have_the_pooled_covariance():
    table = trial()
    wide = table.pivot(index=["ARM", "USUBJID"], columns="AVISIT", values="CHG")
    pooled = sum(part.cov() * (len(part) - 1) for _, part in wide.groupby(level="ARM")) / (len(wide) - 2)
    np.testing.assert_allclose(fit_mmrm(table, PLAIN).sigma[0], pooled, rtol=1e-7)


def test_a_covariance_for_each_arm_is_that_of_each_arm_alone_and_gives_welch():
    table = trial()
    table.loc[table.ARM == "drug", "CHG"] *= 2.0
    fit = fit_mmrm(table, PLAIN, by_arm=True)
    wide = table.pivot(index=["ARM", "USUBJID"], columns="AVISIT", values="CHG")
    for number, (_, part) in enumerate(wide.groupby(level="ARM")):
        np.testing.assert_allclose(fit.sigma[number], part.cov(), rtol=1e-7)
    found = differences(fit, errors=Errors.SATTERTHWAITE)
    last = table[table.AVISIT == "Week 3"]
    expected = stats.ttest_ind(last.CHG[last.ARM == "drug"], last.CHG[last.ARM != "drug"], equal_var=False)
    assert found.p[-1] == pytest.approx(expected.pvalue, rel=1e-6)
    assert found.df[-1] == pytest.approx(expected.df, rel=1e-6)


@pytest.mark.parametrize("errors", [Errors.SATTERTHWAITE, Errors.KENWARD_ROGER_LINEAR])
def test_complete_data_of_compound_symmetry_are_the_split_plot(errors: Errors):
    table = trial()
    fit = fit_mmrm(table, PLAIN, CompoundSymmetry())
    wide = table.pivot(index=["ARM", "USUBJID"], columns="AVISIT", values="CHG").to_numpy().reshape(2, 30, 3)
    centred = wide - wide.mean(axis=1, keepdims=True)
    within = centred - centred.mean(axis=2, keepdims=True)
    cells = wide.mean(axis=1)
    interaction = cells - cells.mean(0) - cells.mean(1)[:, None] + cells.mean()
    expected = (30 * np.sum(interaction**2) / 2) / (np.sum(within**2) / (58 * 2))
    rows = np.zeros((2, len(fit.names)))
    crossed = [number for number, name in enumerate(fit.names) if " x " in name]
    rows[[0, 1], crossed] = 1.0
    found = joint_test(fit, rows, errors=errors)
    assert found.f == pytest.approx(expected, rel=1e-6)
    assert found.df[1] == pytest.approx(116.0, rel=1e-6)


def test_the_joint_test_of_complete_data_is_hotellings():
    table = trial()
    fit = fit_mmrm(table, PLAIN)
    rows = np.zeros((3, len(fit.names)))
    rows[:, fit.names.index("ARM[drug]")] = 1.0
    for number, name in enumerate(n for n in fit.names if " x " in n):
        rows[number + 1, fit.names.index(name)] = 1.0
    wide = table.pivot(index=["ARM", "USUBJID"], columns="AVISIT", values="CHG").to_numpy().reshape(2, 30, 3)
    gap = wide[1].mean(0) - wide[0].mean(0)
    pooled = (np.cov(wide[0].T) + np.cov(wide[1].T)) / 2.0
    t2 = 15.0 * gap @ np.linalg.solve(pooled, gap)
    found = joint_test(fit, rows, errors=Errors.KENWARD_ROGER_LINEAR)
    # Kenward and Roger (1997): their scaled F is Hotelling's, (n - 3 - 1) / (3 (n - 2)) T^2 on n - 3 - 1 degrees.
    assert found.f == pytest.approx(56.0 / (58.0 * 3.0) * t2, rel=1e-5)
    assert found.df[1] == pytest.approx(56.0, rel=1e-5)


def test_the_jackknife_sandwich_of_a_one_visit_trial_is_that_of_least_squares():
    table = trial(visits=1)
    found = differences(fit_mmrm(table, PLAIN), errors=Errors.SANDWICH_JACKKNIFE)
    drug, placebo = (table.CHG[arm == table.ARM] for arm in ("drug", "a placebo"))
    # Leverages are 1 / n within arms, so each residual is stretched by n / (n - 1).
    variance = sum(np.sum((part - part.mean()) ** 2) / (len(part) - 1) ** 2 for part in (drug, placebo))
    assert found.se[0] == pytest.approx(np.sqrt(variance), rel=1e-10)
    assert found.df[0] == pytest.approx(58.0)


def test_the_bias_reduced_sandwich_of_complete_data_is_welchs_error_at_every_visit():
    table = trial(subjects=61)  # 31 and 30
    found = differences(fit_mmrm(table, PLAIN), errors=Errors.SANDWICH_UNBIASED)
    for number, visit in enumerate(sorted(set(table.AVISIT))):
        here = table[visit == table.AVISIT]
        parts = [here.CHG[arm == here.ARM] for arm in ("drug", "a placebo")]
        assert found.se[number] == pytest.approx(np.sqrt(sum(part.var(ddof=1) / len(part) for part in parts)))
        # Bell and McCaffrey (2002): Satterthwaite's degrees of freedom if the arms' variances were equal.
        counts = np.array([len(part) for part in parts])
        expected = np.sum(1.0 / counts) ** 2 / np.sum(1.0 / (counts**2 * (counts - 1.0)))
        assert found.df[number] == pytest.approx(expected)


def test_the_bias_reduced_sandwich_expects_the_models_variance():
    table = trial(missing=0.2)
    fit = fit_mmrm(table, ADJUSTED)
    own = fit.layout.X @ fit.state.root
    residual = fit.state.padded[fit.layout.pattern] - own @ own.swapaxes(1, 2)
    influence = _influence(fit, Errors.SANDWICH_UNBIASED)
    expected = np.einsum("svk,svw,swl->kl", influence, residual, influence)
    np.testing.assert_allclose(expected, np.eye(len(fit.beta)), atol=1e-10)


def test_a_row_that_fits_itself_leaves_the_bias_reduced_sandwich_finite():
    table = trial()
    table.loc[table.USUBJID == "s0", "SITE"] = "alone"  # a site of one subject, seen once
    table = table[(table.USUBJID != "s0") | (table.AVISIT.iloc[0] == table.AVISIT)]
    found = differences(fit_mmrm(table, ADJUSTED), errors=Errors.SANDWICH_UNBIASED)
    assert np.all(np.isfinite(found.se))
    assert np.all(found.df > 20.0)


def test_ml_divides_by_n_where_reml_divides_by_what_is_left():
    table = trial()
    restricted, full = fit_mmrm(table, PLAIN), fit_mmrm(table, PLAIN, likelihood=Likelihood.ML)
    np.testing.assert_allclose(full.sigma, restricted.sigma * 58.0 / 60.0, rtol=1e-7)
    with pytest.raises(TableError, match="Kenward-Roger needs a fit by REML"):
        differences(full)


def test_units_and_shifts_change_nothing_but_units():
    table = trial(missing=0.2)
    moved = table.assign(CHG=table.CHG * 1e4 + 7.0, BASE=table.BASE * 1e-3 + 5.0)
    plain, scaled = (differences(fit_mmrm(each, ADJUSTED)) for each in (table, moved))
    np.testing.assert_allclose(scaled.estimate, plain.estimate * 1e4, rtol=1e-6)
    np.testing.assert_allclose(scaled.se, plain.se * 1e4, rtol=1e-6)
    np.testing.assert_allclose(scaled.df, plain.df, rtol=1e-5)


def test_the_order_of_rows_and_the_rows_that_are_missing_do_not_matter():
    table = trial(missing=0.2)
    shuffled = table.dropna().sample(frac=1.0, random_state=1)
    one, other = (differences(fit_mmrm(each, ADJUSTED)) for each in (table, shuffled))
    np.testing.assert_allclose(other.p, one.p, rtol=1e-7)


def test_a_later_reference_turns_the_sign():
    fit = fit_mmrm(trial(missing=0.1), ADJUSTED)
    plain, turned = differences(fit), differences(fit, reference="drug")
    np.testing.assert_allclose(turned.estimate, -plain.estimate)
    assert turned.names[0] == "a placebo - drug at Week 1"
    with pytest.raises(UnknownNameError, match="no level of ARM 'placebo'"):
        differences(fit, reference="placebo")


def test_means_differ_by_the_differences_and_weights_move_both_arms_alike():
    fit = fit_mmrm(trial(missing=0.1), ADJUSTED)
    for weights in Weights:
        means = marginal_means(fit, weights=weights).estimate.reshape(3, 2)
        np.testing.assert_allclose(means[:, 1] - means[:, 0], differences(fit, weights=weights).estimate)


def test_own_times_enter_the_spatial_covariance():
    table = trial(missing=0.1)
    timed = RepeatedMeasures("CHG", "USUBJID", "AVISIT", "ARM", time="DAY")
    own = fit_mmrm(table, timed, SpatialExponential())
    weekly = fit_mmrm(table.assign(DAY=7.0 * (table.AVISIT.str[-1].astype(float) - 1)), timed, SpatialExponential())
    assert len(own.layout.times) > len(weekly.layout.times) == 1
    ar1 = fit_mmrm(table, PLAIN, AutoRegressive())
    assert weekly.deviance == pytest.approx(ar1.deviance, rel=1e-9)
    assert own.deviance != pytest.approx(ar1.deviance, rel=1e-5)


def test_an_arm_nobody_saw_at_a_visit_has_no_mean_there():
    table = trial()
    gone = table[(table.ARM != "drug") | (table.AVISIT != "Week 3")]
    fit = fit_mmrm(gone, PLAIN)
    assert len(fit.names) == 5
    with pytest.raises(TableError, match="the mean of drug at Week 3 cannot be estimated"):
        differences(fit)


def test_a_covariance_that_data_cannot_tell_falls_back_and_says_so():
    table = trial(6, 6)
    with pytest.raises(ConvergenceError, match=r"unstructured: .*try a covariance of fewer parameters"):
        fit_mmrm(table, PLAIN, Unstructured())
    fit = fit_mmrm(table, PLAIN, Unstructured(), fallbacks=(AutoRegressive(),))
    assert fit.covariance == AutoRegressive()
    assert fit.refused[0].startswith("unstructured: ")


def test_too_few_rows_a_single_visit_and_mixed_arms_are_refused_in_words():
    table = trial(6, 2)
    with pytest.raises(TableError, match="4 rows for 4 coefficients"):
        fit_mmrm(table.iloc[:4], PLAIN)
    with pytest.raises(TableError, match=r"AR\(1\) needs two visits at least; the table has 1"):
        fit_mmrm(trial(visits=1), PLAIN, AutoRegressive())
    with pytest.raises(TableError, match="visit 'Week 2' has no row that can be used"):
        fit_mmrm(trial().query("AVISIT == 'Week 1'"), dataclasses.replace(PLAIN, visits=("Week 1", "Week 2")))
    table.loc[0, "ARM"] = "drug"
    with pytest.raises(TableError, match="subject 's0' is in two arms"):
        fit_mmrm(table, PLAIN, by_arm=True)


def test_contrasts_of_the_wrong_length_or_that_repeat_themselves_are_refused():
    fit = fit_mmrm(trial(), PLAIN)
    with pytest.raises(TableError, match="contrasts of 2 weights given; the fit has 6 coefficients"):
        contrast(fit, [1.0, 0.0])
    with pytest.raises(TableError, match="2 contrasts given, of which some are sums of others"):
        joint_test(fit, np.ones((2, 6)))


@pytest.mark.long
@pytest.mark.parametrize("arm", [20, 50, 150])
def test_a_true_null_is_rejected_as_often_as_it_should_be(arm: int):
    replicates, rejected = 2000, {Errors.KENWARD_ROGER: 0, Errors.KENWARD_ROGER_LINEAR: 0, Errors.SATTERTHWAITE: 0}
    for seed in range(replicates):
        table = trial(2 * arm, 4, missing=0.15, seed=seed)
        table.loc[table.ARM == "drug", "CHG"] += 2.0  # takes the effect out again
        fit = fit_mmrm(table, ADJUSTED)
        for errors in rejected:
            rejected[errors] += int(differences(fit, errors=errors).p[-1] < 0.05)
    error = np.sqrt(0.05 * 0.95 / replicates)
    print({errors.name: count / replicates for errors, count in rejected.items()})
    assert abs(rejected[Errors.KENWARD_ROGER_LINEAR] / replicates - 0.05) < 3.0 * error
    assert abs(rejected[Errors.KENWARD_ROGER] / replicates - 0.05) < 3.0 * error
