"""What a claim cites: published rows by their numbers, wherever in the evidence room they stand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from euthymia.claims.claim import Claim, Role
from euthymia.errors import EvidenceError, UnknownNameError
from euthymia.evidence.facts import facts
from euthymia.evidence.published import Split
from euthymia.trials.catalogue import load_trial, trial_names

ALLOWED = {
    Role.STRUCTURAL: frozenset(Split),
    Role.CALIBRATED: frozenset({Split.CALIBRATION}),
    Role.HELD_OUT: frozenset({Split.VALIDATION}),
}


@dataclass(frozen=True)
class Cited:
    """A published value as a claim shows it.

    Attributes:
        row: Number of the row.
        what: What it is of: trial, arm, measure, time.
        value: The value.
        unit: Its unit.
        low: Lower end of the printed interval; None where none is printed.
        high: Upper end.
        split: What it may be used for.
        source: Who printed it, as the row says.
        trial: The trial of the package that has the row; empty where it is carried by value.
    """

    row: str
    what: str
    value: float
    unit: str
    low: float | None
    high: float | None
    split: Split
    source: str
    trial: str = ""


@cache
def cited_rows() -> dict[str, Cited]:
    """Return every published row of the package by its number."""
    found = {
        row.id: Cited(row.id, row.what, row.value, row.unit, row.low, row.high, row.split, row.what.split(", ")[-1])
        for row in facts().carried
    }
    for name in trial_names():
        for row in load_trial(name).published:
            when = "" if row.t is None else f", {row.t:g} h"
            what = f"{name}, {row.arm}: {row.measure.replace('_', ' ')}{when}"
            ends = row.ci_low, row.ci_high
            found[row.row_id] = Cited(row.row_id, what, row.value, str(row.unit), *ends, row.split, row.source, name)
    return found


def cited(row: str) -> Cited:
    """Return one row.

    Raises:
        UnknownNameError: When the package has no such row; it names the nearest.
    """
    if row not in cited_rows():
        raise UnknownNameError("published row", row, cited_rows())
    return cited_rows()[row]


def check(claim: Claim) -> None:
    """Refuse a claim that cites what its role forbids: held out, a calibration row; calibrated, a validation row.

    Raises:
        EvidenceError: Naming claim, role and rows.
        UnknownNameError: When it cites a row that the package does not have.
    """
    wrong = [row for row in claim.rows if cited(row).split not in ALLOWED[claim.role]]
    if wrong:
        allowed = ", ".join(sorted(ALLOWED[claim.role]))
        raise EvidenceError(
            f"claim {claim.id!r} is {claim.role.value} and cites {', '.join(wrong)}; allowed: rows for {allowed}"
        )
    if claim.role is not Role.STRUCTURAL and not claim.rows:
        raise EvidenceError(f"claim {claim.id!r} is {claim.role.value} and cites no row; allowed: at least one")
