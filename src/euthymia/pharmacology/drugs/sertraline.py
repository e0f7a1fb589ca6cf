"""Sertraline by mouth: adults (Zhang 2024) and adolescents (Xia 2025)."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from euthymia.evidence import Record
from euthymia.pharmacology.body import Blood, Body, Output, Route, unchanged
from euthymia.pharmacology.covariates import Covariates
from euthymia.pharmacology.drugs.one_compartment import OneCompartment
from euthymia.pharmacology.entry import Into


def _covary(values: dict[str, np.ndarray], covariates: Covariates, record: Record) -> dict[str, np.ndarray]:
    """Clearance changes linearly with age."""
    years = covariates.age - record.value("age_reference", "y")
    return values | {"CL": values["CL"] * (1.0 + record.value("s_age", "1/y") * years)}


@cache
def sertraline() -> Body:
    """Return sertraline in adults."""
    return Body(
        name="zhang2024",
        drug="sertraline",
        record="sertraline",
        mechanism=OneCompartment,
        entries={Route.ORAL: Into("gut")},
        outputs=(Output("sertraline", Blood.VENOUS),),
        units={},
        covary=_covary,
        note="clearance of adults; absorption, volume and variability of adolescents",
    )


@cache
def sertraline_adolescents() -> Body:
    """Return sertraline in adolescents."""
    return replace(
        sertraline(), name="xia2025", record="sertraline_adolescents", covary=unchanged, note="people of 13-17 years"
    )
