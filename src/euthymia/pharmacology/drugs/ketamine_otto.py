"""S-ketamine and S-norketamine in venous blood after intravenous doses (Fanta 2015, Otto 2021)."""

from __future__ import annotations

from functools import cache
from typing import ClassVar, NamedTuple

import numpy as np

from euthymia.engine.mechanism import Scalar, parameter
from euthymia.evidence import Record
from euthymia.pharmacology.body import Blood, Body, Correlated, Output, Route
from euthymia.pharmacology.covariates import Covariates
from euthymia.pharmacology.drugs.base import NG_PER_ML, AbstractDisposition
from euthymia.pharmacology.entry import Into


class SKetamineState(NamedTuple):
    """Amounts, mg of S-ketamine: central, two peripheral, S-norketamine central and peripheral."""

    c: Scalar
    p1: Scalar
    p2: Scalar
    n: Scalar
    np: Scalar


class SKetamine(AbstractDisposition[SKetamineState, SKetamineState]):
    r"""Three compartments of S-ketamine, all of whose clearance forms S-norketamine, in two (Otto 2021).

        dA_c/dt  = u_c - (CL+Q1+Q2)/V1 A_c + Q1/Vp1 A_p1 + Q2/Vp2 A_p2                                      (1)
        dA_p1/dt = u_p1 + Q1/V1 A_c - Q1/Vp1 A_p1                                                           (2)
        dA_p2/dt = u_p2 + Q2/V1 A_c - Q2/Vp2 A_p2                                                           (3)
        dA_n/dt  = u_n + CL/V1 A_c - (CLn+Qn)/Vn A_n + Qn/Vpn A_np                                          (4)
        dA_np/dt = u_np + Qn/Vn A_n - Qn/Vpn A_np                                                           (5)
        C = A_c/V1,    C_n = A_n/Vn                                                                         (6)

    S-norketamine is counted in S-ketamine mass. Concentrations are venous, total.
    """

    sources: ClassVar = ("fanta2015", "otto2021")
    state: ClassVar = SKetamineState
    V1: Scalar = parameter("L", "central volume")
    CL: Scalar = parameter("L/h", "clearance, all of it to S-norketamine")
    Vp1: Scalar = parameter("L", "first peripheral volume")
    Q1: Scalar = parameter("L/h", "exchange with the first peripheral compartment")
    Vp2: Scalar = parameter("L", "second peripheral volume")
    Q2: Scalar = parameter("L/h", "exchange with the second peripheral compartment")
    Vn: Scalar = parameter("L", "central volume of S-norketamine")
    CLn: Scalar = parameter("L/h", "clearance of S-norketamine")
    Vpn: Scalar = parameter("L", "peripheral volume of S-norketamine")
    Qn: Scalar = parameter("L/h", "exchange of S-norketamine with its peripheral compartment")

    def derivative(self, t: Scalar, state: SKetamineState, inputs: SKetamineState) -> SKetamineState:
        """Return rates of change, mg/h."""
        s, u = state, inputs
        formed = self.CL / self.V1 * s.c
        first = self.Q1 / self.V1 * s.c - self.Q1 / self.Vp1 * s.p1
        second = self.Q2 / self.V1 * s.c - self.Q2 / self.Vp2 * s.p2
        metabolite = self.Qn / self.Vn * s.n - self.Qn / self.Vpn * s.np
        return SKetamineState(
            c=u.c - formed - first - second,  # (1)
            p1=u.p1 + first,  # (2)
            p2=u.p2 + second,  # (3)
            n=u.n + formed - self.CLn / self.Vn * s.n - metabolite,  # (4)
            np=u.np + metabolite,  # (5)
        )

    def levels(self, state: SKetamineState) -> tuple[Scalar, ...]:
        """Return S-ketamine and S-norketamine in venous plasma, ng/mL."""
        return NG_PER_ML * state.c / self.V1, NG_PER_ML * state.n / self.Vn  # (6)


def _covary(values: dict[str, np.ndarray], covariates: Covariates, record: Record) -> dict[str, np.ndarray]:
    """Central volumes are proportional to weight, clearances to a power of it; nothing else is scaled."""
    relative = covariates.weight / record.value("weight_reference", "kgbw")
    power = relative ** record.value("allometry", "1")
    return values | {
        "V1": values["V1"] * relative,
        "Vn": values["Vn"] * relative,
        "CL": values["CL"] * power,
        "CLn": values["CLn"] * power,
    }


@cache
def ketamine_otto() -> Body:
    """Return S-ketamine and S-norketamine, venous, intravenous doses."""
    return Body(
        name="otto2021",
        drug="esketamine",
        record="ketamine_otto",
        mechanism=SKetamine,
        entries={Route.INTRAVENOUS: Into("c")},
        outputs=(
            Output("S-ketamine", Blood.VENOUS),
            Output("S-norketamine", Blood.VENOUS, counted_as="S-ketamine"),
        ),
        units={},
        covary=_covary,
        correlated=(Correlated("V1", "CL", "cov_V1_CL"), Correlated("Vn", "CLn", "cov_Vn_CLn")),
        note="venous; healthy people",
    )
