"""One published result of a trial: which arm, measure and estimator, when, the value, and who printed it."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from enum import StrEnum

from euthymia.errors import EvidenceError
from euthymia.evidence.strict import (
    Table,
    choice,
    fault,
    number,
    only,
    optional_number,
    optional_whole,
    text,
)


class Split(StrEnum):
    """What a row or a trial may be used for."""

    CALIBRATION = "calibration"
    VALIDATION = "validation"
    USER = "user"


class Status(StrEnum):
    """How surely a value is known."""

    READ = "read"
    DERIVED = "derived"
    UNVERIFIED = "unverified"


class Estimator(StrEnum):
    """How a value was made from the patients' ratings."""

    OC = "OC"
    LOCF = "LOCF"
    MMRM = "MMRM"
    LS_MEAN = "LS_mean"
    RAW = "raw"
    POOLED = "pooled"
    KM = "KM"
    MODEL = "model"


class Unit(StrEnum):
    """The unit of a published value."""

    POINTS = "points"
    PERCENT = "percent"
    MMHG = "mmHg"
    DAYS = "d"
    YEARS = "y"
    BMI = "kg/m2"


class Measure(StrEnum):
    """What was measured; changes and differences are negative where a patient, or the active arm, does better."""

    MADRS_BASELINE = "MADRS_baseline"
    MADRS_TOTAL = "MADRS_total"
    MADRS_CHANGE = "MADRS_change"
    MADRS_CHANGE_DIFF = "MADRS_change_diff"
    MADRS_TOTAL_DIFF = "MADRS_total_diff"
    RESPONSE = "response"
    REMISSION = "remission"
    RELAPSE = "relapse"
    RESPONSE_OFF_DRUG = "response_off_drug"
    REMISSION_OFF_DRUG = "remission_off_drug"
    MEDIAN_TIME_TO_RELAPSE = "median_time_to_relapse"
    PHQ9_CHANGE = "PHQ9_change"
    DROPOUT_ALL_CAUSE = "dropout_all_cause"
    DROPOUT_ADVERSE_EVENT = "dropout_adverse_event"
    CADSS_MEAN = "CADSS_mean"
    SBP_MAX_INCREASE = "SBP_max_increase"
    DBP_MAX_INCREASE = "DBP_max_increase"
    MOAAS_LE3 = "MOAAS_le3"
    AGE = "age"
    WOMEN = "women"
    BMI = "BMI"
    HYPERTENSION = "hypertension"
    AE_BLOOD_PRESSURE_INCREASED = "AE_blood_pressure_increased"
    AE_DISSOCIATION = "AE_dissociation"
    AE_DIZZINESS = "AE_dizziness"
    AE_DYSGEUSIA = "AE_dysgeusia"
    AE_EUPHORIC_MOOD = "AE_euphoric_mood"
    AE_HALLUCINATION = "AE_hallucination"
    AE_NAUSEA = "AE_nausea"
    AE_SEDATION = "AE_sedation"
    AE_SOMNOLENCE = "AE_somnolence"
    AE_VERTIGO = "AE_vertigo"


_NOT_PERCENT = {
    **dict.fromkeys(
        (
            Measure.MADRS_BASELINE,
            Measure.MADRS_TOTAL,
            Measure.MADRS_CHANGE,
            Measure.MADRS_CHANGE_DIFF,
            Measure.MADRS_TOTAL_DIFF,
            Measure.PHQ9_CHANGE,
            Measure.CADSS_MEAN,
        ),
        Unit.POINTS,
    ),
    Measure.SBP_MAX_INCREASE: Unit.MMHG,
    Measure.DBP_MAX_INCREASE: Unit.MMHG,
    Measure.MEDIAN_TIME_TO_RELAPSE: Unit.DAYS,
    Measure.AGE: Unit.YEARS,
    Measure.BMI: Unit.BMI,
}


@dataclass(frozen=True)
class PublishedRow:
    """One published value.

    Attributes:
        row_id: Number of the row in the evidence table (R0001), or a name of one's own.
        arm: Arm or group of the trial that the value is of.
        phase: Phase of the trial that the value is of; empty where it is of none that is described.
        measure: What was measured.
        definition: Threshold, scale or item behind the measure.
        estimator: How the value was made.
        t: Hours after randomisation; None where it has no meaning.
        value: The value, in `unit`.
        sd: Standard deviation between patients.
        se: Standard error of the value.
        ci_low: Lower end of the interval.
        ci_high: Upper end of the interval.
        ci_level: Level of the interval in percent.
        unit: Unit of the value, its errors and its interval.
        n: Persons behind the value.
        source: Who printed it, and where.
        status: How surely it is known.
        split: What it may be used for.
        note: What else a reader must know.

    Raises:
        EvidenceError: When the numbers contradict each other or the measure.
    """

    row_id: str
    arm: str
    phase: str
    measure: Measure
    estimator: Estimator
    t: float | None
    value: float
    unit: Unit
    source: str
    status: Status
    split: Split
    definition: str = ""
    sd: float | None = None
    se: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_level: float | None = None
    n: int | None = None
    note: str = ""

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise EvidenceError(f"published row {self.row_id!r}: {problem}")


def unit_of(measure: Measure) -> Unit:
    """Return the unit in which values of a measure are printed."""
    return _NOT_PERCENT.get(measure, Unit.PERCENT)


def _problems(row: PublishedRow) -> list[str]:
    """Return what is wrong with a row, the worst first."""
    numbers = (row.t, row.value, row.sd, row.se, row.ci_low, row.ci_high, row.ci_level)
    if any(number is not None and not math.isfinite(number) for number in numbers):
        return ["every number must be finite"]
    found = []
    if row.unit is not unit_of(row.measure):
        found.append(f"unit {str(row.unit)!r} given; {row.measure} is printed in {str(unit_of(row.measure))!r}")
    if row.unit is Unit.PERCENT and not 0.0 <= row.value <= 100.0:
        found.append(f"value {row.value} given; a percentage lies from 0 to 100")
    found += [
        f"{name} {value} given; it must be above 0"
        for name, value in (("sd", row.sd), ("se", row.se), ("n", row.n))
        if value is not None and value <= 0
    ]
    return found + _interval_problems(row)


def _interval_problems(row: PublishedRow) -> list[str]:
    given = (row.ci_low is not None, row.ci_high is not None, row.ci_level is not None)
    if not any(given):
        return []
    if row.ci_low is None or row.ci_high is None or row.ci_level is None:
        return ["an interval needs all of ci_low, ci_high and ci_level"]
    if not 0.0 < row.ci_level < 100.0:
        return [f"ci_level {row.ci_level} given; a level is a percentage between 0 and 100"]
    if not row.ci_low <= row.value <= row.ci_high:
        return [f"interval {row.ci_low} to {row.ci_high} given; it must contain the value {row.value}"]
    return []


def read_row(row: Table) -> PublishedRow:
    """Return the row that a ``[[published]]`` table describes.

    Raises:
        TrialFileError: When a key is unknown, missing or of the wrong type, or when the numbers contradict each other.
    """
    only(row, *(entry.name for entry in fields(PublishedRow)))
    try:
        return PublishedRow(
            row_id=text(row, "row_id"),
            arm=text(row, "arm"),
            phase=text(row, "phase", ""),
            measure=choice(row, "measure", Measure),
            definition=text(row, "definition", ""),
            estimator=choice(row, "estimator", Estimator),
            t=optional_number(row, "t", low=0.0),
            value=number(row, "value"),
            sd=optional_number(row, "sd"),
            se=optional_number(row, "se"),
            ci_low=optional_number(row, "ci_low"),
            ci_high=optional_number(row, "ci_high"),
            ci_level=optional_number(row, "ci_level"),
            unit=choice(row, "unit", Unit),
            n=optional_whole(row, "n", low=1, high=1_000_000),
            source=text(row, "source"),
            status=choice(row, "status", Status),
            split=choice(row, "split", Split),
            note=text(row, "note", ""),
        )
    except EvidenceError as error:
        raise fault(row, "", str(error)) from error
