"""A label as data: clauses, each with what it says, where that was found, how surely, and what it asks for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from euthymia.errors import EvidenceError, TrialFileError, UnknownNameError
from euthymia.evidence.citation import source_keys
from euthymia.evidence.label_asks import read_condition
from euthymia.evidence.label_condition import Condition, Severity
from euthymia.evidence.strict import (
    Table,
    choice,
    fault,
    no_doubles,
    number,
    only,
    optional_table,
    table,
    tables,
    text,
    texts,
)

SUFFIX = ".toml"
SEVERITY_FILE = "severity-words.toml"  # stands beside the labels and is none


class ClauseKind(StrEnum):
    """What a clause is for, in the order in which a decision is told."""

    INDICATION = "indication"
    CONTRAINDICATION = "contraindication"
    BOXED_WARNING = "boxed warning"
    CAUTION = "caution"
    INTERACTION = "interaction"
    DOSE_RULE = "dose rule"
    PREPARATION = "preparation"
    MONITORING = "monitoring"


class Standing(StrEnum):
    """How surely the label is known to say it."""

    READ = "read"  # in the label, or in a public transcription of it
    SECONDARY = "secondary"  # as somebody else puts the label
    UNVERIFIED = "unverified"  # quoted without a text to confirm it
    ASSUMED = "assumed"  # our reading of a word, or carried over from another edition


@dataclass(frozen=True)
class Clause:
    """One clause of a label.

    Attributes:
        id: Its name within the label.
        kind: What it is for.
        indication: Key of the indication it belongs to; empty where it holds for all.
        text: What it says, in our own words.
        source: Key of ``references.bib``.
        where: The place in the source.
        standing: How surely the label says so.
        note: What a reader should know; needed where the clause was not read in the label.
        condition: What it asks for.
    """

    id: str
    kind: ClauseKind
    indication: str
    text: str
    source: str
    where: str
    standing: Standing
    note: str
    condition: Condition


@dataclass(frozen=True)
class Label:
    """One edition of a label, as far as it is recorded.

    Attributes:
        name: The name by which it is asked for.
        title: The name for people.
        region: Where it holds.
        since: When it came to hold: a year, or a date.
        summary: What is recorded of it, and what is not.
        indications: Keys and titles of the indications.
        clauses: What it says, sorted by kind.
    """

    name: str
    title: str
    region: str
    since: str
    summary: str
    indications: tuple[tuple[str, str], ...]
    clauses: tuple[Clause, ...]


@cache
def label_names() -> tuple[str, ...]:
    """Return the names of all labels, sorted."""
    names = (entry.name for entry in files("euthymia.evidence").joinpath("labels").iterdir())
    return tuple(sorted(name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX) and name != SEVERITY_FILE))


@cache
def load_label(name: str) -> Label:
    """Return the label of that name; every call gives the same object.

    Args:
        name: One of ``label_names()``.

    Raises:
        UnknownNameError: When there is no such label; it names the nearest.
        EvidenceError: When the file breaks a rule; it names file and key.
    """
    if name not in label_names():
        raise UnknownNameError("label", name, label_names())
    return read_label(name, _file(name + SUFFIX))


def read_label(name: str, toml: str) -> Label:
    """Return the label that a TOML text describes; ``docs/label.md`` lists its keys.

    Args:
        name: The label's name.
        toml: The text. With ``based_on`` it tells only what differs from another label.

    Raises:
        EvidenceError: When the text is no TOML or breaks a rule; it names file and key.
    """
    try:
        return _label(name, Table(name + SUFFIX, "", tomllib.loads(toml)))
    except (tomllib.TOMLDecodeError, TrialFileError) as error:
        raise EvidenceError(str(error) if isinstance(error, TrialFileError) else f"{name}{SUFFIX}: {error}") from error


@cache
def severity_bands() -> dict[Severity, float]:
    """Return the lowest MADRS, in points, of each word for severity, mildest first.

    Source: ``severity_source()``.
    """
    lowest = table(_severity_words(), "lowest_MADRS")
    return {word: number(lowest, word.value, low=0.0) for word in Severity}


def severity_source() -> str:
    """Return whose words for a MADRS are used."""
    return text(_severity_words(), "citation")


def severity_of(MADRS: float) -> Severity | None:
    """Return the word for a MADRS in points, or None below the mildest band."""
    reached = [word for word, lowest in severity_bands().items() if lowest <= MADRS]
    return reached[-1] if reached else None


def _severity_words() -> Table:
    return Table(SEVERITY_FILE, "", tomllib.loads(_file(SEVERITY_FILE)))


def _file(name: str) -> str:
    return files("euthymia.evidence").joinpath("labels", name).read_text(encoding="utf-8")


def _label(name: str, whole: Table) -> Label:
    only(whole, "title", "region", "since", "summary", "based_on", "drops", "indications", "clauses")
    base = load_label(text(whole, "based_on")) if "based_on" in whole.data else None
    indications = dict(base.indications if base else ()) | _indications(whole)
    own = [_clause(each, indications) for each in tables(whole, "clauses")]
    no_doubles(whole, "clauses", (clause.id for clause in own))
    return Label(
        name=name,
        title=text(whole, "title"),
        region=text(whole, "region"),
        since=text(whole, "since"),
        summary=text(whole, "summary"),
        indications=tuple(indications.items()),
        clauses=_sorted(_merged(whole, base.clauses if base else (), own)),
    )


def _indications(whole: Table) -> dict[str, str]:
    given = optional_table(whole, "indications")
    return {} if given is None else {key: text(given, key) for key in given.data}


def _clause(given: Table, indications: dict[str, str]) -> Clause:
    only(given, "id", "kind", "indication", "text", "source", "where", "standing", "note", "condition")
    clause = Clause(
        id=text(given, "id"),
        kind=choice(given, "kind", ClauseKind),
        indication=text(given, "indication", ""),
        text=text(given, "text"),
        source=text(given, "source"),
        where=text(given, "where"),
        standing=choice(given, "standing", Standing),
        note=text(given, "note", ""),
        condition=read_condition(table(given, "condition")),
    )
    if clause.source not in source_keys():
        raise fault(given, "source", f"no source {clause.source!r} in references.bib")
    if clause.indication and clause.indication not in indications:
        raise fault(given, "indication", f"no indication {clause.indication!r}; known: {', '.join(indications)}")
    if clause.kind is ClauseKind.INDICATION and not clause.indication:
        raise fault(given, "indication", "missing; a clause of an indication names it")
    if clause.standing is not Standing.READ and not clause.note:
        raise fault(given, "note", "missing; a clause that was not read in the label needs one")
    return clause


def _merged(whole: Table, base: Iterable[Clause], own: Iterable[Clause]) -> list[Clause]:
    """Return the clauses of the label before, without those dropped, with those written anew in their places."""
    merged = {clause.id: clause for clause in base}
    for id in texts(whole, "drops"):
        if merged.pop(id, None) is None:
            raise fault(whole, "drops", f"no clause {id!r} to drop")
    return list((merged | {clause.id: clause for clause in own}).values())


def _sorted(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
    """Return the clauses by kind; within a kind they keep their order, those of one indication together."""
    kinds = list(ClauseKind)
    return tuple(sorted(clauses, key=lambda clause: kinds.index(clause.kind)))
