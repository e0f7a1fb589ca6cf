"""What is seen in people at a session: scores, cuff readings, sedation and reports, from the drive and named draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from euthymia.evidence import load_record
from euthymia.models.defaults import Safety
from euthymia.safety.dissociation import DissociationRating
from euthymia.safety.readings import READING_MINUTES, Cuff, largest_rise
from euthymia.safety.reporting import Event, Reporting
from euthymia.safety.sedation import AWAKE, Sedation

READINGS = 1 + len(READING_MINUTES)  # the first is before the dose
Uniforms = Callable[[str, int], np.ndarray]  # purpose and columns to uniforms [person, column]


@dataclass(frozen=True)
class Monitor:
    """The links between an exposure and what is written down of it."""

    safety: Safety
    rating: DissociationRating
    cuff: Cuff
    sedation: Sedation
    reporting: Reporting


@dataclass(frozen=True)
class PersonDraws:
    """What makes people differ: standard normals, and uniforms of the usual pressures [person, 2].

    ``cohort`` is the factor that their trial puts on the mean rise of pressure.
    """

    pressure: np.ndarray
    sedation: np.ndarray
    reports: np.ndarray
    usual: np.ndarray
    cohort: np.ndarray | float = 1.0


@dataclass(frozen=True)
class SessionDraws:
    """What makes a person's sessions differ.

    Attributes:
        pressure: Normals of the size of the rise, [person].
        level: Normals of the day's pressures, systolic and diastolic, [person, 2].
        cuff: Normals of the readings, [person, 2, reading].
        sedation: Uniforms, [person].
        reports: Uniforms, [person, event].
    """

    pressure: np.ndarray
    level: np.ndarray
    cuff: np.ndarray
    sedation: np.ndarray
    reports: np.ndarray


class Exposure(NamedTuple):
    """What reached the people at a session.

    Attributes:
        z: Net drive, ng/mL, [person, minute], at the minutes of the trial's safety data.
        visit: Number of the dosing visit, 1 for the first, [person].
        CADSS: Score by the drug, points, [person, minute].
        sedative: Midazolam at its site, ng/mL, [person, minute]; 0 where nobody is given any.
    """

    z: np.ndarray
    visit: np.ndarray
    CADSS: np.ndarray
    sedative: np.ndarray | float = 0.0


class Observed(NamedTuple):
    """What is seen at a session.

    Attributes:
        rise: True rise of systolic pressure, mmHg, [person, minute].
        SBP: Systolic readings, mmHg, [person, reading].
        DBP: Diastolic readings, the same shape.
        MOAAS: Lowest level of the session, [person].
        reports: Whether an event is reported, [person, event], in the order of `Event`.
    """

    rise: np.ndarray
    SBP: np.ndarray
    DBP: np.ndarray
    MOAAS: np.ndarray
    reports: np.ndarray


@cache
def monitor(safety: Safety) -> Monitor:
    """Return the links of a safety layer, the rest with the numbers of the evidence records."""
    pressure = load_record("pressure")
    return Monitor(
        safety=safety,
        rating=DissociationRating.from_record(load_record("dissociation")),
        cuff=Cuff.from_record(pressure),
        sedation=Sedation.from_record(load_record("sedation")),
        reporting=Reporting.from_record(load_record("reporting")),
    )


def draw_people(uniforms: Uniforms, cohort: np.ndarray | float = 1.0) -> PersonDraws:
    """Return the draws of people, each from a stream named for its purpose, and their cohort's factor on pressure."""
    return PersonDraws(
        pressure=_normal(uniforms("pressure", 1))[:, 0],
        sedation=_normal(uniforms("sedation", 1))[:, 0],
        reports=_normal(uniforms("readiness to report", 1))[:, 0],
        usual=uniforms("usual pressure", 2),
        cohort=cohort,
    )


def draw_session(uniforms: Uniforms, t: float) -> SessionDraws:
    """Return the draws of the session at ``t`` hours."""
    cuff = _normal(uniforms(f"cuff {t:g} h", 2 * READINGS))
    return SessionDraws(
        pressure=_normal(uniforms(f"pressure {t:g} h", 1))[:, 0],
        level=_normal(uniforms(f"level of pressure {t:g} h", 2)),
        cuff=cuff.reshape(-1, 2, READINGS),
        sedation=uniforms(f"sedation {t:g} h", 1)[:, 0],
        reports=uniforms(f"reports {t:g} h", len(Event)),
    )


def dissociation_factor(monitor: Monitor, uniforms: Uniforms, t: float) -> np.ndarray:
    """Return each person's factor on dissociation at the session at ``t`` hours, mean one, [person]."""
    return monitor.rating.factor(_normal(uniforms(f"dissociation {t:g} h", 1))[:, 0])


def observe(monitor: Monitor, exposure: Exposure, people: PersonDraws, session: SessionDraws) -> Observed:
    """Return what is seen at a session.

    Args:
        monitor: The links.
        exposure: What reached the people.
        people: Their draws.
        session: The session's draws.
    """
    pressure, cuff, z = monitor.safety.pressure, monitor.cuff, exposure.z
    factor = (people.cohort * cuff.factor(people.pressure, session.pressure))[:, None]
    rise = factor * np.asarray(pressure.systolic(z))
    usual = cuff.usual(people.usual[:, 0], people.usual[:, 1])
    at = slice(-len(READING_MINUTES), None)  # the first minute of the safety data is between the readings
    SBP = cuff.systolic(usual[0], rise[:, at], session.level[:, 0], session.cuff[:, 0])
    lower = factor * np.asarray(pressure.diastolic(z))
    DBP = cuff.diastolic(usual[1], lower[:, at], session.level[:, 1], session.cuff[:, 1])
    drive = np.asarray(monitor.sedation.drive(z, exposure.sedative)).max(1)
    MOAAS = monitor.sedation.level(drive, people.sedation, session.sedation)
    hazards = report_hazards(monitor, exposure, MOAAS, SBP, monitor.reporting.proneness(people.reports))
    return Observed(rise, SBP, DBP, MOAAS, session.reports < monitor.reporting.probability(hazards))


def report_hazards(
    monitor: Monitor, exposure: Exposure, MOAAS: np.ndarray, SBP: np.ndarray, proneness: np.ndarray
) -> np.ndarray:
    """Return hazards of reports at a session, [person, event], from what was seen in it."""
    seen = report_signals(monitor, exposure, MOAAS, SBP)
    return np.stack([monitor.reporting.hazard(event, seen[event], proneness) for event in Event], axis=1)


def report_signals(monitor: Monitor, exposure: Exposure, MOAAS: np.ndarray, SBP: np.ndarray) -> dict[Event, np.ndarray]:
    """Return what each event answers to, [person]."""
    dissociation = monitor.safety.dissociation
    effect = np.asarray(dissociation.share(exposure.visit) * dissociation.effect(exposure.z.max(1)))
    return {
        Event.DISSOCIATION: exposure.CADSS.max(1),
        Event.DIZZINESS: effect,
        Event.NAUSEA: effect,
        Event.SEDATION: (AWAKE - MOAAS).astype(float),
        Event.BLOOD_PRESSURE: largest_rise(SBP) - float(monitor.reporting.noticed_rise),
    }


def _normal(u: np.ndarray) -> np.ndarray:
    from scipy.special import ndtri

    return ndtri(u)
