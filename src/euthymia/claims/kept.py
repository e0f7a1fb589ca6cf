"""Values of the fact list, kept from a run of some minutes, with the command and the evidence that made them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from euthymia.claims.claim import Shown
from euthymia.errors import EvidenceError

FILE = "facts_kept.json"
SCHEMA = "euthymia.facts-kept/1"
COMMAND = "python docs_src/facts.py"
FOLDERS, SINGLE = ("records", "trials", "posteriors"), ("facts.toml",)


@dataclass(frozen=True)
class Kept:
    """Values of the parts of facts.

    Attributes:
        command: The command that computes them again.
        evidence: Hash of the evidence with which they were computed.
        values: By the part's id.
    """

    command: str
    evidence: str
    values: Mapping[str, Shown]

    @property
    def current(self) -> bool:
        """Whether the evidence is still the one with which they were computed."""
        return self.evidence == evidence_hash()

    @property
    def said(self) -> str:
        """Where the values come from, in words."""
        since = "" if self.current else "; the evidence has changed since, run it again"
        return f"kept from `{self.command}`, evidence {self.evidence[:12]}{since}"


@cache
def kept() -> Kept:
    """Return the kept values.

    Raises:
        EvidenceError: When the file cannot be read.
    """
    return read_kept(files("euthymia.claims").joinpath(FILE).read_text(encoding="utf-8"))


def read_kept(text: str) -> Kept:
    """Return the kept values that a JSON text holds; errors as of :func:`kept`."""
    try:
        document = json.loads(text)
        if document["schema"] != SCHEMA:
            raise EvidenceError(f"{FILE}: schema {document['schema']!r}; expected {SCHEMA!r}")
        values = {part: Shown(float(value), error=float(error)) for part, (value, error) in document["values"].items()}
        return Kept(document["command"], document["evidence"], values)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvidenceError(f"{FILE}: not readable ({error}); {COMMAND} writes it again") from error


def as_text(values: Mapping[str, tuple[float, float]]) -> str:
    """Return the text that keeps values and their Monte Carlo errors by part; what is never reached is ``"inf"``."""
    rows = {part: [_plain(value), _plain(error)] for part, (value, error) in sorted(values.items())}
    document = {"schema": SCHEMA, "command": COMMAND, "evidence": evidence_hash(), "values": rows}
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


@cache
def evidence_hash() -> str:
    """Return the SHA-256 of all that the values rest on: records, trials and facts, by name."""
    room, found = files("euthymia.evidence"), hashlib.sha256()
    for folder in FOLDERS:
        for entry in sorted(room.joinpath(folder).iterdir(), key=lambda each: each.name):
            if entry.name.endswith((".toml", ".json")):
                found.update(f"{folder}/{entry.name}".encode() + b"\0" + entry.read_bytes())
    for name in SINGLE:
        found.update(name.encode() + b"\0" + room.joinpath(name).read_bytes())
    return found.hexdigest()


def _plain(value: float) -> float | str:
    return float(f"{value:.6g}") if abs(value) < float("inf") else str(value)
