"""Contrasts of a conducted trial: the planned mixed model is that of a table, and every one says what it answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from euthymia.evidence.published import Estimator, Measure
from euthymia.statistics.marginal import differences, marginal_means
from euthymia.statistics.mmrm import fit_mmrm
from euthymia.statistics.replicated_fit import MEASURES, Fitted, long_table
from euthymia.symptoms.scale import Scale
from euthymia.trials.analyse import compare, summarise
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct
from euthymia.trials.contrasts import contrasts
from euthymia.trials.data import TrialData
from euthymia.trials.mixed import mixed_model
from euthymia.trials.predict import predict
from euthymia.trials.quantity import Nothing, change_by


@pytest.fixture(scope="module")
def data() -> TrialData:
    return conduct(load_trial("transform-1"), seed=4, replicates=4)


def of_one(data: TrialData, replicate: int, together: tuple[str, ...] = ()):
    """Return the mixed model of one replicate as a person with its table would fit it; arms go by their numbers."""
    phase = data.phases[0]
    arm = phase.arm[replicate].copy()
    for place, one in enumerate(phase.phase.arms):
        if one.name in together:
            arm[arm == place] = [one.name for one in phase.phase.arms].index(together[0])
    table = long_table(change_by(phase, Estimator.OC)[replicate], phase.baseline[replicate], arm)
    return fit_mmrm(table, MEASURES)


def test_the_mixed_model_of_a_replicate_is_that_of_its_table(data: TrialData):
    phase, last = data.phases[0], len(data.phases[0].visits) - 1
    fitted = mixed_model(phase, Scale.MADRS)
    assert fitted is not None
    names = [arm.name for arm in phase.phase.arms]
    reference = next(place for place, arm in enumerate(phase.phase.arms) if arm.reference)
    for replicate in range(data.replicates):
        fit = of_one(data, replicate)
        apart = differences(fit, reference=str(reference))
        at_last = [f"{place} - {reference} at {last}" for place in range(len(names)) if place != reference]
        rows = [apart.names.index(name) for name in at_last]
        others = [name for place, name in enumerate(names) if place != reference]
        found = np.array([[values[replicate] for values in fitted.difference(name, last)] for name in others])
        expected = np.stack([apart.estimate[rows], apart.se[rows], apart.df[rows]], axis=1)
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-8)


def test_a_published_difference_by_mmrm_stands_beside_ours_by_mmrm(data: TrialData):
    rows = [row for row in data.trial.published if row.estimator is Estimator.MMRM]
    assert rows
    planned = [one for one in contrasts(data, data.phases[0]) if one.estimator == "MMRM"]
    for row in rows:
        found = next(one for one in planned if one.arm == row.arm)
        assert compare(data, row).predicted == found.difference


def test_a_published_mean_by_mmrm_is_the_marginal_mean(data: TrialData):
    row = next(row for row in data.trial.published if row.estimator is Estimator.MMRM)
    found = predict(data, replace(row, measure=Measure.MADRS_CHANGE, arm=data.phases[0].phase.arms[0].name))
    assert not isinstance(found, Nothing)
    means = marginal_means(of_one(data, 0))
    assert found[0] == pytest.approx(means.estimate[means.names.index("0 at 4")], rel=1e-8)


def test_arms_that_a_row_takes_together_are_one_arm_of_the_model(data: TrialData):
    names = [arm.name for arm in data.phases[0].phase.arms if not arm.reference]
    fitted = mixed_model(data.phases[0], Scale.MADRS, tuple(names))
    assert fitted is not None
    assert len(fitted.arms) == 2
    apart = differences(of_one(data, 1, tuple(names)), reference="2")
    assert fitted.difference(names[0], 4)[0][1] == pytest.approx(apart.estimate[-1], rel=1e-8)


def test_the_planned_analysis_comes_first_and_names_its_estimand(data: TrialData):
    found = contrasts(data, data.phases[0])
    assert [one.primary for one in found] == [True, False, False] * 2
    assert found[0].estimator == "MMRM"
    assert "as if nobody had left (discontinuation: hypothetical)" in found[0].estimand
    assert "as if nobody had left" in found[1].estimand
    assert "until they left (discontinuation: while on treatment)" in found[2].estimand
    assert all(one.arm in one.estimand and one.reference in one.estimand for one in found)
    assert [(one.outcome, one.code, one.replicates) for one in found[0].fits] == [("unstructured", 0, 4)]


def test_a_trial_without_the_plan_has_no_mixed_model():
    data = conduct(load_trial("synapse-panel-b"), seed=3)
    found = [one for phase in data.phases for one in contrasts(data, phase)]
    assert {one.estimator for one in found} == {"ANCOVA, OC", "ANCOVA, LOCF"}
    assert any(one.primary for one in found)


def test_an_arm_unseen_at_a_visit_is_a_code_and_no_number(data: TrialData):
    phase = data.phases[0]
    gone = phase.observed & ~(phase.members((phase.phase.arms[0].name,))[..., None] & (np.arange(5) == 4))
    blind = replace(data, phases=(replace(phase, observed=gone),))
    found = contrasts(blind, blind.phases[0])[0]
    assert np.isnan(found.difference.mean)
    assert found.fits[0].code == Fitted.UNSEEN
    row = next(row for row in data.trial.published if row.estimator is Estimator.MMRM)
    assert compare(blind, row).why_not == "in no replicate an MMRM: an arm was seen by nobody at some visit"


def test_a_summary_with_codes_is_plain_json(data: TrialData):
    written = summarise(data).to_dict()["contrasts"]
    assert isinstance(written, list)
    assert written[0]["fits"] == [{"outcome": "unstructured", "code": 0, "replicates": 4}]
