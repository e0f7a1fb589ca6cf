"""Rules at work: rescue, another arm, an end of treatment or of the trial, and being told; nobody else is moved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from euthymia.engine.ensemble import Settings
from euthymia.treatment.sentence import regimen
from euthymia.trials.batch import Batch
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct
from euthymia.trials.data import SAFETY_MINUTES, TrialData
from euthymia.trials.design import Arm, Comedication, ComedicationKind, DropoutSpec, Masking, Phase, Trial
from euthymia.trials.rules import Action, Leaving, Rule
from euthymia.trials.ruling import Told, meets

SEED = 4
EXAMPLE = Path(__file__).parents[3] / "examples" / "trials" / "rescued_trial.toml"
ALL = ("day 8", "day 15", "day 22")


def arm_of(name: str, words: str, *rules: Rule, reference: bool = False, oral: bool = False) -> Arm:
    kind = ComedicationKind.NEW_ORAL if oral else ComedicationKind.NONE
    first = load_trial("transform-1").phases[0].arms[0]
    return replace(
        first,
        name=name,
        n=30,
        regimen=regimen(words, first_day=1),
        reference=reference,
        comedication=Comedication(kind),
        titration=None,
        rules=rules,
    )


SPRAY, SHAM = "esketamine 84 mg nasal twice weekly for 4 weeks", "placebo nasal twice weekly for 4 weeks"


def trial_of(*arms: Arm, masking: Masking = Masking.BLIND, expectation: bool = False) -> Trial:
    """Return TRANSFORM-1 with other arms and without leaving."""
    trial = load_trial("transform-1")
    phase = replace(trial.phases[0], arms=arms, masking=masking)
    return replace(trial, phases=(phase,), dropout=DropoutSpec(), published=(), groups=(), expectation=expectation)


def with_rules(*rules: Rule) -> Trial:
    return trial_of(arm_of("spray", SPRAY), arm_of("sham", SHAM, *rules, reference=True))


def run(trial: Trial, replicates: int = 2) -> TrialData:
    return conduct(trial, seed=SEED, replicates=replicates)


@pytest.fixture(scope="module")
def plain() -> TrialData:
    return run(with_rules())


def column(data: TrialData, t: float) -> int:
    return next(place for place, visit in enumerate(data.phases[0].visits) if visit.t == t)


def test_conditions_hold_together_and_what_is_not_asked_is_not_looked_at():
    def never() -> np.ndarray:
        raise AssertionError

    told = Told(lambda: np.array([0.1, 0.3, 0.1]), lambda: np.array([30.0, 30.0, 10.0]), never)
    assert meets(Rule(Action.STOP, ("x",), fall_below=0.2), told, 3).tolist() == [True, False, True]
    assert meets(Rule(Action.STOP, ("x",), fall_below=0.2, MADRS_min=20.0), told, 3).tolist() == [True, False, False]
    assert meets(Rule(Action.STOP, ("x",), share=0.5), Told(never, never, never), 3).all()


def test_a_rule_meets_those_whose_scale_fell_too_little_and_nobody_else(plain: TrialData):
    found = run(with_rules(Rule(Action.STOP, ("day 15",), fall_below=0.3)))
    phase = plain.phases[0]
    met = (phase.MADRS[..., column(plain, 336.0)] > 0.7 * phase.baseline) & (phase.arm == 1)
    assert 0 < met.sum() < (phase.arm == 1).sum()
    np.testing.assert_array_equal(found.phases[0].stopped, np.where(met, 336.0, np.inf))
    np.testing.assert_array_equal(found.phases[0].reason, np.where(met, Leaving.INEFFICACY, Leaving.STAYED))
    np.testing.assert_array_equal(found.phases[0].MADRS[~met], phase.MADRS[~met])
    assert np.isinf(found.left).all()


def test_who_stops_has_no_more_sessions_from_the_visit_on_and_is_still_rated():
    rule = Rule(Action.STOP, ("day 8",), share=1.0)
    found = run(trial_of(arm_of("spray", SPRAY, rule), arm_of("sham", SHAM, reference=True)))
    seen, drug = found.safety.seen, found.phases[0].arm == 0
    assert seen is not None
    before = found.safety.t < 168.0
    assert seen.attended[drug][:, before].all()
    assert not seen.attended[drug][:, ~before].any()
    assert (found.dose[drug][:, ~before] == 0.0).all()
    assert found.phases[0].observed.all()
    plain = run(with_rules())
    at_end = [data.phases[0].MADRS[drug][:, -1].mean() for data in (found, plain)]
    assert at_end[0] > at_end[1] + 2.0


def test_who_leaves_is_rated_at_the_visit_and_not_after_and_the_unseen_course_goes_on(plain: TrialData):
    found = run(with_rules(Rule(Action.LEAVE, ALL, MADRS_min=30.0)))
    phase, t = plain.phases[0], np.array([visit.t for visit in plain.phases[0].visits])
    columns = [column(plain, when) for when in (168.0, 336.0, 504.0)]
    met = (phase.MADRS[..., columns] >= 30.0) & (phase.arm == 1)[..., None]
    left = np.where(met.any(-1), t[columns][met.argmax(-1)], np.inf)
    np.testing.assert_array_equal(found.left, left)
    np.testing.assert_array_equal(found.phases[0].observed, t <= left[..., None])
    np.testing.assert_array_equal(found.phases[0].MADRS, phase.MADRS)
    seen = found.safety.seen
    assert seen is not None
    assert not (seen.attended & (found.safety.t >= left[..., None])).any()


def test_a_share_is_of_all_whom_it_ever_applies_to(plain: TrialData):
    rule = Rule(Action.LEAVE, ALL, MADRS_min=1.0, share=0.4)
    found = run(with_rules(rule), replicates=8)
    sham = found.phases[0].arm == 1
    share = np.isfinite(found.left[sham]).mean()
    assert share == pytest.approx(0.4, abs=4.0 * np.sqrt(0.24 / sham.sum()))
    more = run(with_rules(replace(rule, share=0.7)), replicates=8)
    assert (np.isfinite(more.left) >= np.isfinite(found.left)).all()


def test_an_intolerable_dosing_visit_is_the_last_one_before_the_visit(plain: TrialData):
    rule = Rule(Action.LEAVE, ("day 8",), intolerable=True)
    found = run(trial_of(arm_of("spray", SPRAY, rule), arm_of("sham", SHAM, reference=True)))
    batch = Batch(found.trial, SEED, range(1), Settings())
    second = int(np.flatnonzero(found.safety.t < 168.0)[-1])
    peak = found.safety.CADSS[..., second, SAFETY_MINUTES.index(40.0)]
    met = (peak >= batch.intolerable) & (found.phases[0].arm == 0)
    assert 0 < met.sum() < met.size // 2
    np.testing.assert_array_equal(np.isfinite(found.left), met)
    assert (found.reason[met] == Leaving.ADVERSE_EVENT).all()


def test_nobody_is_moved_by_a_rule_that_meets_nobody(plain: TrialData):
    rules = (
        Rule(Action.RESCUE, ("day 8",), share=0.0, regimen=regimen("esketamine 56 mg nasal on day 1 at 5 h")),
        Rule(Action.SWITCH, ("day 15",), share=0.0, to_arm="spray"),
    )
    found = run(with_rules(*rules))
    close = np.isclose(found.phases[0].MADRS, plain.phases[0].MADRS)
    assert close.mean() > 0.99  # the grid is stopped at more times, which can move a rating by rounding
    assert np.isinf(found.phases[0].rescued).all()
    assert np.isinf(found.phases[0].switched).all()


# Rescue --------------------------------------------------------------------------------------------------------------


def test_rescue_at_a_session_is_given_besides_the_arm_s_own_treatment(plain: TrialData):
    words = "esketamine 84 mg nasal on days 1 4 at 5 h"
    rule = Rule(Action.RESCUE, ("day 8", "day 15"), fall_below=0.3, regimen=regimen(words, first_day=1))
    found = run(with_rules(rule))
    phase, rescued = found.phases[0], found.phases[0].rescued
    assert set(np.unique(rescued)) == {168.0, 336.0, np.inf}
    given = {168.0: [173.0, 245.0], 336.0: [341.0, 413.0], np.inf: []}
    sham, seen = phase.arm == 1, found.safety.seen
    assert seen is not None
    for when, times in given.items():
        who = sham & (rescued == when)
        on = np.isin(found.safety.t, times)
        assert (found.dose[who][:, on] == 84.0).all()
        assert (found.dose[who][:, ~on] == 0.0).all()
        assert seen.attended[who].sum(1).tolist() == [8 + len(times)] * int(who.sum())
    helped, soon = rescued == 168.0, column(found, 336.0)
    assert phase.MADRS[helped][:, soon].mean() < plain.phases[0].MADRS[helped][:, soon].mean() - 1.0


def test_rescue_with_tablets_starts_at_the_visit_and_helps():
    rule = Rule(Action.RESCUE, ("day 8",), share=0.5, regimen=regimen("sertraline 200 mg oral daily for 30 days"))
    trial = with_rules(rule)
    batch = Batch(trial, SEED, range(2), Settings())
    data = batch.conducted()
    (course,) = batch.tablets.courses
    rescued = np.isfinite(data.phases[0].rescued.ravel())
    assert 0.3 < rescued.sum() / (data.phases[0].arm == 1).sum() < 0.7
    np.testing.assert_array_equal(course.amount, np.where(rescued, 200.0, 0.0))
    assert (course.drug, course.start, course.stop) == ("sertraline", 168.0, 648.0)
    nobody = run(with_rules(replace(rule, share=0.0)))
    without, with_it = (one.phases[0].MADRS[np.isfinite(data.phases[0].rescued)][:, -1] for one in (nobody, data))
    assert with_it.mean() < without.mean()


# Another arm ---------------------------------------------------------------------------------------------------------


def test_who_switches_goes_on_as_the_other_arm_s_people_and_stays_in_the_first_arm_s_count(plain: TrialData):
    found = run(with_rules(Rule(Action.SWITCH, ("day 15",), fall_below=0.4, to_arm="spray")))
    phase, later = found.phases[0], found.safety.t >= 336.0
    np.testing.assert_array_equal(phase.arm, plain.phases[0].arm)
    went, spray = np.isfinite(phase.switched), phase.arm == 0
    assert went.any()
    assert not went[spray].any()
    assert (found.dose[went][:, ~later] == 0.0).all()
    np.testing.assert_array_equal(found.dose[went][:, later], np.full((went.sum(), later.sum()), 84.0))
    np.testing.assert_array_equal(found.dose[~went], plain.dose[~went])
    assert phase.MADRS[went][:, -1].mean() < plain.phases[0].MADRS[went][:, -1].mean() - 1.0


def test_tablets_change_with_the_arm_and_stop_with_the_treatment_but_not_what_is_taken_beside():
    switch = Rule(Action.SWITCH, ("day 8",), share=1.0, to_arm="tablets")
    stop = Rule(Action.STOP, ("day 15",), share=1.0)
    arms = (
        arm_of("sham", SHAM, switch, reference=True, oral=True),
        arm_of("tablets", "paroxetine 20 mg oral daily for 4 weeks", stop),
        arm_of("beside", SPRAY, stop, oral=True),
    )
    batch = Batch(trial_of(*arms), SEED, range(1), Settings())
    batch.conducted()
    taken = {(one.drug, one.start, one.stop): np.flatnonzero(one.amount) for one in batch.tablets.courses}
    sham, tablets, beside = np.arange(30), np.arange(30, 60), np.arange(60, 90)
    usual = "an oral antidepressant"
    expected = {
        (usual, 0.0, 168.0): sham,
        (usual, 0.0, 648.0): beside,
        ("paroxetine", 0.0, 336.0): tablets,
        ("paroxetine", 168.0, 336.0): sham,
    }
    assert set(taken) == set(expected)
    for key, who in expected.items():
        np.testing.assert_array_equal(taken[key], who)


def test_therapy_ends_with_the_treatment():
    stop = Rule(Action.STOP, ("day 15",), share=1.0)
    taught = replace(arm_of("taught", "none", stop, reference=True), therapy="weekly for 4 weeks")
    other = replace(arm_of("all", "none"), therapy="weekly for 4 weeks")
    batch = Batch(trial_of(taught, other), SEED, range(1), Settings())
    batch.conducted()
    times = np.unique([one.t for one in batch.taught.given])
    level = np.stack([sum(one.amount for one in batch.taught.given if one.t <= t) for t in times])
    after = times >= 336.0
    assert after.any()
    np.testing.assert_allclose(level[after][:, :30], 0.0, atol=1e-12)
    assert (level[~after][:, :30] > 0.0).all()
    np.testing.assert_array_equal(level[~after][:, :30], level[~after][:, 30:])


# Being told ----------------------------------------------------------------------------------------------------------


def test_who_is_told_believes_what_is_so_from_then_on():
    rule = Rule(Action.STOP, ("day 15",), share=1.0, unblinds=True)
    trial = trial_of(arm_of("spray", SPRAY), arm_of("sham", SHAM, replace(rule), reference=True), expectation=True)
    quiet = replace(
        trial,
        phases=(
            replace(
                trial.phases[0],
                arms=(trial.phases[0].arms[0], arm_of("sham", SHAM, replace(rule, unblinds=False), reference=True)),
            ),
        ),
    )
    told, blind = (Batch(each, SEED, range(1), Settings()) for each in (trial, quiet))
    for batch in (told, blind):
        batch.conducted()
    sham = told.arm["induction"] == 1
    tau = told.background.tau_session
    np.testing.assert_array_equal(told.beliefs.change(335.0, 0.0, tau), blind.beliefs.change(335.0, 0.0, tau))
    # Certainty of sham counts from the usual belief, and fades with the last session, which was on day 11.
    believed = told.beliefs.expectation.change(0.0, told.beliefs.usual, np.exp(-(340.0 - 240.0) / tau))
    np.testing.assert_allclose(told.beliefs.change(340.0, 0.0, tau)[sham], float(believed))
    np.testing.assert_array_equal(
        told.beliefs.change(340.0, 0.0, tau)[~sham], blind.beliefs.change(340.0, 0.0, tau)[~sham]
    )
    mean = np.mean([told.beliefs.change(t, 0.0, tau) for t in np.linspace(264.0, 504.0, 4001)[1:]], axis=0)
    np.testing.assert_allclose(told.beliefs.change(504.0, 240.0, tau)[sham], mean[sham], rtol=0.02, atol=0.01)


def test_nobody_asks_those_who_were_told():
    rule = Rule(Action.SWITCH, ("day 15",), share=1.0, to_arm="spray", unblinds=True)
    found = run(trial_of(arm_of("spray", SPRAY), arm_of("sham", SHAM, rule, reference=True), expectation=True), 1)
    quiet = run(
        trial_of(
            arm_of("spray", SPRAY),
            arm_of("sham", SHAM, replace(rule, unblinds=False), reference=True),
            expectation=True,
        ),
        1,
    )
    guesses, other = found.phases[0].guesses, quiet.phases[0].guesses
    assert guesses is not None
    assert other is not None
    sham = found.phases[0].arm == 1
    assert guesses.asked.all()  # before they were told
    assert (guesses.belief[sham] != other.belief[sham]).any()
    np.testing.assert_array_equal(guesses.belief[~sham], other.belief[~sham])
    # Who knows of the drug gains by it.
    assert found.phases[0].MADRS[sham][:, -1].mean() < quiet.phases[0].MADRS[sham][:, -1].mean()


def test_in_an_open_phase_people_know_what_they_switched_to():
    rule = Rule(Action.SWITCH, ("day 15",), share=1.0, to_arm="spray")
    trial = trial_of(
        arm_of("spray", SPRAY), arm_of("sham", SHAM, rule, reference=True), masking=Masking.OPEN, expectation=True
    )
    batch = Batch(trial, SEED, range(1), Settings())
    data = batch.conducted()
    sham = data.phases[0].arm.ravel() == 1
    rows = {t: int(row) for row, t in enumerate(data.safety.t)}
    np.testing.assert_array_equal(batch.beliefs.belief(rows[240.0])[sham], 0.0)
    np.testing.assert_array_equal(batch.beliefs.belief(rows[336.0])[sham], 1.0)


# Whole trials --------------------------------------------------------------------------------------------------------


def test_who_has_stopped_enters_no_later_phase():
    trial = load_trial("sustain-1")
    first = trial.phases[0]
    rule = Rule(Action.STOP, (trial.visits[0].label,), share=0.5)
    arms = tuple(replace(arm, n=20, rules=(rule,)) for arm in first.arms)
    found = conduct(
        replace(trial, phases=(replace(first, arms=arms), *trial.phases[1:]), dropout=DropoutSpec(), published=()),
        seed=SEED,
    )
    stopped = np.isfinite(found.phases[0].stopped)
    assert stopped.any()
    for phase in found.phases[1:]:
        assert (phase.arm[stopped] == -1).all()
        assert np.isinf(phase.stopped).all()


@pytest.mark.parametrize(("threads", "chunk"), [(1, 4096), (2, 1)])
def test_the_example_is_conducted_to_the_same_bytes_however_the_work_is_split(threads: int, chunk: int):
    trial = load_trial(EXAMPLE)
    one, other = (
        conduct(trial, seed=SEED, replicates=2),
        conduct(trial, seed=SEED, replicates=2, threads=threads, chunk=chunk),
    )
    phase = one.phases[0]
    assert (np.bincount(phase.arm[0]) == 20).all()
    for happened in (phase.stopped, phase.rescued, phase.switched, one.left):
        assert np.isfinite(happened).any()
        assert happened.shape == phase.arm.shape
    for a, b in (
        (phase.MADRS, other.phases[0].MADRS),
        (phase.reason, other.phases[0].reason),
        (phase.stopped, other.phases[0].stopped),
        (one.dose, other.dose),
        (one.left, other.left),
    ):
        assert a.tobytes() == b.tobytes()


def test_batches_of_replicates_are_put_behind_one_another_with_what_became_of_people(monkeypatch: pytest.MonkeyPatch):
    trial = load_trial(EXAMPLE)
    whole = conduct(trial, seed=SEED, replicates=3)
    monkeypatch.setattr("euthymia.trials.conduct.REPLICATES_A_BATCH", 2)
    parts = conduct(trial, seed=SEED, replicates=3)
    for name in ("stopped", "rescued", "switched", "reason"):
        np.testing.assert_array_equal(getattr(parts.phases[0], name), getattr(whole.phases[0], name))
    np.testing.assert_array_equal(parts.reason, whole.reason)


def test_phases_of_one_arm_have_their_rules_too():
    rule = Rule(Action.LEAVE, ("day 8",), share=1.0)
    trial = trial_of(arm_of("only", SPRAY, rule, reference=True))
    phase: Phase = trial.phases[0]
    assert len(phase.arms) == 1
    np.testing.assert_array_equal(run(trial).left, 168.0)
