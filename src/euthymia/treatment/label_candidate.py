"""Whom a label is held against: a person, and what is done around a dosing session; what nobody said is None."""

from __future__ import annotations

import math
from dataclasses import dataclass

from euthymia.errors import LabelError
from euthymia.evidence.label import severity_of
from euthymia.evidence.label_condition import Diagnosis, Finding, Severity

OLDEST = 130.0  # y; this and the next two refuse slips of the pen
MOST_DRUGS = 50
HIGHEST = 400.0  # mmHg
TOP_MADRS = 60.0  # points: ten items of 0 to 6
NEVER = math.inf  # for a time since something that did not happen


@dataclass(frozen=True)
class Pressure:
    """Blood pressure before dosing, in mmHg.

    Raises:
        LabelError: When the numbers cannot be a systolic and a diastolic pressure.
    """

    SBP: float
    DBP: float

    def __post_init__(self) -> None:
        if not 0.0 < self.DBP < self.SBP <= HIGHEST:
            raise LabelError(
                f"blood pressure {self} mmHg; expected systolic above diastolic, such as 150/95, up to {HIGHEST:g}"
            )

    def __str__(self) -> str:
        return f"{self.SBP:g}/{self.DBP:g}"


@dataclass(frozen=True)
class Candidate:
    """A person, as far as a label asks; None, or a finding neither present nor absent, is what nobody said.

    Attributes:
        age: Years.
        diagnosis: What is treated.
        MADRS: Points, before treatment.
        severity: A word for the severity, where no MADRS is known.
        failed_drugs: How many antidepressants have failed in this episode.
        acute_suicidality: Whether there is acute suicidal ideation or behaviour.
        oral_antidepressant: Whether an oral antidepressant is taken beside the spray.
        pressure: Blood pressure before dosing.
        present: Conditions and medicines that the person has.
        absent: Conditions and medicines that were asked for and are not there.

    Raises:
        LabelError: When a number cannot be, or two statements contradict each other.
    """

    age: float | None = None
    diagnosis: Diagnosis | None = None
    MADRS: float | None = None
    severity: Severity | None = None
    failed_drugs: int | None = None
    acute_suicidality: bool | None = None
    oral_antidepressant: bool | None = None
    pressure: Pressure | None = None
    present: frozenset[Finding] = frozenset()
    absent: frozenset[Finding] = frozenset()

    def __post_init__(self) -> None:
        _check("age", self.age, OLDEST, "years")
        _check("MADRS", self.MADRS, TOP_MADRS, "points")
        _check("number of failed drugs", self.failed_drugs, MOST_DRUGS, "drugs")
        if both := sorted(self.present & self.absent):
            raise LabelError(f"{both[0]} is said to be both present and absent")
        if self.MADRS is not None and self.severity is not None and severity_of(self.MADRS) is not self.severity:
            named = severity_of(self.MADRS) or "less than mild"
            raise LabelError(f"severity {self.severity!s} and a MADRS of {self.MADRS:g}, which is {named}; give one")

    def to_dict(self) -> dict[str, object]:
        """Return the person in plain values, what nobody said as None."""
        return {
            "age": self.age,
            "diagnosis": self.diagnosis and str(self.diagnosis),
            "MADRS": self.MADRS,
            "severity": self.severity and str(self.severity),
            "failed_drugs": self.failed_drugs,
            "acute_suicidality": self.acute_suicidality,
            "oral_antidepressant": self.oral_antidepressant,
            "pressure": self.pressure and {"SBP": self.pressure.SBP, "DBP": self.pressure.DBP},
            "present": sorted(map(str, self.present)),
            "absent": sorted(map(str, self.absent)),
        }


@dataclass(frozen=True)
class Session:
    """What is done around a dosing session; every length of time in min, None where nobody said.

    Attributes:
        food: Time without food before the dose.
        liquid: Time without liquid before the dose.
        nasal: Time since a nasal steroid or decongestant; `NEVER` where none was taken.
        rest: Rest between devices.
        observed: Observation after the dose.
        pressure_check: When, after the dose, blood pressure is measured.

    Raises:
        LabelError: When a time is negative or no number.
    """

    food: float | None = None
    liquid: float | None = None
    nasal: float | None = None
    rest: float | None = None
    observed: float | None = None
    pressure_check: float | None = None

    def __post_init__(self) -> None:
        for name in ("food", "liquid", "rest", "observed", "pressure_check"):
            _check(name.replace("_", " "), getattr(self, name), math.inf, "minutes")
        if self.nasal != NEVER:
            _check("nasal", self.nasal, math.inf, "minutes")

    def to_dict(self) -> dict[str, object]:
        """Return the times in plain values, `NEVER` as a word."""
        return {
            "food": self.food,
            "liquid": self.liquid,
            "nasal": "never" if self.nasal == NEVER else self.nasal,
            "rest": self.rest,
            "observed": self.observed,
            "pressure_check": self.pressure_check,
        }


def _check(name: str, value: float | None, highest: float, unit: str) -> None:
    if value is not None and not (math.isfinite(value) and 0.0 <= value <= highest):
        allowed = f"0 to {highest:g}" if math.isfinite(highest) else "0 or more"
        raise LabelError(f"{name} is {value:g}; allowed: {allowed} {unit}")
