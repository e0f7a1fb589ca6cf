"""Whom a treatment is simulated in, in words and numbers: age, sex, weight, severity, and drugs that failed before."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from euthymia.errors import EuthymiaError, UnknownNameError

if TYPE_CHECKING:
    from euthymia.evidence import Record
    from euthymia.patients.population import People, Traits

LOWEST_AGE, HIGHEST_AGE, OLDEST = 18.0, 64.0, 120.0  # years; to 64 unless the people asked for are older
LOWEST_MADRS, HIGHEST_MADRS = 28.0, 60.0  # points; from 28, as trials ask for, unless those asked for are milder
SDS_BEYOND = 2.0  # SDs from the mean at which people are cut where those usual ends would leave too few
EXAMPLES = "such as 'age 70', 'MADRS 32' or 'failed 2'"


@dataclass(frozen=True)
class Who:
    """People as `euthymia simulate` draws them; one typical person has the means, and spreads are left aside.

    Attributes:
        age: Mean age, years.
        age_sd: Its SD, years; ages are cut to 18 to 64, or to 2 SDs above the mean where that is more.
        women: Share of women; one typical person is a woman from a half on, where it is said at all.
        weight: Mean body weight, kg; None for that of the evidence, with its spread.
        weight_sd: Its SD, kg, where a mean is given.
        MADRS: Mean total at the start, points.
        MADRS_sd: Its SD, points; totals are cut at 28, or 2 SDs below the mean where that is less than one SD away.
        failed: Courses of an oral antidepressant that failed before, in a row.

    Raises:
        EuthymiaError: When a number is none that people can have.
    """

    age: float = 45.0
    age_sd: float = 11.0
    women: float | None = None
    weight: float | None = None
    weight_sd: float = 15.0
    MADRS: float = 37.0
    MADRS_sd: float = 5.7
    failed: int = 0

    def __post_init__(self) -> None:
        for name, (low, high) in SPANS.items():
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and low <= value <= high):
                raise EuthymiaError(f"{_words(name)} of {value:g}; expected {low:g} to {high:g}")
        if self.failed != int(self.failed):
            raise EuthymiaError(f"failed of {self.failed:g}; expected a whole number of courses")

    @property
    def said(self) -> tuple[str, ...]:
        """What differs from the usual people, a phrase each, readable by `who_spoken`."""
        return tuple(
            f"{_words(each.name)} {getattr(self, each.name)!r}"
            for each in fields(self)
            if getattr(self, each.name) != each.default
        )

    def traits(self) -> Traits:
        """Return who may be drawn."""
        from euthymia.patients.population import Traits

        oldest = HIGHEST_AGE
        if self.age + self.age_sd > HIGHEST_AGE:
            oldest = min(self.age + SDS_BEYOND * self.age_sd, OLDEST)
        mildest = LOWEST_MADRS
        if self.MADRS - self.MADRS_sd < LOWEST_MADRS:
            mildest = max(self.MADRS - SDS_BEYOND * self.MADRS_sd, 0.0)
        usual = Traits()
        return Traits(
            age=(self.age, self.age_sd, LOWEST_AGE, oldest),
            women=usual.women if self.women is None else self.women,
            MADRS=(self.MADRS, self.MADRS_sd, mildest),
            weight=None if self.weight is None else (self.weight, self.weight_sd),
            failed=self.failed,
        )

    def typical(self, amplitudes: Record) -> People:
        """Return one person at the means.

        Args:
            amplitudes: The amplitudes of care and drug.

        Raises:
            EuthymiaError: When courses failed before, which says something of a group and not of its middle.
        """
        import numpy as np

        from euthymia.patients.population import typical

        if self.failed:
            raise EuthymiaError("failed courses select people from a group; ask for 2 people or more, not one")
        person = typical(self.MADRS, self.age, amplitudes=amplitudes)
        if self.weight is not None:
            person = replace(person, weight=np.zeros(1) + self.weight)
        if self.women is not None:
            person = replace(person, female=np.array([self.women >= 0.5]))
        return person


SPANS: dict[str, tuple[float, float]] = {
    "age": (18.0, 90.0),
    "age_sd": (0.5, 25.0),
    "women": (0.0, 1.0),
    "weight": (35.0, 200.0),
    "weight_sd": (0.5, 50.0),
    "MADRS": (10.0, 58.0),
    "MADRS_sd": (0.5, 12.0),
    "failed": (0.0, 4.0),
}
ANYBODY = Who()


def who_spoken(texts: Iterable[str]) -> Who:
    """Return people from words and a number each, such as ``age 70``, ``age SD 5`` or ``failed 2``.

    Raises:
        UnknownNameError: When nothing of that name is known of people; it names the nearest.
        EuthymiaError: When a number is missing or none that people can have.
    """
    known = {_words(name).lower(): name for name in SPANS}
    found: dict[str, Any] = {}
    for text in texts:
        *words, last = text.split() or [""]
        try:
            value = float(last)
        except ValueError:
            raise EuthymiaError(f"people {text!r}: expected words and a number, {EXAMPLES}") from None
        name = known.get(" ".join(words).lower())
        if name is None:
            raise UnknownNameError("thing to say of people", " ".join(words), map(_words, SPANS))
        found[name] = int(value) if name == "failed" and value.is_integer() else value
    return Who(**found)


def _words(name: str) -> str:
    return name.replace("_sd", " SD")
