"""Escitalopram by mouth (Areberg 2006): two compartments after a lag."""

from __future__ import annotations

from functools import cache
from typing import ClassVar, NamedTuple

import numpy as np

from euthymia.engine.mechanism import Scalar, parameter
from euthymia.evidence import Record
from euthymia.pharmacology.body import Blood, Body, Output, Route
from euthymia.pharmacology.covariates import CovariateError, Covariates
from euthymia.pharmacology.drugs.base import NG_PER_ML, AbstractDisposition
from euthymia.pharmacology.entry import Into


class TwoOralState(NamedTuple):
    """Amounts, mg: gut, central and peripheral."""

    gut: Scalar
    c: Scalar
    p1: Scalar


class TwoCompartments(AbstractDisposition[TwoOralState, TwoOralState]):
    r"""First-order absorption into two compartments (Areberg 2006); the lag is applied to the dose.

        dA_gut/dt = u_gut - ka A_gut                                                                        (1)
        dA_c/dt   = u_c + ka A_gut - (CL+Q)/V A_c + Q/V2 A_p1                                               (2)
        dA_p1/dt  = u_p1 + Q/V A_c - Q/V2 A_p1                                                              (3)
        C = A_c/V                                                                                           (4)

    CL, V, V2 and Q are apparent (over F).
    """

    sources: ClassVar = ("areberg2006",)
    state: ClassVar = TwoOralState
    ka: Scalar = parameter("1/h", "absorption")
    CL: Scalar = parameter("L/h", "apparent clearance")
    V: Scalar = parameter("L", "apparent central volume")
    V2: Scalar = parameter("L", "apparent peripheral volume")
    Q: Scalar = parameter("L/h", "apparent exchange")

    def derivative(self, t: Scalar, state: TwoOralState, inputs: TwoOralState) -> TwoOralState:
        """Return rates of change, mg/h."""
        s, u = state, inputs
        absorbed = self.ka * s.gut
        exchange = self.Q / self.V * s.c - self.Q / self.V2 * s.p1
        return TwoOralState(
            gut=u.gut - absorbed,  # (1)
            c=u.c + absorbed - self.CL / self.V * s.c - exchange,  # (2)
            p1=u.p1 + exchange,  # (3)
        )

    def levels(self, state: TwoOralState) -> tuple[Scalar, ...]:
        """Return the level in plasma, ng/mL."""
        return (NG_PER_ML * state.c / self.V,)  # (4)


def _covary(values: dict[str, np.ndarray], covariates: Covariates, record: Record) -> dict[str, np.ndarray]:
    """Typical V is linear in weight, typical CL in the S/R mephenytoin ratio, the marker of CYP2C19."""
    kg = covariates.weight - record.value("weight_reference", "kgbw")
    ratio = covariates.mephenytoin - record.value("mephenytoin_reference", "1")
    V = 1.0 + record.value("V_per_kg", "L/kgbw") * kg / record.value("V", "L")
    CL = 1.0 + record.value("CL_per_ratio", "L/h") * ratio / record.value("CL", "L/h")
    if not ((V > 0.0) & (CL > 0.0)).all():
        raise CovariateError("escitalopram: weight or mephenytoin ratio so far out that V or CL would not be above 0")
    return values | {"V": values["V"] * V, "CL": values["CL"] * CL}


@cache
def escitalopram() -> Body:
    """Return escitalopram."""
    return Body(
        name="areberg2006",
        drug="escitalopram",
        record="escitalopram",
        mechanism=TwoCompartments,
        entries={Route.ORAL: Into("gut", lag="tlag")},
        outputs=(Output("escitalopram", Blood.VENOUS),),
        units={"tlag": "h"},
        covary=_covary,
        note="half-life of 48 h; 27-32 h is published for young healthy people",
    )
