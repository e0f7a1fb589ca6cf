"""S-ketamine iv and oral with first pass through gut wall and liver, and what is left of CYP2B6 (Ashraf 2018)."""

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


class FirstPassState(NamedTuple):
    """Amounts, mg of S-ketamine: gut, central, two peripheral, norketamine central and peripheral."""

    abs: Scalar
    c: Scalar
    p1: Scalar
    p2: Scalar
    n: Scalar
    np: Scalar


class FirstPass(NamedTuple):
    """Flows and what survives a passage.

    Attributes:
        QH: Hepatic blood flow, L/h.
        gut: Fraction of S-ketamine that survives the gut wall.
        liver: Fraction of S-ketamine that survives the liver.
        gut_n: Fraction of norketamine formed in the gut wall that survives it.
        liver_n: Fraction of norketamine that survives the liver.
    """

    QH: Scalar
    gut: Scalar
    liver: Scalar
    gut_n: Scalar
    liver_n: Scalar


class SKetamineFirstPass(AbstractDisposition[FirstPassState, FirstPassState]):
    r"""Well-stirred gut wall and liver in quasi-steady state (Ashraf 2018; condensed, algebraically equal).

        QH = q_liver weight^allometry,    Qvi = share_villi QH                                              (1)
        Qg = Qvi CLp/(Qvi + CLp),    F_G = Qg/(Qg + CLg)                                                    (2)
        y_inh = fm_CYP2B6 act + 1 - fm_CYP2B6,    F_H = QH/(QH + y_inh CLh fu/blood_plasma)                 (3)
        F_Gn = Qvi/(Qvi + CLgn),    F_Hn = QH/(QH + CLhn fun)                                               (4)
        dA_abs/dt = u_abs - ka A_abs                                                                        (5)
        dA_c/dt   = u_c + F_H F_G ka A_abs - ((1-F_H) QH+Q1+Q2)/Vc A_c + Q1/Vp1 A_p1 + Q2/Vp2 A_p2          (6)
        dA_p1/dt  = u_p1 + Q1/Vc A_c - Q1/Vp1 A_p1                                                          (7)
        dA_p2/dt  = u_p2 + Q2/Vc A_c - Q2/Vp2 A_p2                                                          (8)
        dA_n/dt   = u_n + F_Hn [F_Gn (1-F_G) ka A_abs + QH/Vn A_n + (1-F_H) (F_G ka A_abs + QH/Vc A_c)]
                    - (QH+Qn)/Vn A_n + Qn/Vpn A_np                                                          (9)
        dA_np/dt  = u_np + Qn/Vn A_n - Qn/Vpn A_np                                                          (10)
        C = A_c/Vc,    C_n = A_n/Vn                                                                         (11)

    An inhibitor lowers act, the activity of CYP2B6 that is left. Norketamine is counted in S-ketamine mass.
    Concentrations are taken as venous, total: the source as read does not say.
    """

    sources: ClassVar = ("ashraf2018",)
    state: ClassVar = FirstPassState
    weight: Scalar = parameter("kgbw", "body weight")
    q_liver: Scalar = parameter("L/h/kgbw**0.75", "hepatic blood flow per kg to the power 0.75")
    allometry: Scalar = parameter("1", "power of weight in the hepatic blood flow")
    share_villi: Scalar = parameter("1", "villous share of the hepatic blood flow")
    CLp: Scalar = parameter("L/h", "permeability of the gut wall")
    CLg: Scalar = parameter("L/h", "intrinsic clearance of the gut wall")
    CLh: Scalar = parameter("L/h", "intrinsic clearance of the liver")
    fu: Scalar = parameter("1", "unbound fraction of S-ketamine in plasma")
    blood_plasma: Scalar = parameter("1", "blood to plasma ratio of S-ketamine")
    fm_CYP2B6: Scalar = parameter("1", "share of hepatic clearance by CYP2B6")
    act: Scalar = parameter("1", "activity of CYP2B6 left")
    ka: Scalar = parameter("1/h", "absorption from the gut")
    Vc: Scalar = parameter("L", "central volume")
    Q1: Scalar = parameter("L/h", "exchange with the first peripheral compartment")
    Vp1: Scalar = parameter("L", "first peripheral volume")
    Q2: Scalar = parameter("L/h", "exchange with the second peripheral compartment")
    Vp2: Scalar = parameter("L", "second peripheral volume")
    CLgn: Scalar = parameter("L/h", "intrinsic clearance of norketamine in the gut wall")
    CLhn: Scalar = parameter("L/h", "intrinsic clearance of norketamine in the liver")
    fun: Scalar = parameter("1", "unbound fraction of norketamine")
    Vn: Scalar = parameter("L", "apparent central volume of norketamine")
    Qn: Scalar = parameter("L/h", "apparent exchange of norketamine with its peripheral compartment")
    Vpn: Scalar = parameter("L", "apparent peripheral volume of norketamine")

    def first_pass(self) -> FirstPass:
        """Return the hepatic flow and the surviving fractions."""
        QH = self.q_liver * self.weight**self.allometry  # (1)
        Qvi = self.share_villi * QH
        Qg = Qvi * self.CLp / (Qvi + self.CLp)  # (2)
        y_inh = self.fm_CYP2B6 * self.act + 1.0 - self.fm_CYP2B6  # (3)
        return FirstPass(
            QH=QH,
            gut=Qg / (Qg + self.CLg),
            liver=QH / (QH + y_inh * self.CLh * self.fu / self.blood_plasma),
            gut_n=Qvi / (Qvi + self.CLgn),  # (4)
            liver_n=QH / (QH + self.CLhn * self.fun),
        )

    def derivative(self, t: Scalar, state: FirstPassState, inputs: FirstPassState) -> FirstPassState:
        """Return rates of change, mg/h."""
        s, u = state, inputs
        QH, F_G, F_H, F_Gn, F_Hn = self.first_pass()
        absorbed = self.ka * s.abs
        portal = F_G * absorbed
        first = self.Q1 / self.Vc * s.c - self.Q1 / self.Vp1 * s.p1
        second = self.Q2 / self.Vc * s.c - self.Q2 / self.Vp2 * s.p2
        circulating, circulating_n = QH / self.Vc * s.c, QH / self.Vn * s.n
        metabolite = self.Qn / self.Vn * s.n - self.Qn / self.Vpn * s.np
        reaching_n = F_Gn * (1.0 - F_G) * absorbed + circulating_n + (1.0 - F_H) * (portal + circulating)
        return FirstPassState(
            abs=u.abs - absorbed,  # (5)
            c=u.c + F_H * portal - (1.0 - F_H) * circulating - first - second,  # (6)
            p1=u.p1 + first,  # (7)
            p2=u.p2 + second,  # (8)
            n=u.n + F_Hn * reaching_n - circulating_n - metabolite,  # (9)
            np=u.np + metabolite,  # (10)
        )

    def levels(self, state: FirstPassState) -> tuple[Scalar, ...]:
        """Return S-ketamine and norketamine in plasma, ng/mL."""
        return NG_PER_ML * state.c / self.Vc, NG_PER_ML * state.n / self.Vn  # (11)


def _covary(values: dict[str, np.ndarray], covariates: Covariates, record: Record) -> dict[str, np.ndarray]:
    """Each person brings the own weight and the own activity of CYP2B6."""
    return values | {"weight": np.array(covariates.weight), "act": np.array(covariates.CYP2B6)}


@cache
def ketamine_ashraf() -> Body:
    """Return S-ketamine and norketamine, intravenous and oral, with the CYP2B6 interaction."""
    return Body(
        name="ashraf2018",
        drug="esketamine",
        record="ketamine_ashraf",
        mechanism=SKetamineFirstPass,
        entries={Route.INTRAVENOUS: Into("c"), Route.ORAL: Into("abs")},
        outputs=(
            Output("S-ketamine", Blood.VENOUS),
            Output("S-norketamine", Blood.VENOUS, counted_as="S-ketamine"),
        ),
        units={},
        covary=_covary,
        note="for interactions with CYP2B6; healthy people of 50-88 kg",
    )
