"""Beliefs in trials: they follow what is felt, a sedating control lies between, and no cue makes no difference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from euthymia.engine.ensemble import Settings
from euthymia.evidence import load_record
from euthymia.treatment.sentence import regimen
from euthymia.trials.analyse import summarise
from euthymia.trials.batch import Batch
from euthymia.trials.beliefs import Beliefs, _remains, given_drug
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct
from euthymia.trials.data import TrialData
from euthymia.trials.design import Arm, Masking, Trial
from euthymia.trials.outcomes import ArmBlinding

SEED = 2
KETAMINE = "ketamine 0.5 mg/kg iv over 40 min on days 1 4 8"
MIDAZOLAM = "midazolam 0.045 mg/kg iv over 40 min on days 1 4 8"
SALINE = "placebo iv over 40 min on days 1 4 8"


def with_arms(trial: Trial, arms: dict[str, str], masking: Masking = Masking.BLIND, n: int = 60) -> Trial:
    """Return the trial with arms of equal size and people: names and regimens, the last one the reference."""
    first = replace(trial.phases[0].arms[0], titration=None, n=n)
    last = list(arms)[-1]
    made: list[Arm] = [
        replace(first, name=name, regimen=regimen(words), reference=name == last) for name, words in arms.items()
    ]
    return replace(trial, phases=(replace(trial.phases[0], arms=tuple(made), masking=masking),), published=())


@pytest.fixture(scope="module")
def design() -> Trial:
    return load_trial("transform-1")


@pytest.fixture(scope="module")
def controls(design: Trial) -> Trial:
    return with_arms(design, {"ketamine": KETAMINE, "midazolam": MIDAZOLAM, "saline": SALINE})


@pytest.fixture(scope="module")
def data(controls: Trial) -> TrialData:
    return conduct(controls, seed=SEED, replicates=4)


@pytest.fixture(scope="module")
def blinded(data: TrialData) -> dict[str, ArmBlinding]:
    return {one.arm: one for one in summarise(data).blinding}


def batch_of(trial: Trial, *, expectation: bool | None = None) -> Batch:
    batch = Batch(trial, SEED, range(2), Settings(), expectation=expectation)
    batch.conducted()
    return batch


def gap(trial: Trial, *, expectation: bool) -> np.ndarray:
    """Return what belief adds to every rating, [replicate, subject, visit]."""
    on, off = (conduct(replace(trial, expectation=one), seed=SEED, replicates=2).phases[0] for one in (True, False))
    return on.MADRS - off.MADRS


def test_a_sedating_control_unblinds_less_than_saline(blinded: dict[str, ArmBlinding]):
    assert blinded["ketamine"].on_drug
    assert not blinded["midazolam"].on_drug
    assert blinded["saline"].index.mean > blinded["midazolam"].index.mean + 0.2
    assert blinded["ketamine"].index.mean > 0.2
    beliefs = [blinded[name].belief.mean for name in ("ketamine", "midazolam", "saline")]
    assert beliefs == sorted(beliefs, reverse=True)
    assert blinded["saline"].says_drug.mean == pytest.approx(blinded["saline"].belief.mean, abs=0.08)


def test_saline_is_rated_worse_than_midazolam_the_day_after_only_where_beliefs_count(controls: Trial):
    def apart(expectation: bool) -> float:
        phase = conduct(replace(controls, expectation=expectation), seed=SEED, replicates=6).phases[0]
        midazolam, saline = (phase.MADRS[phase.members((name,))][:, 0].mean() for name in ("midazolam", "saline"))
        return float(saline - midazolam)

    assert 0.3 < apart(True) - apart(False) < 3.0


def test_without_a_cue_beliefs_make_no_difference_between_arms(design: Trial):
    nothing = with_arms(design, {"one": SALINE, "other": SALINE})
    batch = batch_of(nothing, expectation=True)
    assert not any(given_drug(arm) for arm in nothing.phases[0].arms)
    np.testing.assert_array_equal(batch.beliefs.change(200.0, 24.0, 26.0), 0.0)
    assert summarise(conduct(nothing, seed=SEED, replicates=1)).blinding == ()


def test_arms_that_feel_nothing_believe_alike(design: Trial):
    """A dose of next to nothing is a drug that nobody feels."""
    trial = with_arms(
        design, {"next to nothing": "ketamine 0.001 mg/kg iv over 40 min on days 1 4 8", "saline": SALINE}
    )
    batch = batch_of(trial)
    belief, arm = batch.beliefs.belief(2), batch.arm["induction"]
    np.testing.assert_allclose(belief[arm == 0].mean(), belief[arm == 1].mean(), atol=0.05)
    change = batch.beliefs.change(200.0, 0.0, 26.0)
    assert abs(change[arm == 0].mean() - change[arm == 1].mean()) < 0.2


def test_a_trial_can_do_without(controls: Trial):
    on, off = batch_of(controls, expectation=True), batch_of(controls, expectation=False)
    np.testing.assert_array_equal(on.beliefs.belief(0), off.beliefs.belief(0))
    assert (on._true(24.0, 24.0) != off._true(24.0, 24.0)).all()
    np.testing.assert_allclose(
        on._true(24.0, 24.0) - off._true(24.0, 24.0), on.beliefs.change(24.0, 24.0, on.background.tau_session)
    )


def test_people_of_an_open_phase_know_and_are_not_asked(controls: Trial):
    phase = replace(controls.phases[0], masking=Masking.OPEN)
    trial = replace(controls, phases=(phase,))
    batch = batch_of(trial)
    arm = batch.arm[phase.name]
    np.testing.assert_array_equal(batch.beliefs.belief(0), (arm == 0).astype(float))
    record = load_record("expectation")
    worth, usual = record.value("x_exp", "points"), record.value("share_placebo_controlled", "1")
    change = batch.beliefs.change(2.0, 0.0, 1e12)
    np.testing.assert_allclose(change[arm == 0], -worth * (1.0 - usual))
    np.testing.assert_allclose(change[arm != 0], worth * usual)
    guesses = batch.beliefs.guesses(phase, batch.attended(), (2, 180))
    assert not guesses.asked.any()


def test_where_everybody_is_given_the_drug_everybody_knows(design: Trial):
    trial = with_arms(design, {"low": "ketamine 0.2 mg/kg iv over 40 min on day 1", "usual": KETAMINE})
    np.testing.assert_array_equal(batch_of(trial).beliefs.belief(0), 1.0)


def test_the_more_of_a_trial_are_given_the_drug_the_more_believe_it(design: Trial):
    few = with_arms(design, {"ketamine": KETAMINE, "again": SALINE, "saline": SALINE})
    many = with_arms(design, {"ketamine": KETAMINE, "again": KETAMINE, "saline": SALINE})
    one, other = (batch_of(trial) for trial in (few, many))
    saline = one.arm["induction"] == 2
    assert (other.beliefs.belief(0)[saline] > one.beliefs.belief(0)[saline]).all()


def test_nobody_has_a_belief_before_the_end_of_the_first_dosing_visit(controls: Trial):
    batch = batch_of(controls)
    np.testing.assert_array_equal(batch.beliefs.change(1.5, 0.0, 26.0), 0.0)
    assert np.abs(batch.beliefs.change(2.0, 0.0, 26.0)).min() > 0.0


@pytest.mark.parametrize(("t", "window"), [(24.0, 24.0), (200.0, 168.0), (100.0, 60.0), (336.0, 336.0)])
def test_the_mean_over_a_recall_window_is_the_numerical_mean(controls: Trial, t: float, window: float):
    """Between sessions; beliefs count from the start of the visit that they come from, once it is over."""
    batch, tau = batch_of(controls), 26.0
    beliefs: Beliefs = batch.beliefs
    times = np.linspace(t - window, t, 4001)[:-1] + window / 8000.0
    session = batch.schedule.t
    usable = session[session + 2.0 <= t]
    latest = [usable[usable <= s] for s in times]
    at = {float(s): beliefs.change(float(s) + 2.0, 0.0, np.inf) for s in usable}
    direct = sum(
        at[float(s[-1])] * np.exp(-(now - s[-1]) / tau) for now, s in zip(times, latest, strict=True) if s.size
    )
    np.testing.assert_allclose(beliefs.change(t, window, tau), direct / times.size, rtol=0.02, atol=0.005)


def test_what_remains_of_a_session_adds_up_over_windows():
    tau, begin = 26.0, 10.0
    until = np.array([60.0])
    whole = 50.0 * _remains(begin, until, 60.0, 50.0, tau)
    late = 20.0 * _remains(begin, until, 60.0, 20.0, tau)
    early = 30.0 * _remains(begin, np.array([40.0]), 40.0, 30.0, tau)
    np.testing.assert_allclose(whole, late + early)


def test_beliefs_of_a_second_period_begin_anew():
    trial = load_trial("synapse")
    batch = Batch(trial, SEED, range(4), Settings())
    batch.conducted()
    second = trial.phases[1]
    row = int(np.flatnonzero(batch.schedule.t >= second.start)[0])
    again = batch.arm[second.name] == [arm.name for arm in second.arms].index("placebo again")
    believed = batch.beliefs.belief(row)[again]
    assert believed.size > 3
    assert (np.isfinite(believed) & (believed < 0.9)).all()
    drug = np.isin(batch.arm[second.name], [n for n, arm in enumerate(second.arms) if given_drug(arm)])
    assert batch.beliefs.belief(row)[drug].mean() > believed.mean() + 0.1
