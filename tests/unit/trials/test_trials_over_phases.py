"""Cross-overs and sequential parallel comparisons of trials: who enters, what is compared, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from euthymia.errors import TrialFileError
from euthymia.statistics.ancova import ancova
from euthymia.statistics.crossover import crossover
from euthymia.statistics.sequential_parallel import Stage, combine_stages
from euthymia.trials.aims import estimand_of
from euthymia.trials.allocation import Standing, allocated
from euthymia.trials.analyse import summarise
from euthymia.trials.catalogue import load_trial
from euthymia.trials.checks import check
from euthymia.trials.comparisons import phases_compared, reference_name, treated_arms
from euthymia.trials.conduct import conduct
from euthymia.trials.data import TrialData
from euthymia.trials.design import Analysis, Endpoint, Trial
from euthymia.trials.power import Asked, power
from euthymia.trials.power_analysis import analysis_name, primary_analysis, unit_of
from euthymia.trials.power_plan import Job, rows_of, whole, with_sizes
from euthymia.trials.predict import predict
from euthymia.trials.protocol import parse_trial
from euthymia.trials.writing import to_toml

EXAMPLE = Path(__file__).parents[3] / "examples" / "trials" / "two_stage_trial.toml"


def stages() -> Trial:
    return parse_trial(EXAMPLE.read_text(encoding="utf-8"), EXAMPLE.name)


@pytest.fixture(scope="module")
def swapped() -> TrialData:
    return conduct(load_trial("lapidus-2014"), seed=3, replicates=4)


@pytest.fixture(scope="module")
def staged() -> TrialData:
    return conduct(with_sizes(stages(), (20, 40)), seed=3, replicates=3)


def test_a_conducted_cross_over_is_that_of_its_table(swapped: TrialData):
    found = primary_analysis(swapped)
    for replicate in range(swapped.replicates):
        rows: dict[str, list[object]] = {name: [] for name in ("who", "period", "given", "score", "start")}
        for number, phase in enumerate(swapped.phases):
            for who in range(phase.arm.shape[1]):
                if phase.arm[replicate, who] >= 0 and phase.observed[replicate, who, 0]:
                    name = phase.phase.arms[phase.arm[replicate, who]].name
                    rows["who"].append(who)
                    rows["period"].append(number)
                    rows["given"].append("ketamine" if name.startswith("ketamine") else "saline")
                    rows["score"].append(phase.MADRS[replicate, who, 0])
                    rows["start"].append(phase.baseline[replicate, who])
        ours = crossover(rows, "score", "who", "period", "given", baseline="start", reference="saline")
        assert found.value[replicate, 0] == pytest.approx(ours.difference[0])
        assert found.se[replicate, 0] == pytest.approx(ours.se[0])
        assert found.df[replicate, 0] == ours.df


def test_a_published_difference_of_both_periods_is_the_one_within_people(swapped: TrialData):
    row = next(row for row in swapped.trial.published if row.measure == "MADRS_total_diff")
    said = predict(swapped, row)
    assert isinstance(said, np.ndarray)
    assert said == pytest.approx(primary_analysis(swapped).value[:, 0])


def test_the_summary_marks_the_comparison_over_both_periods_as_planned(swapped: TrialData, staged: TrialData):
    for data, name in ((swapped, "cross-over"), (staged, "SPCD")):
        summary = summarise(data)
        (planned,) = [one for one in summary.contrasts if one.primary]
        assert planned.estimator == name
        assert planned.difference.mean == pytest.approx(np.nanmean(primary_analysis(data).value))
        assert sum(way.replicates for way in planned.fits) == data.replicates
        assert planned.phase == " and ".join(phase.name for phase in phases_compared(data.trial))


def test_within_people_takes_fewer_people():
    trial = load_trial("zarate-2006")
    first = replace(trial.primary, analysis=Analysis.ANCOVA, treatments=())
    within = rows_of(Job(trial, 4, (whole(trial),)), range(40))[:, 0, 0]
    between = rows_of(Job(replace(trial, primary=first), 4, (whole(trial),)), range(40))[:, 0, 0]
    assert within[:, 1].mean() < 0.75 * between[:, 1].mean()
    assert within[:, 1].mean() == pytest.approx(within[:, 0].std(ddof=1), rel=0.35)


def test_the_second_stage_takes_those_who_fell_by_less_and_nobody_else():
    trial = stages()
    before, after = trial.phases
    baseline = np.full(5, 40.0)
    rated = np.array([21.0, 20.0, 19.0, 10.0, 30.0])
    standing = Standing(rated, baseline, rated[:, None], np.array([True] * 4 + [False]))
    arm = np.full(5, 1)
    found = allocated(before, after, arm, standing, np.full(5, 0.1))
    names = [after.arms[place].name if place >= 0 else "" for place in found]
    assert names == ["placebo, then spray", "placebo went on", "placebo went on", "placebo went on", ""]


def test_the_conducted_second_stage_is_of_those_whom_placebo_did_not_help(staged: TrialData):
    first, second = staged.phases
    again = second.members(("placebo, then spray", "placebo, then placebo"))
    assert again.any()
    assert (second.baseline[again] > 0.5 * first.baseline[again]).all()
    assert first.members(("placebo first",))[again].all()


def test_a_conducted_comparison_in_stages_is_that_of_its_stages(staged: TrialData):
    parts = []
    for phase, name in zip(staged.phases, stages().groups[0].arms, strict=True):
        treated = phase.members((name,))
        against = phase.members(("placebo first", "placebo, then placebo"))
        used = (treated | against) & phase.observed[..., -1]
        change = np.where(used, phase.MADRS[..., -1] - phase.baseline, np.nan)
        fitted = ancova(change, phase.baseline, treated)
        parts.append(Stage(fitted.difference, fitted.se, fitted.df))
    both = combine_stages(*parts, weight=0.6)
    found = primary_analysis(staged)
    assert found.value[:, 0] == pytest.approx(both.difference)
    assert found.se[:, 0] == pytest.approx(both.se)
    assert found.df[:, 0] == pytest.approx(both.df)


def test_responses_of_two_stages_are_put_together_too(staged: TrialData):
    primary = replace(staged.trial.primary, endpoint=Endpoint.RESPONSE)
    data = replace(staged, trial=replace(staged.trial, primary=primary))
    found = primary_analysis(data)
    assert unit_of(data.trial) == "1"
    assert (np.abs(found.value) <= 1.0).all()
    assert np.isinf(found.df).all()
    assert analysis_name(data.trial) == "SPCD: shares in each stage, the first weighing 0.6"
    assert all(not one.primary for one in summarise(data).contrasts)


def test_power_is_asked_of_groups_and_names_what_it_asks():
    study = power(with_sizes(stages(), (12, 24)), Asked(replicates=4, arm="esketamine"), seed=5)
    (one,) = study.operating
    assert (one.arm, one.reference) == ("esketamine", "placebo")
    assert "at 672 h after the start of each of stage 1 and stage 2" in one.estimand
    assert "all of them weighing 0.6 and those randomised again 0.4" in one.estimand
    assert np.isfinite(one.estimate.value)


def test_both_read_back_as_they_are():
    for trial in (stages(), load_trial("lapidus-2014"), load_trial("synapse")):
        again = parse_trial(to_toml(trial))
        assert again.primary == trial.primary
        assert again.phases == trial.phases
        assert reference_name(trial) in trial.primary.treatments
        assert set(treated_arms(trial)) < set(trial.primary.treatments)
        assert "each of" in estimand_of(trial, treated_arms(trial)[0], reference_name(trial)).words


def changed(**parts: object) -> Trial:
    return replace(stages(), primary=replace(stages().primary, **parts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("trial", "words"),
    [
        (
            changed(treatments=("esketamin", "placebo")),
            r"primary.treatments: no group 'esketamin'; did you mean 'esk",
        ),
        (changed(treatments=("placebo",)), r"primary.treatments: 1 given; 'SPCD' compares two groups"),
        (changed(weight=None), r"primary.weight: missing; 'SPCD' needs what the first stage counts for"),
        (changed(weight=1.0), r"primary.weight: given 1; it must lie between 0 and 1"),
        (changed(analysis=Analysis.CROSS_OVER), r"primary.weight: given for the analysis 'cross-over'"),
        (changed(analysis=Analysis.ANCOVA), r"primary.treatments: given for the analysis 'ANCOVA'"),
        (changed(visit="stage 2, week 4"), r"primary.visit: given 'stage 2, week 4'; it must be of the first phase"),
        (changed(endpoint=Endpoint.TIME_TO_RELAPSE), r"primary.analysis: given 'SPCD'; for 'time to relapse'"),
    ],
)
def test_a_plan_over_phases_that_cannot_be_done_is_refused(trial: Trial, words: str):
    with pytest.raises(TrialFileError, match=words):
        check(trial)


def regrouped(first: tuple[str, ...], second: tuple[str, ...]) -> Trial:
    trial = stages()
    return replace(trial, groups=tuple(replace(g, arms=a) for g, a in zip(trial.groups, (first, second), strict=True)))


@pytest.mark.parametrize(
    ("trial", "words"),
    [
        (regrouped(("spray first",), ("placebo first",)), "their arms are in 1 phase"),
        (
            regrouped(("spray first",), ("placebo first", "placebo, then placebo")),
            "'esketamine' has no arm in",
        ),
        (
            regrouped(("spray first", "placebo, then placebo"), ("placebo first", "placebo, then spray")),
            "the reference arms .* must make up one group",
        ),
        (
            regrouped(("spray first", "spray went on"), ("placebo first", "placebo, then placebo")),
            "'spray went on' takes its persons from 'spray first'; the second stage is of those from 'placebo first'",
        ),
        (
            regrouped(("spray first", "placebo first"), ("placebo first", "placebo, then placebo")),
            "'placebo first' stands in two groups",
        ),
    ],
)
def test_groups_that_are_no_treatments_are_refused(trial: Trial, words: str):
    with pytest.raises(TrialFileError, match=words):
        check(trial)


def test_a_visit_that_a_later_phase_lacks_is_refused():
    trial = stages()
    visits = tuple(replace(visit, t=1340.0) if visit.label == "stage 2, week 4" else visit for visit in trial.visits)
    with pytest.raises(TrialFileError, match="visits: none 672 h after the start of 'stage 2'"):
        check(replace(trial, visits=visits))
