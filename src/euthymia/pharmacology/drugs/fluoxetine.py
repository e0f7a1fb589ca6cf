"""Fluoxetine and norfluoxetine by mouth in chronic use, with their slow washout."""

from __future__ import annotations

from functools import cache
from typing import ClassVar, NamedTuple

from euthymia.engine.mechanism import Scalar, parameter
from euthymia.pharmacology.body import Blood, Body, Output, Route
from euthymia.pharmacology.drugs.base import NG_PER_ML, AbstractDisposition
from euthymia.pharmacology.entry import Into


class FluoxetineState(NamedTuple):
    """Amounts, mg of fluoxetine: gut, fluoxetine, norfluoxetine."""

    gut: Scalar
    c: Scalar
    n: Scalar


class Fluoxetine(AbstractDisposition[FluoxetineState, FluoxetineState]):
    r"""One compartment each for parent and metabolite.

        dA_gut/dt = u_gut - ka A_gut                                                                        (1)
        dA_c/dt   = u_c + ka A_gut - CL/V A_c                                                               (2)
        dA_n/dt   = u_n + fm CL/V A_c - CLn/Vn A_n                                                          (3)
        C = A_c/V,    C_n = A_n/Vn                                                                          (4)

    Set for chronic use; a first dose is eliminated faster (1-3 days), which is not modelled. CL and V are apparent.
    """

    sources: ClassVar = ()
    state: ClassVar = FluoxetineState
    ka: Scalar = parameter("1/h", "absorption")
    CL: Scalar = parameter("L/h", "apparent clearance")
    V: Scalar = parameter("L", "apparent volume")
    fm: Scalar = parameter("1", "fraction of the clearance that forms norfluoxetine")
    CLn: Scalar = parameter("L/h", "apparent clearance of norfluoxetine")
    Vn: Scalar = parameter("L", "apparent volume of norfluoxetine")

    def derivative(self, t: Scalar, state: FluoxetineState, inputs: FluoxetineState) -> FluoxetineState:
        """Return rates of change, mg/h."""
        s, u = state, inputs
        absorbed, eliminated = self.ka * s.gut, self.CL / self.V * s.c
        return FluoxetineState(
            gut=u.gut - absorbed,  # (1)
            c=u.c + absorbed - eliminated,  # (2)
            n=u.n + self.fm * eliminated - self.CLn / self.Vn * s.n,  # (3)
        )

    def levels(self, state: FluoxetineState) -> tuple[Scalar, ...]:
        """Return fluoxetine and norfluoxetine in plasma, ng/mL."""
        return NG_PER_ML * state.c / self.V, NG_PER_ML * state.n / self.Vn  # (4)


@cache
def fluoxetine() -> Body:
    """Return fluoxetine and norfluoxetine."""
    return Body(
        name="fluoxetine-label",
        drug="fluoxetine",
        record="fluoxetine",
        mechanism=Fluoxetine,
        entries={Route.ORAL: Into("gut")},
        outputs=(
            Output("fluoxetine", Blood.VENOUS),
            Output("norfluoxetine", Blood.VENOUS, counted_as="fluoxetine"),
        ),
        units={},
        note="from label figures; chronic use only",
    )
