"""Screening: who comes, who is let in, how many are not, and what a baseline that was lifted does afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from euthymia.engine.stream import Stream
from euthymia.errors import TrialFileError
from euthymia.evidence import Record, load_record
from euthymia.report.consort import Consort, consort, consort_table
from euthymia.report.consort_figure import flow
from euthymia.symptoms.scale import Scale
from euthymia.symptoms.setting import Setting, under
from euthymia.trials.analyse import summarise
from euthymia.trials.catalogue import load_trial
from euthymia.trials.checks import check
from euthymia.trials.conduct import conduct
from euthymia.trials.data import Screened, TrialData
from euthymia.trials.design import DropoutSpec, Trial
from euthymia.trials.protocol import parse_trial
from euthymia.trials.running import Reason, Screening
from euthymia.trials.screening import Candidates, screened, spread_and_noise
from euthymia.trials.writing import to_toml

COMES = Screening(before=168.0, mean=29.0, sd=8.0)
LIMIT = 28.0


@pytest.fixture(scope="module")
def trial() -> Trial:
    """A trial of tablets against placebo with two arms, into which a MADRS of 28 lets people."""
    found = load_trial("faber-1995")
    drug, placebo = (replace(arm, n=60, baseline=None) for arm in found.phases[0].arms[-2:])
    return replace(
        found,
        published=(),
        groups=(),
        dropout=DropoutSpec(0.1),
        scale=Scale.MADRS,
        population=replace(found.population, MADRS_min=LIMIT, HAMD17_min=None),
        phases=(replace(found.phases[0], arms=(drug, placebo)),),
        screening=COMES,
    )


@pytest.fixture(scope="module")
def tablets() -> Record:
    return under(load_record("amplitudes"), Setting.TABLETS)


@pytest.fixture(scope="module")
def data(trial: Trial) -> TrialData:
    rules = replace(COMES, inflation=2.0, improved_max=0.2, other_failures=0.15)
    return conduct(replace(trial, screening=rules), seed=5, replicates=3)


def candidates(trial: Trial, tablets: Record, rules: Screening, n: int = 40_000) -> tuple[Candidates, dict]:
    stream = Stream(3).fold("candidates")
    found = Candidates.of(replace(trial, screening=rules), rules, tablets)
    entered, against = found.judged(
        lambda purpose: stream.normal(purpose, 0, n)[:, 0], stream.uniform("other reasons", 0, n)[:, 0]
    )
    return found, {"entered": entered, "against": against}


def test_those_who_come_are_rated_with_the_mean_and_sd_of_the_file(trial: Trial, tablets: Record):
    _, found = candidates(trial, tablets, replace(COMES, before=0.0))
    total = found["entered"].total
    assert total.mean() == pytest.approx(COMES.mean, abs=0.15)
    assert total.std() == pytest.approx(COMES.sd, abs=0.1)


def test_severity_falls_before_randomisation_as_on_a_waiting_list(trial: Trial, tablets: Record):
    _, now = candidates(trial, tablets, replace(COMES, before=0.0))
    _, later = candidates(trial, tablets, replace(COMES, before=1e9))
    left = 1.0 - tablets.value("natural_fraction", "1")
    np.testing.assert_allclose(later["entered"].severity, left * now["entered"].severity)


def test_a_total_that_lets_in_by_chance_is_above_the_truth(trial: Trial, tablets: Record):
    found, drawn = candidates(trial, tablets, replace(COMES, before=0.0))
    entered = drawn["entered"]
    in_ = entered.total >= LIMIT
    reliability = (found.sd / COMES.sd) ** 2
    excess = (entered.total - entered.severity)[in_].mean()
    assert excess == pytest.approx((1.0 - reliability) * (entered.total[in_].mean() - COMES.mean), abs=0.1)


def test_raters_lift_what_falls_short_to_the_limit_and_nothing_else(trial: Trial, tablets: Record):
    plain = candidates(trial, tablets, COMES)[1]["entered"]
    lifted = candidates(trial, tablets, replace(COMES, inflation=3.0))[1]["entered"]
    short = (plain.total < LIMIT) & (plain.total >= LIMIT - 3.0)
    np.testing.assert_array_equal(lifted.total[short], LIMIT)
    np.testing.assert_array_equal(lifted.total[~short], plain.total[~short])
    np.testing.assert_array_equal(lifted.severity, plain.severity)


def test_the_more_raters_lift_the_more_a_baseline_is_above_the_truth(trial: Trial, tablets: Record):
    def excess(points: float) -> float:
        rules = replace(COMES, inflation=points)
        drawn = candidates(trial, tablets, rules)[1]
        in_ = ~np.any(list(drawn["against"].values()), axis=0)
        return float((drawn["entered"].total - drawn["entered"].severity)[in_].mean())

    found = [excess(points) for points in (3.0, 6.0, 9.0, 12.0)]
    assert found == sorted(found)
    assert found[-1] > excess(0.0) + 1.0


def test_people_on_placebo_fall_more_where_raters_lift_more(trial: Trial):
    def fall(points: float) -> float:
        phase = conduct(replace(trial, screening=replace(COMES, inflation=points)), seed=1, replicates=12).phases[0]
        placebo = phase.members(("placebo",))
        return float((phase.baseline - phase.MADRS[..., 0])[placebo].mean())

    assert fall(10.0) > fall(0.0) + 0.5


def test_everybody_let_in_has_the_total_and_arms_are_full(data: TrialData):
    assert data.phases[0].baseline.min() >= LIMIT
    assert data.phases[0].arm.shape == (3, 120)


def test_who_was_screened_was_let_in_or_failed_for_one_reason(data: TrialData):
    came = cast(Screened, data.screened)
    why = came.by_reason()
    np.testing.assert_array_equal(came.people - came.failed.sum(1), 120)
    assert came.failed.sum(0).min() > 0
    share = why[Reason.OTHER].sum() / (came.people - why[Reason.SCORE_AT_SCREENING]).sum()
    assert share == pytest.approx(0.15, abs=0.07)


def test_a_replicate_is_screened_alike_with_others_beside_it(trial: Trial, data: TrialData):
    alone = conduct(data.trial, seed=5, replicates=1)
    for one, other in (
        (alone.phases[0].MADRS, data.phases[0].MADRS),
        (alone.phases[0].baseline, data.phases[0].baseline),
    ):
        np.testing.assert_array_equal(one, other[:1])
    assert cast(Screened, alone.screened).people[0] == cast(Screened, data.screened).people[0]


def test_counts_reach_the_flow_and_the_summary(data: TrialData):
    found, came = consort(data, 2), cast(Screened, data.screened)
    assert found.screened == came.people[1]
    assert found.failed == {str(reason): count[1] for reason, count in came.by_reason().items()}
    assert cast(int, found.screened) - sum(found.failed.values()) == found.enrolled
    assert (
        f"  not let in, improved before randomisation: {found.failed['improved before randomisation']}" in found.text()
    )
    assert "Screened" in flow(found).element()
    assert "Screened" in consort_table(found).note
    said = cast(dict, summarise(data).to_dict()["screening"])
    assert said["people"]["mean"] == pytest.approx(came.people.mean())
    assert list(said["failed"]) == [str(reason) for reason in Reason]


def test_without_screening_nobody_counts(trial: Trial):
    plain = conduct(load_trial("faber-1995"), seed=5, replicates=1)
    found: Consort = consort(plain)
    assert plain.screened is None
    assert "Screened: not simulated" in found.text()
    assert summarise(plain).screening is None


def test_a_limit_out_of_reach_is_told_with_how_many_of_how_many(trial: Trial, tablets: Record):
    asked = replace(
        trial, population=replace(trial.population, MADRS_min=60.0), screening=replace(COMES, mean=15.0, sd=6.0)
    )
    words = r"arm 'placebo': 0 of 60000 people passed screening, and 60 places are empty \(score at screening 60000\)"
    with pytest.raises(TrialFileError, match=words):
        screened(asked, asked.phases[0].arms[1], Stream(1), tablets)


def test_totals_that_spread_less_than_errors_do_are_refused(trial: Trial, tablets: Record):
    _, noise = spread_and_noise(COMES, tablets)
    with pytest.raises(TrialFileError, match=rf"screening.sd: given 2; .* make {noise:.3g} points; allowed: more"):
        Candidates.of(trial, replace(COMES, sd=2.0), tablets)


@pytest.mark.parametrize(
    ("rules", "minimum", "words"),
    [
        ({"inflation": 2.0}, None, r"screening\.inflation: given 2; .* it needs population\.MADRS_min"),
        ({"sd": 0.0}, LIMIT, r"screening\.sd: given 0; it must be above 0"),
        ({"other_failures": 1.0}, LIMIT, r"screening\.other_failures: given 1; below 1"),
        ({"scale": Scale.HAMD17}, LIMIT, r"population\.MADRS_min: given; people are let in by the HAMD17 here"),
    ],
)
def test_faults_are_told(trial: Trial, rules: dict, minimum: float | None, words: str):
    population = replace(trial.population, MADRS_min=minimum)
    with pytest.raises(TrialFileError, match=words):
        check(replace(trial, population=population, screening=replace(COMES, **rules)))


def test_an_arm_needs_a_baseline_only_where_nobody_is_screened(trial: Trial):
    check(trial)
    with pytest.raises(TrialFileError, match=r"arms\[0\]\.baseline: missing"):
        check(replace(trial, screening=None))


def test_screening_is_read_and_written(trial: Trial):
    asked = replace(trial, screening=replace(COMES, inflation=2.0, improved_max=0.25, other_failures=0.1))
    assert parse_trial(to_toml(asked)) == asked
