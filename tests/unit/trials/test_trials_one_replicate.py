"""A single replicate is that of the whole conduct, and says who its people are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from euthymia.errors import EuthymiaError
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct, conduct_one
from euthymia.trials.data import TrialData
from euthymia.trials.design import Trial

SEED = 3


@pytest.fixture(scope="module")
def small() -> Trial:
    trial = load_trial("transform-2")
    first = replace(trial.phases[0], arms=tuple(replace(arm, n=9) for arm in trial.phases[0].arms))
    return replace(trial, phases=(first, *trial.phases[1:]), published=())


@pytest.fixture(scope="module")
def whole(small: Trial) -> TrialData:
    return conduct(small, seed=SEED, replicates=3)


def test_one_replicate_has_the_bytes_of_the_whole_conduct(small: Trial, whole: TrialData):
    one = conduct_one(small, seed=SEED, number=3)
    assert one.replicates == 1
    assert one.phases[0].MADRS.tobytes() == whole.phases[0].MADRS[2:].tobytes()
    assert one.left.tobytes() == whole.left[2:].tobytes()
    assert one.dose.tobytes() == whole.dose[2:].tobytes()


def test_people_are_those_whom_the_trial_lets_in(small: Trial, whole: TrialData):
    people = whole.people
    assert people is not None
    assert people.age.shape == people.weight.shape == people.female.shape == (3, 18)
    assert np.all((people.age >= small.population.age_low) & (people.age <= small.population.age_high))
    assert np.all(people.weight > 0.0)


def test_there_is_no_replicate_before_the_first(small: Trial):
    with pytest.raises(EuthymiaError, match="replicate is 0; expected 1 or more"):
        conduct_one(small, number=0)
