"""One report, two forms: the page and the PDF hold the same parts, carry nothing out, and are the same bytes again."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace

import numpy as np
import pytest
import sample_results

from euthymia.engine.course import Course
from euthymia.errors import EuthymiaError
from euthymia.evidence.posterior import SCHEMA, Posterior, from_text
from euthymia.report import pdf
from euthymia.report.calibration_document import calibration_document
from euthymia.report.course_document import course_document
from euthymia.report.document import Code, Picture, Prose, Report, Section
from euthymia.report.html import as_html
from euthymia.report.trial_document import trial_document

EVIL = "#panic() $x$ *b* _i_ <script>alert('x')</script> \\ @ref https://nowhere.invalid [#(1/0)] \"q\""
PARTS = ("The question", "The design", "Figures", "What it rests on", "Sources", "Make it again")


def posterior() -> Posterior:
    """Return an invented posterior of three numbers; no value here is a finding."""
    names = (("amplitudes.gain", "1", 0.5), ("amplitudes.care_mean", "points", 14.0), ("plasticity.tau_pot", "d", 5.2))
    sds = (0.4, 0.6, 0.99)
    correlation = np.array([[1.0, -0.7, 0.1], [-0.7, 1.0, 0.0], [0.1, 0.0, 1.0]])
    document = {
        "schema": SCHEMA,
        "numbers": [
            {
                "name": name,
                "unit": unit,
                "prior": {"centre": centre, "width": 0.3, "scale": "log"},
                "mode": 0.2,
                "sd": sd,
            }
            for (name, unit, centre), sd in zip(names, sds, strict=True)
        ],
        "covariance": (correlation * np.outer(sds, sds)).tolist(),
        "effects": [
            {"kind": "care", "trial": "transform-1", "mode": -0.4, "sd": 0.5},
            {"kind": "drug effect", "trial": "transform-2", "mode": 0.3, "sd": 0.6},
        ],
        "trials": ["transform-1", "transform-2"],
        "rows": 50,
        "rows_hash": "0123456789abcdef",
        "version": "0.1.0",
        "command": "euthymia calibrate --seed 7",
    }
    return from_text(json.dumps(document), "invented")


REPORTS = {
    "trial": lambda: trial_document(sample_results.trial_summary()),
    "course": lambda: course_document(sample_results.course(5)),
    "calibration": lambda: calibration_document(posterior()),
}


@pytest.mark.parametrize("name", REPORTS)
def test_made_again_a_report_is_the_same_bytes_as_page_and_as_pdf(name: str) -> None:
    first, again = REPORTS[name](), REPORTS[name]()
    assert as_html(first) == as_html(again)
    assert pdf.as_pdf(first) == pdf.as_pdf(again)


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_has_its_parts_and_says_once_what_it_is_not_for(name: str) -> None:
    made = REPORTS[name]()
    headings = [section.heading for section in made.sections]
    assert [part for part in PARTS if part not in headings] == []
    assert [section.heading for section in made.sections if not section.blocks] == []
    assert as_html(made).count("not for treating a person") == 1


@pytest.mark.parametrize("name", REPORTS)
def test_a_pdf_holds_no_time_and_names_no_place_outside_itself(name: str) -> None:
    made = pdf.as_pdf(REPORTS[name]())
    assert made.startswith(b"%PDF-")
    assert b"CreationDate" not in made
    assert re.findall(rb"/(?:URI|Launch|JavaScript|GoToR)\b", made) == []


def test_a_pdf_says_its_title_and_language_and_is_tagged_for_those_who_hear_it() -> None:
    made = pdf.as_pdf(REPORTS["trial"]())
    for part in (b"/StructTreeRoot", b"/Lang(en)", b"/Title(A sample trial of a nasal spray)"):
        assert part in made


def test_what_a_file_says_is_shown_and_never_carried_out() -> None:
    summary = sample_results.trial_summary()
    arms = tuple(replace(arm, name=EVIL + arm.name, regimen=EVIL) for arm in summary.arms)
    odd = replace(summary, title=EVIL, citation=EVIL, notes=(EVIL,), command=EVIL, arms=arms)
    made = trial_document(odd)
    assert pdf.as_pdf(made).startswith(b"%PDF-")
    assert "<script" not in as_html(made)


def test_an_empty_text_and_an_overlong_word_are_set() -> None:
    made = Report("t", "", (Section("h", (Prose(""), Code(""), Prose("x" * 4000))),), "")
    assert pdf.as_pdf(made).startswith(b"%PDF-")


def test_letters_that_no_font_has_are_set_as_boxes_and_never_as_a_failure() -> None:
    made = Report(
        "\u8bd5\u9a8c \u0645\u0631\u062d\u0628\u0627 \U0001f600", "", (Section("\u8bd5", (Code("\u8bd5\x07"),)),), ""
    )
    assert pdf.as_pdf(made) == pdf.as_pdf(made)


def test_a_tall_figure_is_made_to_fit_a_page() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="100pt" height="900pt" viewBox="0 0 100 900"></svg>'
    assert len(pdf.as_pictures(Report("t", "", (Section("h", (Picture(svg, "c"),)),), ""), 20)) <= 2


def test_a_course_of_many_variables_is_drawn_a_few_panels_a_figure() -> None:
    course = sample_results.course()
    many = {f"v{number}": replace(course.series("MADRS"), label=f"v{number}") for number in range(19)}
    made = course_document(Course(course.t, many, course.meta))
    pictures = [block for section in made.sections for block in section.blocks if isinstance(block, Picture)]
    assert len(pictures) == 3
    ids = re.findall(r'\bid="([^"]+)"', as_html(made))
    assert len(ids) == len(set(ids))


def test_a_calibration_tells_priors_from_estimates_and_names_the_pairs_that_go_together() -> None:
    page = as_html(calibration_document(posterior()))
    assert page.count(">a prior</td>") == 1
    assert page.count(">estimated</td>") == 2
    assert "The trials inform 2 of 3 numbers; the other 1 stay priors." in page
    assert "\N{MINUS SIGN}0.70" in page
    assert "<dt>Seed</dt><dd>7</dd>" in page


def test_without_typst_a_pdf_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(EuthymiaError, match=r"pip install 'euthymia\[pdf\]'"):
        pdf.as_pdf(REPORTS["course"]())
