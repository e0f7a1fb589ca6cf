"""Leaving by how people are: the published share is kept, who leaves differs, and without weights nothing moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.evidence import load_record
from euthymia.trials.allocation import leaving
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct
from euthymia.trials.data import TrialData
from euthymia.trials.departures import REASONS, Departures, Tendency, depart, parts, scaled
from euthymia.trials.design import ArmDropout, DropoutSpec, Trial, visits_of
from euthymia.trials.draws import Draws
from euthymia.trials.estimand import Strategy
from euthymia.trials.fates import Fates, nobody_left
from euthymia.trials.rules import Leaving

SEED, REPLICATES = 11, 200
INDIFFERENT = Tendency(slope=0.0, ratio_reported=1.0, share_inefficacy=0.3, share_adverse_event=0.2)
KEEN = Tendency(slope=4.0, ratio_reported=5.0, share_inefficacy=0.4, share_adverse_event=0.4)


def trial_with(dropout: DropoutSpec, n: int = 25) -> Trial:
    trial = load_trial("transform-2")
    arms = tuple(replace(arm, n=n, titration=None) for arm in trial.phases[0].arms)
    first = replace(trial.phases[0], arms=arms)
    return replace(trial, phases=(first,), dropout=dropout, published=(), groups=())


def gone(trial: Trial, tendency: Tendency, *, spread: float = 0.3) -> tuple[Fates, Draws, np.ndarray, np.ndarray]:
    """Take people through the visits of a phase, with falls and reports that are their own and stay."""
    phase, draw = trial.phases[0], Draws.of(trial, SEED, range(REPLICATES))
    people = len(draw.numbers) * draw.subjects
    places = np.tile(np.repeat(np.arange(len(phase.arms)), [arm.n or 0 for arm in phase.arms]), REPLICATES)
    fates, random = nobody_left(people), np.random.default_rng(3)
    fates.enter(phase.name, places)
    fall, reported = random.normal(0.4, spread, people), random.random(people) < 0.3
    departures = Departures(trial, fates, draw, tendency)
    times = [phase.start, *(visit.t for visit in visits_of(trial, phase))]
    for start, end in zip(times, [*times[1:], phase.end], strict=True):
        if start < end:
            departures.between(phase, start, end, fall, reported)
    return fates, draw, fall, reported


# The factor that keeps a share ---------------------------------------------------------------------------------------


@given(seed=st.integers(0, 1000), people=st.integers(1, 30), share=st.floats(0.001, 0.95), spread=st.floats(0.0, 3.0))
def test_the_expected_share_is_kept_whatever_the_hazards(seed: int, people: int, share: float, spread: float):
    random = np.random.default_rng(seed)
    hazard = np.exp(spread * random.normal(size=(3, people)))
    hazard *= -np.log1p(-share) / hazard.mean(1, keepdims=True)
    who = random.random((3, people)) < 0.7
    who[:, 0] = True
    found = scaled(hazard, who, share)
    means = [(-np.expm1(-row[here])).mean() for row, here in zip(found, who, strict=True)]
    np.testing.assert_allclose(means, share, rtol=1e-9)
    assert (found[~who] == 0.0).all()
    ratio = found[who] / hazard[who]
    assert (ratio > 0.0).all()


def test_equal_hazards_need_no_factor():
    hazard = np.full((2, 5), 0.2)
    np.testing.assert_allclose(scaled(hazard, hazard > 0.0, -np.expm1(-0.2)), 0.2, rtol=1e-14)


# Who leaves ----------------------------------------------------------------------------------------------------------


def test_people_whom_nothing_tells_apart_leave_when_they_would_have_anyway():
    trial = trial_with(DropoutSpec(overall=0.3))
    fates, draw, _, _ = gone(trial, INDIFFERENT)
    phase = trial.phases[0]
    plain = leaving(trial, phase, fates.phases[phase.name].arm, draw(f"leaving {phase.name}")[:, 0])
    np.testing.assert_array_equal(np.isfinite(fates.left), np.isfinite(plain))
    np.testing.assert_allclose(fates.left[np.isfinite(plain)], plain[np.isfinite(plain)], rtol=1e-9)


@pytest.mark.parametrize("share", [0.1, 0.4])
def test_an_arm_loses_its_published_share_whoever_it_is(share: float):
    trial = trial_with(DropoutSpec(arms=(ArmDropout("flexible + AD", share),)))
    fates, *_ = gone(trial, KEEN)
    drug = fates.phases["induction"].arm == 0
    error = np.sqrt(share * (1.0 - share) / drug.sum())
    assert np.isfinite(fates.left[drug]).mean() == pytest.approx(share, abs=4.0 * error)
    assert np.isinf(fates.left[~drug]).all()


def test_those_who_improve_least_leave_for_lack_of_efficacy_and_those_with_events_for_these():
    fates, _, fall, reported = gone(trial_with(DropoutSpec(overall=0.4)), KEEN)
    inefficacy, event, other = (fates.reason == reason for reason in REASONS)
    stayed = fates.reason == Leaving.STAYED
    np.testing.assert_array_equal(stayed, np.isinf(fates.left))
    assert fall[inefficacy].mean() < fall[stayed].mean() - 0.2
    assert reported[event].mean() > reported[stayed].mean() + 0.2
    assert fall[other].mean() == pytest.approx(fall.mean(), abs=0.05)
    assert reported[other].mean() == pytest.approx(reported.mean(), abs=0.06)


def test_reasons_have_the_parts_that_they_are_said_to_have():
    fates, *_ = gone(trial_with(DropoutSpec(overall=0.3)), KEEN)
    left = fates.reason[np.isfinite(fates.left)]
    found = np.array([(left == reason).mean() for reason in REASONS])
    np.testing.assert_allclose(found, [0.4, 0.4, 0.2], atol=0.04)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (ArmDropout("placebo + AD", 0.2), [0.3, 0.2, 0.5]),
        (ArmDropout("placebo + AD", 0.2, adverse_event=0.1), [0.5 * 0.3 / 0.8, 0.5, 0.5 * 0.5 / 0.8]),
        (ArmDropout("placebo + AD", 0.2, 0.1, 0.06), [0.3, 0.5, 0.2]),
        (ArmDropout("placebo + AD", 0.2, 0.2), [0.0, 1.0, 0.0]),
    ],
)
def test_what_a_trial_prints_of_reasons_goes_first(printed: ArmDropout, expected: list[float]):
    found = parts(trial_with(DropoutSpec(overall=0.5, arms=(printed,))), "placebo + AD", INDIFFERENT)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert found.sum() == pytest.approx(1.0)


def test_an_arm_that_loses_everybody_loses_everybody():
    fates, *_ = gone(trial_with(DropoutSpec(overall=1.0), n=5), KEEN)
    assert np.isfinite(fates.left).all()


def test_followed_people_stop_and_the_others_leave():
    trial = trial_with(DropoutSpec(overall=0.5, followed=0.4))
    fates, *_ = gone(trial, KEEN)
    here = fates.phases["induction"]
    left, stopped = np.isfinite(fates.left), np.isfinite(here.stopped)
    assert not (left & stopped).any()
    both = left | stopped
    assert both.mean() == pytest.approx(0.5, abs=0.02)
    assert stopped.sum() / both.sum() == pytest.approx(0.4, abs=0.03)
    assert (here.reason[both] != Leaving.STAYED).all()
    assert (fates.reason[stopped] == Leaving.STAYED).all()


def test_who_has_nothing_to_stop_leaves():
    trial = trial_with(DropoutSpec(overall=0.5, followed=1.0), n=3)
    phase, draw = trial.phases[0], Draws.of(trial, SEED, range(1))
    fates = nobody_left(6)
    fates.enter(phase.name, np.array([0, 0, 0, 1, 1, 1]))
    first = np.array([True, False, False, False, False, False])
    fates.stop(phase.name, first, 100.0, Leaving.INEFFICACY)
    t = np.array([200.0, 200.0, np.inf, np.inf, np.inf, np.inf])
    depart(trial, fates, draw, phase, t, np.full(6, Leaving.ADMINISTRATIVE))
    np.testing.assert_array_equal(np.isfinite(fates.left), first)
    assert fates.phases[phase.name].reason[0] == Leaving.INEFFICACY
    assert fates.reason[0] == Leaving.ADMINISTRATIVE


# In a conducted trial ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def informative() -> TrialData:
    return conduct(trial_with(DropoutSpec(overall=0.4, informative=True)), seed=SEED, replicates=24)


def test_a_conducted_trial_knows_why_people_left(informative: TrialData):
    phase = informative.phases[0]
    gone = np.isfinite(informative.left)
    np.testing.assert_array_equal(informative.reason != Leaving.STAYED, gone)
    np.testing.assert_array_equal(phase.reason, informative.reason)
    assert set(np.unique(informative.reason[gone])) == {int(reason) for reason in REASONS}
    fall = 1.0 - phase.MADRS[..., -1] / phase.baseline
    assert fall[informative.reason == Leaving.INEFFICACY].mean() < fall[~gone].mean()


def test_until_the_first_visit_informative_leaving_is_that_of_before_and_no_rating_moves(informative: TrialData):
    plain = conduct(trial_with(DropoutSpec(overall=0.4)), seed=SEED, replicates=24)
    first = plain.phases[0].visits[0].t
    early = plain.left < first
    np.testing.assert_array_equal(informative.left < first, early)
    np.testing.assert_allclose(informative.left[early], plain.left[early])
    assert (plain.reason[np.isfinite(plain.left)] == Leaving.UNSTATED).all()
    # The grid of the course differs, which can move a rating by rounding.
    assert (informative.phases[0].MADRS == plain.phases[0].MADRS).mean() > 0.99


def test_those_who_are_followed_get_nothing_more_and_are_rated_and_nobody_else_moves():
    plain = conduct(trial_with(DropoutSpec(overall=0.6)), seed=SEED, replicates=2)
    found = conduct(trial_with(DropoutSpec(overall=0.6, followed=0.5)), seed=SEED, replicates=2)
    stopped, phase = found.phases[0].stopped, found.phases[0]
    followed = np.isfinite(stopped)
    np.testing.assert_array_equal(np.where(followed, stopped, found.left), plain.left)
    assert followed.any()
    assert phase.observed[followed].all()
    assert (found.dose[followed][(found.safety.t >= stopped[..., None])[followed]] == 0.0).all()
    np.testing.assert_array_equal(found.dose[~followed], plain.dose[~followed])
    np.testing.assert_array_equal(phase.MADRS[~followed], plain.phases[0].MADRS[~followed])
    drug = followed & (phase.arm == 0) & (stopped < 400.0)
    assert phase.MADRS[drug][:, -1].mean() > plain.phases[0].MADRS[drug][:, -1].mean()


def test_under_treatment_policy_those_who_leave_get_nothing_more_either():
    trial = trial_with(DropoutSpec(overall=0.6))
    policy = replace(trial, primary=replace(trial.primary, discontinuation=Strategy.TREATMENT_POLICY))
    plain, found = (conduct(each, seed=SEED, replicates=2) for each in (trial, policy))
    np.testing.assert_array_equal(found.left, plain.left)
    after = found.safety.t >= found.left[..., None]
    assert (found.dose[after] == 0.0).all()
    assert (plain.dose[after & (plain.phases[0].arm == 0)[..., None]] > 0.0).all()
    stays = np.isinf(plain.left)
    np.testing.assert_array_equal(found.phases[0].MADRS[stays], plain.phases[0].MADRS[stays])


def test_the_record_has_a_tendency():
    found = Tendency.from_record(load_record("leaving"))
    assert 0.0 < found.share_inefficacy + found.share_adverse_event < 1.0
    weights = found.weights(np.array([0.0, 0.5, 5.0]), np.array([False, True, False]))
    assert weights[0].tolist() == [1.0, 1.0, 1.0]
    assert weights[1, 0] < 1.0 < weights[1, 1] == found.ratio_reported
    assert weights[2, 0] == pytest.approx(np.exp(-found.slope))
