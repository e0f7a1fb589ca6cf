"""What a notebook shows: a table and a figure, no script whatever the names say, nothing from elsewhere."""

from __future__ import annotations

import base64
import re
from dataclasses import fields, replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import sample_results

import euthymia as eu
from euthymia.api import ConductedTrial, TreatmentCourse
from euthymia.engine.course import Course
from euthymia.errors import OutputError
from euthymia.report.notebook import course_cell, trial_cell
from euthymia.trials.results import TrialSummary

EVIL = "<script>alert('x')</script><img src=x onerror=alert(1)>\""


def treatment(course: Course) -> TreatmentCourse:
    return TreatmentCourse(course.t, course.variables, course.meta)


def conducted(summary: TrialSummary) -> ConductedTrial:
    return ConductedTrial(**{field.name: getattr(summary, field.name) for field in fields(summary)})


SHOWN = {
    "a person": treatment(sample_results.course()),
    "people": treatment(sample_results.course(5)),
    "a conducted trial": conducted(sample_results.trial_summary()),
    "a design": eu.trial("transform-2"),
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_cell_shows_a_table_and_says_what_it_is_not_for_and_loads_nothing(name: str) -> None:
    made = SHOWN[name]._repr_html_()
    assert made == SHOWN[name]._repr_html_()
    assert "<table" in made
    assert made.count("not for treating a person") == 1
    assert re.findall(r"<script|https?:|@import|\bon\w+=", made) == []


@pytest.mark.parametrize("name", [name for name in SHOWN if name != "a design"])
def test_the_figure_is_an_image_of_its_own(name: str) -> None:
    made = SHOWN[name]._repr_html_()
    (drawn,) = re.findall(r"data:image/svg\+xml;base64,([\w+/=]+)", made)
    assert ElementTree.fromstring(base64.b64decode(drawn)).tag.endswith("svg")
    assert "<svg" not in made


def test_names_that_hold_markup_are_shown_as_text() -> None:
    course = sample_results.course()
    variables = {name: replace(series, label=EVIL) for name, series in course.variables.items()}
    odd = Course(course.t, variables, replace(course.meta, regimen=EVIL))
    summary = sample_results.trial_summary()
    arms = tuple(replace(arm, name=EVIL) for arm in summary.arms)
    visits = tuple(replace(visit, arm=EVIL) for visit in summary.arm_visits)
    rows = tuple(replace(row, arm=EVIL) for row in summary.comparisons)
    evil = replace(summary, title=EVIL, arms=arms, arm_visits=visits, comparisons=rows)
    for made in (course_cell(odd), trial_cell(evil)):
        assert "<script" not in made
        assert "<img src=x" not in made
        assert "&lt;script&gt;" in made


def test_a_trial_cell_lists_its_misses_and_a_course_without_the_usual_variables_shows_what_it_has() -> None:
    made = trial_cell(sample_results.trial_summary())
    assert made.count(">MISS</td>") == 3
    course = sample_results.course()
    only = Course(course.t, {"CADSS": course.series("CADSS")}, course.meta)
    assert 'alt="CADSS over time"' in course_cell(only)


def test_a_result_hands_its_report_over_as_page_and_as_pdf_the_same_bytes_again(tmp_path: Path) -> None:
    for name in ("people", "a conducted trial"):
        for ending, start in ((".html", b"<!doctype html>"), (".pdf", b"%PDF-")):
            made = SHOWN[name].report(tmp_path / f"a{ending}").read_bytes()
            assert made.startswith(start)
            assert SHOWN[name].report(tmp_path / f"b{ending}").read_bytes() == made


def test_a_call_from_python_is_told_as_that_and_other_endings_are_refused(tmp_path: Path) -> None:
    course = SHOWN["a person"]
    unsaid = replace(course, meta=replace(course.meta, command="", version=""))
    assert "a call from Python" in unsaid.report(tmp_path / "a.html").read_text(encoding="utf-8")
    with pytest.raises(OutputError, match=r"ends in \.html or \.pdf; given '.*a\.docx'"):
        course.report(tmp_path / "a.docx")


def test_a_kept_run_is_loaded_as_what_shows_itself(tmp_path: Path) -> None:
    regimen = "esketamine 84 mg nasal on day 1"
    made = eu.simulate(regimen, days=1, store=tmp_path / "runs")
    found = eu.load(tmp_path / "runs", eu.runs.listed(tmp_path / "runs")[0].id)
    assert isinstance(found, TreatmentCourse)
    assert found._repr_html_() == made._repr_html_()
