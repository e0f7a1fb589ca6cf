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
    WEEKS = "w"
    RATIO = "ratio"
    SMD = "SMD"
    NG_PER_ML = "ng/mL"
    COUNT = "count"
    CORRELATION = "correlation"
    PER_WEEK = "1/w"


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
    RELAPSE_OF_RESPONDERS = "relapse_of_responders"
    RELAPSE_OF_REMITTERS = "relapse_of_remitters"
    HR_RELAPSE = "HR_relapse"
    RESPONSE_OFF_DRUG = "response_off_drug"
    REMISSION_OFF_DRUG = "remission_off_drug"
    MEDIAN_TIME_TO_RELAPSE = "median_time_to_relapse"
    CORRELATION_CHANGE = "correlation_change"
    CORRELATION_BASELINE_SCORE = "correlation_baseline_score"
    DROPOUT_HAZARD = "dropout_hazard"
    ONSET_SUSTAINED = "onset_response_day2_sustained_to_28"
    EARLY_SENSITIVITY = "response_4h_sensitivity"
    EARLY_SPECIFICITY = "response_4h_specificity"
    PHQ9_CHANGE = "PHQ9_change"
    HAMD17_BASELINE = "HAMD17_baseline"
    HAMD17_TOTAL = "HAMD17_total"
    HAMD17_CHANGE = "HAMD17_change"
    HAMD21_TOTAL = "HAMD21_total"
    HAMD21_CHANGE = "HAMD21_change"
    HAMD_CHANGE = "HAMD_change"
    HAMD6_SMD = "HAMD6_SMD"
    IDSC_BASELINE = "IDSC_baseline"
    DROPOUT_ALL_CAUSE = "dropout_all_cause"
    DROPOUT_ADVERSE_EVENT = "dropout_adverse_event"
    PLASMA_ESKETAMINE = "plasma_esketamine"
    CADSS_MEAN = "CADSS_mean"
    CADSS_GT4_ANY_TIME = "CADSS_gt4_any_time"
    SBP_MAX_INCREASE = "SBP_max_increase"
    DBP_MAX_INCREASE = "DBP_max_increase"
    MOAAS_LE3 = "MOAAS_le3"
    N_ENROLLED = "n_enrolled"
    N_RANDOMISED = "n_randomised"
    COMPLETED_INDUCTION = "completed_induction"
    COMPLETED_MAINTENANCE = "completed_maintenance"
    AGE = "age"
    WOMEN = "women"
    BMI = "BMI"
    HYPERTENSION = "hypertension"
    EPISODE_DURATION = "episode_duration"
    PRIOR_ANTIDEPRESSANTS_LE2 = "prior_antidepressants_le2"
    AE_ANXIETY = "AE_anxiety"
    AE_BLOOD_PRESSURE_INCREASED = "AE_blood_pressure_increased"
    AE_DISSOCIATION = "AE_dissociation"
    AE_DIZZINESS = "AE_dizziness"
    AE_DYSGEUSIA = "AE_dysgeusia"
    AE_EUPHORIC_MOOD = "AE_euphoric_mood"
    AE_HALLUCINATION = "AE_hallucination"
    AE_HEADACHE = "AE_headache"
    AE_NAUSEA = "AE_nausea"
    AE_SEDATION = "AE_sedation"
    AE_SOMNOLENCE = "AE_somnolence"
    AE_VERTIGO = "AE_vertigo"
    AE_VOMITING = "AE_vomiting"


_NOT_PERCENT = {
    **dict.fromkeys(
        (
            Measure.MADRS_BASELINE,
            Measure.MADRS_TOTAL,
            Measure.MADRS_CHANGE,
            Measure.MADRS_CHANGE_DIFF,
            Measure.MADRS_TOTAL_DIFF,
            Measure.PHQ9_CHANGE,
            Measure.HAMD17_BASELINE,
            Measure.HAMD17_TOTAL,
            Measure.HAMD17_CHANGE,
            Measure.HAMD21_TOTAL,
            Measure.HAMD21_CHANGE,
            Measure.HAMD_CHANGE,
            Measure.IDSC_BASELINE,
            Measure.CADSS_MEAN,
        ),
        Unit.POINTS,
    ),
    Measure.SBP_MAX_INCREASE: Unit.MMHG,
    Measure.DBP_MAX_INCREASE: Unit.MMHG,
    Measure.MEDIAN_TIME_TO_RELAPSE: Unit.DAYS,
    Measure.AGE: Unit.YEARS,
    Measure.BMI: Unit.BMI,
    Measure.EPISODE_DURATION: Unit.WEEKS,
    Measure.CORRELATION_CHANGE: Unit.CORRELATION,
    Measure.CORRELATION_BASELINE_SCORE: Unit.CORRELATION,
    Measure.DROPOUT_HAZARD: Unit.PER_WEEK,
    Measure.HR_RELAPSE: Unit.RATIO,
    Measure.HAMD6_SMD: Unit.SMD,
    Measure.PLASMA_ESKETAMINE: Unit.NG_PER_ML,
    Measure.N_ENROLLED: Unit.COUNT,
    Measure.N_RANDOMISED: Unit.COUNT,
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
