"""The mixed model of a power study says what the one of the statistics says, on fewer rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from euthymia.statistics.marginal import differences
from euthymia.statistics.mmrm import fit_mmrm
from euthymia.statistics.repeated import RepeatedMeasures
from euthymia.trials.catalogue import load_trial
from euthymia.trials.design import Analysis, reference_of
from euthymia.trials.power_analysis import analysis_name
from euthymia.trials.power_mmrm import mmrm_contrasts
from euthymia.trials.power_operating import Question, operating
from euthymia.trials.power_plan import Job, rows_of, whole, with_sizes

MEASURES = RepeatedMeasures("CHG", "USUBJID", "AVISIT", "ARM", covariates=("BASE",), by_visit=("BASE",))


def invented(n: int, arms: int, visits: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Changes of people of whom some leave, some miss a visit, and one is never seen."""
    draw = np.random.default_rng(seed)
    arm, baseline = np.arange(n) % arms, draw.normal(35.0, 5.0, n)
    own = draw.normal(0.0, 6.0, (n, 1)) + draw.normal(0.0, 4.0, (n, visits)).cumsum(1)
    change = -2.0 * arm[:, None] + 0.3 * baseline[:, None] + own
    change[draw.uniform(size=change.shape) < 0.05] = np.nan
    gone = draw.integers(1, 4 * visits, n)
    change[np.arange(visits) >= gone[:, None]] = np.nan
    change[0] = np.nan
    return change, baseline, arm


@pytest.mark.parametrize(("n", "arms", "visits"), [(40, 2, 3), (120, 3, 5), (90, 4, 1)])
def test_it_is_the_fit_of_the_statistics(n: int, arms: int, visits: int):
    change, baseline, arm = invented(n, arms, visits, seed=n)
    asked = visits - 1
    table = {
        "CHG": change.ravel(),
        "USUBJID": np.repeat(np.arange(n), visits),
        "AVISIT": np.tile([f"v{visit}" for visit in range(visits)], n),
        "ARM": np.repeat([f"a{number}" for number in arm], visits),
        "BASE": np.repeat(baseline, visits),
    }
    judge = differences(fit_mmrm(table, MEASURES), reference="a0")
    wanted = [place for place, name in enumerate(judge.names) if name.endswith(f"v{asked}")]
    value, se, df = mmrm_contrasts(change, baseline, arm, arms=arms, visit=asked)
    assert value == pytest.approx(judge.estimate[wanted], rel=1e-6)
    assert se == pytest.approx(judge.se[wanted], rel=1e-6)
    assert df == pytest.approx(judge.df[wanted], rel=1e-5)


def test_people_outside_count_for_nothing():
    change, baseline, arm = invented(60, 2, 3, seed=1)
    inside = mmrm_contrasts(change[:50], baseline[:50], arm[:50], arms=2, visit=2)
    others = mmrm_contrasts(change, baseline, np.where(np.arange(60) < 50, arm, -1), arms=2, visit=2)
    assert np.array_equal(inside, others)


def test_where_unstructured_cannot_be_fitted_a_simpler_covariance_is():
    change, baseline, arm = invented(14, 2, 8, seed=3)
    value, se, df = mmrm_contrasts(change, baseline, arm, arms=2, visit=1)
    assert np.isfinite([value, se, df]).all()


def test_an_arm_that_nobody_saw_at_a_visit_has_no_estimate():
    change, baseline, arm = invented(40, 2, 3, seed=2)
    change[arm == 1, 2] = np.nan
    assert np.isnan(mmrm_contrasts(change, baseline, arm, arms=2, visit=2)).all()
    assert np.isnan(mmrm_contrasts(change * np.nan, baseline, arm, arms=2, visit=2)).all()


def test_a_trial_that_plans_a_mixed_model_gets_one():
    trial = replace(with_sizes(load_trial("transform-1"), (14, 12, 13)), published=())
    by_model = rows_of(Job(trial, 1, (whole(trial),)), range(4))
    plain = replace(trial, primary=replace(trial.primary, analysis=Analysis.ANCOVA))
    by_ancova = rows_of(Job(plain, 1, (whole(plain),)), range(4))
    assert analysis_name(trial) == "MMRM"
    assert by_model.shape == by_ancova.shape
    assert not np.array_equal(by_model[..., 0], by_ancova[..., 0])
    assert np.array_equal(by_model[..., 3], by_ancova[..., 3])
    assert np.abs(by_model[..., 0] - by_ancova[..., 0]).max() < by_ancova[..., 1].max()
    phase = trial.phases[0]
    assert reference_of(phase) is phase.arms[2]


@pytest.mark.long
@pytest.mark.parametrize("n", [20, 50])
def test_without_difference_the_model_rejects_as_often_as_it_says(n: int):
    rows = []
    for seed in range(2000):
        change, baseline, arm = invented(2 * n, 2, 4, seed=seed)
        change += 2.0 * arm[:, None]
        rows.append(np.concatenate([*mmrm_contrasts(change, baseline, arm, arms=2, visit=3), [0.0]]))
    said = operating(np.array(rows), Question(0.05, -1.0), "arm", "reference")
    assert abs(said.power.value - 0.05) < 3.0 * said.power.se
    assert said.without_estimate == 0
