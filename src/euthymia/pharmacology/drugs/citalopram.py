"""Citalopram by mouth, enantiomer by enantiomer, with the desmethyl metabolites (Akil 2016)."""

from __future__ import annotations

from functools import cache
from typing import ClassVar, NamedTuple

import numpy as np

from euthymia.engine.mechanism import Scalar, parameter
from euthymia.evidence import Record
from euthymia.pharmacology.body import Blood, Body, Output, Route
from euthymia.pharmacology.covariates import Covariates, Metaboliser
from euthymia.pharmacology.drugs.base import NG_PER_ML, AbstractDisposition
from euthymia.pharmacology.entry import Into


class CitalopramState(NamedTuple):
    """Amounts, mg: gut, R- and S-citalopram, R- and S-desmethylcitalopram (in parent mass)."""

    gut: Scalar
    R: Scalar
    S: Scalar
    Rm: Scalar
    Sm: Scalar


class Citalopram(AbstractDisposition[CitalopramState, CitalopramState]):
    r"""One depot of the racemate, a compartment an enantiomer, a desmethyl metabolite in the parent's volume.

        dA_gut/dt = u_gut - ka A_gut                                                                        (1)
        dA_R/dt   = u_R + share_R ka A_gut - CLR/VR A_R                                                     (2)
        dA_S/dt   = u_S + (1 - share_R) ka A_gut - CLS/VS A_S                                               (3)
        dA_Rm/dt  = u_Rm + CLR/VR A_R - CLRm/VR A_Rm                                                        (4)
        dA_Sm/dt  = u_Sm + CLS/VS A_S - CLSm/VS A_Sm                                                        (5)
        C_R = A_R/VR,    C_S = A_S/VS,    C_Rm = A_Rm/VR,    C_Sm = A_Sm/VS                                 (6)

    Each parent's whole clearance forms its metabolite. Clearances and volumes are apparent (over F).
    """

    sources: ClassVar = ("akil2016",)
    state: ClassVar = CitalopramState
    ka: Scalar = parameter("1/h", "absorption")
    share_R: Scalar = parameter("1", "share of R-citalopram in the dose")
    CLR: Scalar = parameter("L/h", "apparent clearance of R-citalopram")
    VR: Scalar = parameter("L", "apparent volume of R-citalopram")
    CLRm: Scalar = parameter("L/h", "apparent clearance of R-desmethylcitalopram")
    CLS: Scalar = parameter("L/h", "apparent clearance of S-citalopram")
    VS: Scalar = parameter("L", "apparent volume of S-citalopram")
    CLSm: Scalar = parameter("L/h", "apparent clearance of S-desmethylcitalopram")

    def derivative(self, t: Scalar, state: CitalopramState, inputs: CitalopramState) -> CitalopramState:
        """Return rates of change, mg/h."""
        s, u = state, inputs
        absorbed = self.ka * s.gut
        R_out, S_out = self.CLR / self.VR * s.R, self.CLS / self.VS * s.S
        return CitalopramState(
            gut=u.gut - absorbed,  # (1)
            R=u.R + self.share_R * absorbed - R_out,  # (2)
            S=u.S + (1.0 - self.share_R) * absorbed - S_out,  # (3)
            Rm=u.Rm + R_out - self.CLRm / self.VR * s.Rm,  # (4)
            Sm=u.Sm + S_out - self.CLSm / self.VS * s.Sm,  # (5)
        )

    def levels(self, state: CitalopramState) -> tuple[Scalar, ...]:
        """Return citalopram, its enantiomers and their desmethyl metabolites in plasma, ng/mL."""
        s = state
        R, S = NG_PER_ML * s.R / self.VR, NG_PER_ML * s.S / self.VS  # (6)
        return R + S, R, S, NG_PER_ML * s.Rm / self.VR, NG_PER_ML * s.Sm / self.VS


def _covary(values: dict[str, np.ndarray], covariates: Covariates, record: Record) -> dict[str, np.ndarray]:
    """Sex and age act on CLR; CYP2C19, age and weight on CLS; weight on the metabolites."""
    age = covariates.age / record.value("age_reference", "y")
    weight = (covariates.weight / record.value("weight_reference", "kgbw")) ** record.value("allometry", "1")
    women = record.value("CLR_women", "L/h") / record.value("CLR", "L/h")
    normal = record.value("CLS", "L/h")
    slow, unknown = (record.value(name, "L/h") / normal for name in ("CLS_slow", "CLS_unknown"))
    enzyme = np.where(covariates.CYP2C19 >= Metaboliser.NORMAL, 1.0, slow)
    enzyme = np.where(covariates.CYP2C19 == Metaboliser.UNKNOWN, unknown, enzyme)
    return values | {
        "CLR": values["CLR"] * np.where(covariates.female, women, 1.0) * age ** record.value("age_power_R", "1"),
        "CLS": values["CLS"] * enzyme * age ** record.value("age_power_S", "1") * weight,
        "CLRm": values["CLRm"] * weight,
        "CLSm": values["CLSm"] * weight,
    }


@cache
def citalopram() -> Body:
    """Return citalopram with its enantiomers and their desmethyl metabolites."""
    enantiomers = ("citalopram", "R-citalopram", "S-citalopram")
    desmethyl = ("R-desmethylcitalopram", "S-desmethylcitalopram")
    return Body(
        name="akil2016",
        drug="citalopram",
        record="citalopram",
        mechanism=Citalopram,
        entries={Route.ORAL: Into("gut")},
        outputs=tuple(Output(name, Blood.VENOUS) for name in enantiomers)
        + tuple(Output(name, Blood.VENOUS, counted_as=name.replace("desmethyl", "")) for name in desmethyl),
        units={},
        covary=_covary,
        note="elderly people, so half-lives are longer than the 33-35 h of younger adults",
    )
