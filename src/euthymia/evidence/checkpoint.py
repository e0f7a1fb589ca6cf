"""Check points: what was published or computed elsewhere, and the interval in which our value must lie."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from importlib.resources import files

from euthymia.errors import EvidenceError, UnknownNameError
from euthymia.evidence.citation import source_keys
from euthymia.evidence.strict import (
    Table,
    choice,
    file_table,
    flag,
    has,
    no_doubles,
    only,
    optional_number,
    optional_whole,
    tables,
    text,
    whole,
)

FILE = "checkpoints.toml"
SIGMAS = 1.96  # standard errors on either side of a value that leave one in twenty outside
OUTSIDE = 0.05  # the same for shares


class Standing(Enum):
    """Who made the value."""

    PUBLISHED = "published"
    COMPUTED = "computed"


class Status(Enum):
    """Whether somebody of the project read the value in a text."""

    READ = "read"
    UNVERIFIED = "unverified"


@dataclass(frozen=True)
class Checkpoint:
    """One check point.

    Attributes:
        id: Its name, by which the function that computes our value is found.
        what: What is compared.
        printed: The value as its source prints it.
        unit: Its unit.
        low: Lowest value of ours that holds.
        high: Highest value of ours that holds.
        tolerance: How the interval follows from what the source says, in words.
        status: Whether it was read.
        missed: Why it is not held; empty where it is.
    """

    id: str
    what: str
    printed: str
    unit: str
    low: float
    high: float
    tolerance: str
    status: Status = Status.READ
    missed: str = ""

    def held(self, ours: float) -> bool:
        """Return whether our value lies in the interval."""
        return self.low <= ours <= self.high

    def error(self, ours: float) -> float | None:
        """Return ours minus the printed value, or minus the nearer end of a printed range; None inside a range."""
        ends = _ends(self.printed)
        if len(ends) == 1:
            return ours - float(ends[0])
        low, high = map(float, ends)
        return None if low <= ours <= high else ours - (low if ours < low else high)


@dataclass(frozen=True)
class Group:
    """Check points of one source.

    Attributes:
        title: What they are of.
        source: Key in ``references.bib``, or empty where ``where`` names the source.
        where: Where in the source.
        standing: Who made the values.
        conducted: Whether our values need trials to be conducted, which takes seconds.
        points: The check points.
    """

    title: str
    source: str
    where: str
    standing: Standing
    conducted: bool
    points: tuple[Checkpoint, ...]


@cache
def checkpoints() -> tuple[Group, ...]:
    """Return every check point of ``checkpoints.toml``, in the order of the file.

    Raises:
        EvidenceError: When the file is no TOML or names an unknown source.
        TrialFileError: When a table breaks a rule; it names the key.
    """
    return read_checkpoints(files("euthymia.evidence").joinpath(FILE).read_text(encoding="utf-8"))


def find_checkpoint(name: str) -> Checkpoint:
    """Return one check point by its id.

    Raises:
        UnknownNameError: When there is none; it names the nearest.
    """
    by_id = {point.id: point for group in checkpoints() for point in group.points}
    if name not in by_id:
        raise UnknownNameError("check point", name, by_id)
    return by_id[name]


def read_checkpoints(content: str) -> tuple[Group, ...]:
    """Return the groups that a TOML text describes; errors as of :func:`checkpoints`."""
    whole_file = only(file_table(FILE, content), "group")
    groups = tuple(_group(table) for table in tables(whole_file, "group"))
    no_doubles(whole_file, "group", [point.id for group in groups for point in group.points])
    return groups


def _group(table: Table) -> Group:
    only(table, "title", "source", "where", "standing", "relative", "conducted", "points")
    source, relative = text(table, "source", ""), optional_number(table, "relative", low=0.0, high=1.0)
    if source and source not in source_keys():
        raise EvidenceError(f"{FILE}: {table.path}.source: no source {source!r} in references.bib")
    return Group(
        title=text(table, "title"),
        source=source,
        where=text(table, "where"),
        standing=choice(table, "standing", Standing),
        conducted=flag(table, "conducted"),
        points=tuple(_point(each, relative) for each in tables(table, "points")),
    )


def _point(table: Table, relative: float | None) -> Checkpoint:
    only(table, "id", "what", "value", "unit", "se", "count", "people", "digit", "status", "missed")
    printed = text(table, "value")
    low, high, tolerance = _interval(table, printed, relative)
    return Checkpoint(
        id=text(table, "id"),
        what=text(table, "what"),
        printed=printed,
        unit=text(table, "unit"),
        low=low,
        high=high,
        tolerance=tolerance,
        status=choice(table, "status", Status, Status.READ),
        missed=text(table, "missed", ""),
    )


def _interval(table: Table, printed: str, relative: float | None) -> tuple[float, float, str]:
    """Return the interval and how it follows from what the source says."""
    ends = _ends(printed)
    value, se = float(ends[0]), optional_number(table, "se", low=0.0)
    if relative is not None:
        return value - relative * abs(value), value + relative * abs(value), f"{100 * relative:g} %"
    if se is not None:
        return value - SIGMAS * se, value + SIGMAS * se, f"{SIGMAS:g} SE of {se:g}"
    if has(table, "people"):
        people = whole(table, "people", low=1, high=10**6)
        count = optional_whole(table, "count", low=0, high=people)
        low, high = _share(round(value / 100.0 * people) if count is None else count, people)
        return low, high, f"95 % interval, n = {people}"
    if len(ends) == 2:
        return value, float(ends[1]), "range"
    digit = optional_number(table, "digit", low=0.0) or 10.0 ** int(Decimal(ends[0]).as_tuple().exponent)
    return value - 0.5 * digit, value + 0.5 * digit, f"+-{0.5 * digit:g}, last digit"


def _ends(printed: str) -> list[str]:
    return printed.split(" to ")


def _share(count: int, people: int) -> tuple[float, float]:
    """Return the exact interval of a share of people, in percent."""
    from scipy.stats import beta

    low = float(beta.ppf(OUTSIDE / 2, count, people - count + 1)) if count else 0.0
    high = float(beta.ppf(1.0 - OUTSIDE / 2, count + 1, people - count)) if count < people else 1.0
    if not math.isfinite(low + high):
        raise EvidenceError(f"{FILE}: {count} of {people} people is no share")
    return 100.0 * low, 100.0 * high
