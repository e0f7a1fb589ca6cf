"""A report as one page that stands alone, asks nothing of the network, prints, and reads on a phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from euthymia.engine.course import Course
from euthymia.report.course_document import course_document
from euthymia.report.document import PURPOSE, Report
from euthymia.report.trial_document import trial_document
from euthymia.trials.results import TrialSummary

if TYPE_CHECKING:
    import jinja2

    from euthymia.trials.design import Trial


def as_html(report: Report) -> str:
    """Return a report as a complete HTML document; the same report gives the same bytes, and every text is escaped."""
    return rendered("report.html", {"page": report, "version": report.version, "purpose": PURPOSE})


def trial_report(summary: TrialSummary, trial: Trial | None = None) -> str:
    """Return the page of a conducted trial.

    Args:
        summary: What the trial said.
        trial: The design, for the design section; left out, the arms alone describe it.
    """
    return as_html(trial_document(summary, trial))


def course_report(course: Course, names: Sequence[str] | None = None) -> str:
    """Return the page of a simulated course.

    Args:
        course: One person or a population.
        names: Variables to draw; all when left out.
    """
    return as_html(course_document(course, names))


def rendered(template: str, content: Mapping[str, Any]) -> str:
    """Return a page from a template of this room; every text is escaped."""
    return _templates().get_template(template).render(content)


@cache
def _templates() -> jinja2.Environment:
    import jinja2

    loader = jinja2.PackageLoader("euthymia.report", "templates")
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
