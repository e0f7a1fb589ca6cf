"""The signals between nerve cells as data: 229 names with receptors, and which of them the simulator models."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any

from euthymia.errors import EuthymiaError, UnknownNameError, suggestion
from euthymia.evidence import strict
from euthymia.evidence.strict import Table

FILE = "transmitters.toml"
LAST_SMALL_FAMILY = 12  # families up to here hold small molecules, ions and lipids; those after it peptides
GENE_RANGE = re.compile(r"\b([A-Z][A-Z0-9]*?)(\d+|[A-Z])-(\d+|[A-Z])\b")


class Tier(Enum):
    """How well established a signal is."""

    CORE = "core"  # established transmitter or peptide with a known receptor
    MODULATOR = "modulator"  # acts on the receptors of others, or mainly on other tissues
    CANDIDATE = "candidate"  # signalling proposed, receptor or release uncertain


class Kind(Enum):
    """What a signal is made of."""

    SMALL = "small molecule"
    PEPTIDE = "peptide"


class Sign(Enum):
    """What a signal does to the cell that hears it, in the simulator."""

    EXCITES = "excites"
    INHIBITS = "inhibits"
    MODULATES = "modulates"


@dataclass(frozen=True)
class Family:
    """Signals that share a precursor, an enzyme or a receptor family.

    Attributes:
        number: Its place in the catalogue, from 1.
        name: Its name.
        tier: How well established its signals are.
        receptors: Human gene symbols, or words where there are none.
        genes_found: Precursor or enzyme genes found in open tables; None where none was looked for.
        genes_sought: Precursor or enzyme genes looked for.
        signals: Names of its signals.
    """

    number: int
    name: str
    tier: Tier
    receptors: str
    genes_found: int | None
    genes_sought: int | None
    signals: tuple[str, ...]

    @property
    def kind(self) -> Kind:
        """What its signals are made of."""
        return Kind.SMALL if self.number <= LAST_SMALL_FAMILY else Kind.PEPTIDE


@dataclass(frozen=True)
class Signal:
    """One signal.

    Attributes:
        name: Its name.
        family: The family it belongs to.
        receptors: Its receptors, or those of its family where the catalogue does not tell them apart.
        own_receptors: Whether ``receptors`` are its own.
        sign: What it does in the simulator; None where it is only listed.
        modules: Where the simulator models it, or the group it belongs to; empty where it is only listed.
        how: In which way.
        note: What is assumed in that.
    """

    name: str
    family: Family
    receptors: str
    own_receptors: bool
    sign: Sign | None = None
    modules: tuple[str, ...] = ()
    how: str = ""
    note: str = ""

    @property
    def modelled(self) -> bool:
        """Whether the simulator models it by itself."""
        return self.sign is not None

    @property
    def as_a_group(self) -> bool:
        """Whether the simulator models it only together with its relatives, as one thing."""
        return bool(self.modules) and not self.modelled

    def to_dict(self) -> dict[str, Any]:
        """Return the signal as JSON-ready values."""
        return {
            "name": self.name,
            "family": self.family.name,
            "family_number": self.family.number,
            "kind": self.family.kind.value,
            "tier": self.family.tier.value,
            "receptors": self.receptors,
            "own_receptors": self.own_receptors,
            "modelled": self.modelled,
            "as_a_group": self.as_a_group,
            "sign": self.sign.value if self.sign else None,
            "modules": list(self.modules),
            "how": self.how,
            "note": self.note,
        }


@cache
def signals() -> tuple[Signal, ...]:
    """Return all signals in the order of the catalogue.

    Raises:
        TrialFileError: When the catalogue breaks a rule; it names file and key.
    """
    return read_signals(files("euthymia.evidence").joinpath(FILE).read_text(encoding="utf-8"))


def families() -> tuple[Family, ...]:
    """Return all families in the order of the catalogue."""
    return tuple(dict.fromkeys(signal.family for signal in signals()))


def search(query: str = "", *, family: str = "", modelled: bool = False) -> tuple[Signal, ...]:
    """Return the signals that answer to a word.

    Args:
        query: A part of a name, of a family's name or of a receptor, in any case; a gene such as ``DRD2`` also finds
            ranges that hold it. Empty for all.
        family: Only this family: its number, or a part of its name.
        modelled: Only what the simulator models.

    Raises:
        EuthymiaError: When no signal, or no family, answers to it; it names the nearest.

    Example:
        >>> [signal.name for signal in search("drd2")]
        ['dopamine']
    """
    found = tuple(signal for signal in signals() if _answers(signal, query.strip().lower()))
    if not found:
        names = [signal.name for signal in signals()]
        near = suggestion(query, names)
        raise EuthymiaError(f"no signal, family or receptor {query!r}; {near}`euthymia transmitters` lists all of them")
    if family:
        chosen = families_named(family)
        found = tuple(signal for signal in found if signal.family in chosen)
    return tuple(signal for signal in found if signal.modelled or not modelled)


def families_named(name: str) -> tuple[Family, ...]:
    """Return the family of that number, or the families with that part in their name.

    Raises:
        UnknownNameError: When there is none; it names the nearest.
    """
    word = name.strip().lower()
    found = tuple(each for each in families() if word == str(each.number) or (word and word in each.name.lower()))
    if not found:
        raise UnknownNameError("family", name, [each.name for each in families()])
    return found


def gene_names(receptors: str) -> frozenset[str]:
    """Return the genes that the ranges in a text of receptors stand for.

    Example:
        >>> sorted(gene_names("DRD1-3, GRIN2A-B"))
        ['DRD1', 'DRD2', 'DRD3', 'GRIN2A', 'GRIN2B']
    """
    genes = set()
    for stem, first, last in GENE_RANGE.findall(receptors):
        if first.isdigit() and last.isdigit():
            genes.update(f"{stem}{k}" for k in range(int(first), int(last) + 1))
        elif first.isalpha() and last.isalpha():
            genes.update(f"{stem}{chr(k)}" for k in range(ord(first), ord(last) + 1))
    return frozenset(genes)


def read_signals(text: str, file: str = FILE) -> tuple[Signal, ...]:
    """Return the signals that a TOML text describes.

    Args:
        text: The catalogue; see ``docs/transmitters.md``.
        file: Its name, for messages.

    Raises:
        TrialFileError: When it breaks a rule: a name twice, an unknown tier, a remark on a signal that it lacks.
    """
    root = strict.only(
        Table(file, "", tomllib.loads(text)),
        *("title", "summary", "families", "receptors", "modelled", "together"),
    )
    read = [_family(table) for table in strict.tables(root, "families")]
    if [each.number for each in read] != list(range(1, len(read) + 1)):
        raise strict.fault(root, "families", "numbers must run from 1 without a gap")
    names = [name for each in read for name in each.signals]
    strict.no_doubles(root, "families", names)
    strict.no_doubles(root, "families", [each.name for each in read])
    own = {_known(table, names): strict.text(table, "receptors") for table in strict.tables(root, "receptors")}
    parts = {_known(table, names): _part(table) for table in strict.tables(root, "modelled")}
    together = _together(root, len(read))
    return tuple(
        Signal(
            name=name,
            family=each,
            receptors=own.get(name, each.receptors),
            own_receptors=name in own or len(each.signals) == 1,
            **parts.get(name, together.get(each.number, {})),
        )
        for each in read
        for name in each.signals
    )


def _answers(signal: Signal, word: str) -> bool:
    texts = (signal.name, signal.family.name, signal.receptors)
    return any(word in text.lower() for text in texts) or word.upper() in gene_names(signal.receptors)


def _family(table: Table) -> Family:
    strict.only(table, "number", "name", "tier", "receptors", "genes_found", "genes_sought", "signals")
    sought = strict.optional_whole(table, "genes_sought", low=1, high=99)
    found = strict.texts(table, "signals")
    if not found:
        raise strict.fault(table, "signals", "missing; a list of names is needed")
    return Family(
        number=strict.whole(table, "number", low=1, high=999),
        name=strict.text(table, "name"),
        tier=strict.choice(table, "tier", Tier),
        receptors=strict.text(table, "receptors"),
        genes_found=strict.optional_whole(table, "genes_found", low=0, high=sought or 0),
        genes_sought=sought,
        signals=found,
    )


def _known(table: Table, names: list[str]) -> str:
    name = strict.text(table, "signal")
    if name not in names:
        raise strict.fault(table, "signal", f"no signal {name!r} in any family")
    return name


def _part(table: Table) -> dict[str, Any]:
    strict.only(table, "signal", "sign", "modules", "how", "note")
    return {
        "sign": strict.choice(table, "sign", Sign),
        "modules": _modules(table),
        "how": strict.text(table, "how"),
        "note": strict.text(table, "note", ""),
    }


def _together(root: Table, last: int) -> dict[int, dict[str, Any]]:
    """Return where and how families are modelled as a group, by number."""
    found: dict[int, dict[str, Any]] = {}
    for table in strict.tables(root, "together"):
        strict.only(table, "families", "modules", "how")
        part: dict[str, Any] = {"modules": _modules(table), "how": strict.text(table, "how")}
        found.update((int(number), part) for number in strict.numbers(table, "families", low=1, high=last))
    return found


def _modules(table: Table) -> tuple[str, ...]:
    modules = strict.texts(table, "modules")
    if not modules:
        raise strict.fault(table, "modules", "missing; a list of modules is needed")
    return modules
