"""Trials: which there are, a design with its published results, and whether a file can be conducted."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from euthymia.web import limits
from euthymia.web.schemas import Answer, Body, Fault


class TrialRow(Answer):
    """A trial of the list."""

    id: str
    title: str
    registry: str
    split: str = Field(description="calibration, validation or user: what its rows may be used for.")
    arms: int
    people: int | None = Field(description="Randomised in the first phase, in all arms; null where not said.")
    days: float = Field(description="Until the last visit, days.")
    published: int = Field(description="Number of published rows.")


class Trials(Answer):
    """The trials of the package."""

    trials: list[TrialRow]


class FactRow(Answer):
    """A fact of a design in words."""

    label: str
    text: str


class PublishedRow(Answer):
    """A published result."""

    row_id: str
    arm: str
    phase: str
    measure: str
    definition: str
    estimator: str
    t_h: float | None = Field(description="h after randomisation.")
    value: float
    unit: str
    sd: float | None
    se: float | None
    ci_low: float | None
    ci_high: float | None
    n: int | None
    status: str = Field(description="read, derived or unverified.")
    split: str
    source: str = Field(description="Who printed it, and where.")
    note: str


class TrialAnswer(Answer):
    """A design, as data, in words and as a file; and what was published of it."""

    id: str
    title: str
    registry: str
    citation: str
    split: str
    facts: list[FactRow]
    notes: list[str]
    design: dict[str, Any] = Field(description="The design as plain data, keys as in docs/trial-format.md.")
    toml: str = Field(description="The file that describes it; reads back as an equal trial.")
    published: list[PublishedRow]


class TrialChecked(Body):
    """A trial file to look through: its text, or the same keys as JSON."""

    toml: str | None = Field(default=None, max_length=limits.LONGEST_TRIAL)
    design: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.toml is None) == (self.design is None):
            raise ValueError("expected either toml or design")
        return self


class TrialVerdict(Answer):
    """Whether a trial can be conducted as written; the status is 200 either way."""

    ok: bool
    errors: list[Fault] = Field(description="The first thing to mend, with the nearest valid name.")
    trial: TrialAnswer | None = Field(description="As it was understood; null where it was not.")
