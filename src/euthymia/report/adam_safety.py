"""ADAE and ADVS: events that were reported at sessions, and what the cuff read there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from euthymia.report.adam_dataset import Block, Dataset, Form, assembled, sas_day, study_day
from euthymia.report.adam_scores import PARAMETER, PERIOD, period, session_label, sessions
from euthymia.report.adam_subjects import COMMON
from euthymia.trials.data import TrialData

EVENTS = Form(
    "ADAE",
    "Adverse Events Analysis Dataset",
    "One record per subject and reported event",
    (*PERIOD, "AESEQ", "AETERM", "AEDECOD", "AEBODSYS", "ASTDT", "ASTDY", "AVISIT", "AVISITN", "TRTEMFL"),
    ("USUBJID", "AESEQ"),
    COMMON,
)
PRESSURES = Form(
    "ADVS",
    "Vital Signs Analysis Dataset",
    "One record per subject, parameter, session and timepoint",
    (
        *(*PERIOD, *PARAMETER, "AVAL", "AVALU", "BASE", "BASETYPE", "CHG", "ABLFL", "ANL01FL", "ADT", "ADY"),
        *("AVISIT", "AVISITN", "ATPT", "ATPTN"),
    ),
    ("USUBJID", "PARAMN", "AVISITN", "ATPTN"),
    COMMON,
)
# Terms as a dictionary of adverse events would have them, with its classes; nothing here was coded by one.
TERMS = {
    "dissociation": ("Dissociation", "Psychiatric disorders"),
    "dizziness": ("Dizziness", "Nervous system disorders"),
    "nausea": ("Nausea", "Gastrointestinal disorders"),
    "sedation": ("Sedation", "Nervous system disorders"),
    "blood_pressure": ("Blood pressure increased", "Investigations"),
}
BEFORE = "Before the dose"


def events(data: TrialData, subjects: Dataset, start: date) -> Dataset:
    """Return ADAE of a single replicate: every report is an event of the day of its session.

    Args:
        data: One replicate.
        subjects: ADSL.
        start: The date of everybody's randomisation.
    """
    return assembled(EVENTS, list(_events(data, start)), subjects)


def pressures(data: TrialData, subjects: Dataset, start: date) -> Dataset:
    """Return ADVS of a single replicate; changes count from the reading before the dose of the same day.

    Args:
        data: One replicate.
        subjects: ADSL.
        start: The date of everybody's randomisation.
    """
    return assembled(PRESSURES, list(_pressures(data, start)), subjects)


def _events(data: TrialData, start: date) -> Iterator[Block]:
    from euthymia.safety.reporting import Event

    seen = data.safety.seen
    if seen is None:
        return
    count = np.zeros(data.left.shape[1])
    for place, phase, row, t in sessions(data):
        for column, event in enumerate(Event):
            here = seen.attended[0, :, row] & seen.reports[0, :, row, column] & (phase.arm[0] >= 0)
            count += here
            who = np.flatnonzero(here)
            term, system = TERMS[str(event)]
            words = {"AETERM": term.upper(), "AEDECOD": term, "AEBODSYS": system, "TRTEMFL": "Y"}
            times = {"ASTDT": sas_day(start, t), "ASTDY": study_day(t), "AVISIT": session_label(t), "AVISITN": t / 24.0}
            yield Block(who, {**period(phase, place, who), **words, **times, "AESEQ": count[who].copy()})


def _pressures(data: TrialData, start: date) -> Iterator[Block]:
    from euthymia.safety.readings import READING_MINUTES

    seen = data.safety.seen
    if seen is None:
        return
    readings = (("SYSBP", "Systolic", 1.0, seen.SBP), ("DIABP", "Diastolic", 2.0, seen.DBP))
    points = [(BEFORE, 0.0), *((f"{minute:g} min after the dose", minute) for minute in READING_MINUTES)]
    for place, phase, row, t in sessions(data):
        who = np.flatnonzero(seen.attended[0, :, row] & (phase.arm[0] >= 0))
        times = {"ADT": sas_day(start, t), "ADY": study_day(t), "AVISIT": session_label(t), "AVISITN": t / 24.0}
        for code, which, number, values in readings:
            base = values[0, who, row, 0].astype(float)
            words = {"PARAM": f"{which} Blood Pressure (mmHg)", "PARAMCD": code, "PARAMN": number}
            words |= {"PARCAT1": "BLOOD PRESSURE", "AVALU": "mmHg", "BASETYPE": "Before the dose of the day"}
            for column, (label, minute) in enumerate(points):
                value = values[0, who, row, column].astype(float)
                flags = {"ABLFL": "Y"} if column == 0 else {"ANL01FL": "Y", "CHG": value - base}
                point = {"ATPT": label, "ATPTN": minute, "AVAL": value, "BASE": base}
                yield Block(who, {**period(phase, place, who), **words, **times, **point, **flags})
