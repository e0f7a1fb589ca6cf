"""The periods of a cross-over together: everybody once a period, times from its start."""

from __future__ import annotations

import numpy as np
import pytest

from euthymia.evidence.published import Measure
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct
from euthymia.trials.data import TrialData
from euthymia.trials.periods import together
from euthymia.trials.predict import Nothing, predict


@pytest.fixture(scope="module")
def data() -> TrialData:
    return conduct(load_trial("lapidus-2014"), replicates=3)


def test_everybody_stands_in_it_once_a_period(data: TrialData):
    both = together(data.phases)
    assert both.arm.shape == (3, 40)
    stayed = both.arm[:, 20:] >= 0
    assert np.array_equal(stayed, data.phases[1].arm >= 0)
    on_drug = both.members(("ketamine first", "ketamine second"))
    assert not (on_drug[:, :20] & on_drug[:, 20:]).any()


def test_only_times_that_all_periods_share_are_kept(data: TrialData):
    both = together(data.phases)
    assert [visit.t for visit in both.visits] == [24.0]
    assert np.array_equal(both.MADRS[:, 20:, 0], data.phases[1].MADRS[..., 0])


def test_one_period_is_itself(data: TrialData):
    first = data.phases[0]
    alone = together([first])
    assert np.array_equal(alone.arm, first.arm)
    assert np.array_equal(alone.MADRS, first.MADRS)


def test_rows_of_both_periods_are_predicted_from_both(data: TrialData):
    row = next(row for row in data.trial.published if row.measure is Measure.RESPONSE and row.arm == "ketamine")
    responders = people = 0
    for phase, name in zip(data.phases, ("ketamine first", "ketamine second"), strict=True):
        seen = phase.members((name,)) & phase.observed[..., 0]
        responders += (seen & (phase.MADRS[..., 0] <= 0.5 * phase.baseline)).sum(1)
        people += seen.sum(1)
    assert np.asarray(predict(data, row)) == pytest.approx(100.0 * responders / people)


def test_a_scale_without_a_model_is_not_predicted(data: TrialData):
    row = next(row for row in data.trial.published if row.measure is Measure.IDSC_BASELINE)
    assert isinstance(predict(data, row), Nothing)
