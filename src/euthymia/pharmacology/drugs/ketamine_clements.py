"""Racemic ketamine in venous blood (Clements 1981): two compartments, for comparison with venous assays."""

from __future__ import annotations

from functools import cache
from typing import ClassVar, NamedTuple

import numpy as np

from euthymia.engine.mechanism import Scalar, parameter
from euthymia.evidence import Record
from euthymia.pharmacology.body import Blood, Body, Output, Route
from euthymia.pharmacology.covariates import Covariates
from euthymia.pharmacology.drugs.base import NG_PER_ML, AbstractDisposition
from euthymia.pharmacology.entry import Into


class TwoState(NamedTuple):
    """Amounts, mg: central and peripheral."""

    c: Scalar
    p1: Scalar


class TwoPerKilogram(AbstractDisposition[TwoState, TwoState]):
    r"""Two compartments in rates, with a central volume per kilogram (Clements 1981).

    dA1/dt = u_1 - (k10 + k12) A1 + k21 A2                                                              (1)
    dA2/dt = u_2 + k12 A1 - k21 A2                                                                      (2)
    C = A1/(V1 weight)                                                                                  (3)
    """

    sources: ClassVar = ("clements1981",)
    state: ClassVar = TwoState
    V1: Scalar = parameter("L/kgbw", "central volume per kg")
    weight: Scalar = parameter("kgbw", "body weight")
    k10: Scalar = parameter("1/h", "elimination")
    k12: Scalar = parameter("1/h", "to the peripheral compartment")
    k21: Scalar = parameter("1/h", "back from the peripheral compartment")

    def derivative(self, t: Scalar, state: TwoState, inputs: TwoState) -> TwoState:
        """Return rates of change, mg/h."""
        s, u = state, inputs
        exchange = self.k12 * s.c - self.k21 * s.p1
        return TwoState(
            c=u.c - self.k10 * s.c - exchange,  # (1)
            p1=u.p1 + exchange,  # (2)
        )

    def levels(self, state: TwoState) -> tuple[Scalar, ...]:
        """Return the level in plasma, ng/mL."""
        return (NG_PER_ML * state.c / (self.V1 * self.weight),)  # (3)


def own_weight(values: dict[str, np.ndarray], covariates: Covariates, record: Record) -> dict[str, np.ndarray]:
    """Give each person the own body weight."""
    return values | {"weight": np.array(covariates.weight)}


@cache
def ketamine_clements() -> Body:
    """Return racemic ketamine, venous, intravenous doses."""
    return Body(
        name="clements1981",
        drug="ketamine",
        record="ketamine_clements",
        mechanism=TwoPerKilogram,
        entries={Route.INTRAVENOUS: Into("c")},
        outputs=(Output("ketamine", Blood.VENOUS),),
        units={},
        covary=own_weight,
        note="venous; no variability between people was found",
    )
