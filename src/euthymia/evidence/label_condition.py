"""What a clause of a label asks for, as data: one frozen class for each kind of question."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Severity(StrEnum):
    """How severe the episode is, mildest first."""

    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"
    VERY_SEVERE = "very severe"


class Diagnosis(StrEnum):
    """What the person is treated for, as far as a label tells apart."""

    MDD = "major depressive disorder"
    OTHER = "another diagnosis"


class Fact(StrEnum):
    """What is true of a person or not."""

    ACUTE_SUICIDALITY = "acute suicidal ideation or behaviour"
    ORAL_ANTIDEPRESSANT = "an oral antidepressant"


class Finding(StrEnum):
    """A condition or a medicine that a label names."""

    ANEURYSM = "aneurysmal vascular disease"
    ARTERIOVENOUS_MALFORMATION = "arteriovenous malformation"
    HAEMORRHAGE = "intracerebral haemorrhage"
    HYPERSENSITIVITY = "hypersensitivity"
    CARDIOVASCULAR_EVENT = "cardiovascular event within 6 weeks"
    HEPATIC_B = "hepatic impairment (Child-Pugh B)"
    HEPATIC_C = "hepatic impairment (Child-Pugh C)"
    CNS_DEPRESSANT = "CNS depressant"
    PSYCHOSTIMULANT = "psychostimulant"
    MAO_INHIBITOR = "MAO inhibitor"


class Quantity(StrEnum):
    """What is counted or timed; `UNITS` gives the unit of each."""

    AGE = "age"
    FAILED_DRUGS = "failed drugs"
    FOOD = "time without food"
    LIQUID = "time without liquid"
    NASAL = "time since a nasal steroid or decongestant"
    REST = "rest between devices"
    OBSERVED = "observation after the dose"
    PRESSURE_CHECK = "time of the pressure check after the dose"


UNITS = {quantity: "min" for quantity in Quantity} | {Quantity.AGE: "y", Quantity.FAILED_DRUGS: "1"}


class Which(StrEnum):
    """Which sessions of a regimen a rule is about."""

    FIRST = "first"
    LATER = "later"


@dataclass(frozen=True)
class AtLeast:
    """A quantity of at least a value, in the quantity's unit."""

    of: Quantity
    value: float


@dataclass(frozen=True)
class About:
    """A quantity of about a value, in the quantity's unit; how near is near is not said."""

    of: Quantity
    value: float


@dataclass(frozen=True)
class SevereAs:
    """An episode at least as severe as the word says."""

    least: Severity


@dataclass(frozen=True)
class Diagnosed:
    """A diagnosis."""

    diagnosis: Diagnosis


@dataclass(frozen=True)
class Holds:
    """Something that must be true of the person."""

    fact: Fact


@dataclass(frozen=True)
class EitherWay:
    """Something that may be true of the person or not: the clause covers both."""

    fact: Fact


@dataclass(frozen=True)
class Without:
    """A condition or medicine that must be absent, or asks for caution where it is present."""

    finding: Finding


@dataclass(frozen=True)
class PressureUpTo:
    """A pressure before dosing of at most SBP over DBP (mmHg), for ages from `from_age` to below `below_age` (y)."""

    SBP: float
    DBP: float
    from_age: float | None = None
    below_age: float | None = None


@dataclass(frozen=True)
class GivenAs:
    """The drug and route of the label."""

    drug: str
    route: str


@dataclass(frozen=True)
class Amounts:
    """The amounts (mg) that the first, or each later, session may have."""

    which: Which
    mg: tuple[float, ...]


@dataclass(frozen=True)
class OneReduction:
    """The same amount (mg) at each session, but for one lasting reduction."""

    mg: float
    reduced_mg: float


@dataclass(frozen=True)
class Pace:
    """Sessions a week, in weeks counted from the first session.

    At most `per_week` in any week, and at least `per_week` in any `every_weeks` weeks in a row.
    """

    from_week: int
    to_week: int | None
    per_week: int
    every_weeks: int = 1


@dataclass(frozen=True)
class Devices:
    """Sessions of whole devices of `mg` each."""

    mg: float


@dataclass(frozen=True)
class Always:
    """Nothing: the clause stands for everyone."""


@dataclass(frozen=True)
class Unrecorded:
    """What the label says here is not recorded; with `after_week`, only for sessions after that week."""

    after_week: int | None = None


Condition: TypeAlias = (
    AtLeast
    | About
    | SevereAs
    | Diagnosed
    | Holds
    | EitherWay
    | Without
    | PressureUpTo
    | GivenAs
    | Amounts
    | OneReduction
    | Pace
    | Devices
    | Always
    | Unrecorded
)
