"""Power of trials that are looked at before their end: errors that hold, ends as computed, stores and comparisons."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from power_samples import small
from scipy import stats

from euthymia.errors import EuthymiaError, OutputError
from euthymia.evidence import load_record
from euthymia.report.files import write_atomic
from euthymia.statistics.group_sequential import stopping
from euthymia.statistics.promising_zone import least_promising
from euthymia.statistics.sequential_ends import Ending
from euthymia.statistics.sequential_monitoring import planned_bounds
from euthymia.trials import power_run
from euthymia.trials.catalogue import load_trial
from euthymia.trials.design import Trial
from euthymia.trials.estimates import DF, SE, VALUE
from euthymia.trials.interim import (
    Futility,
    FutilityRule,
    Interim,
    Reestimation,
    ResizeRule,
    SpendingRule,
    monitoring_of,
)
from euthymia.trials.looks_analysed import FACTOR, LOOK_FIELDS, PEOPLE, SHARE
from euthymia.trials.looks_resized import zone, zone_factor
from euthymia.trials.power import Asked, power
from euthymia.trials.power_compare import compared
from euthymia.trials.power_looks import followed, looking, looks_job
from euthymia.trials.power_plan import BLOCK, Job, sizes_of, whole
from euthymia.trials.power_run import ALONE, Work, run
from euthymia.trials.power_store import Folder

FILE = Path(__file__).parents[3] / "examples" / "trials" / "sequential_trial.toml"
ARM = "84 mg + AD"
GAMMA = Interim(
    (1 / 3, 2 / 3, 1.0),
    SpendingRule.GAMMA,
    arm=ARM,
    futility=Futility(FutilityRule.BETA_SPENDING, power=0.9, spending=SpendingRule.GAMMA, shape=-2.0),
)
ZONE = Reestimation(1, ResizeRule.PROMISING_ZONE, 2.0, 0.9)


def looked_at(interim: Interim, sizes: tuple[int, int, int] = (100, 100, 100)) -> Trial:
    return replace(small(sizes), interim=interim)


def normal_rows(trial: Trial, drift: float, trials: int, seed: int) -> np.ndarray:
    """Rows of looks at normal ratings of known spread: people an arm say how much is known, and sizes may grow."""
    interim, rng = trial.interim, np.random.default_rng(seed)
    assert interim is not None
    n, looks = sizes_of(trial)[0], np.array(interim.looks)
    rows = np.full((trials, 1 + len(looks), 2, len(LOOK_FIELDS)), np.nan)
    factor, score, before = np.ones(trials), np.zeros(trials), np.zeros(trials)
    for number, share in enumerate(looks, start=1):
        seen = share * factor  # of the information planned, which is 1
        more = seen - before
        score += rng.normal(size=trials) * np.sqrt(more) + drift * more
        before = seen
        rows[:, number, :, VALUE], rows[:, number, :, SE] = -(score / seen)[:, None], (seen**-0.5)[:, None]
        if interim.reestimation is not None and interim.reestimation.at == number:
            factor = zone_factor(interim, score / np.sqrt(seen), 0.05)
        rows[:, number, :, SHARE], rows[:, number, :, PEOPLE] = share, (3 * n * share * factor)[:, None]
        rows[:, number, :, FACTOR] = factor[:, None]
    rows[..., DF] = np.inf
    rows[:, 0] = rows[:, -1]
    rows[:, 0, :, 3] = -drift
    return rows


def test_normal_trials_end_as_often_and_as_soon_as_computed():
    trial = looked_at(GAMMA)
    bounds = planned_bounds(monitoring_of(GAMMA, 0.05))
    assert bounds.upper == pytest.approx([3.0107, 2.5465, 1.9992], abs=1e-4)  # gsDesign() with its defaults
    for drift in (0.0, 3.35):
        exact = stopping(bounds, drift)
        said = looking(trial, normal_rows(trial, drift, 1000, 5), 0.05)
        for place, look in enumerate(said.looks):
            assert abs(look.shown.value - exact.upper[place]) < 3.5 * look.shown.se
            assert abs(look.stopped.value - exact.lower[place]) < 3.5 * look.stopped.se
            assert look.upper.value == pytest.approx(bounds.upper[place])
        assert abs(said.power.value - exact.rejected) < 3.0 * said.power.se
        assert abs(said.people.value - 300.0 * exact.expected_fraction) < 3.0 * said.people.se
        assert said.looks[-1].shown_so_far == said.power
        assert abs(said.adjusted_beyond.value - 0.5) < 3.0 * said.adjusted_beyond.se
        assert abs(said.coverage.value - 0.95) < 3.0 * said.coverage.se
        assert said.people_planned == said.people_largest == 300
    assert said.bias.value < -2.0 * said.bias.se  # trials that stop early have been lucky
    assert abs(said.adjusted_bias.value) < abs(said.bias.value)


@pytest.mark.parametrize(
    "interim",
    [
        GAMMA,
        replace(GAMMA, futility=replace(GAMMA.futility or Futility(FutilityRule.BETA_SPENDING), binding=True)),
        Interim((0.5, 1.0), arm=ARM, reestimation=ZONE),
        Interim((0.4, 0.7, 1.0), SpendingRule.POCOCK, arm=ARM, reestimation=replace(ZONE, low=0.05, at=2)),
        Interim((0.3, 0.6, 1.0), sided=2, arm=ARM),
    ],
)
def test_the_error_of_normal_trials_is_alpha(interim: Interim):
    trials = 40_000
    found = followed(looked_at(interim), normal_rows(looked_at(interim), 0.0, trials, 11), 0.05, adjust=False)
    error = 3.0 * np.sqrt(0.025 * 0.975 / trials)
    exact = stopping(planned_bounds(monitoring_of(interim, 0.05)), 0.0)
    one = exact.rejected / interim.sided if interim.reestimation is None else 0.025
    assert found.shown.mean() == pytest.approx(one, abs=error)
    assert found.shown.mean() < 0.025 + error
    assert (found.ends.how == Ending.WRONG).mean() == pytest.approx(one if interim.sided == 2 else 0.0, abs=error)


def test_the_promising_zone_buys_power_with_people_as_integration_says():
    """The trial of ``promising.R``: 442 people, looked at after 208, up to 884; see test_promising_zone.py."""
    again = Reestimation(1, ResizeRule.PROMISING_ZONE, 2.0, 0.8)
    interim = Interim((208 / 442, 1.0), SpendingRule.AT_THE_END, arm=ARM, reestimation=again)
    trial, trials = looked_at(interim), 4000
    assert zone(interim, 0.05)[0] == pytest.approx(0.36, abs=0.005)
    t = 208 / 442
    low = least_promising(t, target=0.8, most=(2.0 - t) / (1.0 - t), bound=float(stats.norm.isf(0.025)))
    assert zone(interim, 0.05) == pytest.approx((low, 0.8), abs=1e-9)
    drift = 1.6 * np.sqrt(442) / 15.0
    said = looking(trial, normal_rows(trial, drift, trials, 3), 0.05)
    assert said.resizing is not None
    assert abs(said.power.value - 0.6585) < 3.0 * said.power.se
    assert abs(said.people.value / 300.0 - 496.06 / 442.0) < 3.0 * said.people.se / 300.0
    assert said.people_largest == 600
    assert said.people_most <= 600
    assert said.resizing.shown.value > said.power.value


def test_a_study_of_looks_says_what_the_trial_without_them_says_too():
    trial = looked_at(replace(GAMMA, looks=(0.5, 1.0)), (8, 8, 8))
    study = power(trial, Asked(replicates=24), seed=2)
    plain = power(replace(trial, interim=None), Asked(replicates=24), seed=2)
    assert study.operating == plain.operating
    assert study.looking is not None
    assert study.looking.arm == ARM
    said = json.loads(study.to_json())
    assert [look["look"] for look in said["looking"]["looks"]] == [1, 2]
    assert "looking" not in json.loads(plain.to_json())
    assert said["looking"]["duration"] == {"value": None, "se": None}


def test_the_example_is_conducted():
    study = power(load_trial(FILE), Asked(replicates=3), seed=1)
    assert study.looking is not None
    assert study.looking.people_largest == 300
    assert 100.0 <= study.looking.people.value <= 300.0
    assert 3000.0 < study.looking.duration.value < 3.0 * 8760.0
    assert study.looking.looks[0].people.value > 100.0  # half of 200 are done, and others have come meanwhile


def test_blocks_of_looks_are_kept_for_every_level_unless_the_size_depends_on_it(tmp_path: Path):
    trial = looked_at(replace(GAMMA, looks=(0.5, 1.0)), (6, 6, 6))
    growing = replace(trial, interim=Interim((0.5, 1.0), arm=ARM, reestimation=ZONE))
    for name, each in (("plain", trial), ("growing", growing)):
        work = Work(folder=Folder(tmp_path / name, write_atomic))
        first = power(each, Asked(replicates=BLOCK), seed=3, work=work).to_json()
        assert power(each, Asked(replicates=BLOCK), seed=3, work=work).to_json() == first
        assert power(each, Asked(replicates=BLOCK), seed=3).to_json() == first
    plain = Work(folder=Folder(tmp_path / "plain", write_atomic))
    assert power(trial, Asked(replicates=BLOCK, alpha=0.2), seed=3, work=plain).alpha == 0.2
    with pytest.raises(OutputError, match="sizes found again at level"):
        power(
            growing,
            Asked(replicates=BLOCK, alpha=0.2),
            seed=3,
            work=Work(folder=Folder(tmp_path / "growing", write_atomic)),
        )


def test_looks_that_were_ended_at_any_write_go_on_to_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    trial = looked_at(Interim((0.5, 1.0), arm=ARM, reestimation=ZONE), (6, 6, 6))
    job = looks_job(Job(trial, 4, (whole(trial),)), 0.05)
    known = normal_rows(trial, 1.0, 3 * BLOCK, 1)
    monkeypatch.setattr(power_run, "rows_of", lambda _, numbers, threads: known[numbers.start : numbers.stop])
    undisturbed = run(job, 3 * BLOCK, Work(folder=Folder(tmp_path / "whole", write_atomic)), "looks")
    assert undisturbed.tobytes() == known.tobytes()

    def ending(path: Path, text: str) -> None:
        if path.name.startswith("block") and len(list((tmp_path / "cut").rglob("block*"))) == 2:
            raise KeyboardInterrupt
        write_atomic(path, text)

    with pytest.raises(KeyboardInterrupt):
        run(job, 3 * BLOCK, Work(folder=Folder(tmp_path / "cut", ending)), "looks")
    again = run(job, 3 * BLOCK, Work(folder=Folder(tmp_path / "cut", write_atomic)), "looks")
    assert again.tobytes() == undisturbed.tobytes()
    held = [{path.name: path.read_bytes() for path in (tmp_path / one / "looks").iterdir()} for one in ("whole", "cut")]
    assert held[0] == held[1]


def test_a_fixed_and_a_sequential_design_are_compared_in_the_same_people():
    fixed = small((8, 8, 8))
    never = Interim((0.5, 1.0), SpendingRule.AT_THE_END, sided=2, arm=ARM)
    same = compared(fixed, replace(fixed, id="looked at", interim=never), replicates=20, seed=4)
    assert [one.arms for one in same.differences] == [(ARM, ARM)]
    (one,) = same.differences
    assert (one.power_difference.value, one.estimate_difference.value) == (0.0, 0.0)
    assert one.correlation == pytest.approx(1.0)
    stopping_early = Interim((0.5, 1.0), SpendingRule.POCOCK, sided=2, arm=ARM)
    found = compared(fixed, replace(fixed, id="stopping", interim=stopping_early), replicates=20, seed=4)
    assert found.people is not None
    assert found.people[0].value == 24.0
    assert found.people[1].value < 24.0
    assert "people" not in compared(fixed, replace(fixed, id="twin"), replicates=2, seed=4).to_dict()


def test_precision_is_asked_of_the_trial_with_looks():
    trial = looked_at(replace(GAMMA, looks=(0.5, 1.0)), (4, 4, 4))
    found = power(trial, Asked(replicates=160, precision=0.045), seed=2)
    assert found.stopped_early
    assert found.looking is not None
    assert found.looking.power.se <= 0.045


@pytest.mark.parametrize("asked", [Asked(target=0.8), Asked(assurance=True)])
def test_what_is_not_answered_of_looks_is_refused(asked: Asked):
    with pytest.raises(EuthymiaError, match=r"looked at before its end; .* take out \[interim\]"):
        power(looked_at(GAMMA, (8, 8, 8)), asked)


@pytest.mark.long
@pytest.mark.parametrize("again", [None, replace(ZONE, low=0.1)])
def test_without_effect_trials_with_looks_reject_at_alpha(again: Reestimation | None):
    interim = Interim((0.5, 0.75, 1.0), SpendingRule.POCOCK, arm=ARM, reestimation=again)
    trial = replace(looked_at(interim, (25, 25, 25)), expectation=False)
    nothing = load_record("amplitudes").replace(gain=1e-9, signal=0.0)  # people's factors are of the gain
    job = Job(trial, 11, (whole(trial),), amplitudes=nothing)
    found = followed(trial, run(looks_job(job, 0.05), 2000, ALONE, "looks"), 0.05, adjust=False)
    assert abs(found.shown.mean() - 0.025) < 3.0 * np.sqrt(0.025 * 0.975 / 2000)
