"""Paroxetine by mouth: linear (Shigetome 2025) and with a clearance that falls with the daily dose (Kim 2015)."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from euthymia.errors import ScheduleError
from euthymia.evidence import Record, load_record
from euthymia.pharmacology.body import Blood, Body, Individual, Output, Route
from euthymia.pharmacology.covariates import Covariates
from euthymia.pharmacology.drugs.one_compartment import OneCompartment
from euthymia.pharmacology.entry import Into
from euthymia.pharmacology.interactions import apply


def _age(values: dict[str, np.ndarray], covariates: Covariates, record: Record) -> dict[str, np.ndarray]:
    """Clearance falls with a power of age."""
    relative = covariates.age / record.value("age_reference", "y")
    return values | {"CL": values["CL"] * relative ** record.value("age_power", "1")}


def _age_and_weight(values: dict[str, np.ndarray], covariates: Covariates, record: Record) -> dict[str, np.ndarray]:
    """Clearance falls with a power of age and rises with a power of weight."""
    relative = covariates.weight / record.value("weight_reference", "kgbw")
    found = _age(values, covariates, record)
    return found | {"CL": found["CL"] * relative ** record.value("weight_power", "1")}


@cache
def paroxetine() -> Body:
    """Return paroxetine with a clearance that does not depend on the dose."""
    return Body(
        name="shigetome2025",
        drug="paroxetine",
        record="paroxetine",
        mechanism=OneCompartment,
        entries={Route.ORAL: Into("gut")},
        outputs=(Output("paroxetine", Blood.VENOUS),),
        units={},
        covary=_age_and_weight,
        note="linear; the rate of absorption is borrowed from Kim 2015",
    )


@cache
def paroxetine_saturable() -> Body:
    """Return paroxetine at the reference daily dose; `at_daily_dose` gives the clearance of another."""
    return replace(
        paroxetine(),
        name="kim2015",
        record="paroxetine_saturable",
        covary=_age,
        note="clearance falls with the daily dose: use at_daily_dose; elderly Korean people",
    )


def at_daily_dose(individual: Individual, dose: np.ndarray | float) -> Individual:
    """Return the people with the clearance of a daily dose: CL (dose/25 mg)^-0.363 (Kim 2015).

    Steady intake is meant; the model does not say how fast the clearance follows a change of dose.

    Args:
        individual: People of the body "kim2015" as drawn, at the reference dose.
        dose: Daily dose, mg, one for all or [person].

    Raises:
        ScheduleError: When the people belong to another body or a dose is not above 0.
    """
    if individual.body != paroxetine_saturable().name:
        raise ScheduleError(f"the body {individual.body!r} has no saturable clearance; allowed: 'kim2015'")
    if not (np.asarray(dose) > 0.0).all():
        raise ScheduleError(f"a daily dose of {np.min(dose):g} mg; expected a number above 0")
    record = load_record("paroxetine_saturable")
    relative = np.asarray(dose) / record.value("dose_reference", "mg")
    return apply(individual, {"CL": relative ** record.value("dose_power", "1")})
