"""What can be said of one clause of a label: a verdict, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How things stand with what a clause asks for."""

    MET = "met"
    NOT_MET = "not met"
    CAUTION = "caution"
    NOT_STATED = "not stated"
    NEEDS_INFORMATION = "needs information"
    DOES_NOT_APPLY = "does not apply"


@dataclass(frozen=True)
class Judgement:
    """A verdict and, in words, what it rests on."""

    verdict: Verdict
    because: str


def unknown(what: str) -> Judgement:
    """Return that something is needed which nobody said."""
    return Judgement(Verdict.NEEDS_INFORMATION, f"{what}: not said")


def met_if(holds: bool, because: str) -> Judgement:
    """Return met or not met."""
    return Judgement(Verdict.MET if holds else Verdict.NOT_MET, because)
