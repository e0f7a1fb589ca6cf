"""What a result rests on: its evidence parameters by grade, and the sources behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from euthymia.report import words
from euthymia.report.tables import Column, Table, table
from euthymia.trials.results import Comparison

# The least sure first: a reader must meet them before the rest.
GRADES = ("assumed", "fitted by us", "measured in animals", "measured in patients")


def grade_counts(assumptions: Sequence[Mapping[str, object]]) -> str:
    """Return one sentence: how many numbers of each grade the result rests on."""
    if not assumptions:
        return "No evidence parameter was listed with this result."
    counts = [f"{len(rows)} {grade}" for grade, rows in _by_grade(assumptions).items()]
    return f"{len(assumptions)} numbers: {', '.join(counts)}."


def assumption_tables(assumptions: Sequence[Mapping[str, object]]) -> list[Table]:
    """Return a table a grade, the least sure first."""
    columns = (Column("Number"), Column("Value", numeric=True), Column("Meaning"), Column("From"))
    return [
        table(f"{grade.capitalize()} ({len(rows)})", columns, map(_row, rows))
        for grade, rows in _by_grade(assumptions).items()
    ]


def cited(assumptions: Iterable[Mapping[str, object]], rows: Iterable[Comparison]) -> list[str]:
    """Return the sources of numbers and published rows, each once, sorted, keys written out where they are known."""
    from euthymia.evidence.citation import cite, source_keys

    given = {str(each.get("source") or "") for each in assumptions} | {row.source for row in rows}
    known = set(source_keys())
    return sorted(cite([name]) if name in known else name for name in given if name)


def _by_grade(assumptions: Iterable[Mapping[str, object]]) -> dict[str, list[Mapping[str, object]]]:
    found: dict[str, list[Mapping[str, object]]] = {grade: [] for grade in GRADES}
    for each in assumptions:
        found.setdefault(str(each.get("grade", "grade not given")), []).append(each)
    return {grade: rows for grade, rows in found.items() if rows}


def _row(each: Mapping[str, object]) -> tuple[str, ...]:
    value = each.get("value")
    shown = f"{value:.4g}" if isinstance(value, int | float) else str(value)
    source = ", ".join(str(each[key]) for key in ("source", "where") if each.get(key))
    unit = words.unit_suffix(str(each.get("unit", "")))
    return str(each.get("name", "")), shown.replace("-", words.MINUS) + unit, str(each.get("meaning", "")), source
