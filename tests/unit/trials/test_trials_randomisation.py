"""Permuted blocks within strata: arms are balanced in every stratum, and what cannot be allotted is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.errors import TrialFileError
from euthymia.report.consort import consort
from euthymia.trials.analyse import summarise
from euthymia.trials.catalogue import load_trial
from euthymia.trials.checks import check
from euthymia.trials.conduct import conduct
from euthymia.trials.data import TrialData
from euthymia.trials.design import Baseline, DropoutSpec, Trial
from euthymia.trials.draws import Draws
from euthymia.trials.protocol import parse_trial
from euthymia.trials.randomisation import placed
from euthymia.trials.running import Enrolment, Randomisation, Stratum
from euthymia.trials.sites import region, sites
from euthymia.trials.strata import ratio_of, strata_of
from euthymia.trials.writing import to_toml

ALIKE = Baseline(37.0, 5.5)
ALL = Randomisation(block=4, strata=(Stratum.SITE, Stratum.SEVERITY), severity_from=37.0)


@pytest.fixture(scope="module")
def trial() -> Trial:
    found = load_trial("transform-2")
    arms = tuple(replace(arm, n=60, baseline=ALIKE) for arm in found.phases[0].arms)
    return replace(
        found,
        published=(),
        groups=(),
        dropout=DropoutSpec(),
        phases=(replace(found.phases[0], arms=arms),),
        sites=6,
        regions=2,
        randomisation=ALL,
    )


@pytest.fixture(scope="module")
def data(trial: Trial) -> TrialData:
    return conduct(trial, seed=3, replicates=3)


def test_arms_are_balanced_in_every_stratum(data: TrialData):
    assert data.site is not None
    severe = data.phases[0].baseline >= 37.0
    for replicate in range(3):
        for site in range(6):
            for level in (False, True):
                here = (data.site[replicate] == site) & (severe[replicate] == level)
                first = data.phases[0].arm[replicate, here]
                assert abs((first == 0).sum() - (first == 1).sum()) <= ALL.block // 2


@settings(max_examples=30, deadline=None)
@given(
    ratio=st.lists(st.integers(1, 3), min_size=2, max_size=3),
    times=st.integers(1, 3),
    strata=st.lists(st.sampled_from((Stratum.SITE, Stratum.REGION)), unique=True),
    seed=st.integers(0, 1000),
)
def test_whole_blocks_hold_the_ratio(ratio: list[int], times: int, strata: list[Stratum], seed: int):
    found = load_trial("transform-1")
    arms = tuple(replace(arm, n=50) for arm in found.phases[0].arms[: len(ratio)])
    trial = replace(found, phases=(replace(found.phases[0], arms=arms),), sites=4, regions=2)
    whole = ratio_of(Randomisation(1, ratio=tuple(ratio)), trial.phases[0])
    rules = Randomisation(sum(whole) * times, tuple(strata), ratio=tuple(ratio))
    draws = Draws.of(trial, seed, range(2))
    place = placed(trial, rules, draws, np.zeros(draws.subjects * 2)).reshape(2, -1)
    coming, site = draws("enrolment")[:, 0].reshape(2, -1), sites(trial, draws).astype(int).reshape(2, -1)
    for replicate in range(2):
        of = site[replicate] if Stratum.SITE in strata else region(site[replicate], trial) * bool(strata)
        for stratum in np.unique(of):
            who = np.flatnonzero(of == stratum)
            row = place[replicate, who[np.argsort(coming[replicate, who])]]
            for start in range(0, row.size - rules.block + 1, rules.block):
                counts = np.bincount(row[start : start + rules.block], minlength=len(whole))
                np.testing.assert_array_equal(counts, np.array(whole) * times)


def test_blocks_are_shuffled_and_a_replicate_stands_alone(trial: Trial, data: TrialData):
    alone = conduct(trial, seed=3, replicates=1)
    np.testing.assert_array_equal(alone.phases[0].arm, data.phases[0].arm[:1])
    assert (data.phases[0].arm[0] != data.phases[0].arm[1]).any()
    first = np.concatenate([conduct(trial, seed=seed).phases[0].arm[0, :20] for seed in range(1, 4)])
    assert 0.2 < (first == 0).mean() < 0.8


def test_times_of_randomisation_are_those_by_which_blocks_fill(trial: Trial, data: TrialData):
    later = conduct(replace(trial, enrolment=Enrolment(1000.0)), seed=3)
    np.testing.assert_array_equal(later.phases[0].arm, data.phases[0].arm[:1])


def test_people_are_who_they_were_whatever_arm_they_are_put_into(trial: Trial, data: TrialData):
    plain = conduct(replace(trial, randomisation=None), seed=3, replicates=3)
    np.testing.assert_array_equal(plain.phases[0].baseline, data.phases[0].baseline)
    np.testing.assert_array_equal(plain.site, data.site)


def test_mean_courses_and_flow_are_of_the_arms_people_are_in(data: TrialData):
    arm = data.phases[0].arm[0]
    assert [each.assigned for each in consort(data).arms] == [(arm == 0).sum(), (arm == 1).sum()]
    start = np.stack([data.severity[place, 0, 0] for place in (0, 1)])
    rated = np.stack([data.phases[0].baseline[0, arm == place].mean() for place in (0, 1)])
    np.testing.assert_allclose(start, rated, atol=1.5)
    assert summarise(data).contrasts


def test_the_region_of_a_site_adds_no_strata(trial: Trial):
    assert strata_of(trial, Randomisation(4, (Stratum.SITE, Stratum.REGION))) == 6
    assert strata_of(trial, Randomisation(4, (Stratum.REGION, Stratum.SEVERITY), severity_from=37.0)) == 4
    assert strata_of(trial, Randomisation(4)) == 1


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (Randomisation(3), r"randomisation\.block: given 3; allowed: multiples of 2, as arms are as 1:1"),
        (Randomisation(4, ratio=(2, 1)), r"block: given 4; allowed: multiples of 3, as arms are as 2:1"),
        (Randomisation(4, ratio=(1, 1, 1)), r"ratio: given 3 shares; the first phase has 2 arms"),
        (replace(ALL, severity_from=None), r"severity_from: it goes together with 'severity'"),
        (Randomisation(4, severity_from=30.0), r"severity_from: it goes together with 'severity'"),
        (replace(ALL, severity_from=28.0), r"severity_from: given 28; one stratum has no members, .* from 28 to 60"),
    ],
)
def test_faults_are_told(trial: Trial, rules: Randomisation, words: str):
    with pytest.raises(TrialFileError, match=words):
        check(replace(trial, randomisation=rules))


def test_strata_of_one_or_of_too_many_are_refused(trial: Trial):
    with pytest.raises(TrialFileError, match=r"strata: given 'site'; there is 1 \(sites\)"):
        check(replace(trial, sites=1, regions=1))
    with pytest.raises(TrialFileError, match=r"strata: given 400 strata for 120 people; allowed: no more"):
        check(replace(trial, sites=200))


def test_arms_that_differ_at_baseline_cannot_be_allotted(trial: Trial):
    first, second = trial.phases[0].arms
    arms = (replace(first, baseline=Baseline(35.0, 5.5)), second)
    with pytest.raises(TrialFileError, match=r"randomisation: given; .* all arms need the same baseline"):
        check(replace(trial, phases=(replace(trial.phases[0], arms=arms),)))


def test_randomisation_is_read_and_written(trial: Trial):
    asked = replace(trial, randomisation=replace(ALL, ratio=(1, 1)))
    assert parse_trial(to_toml(asked)) == asked
    written = to_toml(asked)
    with pytest.raises(TrialFileError, match="strata: no stratum 'sight'; did you mean 'site'"):
        parse_trial(written.replace('"site"', '"sight"'))
    with pytest.raises(TrialFileError, match=r"ratio: given 1\.5, 1; whole numbers"):
        parse_trial(written.replace("ratio = [1, 1]", "ratio = [1.5, 1]"))
