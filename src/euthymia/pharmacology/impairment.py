"""Impaired kidneys or liver and nasal esketamine: factors on individual numbers that give the published areas."""

from __future__ import annotations

from functools import cache

import numpy as np

from euthymia.evidence import load_record
from euthymia.pharmacology.body import Body, Individual, Route
from euthymia.pharmacology.covariates import ChildPugh, CovariateError, Covariates, Renal
from euthymia.pharmacology.interactions import apply, factor_for

ELIMINATION = ("kel", "kmet")
METABOLITE = ("CLn",)
STUDIED = "perezruixo2021"
RENAL_STUDY_MG = 28.0  # dose of the study of impaired kidneys
NORESKETAMINE = 1  # position of the metabolite among the body's outputs


def impaired(body: Body, individual: Individual, covariates: Covariates) -> Individual:
    """Return the people with what their kidneys and livers do to esketamine.

    The whole effect is laid on hepatic elimination (and, with moderate or severe renal impairment, on the clearance of
    noresketamine), which is assumed: only exposures were published. Kidney and liver multiply, which is assumed too.
    Child-Pugh class A has no published ratio and changes nothing.

    Args:
        body: The model; published ratios exist for the default body of esketamine only.
        individual: The people.
        covariates: Of the same people.

    Raises:
        CovariateError: When impaired people have another body, or the liver is of class C, which was not studied.
    """
    kidney, liver = covariates.renal > Renal.NORMAL, covariates.hepatic > ChildPugh.NORMAL
    if not (kidney | liver).any():
        return individual
    if body.name != STUDIED:
        raise CovariateError(
            f"impaired kidneys or liver with the model {body.name}: nothing was published; allowed: {STUDIED}"
        )
    if (covariates.hepatic >= ChildPugh.C).any():
        raise CovariateError("Child-Pugh class C: esketamine was not studied in it; allowed: normal, A, B")
    elimination, metabolite = _renal(body)
    late = covariates.renal >= Renal.MODERATE
    by_liver = np.where(covariates.hepatic == ChildPugh.B, _hepatic(body), 1.0)
    slowed = np.where(kidney, elimination, 1.0) * by_liver
    return apply(
        individual,
        {name: slowed for name in ELIMINATION} | {name: np.where(late, metabolite, 1.0) for name in METABOLITE},
    )


@cache
def _renal(body: Body) -> tuple[float, float]:
    """Return the factors on elimination (any impairment) and on the metabolite's clearance (moderate or severe)."""
    record = load_record("impairment")
    parent, nasal, mg = record.value("renal_AUC", "1"), Route.NASAL, RENAL_STUDY_MG
    elimination = factor_for(body, ELIMINATION, nasal, parent, amount=mg)
    slowed = {name: elimination for name in ELIMINATION}
    metabolite = record.value("renal_noresketamine_AUC", "1")
    return elimination, factor_for(body, METABOLITE, nasal, metabolite, amount=mg, output=NORESKETAMINE, before=slowed)


@cache
def _hepatic(body: Body) -> float:
    """Return the factor on elimination in Child-Pugh class B."""
    return factor_for(body, ELIMINATION, Route.NASAL, load_record("impairment").value("hepatic_B_AUC", "1"))
