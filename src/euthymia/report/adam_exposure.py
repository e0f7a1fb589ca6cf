"""ADEX: every dose that a simulated subject was given at a session, and what was taken at home, by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from euthymia.report.adam_dataset import Block, Dataset, Form, assembled, sas_day, study_day
from euthymia.report.adam_scores import PARAMETER, PERIOD, period, session_label, sessions
from euthymia.report.adam_subjects import COMMON
from euthymia.trials.data import TrialData

if TYPE_CHECKING:
    from euthymia.pharmacology.route import Route
    from euthymia.trials.schedule import Schedule

FORM = Form(
    "ADEX",
    "Exposure Analysis Dataset",
    "One record per subject, parameter, treatment and start",
    (
        *(*PERIOD, *PARAMETER, "AVAL", "AVALU", "EXTRT", "EXROUTE", "ASTDT", "ASTDY", "AENDT", "AENDY"),
        *("AVISIT", "AVISITN"),
    ),
    ("USUBJID", "PARAMN", "APERIOD", "AVISITN", "EXTRT", "ASTDT"),
    COMMON,
)
ROUTES = {"iv": "INTRAVENOUS", "im": "INTRAMUSCULAR", "sc": "SUBCUTANEOUS"}
AT_SESSION, AT_HOME, RESCUE, ALL = "AT A SESSION", "AT HOME", "RESCUE", "OVERALL"
SHAM, NOTHING = "placebo", -1  # what stands in a session without a drug, and its position among the drugs


def exposure(data: TrialData, subjects: Dataset, start: date) -> Dataset:
    """Return ADEX of a single replicate.

    Args:
        data: One replicate.
        subjects: ADSL.
        start: The date of everybody's randomisation.
    """
    blocks = [*_at_sessions(data, start), *_at_home(data, start), *_planned(data, start), *_days(data)]
    return assembled(FORM, [*blocks, *_overall(data)], subjects)


def _at_sessions(data: TrialData, start: date) -> Iterator[Block]:
    """Return what people were given at sessions, whatever arm they went on in; rescue has a parameter of its own."""
    seen, given = data.safety.seen, data.given
    if seen is None or given is None:
        return
    plan = _plan(data)
    own = {"PARAM": "Dose at a Session (mg)", "PARAMCD": "DOSE", "PARAMN": 1.0, "PARCAT1": AT_SESSION}
    rescue = {"PARAM": "Dose of Rescue at a Session (mg)", "PARAMCD": "RESCDOSE", "PARAMN": 8.0, "PARCAT1": RESCUE}
    for place, phase, row, t in sessions(data):
        came = seen.attended[0, :, row] & (phase.arm[0] >= 0)
        times = _times(start, t, t + plan.duration[row]) | {"AVISIT": session_label(t), "AVISITN": t / 24.0}
        for position, name in [*enumerate(given.drugs), (NOTHING, SHAM)]:
            for words, of_rescue in ((own, False), (rescue, True)):
                mine = came & (given.drug[0, :, row] == position) & (given.rescue[0, :, row] == of_rescue)
                who = np.flatnonzero(mine)
                amount = np.zeros(who.size) if position == NOTHING else data.dose[0, who, row]
                how = {"EXTRT": name.upper(), "EXROUTE": _route(plan.route[row])}
                value = {"AVAL": amount, "AVALU": "mg"}
                if who.size:
                    yield Block(who, {**period(phase, place, who), **words, **how, **times, **value})


def _at_home(data: TrialData, start: date) -> Iterator[Block]:
    """Return what people took at home until it was stopped, or they left."""
    from euthymia.models.transporters import USUAL

    for one in () if data.given is None else data.given.home:
        place, phase = next(
            (n, each) for n, each in enumerate(data.phases, 1) if each.phase.start <= one.start < each.phase.end
        )
        who = np.flatnonzero((one.amount[0] > 0.0) & (data.left[0] > one.start))
        usual = one.drug == USUAL
        words = {"PARCAT1": AT_HOME, "PARAM": "Daily Dose (mg)", "PARAMCD": "DAILYMG", "PARAMN": 2.0}
        if usual:
            words |= {"PARAM": "Daily Dose (usual doses)", "PARAMCD": "DAILYUSE", "PARAMN": 3.0}
        if one.rescue:
            words = {"PARCAT1": RESCUE, "PARAM": "Daily Dose of Rescue (mg)", "PARAMCD": "RESCMG", "PARAMN": 9.0}
        if one.rescue and usual:
            words |= {"PARAM": "Daily Dose of Rescue (usual doses)", "PARAMCD": "RESCUSE", "PARAMN": 10.0}
        given = {"EXTRT": "ORAL ANTIDEPRESSANT" if usual else one.drug.upper(), "EXROUTE": "ORAL"}
        # What stops at a time was taken last on the day before.
        stop = np.minimum(one.stop, data.left[0][who])
        last = np.maximum(np.ceil(stop / 24.0) * 24.0 - 24.0, one.start)
        value = {"AVAL": one.amount[0, who], "AVALU": "usual doses" if usual else "mg"}
        yield Block(who, {**period(phase, place, who), **words, **given, **_times(start, one.start, last), **value})


def _plan(data: TrialData) -> Schedule:
    """Return the sessions of a trial with nobody in them, in the order of its arrays."""
    from euthymia.trials.design import arms_of
    from euthymia.trials.rescue import rescue_doses
    from euthymia.trials.schedule import empty_schedule

    return empty_schedule(arms_of(data.trial), 0, more=rescue_doses(data.trial))


def _route(route: Route) -> str:
    return ROUTES.get(str(route), str(route).upper())


def _planned(data: TrialData, start: date) -> Iterator[Block]:
    """Return what people were to be given at each session of their first arm before they left, stopped or switched."""
    from euthymia.trials.schedule import at_sessions

    plan, was = _plan(data), data.adherence
    if was is None:
        return
    words = {"PARAM": "Planned Dose at a Session (mg)", "PARAMCD": "PLDOSE", "PARAMN": 6.0, "PARCAT1": AT_SESSION}
    for place, phase, row, t in sessions(data):
        kind = (t, plan.route[row], plan.duration[row])
        for number, arm in enumerate(phase.phase.arms):
            doses = [d for d in at_sessions(arm.regimen.doses) if (d.t, d.route, d.duration) == kind]
            if not doses:
                continue
            there = (data.left[0] >= t) & (phase.stopped[0] > t) & (phase.switched[0] > t)
            who = np.flatnonzero((phase.arm[0] == number) & there)
            given = {"EXTRT": doses[0].drug.upper(), "EXROUTE": _route(plan.route[row])}
            times = _times(start, t, t + kind[2]) | {"AVISIT": session_label(t), "AVISITN": t / 24.0}
            value = {"AVAL": was.planned[0, who, row], "AVALU": "mg"}
            yield Block(who, {**period(phase, place, who), **words, **given, **times, **value})


def _days(data: TrialData) -> Iterator[Block]:
    """Return on which share of days people who are given tablets take them."""
    from euthymia.trials.tablets import courses_of

    if data.adherence is None:
        return
    takes = np.zeros(data.left.shape[1], dtype=bool)
    for phase in data.phases:
        for number, arm in enumerate(phase.phase.arms):
            takes |= (phase.arm[0] == number) & bool(courses_of(arm, phase.phase))
    who = np.flatnonzero(takes)
    words = {"PARAM": "Days with Tablets Taken (%)", "PARAMCD": "TAKEN", "PARAMN": 7.0, "PARCAT1": AT_HOME}
    yield Block(who, {**words, "AVAL": 100.0 * data.adherence.days[0, who], "AVALU": "%"})


def _overall(data: TrialData) -> Iterator[Block]:
    """Return how many doses of drug people had at sessions, and how many mg together."""
    seen = data.safety.seen
    if seen is None or not data.safety.t.size:
        return
    who = np.flatnonzero(seen.attended[0].any(-1))
    given = np.where(seen.attended[0], data.dose[0], 0.0)[who]
    title = "Number of Sessions with Drug"
    yield Block(who, {"PARAM": title, "PARAMCD": "NDOSE", "PARAMN": 4.0, "PARCAT1": ALL, "AVAL": (given > 0).sum(1)})
    title = "Drug at All Sessions (mg)"
    words = {"PARAM": title, "PARAMCD": "TDOSE", "PARAMN": 5.0, "PARCAT1": ALL}
    yield Block(who, {**words, "AVAL": given.sum(1), "AVALU": "mg"})


def _times(start: date, first: float, last: float | np.ndarray) -> dict[str, object]:
    return {
        "ASTDT": sas_day(start, first),
        "ASTDY": study_day(first),
        "AENDT": sas_day(start, last),
        "AENDY": study_day(last),
    }
