"""What the program is held against by its tests: each entry is a test file of the repository, and what it compares."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files

from euthymia.evidence.strict import Table, choice, file_table, no_doubles, only, tables, text

FILE = "verification.toml"


class Activity(Enum):
    """What a test verifies."""

    CODE = "code"  # that the code does what its equations and methods say
    CALCULATION = "calculation"  # how exactly a calculation solves the equations


@dataclass(frozen=True)
class Verified:
    """One test file.

    Attributes:
        file: Its path in the repository.
        activity: What it verifies.
        against: What stands on the other side.
        says: The first sentence of the file.
    """

    file: str
    activity: Activity
    against: str
    says: str


@cache
def verification() -> tuple[Verified, ...]:
    """Return every test file that verifies code or calculation, in the order of ``verification.toml``.

    Raises:
        EvidenceError: When the file is no TOML.
        TrialFileError: When a table breaks a rule; it names the key.
    """
    return read_verification(files("euthymia.evidence").joinpath(FILE).read_text(encoding="utf-8"))


def read_verification(content: str) -> tuple[Verified, ...]:
    """Return what a TOML text lists; errors as of :func:`verification`."""
    root = only(file_table(FILE, content), "test")
    found = tuple(_verified(each) for each in tables(root, "test"))
    no_doubles(root, "test", [each.file for each in found])
    return found


def _verified(table: Table) -> Verified:
    only(table, "file", "activity", "against", "says")
    return Verified(
        text(table, "file"), choice(table, "activity", Activity), text(table, "against"), text(table, "says")
    )
