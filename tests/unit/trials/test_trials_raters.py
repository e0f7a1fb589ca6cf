"""Ratings in trials: totals are sums of items, enrolment keeps its total, other scales go beside or in place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from euthymia.engine.ensemble import Settings
from euthymia.symptoms.items import Item
from euthymia.symptoms.scale import Remission, Scale, usual_fall, usual_remission
from euthymia.trials.analyse import summarise
from euthymia.trials.batch import Batch
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct
from euthymia.trials.data import TrialData
from euthymia.trials.design import Recall, RemissionRule, Trial, Visit, scales_of
from euthymia.trials.predict import rules
from euthymia.trials.results import TrialSummary

SEED = 4
SUICIDAL = Item.SUICIDAL_THOUGHTS.column


def small(trial: Trial, n: int = 15) -> Trial:
    """Return a trial with small arms and nothing published."""
    arms = tuple(replace(arm, n=n) for arm in trial.phases[0].arms)
    return replace(trial, phases=(replace(trial.phases[0], arms=arms), *trial.phases[1:]), published=())


def on_all_scales(trial: Trial) -> Trial:
    """Return a trial whose last visit has every scale, and one on the way the PHQ-9."""
    *earlier, last = trial.visits
    earlier[0] = replace(earlier[0], scales=(Scale.PHQ9,))
    return replace(trial, visits=(*earlier, replace(last, scales=tuple(Scale))))


@pytest.fixture(scope="module")
def trial() -> Trial:
    return on_all_scales(small(load_trial("transform-1")))


@pytest.fixture(scope="module")
def data(trial: Trial) -> TrialData:
    return conduct(trial, seed=SEED, replicates=3)


@pytest.fixture(scope="module")
def summary(data: TrialData) -> TrialSummary:
    return summarise(data)


def test_a_total_is_the_sum_of_its_items_at_enrolment_and_at_every_visit(data: TrialData):
    phase = data.phases[0]
    assert phase.items is not None
    assert phase.baseline_items is not None
    assert phase.items.dtype == phase.baseline_items.dtype == np.int8
    np.testing.assert_array_equal(phase.items.sum(-1), phase.MADRS)
    np.testing.assert_array_equal(phase.baseline_items.sum(-1), phase.baseline)
    assert phase.items.min() >= 0
    assert phase.items.max() <= 6


def test_a_later_phase_starts_with_the_items_of_the_visit_there():
    first, second = conduct(load_trial("synapse"), seed=SEED, replicates=2).phases
    place = next(place for place, visit in enumerate(first.visits) if visit.t == second.phase.start)
    assert first.items is not None
    assert second.baseline_items is not None
    np.testing.assert_array_equal(second.baseline_items, first.items[:, :, place])
    np.testing.assert_array_equal(second.baseline_items.sum(-1), second.baseline)


def test_the_total_at_enrolment_is_the_one_that_people_were_let_in_by(trial: Trial, data: TrialData):
    batch = Batch(trial, SEED, range(3), Settings())
    np.testing.assert_array_equal(data.phases[0].baseline.ravel(), batch.people.baseline_rating)
    lowest = trial.population.MADRS_min
    assert lowest is not None
    assert data.phases[0].baseline.min() >= lowest


def test_a_person_keeps_the_own_profile_over_visits(data: TrialData):
    items = data.phases[0].items
    assert items is not None
    sleep = items[..., Item.REDUCED_SLEEP.column].reshape(-1, items.shape[2]).astype(float)
    total = items.sum(-1).reshape(-1, items.shape[2])
    rest = [sleep[:, at] - np.polyval(np.polyfit(total[:, at], sleep[:, at], 1), total[:, at]) for at in (0, -1)]
    assert np.corrcoef(rest[0], rest[1])[0, 1] > 0.3


def test_letting_suicidal_ideation_in_raises_that_item_and_no_total(trial: Trial, data: TrialData):
    admitted = replace(trial, population=replace(trial.population, suicidal_ideation=True))
    other = conduct(admitted, seed=SEED, replicates=3).phases[0]
    phase = data.phases[0]
    assert phase.baseline_items is not None
    assert other.baseline_items is not None
    np.testing.assert_array_equal(other.baseline, phase.baseline)
    before, after = (one[..., SUICIDAL].mean() for one in (phase.baseline_items, other.baseline_items))
    assert before < 1.2
    assert after > before + 0.6


def test_another_scale_moves_no_rating_of_the_madrs(trial: Trial, data: TrialData):
    plain = small(load_trial("transform-1"))
    np.testing.assert_array_equal(conduct(plain, seed=SEED, replicates=3).phases[0].MADRS, data.phases[0].MADRS)


@pytest.mark.parametrize("options", [{"threads": 1}, {"threads": 2, "chunk": 1}])
def test_items_scales_and_guesses_are_the_same_bytes_however_the_work_is_split(
    trial: Trial, data: TrialData, options: dict[str, int]
):
    one, other = data.phases[0], conduct(trial, seed=SEED, replicates=3, **options).phases[0]  # type: ignore[arg-type]
    assert one.items is not None
    assert other.items is not None
    assert one.items.tobytes() == other.items.tobytes()
    assert one.guesses is not None
    assert other.guesses is not None
    assert one.guesses.belief.tobytes() == other.guesses.belief.tobytes()
    for scale, scores in one.scores.items():
        assert scores.total.tobytes() == other.scores[scale].total.tobytes()


def test_replicates_are_put_together_the_same_however_many_go_at_once(
    trial: Trial, data: TrialData, summary: TrialSummary, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("euthymia.trials.conduct.REPLICATES_A_BATCH", 2)
    again = conduct(trial, seed=SEED, replicates=3)
    assert again.site is not None
    assert data.site is not None
    np.testing.assert_array_equal(again.site, data.site)
    assert summarise(again).to_json() == summary.to_json()


def test_a_scale_is_filled_in_where_the_file_says_and_nowhere_else(data: TrialData):
    phase = data.phases[0]
    assert set(phase.scores) == {Scale.HAMD17, Scale.QIDS_SR16, Scale.PHQ9}
    rated = {scale: np.isfinite(scores.total).all((0, 1)) for scale, scores in phase.scores.items()}
    last = len(phase.visits) - 1
    np.testing.assert_array_equal(np.flatnonzero(rated[Scale.HAMD17]), [last])
    np.testing.assert_array_equal(np.flatnonzero(rated[Scale.PHQ9]), [0, last])
    for scores in phase.scores.values():
        assert np.isfinite(scores.baseline).all()


def test_scales_go_together_in_people(data: TrialData):
    phase = data.phases[0]
    for scores in phase.scores.values():
        assert np.corrcoef(scores.total[..., -1].ravel(), phase.MADRS[..., -1].ravel())[0, 1] > 0.7


def test_two_weeks_of_recall_see_less_of_a_quick_fall(trial: Trial):
    visits = tuple(Visit(label, 336.0 + place, recall) for place, (label, recall) in enumerate(RECALLS.items()))
    found = conduct(replace(trial, visits=visits), seed=SEED, replicates=8).phases[0]
    week, fortnight = found.MADRS.mean((0, 1))
    assert fortnight > week + 0.5


RECALLS = {"a week": Recall.WEEK, "two weeks": Recall.TWO_WEEKS}


def test_a_trial_on_another_scale_is_compared_and_judged_by_it(trial: Trial):
    judged = replace(trial, scale=Scale.HAMD17, remission=RemissionRule(usual_remission(Scale.HAMD17).threshold))
    data = conduct(judged, seed=SEED, replicates=3)
    found, phase = summarise(data), data.phases[0]
    assert {contrast.scale for contrast in found.contrasts} == {"HAMD17"}
    assert np.isfinite(phase.scores[Scale.HAMD17].total).all()
    assert rules(judged, Scale.HAMD17) == (0.5, 7.0)
    assert rules(judged, Scale.MADRS) == (usual_fall(), Remission.MADRS_ESKETAMINE.threshold)
    assert scales_of(judged)[:2] == (Scale.MADRS, Scale.HAMD17)


def test_the_summary_holds_every_item_of_every_arm_and_visit(data: TrialData, summary: TrialSummary):
    phase = data.phases[0]
    arms, visits = len(phase.phase.arms), len(phase.visits)
    assert len(summary.item_means) == arms * (1 + visits) * len(Item)
    for arm in phase.phase.arms:
        there = phase.members((arm.name,))
        for place, visit in enumerate(phase.visits):
            means = [one.score.mean for one in summary.item_means if (one.arm, one.visit) == (arm.name, visit.label)]
            seen = there & phase.observed[..., place]
            totals = [phase.MADRS[one, seen[one], place].mean() for one in range(3)]
            assert sum(means) == pytest.approx(np.mean(totals))


def test_the_summary_tells_of_other_scales_only_where_they_are_filled_in(data: TrialData, summary: TrialSummary):
    arms = len(data.phases[0].phase.arms)
    assert len(summary.scale_visits) == arms * (2 + 1 + 1)
    last = data.phases[0].visits[-1].label
    for one in summary.scale_visits:
        assert one.change.mean < 0.0 or one.visit != last
        assert 0.0 <= one.response.mean <= 1.0
        assert 0.0 <= one.remission.mean <= 1.0
    assert "item_means" in summary.to_dict()
