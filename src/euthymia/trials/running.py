"""How a trial is run from day to day, as data: when its people come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Recruitment(StrEnum):
    """How the times at which people are randomised spread over the time of enrolment."""

    UNIFORM = "uniform"
    RISING = "rising"


@dataclass(frozen=True)
class Enrolment:
    """When people are randomised, counted from the first site that opens.

    Attributes:
        duration: Time over which they are, h.
        pattern: Evenly, or at a rate that rises from nothing in proportion to time, as sites open one after another.
    """

    duration: float
    pattern: Recruitment = Recruitment.UNIFORM
