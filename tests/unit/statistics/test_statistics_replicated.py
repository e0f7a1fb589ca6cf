"""Mixed models of many replicates at once: equal to those of one table each, to closed forms, and to a known truth."""

from __future__ import annotations

import numpy as np
import pytest

from euthymia.statistics.ancova import ancova
from euthymia.statistics.imputation import locf
from euthymia.statistics.inference import Errors
from euthymia.statistics.marginal import differences, marginal_means
from euthymia.statistics.mmrm import fit_mmrm
from euthymia.statistics.replicated_fit import MEASURES, Fitted, fit_replicates, long_table
from euthymia.statistics.table import TableError

EFFECT = np.array([-1.0, -2.0, -3.0, -4.0])  # points, of the first arm at four visits


def people(
    seed: int, *, replicates: int = 4, subjects: int = 90, arms: int = 3, leave: float = 0.1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return change, baseline and arm; people leave by what was last seen of them, more so in the first arm."""
    rng = np.random.default_rng(seed)
    arm = np.tile(np.arange(subjects) % arms, (replicates, 1))
    baseline = rng.normal(36.0, 5.0, (replicates, subjects))
    course = rng.normal(0.0, 8.0, (replicates, subjects, 1)) + rng.normal(0.0, 5.0, (replicates, subjects, 4))
    change = course + np.array([-4.0, -8.0, -11.0, -13.0]) - 0.3 * (baseline - 36.0)[..., None]
    change += np.where(arm[..., None] == 0, EFFECT, 0.0)
    chance = leave * np.where(arm == 0, 3.0, 1.0)[..., None] / (1.0 + np.exp(-course[..., :-1] / 4.0))
    gone = np.maximum.accumulate(rng.random(chance.shape) < chance, axis=2)
    change[..., 1:][gone] = np.nan
    return change, baseline, arm


@pytest.mark.parametrize("arms", [2, 3])
def test_a_replicate_has_the_results_of_its_own_table(arms: int):
    change, baseline, arm = people(1, arms=arms)
    change[0, :5, 1] = np.nan  # a visit missed by people who come again
    arm[1, 3], baseline[1, 4] = -1, np.nan
    found = fit_replicates(change, baseline, arm, arms=arms, reference=arms - 1)
    assert (found.code == Fitted.UNSTRUCTURED).all()
    for one in range(len(change)):
        fit = fit_mmrm(long_table(change[one], baseline[one], arm[one]), MEASURES)
        apart = differences(fit, reference=str(arms - 1), errors=Errors.KENWARD_ROGER_LINEAR)
        means = marginal_means(fit)
        for ours, theirs in (
            (found.difference, apart.estimate),
            (found.se, apart.se),
            (found.df, apart.df),
        ):
            np.testing.assert_allclose(ours[one, :-1].T.ravel(), theirs, rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(found.mean[one].T.ravel(), means.estimate, rtol=1e-8)
        np.testing.assert_allclose(found.mean_se[one].T.ravel(), means.se, rtol=1e-8)


def test_neighbours_change_no_bit():
    change, baseline, arm = people(2, replicates=40, subjects=40)
    together = fit_replicates(change, baseline, arm, arms=3, reference=0)
    for one in (0, 17, 39):
        pick = slice(one, one + 1)
        alone = fit_replicates(change[pick], baseline[pick], arm[pick], arms=3, reference=0)
        np.testing.assert_array_equal(alone.difference[0], together.difference[one])
        np.testing.assert_array_equal(alone.se[0], together.se[one])
        np.testing.assert_array_equal(alone.df[0], together.df[one])


def test_one_visit_is_analysis_of_covariance():
    change, baseline, arm = people(3, arms=2)
    found = fit_replicates(change[..., 2:3], baseline, arm, arms=2, reference=1)
    exact = ancova(change[..., 2], baseline, arm == 0)
    for ours, theirs in ((found.difference, exact.difference), (found.se, exact.se), (found.df, exact.df)):
        np.testing.assert_allclose(ours[:, 0, 0], theirs, rtol=1e-9)


def test_with_nothing_missing_every_visit_is_an_analysis_of_covariance():
    change, baseline, arm = people(4, arms=2, leave=0.0)
    found = fit_replicates(change, baseline, arm, arms=2, reference=1)
    for visit in range(4):
        exact = ancova(change[..., visit], baseline, arm == 0)
        np.testing.assert_allclose(found.difference[:, 0, visit], exact.difference, rtol=1e-9)
        np.testing.assert_allclose(found.se[:, 0, visit], exact.se, rtol=1e-8)
        np.testing.assert_allclose(found.df[:, 0, visit], exact.df, rtol=1e-7)


def test_another_unit_gives_another_unit():
    change, baseline, arm = people(5)
    once, twice = (fit_replicates(size * change, baseline, arm, arms=3, reference=2) for size in (1.0, 7.0))
    np.testing.assert_allclose(twice.difference[:, :2], 7.0 * once.difference[:, :2], rtol=1e-9)
    np.testing.assert_allclose(twice.df[:, :2], once.df[:, :2], rtol=1e-8)


def test_an_arm_that_nobody_saw_at_a_visit_has_a_code_and_no_number():
    change, baseline, arm = people(6)
    change[1, arm[1] == 2, 3] = np.nan
    found = fit_replicates(change, baseline, arm, arms=3, reference=0)
    assert found.code.tolist() == [0, Fitted.UNSEEN, 0, 0]
    assert np.isnan(found.difference[1]).all()
    assert np.isfinite(found.difference[0, 1:]).all()
    assert Fitted.UNSEEN.title == "an arm was seen by nobody at some visit"


def test_too_few_people_go_down_the_ladder_and_say_where_it_ended():
    change, baseline, arm = people(7, replicates=6, subjects=6, arms=2, leave=0.0)
    stopped = fit_replicates(change, baseline, arm, arms=2, reference=1, ladder=False)
    assert (stopped.code == Fitted.NO_CONVERGENCE).all()
    assert np.isnan(stopped.se).all()
    found = fit_replicates(change, baseline, arm, arms=2, reference=1)
    assert (found.code > Fitted.UNSTRUCTURED).any()
    for one, code in enumerate(found.code):
        assert np.isfinite(found.difference[one, 0]).all() == (code >= 0)
        assert Fitted(code).title


def test_a_single_arm_is_refused():
    change, baseline, arm = people(8, arms=2)
    with pytest.raises(TableError, match="two arms"):
        fit_replicates(change, baseline, arm, arms=1, reference=0)


def test_observed_cases_exceed_the_mixed_model_and_that_exceeds_carrying_forward():
    """Fact 7 on people of whom the poor courses of the treated leave: size by OC >= MMRM >= LOCF."""
    change, baseline, arm = people(9, replicates=150, subjects=120, arms=2)
    mixed = fit_replicates(change, baseline, arm, arms=2, reference=1).difference[:, 0, -1]
    observed = ancova(change[..., -1], baseline, arm == 0).difference
    carried = ancova(locf(change, np.isfinite(change))[..., -1], baseline, arm == 0).difference
    for larger, smaller in ((observed, mixed), (mixed, carried)):
        gap = smaller - larger
        assert gap.mean() > 3.0 * gap.std() / np.sqrt(len(gap))
    assert mixed.mean() == pytest.approx(EFFECT[-1], abs=4.0 * mixed.std() / np.sqrt(len(mixed)))


@pytest.mark.long
def test_the_interval_holds_the_truth_as_often_as_it_says():
    from scipy.special import stdtrit

    change, baseline, arm = people(10, replicates=2000, subjects=60, arms=2)
    found = fit_replicates(change, baseline, arm, arms=2, reference=1)
    half = stdtrit(found.df, 0.975) * found.se
    held = np.abs(found.difference - EFFECT)[:, 0] <= half[:, 0]
    np.testing.assert_allclose(held.mean(0), 0.95, atol=3.0 * np.sqrt(0.95 * 0.05 / 2000))
