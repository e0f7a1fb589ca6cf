"""Looks at a trial before its end: who is there, what is seen of them, and designs that cannot be looked at."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from power_samples import small

from euthymia.errors import TrialFileError
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct
from euthymia.trials.data import TrialData
from euthymia.trials.design import Analysis, Trial
from euthymia.trials.estimates import VALUE
from euthymia.trials.interim import (
    Futility,
    FutilityRule,
    Interim,
    Reestimation,
    ResizeRule,
    SpendingRule,
    largest_of,
    spending_of,
)
from euthymia.trials.looks import Coming, Look, look_at, seen_at
from euthymia.trials.looks_analysed import FACTOR, PEOPLE, SHARE, TIME, look_rows
from euthymia.trials.power_analysis import primary_analysis
from euthymia.trials.power_looks import looks_job
from euthymia.trials.power_plan import Job, Part, rows_of, whole, with_sizes
from euthymia.trials.protocol import parse_trial
from euthymia.trials.running import Enrolment
from euthymia.trials.stacking import picked
from euthymia.trials.writing import to_toml

FILE = Path(__file__).parents[3] / "examples" / "trials" / "sequential_trial.toml"
YEAR = 8760.0  # h
LOOKS = Interim(looks=(0.5, 0.75, 1.0), arm="84 mg + AD")
GROWING = replace(LOOKS, reestimation=Reestimation(1, ResizeRule.PROMISING_ZONE, 1.5, 0.9, low=0.1))


def sequential(interim: Interim = LOOKS, *, mixed: bool = False, enrolment: Enrolment | None = None) -> Trial:
    trial = replace(small((8, 10, 9)), interim=interim, enrolment=enrolment)
    return replace(trial, primary=replace(trial.primary, analysis=Analysis.MMRM)) if mixed else trial


@pytest.fixture(scope="module")
def spread() -> TrialData:
    return conduct(sequential(enrolment=Enrolment(YEAR)), seed=2, replicates=6)


def held(data: TrialData, share: float, trial: Trial | None = None) -> tuple[Coming, Look]:
    coming = Coming.of(data, (8, 10, 9))
    return coming, look_at(coming, trial or data.trial, share, np.ones(6), np.zeros(6))


def rows(trial: Trial, numbers: range, alpha: float = 0.05) -> np.ndarray:
    return rows_of(looks_job(Job(trial, 5, (whole(trial),)), alpha), numbers)


def test_a_look_is_held_when_its_share_has_the_primary_visit_behind_it(spread: TrialData):
    for share in (0.3, 0.5, 1.0):
        coming, look = held(spread, share)
        assert spread.enrolled is not None
        behind = spread.enrolled + coming.until_primary <= look.t[:, None]
        assert np.array_equal(behind.sum(1), np.full(6, np.ceil(27 * share)))
        assert np.array_equal(look.done, behind)
        assert np.array_equal(look.people, (spread.enrolled <= look.t[:, None]).sum(1))
        assert look.share == pytest.approx(np.ceil(27 * share) / 27)


def test_a_mixed_model_takes_ratings_made_so_far_and_an_ancova_those_who_are_done(spread: TrialData):
    _, ancova = held(spread, 0.5)
    mixed = replace(spread, trial=sequential(mixed=True, enrolment=Enrolment(YEAR)))
    _, all_ratings = held(mixed, 0.5)
    assert np.array_equal(ancova.inside, ancova.done)
    assert all_ratings.inside.sum() > all_ratings.done.sum()
    everywhere = np.ones(6, dtype=bool)
    phase = seen_at(mixed, all_ratings, everywhere, last=False).phases[0]
    assert spread.enrolled is not None
    for place, visit in enumerate(phase.visits):
        made = spread.enrolled + visit.t <= all_ratings.t[:, None]
        assert np.array_equal(phase.observed[..., place], spread.phases[0].observed[..., place] & made)
    assert np.array_equal(phase.arm >= 0, all_ratings.inside)


def test_people_who_come_at_their_own_times_are_seen_when_they_came(spread: TrialData):
    phase = spread.phases[0]
    late = np.array([visit.t for visit in phase.visits]) + np.where(np.arange(27) % 2, 100.0, 0.0)[:, None]
    data = replace(spread, phases=(replace(phase, times=np.broadcast_to(late, phase.MADRS.shape)),))
    coming, look = held(data, 0.5)
    assert spread.enrolled is not None
    assert np.array_equal(look.done, spread.enrolled + late[:, -1] <= look.t[:, None])
    assert coming.until_primary.shape == spread.left.shape
    seen = seen_at(data, look, np.ones(6, dtype=bool), last=False).phases[0]
    made = spread.enrolled[..., None] + late <= look.t[:, None, None]
    assert np.array_equal(seen.observed, phase.observed & made & look.inside[..., None])


def test_nobody_sees_what_comes_after_a_look(spread: TrialData):
    """Whatever happens to people later, the analysis at a look says the same."""
    mixed = replace(spread, trial=sequential(mixed=True, enrolment=Enrolment(YEAR)))
    _, look = held(mixed, 0.6)
    phase = mixed.phases[0]
    t = np.array([visit.t for visit in phase.visits])
    assert mixed.enrolled is not None
    later = mixed.enrolled[..., None] + t > look.t[:, None, None]
    changed = replace(phase, MADRS=np.where(later, 60.0, phase.MADRS))
    everywhere = np.ones(6, dtype=bool)
    one = primary_analysis(seen_at(mixed, look, everywhere, last=False))
    other = primary_analysis(seen_at(replace(mixed, phases=(changed,)), look, everywhere, last=False))
    assert one.value.tobytes() == other.value.tobytes()
    assert np.isfinite(one.value).all()


def test_people_come_by_their_numbers_where_nobody_knows_when():
    data = conduct(sequential(), seed=2, replicates=2)
    coming = Coming.of(data, (8, 10, 9))
    look = look_at(coming, data.trial, 0.5, np.ones(2), np.zeros(2))
    assert coming.enrolled is None
    assert look.done[0].nonzero()[0].tolist() == [*range(4), *range(8, 13), *range(18, 23)]
    assert np.isnan(look.t).all()


def test_people_beyond_the_plan_come_after_it_at_its_mean_rate():
    larger = with_sizes(sequential(enrolment=Enrolment(YEAR)), (16, 20, 18))
    coming = Coming.of(conduct(larger, seed=2, replicates=2), (8, 10, 9))
    times = coming.times(np.array([2.0, 1.5]), np.array([100.0, YEAR + 50.0]))
    assert times is not None
    beyond = coming.number >= coming.planned
    assert times[:, ~beyond].max() <= YEAR
    assert (times[0, beyond] >= YEAR).all()
    assert times[0, beyond].max() <= 2.0 * YEAR
    assert (times[1, beyond] >= YEAR + 50.0).all()
    assert times[1, beyond].max() <= YEAR + 50.0 + 0.5 * YEAR
    belong = coming.belonging(np.array([1.0, 1.5]))
    assert belong.sum(1).tolist() == [27, 12 + 15 + 14]


def test_the_end_is_the_trial_without_looks_and_looks_are_the_same_whichever_replicates_are_conducted():
    trial = sequential(mixed=True, enrolment=Enrolment(YEAR))
    found = rows(trial, range(4))
    plain = rows_of(Job(replace(trial, interim=None), 5, (whole(trial),)), range(4))
    assert found[:, 0, :, : plain.shape[-1]].tobytes() == plain[:, 0].tobytes()
    assert found[:, -1, :, VALUE].tobytes() == plain[:, 0, :, VALUE].tobytes()
    assert rows(trial, range(2, 4)).tobytes() == found[2:].tobytes()
    assert (np.diff(found[:, 1:, 0, TIME], axis=1) > 0.0).all()
    assert (found[:, 1:, 0, SHARE] >= np.array([0.5, 0.75, 1.0])).all()
    assert np.array_equal(found[:, -1, 0, PEOPLE], np.full(4, 27))


def test_a_trial_that_grows_is_the_larger_trial_and_the_others_are_as_planned():
    trial = sequential(GROWING)
    found = rows(trial, range(12))
    factor = found[:, -1, 0, FACTOR]
    assert (factor > 1.0).any()
    assert (factor == 1.0).any()
    assert factor.max() <= 1.5
    plain = rows_of(Job(replace(trial, interim=None), 5, (whole(trial),)), range(12))
    same = factor == 1.0
    assert found[same, -1, :, VALUE].tobytes() == plain[same, 0, :, VALUE].tobytes()
    largest = np.flatnonzero(factor == 1.5)
    assert largest.size
    top, part = with_sizes(trial, (16, 20, 18)), Part((0, 0, 0), (12, 15, 14))
    larger = rows_of(Job(replace(top, interim=None), 5, (part,)), range(12))
    assert found[largest, -1, :, VALUE] == pytest.approx(larger[largest, 0, :, VALUE], rel=1e-12)


def test_a_blinded_size_follows_the_spread_and_never_the_difference():
    blinded = Reestimation(1, ResizeRule.BLINDED, 3.0, 0.8, effect=9.0)
    trial = sequential(replace(LOOKS, reestimation=blinded))
    data = conduct(with_sizes(trial, (24, 30, 27)), seed=5, replicates=8)
    factor = look_rows(data, (8, 10, 9), 0.05)[:, -1, 0, FACTOR]
    assert (factor >= 1.0).all()
    assert len(np.unique(factor)) > 2
    phase = data.phases[0]
    # Ratings of everybody moved alike say nothing new; spread twice as wide asks for more.
    moved = replace(data, phases=(replace(phase, MADRS=phase.MADRS - 7.0),))
    assert look_rows(moved, (8, 10, 9), 0.05)[:, -1, 0, FACTOR] == pytest.approx(factor)
    middle = phase.baseline[..., None]
    wide = replace(data, phases=(replace(phase, MADRS=middle + 2.0 * (phase.MADRS - middle)),))
    assert (look_rows(wide, (8, 10, 9), 0.05)[:, -1, 0, FACTOR] >= factor).all()


def test_picked_replicates_are_those_conducted(spread: TrialData):
    which = np.array([False, True, False, True, True, False])
    part = picked(spread, which)
    assert part.replicates == 3
    for field in fields(spread):
        value = getattr(spread, field.name)
        if isinstance(value, np.ndarray) and field.name not in ("days", "severity"):
            assert np.array_equal(getattr(part, field.name), value[which], equal_nan=True)
    assert np.array_equal(part.severity, spread.severity[:, which])
    assert np.array_equal(part.phases[0].MADRS, spread.phases[0].MADRS[which])
    assert picked(spread, np.ones(6, dtype=bool)) is spread


def test_the_example_is_read_and_written():
    trial = load_trial(FILE)
    assert trial.interim == Interim(
        (0.5, 0.75, 1.0),
        SpendingRule.GAMMA,
        -4.0,
        1,
        "ketamine",
        None,
        Futility(FutilityRule.CONDITIONAL_POWER, below=0.1),
        Reestimation(1, ResizeRule.PROMISING_ZONE, 1.5, 0.9, 0.4),
    )
    assert parse_trial(to_toml(trial)) == trial
    assert largest_of(trial.interim) == 1.5
    assert largest_of(LOOKS) == 1.0


@pytest.mark.parametrize("rule", list(SpendingRule))
def test_every_rule_of_spending_spends_nothing_at_first_and_all_at_the_end(rule: SpendingRule):
    spent = spending_of(rule, None).spent(0.025, np.array([1e-6, 0.5, 1.0]))
    assert spent[0] < 1e-6
    assert spent[2] == pytest.approx(0.025)
    assert (spent[1] == 0.0) == (rule is SpendingRule.AT_THE_END)


@pytest.mark.parametrize(
    ("old", "new", "path", "said"),
    [
        ("looks = [0.5, 0.75, 1]", "looks = [0.5, 0.4, 1]", "interim.looks", "shares rise"),
        ("looks = [0.5, 0.75, 1]", "looks = [0.5, 0.75]", "interim.looks", "the last is 1"),
        ("looks = [0.5, 0.75, 1]", "looks = [1]", "interim.looks", "from 2 to 20"),
        ("looks = [0.5, 0.75, 1]", "looks = [0.015, 1]", "interim.looks", "1.5 people by then, 2 are needed"),
        ("looks = [0.5, 0.75, 1]", "", "interim.looks: missing", "a list of numbers"),
        ('spending = "gamma"', 'spending = "Pockock"', "interim.spending", "did you mean 'Pocock'"),
        ('spending = "gamma"', 'spending = "Pocock"', "interim.shape", "only gamma and power have one"),
        ('spending = "gamma"', 'spending = "power"', "interim.shape: given -4", "must be above 0"),
        ("sided = 1", "sided = 3", "interim.sided", "from 1 to 2"),
        ("sided = 1", "sided = 2", "interim.futility: given with sided = 2", "one side"),
        ('arm = "ketamine"', 'arm = "ketamin"', "interim.arm", "did you mean 'ketamine'"),
        ("below = 0.1", "below = 0.0", "interim.futility.below", "between 0 and 1"),
        ("below = 0.1, ", "", "interim.futility.below: missing", "needs it"),
        ("below = 0.1", "below = 0.1, power = 0.9", "interim.futility.power: given", "has none"),
        (
            'by = "conditional power", below = 0.1',
            'by = "beta spending", power = 0.3',
            "power: given 0.3",
            "missed more",
        ),
        ("at = 1", "at = 3", "interim.reestimation.at", "1 to 2 come before the end"),
        ("largest = 1.5", "largest = 1", "interim.reestimation.largest", "more than 1"),
        ("low = 0.4", "low = 0.95", "interim.reestimation.low", "from low to target"),
        ("low = 0.4", "effect = 3", "interim.reestimation.effect", "takes the trend"),
        ('rule = "promising zone"', 'rule = "blinded"', "interim.reestimation.effect", "the difference that is to be"),
        ("[enrolment]", "[randomisation]\nblock = 4\n[enrolment]", "interim.reestimation: given with", "leave out one"),
        ("target = 0.9\n", "target = 1\n", "interim.reestimation.target", "between 0 and 1"),
        ("largest = 1.5", "larger = 1.5", "interim.reestimation.larger", "did you mean 'largest'"),
    ],
)
def test_looks_that_cannot_be_held_are_refused_by_their_key(old: str, new: str, path: str, said: str):
    content = FILE.read_text(encoding="utf-8")
    assert old in content
    with pytest.raises(TrialFileError, match=r".") as refused:
        parse_trial(content.replace(old, new), "file.toml")
    assert path in str(refused.value)
    assert said in str(refused.value)


def test_the_document_knows_every_key():
    document = (FILE.parents[2] / "docs" / "trial-format.md").read_text(encoding="utf-8")
    table = document.split("### `[interim]`")[1].split("\n### ")[0]
    for name in (field.name for kind in (Interim, Futility, Reestimation) for field in fields(kind)):
        assert f"`{name}`" in table


def test_an_arm_must_be_named_where_several_are_compared():
    with pytest.raises(TrialFileError, match=r"interim\.arm: missing; .* 56 mg \+ AD, 84 mg \+ AD"):
        parse_trial(to_toml(sequential(replace(LOOKS, arm=None))))
