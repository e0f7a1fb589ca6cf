"""Midazolam iv as the open program stanpumpR holds it (Barr and Zomorodi): three compartments, for comparison."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

from euthymia.engine.mechanism import Scalar, parameter
from euthymia.pharmacology.body import Blood, Body, Output, Route
from euthymia.pharmacology.drugs.base import NG_PER_ML, AbstractDisposition
from euthymia.pharmacology.drugs.ketamine_domino import ThreeState
from euthymia.pharmacology.entry import Into


class ThreeCompartments(AbstractDisposition[ThreeState, ThreeState]):
    r"""Three compartments in clearances (Barr and Zomorodi).

    dA1/dt = u_1 - (CL1+CL2+CL3)/V1 A1 + CL2/V2 A2 + CL3/V3 A3                                          (1)
    dA2/dt = u_2 + CL2/V1 A1 - CL2/V2 A2                                                                (2)
    dA3/dt = u_3 + CL3/V1 A1 - CL3/V3 A3                                                                (3)
    C = A1/V1                                                                                           (4)
    """

    sources: ClassVar = ("stanpumpr",)
    state: ClassVar = ThreeState
    V1: Scalar = parameter("L", "central volume")
    V2: Scalar = parameter("L", "first peripheral volume")
    V3: Scalar = parameter("L", "second peripheral volume")
    CL1: Scalar = parameter("L/h", "clearance")
    CL2: Scalar = parameter("L/h", "exchange with the first peripheral compartment")
    CL3: Scalar = parameter("L/h", "exchange with the second peripheral compartment")

    def derivative(self, t: Scalar, state: ThreeState, inputs: ThreeState) -> ThreeState:
        """Return rates of change, mg/h."""
        s, u = state, inputs
        first = self.CL2 / self.V1 * s.c - self.CL2 / self.V2 * s.p1
        second = self.CL3 / self.V1 * s.c - self.CL3 / self.V3 * s.p2
        return ThreeState(
            c=u.c - self.CL1 / self.V1 * s.c - first - second,  # (1)
            p1=u.p1 + first,  # (2)
            p2=u.p2 + second,  # (3)
        )

    def levels(self, state: ThreeState) -> tuple[Scalar, ...]:
        """Return the level in plasma, ng/mL."""
        return (NG_PER_ML * state.c / self.V1,)  # (4)


@cache
def midazolam_barr() -> Body:
    """Return midazolam, intravenous doses."""
    return Body(
        name="barr-zomorodi",
        drug="midazolam",
        record="midazolam_barr",
        mechanism=ThreeCompartments,
        entries={Route.INTRAVENOUS: Into("c")},
        outputs=(Output("midazolam", Blood.UNSTATED),),
        units={},
        note="beside the default, for comparison",
    )
