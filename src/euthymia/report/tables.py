"""Tables as data: the same rows go to the terminal, into the report and into nothing else."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from euthymia.report import words
from euthymia.trials.results import ArmVisit, Comparison, Contrast, TrialSummary

if TYPE_CHECKING:
    import rich.table

WHAT_REACHES = "The last column: share of replicates that reach it, two-sided."


class Tone(enum.Enum):
    """How a cell is meant; the word in the cell says it too, so colour is never the only carrier."""

    PLAIN = ""
    GOOD = "good"
    MISS = "miss"
    MUTED = "muted"


@dataclass(frozen=True)
class Column:
    """A column's heading, whether it holds numbers (set flush right), and whether its cells stay on one line."""

    title: str
    numeric: bool = False
    whole: bool = False

    @property
    def look(self) -> str:
        """The class of its cells in a page."""
        return "number" if self.numeric else "whole" if self.whole else ""


@dataclass(frozen=True)
class Cell:
    """One cell: plain text and its tone."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Table:
    """A titled table; every row has one cell a column."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


def table(title: str, columns: Iterable[Column], rows: Iterable[Iterable[Cell | str]], note: str = "") -> Table:
    """Return a table whose cells may be given as plain text.

    Raises:
        ValueError: When a row's cells do not match the columns.
    """
    headings = tuple(columns)
    made = tuple(tuple(Cell(cell) if isinstance(cell, str) else cell for cell in row) for row in rows)
    if any(len(row) != len(headings) for row in made):
        raise ValueError(f"table {title!r}: every row needs {len(headings)} cells")
    return Table(title, headings, made, note)


def arms_table(summary: TrialSummary) -> Table:
    """Return the arms: size, treatment, comedication, which is the reference."""
    columns = (Column("Arm"), Column("n", numeric=True), Column("Treatment"), Column("With"))
    rows = [
        (
            f"{arm.name} (reference)" if arm.reference else arm.name,
            words.NO_VALUE if arm.n is None else str(arm.n),
            arm.regimen,
            arm.comedication or words.NO_VALUE,
        )
        for arm in summary.arms
    ]
    return table("Arms", columns, rows)


def contrasts_table(summary: TrialSummary) -> Table:
    """Return the predicted differences between arms."""
    columns = (
        Column("Comparison"),
        Column("When", whole=True),
        Column("Estimator"),
        Column("Difference, points [90 %]", numeric=True),
        Column("p < 0.05 in", numeric=True),
    )
    note = " ".join(["Negative favours the first arm.", WHAT_REACHES, *_plans(summary), *_not_as_planned(summary)])
    return table("Arms compared", columns, map(_contrast_row, summary.contrasts), note)


def _plans(summary: TrialSummary) -> list[str]:
    """Return what the planned comparisons estimate, a sentence each."""
    return [f"Primary, {one.estimator}: {one.estimand}." for one in summary.contrasts if one.primary and one.estimand]


def _not_as_planned(summary: TrialSummary) -> list[str]:
    """Return which fits ended otherwise than planned, and in how many replicates."""
    return [
        f"{one.arm}, {one.estimator}: {end.outcome} in {end.replicates} of {summary.replicates} replicates."
        for one in summary.contrasts
        for end in one.fits
        if end.code
    ]


def _contrast_row(contrast: Contrast) -> tuple[str, ...]:
    return (
        f"{contrast.arm} {words.MINUS} {contrast.reference}",
        contrast.visit,
        contrast.estimator if contrast.scale == "MADRS" else f"{contrast.scale}: {contrast.estimator}",
        words.interval(contrast.difference),
        f"{100 * contrast.significant:.0f} %",
    )


def final_table(summary: TrialSummary) -> Table:
    """Return each arm at its last visit: the short form for a terminal."""
    last = {visit.arm: visit for visit in sorted(summary.arm_visits, key=lambda visit: visit.t)}
    return replace(visits_table(replace(summary, arm_visits=tuple(last.values()))), title="Arms at their last visit")


def visits_table(summary: TrialSummary) -> Table:
    """Return each arm at each visit: score, change, response and remission."""
    columns = (
        Column("Arm"),
        Column("Visit", whole=True),
        Column("n seen", numeric=True),
        Column("MADRS", numeric=True),
        Column("Change", numeric=True),
        Column("SD of change", numeric=True),
        Column("Response %", numeric=True),
        Column("Remission %", numeric=True),
    )
    note = "Mean over replicates [90 % predictive interval of a trial of this size]; observed cases."
    return table("Arms by visit", columns, map(_visit_row, summary.arm_visits), note)


def _visit_row(visit: ArmVisit) -> tuple[str, ...]:
    return (
        visit.arm,
        visit.visit,
        words.number(visit.n.mean, 0),
        words.interval(visit.MADRS),
        words.interval(visit.change),
        words.number(visit.sd_change.mean),
        words.percent(visit.response_OC),
        words.percent(visit.remission_OC),
    )


def dropout_table(summary: TrialSummary) -> Table:
    """Return who left before the last visit, by arm."""
    columns = (Column("Arm"), Column("Left, % [90 %]", numeric=True), Column("Published %", numeric=True))
    rows = [
        (each.arm, words.percent(each.share), words.number(None if each.published is None else 100 * each.published))
        for each in summary.dropout
    ]
    return table("Leaving the trial", columns, rows)


def comparisons_table(rows: Iterable[Comparison], title: str = "Beside what was published") -> Table:
    """Return published rows with our prediction, the signed error and a plain verdict."""
    columns = (
        Column("Arm"),
        Column("Measure"),
        Column("When", whole=True),
        Column("Published", numeric=True),
        Column("Predicted [90 %]", numeric=True),
        Column("Error", numeric=True),
        Column("Verdict"),
    )
    note = "Error is predicted minus published, in the row's unit. MISS: the published value lies outside our interval."
    return table(title, columns, map(_comparison_row, rows), note)


def _comparison_row(row: Comparison) -> tuple[Cell | str, ...]:
    return (
        words.arm(row),
        words.measured(row),
        words.when(row.t),
        words.published(row),
        words.interval(row.predicted),
        words.number(row.signed_error, signed=True),
        verdict(row),
    )


def silent_table(rows: Iterable[Comparison], title: str = "Published, but not predicted") -> Table:
    """Return published rows that we do not predict, with the reason for each."""
    columns = (
        Column("Arm"),
        Column("Measure"),
        Column("When", whole=True),
        Column("Published", numeric=True),
        Column("Why not"),
    )
    made = [(words.arm(row), words.measured(row), words.when(row.t), words.published(row), row.why_not) for row in rows]
    return table(title, columns, made)


def verdict(row: Comparison) -> Cell:
    """Return inside, MISS, or why there is no prediction."""
    if row.inside is None:
        return Cell(f"not predicted: {row.why_not}" if row.why_not else "not predicted", Tone.MUTED)
    return Cell("inside", Tone.GOOD) if row.inside else Cell("MISS", Tone.MISS)


def score(rows: Iterable[Comparison]) -> str:
    """Return how many published values our intervals hold, in one sentence."""
    every = tuple(rows)
    judged = [row for row in every if row.inside is not None]
    if not judged:
        return "No published value to compare with."
    held, silent = sum(row.inside is True for row in judged), len(every) - len(judged)
    said = f"{held} of {len(judged)} published values lie inside our 90 % intervals; {len(judged) - held} missed"
    return said + (f"; {silent} not predicted." if silent else ".")


def to_rich(made: Table) -> rich.table.Table:
    """Return the table for a terminal; text from files is never read as markup."""
    import rich.box
    import rich.table
    from rich.text import Text

    styles = {Tone.PLAIN: "", Tone.GOOD: "green", Tone.MISS: "bold red", Tone.MUTED: "dim"}
    drawn = rich.table.Table(
        title=Text(words.printable(made.title), "bold"),
        caption=Text(made.note) if made.note else None,
        box=rich.box.SIMPLE_HEAD,
        title_justify="left",
        caption_justify="left",
        pad_edge=False,
    )
    for column in made.columns:
        drawn.add_column(
            Text(column.title), justify="right" if column.numeric else "left", no_wrap=column.numeric or column.whole
        )
    for row in made.rows:
        drawn.add_row(*(Text(words.printable(cell.text), styles[cell.tone]) for cell in row))
    return drawn
