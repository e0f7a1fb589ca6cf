"""Relapse along a batch's course: who can fall, means over recall windows, and the option in trial files."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from euthymia.engine.stream import Stream
from euthymia.evidence import load_record
from euthymia.symptoms.background import Background, Person
from euthymia.symptoms.jumps import Jumps
from euthymia.treatment.sentence import regimen
from euthymia.trials.catalogue import load_trial, trial_names
from euthymia.trials.conduct import conduct
from euthymia.trials.design import Comedication, ComedicationKind, Endpoint, Trial
from euthymia.trials.draws import Draws
from euthymia.trials.jumping import Jumping
from euthymia.trials.remembered import Remembered

DAY, DAYS, PEOPLE = 24.0, 200, 3000
JUMPS = Jumps.from_record(load_record("relapse"))
BACKGROUND = Background.from_record(load_record("amplitudes"))


def jumping(*, care: float = 30.0, drug: float = 0.0, jumps: Jumps = JUMPS) -> Jumping:
    """Return people of one kind, whom a drug moves by ``drug`` points from the first day on."""
    one = np.ones(PEOPLE)
    person = Person(37.0 * one, care * one, BACKGROUND.tau_care * one, 0.0 * one)
    values = {"sev": {day * DAY: drug * one for day in range(1, DAYS + 1)}}
    draws = Draws(Stream(1).fold("trial"), range(1), (("arm", PEOPLE),))
    return Jumping(jumps, BACKGROUND, person, Remembered(PEOPLE, values), draws)


def test_nobody_relapses_who_never_got_better():
    assert not jumping(care=-5.0).loss(DAYS * DAY, 168.0).any()


def test_people_without_a_hazard_lose_nothing():
    safe = jumping()
    safe.frail = 0.0 * safe.frail
    assert not safe.loss(DAYS * DAY, 168.0).any()


@pytest.mark.parametrize(("t", "window"), [(1680.0, 168.0), (1693.5, 24.0), (1690.0, 336.0), (100.0, 168.0)])
def test_a_window_looks_back_over_the_moments_in_it(t: float, window: float):
    found = jumping()
    moments = np.maximum(t - window, 0.0) + min(t, window) * (np.arange(600) + 0.5) / 600
    mean = sum(found.loss(float(at), 0.0) for at in moments) / 600 * min(t, window) / window
    assert found.loss(t, window) == pytest.approx(mean, abs=2e-3)


def test_what_happened_stays_whatever_is_asked_next():
    found, other = jumping(), jumping()
    early = found.loss(900.0, 168.0)
    late = found.loss(DAYS * DAY, 168.0)
    assert np.array_equal(other.loss(DAYS * DAY, 168.0), late)
    assert np.array_equal(other.loss(900.0, 168.0), early)


def test_a_drug_that_works_better_leaves_fewer_fallen_among_people_who_are_better():
    shares = [np.mean(_reached(jumping(drug=-size)).fallen[-1]) for size in (0.0, 2.0, 5.0)]
    assert shares[0] > shares[1] > shares[2]


def test_nobody_loses_more_than_care_and_natural_recovery_gave():
    found = jumping()
    assert found.loss(DAYS * DAY, 0.0).max() <= found._held(DAYS * DAY).max()


def _reached(found: Jumping) -> Jumping:
    found.loss(DAYS * DAY, 0.0)
    return found


def test_only_trials_of_relapse_let_people_jump():
    for trial in map(load_trial, trial_names()):
        assert trial.relapse_jumps == (trial.primary.endpoint is Endpoint.TIME_TO_RELAPSE)


@pytest.fixture(scope="module")
def small() -> Trial:
    """Return the induction of SUSTAIN-1 drawn out to 16 weeks, with few people and placebo alone."""
    trial = load_trial("sustain-1")
    first, second, _ = trial.phases
    (arm,) = first.arms
    placebo = regimen("placebo nasal weekly for 4 weeks", first_day=1)
    arm = replace(arm, n=100, regimen=placebo, comedication=Comedication(ComedicationKind.NONE), titration=None)
    visits = tuple(visit for visit in trial.visits if visit.t <= second.end)
    return replace(trial, phases=(replace(first, end=second.end, arms=(arm,)),), visits=visits, published=())


def test_jumps_are_the_same_whatever_the_threads_and_chunks(small: Trial):
    one = conduct(small, seed=2, replicates=2, threads=1)
    two = conduct(small, seed=2, replicates=2, threads=2, chunk=7)
    for a, b in zip(one.phases, two.phases, strict=True):
        assert np.array_equal(a.MADRS, b.MADRS)
    assert np.array_equal(one.severity, two.severity)


def test_those_who_fall_are_rated_higher_and_nobody_else_differently(small: Trial):
    jumping, smooth = (conduct(replace(small, relapse_jumps=on), seed=2) for on in (True, False))
    higher = jumping.phases[0].MADRS - smooth.phases[0].MADRS
    assert np.all(higher >= 0.0)
    assert 0.5 < np.mean(np.all(higher == 0.0, axis=-1)) < 1.0
    assert not higher[..., 0].any()  # in the first week nobody is better for long enough
