"""What is uncertain about the mechanism's numbers: the one place where a posterior takes the place of the record's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from euthymia.evidence import Record
from euthymia.trials.design import Trial
from euthymia.trials.power_plan import drawn_amplitudes, drawn_scores


class Uncertainty(Protocol):
    """Where the amplitudes of replicates come from.

    Attributes:
        name: In words, for the report.
        key: Tells it from any other, for folders of kept results.
    """

    @property
    def name(self) -> str:
        """In words, for the report."""
        ...

    @property
    def key(self) -> str:
        """What tells it from any other."""
        ...

    def amplitudes(self, seed: int, numbers: range) -> Sequence[Record]:
        """Return the amplitudes of each of some replicates; a replicate's do not depend on which others are asked."""
        ...


Without = Callable[[Trial], tuple[Uncertainty, str]]  # the numbers without a trial, and how they were got


@dataclass(frozen=True)
class OfRecord:
    """Amplitudes drawn apart from each other, by the relative uncertainty that the record `amplitudes` states."""

    name: str = "amplitudes drawn apart from each other by the uncertainty that their record states"
    key: str = "record"

    def amplitudes(self, seed: int, numbers: range) -> Sequence[Record]:
        """Return the amplitudes of each of some replicates."""
        return [drawn_amplitudes(scores) for scores in drawn_scores(seed, numbers)]


def present() -> Uncertainty:
    """Return what the package knows today about its own numbers."""
    return OfRecord()
