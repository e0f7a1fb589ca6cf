"""One compartment behind a first-order depot: what is known of sertraline and paroxetine."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from euthymia.engine.mechanism import Scalar, parameter
from euthymia.pharmacology.drugs.base import NG_PER_ML, AbstractDisposition


class OralState(NamedTuple):
    """Amounts, mg: gut and body."""

    gut: Scalar
    c: Scalar


class OneCompartment(AbstractDisposition[OralState, OralState]):
    r"""First-order absorption and elimination.

        dA_gut/dt = u_gut - ka A_gut                                                                        (1)
        dA_c/dt   = u_c + ka A_gut - CL/V A_c                                                               (2)
        C = A_c/V                                                                                           (3)

    CL and V are apparent (over F), so the dose enters whole.
    """

    sources: ClassVar = ("xia2025", "zhang2024", "shigetome2025", "kim2015")
    state: ClassVar = OralState
    ka: Scalar = parameter("1/h", "absorption")
    CL: Scalar = parameter("L/h", "apparent clearance")
    V: Scalar = parameter("L", "apparent volume")

    def derivative(self, t: Scalar, state: OralState, inputs: OralState) -> OralState:
        """Return rates of change, mg/h."""
        absorbed = self.ka * state.gut
        return OralState(
            gut=inputs.gut - absorbed,  # (1)
            c=inputs.c + absorbed - self.CL / self.V * state.c,  # (2)
        )

    def levels(self, state: OralState) -> tuple[Scalar, ...]:
        """Return the level in plasma, ng/mL."""
        return (NG_PER_ML * state.c / self.V,)  # (3)
