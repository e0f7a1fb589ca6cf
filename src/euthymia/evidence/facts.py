"""Facts that the model must reproduce: what was published, how near it must come, and what was carried by value."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files

from euthymia.errors import UnknownNameError
from euthymia.evidence.published import Split
from euthymia.evidence.strict import (
    Table,
    choice,
    fault,
    file_table,
    has,
    no_doubles,
    number,
    only,
    optional_number,
    tables,
    text,
    texts,
    whole,
)

FILE = "facts.toml"
ROW = re.compile(r"[RS]\d{4}")
MOST = 1000  # facts, for messages


class Basis(Enum):
    """Where a tolerance comes from."""

    STATED = "stated with the fact"
    PRINTED = "the printed interval"
    NONE = "none stated"


class Verdict(Enum):
    """What became of a part."""

    MISSED = "missed"
    HELD = "held"
    NOT_SIMULATED = "not simulated"
    SHOWN = "shown"


@dataclass(frozen=True)
class Carried:
    """A published value that no trial of the package has a row for, carried here by value.

    Attributes:
        id: Number of the row in the evidence tables.
        what: What it is of: source, people, measure, time.
        value: The value.
        unit: Its unit.
        split: What it may be used for.
        low: Lower end of the printed interval; None where none is printed.
        high: Upper end.
    """

    id: str
    what: str
    value: float
    unit: str
    split: Split
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Part:
    """One number of a fact.

    Attributes:
        id: Its name, by which the function that computes our value is found.
        what: What is compared.
        rows: Numbers of the published rows behind it.
        published: What was published, as printed or derived from it, in words where it is no single number.
        unit: Unit of our value and of the ends.
        split: What the rows may be used for.
        low: Lowest value of ours that holds.
        high: Highest value of ours that holds.
        basis: Where these ends come from.
        not_simulated: Why there is no value of ours; empty where there is one.
        note: What a reader must know, such as that the number was fitted or put in.
    """

    id: str
    what: str
    rows: tuple[str, ...]
    published: str
    unit: str
    split: Split
    low: float = -math.inf
    high: float = math.inf
    basis: Basis = Basis.STATED
    not_simulated: str = ""
    note: str = ""

    @property
    def half_width(self) -> float:
        """Half of the width of the interval; infinite where an end is open."""
        return 0.5 * (self.high - self.low)

    def verdict(self, ours: float | None) -> Verdict:
        """Return what becomes of the part with a value of ours, or without one."""
        if self.not_simulated or ours is None:
            return Verdict.NOT_SIMULATED
        if self.basis is Basis.NONE:
            return Verdict.SHOWN
        return Verdict.HELD if self.low <= ours <= self.high else Verdict.MISSED


@dataclass(frozen=True)
class Fact:
    """One fact.

    Attributes:
        number: Its number.
        title: The fact in a line.
        asks: What is asked of the model.
        tolerance: The tolerance in words, with its reason.
        how: How our values are made.
        rows: Numbers of all its published rows.
        parts: What is compared.
    """

    number: int
    title: str
    asks: str
    tolerance: str
    how: str
    rows: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def split(self) -> str:
        """What its parts may be used for: calibration, validation or both."""
        kinds = {part.split for part in self.parts}
        return "both" if len(kinds) > 1 else str(min(kinds))


@dataclass(frozen=True)
class Facts:
    """All facts, and the published values that they carry themselves."""

    facts: tuple[Fact, ...]
    carried: tuple[Carried, ...]


@cache
def facts() -> Facts:
    """Return every fact of ``facts.toml``, in the order of the file.

    Raises:
        EvidenceError: When the file is no TOML.
        TrialFileError: When a table breaks a rule; it names the key.
    """
    return read_facts(files("euthymia.evidence").joinpath(FILE).read_text(encoding="utf-8"))


def find_part(name: str) -> Part:
    """Return one part of a fact by its id.

    Raises:
        UnknownNameError: When there is none; it names the nearest.
    """
    by_id = {part.id: part for fact in facts().facts for part in fact.parts}
    if name not in by_id:
        raise UnknownNameError("part of a fact", name, by_id)
    return by_id[name]


def read_facts(content: str) -> Facts:
    """Return the facts that a TOML text describes; errors as of :func:`facts`."""
    whole_file = only(file_table(FILE, content), "fact", "row")
    found = Facts(
        facts=tuple(_fact(table) for table in tables(whole_file, "fact")),
        carried=tuple(_carried(table) for table in tables(whole_file, "row")),
    )
    no_doubles(whole_file, "fact", [str(fact.number) for fact in found.facts])
    no_doubles(whole_file, "fact", [part.id for fact in found.facts for part in fact.parts])
    no_doubles(whole_file, "row", [row.id for row in found.carried])
    return found


def _fact(table: Table) -> Fact:
    only(table, "number", "title", "asks", "tolerance", "how", "rows", "parts")
    rows = _rows(table)
    parts = tuple(_part(each) for each in tables(table, "parts"))
    if not parts:
        raise fault(table, "parts", "missing; a fact compares at least one number")
    stray = sorted({row for part in parts for row in part.rows} - set(rows))
    if stray:
        raise fault(table, "rows", f"lacks {', '.join(stray)}, which a part names")
    return Fact(
        number=whole(table, "number", low=1, high=MOST),
        title=text(table, "title"),
        asks=text(table, "asks"),
        tolerance=text(table, "tolerance"),
        how=text(table, "how"),
        rows=rows,
        parts=parts,
    )


def _part(table: Table) -> Part:
    keys = ("within", "low", "high", "basis", "not_simulated", "note")
    only(table, "id", "what", "rows", "published", "unit", "split", *keys)
    not_simulated = text(table, "not_simulated", "")
    ends = [key for key in ("within", "low", "high") if has(table, key)]
    basis = choice(table, "basis", Basis, Basis.STATED if ends or not_simulated else Basis.NONE)
    if ends and (basis is Basis.NONE):
        raise fault(table, "basis", f"given {basis.value!r} beside {', '.join(ends)}; leave one out")
    if not ends and not not_simulated and basis is not Basis.NONE:
        raise fault(table, "basis", f"given {basis.value!r} without within, low or high")
    low, high = _ends(table)
    return Part(
        id=text(table, "id"),
        what=text(table, "what"),
        rows=_rows(table),
        published=text(table, "published"),
        unit=text(table, "unit", ""),
        split=choice(table, "split", Split, Split.CALIBRATION),
        low=low,
        high=high,
        basis=basis,
        not_simulated=not_simulated,
        note=text(table, "note", ""),
    )


def _ends(table: Table) -> tuple[float, float]:
    """Return the interval that holds: around the published number, or as it is written."""
    within = optional_number(table, "within", low=0.0)
    low, high = optional_number(table, "low"), optional_number(table, "high")
    if within is None:
        low, high = -math.inf if low is None else low, math.inf if high is None else high
        if low > high:
            raise fault(table, "low", f"given {low:g}; it must not be above high, {high:g}")
        return low, high
    if low is not None or high is not None:
        raise fault(table, "within", "given beside low or high; allowed: one or the other")
    try:
        about = float(text(table, "published"))
    except ValueError:
        raise fault(table, "published", "a single number is needed beside within") from None
    return about - within, about + within


def _rows(table: Table) -> tuple[str, ...]:
    rows = texts(table, "rows")
    no_doubles(table, "rows", rows)
    _check_ids(table, "rows", rows)
    return rows


def _check_ids(table: Table, key: str, rows: Iterable[str]) -> None:
    for row in rows:
        if not ROW.fullmatch(row):
            raise fault(table, key, f"given {row!r}; a row is R or S and four digits")


def _carried(table: Table) -> Carried:
    only(table, "id", "what", "value", "unit", "split", "low", "high")
    _check_ids(table, "id", [text(table, "id")])
    return Carried(
        id=text(table, "id"),
        what=text(table, "what"),
        value=number(table, "value"),
        unit=text(table, "unit"),
        split=choice(table, "split", Split),
        low=optional_number(table, "low"),
        high=optional_number(table, "high"),
    )
