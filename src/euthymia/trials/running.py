"""How a trial is run from day to day, as data: who comes, when, what they take, and how they are allotted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from euthymia.symptoms.scale import Scale


class Recruitment(StrEnum):
    """How the times at which people are randomised spread over the time of enrolment."""

    UNIFORM = "uniform"
    RISING = "rising"


class Reason(StrEnum):
    """Why somebody who was screened is not randomised; the first reason counts, in this order."""

    SCORE_AT_SCREENING = "score at screening"
    OTHER = "other reasons"
    SCORE_AT_RANDOMISATION = "score at randomisation"
    IMPROVED = "improved before randomisation"


class Stratum(StrEnum):
    """What people of a stratum have in common."""

    SITE = "site"
    REGION = "region"
    SEVERITY = "severity"


@dataclass(frozen=True)
class Enrolment:
    """When people are randomised, counted from the first site that opens.

    Attributes:
        duration: Time over which they are, h.
        pattern: Evenly, or at a rate that rises from nothing in proportion to time, as sites open one after another.
    """

    duration: float
    pattern: Recruitment = Recruitment.UNIFORM


@dataclass(frozen=True)
class Screening:
    """Who comes to screening, and whom it keeps out besides the smallest total of the population.

    Attributes:
        before: Time from screening to randomisation, h.
        mean: Mean total of those who come to screening, as raters without an interest would rate it, points.
        sd: SD of these totals, points.
        scale: Scale of these totals, by which people are let in.
        inflation: Points by which raters lift, at most, a total that falls short of the smallest that enters.
        improved_max: Fall from screening to randomisation, as a fraction, above which nobody is randomised; None for
            any.
        other_failures: Share of those with a sufficient total at screening who are kept out for reasons without a
            model.
    """

    before: float
    mean: float
    sd: float
    scale: Scale = Scale.MADRS
    inflation: float = 0.0
    improved_max: float | None = None
    other_failures: float = 0.0


@dataclass(frozen=True)
class Adherence:
    """What people take of what they are to take.

    Attributes:
        missed: Probability that a person misses a dosing visit.
        partial: Probability that only a part of the dose is taken at one that is attended.
        fraction: That part.
        tablets: Mean share of days on which a person takes the tablets.
        tablets_sd: SD of these shares between people, which are beta distributed; 0 for all alike.
    """

    missed: float = 0.0
    partial: float = 0.0
    fraction: float = 1.0
    tablets: float = 1.0
    tablets_sd: float = 0.0


@dataclass(frozen=True)
class Randomisation:
    """How people are allotted to the arms of the first phase: by permuted blocks within strata.

    Attributes:
        block: Persons of a block.
        strata: What strata are made of; empty for one list of the whole trial.
        severity_from: Total on the scale of entry from which people are in the severe stratum, points.
        ratio: Shares of the arms, in their order; empty for those of their planned sizes.
    """

    block: int
    strata: tuple[Stratum, ...] = ()
    severity_from: float | None = None
    ratio: tuple[int, ...] = ()
