"""ADTTE: days until a simulated subject left the trial, and until relapse where the trial says what that is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from euthymia.report.adam_dataset import Block, Dataset, Form, assembled, sas_day, study_day
from euthymia.report.adam_scores import PARAMETER, PERIOD, period
from euthymia.report.adam_subjects import COMMON, ended
from euthymia.trials.data import PhaseData, TrialData

FORM = Form(
    "ADTTE",
    "Time-to-Event Analysis Dataset",
    "One record per subject, parameter and period",
    (*PERIOD, *PARAMETER, "AVAL", "AVALU", "STARTDT", "ADT", "ADY", "CNSR", "EVNTDESC", "CNSDTDSC"),
    ("USUBJID", "PARAMN", "APERIOD"),
    COMMON,
)


def times(data: TrialData, subjects: Dataset, start: date) -> Dataset:
    """Return ADTTE of a single replicate; AVAL is ADT - STARTDT + 1, in whole days.

    Args:
        data: One replicate.
        subjects: ADSL.
        start: The date of everybody's randomisation.
    """
    blocks = [_leaving(data, start)]
    for place, phase in enumerate(data.phases, 1):
        blocks += _relapse(data, phase, place, start) if phase in relapsing(data) else []
    return assembled(FORM, blocks, subjects)


def relapsing(data: TrialData) -> list[PhaseData]:
    """Return the phases in which time to relapse counts: later ones, in which arms are compared.

    A first phase is none: its people are ill when it starts.
    """
    if data.trial.relapse is None:
        return []
    return [phase for phase in data.phases[1:] if len(phase.phase.arms) > 1 and phase.visits]


def _leaving(data: TrialData, start: date) -> Block:
    who = np.flatnonzero(data.phases[0].arm[0] >= 0)
    gone, end = np.isfinite(data.left[0][who]), ended(data)[who]
    words = {"PARAM": "Time to Leaving the Trial (days)", "PARAMCD": "TTLEAVE", "PARAMN": 1.0, "PARCAT1": "LEAVING"}
    first = period(data.phases[0], 1, who)
    return Block(who, {**first, **words, **_told(start, 0.0, end, gone, "LEFT THE TRIAL", "END OF THE LAST PERIOD")})


def _relapse(data: TrialData, phase: PhaseData, place: int, start: date) -> Iterator[Block]:
    from euthymia.trials.relapse import relapses

    if data.trial.relapse is None:
        return
    who, found, begin = np.flatnonzero(phase.arm[0] >= 0), relapses(phase, data.trial.relapse), phase.phase.start
    words = {"PARAM": "Time to Relapse (days)", "PARAMCD": "TTRELAPS", "PARAMN": 2.0, "PARCAT1": "RELAPSE"}
    when, event = begin + found.time[0][who], found.event[0][who]
    told = _told(start, begin, when, event, "RELAPSE", "LAST RATING")
    yield Block(who, {**period(phase, place, who), **words, **told})


def _told(
    start: date, begin: float, when: np.ndarray, event: np.ndarray, said: str, censored: str
) -> dict[str, object]:
    origin, day = sas_day(start, begin), sas_day(start, when)
    return {
        "AVAL": day - origin + 1.0,
        "AVALU": "DAYS",
        "STARTDT": origin,
        "ADT": day,
        "ADY": study_day(when),
        "CNSR": np.where(event, 0.0, 1.0),
        "EVNTDESC": np.where(event, said, "CENSORED").astype(object),
        "CNSDTDSC": np.where(event, "", censored).astype(object),
    }
