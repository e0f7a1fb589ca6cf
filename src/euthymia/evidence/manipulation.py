"""What is done to a drug's effect: which term it changes, what each hypothesis predicts, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from euthymia.errors import EvidenceError, UnknownNameError, suggestion
from euthymia.evidence.parameter import Parameter
from euthymia.evidence.record import load_record
from euthymia.evidence.strict import file_table

FILE = "manipulations.toml"
KEYS = ("name", "agents", "doing", "terms", "measure", "observed", "finding", "sources")

Choice = TypeVar("Choice", bound=Enum)


class Hypothesis(Enum):
    """What might start plasticity."""

    DISINHIBITION = "disinhibition"
    DIRECT = "direct"
    HNK = "HNK"


class Term(Enum):
    """A place of the model where a manipulation acts."""

    GATE_AMPA = "gate_AMPA"
    GATE_OP = "gate_OP"
    GATE_BZD = "gate_BZD"
    GATE_TRKB = "gate_TrkB"
    RHO_SYN = "rho_syn"
    RHO_ELIM = "rho_elim"
    SPINES = "spines"
    W_HNK = "w_hnk"
    BLOCK_E = "block_E"
    NMDA_SST = "NMDA_SST"
    NMDA_E = "NMDA_E"
    GABA_A = "GABA_A"
    RELEASE = "release"
    CIRCUIT = "circuit"
    DOSE = "dose"


class Outcome(Enum):
    """What becomes of the measure, relative to the drug alone."""

    ABOLISHED = "abolished"
    WEAKER = "weaker"
    UNCHANGED = "unchanged"
    STRONGER = "stronger"
    DELAYED = "delayed"
    INVERTED_U = "inverted U"
    MIXED = "mixed"
    OPEN = "open"
    NOT_MODELLED = "not modelled"


UNDECIDED = (Outcome.MIXED, Outcome.OPEN)


@dataclass(frozen=True)
class Manipulation:
    """One row of the table.

    Attributes:
        name: Its name.
        agents: What does it: drugs and procedures.
        doing: What is done, in words.
        terms: The terms it changes, all together, each with the name of its size in the record ``manipulations``
            (empty: none). Two ways to describe one drug, of which only one may be taken, are two rows.
        measure: What is looked at.
        predicted: What the table says each hypothesis predicts.
        observed: What was found.
        finding: The finding in words.
        sources: Who found it.
    """

    name: str
    agents: tuple[str, ...]
    doing: str
    terms: tuple[tuple[Term, str], ...]
    measure: str
    predicted: Mapping[Hypothesis, Outcome]
    observed: Outcome
    finding: str
    sources: tuple[str, ...]

    def size(self, term: Term) -> Parameter | None:
        """Return the size of what is done to one of its terms; None where the row has none.

        Raises:
            UnknownNameError: When the row does not change that term.
        """
        sizes = dict(self.terms)
        if term not in sizes:
            raise UnknownNameError(f"term of {self.name!r} named", term.value, [t.value for t in sizes])
        return load_record("manipulations")[sizes[term]] if sizes[term] else None


def agrees(predicted: Outcome, observed: Outcome) -> bool | None:
    """Return whether a prediction has sign and rough size of the finding; None where the finding decides nothing.

    A prediction that nothing is left agrees with a finding of less, because a table of complete blocks holds no doses;
    a prediction of less does not agree with a finding of nothing.
    """
    if observed in UNDECIDED:
        return None
    return predicted is observed or (predicted is Outcome.ABOLISHED and observed is Outcome.WEAKER)


@cache
def manipulations() -> tuple[Manipulation, ...]:
    """Return every row of the table, in its order."""
    return read_manipulations(files("euthymia.evidence").joinpath(FILE).read_text(encoding="utf-8"))


def manipulation(name: str) -> Manipulation:
    """Return the row of that name.

    Raises:
        UnknownNameError: When there is none; it names the nearest.
    """
    rows = {row.name.lower(): row for row in manipulations()}
    if name.lower() not in rows:
        raise UnknownNameError("manipulation", name, [row.name for row in manipulations()])
    return rows[name.lower()]


def manipulations_by(agent: str) -> tuple[Manipulation, ...]:
    """Return the rows in which a drug or procedure stands, by its name or that of the row, whatever the case.

    Raises:
        UnknownNameError: When there is none; it names the nearest.
    """
    asked = agent.lower()
    found = tuple(row for row in manipulations() if asked in _names(row))
    if not found:
        raise UnknownNameError("manipulation by", agent, {name for row in manipulations() for name in _names(row)})
    return found


def terms_of(agent: str) -> tuple[Term, ...]:
    """Return which terms of the model a drug or procedure changes, in the order of the table; empty where none does.

    Raises:
        UnknownNameError: When the table has no such drug or procedure.

    Example:
        >>> [term.value for term in terms_of("rapamycin")]
        ['rho_syn', 'rho_elim']
    """
    return tuple(dict.fromkeys(term for row in manipulations_by(agent) for term, _ in row.terms))


def read_manipulations(text: str) -> tuple[Manipulation, ...]:
    """Return the rows that a TOML text describes.

    Raises:
        EvidenceError: When the text is no TOML or a row breaks a rule; it names the row.
    """
    tables = file_table(FILE, text).data.get("row", [])
    rows = tuple(_read(place, table) for place, table in enumerate(tables, start=1))
    names = [row.name.lower() for row in rows]
    for name in names:
        if names.count(name) > 1:
            raise EvidenceError(f"{FILE}: two rows are named {name!r}; expected a name of its own each")
    return rows


def _names(row: Manipulation) -> set[str]:
    return {row.name.lower(), *(agent.lower() for agent in row.agents)}


def _read(place: int, table: Mapping[str, Any]) -> Manipulation:
    row = f"{FILE}, row {place}"
    known = (*KEYS, *(h.value for h in Hypothesis))
    for key in table:
        if key not in known:
            raise EvidenceError(f"{row}: unknown key {key!r}; {suggestion(key, known)}known: {', '.join(known)}")
    for key in known:
        if key not in table:
            raise EvidenceError(f"{row}: {key} is missing; every row needs {', '.join(known)}")
    return Manipulation(
        name=_text(row, "name", table["name"]),
        agents=tuple(_text(row, "agents", agent) for agent in table["agents"]),
        doing=_text(row, "doing", table["doing"]),
        measure=_text(row, "measure", table["measure"]),
        finding=_text(row, "finding", table["finding"]),
        sources=tuple(_text(row, "sources", source) for source in table["sources"]),
        terms=tuple((_choice(row, "terms", term, Term), _size(row, size)) for term, size in table["terms"].items()),
        predicted={h: _choice(row, h.value, table[h.value], Outcome) for h in Hypothesis},
        observed=_choice(row, "observed", table["observed"], Outcome),
    )


def _text(row: str, key: str, given: object) -> str:
    if not isinstance(given, str) or not given.strip():
        raise EvidenceError(f"{row}: {key} is {given!r}; expected text")
    return given


def _size(row: str, given: object) -> str:
    record = load_record("manipulations")
    if given != "" and given not in record.names:
        hint = suggestion(str(given), record.names)
        raise EvidenceError(f"{row}: no size {given!r} in record manipulations; {hint}known: {', '.join(record.names)}")
    return str(given)


def _choice(row: str, key: str, given: object, choices: type[Choice]) -> Choice:
    known = [str(choice.value) for choice in choices]
    if given not in known:
        hint = suggestion(str(given), known)
        raise EvidenceError(f"{row}: {key} is {given!r}; {hint}known: {', '.join(known)}")
    return choices(given)
