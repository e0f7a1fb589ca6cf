"""Entry by the HAMD17: its totals are those of the file, and the MADRS follows by the published link."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from euthymia.errors import TrialFileError
from euthymia.symptoms.scale import Scale
from euthymia.symptoms.scales import translate
from euthymia.trials.catalogue import load_trial
from euthymia.trials.checks import check
from euthymia.trials.conduct import conduct
from euthymia.trials.data import TrialData
from euthymia.trials.design import Baseline, DropoutSpec, Trial
from euthymia.trials.protocol import parse_trial
from euthymia.trials.running import Screening
from euthymia.trials.writing import to_toml

MEAN, SD, LIMIT = 25.7, 3.97, 22.0
ON_HAMD17 = Baseline(MEAN, SD, scale=Scale.HAMD17)


@pytest.fixture(scope="module")
def trial() -> Trial:
    found = load_trial("faber-1995")
    arms = tuple(replace(arm, n=200, baseline=ON_HAMD17) for arm in found.phases[0].arms[-2:])
    population = replace(found.population, HAMD17_min=LIMIT)
    return replace(
        found,
        published=(),
        groups=(),
        dropout=DropoutSpec(0.1),
        population=population,
        phases=(replace(found.phases[0], arms=arms),),
    )


@pytest.fixture(scope="module")
def data(trial: Trial) -> TrialData:
    return conduct(trial, seed=2, replicates=5)


def test_totals_at_entry_are_those_of_the_file(data: TrialData):
    total = data.phases[0].on(Scale.HAMD17).baseline
    assert total.mean() == pytest.approx(MEAN, abs=0.25)
    assert total.min() >= LIMIT
    np.testing.assert_array_equal(total, np.round(total))


def test_the_MADRS_follows_by_the_link(data: TrialData):
    linked = float(translate(np.array(MEAN), Scale.HAMD17, Scale.MADRS))
    assert data.phases[0].baseline.mean() == pytest.approx(linked, abs=0.4)
    assert np.corrcoef(data.phases[0].baseline.ravel(), data.phases[0].on(Scale.HAMD17).baseline.ravel())[0, 1] > 0.5


def test_the_items_of_entry_add_up_to_the_MADRS(data: TrialData):
    items = data.phases[0].baseline_items
    assert items is not None
    np.testing.assert_array_equal(items.sum(-1), data.phases[0].baseline)


def test_people_can_be_screened_by_the_HAMD17(trial: Trial):
    arms = tuple(replace(arm, baseline=None, n=40) for arm in trial.phases[0].arms)
    rules = Screening(before=168.0, mean=24.0, sd=5.0, scale=Scale.HAMD17, inflation=2.0)
    asked = replace(trial, phases=(replace(trial.phases[0], arms=arms),), screening=rules)
    assert parse_trial(to_toml(asked)) == asked
    found = conduct(asked, seed=2, replicates=1)
    assert found.phases[0].on(Scale.HAMD17).baseline.min() == LIMIT
    assert found.screened is not None
    assert found.screened.people[0] > 80


def test_a_design_by_the_HAMD17_is_read_and_written(trial: Trial):
    assert parse_trial(to_toml(trial)) == trial


def test_a_limit_of_another_scale_is_refused(trial: Trial):
    with pytest.raises(TrialFileError, match=r"population\.MADRS_min: given; people are let in by the HAMD17"):
        check(replace(trial, population=replace(trial.population, MADRS_min=28.0)))
    first, second = trial.phases[0].arms
    on_MADRS = replace(second, baseline=Baseline(33.0, 5.0))
    with pytest.raises(TrialFileError, match=r"arms\[1\]\.baseline\.scale: given MADRS; the arms before have HAMD17"):
        check(replace(trial, phases=(replace(trial.phases[0], arms=(first, on_MADRS)),)))
    with pytest.raises(TrialFileError, match=r"population\.HAMD17_min: given; people are let in by the MADRS"):
        check(
            replace(
                trial, phases=(replace(trial.phases[0], arms=(on_MADRS, replace(first, baseline=on_MADRS.baseline))),)
            )
        )


def test_people_are_not_let_in_by_a_scale_that_they_fill_in_themselves(trial: Trial):
    written = to_toml(trial).replace('scale = "HAMD17"\n\n[[phases.arms]]', 'scale = "PHQ-9"\n\n[[phases.arms]]')
    with pytest.raises(TrialFileError, match=r"baseline\.scale: given PHQ-9; people are let in by: MADRS, HAMD17"):
        parse_trial(written)


@pytest.mark.parametrize("name", ["dunner-1992", "goldstein-2004"])
def test_trials_that_let_in_by_the_HAMD17_start_with_their_totals(name: str):
    trial = load_trial(name)
    phase = conduct(trial, seed=1, replicates=20).phases[0]
    total = phase.on(Scale.HAMD17).baseline
    for arm in trial.phases[0].arms:
        assert arm.baseline is not None
        who = phase.members((arm.name,))
        assert total[who].mean() == pytest.approx(arm.baseline.mean, abs=0.4)
        assert total[who].std() == pytest.approx(arm.baseline.sd, abs=0.4)


@pytest.mark.parametrize(("name", "limit"), [("dunner-1992", 18.0), ("faber-1995", 22.0)])
def test_nobody_of_a_published_trial_starts_below_its_limit(name: str, limit: float):
    total = conduct(load_trial(name), seed=1, replicates=20).phases[0].on(Scale.HAMD17).baseline
    assert total.min() == limit
