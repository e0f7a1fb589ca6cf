"""Sites and regions: people of a site are alike, the spread of all stays, and one site changes nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from euthymia.engine.ensemble import Settings
from euthymia.errors import TrialFileError
from euthymia.evidence import load_record
from euthymia.trials.batch import Batch
from euthymia.trials.catalogue import load_trial
from euthymia.trials.checks import check
from euthymia.trials.conduct import conduct
from euthymia.trials.design import Trial
from euthymia.trials.draws import Draws
from euthymia.trials.sites import care_of_sites, region, sites

AMPLITUDES = load_record("amplitudes")
MEAN, SD = AMPLITUDES.value("care_mean", "points"), AMPLITUDES.value("care_sd", "points")
WITHIN = 40  # replicates


@pytest.fixture(scope="module")
def trial() -> Trial:
    found = load_trial("transform-2")
    arms = tuple(replace(arm, n=100) for arm in found.phases[0].arms)
    return replace(found, phases=(replace(found.phases[0], arms=arms),), published=(), sites=10, regions=2)


def drawn(trial: Trial) -> tuple[Draws, np.ndarray]:
    draws = Draws.of(trial, 3, range(WITHIN))
    return draws, MEAN + SD * draws.normal("care of a test")[:, 0]


def test_every_site_enrols_about_as_many_of_every_arm(trial: Trial):
    draws, _ = drawn(trial)
    counts = np.bincount(sites(trial, draws), minlength=10)
    assert counts.size == 10
    assert counts == pytest.approx(np.full(10, counts.mean()), abs=5.0 * np.sqrt(counts.mean()))


def test_a_site_lies_in_one_region_and_regions_take_turns(trial: Trial):
    np.testing.assert_array_equal(region(np.arange(4), trial), [0, 1, 0, 1])


def test_sites_part_people_and_leave_the_spread_of_all_as_it_was(trial: Trial):
    draws, care = drawn(trial)
    found = care_of_sites(trial, draws, care, AMPLITUDES)
    assert found.std() == pytest.approx(SD, rel=0.03)
    assert found.mean() == pytest.approx(MEAN, abs=4.0 * SD / np.sqrt(WITHIN))
    own = found - MEAN - np.sqrt(1.0 - (spread("site") ** 2 + spread("region") ** 2) / SD**2) * (care - MEAN)
    replicate = np.repeat(np.arange(WITHIN), draws.subjects)
    effects = np.unique(np.round(np.stack([replicate, sites(trial, draws), own], axis=1), 6), axis=0)
    assert len(effects) == WITHIN * 10
    assert effects[:, 2].std() == pytest.approx(np.hypot(spread("site"), spread("region")), rel=0.15)


def spread(name: str) -> float:
    return AMPLITUDES.value(f"sd_{name}_care", "points")


def test_one_site_changes_nothing(trial: Trial):
    draws, care = drawn(trial)
    assert care_of_sites(replace(trial, sites=1, regions=1), draws, care, AMPLITUDES) is care
    one = Batch(replace(trial, sites=1, regions=1), 3, range(2), Settings())
    plain = Batch(replace(trial, sites=10, regions=2), 3, range(2), Settings(), trial_effects=False)
    other = Batch(trial, 3, range(2), Settings())
    assert (other.people.background.care != one.people.background.care).all()
    np.testing.assert_array_equal(other.people.gain, one.people.gain)
    np.testing.assert_array_equal(other.people.background.baseline, plain.people.background.baseline)


def test_the_data_keep_the_site_and_it_does_not_move_with_more_people(trial: Trial):
    one = conduct(trial, seed=3, replicates=1)
    arms = trial.phases[0].arms
    more = replace(trial, phases=(replace(trial.phases[0], arms=(replace(arms[0], n=120), *arms[1:])),))
    other = conduct(more, seed=3, replicates=1)
    assert one.site is not None
    assert other.site is not None
    np.testing.assert_array_equal(one.site[:, :100], other.site[:, :100])
    assert set(one.site.ravel()) == set(range(10))


def test_more_regions_than_sites_are_refused(trial: Trial):
    with pytest.raises(TrialFileError, match=r"regions: given 3; a region has at least one site, and there are 2"):
        check(replace(trial, sites=2, regions=3))
