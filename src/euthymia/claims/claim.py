"""What a claim is: a sentence, what is known of it, a rule written before anything is computed, and its verdict."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from euthymia.claims.exchange import Exchange

if TYPE_CHECKING:
    from euthymia.claims.lab import Lab
    from euthymia.evidence.facts import Part

SIGMAS = 2.0  # Monte Carlo errors by which a value must clear an end of its rule


class Role(Enum):
    """What a claim may show of the model."""

    STRUCTURAL = "structural"  # follows from how the model is built; nothing was fitted to the observation
    CALIBRATED = "calibrated"  # rests on rows that may take part in fitting: shows fit, not foresight
    HELD_OUT = "held out"  # rests on rows that nothing was ever fitted to


class Verdict(Enum):
    """What became of a claim, the worst first."""

    LOST = "lost"
    PART = "part"
    UNDECIDED = "undecided"
    HELD = "held"


class Support(Enum):
    """What the evidence makes of the article's sentence; a reading of ours, written by hand."""

    BEARS_OUT = "bears it out"
    IN_PART = "bears it out in part"
    AGAINST = "speaks against it"
    SILENT = "says nothing that was found"


@dataclass(frozen=True)
class Rule:
    """Where a number of ours must lie for the claim to hold.

    Attributes:
        what: What the number is of.
        unit: Its unit.
        low: Lowest value that holds.
        high: Highest value that holds.
        why: Where the ends come from.
    """

    what: str
    unit: str
    why: str
    low: float = -math.inf
    high: float = math.inf

    def judge(self, shown: Shown) -> Verdict:
        """Return held or lost; undecided where the Monte Carlo error could turn it, lost where there is no number."""
        if not math.isfinite(shown.value):
            return Verdict.LOST
        inside = self.low <= shown.value <= self.high
        near = min(abs(shown.value - end) for end in (self.low, self.high)) < SIGMAS * shown.error
        return Verdict.UNDECIDED if near else Verdict.HELD if inside else Verdict.LOST

    @property
    def ends(self) -> str:
        """The ends in words, without the unit."""
        if math.isinf(self.low):
            return f"at most {self.high:g}"
        if math.isinf(self.high):
            return f"at least {self.low:g}"
        return f"{self.low:g}" if self.low == self.high else f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Shown:
    """A number that the model shows.

    Attributes:
        value: The number, in the rule's unit.
        low: Lower end of the interval that goes with it; None for a typical person, of whom there is one.
        high: Upper end.
        error: Monte Carlo standard error of the number; 0 where nothing was drawn.
    """

    value: float
    low: float | None = None
    high: float | None = None
    error: float = 0.0


@dataclass(frozen=True)
class Claim:
    """A sentence of the article, made checkable.

    Attributes:
        id: Statement of the article and a word, such as ``5.hours``.
        article: Number of the statement, 1 to 7; 0 for the fact list.
        says: What is said, in our words.
        known: What the evidence says, in words; the rows are shown with it.
        support: What the evidence makes of the sentence.
        role: What the claim may show.
        rows: Numbers of the published rows that it cites.
        sources: Keys of ``references.bib``.
        rules: The rules, one a number of ours; none where the model has nothing to show.
        exchange: What is exchanged in the model for the claim to be lost; nothing, where only its numbers can.
        command: The command that remakes the figure, or the course behind the number.
        shows: Computes the numbers, in the order of the rules.
        note: What a reader must know besides.
        why_not: Why there is no number; empty where there is one.
        kept: Whether the numbers are kept from a longer run and not computed on the spot.
    """

    id: str
    article: int
    says: str
    known: str
    support: Support
    role: Role
    rows: tuple[str, ...]
    sources: tuple[str, ...]
    rules: tuple[Rule, ...]
    exchange: Exchange
    command: str
    shows: Callable[[Lab], Sequence[Shown]]
    note: str = ""
    why_not: str = ""
    kept: bool = False

    @property
    def lost_if(self) -> str:
        """What would lose it, in words; empty where there is nothing to lose."""
        if not self.rules:
            return ""
        return self.exchange.value if self.exchange is not Exchange.NOTHING else "its numbers left their tolerances"


@dataclass(frozen=True)
class Finding:
    """A claim that was put to the model.

    Attributes:
        claim: The claim.
        shown: Our numbers, one a rule.
        verdicts: What became of each rule.
    """

    claim: Claim
    shown: tuple[Shown, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def verdict(self) -> Verdict:
        """What became of the claim."""
        return together(self.verdicts)


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """Return what becomes of a claim: held with all rules, lost with none of them, part with some of both.

    Anything else is undecided, and so is a claim without a rule.
    """
    held, lost = (verdicts.count(each) for each in (Verdict.HELD, Verdict.LOST))
    if held and lost:
        return Verdict.PART
    if lost:
        return Verdict.LOST
    return Verdict.HELD if verdicts and held == len(verdicts) else Verdict.UNDECIDED


def found(claim: Claim, shown: Sequence[Shown]) -> Finding:
    """Return a claim with the numbers that the model shows, each judged by its rule.

    Raises:
        ValueError: When there are not as many numbers as rules.
    """
    judged = tuple(rule.judge(each) for rule, each in zip(claim.rules, shown, strict=True))
    return Finding(claim, tuple(shown), judged)


def of_part(part: Part, what: str = "") -> Rule:
    """Return the rule that a part of a fact states."""
    return Rule(
        what or part.what, part.unit or "1", f"fact {part.id.split('.')[0]}: {part.basis.value}", part.low, part.high
    )
