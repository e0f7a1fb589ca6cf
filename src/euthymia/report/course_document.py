"""The report of a simulated course: who was given what, what followed, and how surely it was computed."""

from __future__ import annotations

from collections.abc import Sequence

from euthymia.engine.course import Course
from euthymia.report import course_tables, figures, words
from euthymia.report.design import Fact
from euthymia.report.document import Code, Facts, Picture, Prose, Report, Section, Shown, grounds

PANELS = 8  # a figure


def course_document(course: Course, names: Sequence[str] | None = None) -> Report:
    """Return the report of a course.

    Args:
        course: One person or a population.
        names: Variables to draw; all when left out.
    """
    meta = course.meta
    many = meta.persons > 1
    who = f"{meta.persons} people" if many else "a typical person"
    caption = f"Median and middle 90 % of {meta.persons} simulated people." if many else "A typical person."
    question = "What does the chain from dose to mood predict for this treatment, in people who do not exist?"
    facts = (
        Fact("People", f"{who}, none of whom exists"),
        Fact("Followed for", f"{course.t[-1] / 24:g} days"),
        Fact("Variables", ", ".join(course.names)),
    )
    return Report(
        title="A course of treatment, simulated",
        subtitle=f"{who}, {course.t[-1] / 24:g} days",
        sections=(
            Section("The question", (Prose(question),)),
            Section("The design", (Code(meta.regimen), Facts(facts))),
            Section("The course", (Shown(course_tables.course_table(course)),)),
            Section("Figures", tuple(course_pictures(course, names, caption))),
            *grounds(
                assumptions=meta.assumptions,
                command=meta.command,
                seed=meta.seed,
                version=meta.version,
                accuracy=_errors(course) or "not estimated",
            ),
        ),
        version=meta.version,
    )


def course_pictures(course: Course, names: Sequence[str] | None, caption: str) -> list[Picture]:
    """Return the first day of what moves within hours and the whole course of the rest, or one figure of all.

    Args:
        course: One person or a population.
        names: Variables to draw; all when None.
        caption: Who is drawn.
    """
    wanted = course.names if names is None else tuple(names)
    hours = figures.fast(course)
    fast = [name for name in wanted if name in hours]
    slow = [name for name in wanted if name not in hours]
    if course.t[-1] <= figures.HOURS_SHOWN_UP_TO or not fast or not slow:
        return _pictures(course, wanted, "The whole course", caption)
    day = course_tables.FIRST_DAY_HOURS
    first = _pictures(course, fast, "The first day", f"The first {day:g} hours. {caption}", until=day)
    return [*first, *_pictures(course, slow, "The whole course", f"All days. {caption}")]


def _pictures(
    course: Course, names: Sequence[str], title: str, caption: str, until: float | None = None
) -> list[Picture]:
    """Return figures of no more panels than a page holds, as even as can be."""
    count = max(1, -(-len(names) // PANELS))
    each = -(-len(names) // count)
    made = []
    for place in range(count):
        part = names[place * each : (place + 1) * each]
        called = title if count == 1 else f"{title}, {place + 1} of {count}"
        made.append(Picture(figures.plot_course(course, part, called, until=until), caption))
    return made


def _errors(course: Course) -> str:
    """Return the error estimates as one line."""
    said = []
    for name, value in course.meta.error_estimate.items():
        found = course_tables.error_series(course, name)
        said.append(f"{name} {value:.2g}{words.unit_suffix('1' if found is None else found.unit)}")
    return "; ".join(said)
