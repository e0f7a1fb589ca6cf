"""A trial that plans a mixed model is given one in a study of power."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from euthymia.statistics.marginal import differences
from euthymia.statistics.mmrm import fit_mmrm
from euthymia.statistics.replicated_fit import MEASURES, long_table
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct
from euthymia.trials.design import Analysis, Endpoint, Trial, reference_of
from euthymia.trials.power_analysis import analysis_name, primary_analysis
from euthymia.trials.power_plan import Job, Part, rows_of, sizes_of, whole, with_sizes
from euthymia.trials.quantity import totals_by


@pytest.fixture(scope="module")
def trial() -> Trial:
    return replace(with_sizes(load_trial("transform-1"), (14, 12, 13)), published=())


def test_the_estimate_is_that_of_the_mixed_model(trial: Trial):
    data = conduct(trial, seed=2, replicates=2)
    found, phase = primary_analysis(data), data.phases[0]
    assert reference_of(phase.phase) is phase.phase.arms[2]
    change = totals_by(phase, "OC") - phase.baseline[..., None]  # type: ignore[arg-type]
    for number in range(2):
        table = long_table(change[number], phase.baseline[number], phase.arm[number])
        judge = differences(fit_mmrm(table, MEASURES), reference="2")
        last = [place for place, name in enumerate(judge.names) if name.endswith(f"at {len(phase.visits) - 1}")]
        assert found.value[number] == pytest.approx(judge.estimate[last], rel=1e-6)
        assert found.se[number] == pytest.approx(judge.se[last], rel=1e-6)
        assert found.df[number] == pytest.approx(judge.df[last], rel=1e-5)


def test_it_differs_from_ancova_by_less_than_an_error_and_not_where_nobody_is_missing(trial: Trial):
    by_model = rows_of(Job(trial, 1, (whole(trial),)), range(4))
    plain = replace(trial, primary=replace(trial.primary, analysis=Analysis.ANCOVA))
    by_ancova = rows_of(Job(plain, 1, (whole(plain),)), range(4))
    assert (analysis_name(trial), analysis_name(plain)) == ("MMRM", "ANCOVA, OC")
    assert not np.array_equal(by_model[..., 0], by_ancova[..., 0])
    assert np.array_equal(by_model[..., 3], by_ancova[..., 3])
    assert np.abs(by_model[..., 0] - by_ancova[..., 0]).max() < by_ancova[..., 1].max()


def test_a_mixed_model_of_a_part_is_that_of_a_smaller_trial(trial: Trial):
    job = Job(trial, 4, (whole(trial),))
    larger = with_sizes(trial, (20, 20, 20))
    inside = rows_of(Job(larger, 4, (Part((0, 0, 0), sizes_of(trial)),)), range(2))
    assert inside.tobytes() == rows_of(job, range(2)).tobytes()
    assert rows_of(job, range(1, 2)).tobytes() == inside[1:].tobytes()


def test_a_share_is_not_fitted_by_a_mixed_model(trial: Trial):
    shares = replace(trial, primary=replace(trial.primary, endpoint=Endpoint.RESPONSE))
    assert analysis_name(shares) == "difference of response, OC"
