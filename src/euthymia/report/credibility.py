"""A draft of the paper-work that a run is handed over with: what is known is filled in, what is decided stays open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from euthymia.evidence.citation import cite
from euthymia.report import credibility_evidence as evidence
from euthymia.report.assumptions import assumption_tables, grade_counts
from euthymia.report.run_folder import Kind, RunFolder
from euthymia.report.tables import Column, Table, table

GUIDELINES = ("ichm15", "asmevv40")
OPEN = "to be filled in"
Asked = tuple[str, str, str]  # element, what is known, what a person must decide


@dataclass(frozen=True)
class Section:
    """A part of the draft.

    Attributes:
        heading: Its heading.
        level: 1 for a part, 2 for what stands in it.
        paragraphs: What is known, in sentences.
        open: What a person must decide or write, each marked so in the draft.
        tables: What is known, as tables.
    """

    heading: str
    level: int = 2
    paragraphs: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Draft:
    """The draft: a title, what it is of, and its sections."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    run: RunFolder

    @property
    def open(self) -> int:
        """How many entries a person must still fill in."""
        return sum(len(each.open) for each in self.sections) + sum(
            cell.text.startswith(OPEN)
            for each in self.sections
            for made in each.tables
            for row in made.rows
            for cell in row
        )


def draft(run: RunFolder) -> Draft:
    """Return the draft for a run.

    Args:
        run: A finished run.
    """
    return Draft(
        f"Credibility of a run: {run.title}",
        f"{run.name}; {run.size}; euthymia {run.version}",
        (*_table_part(run), *_plan(run), *_report(run), *_behind(run)),
        run,
    )


def _table_part(run: RunFolder) -> tuple[Section, ...]:
    columns = (Column("Element", whole=True), Column("Known from the run"), Column("For a person to decide"))
    rows = [(name, known, f"{OPEN}: {asked}") for name, known, asked in _elements(run)]
    return (
        Section(
            "Assessment table",
            1,
            ("The elements of ICH M15. Ratings are low, medium or high, and each needs its reason.",),
            tables=(table("Assessment", columns, rows),),
        ),
    )


def _elements(run: RunFolder) -> tuple[Asked, ...]:
    what = "What would this trial find" if run.kind is Kind.TRIAL else "What does the chain from dose to mood predict"
    data = evidence.calibrated_numbers(run)
    held = evidence.held_in_short(run)
    return (
        ("Question of interest", f"{what}: {run.title}?", "the question that the answer shall serve"),
        (
            "Context of use",
            f"a simulation of {run.name}, {run.size}; {data}",
            "role and scope of the model, and what other data or evidence there is",
        ),
        ("Model influence", "nothing in a run says how much weight it is given", "rating and reason"),
        ("Consequence of wrong decision", "nothing in a run says what is decided on it", "rating and reason"),
        ("Model risk", "follows from the two above", "rating and reason"),
        ("Model impact", "nothing in a run says what the usual way would be", "rating and reason"),
        (
            "Technical criteria",
            f"none was set in the run; afterwards: {held}",
            "criteria, set before they are looked at",
        ),
        (
            "Appropriateness of the proposed MIDD",
            f"the sources of doubt are listed below: {grade_counts(run.assumptions)}",
            "why this model suits the question, or does not",
        ),
    )


def _plan(run: RunFolder) -> tuple[Section, ...]:
    return (
        Section(
            "Model analysis plan",
            1,
            (
                "What the run fixed is set out here. A plan that is written after the run is none: what was planned "
                "before must be said by those who planned it.",
            ),
        ),
        Section("Introduction", open=("background, and why a model is asked",)),
        Section("Objectives", paragraphs=evidence.objectives(run), open=("primary and secondary objectives",)),
        Section("Data", paragraphs=evidence.data(run), tables=evidence.published_tables(run)),
        Section(
            "Methods",
            paragraphs=(
                "The chain from dose to mood is described in docs/models/chain.md, the people in "
                "docs/models/people.md, the numerics in docs/models/engine.md.",
                f"Given: {'; '.join(run.treatments)}.",
                f"Drawn: {run.size}, seed {'none' if run.seed is None else run.seed}.",
            ),
            open=("alternatives that were considered, and sensitivity analyses that are planned",),
        ),
        Section("Deviations from the plan", open=("what was done otherwise, and why",)),
    )


def _report(run: RunFolder) -> tuple[Section, ...]:
    return (
        Section("Model analysis report", 1),
        Section("Executive summary", open=("the answer to the question of interest, in a paragraph",)),
        Section("Results", paragraphs=evidence.results(run), tables=evidence.result_tables(run)),
        Section("Model evaluation: verification", tables=evidence.verification_tables(run)),
        Section(
            "Model evaluation: validation",
            paragraphs=evidence.validation(run),
            tables=evidence.validation_tables(run),
        ),
        Section(
            "Model evaluation: applicability",
            paragraphs=evidence.applicability(run),
            tables=evidence.applicability_tables(run),
            open=("whether these people, doses, measures and times are near enough to those of the question",),
        ),
        Section(
            "Credibility factors",
            paragraphs=("The factors by which ASME V and V 40 is usually applied, beside what there is.",),
            tables=(evidence.factors(run),),
        ),
        Section(
            "Assumptions",
            paragraphs=(grade_counts(run.assumptions), *evidence.uncertainty(run)),
            tables=tuple(assumption_tables(run.assumptions)),
            open=("which of them matter for this question, and what would happen if they were wrong",),
        ),
        Section("Limits", paragraphs=evidence.limits(run), open=("limits for this question",)),
        Section("Discussion and conclusions", open=("what follows, and what does not",)),
    )


def _behind(run: RunFolder) -> tuple[Section, ...]:
    return (
        Section("Sources", 1, tuple(evidence.sources(run))),
        Section("Guidelines", 1, tuple(cite([key]) for key in GUIDELINES)),
        Section("Make it again", 1, evidence.origin(run)),
    )


def to_dict(made: Draft) -> dict[str, object]:
    """Return the draft as JSON-ready values."""
    return {
        "title": made.title,
        "subtitle": made.subtitle,
        "open": made.open,
        "sections": [
            {
                "heading": each.heading,
                "level": each.level,
                "paragraphs": list(each.paragraphs),
                "open": list(each.open),
                "tables": [_table_dict(one) for one in each.tables],
            }
            for each in made.sections
        ],
    }


def _table_dict(made: Table) -> dict[str, object]:
    rows: Sequence[Sequence[str]] = [[cell.text for cell in row] for row in made.rows]
    return {"title": made.title, "columns": [one.title for one in made.columns], "rows": rows, "note": made.note}
