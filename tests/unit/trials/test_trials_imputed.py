"""Multiple imputation of a conducted trial: at random it is near the mixed model, after the reference smaller."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from euthymia.errors import TrialFileError
from euthymia.statistics.draws import Posterior
from euthymia.statistics.strategies import Strategy
from euthymia.symptoms.scale import Scale
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct
from euthymia.trials.data import TrialData
from euthymia.trials.imputed import Imputations, reference_based
from euthymia.trials.mixed import mixed_model

QUICK = Posterior(burn_in=50, thinning=5)


@pytest.fixture(scope="module")
def data() -> TrialData:
    return conduct(load_trial("transform-2"), seed=6, replicates=2)


def imputed(data: TrialData, strategy: Strategy) -> Imputations:
    return reference_based(data, strategy, imputations=20, draws=QUICK, seed=1)


@pytest.fixture(scope="module")
def random(data: TrialData) -> Imputations:
    return imputed(data, Strategy.AT_RANDOM)


def test_at_random_it_is_near_the_mixed_model(data: TrialData, random: Imputations):
    found, fitted = random, mixed_model(data.phases[0], Scale.MADRS)
    assert fitted is not None
    value, se, _ = fitted.difference("flexible + AD", 4)
    np.testing.assert_allclose(found.value[:, 0], value, atol=0.25 * se.max())  # 20 imputations leave some noise
    np.testing.assert_allclose(found.se[:, 0], se, rtol=0.1)
    assert "as if nobody had left" in found.estimands[0].words
    assert found.failed == ("", "")


@pytest.mark.parametrize("strategy", [Strategy.JUMP_TO_REFERENCE, Strategy.COPY_REFERENCE, Strategy.COPY_INCREMENTS])
def test_going_on_like_the_reference_answers_for_treatment_policy(
    data: TrialData, random: Imputations, strategy: Strategy
):
    found = imputed(data, strategy)
    assert "whether or not people left (discontinuation: treatment policy)" in found.estimands[0].words
    assert (found.missing_information > 0.0).all()
    assert (np.abs(found.value) < np.abs(random.value) + 0.3).all()  # nobody gains by going on like the reference


def test_the_same_seed_gives_the_same(data: TrialData, random: Imputations):
    np.testing.assert_array_equal(random.value, imputed(data, Strategy.AT_RANDOM).value)


def test_what_cannot_be_imputed_says_why(data: TrialData):
    phase = data.phases[0]
    gone = phase.observed & ~(phase.members(("flexible + AD",))[..., None] & (np.arange(5) == 4))
    found = imputed(replace(data, phases=(replace(phase, observed=gone),)), Strategy.AT_RANDOM)
    assert np.isnan(found.value).all()
    assert all("cannot be estimated" in why for why in found.failed)


def test_a_phase_with_one_arm_is_refused(data: TrialData):
    trial = data.trial
    alone = replace(trial.phases[0], arms=trial.phases[0].arms[:1])
    with pytest.raises(TrialFileError, match="imputation needs a reference arm"):
        reference_based(
            replace(data, trial=replace(trial, phases=(alone,)), phases=(replace(data.phases[0], phase=alone),)), seed=1
        )
