"""Racemic ketamine as infusion pumps see it (Domino 1984): three compartments."""

from __future__ import annotations

from functools import cache
from typing import ClassVar, NamedTuple

from euthymia.engine.mechanism import Scalar, parameter
from euthymia.pharmacology.body import Blood, Body, Output, Route
from euthymia.pharmacology.drugs.base import NG_PER_ML, AbstractDisposition
from euthymia.pharmacology.drugs.ketamine_clements import own_weight
from euthymia.pharmacology.entry import Into


class ThreeState(NamedTuple):
    """Amounts, mg: central and two peripheral."""

    c: Scalar
    p1: Scalar
    p2: Scalar


class ThreePerKilogram(AbstractDisposition[ThreeState, ThreeState]):
    r"""Three compartments in rates, with a central volume per kilogram (Domino 1984).

    dA1/dt = u_1 - (k10 + k12 + k13) A1 + k21 A2 + k31 A3                                               (1)
    dA2/dt = u_2 + k12 A1 - k21 A2                                                                      (2)
    dA3/dt = u_3 + k13 A1 - k31 A3                                                                      (3)
    C = A1/(V1 weight)                                                                                  (4)
    """

    sources: ClassVar = ("domino1984",)
    state: ClassVar = ThreeState
    V1: Scalar = parameter("L/kgbw", "central volume per kg")
    weight: Scalar = parameter("kgbw", "body weight")
    k10: Scalar = parameter("1/h", "elimination")
    k12: Scalar = parameter("1/h", "to the first peripheral compartment")
    k13: Scalar = parameter("1/h", "to the second peripheral compartment")
    k21: Scalar = parameter("1/h", "back from the first peripheral compartment")
    k31: Scalar = parameter("1/h", "back from the second peripheral compartment")

    def derivative(self, t: Scalar, state: ThreeState, inputs: ThreeState) -> ThreeState:
        """Return rates of change, mg/h."""
        s, u = state, inputs
        first = self.k12 * s.c - self.k21 * s.p1
        second = self.k13 * s.c - self.k31 * s.p2
        return ThreeState(
            c=u.c - self.k10 * s.c - first - second,  # (1)
            p1=u.p1 + first,  # (2)
            p2=u.p2 + second,  # (3)
        )

    def levels(self, state: ThreeState) -> tuple[Scalar, ...]:
        """Return the level in plasma, ng/mL."""
        return (NG_PER_ML * state.c / (self.V1 * self.weight),)  # (4)


@cache
def ketamine_domino() -> Body:
    """Return racemic ketamine, intravenous doses; whether arterial or venous is not stated in what was read."""
    return Body(
        name="domino1984",
        drug="ketamine",
        record="ketamine_domino",
        mechanism=ThreePerKilogram,
        entries={Route.INTRAVENOUS: Into("c")},
        outputs=(Output("ketamine", Blood.UNSTATED),),
        units={},
        covary=own_weight,
        note="the standard of infusion pumps; no variability between people was found",
    )
