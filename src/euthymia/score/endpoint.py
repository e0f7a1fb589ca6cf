"""What a published row is about, and which kind of number it is."""

from __future__ import annotations

from enum import StrEnum

from euthymia.evidence.published import Measure, PublishedRow, Unit
from euthymia.symptoms.scale import Scale
from euthymia.trials.design import Arm, Trial, reference_of
from euthymia.trials.predict_course import COURSE
from euthymia.trials.predict_safety import SAFETY


class Endpoint(StrEnum):
    """Rows that are told together."""

    DIFFERENCE = "difference from the reference arm"
    REFERENCE = "change in the reference arm"
    TREATED = "change in other arms"
    RESPONSE = "response"
    REMISSION = "remission"
    RELAPSE = "relapse"
    HARMS = "harms"
    WITHIN = "correlation within people"
    INPUT = "input"
    OTHER = "not modelled"


class Kind(StrEnum):
    """Which kind of number: it decides how a density is made."""

    MEAN = "mean"
    SHARE = "share"
    RATIO = "ratio"
    CORRELATION = "correlation"


CHANGES = {Measure.MADRS_CHANGE: Scale.MADRS, Measure.HAMD17_CHANGE: Scale.HAMD17, Measure.PHQ9_CHANGE: Scale.PHQ9}
TOTALS = {Measure.MADRS_TOTAL: Scale.MADRS, Measure.HAMD17_TOTAL: Scale.HAMD17}
DIFFERENCES = (Measure.MADRS_CHANGE_DIFF, Measure.MADRS_TOTAL_DIFF)
INPUTS = (Measure.MADRS_BASELINE, Measure.HAMD17_BASELINE, Measure.DROPOUT_ALL_CAUSE, Measure.DROPOUT_HAZARD)
TOGETHER = (Measure.CORRELATION_CHANGE, Measure.CORRELATION_BASELINE_SCORE)
SHARES = (Measure.RESPONSE, Measure.REMISSION)
RELAPSES = tuple(measure for measure in COURSE if measure not in (*TOGETHER, Measure.DROPOUT_HAZARD))
MEASURES = (*CHANGES, *TOTALS, *DIFFERENCES, *INPUTS, *TOGETHER, *SHARES, *RELAPSES, *SAFETY)  # that can be predicted
_KINDS = {Unit.PERCENT: Kind.SHARE, Unit.RATIO: Kind.RATIO, Unit.CORRELATION: Kind.CORRELATION}
_ENDPOINTS = {
    **dict.fromkeys(DIFFERENCES, Endpoint.DIFFERENCE),
    **dict.fromkeys(INPUTS, Endpoint.INPUT),
    **dict.fromkeys(TOGETHER, Endpoint.WITHIN),
    **dict.fromkeys(RELAPSES, Endpoint.RELAPSE),
    **dict.fromkeys(SAFETY, Endpoint.HARMS),
    Measure.RESPONSE: Endpoint.RESPONSE,
    Measure.REMISSION: Endpoint.REMISSION,
}


def endpoint_of(trial: Trial, row: PublishedRow) -> Endpoint:
    """Return what a row is about."""
    if row.measure in CHANGES or row.measure in TOTALS:
        arms = arms_behind(trial, row)
        return Endpoint.REFERENCE if arms and all(_compared_with(trial, arm) for arm in arms) else Endpoint.TREATED
    return _ENDPOINTS.get(row.measure, Endpoint.OTHER)


def _compared_with(trial: Trial, arm: Arm) -> bool:
    """Tell whether an arm is one that others of its phase are compared with; a single open arm is not."""
    beside = [one for phase in trial.phases if arm in phase.arms for one in phase.arms]
    return arm.reference and not all(one.reference for one in beside)


def kind_of(row: PublishedRow) -> Kind:
    """Return which kind of number a row holds."""
    return _KINDS.get(row.unit, Kind.MEAN)


def scale_of(trial: Trial, row: PublishedRow) -> Scale:
    """Return the scale that a row's quantity is on."""
    if row.measure in DIFFERENCES:
        return Scale.MADRS
    return (CHANGES | TOTALS).get(row.measure, trial.scale)


def arms_behind(trial: Trial, row: PublishedRow) -> tuple[Arm, ...]:
    """Return the arms whose people a row is of, in its phase or, without one, in all; empty where none is described."""
    group = next((group for group in trial.groups if group.name == row.arm), None)
    names = group.arms if group else (row.arm,)
    phases = [phase for phase in trial.phases if row.phase in ("", phase.name)]
    return tuple(arm for phase in phases for arm in phase.arms if arm.name in names)


def reference_behind(trial: Trial, row: PublishedRow) -> tuple[Arm, ...]:
    """Return the reference arms of the phases that a row is of."""
    found = [reference_of(phase) for phase in trial.phases if row.phase in ("", phase.name)]
    return tuple(arm for arm in found if arm is not None)
