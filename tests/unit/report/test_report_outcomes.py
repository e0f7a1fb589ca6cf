"""Flow, figures and tables of a conducted trial: counts that add up, curves that are what they say, whole files."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from euthymia.errors import EuthymiaError, UnknownNameError
from euthymia.report.consort import consort, consort_table
from euthymia.report.consort_figure import flow
from euthymia.report.html import trial_report
from euthymia.report.outcome_figures import _improved, _staying, sheets
from euthymia.report.outcome_marks import of_names
from euthymia.report.outcome_tables import contrasts_csv, flow_csv, published_csv, visits_csv
from euthymia.report.sheet import Form, form_named
from euthymia.trials.analyse import summarise
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct
from euthymia.trials.data import TrialData
from euthymia.trials.results import TrialSummary

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def crossed() -> TrialData:
    """Two periods, of which the second takes some of the people of the first."""
    return conduct(load_trial("synapse"), seed=4, replicates=3)


@pytest.fixture(scope="module")
def said(crossed: TrialData) -> TrialSummary:
    return summarise(crossed)


def test_everybody_of_an_arm_left_or_completed(crossed: TrialData):
    for number in (1, 2, 3):
        for arm in consort(crossed, number).arms:
            assert arm.left + arm.completed == arm.assigned
            assert arm.analysed <= arm.carried <= arm.assigned
            assert arm.treated <= arm.assigned


def test_who_went_on_is_who_is_in_the_next_period(crossed: TrialData):
    found = consort(crossed)
    first = [arm for arm in found.arms if arm.phase == "period 1"]
    second = [arm for arm in found.arms if arm.phase == "period 2"]
    assert sum(arm.assigned for arm in first) == found.enrolled
    assert sum(arm.went_on or 0 for arm in first) == sum(arm.assigned for arm in second)
    assert all(arm.went_on is None for arm in second)


def test_counts_agree_with_the_summary(crossed: TrialData, said: TrialSummary):
    final = {row.arm: row.n.mean for row in said.arm_visits}  # the last visit of an arm comes last
    counted = [consort(crossed, number).arms for number in (1, 2, 3)]
    for arms in zip(*counted, strict=True):
        assert final[arms[0].arm] == pytest.approx(np.mean([arm.analysed for arm in arms]))


def test_the_flow_is_told_in_words_and_in_rows(crossed: TrialData):
    found = consort(crossed)
    assert "Screened: not simulated" in found.text()
    assert found.to_dict()["screened"] is None
    rows = list(csv.DictReader(io.StringIO(flow_csv(found))))
    assert len(rows) == len(found.arms) == len(consort_table(found).rows) == 9
    assert [int(row["assigned"]) for row in rows] == [arm.assigned for arm in found.arms]


def test_there_is_no_replicate_beyond_the_last(crossed: TrialData):
    with pytest.raises(EuthymiaError, match="replicate is 4; expected 1 to 3"):
        consort(crossed, 4)


def test_every_figure_is_drawn_to_the_same_bytes(crossed: TrialData, said: TrialSummary):
    made = {each.name: each for each in sheets(crossed, said)}
    assert {"flow", "means", "spaghetti", "waterfall", "cumulative", "leaving"} <= set(made)
    for each in (made["flow"], made["leaving"]):
        assert each.file(Form.PNG).startswith(PNG)
        assert each.file(Form.PNG) == each.file(Form.PNG)
        assert each.file(Form.SVG) == each.file(Form.SVG)
    for each in made.values():
        assert f'aria-label="{each.title}"' in each.element()


def test_axes_tell_their_units(crossed: TrialData, said: TrialSummary):
    drawn = {each.name: each.element() for each in sheets(crossed, said)}
    assert "change in MADRS, points" in drawn["means"]
    assert "days after randomisation" in drawn["leaving"]
    assert "% of baseline" in drawn["cumulative"]
    assert "change, %" in drawn["waterfall"]


def test_a_trial_with_relapse_shows_who_stays_well(crossed: TrialData):
    trial = load_trial("sustain-1")
    rule = trial.relapse
    # The second period of another trial stands in for a withdrawal, which takes a year to conduct.
    data = replace(crossed, trial=replace(crossed.trial, relapse=rule))
    names = [each.name for each in sheets(data, summarise(data))]
    assert "relapse-period-2" in names


def test_six_arms_differ_by_more_than_colour():
    looks = of_names([f"arm {number}" for number in range(6)], ["arm 0"])
    assert len({(str(look.dash), look.marker) for look in looks.values()}) == 6


def test_without_anybody_lost_the_curve_is_the_share_that_stays():
    time, event = np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([[True, True, False, False]])
    curve = _staying(np.where(event, time, 4.0), event, np.ones((1, 4), dtype=bool), np.array([0.5, 1.0, 2.5, 4.0]))
    np.testing.assert_allclose(curve, [[1.0, 0.75, 0.5, 0.5]])


def test_the_cumulative_curve_counts_people():
    percent, who = np.array([[-60.0, -50.0, 10.0, np.nan]]), np.ones((1, 4), dtype=bool)
    np.testing.assert_allclose(_improved(percent, who, np.array([0.0, 50.0, 55.0, 100.0])), [[2 / 3, 2 / 3, 1 / 3, 0]])


def test_tables_hold_what_the_summary_says(said: TrialSummary):
    visits = list(csv.DictReader(io.StringIO(visits_csv(said))))
    assert len(visits) == len(said.arm_visits)
    assert [float(row["change_mean"]) for row in visits] == [row.change.mean for row in said.arm_visits]
    contrasts = list(csv.DictReader(io.StringIO(contrasts_csv(said))))
    assert [row["estimator"] for row in contrasts] == [row.estimator for row in said.contrasts]
    assert [float(row["difference_low"]) for row in contrasts] == [row.difference.low for row in said.contrasts]
    published = list(csv.DictReader(io.StringIO(published_csv(said))))
    assert [float(row["value"]) for row in published] == [row.value for row in said.comparisons]
    assert [row["predicted_mean"] == "" for row in published] == [row.predicted is None for row in said.comparisons]


def test_a_name_that_looks_like_a_formula_stays_text(said: TrialSummary):
    evil = replace(said, arm_visits=(replace(said.arm_visits[0], arm="=1+1"),))
    assert next(csv.DictReader(io.StringIO(visits_csv(evil))))["arm"] == "'=1+1"


def test_a_picture_format_with_a_typo_gets_the_nearest_name(crossed: TrialData):
    assert form_named("PNG") is Form.PNG
    with pytest.raises(UnknownNameError, match="did you mean 'svg'"):
        form_named("svgg")
    assert "Enrolled" in flow(consort(crossed)).element()


def test_the_report_of_a_trial_shows_means_by_visit(crossed: TrialData, said: TrialSummary):
    assert 'aria-label="Mean change by visit"' in trial_report(said, crossed.trial)
    assert 'aria-label="Mean change by visit"' not in trial_report(said)
