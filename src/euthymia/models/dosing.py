"""From what is given to what enters the body: doses become sessions, in milligrams for each person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from euthymia.engine.linear import Event
from euthymia.errors import ScheduleError
from euthymia.evidence import load_record
from euthymia.models.kinetics import TARGET
from euthymia.models.taken import ESKETAMINE, default_bodies
from euthymia.pharmacology.absorption import NasalDevice
from euthymia.pharmacology.route import Route
from euthymia.symptoms.setting import Setting
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.dose import Dose, DoseUnit
from euthymia.treatment.drug import DrugClass

STUDY_DRUG, SHAM = ESKETAMINE, "placebo"
SPRAYED = {Route.NASAL, Route.INTRAVENOUS}  # the ways of esketamine that the eight states of its first model follow


@dataclass(frozen=True)
class Session:
    """One time at which a group of people is dosed.

    Attributes:
        t: Start, h.
        route: Way of giving.
        duration: Length of an infusion, h.
        amount: Drug, mg, [person]; 0 for those who get none.
        drug: Name of the drug.
    """

    t: float
    route: Route
    duration: float
    amount: np.ndarray
    drug: str = STUDY_DRUG


def followed(drug: str, route: Route) -> bool:
    """Return whether a drug's way through the body is known by a route."""
    if drug == SHAM or (drug == STUDY_DRUG and route in SPRAYED):  # known without loading all models
        return drug == STUDY_DRUG
    body = default_bodies().get(drug)
    return body is not None and route in body.routes


def routes_of(doses: Iterable[Dose]) -> dict[str, tuple[Route, ...]]:
    """Return the ways in which each drug with kinetics is given, drugs and ways in the order of their names."""
    given = {(dose.drug, dose.route) for dose in doses if followed(dose.drug, dose.route)}
    return {drug: tuple(sorted(route for one, route in given if one == drug)) for drug in sorted({d for d, _ in given})}


def sessions(doses: Iterable[Dose], weight: np.ndarray) -> list[Session]:
    """Return the sessions of a regimen for people of these weights (kg); sham is none.

    Raises:
        ScheduleError: When a drug has no kinetics, by this route or at all.
    """
    found = []
    for dose in doses:
        if dose.drug == SHAM:
            continue
        if not followed(dose.drug, dose.route):
            raise ScheduleError(f"{dose.drug} {dose.route} has no kinetics here; allowed: {what_is_followed()}")
        per = weight if dose.unit is DoseUnit.MG_PER_KG else np.ones_like(weight)
        found.append(Session(dose.t, dose.route, dose.duration, dose.amount * per, dose.drug))
    return found


def what_is_followed() -> str:
    """Return the drugs with kinetics and their routes, in words."""
    known: Mapping[str, Iterable[Route]] = {drug: body.routes for drug, body in sorted(default_bodies().items())}
    return ", ".join([*(f"{drug} {' or '.join(routes)}" for drug, routes in known.items()), SHAM])


def setting_of(doses: Iterable[Dose]) -> Setting:
    """Return whether people are brought in for sessions, sham included, or take tablets at home."""
    at_visits = any(find_drug(dose.drug).kind is not DrugClass.ORAL_ANTIDEPRESSANT for dose in doses)
    return Setting.SESSIONS if at_visits else Setting.TABLETS


def events(given: Sequence[Session], FRn: np.ndarray) -> list[Event]:
    """Return the inputs of esketamine's kinetics, for people whose first device is absorbed by FRn, [person]."""
    device = NasalDevice.from_record(load_record(STUDY_DRUG))
    found: list[Event] = []
    for session in given:
        if session.route is Route.NASAL:
            found += device.events(session.t, session.amount, FRn, mucosa=TARGET.mucosa, swallowed=TARGET.swallowed)
        else:
            found.append(Event(session.t, session.duration, TARGET.vein, session.amount))
    return found
