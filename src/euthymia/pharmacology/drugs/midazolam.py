"""Midazolam iv with its effect site (Albrecht 1999): the active placebo, which blocks no NMDA receptor."""

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

BY_AGE = ("V1", "CL", "k12", "k13", "k21", "k31", "ke0")


class MidazolamState(NamedTuple):
    """Amounts, mg: central and two peripheral; and the central amount that the effect site has caught up with."""

    c: Scalar
    p1: Scalar
    p2: Scalar
    effect: Scalar


class Midazolam(AbstractDisposition[MidazolamState, MidazolamState]):
    r"""Three compartments and an effect site that takes nothing from them (Albrecht 1999).

    dA1/dt = u_1 - (CL/V1 + k12 + k13) A1 + k21 A2 + k31 A3                                             (1)
    dA2/dt = u_2 + k12 A1 - k21 A2                                                                      (2)
    dA3/dt = u_3 + k13 A1 - k31 A3                                                                      (3)
    dA_e/dt = u_e + ke0 (A1 - A_e)                                                                      (4)
    C = A1/V1,    C_e = A_e/V1                                                                          (5)
    """

    sources: ClassVar = ("albrecht1999",)
    state: ClassVar = MidazolamState
    V1: Scalar = parameter("L", "central volume")
    CL: Scalar = parameter("L/h", "clearance")
    k12: Scalar = parameter("1/h", "to the first peripheral compartment")
    k13: Scalar = parameter("1/h", "to the second peripheral compartment")
    k21: Scalar = parameter("1/h", "back from the first peripheral compartment")
    k31: Scalar = parameter("1/h", "back from the second peripheral compartment")
    ke0: Scalar = parameter("1/h", "equilibration of the effect site")

    def derivative(self, t: Scalar, state: MidazolamState, inputs: MidazolamState) -> MidazolamState:
        """Return rates of change, mg/h."""
        s, u = state, inputs
        first = self.k12 * s.c - self.k21 * s.p1
        second = self.k13 * s.c - self.k31 * s.p2
        return MidazolamState(
            c=u.c - self.CL / self.V1 * s.c - first - second,  # (1)
            p1=u.p1 + first,  # (2)
            p2=u.p2 + second,  # (3)
            effect=u.effect + self.ke0 * (s.c - s.effect),  # (4)
        )

    def levels(self, state: MidazolamState) -> tuple[Scalar, ...]:
        """Return midazolam in plasma and at its effect site, ng/mL."""
        return NG_PER_ML * state.c / self.V1, NG_PER_ML * state.effect / self.V1  # (5)


def _covary(values: dict[str, np.ndarray], covariates: Covariates, record: Record) -> dict[str, np.ndarray]:
    """The second set of numbers holds from 65 years of age."""
    old = covariates.age >= record.value("age_old", "y")
    factors = {name: record[f"{name}_65"].to(record[name].unit) / record[name].value for name in BY_AGE}
    return values | {name: values[name] * np.where(old, factor, 1.0) for name, factor in factors.items()}


@cache
def midazolam() -> Body:
    """Return midazolam and its effect site, intravenous doses."""
    return Body(
        name="albrecht1999",
        drug="midazolam",
        record="midazolam",
        mechanism=Midazolam,
        entries={Route.INTRAVENOUS: Into("c")},
        outputs=(Output("midazolam", Blood.UNSTATED), Output("midazolam", Blood.EFFECT)),
        units={},
        covary=_covary,
        note="sedation and functional unblinding only; no variability between people was found",
    )
