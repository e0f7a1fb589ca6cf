"""From what is given to what enters the body: sessions of esketamine become inputs of the kinetics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from euthymia.engine.linear import Event
from euthymia.errors import ScheduleError
from euthymia.evidence import load_record
from euthymia.models.chain import TARGET
from euthymia.pharmacology.absorption import NasalDevice
from euthymia.treatment.dose import Dose, DoseUnit
from euthymia.treatment.drug import Route

STUDY_DRUG, SHAM = "esketamine", "placebo"


@dataclass(frozen=True)
class Session:
    """One time at which a group of people is dosed.

    Attributes:
        t: Start, h.
        route: Way of giving.
        duration: Length of an infusion, h.
        amount: Esketamine, mg, [person]; 0 for those who get none.
    """

    t: float
    route: Route
    duration: float
    amount: np.ndarray


def sessions(doses: Iterable[Dose], weight: np.ndarray) -> list[Session]:
    """Return the esketamine sessions of a regimen for people of these weights (kg).

    Raises:
        ScheduleError: When a drug or route has no model yet, or an amount by weight falls outside what can be given.
    """
    found = []
    for dose in doses:
        if dose.drug == SHAM:
            continue
        if dose.drug != STUDY_DRUG or dose.route not in (Route.NASAL, Route.INTRAVENOUS):
            raise ScheduleError(
                f"{dose.drug} {dose.route} has no kinetics here yet; allowed: esketamine nasal or iv, placebo"
            )
        per = weight if dose.unit is DoseUnit.MG_PER_KG else np.ones_like(weight)
        found.append(Session(dose.t, dose.route, dose.duration, dose.amount * per))
    return found


def events(given: Sequence[Session], FRn: np.ndarray) -> list[Event]:
    """Return the kinetic inputs of sessions, for people whose first device is absorbed by FRn, [person]."""
    device = NasalDevice.from_record(load_record(STUDY_DRUG))
    found: list[Event] = []
    for session in given:
        if session.route is Route.NASAL:
            found += device.events(session.t, session.amount, FRn, mucosa=TARGET.mucosa, swallowed=TARGET.swallowed)
        else:
            found.append(Event(session.t, session.duration, TARGET.vein, session.amount))
    return found
