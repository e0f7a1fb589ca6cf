"""Who found it: the entries of `references.bib`, and how they are cited in text and in BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files

from euthymia.errors import EvidenceError, UnknownNameError

ENTRY_KEY = re.compile(r"^@\w+\{\s*([^,\s]+)\s*,", re.MULTILINE)


class Style(Enum):
    """How a reference is written."""

    TEXT = "text"
    BIBTEX = "bibtex"


@dataclass(frozen=True)
class Reference:
    """One source.

    Attributes:
        key: Its key in ``references.bib``.
        type: The BibTeX entry type.
        fields: Names and texts of its fields, in the order of the file.
    """

    key: str
    type: str
    fields: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        """Return the text of one field, or an empty string."""
        return dict(self.fields).get(name, "")

    @property
    def doi(self) -> str:
        """The digital object identifier, or an empty string."""
        return self.get("doi")

    @property
    def short(self) -> str:
        """Author, year, journal, volume and page, such as ``Perez-Ruixo 2021, Clin Pharmacokinet 60:501``."""
        author, title, year = _authors(self.get("author")), self.get("title"), self.get("year")
        who = f"{author} {year}".strip() if author else ", ".join(filter(None, (title, year)))
        place = self.get("volume") + (f"({self.get('number')})" if self.get("number") else "")
        place += f":{self.get('pages')}" if self.get("pages") else ""
        return ", ".join(part for part in (who, f"{self.get('journal')} {place}".strip()) if part)

    @property
    def identifier(self) -> str:
        """The first of DOI, PubMed Central and PubMed number, ready to print; empty where none is known."""
        for name, prefix in (("doi", "https://doi.org/"), ("pmc", ""), ("pmid", "PMID ")):
            if self.get(name):
                return prefix + self.get(name)
        return ""


@cache
def references() -> dict[str, Reference]:
    """Return every source by its key, in the order of ``references.bib``.

    Raises:
        EvidenceError: When an entry cannot be read or a key stands twice.
    """
    return read_references(_bibliography())


def read_references(text: str) -> dict[str, Reference]:
    """Return the sources that a BibTeX text describes, by key.

    Raises:
        EvidenceError: When an entry cannot be read or a key stands twice.
    """
    from bibtexparser.entrypoint import parse_string

    library = parse_string(text)
    if library.failed_blocks:
        block = library.failed_blocks[0]
        line = (block.start_line or 0) + 1
        raise EvidenceError(f"references.bib, line {line}: this entry cannot be read, or its key stands twice")
    return {
        entry.key: Reference(entry.key, entry.entry_type, tuple((f.key, str(f.value)) for f in entry.fields))
        for entry in library.entries
    }


@cache
def source_keys() -> tuple[str, ...]:
    """Return the keys of ``references.bib``, sorted, without parsing the entries."""
    return tuple(sorted(ENTRY_KEY.findall(_bibliography())))


def cite(keys: Iterable[str], style: Style = Style.TEXT) -> str:
    """Return the sources as text, one a line, or as BibTeX.

    Args:
        keys: Keys of ``references.bib``, in the order wanted.
        style: Text for people or BibTeX for programs.

    Raises:
        UnknownNameError: When a key is unknown; it names the nearest.

    Example:
        >>> cite(["perezruixo2021"])
        'Perez-Ruixo 2021, Clin Pharmacokinet 60:501. https://doi.org/10.1007/s40262-020-00953-4'
    """
    chosen = [reference(key) for key in keys]
    return "\n\n".join(map(_bibtex, chosen)) if style is Style.BIBTEX else "\n".join(map(_line, chosen))


def reference(key: str) -> Reference:
    """Return one source by its key.

    Raises:
        UnknownNameError: When the key is unknown; it names the nearest.
    """
    if key not in references():
        raise UnknownNameError("source", key, references())
    return references()[key]


def _bibliography() -> str:
    return files("euthymia.evidence").joinpath("references.bib").read_text(encoding="utf-8")


def _authors(field: str) -> str:
    """Return ``First``, ``First & Second`` or, for more, the first surname alone."""
    names = [name.split(",")[0].strip() for name in field.split(" and ") if name.strip()]
    return " & ".join(names) if len(names) == 2 and names[1] != "others" else "".join(names[:1])


def _line(source: Reference) -> str:
    return f"{source.short}. {source.identifier}" if source.identifier else f"{source.short}."


def _bibtex(source: Reference) -> str:
    body = ",\n".join(f"  {name} = {{{text}}}" for name, text in source.fields)
    return f"@{source.type}{{{source.key},\n{body}\n}}"
