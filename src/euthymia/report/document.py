"""A report as data: sections of prose, facts, lists, tables and figures, before it is a page or a print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from euthymia.report.assumptions import assumption_tables, cited, grade_counts
from euthymia.report.design import Fact
from euthymia.report.tables import Table
from euthymia.trials.results import Comparison

PURPOSE = (
    "A simulation, for research and teaching. It is not for treating a person, and nothing here is medical advice."
)
FROM_PYTHON = "Made by a call from Python; the script that holds the call makes it again."
SAME_BYTES = "The same command with the same version writes the same bytes."


class Look(Enum):
    """How a paragraph is meant."""

    PLAIN = "plain"
    NOTE = "note"
    SCORE = "score"


@dataclass(frozen=True)
class Prose:
    """A paragraph."""

    text: str
    look: Look = Look.PLAIN
    kind: ClassVar[str] = "prose"


@dataclass(frozen=True)
class Facts:
    """Labels, each with what stands behind it."""

    facts: tuple[Fact, ...]
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]
    kind: ClassVar[str] = "bullets"


@dataclass(frozen=True)
class Code:
    """What is typed, as it is typed."""

    text: str
    kind: ClassVar[str] = "code"


@dataclass(frozen=True)
class Shown:
    """A table; a folded one is opened by the reader of a page, and stands open in print."""

    table: Table
    folded: bool = False
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Picture:
    """A figure, an SVG element whose texts are escaped, and what to see in it."""

    svg: str
    caption: str
    kind: ClassVar[str] = "picture"


Block = Prose | Facts | Bullets | Code | Shown | Picture


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; level 1 for a part, 2 for what is in it."""

    heading: str
    blocks: tuple[Block, ...]
    level: int = 1


@dataclass(frozen=True)
class Report:
    """A whole report.

    Attributes:
        title: What it is of.
        subtitle: A line beneath it.
        sections: The parts, in order.
        version: The version of euthymia that made the result.
    """

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    version: str


def shown(tables: Sequence[Table], *, folded: bool = False) -> tuple[Shown, ...]:
    """Return tables as blocks."""
    return tuple(Shown(made, folded) for made in tables)


def grounds(
    *,
    assumptions: Sequence[Mapping[str, object]],
    rows: Sequence[Comparison] = (),
    command: str,
    seed: int | None,
    version: str,
    accuracy: str,
) -> tuple[Section, ...]:
    """Return the parts that end every report: numbers by grade, sources, and how to make it again.

    Args:
        assumptions: The evidence parameters it rests on, as flat mappings.
        rows: Published rows beside it, whose sources are cited too.
        command: The command that makes it again; empty where a call from Python made it.
        seed: Seed of the named streams; None where nothing was drawn.
        version: The version of euthymia.
        accuracy: The numerical error, in words.
    """
    sources = tuple(cited(assumptions, rows))
    facts = (
        Fact("Seed", "none: nothing was drawn" if seed is None else str(seed)),
        Fact("Version", f"euthymia {version}".rstrip()),
        Fact("Numerical error", accuracy),
    )
    return (
        Section(
            "What it rests on", (Prose(grade_counts(assumptions)), *shown(assumption_tables(assumptions), folded=True))
        ),
        Section("Sources", (Bullets(sources) if sources else Prose("No source is cited."),)),
        Section("Make it again", (Code(command), Facts(facts), Prose(SAME_BYTES, Look.NOTE)))
        if command
        else Section("Make it again", (Prose(FROM_PYTHON), Facts(facts))),
    )
