"""Esketamine and noresketamine in the body: the eight-state population model of nasal, oral and intravenous doses."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from euthymia.engine.mechanism import AbstractMechanism, Scalar, parameter

NG_PER_ML = 1000.0  # ng/mL in a mg/L: a change of unit


class EsketamineState(NamedTuple):
    """Amounts, mg: nasal, swallowed, central, two peripheral, hepato-portal, noresketamine central and peripheral."""

    nas: Scalar
    sw: Scalar
    c: Scalar
    p1: Scalar
    p2: Scalar
    hep: Scalar
    nk: Scalar
    nkp: Scalar


class EsketamineInput(NamedTuple):
    """Constant inputs, mg/h: into the swallowed depot and into a vein."""

    swallowed: Scalar
    intravenous: Scalar


class Esketamine(AbstractMechanism[EsketamineState, EsketamineInput]):
    r"""Population kinetics of esketamine with first pass through the liver (Perez-Ruixo 2021).

        dA_nas/dt = -ka_n A_nas                                                                             (1)
        dA_sw/dt  = inp_sw - ka_sw A_sw                                                                     (2)
        dA_c/dt   = ka_n A_nas + Q1/Vp1 A_p1 + Q2/Vp2 A_p2 + Qh/Vh A_hep - (Q1+Q2+Qh)/Vc A_c + inp_iv       (3)
        dA_p1/dt  = Q1/Vc A_c - Q1/Vp1 A_p1                                                                 (4)
        dA_p2/dt  = Q2/Vc A_c - Q2/Vp2 A_p2                                                                 (5)
        dA_hep/dt = ka_sw A_sw + Qh/Vc A_c - (Qh/Vh + kel + kmet) A_hep                                     (6)
        dA_nk/dt  = kmet A_hep - (CLn+Q3)/Vcn A_nk + Q3/Vpn A_nkp                                           (7)
        dA_nkp/dt = Q3/Vcn A_nk - Q3/Vpn A_nkp                                                              (8)

    The equations printed in the paper hold typographical errors; this system conserves mass and gives back the paper's
    own Table 4 for esketamine. Noresketamine is counted in esketamine mass. Concentrations are venous plasma, total.
    """

    sources: ClassVar = ("perezruixo2021",)
    ka_n: Scalar = parameter("1/h", "absorption through the nasal mucosa")
    ka_sw: Scalar = parameter("1/h", "absorption of the swallowed part")
    Vc: Scalar = parameter("L", "central volume")
    Q1: Scalar = parameter("L/h", "exchange with the first peripheral compartment")
    Vp1: Scalar = parameter("L", "first peripheral volume")
    Q2: Scalar = parameter("L/h", "exchange with the second peripheral compartment")
    Vp2: Scalar = parameter("L", "second peripheral volume")
    Qh: Scalar = parameter("L/h", "hepatic plasma flow")
    Vh: Scalar = parameter("L", "hepato-portal volume")
    kel: Scalar = parameter("1/h", "hepatic elimination to other products")
    kmet: Scalar = parameter("1/h", "hepatic conversion to noresketamine")
    Vcn: Scalar = parameter("L", "central volume of noresketamine")
    CLn: Scalar = parameter("L/h", "clearance of noresketamine")
    Vpn: Scalar = parameter("L", "peripheral volume of noresketamine")
    Q3: Scalar = parameter("L/h", "exchange of noresketamine with its peripheral compartment")

    def initial_state(self) -> EsketamineState:
        """Return an empty body."""
        return EsketamineState(*(0.0 * self.Vc for _ in EsketamineState._fields))

    def derivative(self, t: Scalar, state: EsketamineState, inputs: EsketamineInput) -> EsketamineState:
        """Return rates of change, mg/h."""
        s = state
        nasal, swallowed = self.ka_n * s.nas, self.ka_sw * s.sw
        to_p1, from_p1 = self.Q1 / self.Vc * s.c, self.Q1 / self.Vp1 * s.p1
        to_p2, from_p2 = self.Q2 / self.Vc * s.c, self.Q2 / self.Vp2 * s.p2
        to_hep, from_hep = self.Qh / self.Vc * s.c, self.Qh / self.Vh * s.hep
        formed = self.kmet * s.hep
        to_nkp, from_nkp = self.Q3 / self.Vcn * s.nk, self.Q3 / self.Vpn * s.nkp
        return EsketamineState(
            nas=-nasal,  # (1)
            sw=inputs.swallowed - swallowed,  # (2)
            c=nasal + from_p1 + from_p2 + from_hep - to_p1 - to_p2 - to_hep + inputs.intravenous,  # (3)
            p1=to_p1 - from_p1,  # (4)
            p2=to_p2 - from_p2,  # (5)
            hep=swallowed + to_hep - from_hep - self.kel * s.hep - formed,  # (6)
            nk=formed - self.CLn / self.Vcn * s.nk - to_nkp + from_nkp,  # (7)
            nkp=to_nkp - from_nkp,  # (8)
        )

    def plasma(self, state: EsketamineState) -> Scalar:
        """Return esketamine in venous plasma, total, ng/mL."""
        return NG_PER_ML * state.c / self.Vc

    def noresketamine(self, state: EsketamineState) -> Scalar:
        """Return noresketamine in venous plasma, total, ng/mL of esketamine mass."""
        return NG_PER_ML * state.nk / self.Vcn
