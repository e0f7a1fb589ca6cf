"""Relapse in a phase: when the rule is first met, how long people are followed, and what arms have in common."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from euthymia.evidence.published import Measure
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.design import Phase, Recall, RelapseRule, Trial, Visit
from euthymia.trials.predict import Nothing, predict
from euthymia.trials.relapse import Relapses, hazard_ratio, median_days, relapses

WEEK = 168.0
TWICE, ONCE = RelapseRule(22.0, 2), RelapseRule(22.0, 1)
EVERYBODY = np.ones((1, 4), dtype=bool)


def phase_of(*people: tuple[float, ...], seen: tuple[int, ...] = ()) -> PhaseData:
    """Return a phase of weekly ratings from 1000 h on; ``seen`` says how many of each person's were made."""
    count = len(people[0])
    visits = tuple(Visit(f"week {week}", 1000.0 + WEEK * week, Recall.WEEK) for week in range(1, count + 1))
    made = np.array(seen or [count] * len(people))
    return PhaseData(
        phase=Phase("withdrawal", 1000.0, 1000.0 + WEEK * count, ()),
        visits=visits,
        arm=np.zeros((1, len(people)), dtype=int),
        baseline=np.zeros((1, len(people))),
        MADRS=np.array([people], dtype=float),
        observed=(np.arange(count) < made[:, None])[None],
    )


def test_a_relapse_is_the_rating_that_completes_the_rule():
    phase = phase_of((5, 25, 25, 5), (25, 5, 25, 25))
    assert relapses(phase, TWICE).time.tolist() == [[3 * WEEK, 4 * WEEK]]
    assert relapses(phase, ONCE).time.tolist() == [[2 * WEEK, WEEK]]


def test_two_high_ratings_with_a_low_one_between_are_no_relapse():
    found = relapses(phase_of((25, 5, 25, 5)), TWICE)
    assert not found.event.any()
    assert found.time.tolist() == [[4 * WEEK]]


def test_ratings_after_leaving_count_for_nothing():
    found = relapses(phase_of((5, 5, 25, 25), (5, 25, 25, 25), (30, 30, 30, 30), seen=(3, 2, 0)), TWICE)
    assert found.event.tolist() == [[False, False, False]]
    assert found.time.tolist() == [[3 * WEEK, 2 * WEEK, 0.0]]


def test_a_rule_longer_than_the_phase_is_never_met():
    assert not relapses(phase_of((30, 30)), RelapseRule(22.0, 3)).event.any()


def test_a_stricter_rule_is_never_met_earlier():
    scores = np.random.default_rng(4).uniform(0.0, 60.0, (50, 8))
    found = [relapses(phase_of(*map(tuple, scores)), RelapseRule(22.0, count)) for count in (1, 2, 3)]
    for looser, stricter in pairwise(found):
        assert np.all(looser.event | ~stricter.event)
        assert np.all(looser.time <= stricter.time)


def test_half_of_the_people_without_a_relapse_is_the_median():
    found = Relapses(np.array([[24.0, 48.0, 72.0, 96.0]]), np.array([[True, True, False, False]]))
    assert median_days(found, EVERYBODY).tolist() == [2.0]
    assert median_days(found, EVERYBODY & (found.time > 24.0)).tolist() == [np.inf]
    assert np.isnan(median_days(found, ~EVERYBODY)).all()


def test_a_hazard_half_as_large_has_a_ratio_of_a_half():
    rng = np.random.default_rng(7)
    time = np.concatenate([rng.exponential(2.0, 4000), rng.exponential(1.0, 4000)])
    arm = np.arange(8000) < 4000
    found = Relapses(np.minimum(time, 3.0)[None], (time < 3.0)[None])
    ratio = hazard_ratio(found, arm[None], ~arm[None])
    assert np.log(ratio) == pytest.approx(np.log(0.5), abs=3.0 * np.sqrt(2.0 / 3000.0))


def test_without_a_relapse_there_is_no_ratio():
    found = Relapses(np.ones((1, 4)), np.zeros((1, 4), dtype=bool))
    half = np.array([[True, True, False, False]])
    assert np.isnan(hazard_ratio(found, half, ~half)).all()


@pytest.fixture(scope="module")
def withdrawal() -> TrialData:
    """Return SUSTAIN-1 with a tenth of its people."""
    return conduct(smaller(load_trial("sustain-1"), 70), replicates=2)


def smaller(trial: Trial, n: int) -> Trial:
    first, *rest = trial.phases
    return replace(trial, phases=(replace(first, arms=(replace(first.arms[0], n=n),)), *rest))


def test_only_stable_remitters_are_randomised(withdrawal: TrialData):
    _, before, last = withdrawal.phases
    held = (before.MADRS[..., -4:] <= 12.0).sum(-1)
    in_it = last.arm >= 0
    assert in_it.any()
    assert np.all(held[in_it] >= 3)
    assert np.all((held < 3)[(before.arm >= 0) & ~in_it])


def test_only_responders_enter_the_optimisation(withdrawal: TrialData):
    first, second, _ = withdrawal.phases
    fell = first.MADRS[..., -1] <= 0.5 * first.baseline
    assert np.array_equal(second.arm >= 0, fell)


def test_the_dose_reached_is_kept_afterwards(withdrawal: TrialData):
    t, dose = withdrawal.safety.t, withdrawal.dose
    _, second, third = withdrawal.phases
    reached = dose[..., np.flatnonzero(t < 672.0)[-1]]
    later = dose[..., (t >= 672.0) & (t < 2688.0)]
    who = second.arm >= 0
    assert np.all(later[who] == reached[who][:, None])
    assert set(np.unique(reached[who])) == {56.0, 84.0}
    on_drug = third.members(("esketamine + AD",))
    assert np.all(dose[on_drug][:, t >= 2688.0] == reached[on_drug][:, None])
    assert np.all(dose[third.members(("placebo + AD",))][:, t >= 2688.0] == 0.0)


def test_every_relapse_in_print_has_ours_beside_it(withdrawal: TrialData):
    rows = [row for row in withdrawal.trial.published if "relapse" in row.measure]
    found = {(row.arm, row.measure): predict(withdrawal, row) for row in rows}
    assert len(found) == 4
    assert not any(isinstance(value, Nothing) for value in found.values())
    median = found["placebo + AD", Measure.MEDIAN_TIME_TO_RELAPSE]
    assert np.all(np.asarray(median) <= 280.0)


def test_a_baseline_without_a_time_is_that_of_randomisation(withdrawal: TrialData):
    row = next(row for row in withdrawal.trial.published if row.measure is Measure.MADRS_BASELINE)
    found = predict(withdrawal, row)
    assert np.all(np.asarray(found) > 28.0)


def test_without_a_rule_no_relapse_is_predicted(withdrawal: TrialData):
    row = next(row for row in withdrawal.trial.published if row.measure is Measure.RELAPSE)
    bare = replace(withdrawal, trial=replace(withdrawal.trial, relapse=None))
    assert predict(bare, row) == Nothing("no rule says what a relapse is")
