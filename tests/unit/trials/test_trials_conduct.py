"""Conducting: the same bytes however it is done, nobody moved by others, titration, allocation and leaving."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from euthymia.engine.ensemble import Settings
from euthymia.errors import TrialFileError
from euthymia.evidence import load_record
from euthymia.treatment.sentence import regimen
from euthymia.trials.batch import Batch
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import check, conduct
from euthymia.trials.data import SAFETY_MINUTES, PhaseData, TrialData
from euthymia.trials.design import (
    Arm,
    Comedication,
    ComedicationKind,
    HoldWhen,
    Phase,
    RaiseWhen,
    Recall,
    Titration,
    Trial,
    Visit,
    dropout_of,
)
from euthymia.trials.enrolment import traits_of, trial_factor

SEED = 5


def with_arms(trial: Trial, *arms: Arm) -> Trial:
    return replace(trial, phases=(replace(trial.phases[0], arms=arms), *trial.phases[1:]), published=())


def ratings(data: TrialData, phase: int = 0) -> np.ndarray:
    return data.phases[phase].MADRS


def arm_ratings(data: TrialData, name: str) -> np.ndarray:
    phase = data.phases[0]
    return phase.MADRS[phase.members((name,))]


@pytest.fixture(scope="module")
def fixed_dose() -> Trial:
    """TRANSFORM-1, cut to small arms; nobody's belief depends on how many are given the drug."""
    trial = load_trial("transform-1")
    arms = tuple(replace(arm, n=12) for arm in trial.phases[0].arms)
    return replace(with_arms(trial, *arms), expectation=False)


@pytest.fixture(scope="module")
def plain(fixed_dose: Trial) -> TrialData:
    return conduct(fixed_dose, seed=SEED, replicates=3)


@pytest.mark.parametrize("options", [{}, {"threads": 1}, {"threads": 2, "chunk": 1}, {"chunk": 4096}])
def test_the_same_seed_gives_the_same_bytes_however_the_work_is_split(
    fixed_dose: Trial, plain: TrialData, options: dict[str, int]
):
    again = conduct(fixed_dose, seed=SEED, replicates=3, **options)
    for one, other in (
        (ratings(again), ratings(plain)),
        (again.safety.CADSS, plain.safety.CADSS),
        (again.safety.SBP, plain.safety.SBP),
        (again.severity, plain.severity),
        (again.left, plain.left),
    ):
        assert one.tobytes() == other.tobytes()


def test_another_seed_gives_another_trial(fixed_dose: Trial, plain: TrialData):
    assert not np.array_equal(ratings(conduct(fixed_dose, seed=SEED + 1, replicates=3)), ratings(plain))


def test_the_first_replicates_are_the_same_however_many_follow(fixed_dose: Trial, plain: TrialData):
    np.testing.assert_array_equal(ratings(conduct(fixed_dose, seed=SEED, replicates=2)), ratings(plain)[:2])


def test_another_arm_leaves_the_ratings_of_the_others_unchanged(fixed_dose: Trial, plain: TrialData):
    first, *others = fixed_dose.phases[0].arms
    more = with_arms(fixed_dose, replace(first, name="one more"), first, *others)
    found = conduct(more, seed=SEED, replicates=3)
    for arm in (first, *others):
        np.testing.assert_array_equal(arm_ratings(found, arm.name), arm_ratings(plain, arm.name))
    assert not np.array_equal(arm_ratings(found, "one more"), arm_ratings(found, first.name))


def test_more_people_in_an_arm_leave_the_ratings_of_the_first_ones_unchanged(fixed_dose: Trial, plain: TrialData):
    first, *others = fixed_dose.phases[0].arms
    found = conduct(with_arms(fixed_dose, replace(first, n=20), *others), seed=SEED, replicates=3)
    np.testing.assert_array_equal(ratings(found)[:, :12], ratings(plain)[:, :12])


def test_another_visit_leaves_the_ratings_at_the_others_unchanged(fixed_dose: Trial, plain: TrialData):
    visits = sorted((*fixed_dose.visits, Visit("day 6", 120.0, Recall.DAY)), key=lambda visit: visit.t)
    found = conduct(replace(fixed_dose, visits=tuple(visits), published=()), seed=SEED, replicates=3)
    labels = [visit.label for visit in found.phases[0].visits]
    kept = [place for place, label in enumerate(labels) if label != "day 6"]
    assert len(kept) == len(labels) - 1
    np.testing.assert_array_equal(ratings(found)[..., kept], ratings(plain))


def test_ratings_are_whole_points_on_the_scale(plain: TrialData):
    assert ((ratings(plain) >= 0.0) & (ratings(plain) <= 60.0)).all()
    assert (ratings(plain) == np.round(ratings(plain))).all()


def test_nobody_s_severity_is_off_by_a_hundredth_of_a_point_and_the_estimate_covers_it(
    fixed_dose: Trial, plain: TrialData
):
    usual, finer = (Batch(fixed_dose, SEED, range(3), Settings(halvings=halvings)) for halvings in (0, 2))
    for batch in (usual, finer):
        batch.conducted()
    worst = max(np.abs(usual.seen["sev"][t] - finer.seen["sev"][t]).max() for t in usual.seen["sev"])
    assert worst <= 0.01
    assert (
        worst <= plain.error <= 0.1
    )  # the estimate is that of the grid before extrapolation, so it is on the safe side


def test_sham_dissociates_nobody_and_drug_does(plain: TrialData):
    phase = plain.phases[0]
    sham, spray = phase.members(("placebo + AD",)), phase.members(("84 mg + AD",))
    assert plain.safety.CADSS[sham].max() == 0.0
    assert plain.safety.SBP[sham].max() == 0.0
    assert plain.safety.CADSS[spray][:, 0, SAFETY_MINUTES.index(40.0)].mean() > 1.0


def test_people_are_rated_also_after_they_left_but_not_observed(plain: TrialData):
    phase = plain.phases[0]
    t = np.array([visit.t for visit in phase.visits])
    np.testing.assert_array_equal(phase.observed, t <= plain.left[..., None])
    assert np.isfinite(phase.MADRS).all()


def test_each_arm_loses_the_published_share_by_the_end_of_the_phase():
    """The hazard is constant: leaving is exponential, and its share at the end is the published one in expectation."""
    trial = load_trial("transform-1")
    batch = Batch(trial, SEED, range(120), Settings())
    end = trial.phases[0].end
    for place, arm in enumerate(trial.phases[0].arms):
        share = dropout_of(trial, arm.name) or 0.0
        gone = batch.left[batch.arm["induction"] == place] <= end
        assert gone.mean() == pytest.approx(share, abs=4.0 * np.sqrt(share * (1.0 - share) / gone.size))
        early = batch.left[batch.arm["induction"] == place] <= 0.5 * end
        half = 1.0 - np.sqrt(1.0 - share)
        assert early.mean() == pytest.approx(half, abs=4.0 * np.sqrt(half * (1.0 - half) / early.size))


def test_nobody_leaves_where_nobody_is_said_to(fixed_dose: Trial):
    stays = replace(fixed_dose, dropout=replace(fixed_dose.dropout, overall=None, arms=()))
    assert np.isinf(Batch(stays, SEED, range(5), Settings()).left).all()


# Titration -----------------------------------------------------------------------------------------------------------

RULE = Titration((28.0, 56.0, 84.0), 28.0, (72.0, 168.0, 240.0), raise_when=RaiseWhen.ALWAYS, hold_when=HoldWhen.NEVER)


def titrated(fixed_dose: Trial, rule: Titration) -> TrialData:
    arm = replace(
        fixed_dose.phases[0].arms[0],
        name="titrated",
        n=40,
        regimen=regimen("esketamine 28 mg nasal twice weekly for 4 weeks"),
        titration=rule,
    )
    sham = next(arm for arm in fixed_dose.phases[0].arms if arm.reference)
    return conduct(with_arms(fixed_dose, arm, sham), seed=SEED, replicates=2)


def doses(data: TrialData) -> np.ndarray:
    """Return amounts of the titrated arm, mg, [person, session]."""
    return data.dose[data.phases[0].members(("titrated",))]


def test_always_raising_goes_level_by_level_to_the_highest_and_stays_there(fixed_dose: Trial):
    found = doses(titrated(fixed_dose, RULE))
    np.testing.assert_array_equal(np.unique(found, axis=0), [[28.0, 56.0, 84.0, 84.0, 84.0, 84.0, 84.0, 84.0]])


def test_after_the_freeze_nothing_changes(fixed_dose: Trial):
    found = doses(titrated(fixed_dose, replace(RULE, freeze_after=72.0)))
    np.testing.assert_array_equal(np.unique(found, axis=0), [[28.0] + 7 * [56.0]])


def test_those_who_respond_are_not_raised_and_the_others_are(fixed_dose: Trial):
    rule = replace(RULE, decide_at=(72.0,), raise_when=RaiseWhen.NO_RESPONSE)
    data = titrated(fixed_dose, rule)
    phase, who = data.phases[0], data.phases[0].members(("titrated",))
    before = next(place for place, visit in enumerate(phase.visits) if visit.t == 24.0)
    responding = phase.MADRS[who][:, before] <= 0.5 * phase.baseline[who]
    assert 0 < responding.sum() < responding.size
    np.testing.assert_array_equal(doses(data)[:, 1], np.where(responding, 28.0, 56.0))


def test_before_any_rating_nobody_counts_as_responding(fixed_dose: Trial):
    late = replace(fixed_dose, visits=tuple(visit for visit in fixed_dose.visits if visit.t > 72.0))
    found = doses(titrated(late, replace(RULE, decide_at=(72.0,), raise_when=RaiseWhen.NO_RESPONSE)))
    assert (found[:, 1] == 56.0).all()


def test_an_intolerable_session_holds_the_next_dose(fixed_dose: Trial):
    data = titrated(fixed_dose, replace(RULE, decide_at=(72.0,), hold_when=HoldWhen.INTOLERABLE))
    who = data.phases[0].members(("titrated",))
    peak = data.safety.CADSS[who][:, 0, SAFETY_MINUTES.index(40.0)]
    limit = load_record("amplitudes").value("intolerable_CADSS", "points")
    np.testing.assert_array_equal(doses(data)[:, 1], np.where(peak < limit, 56.0, 28.0))


def test_hardly_anybody_tolerates_a_limit_of_nothing(fixed_dose: Trial):
    amplitudes = load_record("amplitudes").replace(intolerable_CADSS=0.0)
    arm = replace(
        fixed_dose.phases[0].arms[0], name="titrated", titration=replace(RULE, hold_when=HoldWhen.INTOLERABLE)
    )
    arm = replace(arm, regimen=regimen("esketamine 28 mg nasal twice weekly for 4 weeks"))
    batch = Batch(with_arms(fixed_dose, arm), SEED, range(1), Settings(), amplitudes=amplitudes)
    assert (batch.conducted().dose == 28.0).all()


# Later phases --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def synapse() -> TrialData:
    return conduct(load_trial("synapse"), seed=SEED, replicates=20)


def places(phase: PhaseData, *names: str) -> np.ndarray:
    return phase.members(names)


def test_a_second_period_takes_only_those_it_says_from_where_it_says(synapse: TrialData):
    first, second = synapse.phases
    entered = second.arm >= 0
    assert (entered <= first.members(("placebo",))).all()
    again, mild = places(second, "placebo again"), places(second, "placebo again, mild")
    new = places(second, "placebo to 28 mg", "placebo to 56 mg", "placebo to 84 mg")
    assert (second.baseline[again | new] >= 18.0).all()
    assert (second.baseline[mild] < 18.0).all()
    assert mild.any()


def test_everybody_who_is_eligible_and_still_there_is_allocated(synapse: TrialData):
    first, second = synapse.phases
    stayed = first.members(("placebo",)) & (synapse.left > second.phase.start)
    np.testing.assert_array_equal(second.arm >= 0, stayed)


def test_the_baseline_of_the_second_period_is_the_rating_at_its_start(synapse: TrialData):
    first, second = synapse.phases
    last = next(place for place, visit in enumerate(first.visits) if visit.t == second.phase.start)
    np.testing.assert_array_equal(second.baseline, first.MADRS[..., last])


def test_people_are_those_whom_the_trial_s_number_of_treatments_failed(fixed_dose: Trial):
    who = replace(fixed_dose.population, prior_failures_min=3, prior_failure_fall=0.25)
    found = traits_of(replace(fixed_dose, population=who), fixed_dose.phases[0].arms[0])
    assert (found.failed, found.failed_fall) == (3, 0.25)
    who = replace(who, prior_failures_min=None, prior_failure_fall=None)
    found = traits_of(replace(fixed_dose, population=who), fixed_dose.phases[0].arms[0])
    assert (found.failed, found.failed_fall) == (0, None)


def test_equal_weights_give_equal_shares_in_expectation(synapse: TrialData):
    second = synapse.phases[1]
    counts = np.array(
        [
            places(second, name).sum()
            for name in ("placebo again", "placebo to 28 mg", "placebo to 56 mg", "placebo to 84 mg")
        ]
    )
    assert counts == pytest.approx(np.full(4, counts.sum() / 4.0), abs=4.0 * np.sqrt(counts.sum() * 3.0 / 16.0))


def test_weights_move_the_shares_and_nobody_s_rating_before():
    trial = load_trial("synapse")
    second = trial.phases[1]
    heavier = tuple(
        replace(arm, entry=replace(arm.entry, weight=5.0)) if arm.name == "placebo to 84 mg" and arm.entry else arm
        for arm in second.arms
    )
    weighted = replace(trial, phases=(trial.phases[0], replace(second, arms=heavier)), published=())
    one, other = (conduct(each, seed=SEED, replicates=10) for each in (trial, weighted))
    np.testing.assert_array_equal(ratings(one), ratings(other))
    eligible = other.phases[1].baseline >= 18.0
    entered = (other.phases[1].arm >= 0) & eligible
    share = places(other.phases[1], "placebo to 84 mg").sum() / entered.sum()
    assert share == pytest.approx(5.0 / 8.0, abs=4.0 * np.sqrt(5.0 / 8.0 * 3.0 / 8.0 / entered.sum()))


def test_those_who_stay_on_sham_get_no_drug_in_the_second_period(synapse: TrialData):
    second = synapse.phases[1]
    later = synapse.safety.t >= second.phase.start
    assert synapse.dose[places(second, "placebo again", "placebo again, mild")].max() == 0.0
    for mg in (28.0, 56.0, 84.0):
        given = synapse.dose[places(second, f"placebo to {mg:g} mg")]
        assert (given[:, later] == mg).all()
        assert (given[:, ~later] == 0.0).all()


# Other drugs ---------------------------------------------------------------------------------------------------------

KETAMINE = "ketamine 0.5 mg/kg iv over 40 min on days 1 4 8"
MIDAZOLAM = "midazolam 0.045 mg/kg iv over 40 min on days 1 4 8"


def against_midazolam(trial: Trial) -> Trial:
    first = replace(trial.phases[0].arms[0], titration=None, n=12, reference=False)
    drip = replace(first, name="ketamine", regimen=regimen(KETAMINE))
    active = replace(first, name="midazolam", regimen=regimen(MIDAZOLAM), reference=True)
    sham = replace(first, name="saline", regimen=regimen("placebo iv over 40 min on days 1 4 8"))
    return with_arms(trial, drip, active, sham)


@pytest.fixture(scope="module")
def drips(fixed_dose: Trial) -> TrialData:
    return conduct(against_midazolam(fixed_dose), seed=SEED, replicates=8)


def test_an_active_placebo_sedates_and_does_nothing_else(drips: TrialData):
    phase, seen = drips.phases[0], drips.safety.seen
    assert seen is not None
    ketamine, midazolam, saline = (phase.members((name,)) for name in ("ketamine", "midazolam", "saline"))
    assert drips.safety.CADSS[midazolam].max() == drips.safety.CADSS[saline].max() == 0.0
    assert drips.safety.CADSS[ketamine].mean() > 1.0
    awake = {
        name: (seen.MOAAS[who] == 5).mean() for name, who in zip("kms", (ketamine, midazolam, saline), strict=True)
    }
    assert awake["s"] == 1.0
    assert awake["m"] < 0.8


def test_people_without_midazolam_have_no_less_than_none_of_it(fixed_dose: Trial):
    trial = against_midazolam(fixed_dose)
    drip, active, sham = trial.phases[0].arms
    spray = replace(sham, name="spray", regimen=regimen("esketamine 56 mg nasal twice weekly for 4 weeks"))
    seen = conduct(with_arms(trial, drip, active, spray), seed=SEED, replicates=4).safety.seen  # warnings are errors
    assert seen is not None
    assert seen.MOAAS.min() >= 0


def test_only_the_racemate_moves_mood_beyond_the_session(drips: TrialData):
    ketamine, midazolam, saline = drips.severity.mean(1)
    day_3 = np.searchsorted(drips.days, 48.0)
    assert ketamine[day_3] < min(midazolam[day_3], saline[day_3]) - 1.0


def test_amounts_by_weight_are_each_person_s_own(drips: TrialData):
    given = drips.dose[drips.phases[0].members(("ketamine",))]
    assert (given.std(0) > 1.0).all()
    assert (np.ptp(given, axis=1) == 0.0).all()
    assert 30.0 < given.mean() < 45.0


@pytest.mark.parametrize(("threads", "chunk"), [(1, None), (2, 1)])
def test_other_drugs_give_the_same_bytes_however_the_work_is_split(
    fixed_dose: Trial, drips: TrialData, threads: int, chunk: int | None
):
    again = conduct(against_midazolam(fixed_dose), seed=SEED, replicates=8, threads=threads, chunk=chunk)
    assert ratings(again).tobytes() == ratings(drips).tobytes()
    assert again.safety.CADSS.tobytes() == drips.safety.CADSS.tobytes()


def test_the_ratings_of_an_arm_do_not_move_when_the_control_gets_another_drug(fixed_dose: Trial):
    trial = against_midazolam(fixed_dose)
    drip, active, sham = trial.phases[0].arms
    spray = replace(active, regimen=regimen("esketamine 84 mg nasal on days 1 4 8"))
    one, other = (conduct(with_arms(trial, drip, arm, sham), seed=SEED, replicates=2) for arm in (active, spray))
    np.testing.assert_array_equal(arm_ratings(one, "ketamine"), arm_ratings(other, "ketamine"))
    np.testing.assert_array_equal(arm_ratings(one, "saline"), arm_ratings(other, "saline"))


def test_a_titration_by_weight_gives_each_person_the_level_by_the_own_weight(fixed_dose: Trial):
    rule = Titration((0.25, 0.5), 0.25, (72.0,), raise_when=RaiseWhen.ALWAYS, hold_when=HoldWhen.NEVER)
    trial = against_midazolam(fixed_dose)
    drip, *others = trial.phases[0].arms
    words = "ketamine 0.25 mg/kg iv over 40 min on days 1 4 8"
    data = conduct(
        with_arms(trial, replace(drip, regimen=regimen(words), titration=rule), *others), seed=SEED, replicates=1
    )
    given = data.dose[data.phases[0].members(("ketamine",))]
    np.testing.assert_allclose(given[:, 1:], 2.0 * given[:, :1] * np.ones(2))


def test_a_tablet_as_the_study_drug_is_taken_from_its_first_dose_by_its_arm_alone(fixed_dose: Trial):
    first = replace(fixed_dose.phases[0].arms[0], n=5, titration=None, comedication=Comedication(ComedicationKind.NONE))
    tablet = replace(first, name="tablet", regimen=regimen("sertraline 50 mg daily for 2 weeks from day 3"))
    dummy = replace(first, name="dummy", regimen=regimen("placebo oral on day 1"), reference=True)
    (taken,) = Batch(with_arms(fixed_dose, tablet, dummy), SEED, range(1), Settings()).tablets.courses
    assert (taken.drug, taken.start, taken.stop) == ("sertraline", 48.0, 48.0 + 14 * 24.0)
    np.testing.assert_array_equal(taken.amount > 0.0, [True] * 5 + [False] * 5)
    stable = replace(tablet, comedication=Comedication(ComedicationKind.STABLE))
    assert not Batch(with_arms(fixed_dose, stable, dummy), SEED, range(1), Settings()).tablets.courses


# Refusals and small laws ---------------------------------------------------------------------------------------------


def test_two_drugs_at_one_session_in_one_way_are_refused_before_any_work(fixed_dose: Trial):
    first, *others = fixed_dose.phases[0].arms
    both = replace(first, regimen=regimen("ketamine 30 mg iv on day 1; midazolam 2 mg iv on day 1"))
    with pytest.raises(TrialFileError, match=r"ketamine and midazolam iv at 0 h; allowed: one drug at a time"):
        check(with_arms(fixed_dose, both, *others))


def test_a_later_phase_into_which_nobody_can_come_is_refused(fixed_dose: Trial):
    later = Phase("later", 648.0, 700.0, (replace(fixed_dose.phases[0].arms[0], name="x", n=None, entry=None),))
    with pytest.raises(TrialFileError, match="no arm says who enters it"):
        check(replace(fixed_dose, phases=(*fixed_dose.phases, later), published=()))


def test_an_arm_without_a_baseline_is_refused(fixed_dose: Trial):
    with pytest.raises(TrialFileError, match=r"a baseline \(mean and SD of the MADRS\) is needed"):
        traits_of(fixed_dose, replace(fixed_dose.phases[0].arms[0], baseline=None))


def test_the_people_of_an_arm_are_those_the_trial_describes(fixed_dose: Trial):
    arm, who = fixed_dose.phases[0].arms[0], fixed_dose.population
    found = traits_of(fixed_dose, arm)
    assert arm.baseline is not None
    assert (arm.baseline.mean, arm.baseline.sd, who.MADRS_min) == found.MADRS
    assert found.age == (who.age_mean, who.age_sd, who.age_low, who.age_high)
    assert (found.women, found.japanese) == (who.women, who.ancestry.japanese)
    heavy = replace(fixed_dose, population=replace(who, weight_mean=92.0, weight_sd=18.0))
    assert found.weight is None
    assert traits_of(heavy, arm).weight == (92.0, 18.0)


def test_the_effects_of_trials_have_mean_one():
    from scipy.special import ndtri

    z = ndtri((np.arange(20_000) + 0.5) / 20_000)
    assert trial_factor(z, 0.3).mean() == pytest.approx(1.0, rel=1e-2)
    assert trial_factor(np.zeros(1), 0.0) == pytest.approx([1.0])
