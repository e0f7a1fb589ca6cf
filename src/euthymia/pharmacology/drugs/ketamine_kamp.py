"""Racemic ketamine in arterial blood, the default (Kamp 2020), with every route that leads into it."""

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

BY_WEIGHT = ("CL", "Q2", "Q3", "V1", "V2", "V3")
ABSORBED = {
    Route.INTRAMUSCULAR: "im",
    Route.SUBCUTANEOUS: "sc",
    Route.NASAL: "nasal",
    Route.ORAL: "oral",
    Route.SUBLINGUAL: "sublingual",
    Route.RECTAL: "rectal",
}


class KetamineState(NamedTuple):
    """Amounts of racemic ketamine, mg: a depot a route, central and two peripheral."""

    im: Scalar
    sc: Scalar
    nasal: Scalar
    oral: Scalar
    sublingual: Scalar
    rectal: Scalar
    c: Scalar
    p1: Scalar
    p2: Scalar


class Ketamine(AbstractDisposition[KetamineState, KetamineState]):
    r"""Three compartments of racemic ketamine (Kamp 2020) behind a first-order depot for each route.

        dA_r/dt = u_r - ka_r A_r                        r = im, sc, nasal, oral, sublingual, rectal         (1)
        dA1/dt  = u_1 + sum_r ka_r A_r - (CL+Q2+Q3)/V1 A1 + Q2/V2 A2 + Q3/V3 A3                             (2)
        dA2/dt  = Q2/V1 A1 - Q2/V2 A2                                                                       (3)
        dA3/dt  = Q3/V1 A1 - Q3/V3 A3                                                                       (4)
        C = A1/V1,    C_S = s C,    C_R = (1 - s) C                                                         (5)

    The depots are no part of the paper: bioavailability by route is measured elsewhere, the rates are assumed. That the
    enantiomers keep their share s of the dose in plasma is assumed too. Concentrations are arterial, total.
    """

    sources: ClassVar = ("kamp2020",)
    state: ClassVar = KetamineState
    CL: Scalar = parameter("L/h", "clearance")
    V1: Scalar = parameter("L", "central arterial volume")
    Q2: Scalar = parameter("L/h", "exchange with the first peripheral compartment")
    V2: Scalar = parameter("L", "first peripheral volume")
    Q3: Scalar = parameter("L/h", "exchange with the second peripheral compartment")
    V3: Scalar = parameter("L", "second peripheral volume")
    ka_im: Scalar = parameter("1/h", "absorption from muscle")
    ka_sc: Scalar = parameter("1/h", "absorption from under the skin")
    ka_nasal: Scalar = parameter("1/h", "absorption from the nose")
    ka_oral: Scalar = parameter("1/h", "absorption from the gut")
    ka_sublingual: Scalar = parameter("1/h", "absorption from under the tongue")
    ka_rectal: Scalar = parameter("1/h", "absorption from the rectum")
    share_S: Scalar = parameter("1", "share of S-ketamine in the racemate")

    def derivative(self, t: Scalar, state: KetamineState, inputs: KetamineState) -> KetamineState:
        """Return rates of change, mg/h."""
        s, u = state, inputs
        im, sc, nasal = self.ka_im * s.im, self.ka_sc * s.sc, self.ka_nasal * s.nasal
        oral, sublingual, rectal = self.ka_oral * s.oral, self.ka_sublingual * s.sublingual, self.ka_rectal * s.rectal
        absorbed = im + sc + nasal + oral + sublingual + rectal
        to_p1, from_p1 = self.Q2 / self.V1 * s.c, self.Q2 / self.V2 * s.p1
        to_p2, from_p2 = self.Q3 / self.V1 * s.c, self.Q3 / self.V3 * s.p2
        return KetamineState(
            im=u.im - im,  # (1)
            sc=u.sc - sc,
            nasal=u.nasal - nasal,
            oral=u.oral - oral,
            sublingual=u.sublingual - sublingual,
            rectal=u.rectal - rectal,
            c=u.c + absorbed - self.CL / self.V1 * s.c - to_p1 + from_p1 - to_p2 + from_p2,  # (2)
            p1=u.p1 + to_p1 - from_p1,  # (3)
            p2=u.p2 + to_p2 - from_p2,  # (4)
        )

    def levels(self, state: KetamineState) -> tuple[Scalar, ...]:
        """Return racemic, S- and R-ketamine in arterial plasma, ng/mL."""
        C = NG_PER_ML * state.c / self.V1  # (5)
        return C, self.share_S * C, (1.0 - self.share_S) * C


def _covary(values: dict[str, np.ndarray], covariates: Covariates, record: Record) -> dict[str, np.ndarray]:
    """Every volume and clearance is proportional to weight, as in the implementation that was read."""
    by_weight = covariates.weight / record.value("weight_reference", "kgbw")
    return values | {name: values[name] * by_weight for name in BY_WEIGHT}


@cache
def ketamine_kamp() -> Body:
    """Return racemic ketamine, arterial, by every route."""
    return Body(
        name="kamp2020",
        drug="ketamine",
        record="ketamine_kamp",
        also=("routes",),
        mechanism=Ketamine,
        entries={Route.INTRAVENOUS: Into("c")}
        | {route: Into(depot, fractions=(f"F_{depot}",)) for route, depot in ABSORBED.items()},
        outputs=tuple(Output(name, Blood.ARTERIAL) for name in ("ketamine", "S-ketamine", "R-ketamine")),
        units={f"F_{depot}": "1" for depot in ABSORBED.values()},
        covary=_covary,
        note="arterial; the paper's venous delay and its variances were not found, so people differ by assumed amounts",
    )
