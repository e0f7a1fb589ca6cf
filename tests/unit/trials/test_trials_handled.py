"""Strategies for intercurrent events on trials whose answer is known: what counts, is compared, and is called what."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from euthymia.errors import TrialFileError
from euthymia.evidence.published import Estimator
from euthymia.statistics.ancova import ancova
from euthymia.symptoms.scale import Scale
from euthymia.trials.aims import estimand_of
from euthymia.trials.catalogue import load_trial
from euthymia.trials.checks import check
from euthymia.trials.conduct import conduct
from euthymia.trials.contrasts import contrasts
from euthymia.trials.data import PhaseData, SafetyData, TrialData
from euthymia.trials.design import Analysis, Endpoint, Primary, RelapseRule, Trial
from euthymia.trials.estimand import IntercurrentEvent, Strategy
from euthymia.trials.estimates import COMPLETE
from euthymia.trials.events import responder_contrasts
from euthymia.trials.handled import kept, totals_handled
from euthymia.trials.hazards import relapses_seen
from euthymia.trials.intercurrent import as_if_without, events_of, handling_of, strategies
from euthymia.trials.power import Asked, power
from euthymia.trials.power_analysis import analysis_name, primary_analysis
from euthymia.trials.power_plan import Job, rows_of, whole
from euthymia.trials.protocol import parse_trial
from euthymia.trials.writing import to_toml

EXAMPLE = Path(__file__).parents[3] / "examples" / "trials" / "rescued_trial.toml"
RESCUED, STOPPED, LEFT, N, REPLICATES = 400.0, 400.0, 400.0, 60, 40
EVENTS = (IntercurrentEvent.DISCONTINUATION, IntercurrentEvent.RESCUE, IntercurrentEvent.SWITCH)


def ruled(**primary: object) -> Trial:
    trial = parse_trial(EXAMPLE.read_text(encoding="utf-8"))
    plain = replace(trial.primary, analysis=Analysis.ANCOVA, discontinuation=None, rescue=None, switch=None)
    return replace(trial, primary=replace(plain, **primary))  # type: ignore[arg-type]


def made(worth: float = -12.0, **primary: object) -> TrialData:
    """A trial whose events are known: drug is worth -6 points, rescue 12, and the worst third of placebo is rescued.

    Of the drug every fifth stops and keeps half of its worth, every seventh leaves; nobody is chosen for either.
    """
    trial, draw = ruled(**primary), np.random.default_rng(9)
    phase = trial.phases[0]
    visits = trial.visits
    arm = np.broadcast_to(np.repeat([0, 1], N), (REPLICATES, 2 * N))
    t = np.array([visit.t for visit in visits])
    person = draw.normal(0.0, 4.0, (*arm.shape, 1))
    alone = 25.0 + person + draw.normal(0.0, 3.0, (*arm.shape, len(t)))
    baseline = 36.0 + 0.5 * person[..., 0] + draw.normal(0.0, 2.0, arm.shape)
    badly = (arm == 1) & (alone[..., 1] > np.sort(alone[:, N:, 1], axis=1)[:, [2 * N // 3]])
    number = np.broadcast_to(np.arange(2 * N), arm.shape)
    stops, goes = (arm == 0) & (number % 5 == 0), (arm == 0) & (number % 7 == 0)
    effect = -6.0 * (arm == 0)[..., None] * np.where(stops[..., None] & (t > STOPPED), 0.5, 1.0)
    total = alone + effect + worth * badly[..., None] * (t > RESCUED)
    never = np.full(arm.shape, np.inf)
    left = np.where(goes, LEFT, never)
    data = PhaseData(
        *(phase, visits, arm, baseline, total, t <= left[..., None]),
        stopped=np.where(stops, STOPPED, never),
        rescued=np.where(badly, RESCUED, never),
    )
    nothing = np.zeros((*arm.shape, 0))
    return TrialData(
        *(trial, 1, REPLICATES, (data,), left, nothing),
        safety=SafetyData(np.zeros(0), nothing, nothing),
        days=np.zeros(1),
        severity=np.zeros((2, REPLICATES, 1)),
        error=0.0,
    )


def directly(data: TrialData, counts: np.ndarray, total: np.ndarray | None = None) -> np.ndarray:
    """The analysis of covariance at the last visit of the ratings that count, [replicate]."""
    phase = data.phases[0]
    values = phase.MADRS[..., -1] if total is None else total
    change = np.where(counts, values - phase.baseline, np.nan)
    return ancova(change, phase.baseline, phase.arm == 0).difference


def value(data: TrialData, **primary: object) -> np.ndarray:
    planned = replace(data.trial.primary, **primary)  # type: ignore[arg-type]
    return primary_analysis(replace(data, trial=replace(data.trial, primary=planned))).value[:, 0]


def test_each_strategy_for_rescue_is_the_direct_computation():
    data = made()
    phase = data.phases[0]
    there = phase.observed[..., -1] & ~np.isfinite(phase.stopped)
    without = there & ~np.isfinite(phase.rescued)
    assert value(data) == pytest.approx(directly(data, there))
    assert value(data, rescue=Strategy.HYPOTHETICAL) == pytest.approx(directly(data, without))
    before = np.where(np.isfinite(phase.rescued), phase.MADRS[..., 1], phase.MADRS[..., -1])
    assert value(data, rescue=Strategy.WHILE_ON_TREATMENT) == pytest.approx(directly(data, there, before))


def test_each_strategy_for_stopping_is_the_direct_computation():
    data = made(worth=0.0)
    phase = data.phases[0]
    policy = value(data, discontinuation=Strategy.TREATMENT_POLICY)
    assert policy == pytest.approx(directly(data, phase.observed[..., -1]))
    thought_away = value(data)
    assert thought_away == pytest.approx(directly(data, phase.observed[..., -1] & ~np.isfinite(phase.stopped)))
    error = thought_away.std() / np.sqrt(REPLICATES)
    stay = 1.0 - np.isin(np.arange(N)[np.arange(N) % 7 != 0] % 5, 0).mean()
    assert abs(thought_away.mean() + 6.0) < 3.0 * error
    assert abs(policy.mean() + 6.0 * (stay + 0.5 * (1.0 - stay))) < 3.0 * error  # those who stop keep half


def test_rescue_that_works_hides_the_difference_from_treatment_policy():
    data = made()
    policy, last = value(data), value(data, rescue=Strategy.WHILE_ON_TREATMENT)
    mixed = value(data, rescue=Strategy.HYPOTHETICAL, analysis=Analysis.MMRM)
    error = 3.0 * mixed.std() / np.sqrt(REPLICATES)
    assert abs(policy.mean() + 6.0 - 12.0 / 3.0) < error  # a third of placebo falls by 12 more
    # The mixed model knows who was rescued by how they did before, so that it finds the worth of the drug.
    assert abs(mixed.mean() + 6.0) < error
    assert policy.mean() > last.mean()


def test_failures_are_the_direct_computation():
    data = made()
    phase = data.phases[0]
    failed = np.isfinite(np.minimum(phase.rescued, np.minimum(phase.stopped, data.left)))
    hit = (phase.MADRS[..., -1] <= 0.5 * phase.baseline) & ~failed
    shares = [np.array([row[who].mean() for row, who in zip(hit, phase.arm == arm, strict=True)]) for arm in (0, 1)]
    both = {"discontinuation": Strategy.COMPOSITE, "rescue": Strategy.COMPOSITE, "endpoint": Endpoint.RESPONSE}
    assert value(data, **both) == pytest.approx(shares[0] - shares[1], nan_ok=True)
    planned = replace(data.trial.primary, **both)  # type: ignore[arg-type]
    trial = replace(data.trial, primary=planned)
    assert analysis_name(trial) == "difference of response, leaving counting as failure"
    (row,) = [one for one in responder_contrasts(replace(data, trial=trial), phase) if one.primary]
    assert row.difference.mean == pytest.approx((shares[0] - shares[1]).mean())
    assert "rescue counting as failure (rescue: composite)" in row.estimand


def test_with_nobody_missing_leaving_that_is_failure_still_is():
    data = made()
    both = {"discontinuation": Strategy.COMPOSITE, "endpoint": Endpoint.RESPONSE}
    planned = replace(data, trial=replace(data.trial, primary=replace(data.trial.primary, **both)))  # type: ignore[arg-type]
    assert primary_analysis(planned, complete=True).value == pytest.approx(primary_analysis(planned).value, nan_ok=True)


def test_an_event_that_counts_as_relapse_is_one_at_its_time():
    data = made(endpoint=Endpoint.TIME_TO_RELAPSE, analysis=Analysis.HAZARDS)
    rule = RelapseRule(60.0, 1)  # nobody gets that high
    trial = replace(data.trial, primary=replace(data.trial.primary, rescue=Strategy.COMPOSITE), relapse=rule)
    phase, who = data.phases[0], np.ones(2 * N, dtype=bool)
    found = relapses_seen(phase, rule, kept(data, phase, handling_of(trial)), who)
    assert np.array_equal(found.event, np.isfinite(phase.rescued))
    assert (found.time[found.event] == RESCUED).all()
    plain = relapses_seen(phase, rule, kept(data, phase, handling_of(data.trial)), who)
    assert not plain.event.any()


def test_without_events_nothing_changes_by_a_bit():
    data = conduct(load_trial("transform-2"), seed=2, replicates=2)
    phase = data.phases[0]
    found = kept(data, phase, handling_of(data.trial))
    assert np.array_equal(found.seen, phase.observed)
    assert not np.isfinite(found.failed).any()
    observed = np.where(phase.observed, phase.MADRS, np.nan)
    assert totals_handled(phase, found, Estimator.OC, Scale.MADRS).tobytes() == observed.tobytes()


def test_the_summary_takes_events_as_the_plan_does():
    data = made(analysis=Analysis.MMRM, rescue=Strategy.HYPOTHETICAL)
    found = contrasts(data, data.phases[0])
    (planned,) = [one for one in found if one.primary]
    assert planned.difference.mean == pytest.approx(primary_analysis(data).value.mean())
    assert "as if nobody had been rescued (rescue: hypothetical)" in planned.estimand
    carried = next(one for one in found if one.estimator == "ANCOVA, LOCF")
    assert "whether or not people were rescued (rescue: treatment policy)" in carried.estimand
    assert "until they left (discontinuation: while on treatment)" in carried.estimand


def test_an_estimand_lists_every_event_that_its_trial_has():
    trial = ruled(rescue=Strategy.WHILE_ON_TREATMENT, discontinuation=Strategy.TREATMENT_POLICY)
    assert events_of(trial) == EVENTS
    words = estimand_of(trial, "flexible", "placebo").words
    assert words.endswith(
        "whether or not people left (discontinuation: treatment policy); "
        "by what was seen of people until they were rescued (rescue: while on treatment); "
        "whether or not people changed arm (switch: treatment policy)"
    )
    assert events_of(load_trial("transform-1")) == (IntercurrentEvent.DISCONTINUATION,)
    assert parse_trial(to_toml(trial)).primary == trial.primary


@pytest.mark.parametrize("analysis", Analysis)
@pytest.mark.parametrize("endpoint", Endpoint)
@pytest.mark.parametrize("event", EVENTS)
def test_every_event_has_a_usual_strategy(analysis: Analysis, endpoint: Endpoint, event: IntercurrentEvent):
    found = strategies(ruled(analysis=analysis, endpoint=endpoint), event)
    assert found
    assert len(set(found)) == len(found)
    assert (Strategy.COMPOSITE in found) <= (endpoint is not Endpoint.MADRS_CHANGE)
    assert Strategy.PRINCIPAL_STRATUM not in found


@pytest.mark.parametrize(
    ("primary", "words"),
    [
        ({"rescue": Strategy.COMPOSITE}, "primary.rescue: given 'composite'; the analysis 'ANCOVA' of 'MADRS change"),
        ({"switch": Strategy.PRINCIPAL_STRATUM}, "primary.switch: given 'principal stratum'; who would have stayed"),
        (
            {"rescue": Strategy.HYPOTHETICAL, "analysis": Analysis.ANCOVA_LOCF},
            "primary.rescue: given 'hypothetical'; the analysis 'ANCOVA on LOCF'",
        ),
        (
            {"rescue": Strategy.WHILE_ON_TREATMENT, "analysis": Analysis.MMRM},
            "primary.rescue: given 'while on treatment'; the analysis 'MMRM' .* 'treatment policy', 'hypothetical'",
        ),
    ],
)
def test_what_an_analysis_does_not_answer_for_is_refused(primary: dict[str, object], words: str):
    with pytest.raises(TrialFileError, match=words):
        check(ruled(**primary))


def test_who_is_followed_makes_treatment_policy_a_question():
    trial = load_trial("transform-2")
    policy = Primary(Endpoint.MADRS_CHANGE, "day 28", Analysis.MMRM, Strategy.TREATMENT_POLICY)
    with pytest.raises(TrialFileError, match=r"let a share be followed \(dropout.followed\)"):
        check(replace(trial, primary=policy))
    check(replace(trial, primary=policy, dropout=replace(trial.dropout, followed=0.5)))


def test_the_truth_of_a_thought_away_rescue_is_the_same_people_without_it():
    trial = ruled(rescue=Strategy.HYPOTHETICAL, switch=Strategy.HYPOTHETICAL)
    without = as_if_without(trial)
    assert [rule.share for arm in without.phases[0].arms for rule in arm.rules] == [0.0, 0.0, 0.0, 0.5]
    assert without.dropout.followed == 0.0
    found = rows_of(Job(trial, 3, (whole(trial),)), range(2))
    alone = rows_of(Job(without, 3, (whole(trial),)), range(2))
    assert found[..., COMPLETE].tobytes() == alone[..., COMPLETE].tobytes()
    assert as_if_without(without) is without
    policy = ruled(discontinuation=Strategy.TREATMENT_POLICY)
    assert as_if_without(policy) is policy


def test_a_power_report_of_a_trial_with_rules_names_every_event():
    study = power(ruled(rescue=Strategy.HYPOTHETICAL), Asked(replicates=3), seed=2)
    (one,) = study.operating
    for event in EVENTS:
        assert f"({event}: " in one.estimand
    assert sum(way.replicates for way in one.fits) == 3
