"""Read a data file of dosing and observation records: NONMEM's columns, or CDISC's ADPPK, unchanged."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from euthymia.engine.records import Dataset, Problem, Record, RecordsError
from euthymia.engine.row import MISSING, NAMES, Row, individual, is_number, read_row
from euthymia.errors import suggestion
from euthymia.units import convert

TEXT = "the text given"


def read_records(source: Path | str, *, time_unit: str = "h") -> Dataset:
    r"""Read a data file; every row ends up among the records or, with line and reason, among the problems.

    Args:
        source: A path, or the text of a file (anything with a line end in it).
        time_unit: The file's unit of time, into which dates and clock times are converted.

    Returns:
        The rows that can be followed and those that cannot; see docs/pk.md for the columns and their meaning.

    Raises:
        RecordsError: When there is no file, or no header with an individual and a time.
        UnitError: When ``time_unit`` is no unit of time.

    Example:
        >>> read_records("ID,TIME,AMT,DV\n1,0,100,.\n1,2,.,3.1").records[1].t
        2.0
    """
    name, text = _load(source)
    hour = convert(1.0, "h", time_unit)
    lines = list(enumerate(re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff")), start=1))
    delimiter, header, body = _header(name, lines)
    columns = _columns(name, header)
    kept = _without_comments(body, delimiter, columns["ID"] == header[0])
    split = [(line, *_cells(content, delimiter, header)) for line, content in kept]
    rows = [(line, Row(cells, columns), fault) for line, cells, fault in split if any(cells.values()) or fault]
    calendar = "DATE" in columns or any(":" in row.text("TIME") for _, row, _ in rows)
    records, problems = _judged(rows, calendar=calendar, hour=hour)
    return Dataset(
        name=name,
        columns=tuple(header),
        records=tuple(records),
        problems=tuple(problems),
        comments=len(body) - len(kept) + sum(content.startswith("#") for _, content in lines[: -len(body) or None]),
        time_unit=next((row.text("RLTU") for _, row, _ in rows if row.text("RLTU")), ""),
    )


def _load(source: Path | str) -> tuple[str, str]:
    if isinstance(source, str) and ("\n" in source or "\r" in source):
        return TEXT, source
    path = Path(source)
    try:
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise RecordsError(f"cannot read '{source}': {why.lower()}") from error
    if raw.startswith(b"HEADER RECORD"):
        raise RecordsError(f"'{source}' is a SAS transport file; save it as CSV")
    try:
        return path.name, raw.decode("utf-8")
    except UnicodeDecodeError:
        return path.name, raw.decode("latin-1")


def _header(name: str, lines: list[tuple[int, str]]) -> tuple[str, list[str], list[tuple[int, str]]]:
    """Return what parts the cells (empty for blanks), the names in the first row, and the lines after it."""
    for position, (_, content) in enumerate(lines):
        if not content.strip() or content.startswith("#"):
            continue
        delimiter = next((each for each in (",", "\t", ";") if each in content), "")
        header = [cell.upper() for cell in _split(content, delimiter) or []]
        return delimiter, header, lines[position + 1 :]
    raise RecordsError(f"{name} holds no header; expected a row of column names such as ID,TIME,AMT,DV,EVID")


def _columns(name: str, header: list[str]) -> dict[str, str]:
    """Return our name of each column that we know, with the file's name for it."""
    twice = sorted({each for each in header if each and header.count(each) > 1})
    if twice:
        raise RecordsError(f"{name} has more than one column {', '.join(twice)}; expected each name once")
    found = {ours: next((each for each in names if each in header), "") for ours, names in NAMES.items()}
    for ours in ("ID", "TIME"):
        if not found[ours]:
            raise RecordsError(
                f"{name} has no column {ours}; {suggestion(ours, header)}"
                f"expected one of {', '.join(NAMES[ours])} among: {', '.join(header)[:200]}"
            )
    return {ours: theirs for ours, theirs in found.items() if theirs}


def _without_comments(body: list[tuple[int, str]], delimiter: str, individual_first: bool) -> list[tuple[int, str]]:
    """Return the lines that are no comments: a comment starts with #, or its first cell is C alone.

    Where the first column holds individuals and any of them is named by text, C is an individual too.
    """
    kept = [(line, content) for line, content in body if not content.startswith("#")]
    marked = {line for line, content in kept if _first(content.split(delimiter or None, 1)) in ("C", "c")}
    others = {_first(_split(content, delimiter) or []) for line, content in kept if line not in marked} - MISSING
    if individual_first and not (others and all(map(is_number, others))):
        return kept
    return [(line, content) for line, content in kept if line not in marked]


def _first(cells: list[str]) -> str:
    return cells[0].strip() if cells else ""


def _split(content: str, delimiter: str) -> list[str] | None:
    """Return the cells of one line, or None where a quotation mark is not closed on it."""
    if not delimiter:
        return content.split()
    try:
        cells = next(csv.reader([content], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None
    return None if any("\n" in cell for cell in cells) else [cell.strip() for cell in cells]


def _cells(content: str, delimiter: str, header: list[str]) -> tuple[dict[str, str], str]:
    """Return the cells by column, and what is wrong with the line as a whole."""
    cells = _split(content, delimiter)
    if cells is None:
        return {}, "a quotation mark is not closed, or stands inside a cell"
    while len(cells) > len(header) and not cells[-1]:
        cells.pop()
    by_name = dict(zip(header, cells, strict=False))
    if cells and len(cells) != len(header) and any(cells):
        return by_name, f"{len(cells)} cells; the header has {len(header)}"
    return by_name, ""


def _judged(rows: list[tuple[int, Row, str]], *, calendar: bool, hour: float) -> tuple[list[Record], list[Problem]]:
    """Return the records and the problems; times of day count from each individual's first record."""
    records: list[Record] = []
    problems: list[Problem] = []
    order = _Order()
    for line, row, fault in rows:
        if fault:
            problems.append(Problem(line, individual(row), dose=True, reason=fault))
            continue
        record = read_row(row, line=line, calendar=calendar)
        wrong = row.wrong or order.faults(record)
        if wrong:
            problems.append(Problem(line, record.ID, row.may_dose, "; ".join(wrong)))
        else:
            zero = order.accept(record)
            records.append(replace(record, t=(record.t - zero) * hour) if calendar else record)
    return records, problems


class _Order:
    """Whether individuals stand together and times do not go back."""

    def __init__(self) -> None:
        self.last: Record | None = None
        self.zero, self.seen = 0.0, set[str]()

    def faults(self, record: Record) -> list[str]:
        last = self.last
        if last is None or record.ID != last.ID:
            return [f"ID {record.ID} came before, and its rows do not stand together"] if record.ID in self.seen else []
        if record.t < last.t and not record.evid.resets:
            return [f"the time goes back from line {last.line}; only EVID 3 and 4 may do that"]
        return []

    def accept(self, record: Record) -> float:
        """Take the record as the latest; return the time of its individual's first record."""
        if self.last is None or record.ID != self.last.ID:
            self.zero = record.t
            self.seen.add(record.ID)
        self.last = record
        return self.zero


def columns_of(dataset: Dataset) -> Mapping[str, str]:
    """Return our name of each column that has a meaning, with the file's name for it."""
    return _columns(dataset.name, list(dataset.columns))


def covariate_names(dataset: Dataset) -> Iterator[str]:
    """Yield the columns that have no meaning of their own and so may be covariates."""
    known = set(columns_of(dataset).values())
    return (name for name in dataset.columns if name not in known)
