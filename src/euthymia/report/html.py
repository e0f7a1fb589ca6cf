"""The report: one page that stands alone, asks nothing of the network, prints, and reads on a phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from euthymia.engine.course import Course
from euthymia.report import course_tables, figures, outcome_figures, rating_tables, tables, trial_figures, words
from euthymia.report.assumptions import assumption_tables, cited, grade_counts
from euthymia.report.design import Fact, design_facts, design_tables
from euthymia.trials.results import Comparison, TrialSummary

if TYPE_CHECKING:
    import jinja2

    from euthymia.trials.design import Trial

CAUTIONS = {
    "calibration": "These rows may take part in fitting: agreement shows that the model fits, not that it foresees.",
    "validation": "These rows are held out: they take no part in fitting.",
}


@dataclass(frozen=True)
class Picture:
    """A figure and what to see in it."""

    svg: str
    caption: str


@dataclass(frozen=True)
class Score:
    """How the predictions fared, and what that does and does not show."""

    text: str
    caution: str


def trial_report(summary: TrialSummary, trial: Trial | None = None) -> str:
    """Return the page of a conducted trial; the same results give the same bytes.

    Args:
        summary: What the trial said.
        trial: The design, for the design section; left out, the arms alone describe it.

    Returns:
        A complete HTML document; every text from a user's file is escaped.
    """
    return _page(
        "trial.html",
        {
            "title": summary.title,
            "subtitle": " · ".join(part for part in (summary.trial, summary.registry, summary.citation) if part),
            "question": _trial_question(summary),
            "facts": design_facts(trial) if trial is not None else _summary_facts(summary),
            "arms": [tables.arms_table(summary)] if trial is None else design_tables(trial),
            "notes": _notes(summary, trial),
            "scores": _scores(summary),
            "contrasts": tables.contrasts_table(summary),
            "comparisons": _comparison_tables(summary),
            "visits": tables.visits_table(summary),
            "ratings": rating_tables.rating_tables(summary),
            "dropout": tables.dropout_table(summary),
            "figures": _trial_pictures(summary, trial),
            "seed": summary.seed,
            "accuracy": f"{summary.accuracy.text}: {_accuracy(summary.accuracy.value, summary.accuracy.unit)}",
            **_provenance(summary.assumptions, summary.command, summary.version, summary.comparisons),
        },
    )


def course_report(course: Course, names: Sequence[str] | None = None) -> str:
    """Return the page of a simulated course; the same course gives the same bytes.

    Args:
        course: One person or a population.
        names: Variables to draw; all when left out.
    """
    meta = course.meta
    many = meta.persons > 1
    caption = f"Median and middle 90 % of {meta.persons} simulated people." if many else "A typical person."
    return _page(
        "course.html",
        {
            "title": "A course of treatment, simulated",
            "subtitle": f"{'a typical person' if not many else f'{meta.persons} people'}, {course.t[-1] / 24:g} days",
            "question": "What does the chain from dose to mood predict for this treatment, in people who do not exist?",
            "regimen": meta.regimen,
            "course": course_tables.course_table(course),
            "figures": _course_pictures(course, names, caption),
            "seed": meta.seed,
            "accuracy": _errors(course) or "not estimated",
            **_provenance(meta.assumptions, meta.command, meta.version, ()),
        },
    )


def _page(template: str, content: Mapping[str, Any]) -> str:
    from markupsafe import Markup

    pictures = [Picture(Markup(each.svg), each.caption) for each in content["figures"]]
    return _templates().get_template(template).render({**content, "figures": pictures})


def rendered(template: str, content: Mapping[str, Any]) -> str:
    """Return a page without figures from a template of this room; every text is escaped."""
    return _templates().get_template(template).render(content)


@cache
def _templates() -> jinja2.Environment:
    import jinja2

    loader = jinja2.PackageLoader("euthymia.report", "templates")
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )


def _provenance(
    assumptions: Sequence[Mapping[str, object]], command: str, version: str, rows: Sequence[Comparison]
) -> dict[str, object]:
    return {
        "grades": grade_counts(assumptions),
        "assumption_tables": assumption_tables(assumptions),
        "sources": cited(assumptions, rows),
        "command": command,
        "version": version,
    }


def _trial_question(summary: TrialSummary) -> str:
    asked = f"If this trial were run {summary.replicates} times on simulated people, what would it find"
    compared = ", and how far is that from what was published?" if summary.comparisons else "?"
    return asked + compared


def _summary_facts(summary: TrialSummary) -> list[Fact]:
    return [Fact("People", f"{summary.subjects} in each of {summary.replicates} replicates")]


def _notes(summary: TrialSummary, trial: Trial | None) -> list[str]:
    return list(dict.fromkeys((*summary.notes, *(trial.notes if trial is not None else ()))))


def _by_split(summary: TrialSummary) -> dict[str, tuple[Comparison, ...]]:
    splits = dict.fromkeys(row.split for row in summary.comparisons)
    return {split: tuple(row for row in summary.comparisons if row.split == split) for split in splits}


def _comparison_tables(summary: TrialSummary) -> list[tables.Table]:
    """Return, for each use of rows, those that we predict, then those that we do not."""
    made = []
    for split, rows in _by_split(summary).items():
        judged = [row for row in rows if row.inside is not None]
        silent = [row for row in rows if row.inside is None]
        made += [tables.comparisons_table(judged, f"Published ({split}) and predicted")] if judged else []
        made += [tables.silent_table(silent, f"Published ({split}), but not predicted")] if silent else []
    return made


def _scores(summary: TrialSummary) -> list[Score]:
    every = _by_split(summary)
    return [
        Score(f"{split}: {tables.score(rows)}".capitalize(), CAUTIONS.get(split, "")) for split, rows in every.items()
    ]


def _trial_pictures(summary: TrialSummary, trial: Trial | None) -> list[Picture]:
    made = []
    if summary.bands:
        caption = "Lines: mean of the arm; bands: 90 % predictive interval of that mean in a trial of this size. "
        caption += (
            "Points: published means with 90 % confidence; a published change is added to the published baseline."
        )
        made.append(Picture(trial_figures.plot_bands(summary), caption))
    if summary.arm_visits and trial is not None:
        by_visit = outcome_figures.means(summary, list(trial.phases))
        made.append(Picture(by_visit.element(), by_visit.caption))
    if summary.contrasts:
        caption = "Blue: predicted difference from the reference arm. Orange: published, with the paper's interval."
        made.append(Picture(trial_figures.plot_contrasts(summary), caption))
    if summary.distributions:
        caption = "Each person's change in one replicate; the dashed line is the mean. Negative is better."
        made.append(Picture(trial_figures.plot_distributions(summary), caption))
    if summary.safety:
        made.append(Picture(trial_figures.plot_safety(summary), "Mean of the arm with its 90 % predictive interval."))
    return made


def _course_pictures(course: Course, names: Sequence[str] | None, caption: str) -> list[Picture]:
    """Return the first day of what moves within hours and the whole course of the rest, or one figure of all."""
    wanted = course.names if names is None else tuple(names)
    hours = figures.fast(course)
    fast = [name for name in wanted if name in hours]
    slow = [name for name in wanted if name not in hours]
    if course.t[-1] <= figures.HOURS_SHOWN_UP_TO or not fast or not slow:
        return [Picture(figures.plot_course(course, wanted, "The whole course"), caption)]
    first = figures.plot_course(course, fast, "The first day", until=course_tables.FIRST_DAY_HOURS)
    rest = figures.plot_course(course, slow, "The whole course")
    return [
        Picture(first, f"The first {course_tables.FIRST_DAY_HOURS:g} hours. {caption}"),
        Picture(rest, f"All days. {caption}"),
    ]


def _errors(course: Course) -> str:
    """Return the error estimates as one line."""
    said = []
    for name, value in course.meta.error_estimate.items():
        found = course_tables.error_series(course, name)
        said.append(f"{name} {_accuracy(value, '1' if found is None else found.unit)}")
    return "; ".join(said)


def _accuracy(value: float, unit: str) -> str:
    return f"{value:.2g}{words.unit_suffix(unit)}"
