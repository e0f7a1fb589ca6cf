"""One dose: which drug, how much, by which way, when, and over how long."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from euthymia.errors import ScheduleError, suggestion
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.drug import Drug, DrugClass, Limit, Route, device_amounts, limit_for

HOURS_PER_DAY = 24.0
LAST_DAY = 3660  # ten years: a later dose is a slip of the pen
LONGEST_INFUSION = 168.0  # h, likewise


class DoseUnit(StrEnum):
    """The unit of an amount; the kilogram is one of body weight (``kgbw`` in `euthymia.units`)."""

    MG = "mg"
    MG_PER_KG = "mg/kg"


@dataclass(frozen=True, order=True)
class Dose:
    """One dose that can happen as written.

    Attributes:
        t: Hours after randomisation; study day 1 starts at 0, study day d at 24 (d - 1).
        drug: Name of a drug of the catalogue (an alias is replaced by its drug's name).
        route: The way of giving.
        amount: Amount in `unit`; 0 for placebo, above 0 for everything else.
        unit: mg, or mg per kg of body weight.
        duration: Length of an infusion in h; 0 when given at once.

    Raises:
        UnknownNameError: When the drug is not in the catalogue.
        ScheduleError: When the dose cannot be given as written.
    """

    t: float
    drug: str
    route: Route
    amount: float
    unit: DoseUnit = DoseUnit.MG
    duration: float = 0.0

    def __post_init__(self) -> None:
        drug = find_drug(self.drug)
        object.__setattr__(self, "drug", drug.name)
        object.__setattr__(self, "route", Route(self.route))
        object.__setattr__(self, "unit", DoseUnit(self.unit))
        for name in ("t", "amount", "duration"):
            object.__setattr__(self, name, float(getattr(self, name)))
        _check_amount(drug, _limit(drug, self.route), self.amount, self.unit)
        _check_times(self)


def number_text(value: float) -> str:
    """Return the shortest text that reads back as the same number, without a needless ``.0``."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def dose_amount_text(dose: Dose) -> str:
    """Return drug, amount and unit as a schedule writes them, for example ``esketamine 56 mg``."""
    if find_drug(dose.drug).kind is DrugClass.PLACEBO:
        return dose.drug
    return f"{dose.drug} {number_text(dose.amount)} {dose.unit}"


def _limit(drug: Drug, route: Route) -> Limit:
    found = limit_for(drug, route)
    if found is None:
        near = suggestion(str(route), drug.routes)
        raise ScheduleError(
            f"{drug.name} is not given by the route {str(route)!r}; {near}allowed: {', '.join(drug.routes)}"
        )
    return found


def _check_amount(drug: Drug, limit: Limit, amount: float, unit: DoseUnit) -> None:
    """Refuse amounts that are no number, not positive, absurd, or no whole number of devices."""
    given = f"{drug.name} {number_text(amount) if math.isfinite(amount) else amount} {unit} {limit.route}"
    if drug.kind is DrugClass.PLACEBO:
        if amount != 0.0:
            raise ScheduleError(f"{given}: a placebo has no amount; leave it out, for example 'placebo nasal on day 1'")
        return
    if not math.isfinite(amount) or amount <= 0.0:
        raise ScheduleError(f"{given}: the amount must be a number above 0 (for none, write 'placebo')")
    largest = limit.mg if unit is DoseUnit.MG else limit.mg_per_kg
    if limit.route is Route.NASAL and drug.device_mg is not None:
        _check_devices(drug, amount, unit, given)
    elif largest is None:
        raise ScheduleError(f"{given}: {limit.route} {drug.name} is not dosed by body weight; allowed unit: mg")
    elif amount > largest:
        raise ScheduleError(f"{given}: more than {number_text(largest)} {unit} at once is taken for a slip of the pen")


def _check_devices(drug: Drug, amount: float, unit: DoseUnit, given: str) -> None:
    allowed = device_amounts(drug)
    if unit is not DoseUnit.MG or amount not in allowed:
        listed = ", ".join(number_text(value) for value in allowed)
        raise ScheduleError(
            f"{given}: one device holds {number_text(drug.device_mg or 0.0)} mg and a session takes up to "
            f"{drug.devices}; allowed: {listed} mg"
        )


def _check_times(dose: Dose) -> None:
    """Refuse times and durations that cannot be."""
    if not math.isfinite(dose.t) or not 0.0 <= dose.t < LAST_DAY * HOURS_PER_DAY:
        raise ScheduleError(
            f"{dose.drug} at {dose.t} h: a dose is given from 0 h (day 1) on and within {LAST_DAY} days of it"
        )
    if not math.isfinite(dose.duration) or not 0.0 <= dose.duration <= LONGEST_INFUSION:
        raise ScheduleError(
            f"{dose.drug} over {dose.duration} h: an infusion lasts from 0 to {number_text(LONGEST_INFUSION)} h"
        )
    if dose.duration > 0.0 and dose.route is not Route.INTRAVENOUS:
        raise ScheduleError(f"{dose.drug} {dose.route} over {dose.duration} h: only iv doses are given over a time")
