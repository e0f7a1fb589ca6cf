"""What a notebook shows of a course, a design and a conducted trial: a small table and a figure, every text escaped."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from euthymia.engine.course import Course
from euthymia.report import course_tables, figures, tables, trial_figures
from euthymia.report.assumptions import grade_counts
from euthymia.report.design import design_facts, design_tables
from euthymia.report.html import rendered
from euthymia.report.tables import Column, Table, table
from euthymia.trials.results import TrialSummary

if TYPE_CHECKING:
    from euthymia.trials.design import Trial

DRAWN = ("plasma", "SERT occupancy", "spines", "MADRS")  # of those that a course has
FIRST_FACTS = 8
PURPOSE = "Simulated; for research and teaching, not for treating a person."


def course_cell(course: Course) -> str:
    """Return a course as a piece of HTML: its first numbers, and level and mood over time.

    Args:
        course: One person or a population.
    """
    many = course.meta.persons > 1
    drawn = [name for name in DRAWN if name in course.names] or list(course.names[:1])
    return _cell(
        title=course.meta.regimen,
        subtitle=f"{f'{course.meta.persons} people' if many else 'a typical person'}, {course.t[-1] / 24:g} days",
        shown=[replace(course_tables.course_table(course), title="")],
        figure=figures.plot_course(course, drawn) if drawn else "",
        caption=f"{', '.join(drawn)} over time",
        closing=_grounds(course.meta.assumptions),
    )


def trial_cell(summary: TrialSummary) -> str:
    """Return a conducted trial as a piece of HTML: last visit, contrasts, misses, and the arms over time.

    Args:
        summary: What the trial said.
    """
    missed = summary.misses()
    shown = [tables.final_table(summary), tables.contrasts_table(summary)]
    shown += [tables.comparisons_table(missed, "Published values outside our intervals")] if missed else []
    return _cell(
        title=summary.title,
        subtitle=f"{summary.replicates} replicates of {summary.subjects} simulated people, seed {summary.seed}",
        shown=shown,
        figure=trial_figures.plot_bands(summary) if summary.bands else "",
        caption="MADRS by arm over time",
        closing=f"{tables.score(summary.comparisons)} {_grounds(summary.assumptions)}",
    )


def design_cell(trial: Trial) -> str:
    """Return a design as a piece of HTML: who, against what, when, and the arms.

    Args:
        trial: The design.
    """
    facts = [(fact.label, fact.text) for fact in design_facts(trial)[:FIRST_FACTS]]
    shown = [table("", (Column("What", whole=True), Column("How")), facts), *design_tables(trial)]
    return _cell(
        title=trial.title,
        subtitle="A design, not conducted yet; conduct() conducts it.",
        shown=shown,
        figure="",
        caption="",
        closing=PURPOSE,
    )


def _cell(*, title: str, subtitle: str, shown: Sequence[Table], figure: str, caption: str, closing: str) -> str:
    # A figure stands as an image of its own: its names clash with no other cell's, and nothing in it can run.
    picture = base64.b64encode(figures.standalone(figure).encode()).decode() if figure else ""
    content = {"title": title, "subtitle": subtitle, "tables": shown, "picture": picture, "caption": caption}
    return rendered("notebook.html", {**content, "closing": closing})


def _grounds(assumptions: Sequence[object]) -> str:
    listed = [each for each in assumptions if isinstance(each, dict)]
    return f"Rests on {grade_counts(listed)} {PURPOSE}" if listed else PURPOSE
