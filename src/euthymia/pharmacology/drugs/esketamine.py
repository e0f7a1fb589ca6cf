"""Esketamine nasal, oral and intravenous (Perez-Ruixo 2021), the default body of esketamine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import ClassVar, NamedTuple, Self

import numpy as np

from euthymia.engine.mechanism import Scalar, Source, parameter
from euthymia.evidence import Record, load_record
from euthymia.pharmacology.absorption import NasalDevice
from euthymia.pharmacology.body import Blood, Body, Output, Route
from euthymia.pharmacology.covariates import Covariates
from euthymia.pharmacology.disposition import Esketamine, EsketamineInput, EsketamineState
from euthymia.pharmacology.drugs.base import AbstractDisposition
from euthymia.pharmacology.entry import Into, Spray

AGE_FLOW_STARTS = 60.0  # years; hepatic flow falls with each year above (Perez-Ruixo 2021)
LEAST_FLOW = 0.1  # share of the hepatic flow that stays at any age, so that it cannot turn negative


class EsketamineOralState(NamedTuple):
    """Amounts, mg: those of the spray's disposition, and the depot of an oral solution."""

    nas: Scalar
    sw: Scalar
    c: Scalar
    p1: Scalar
    p2: Scalar
    hep: Scalar
    nk: Scalar
    nkp: Scalar
    po: Scalar


class EsketamineOral(AbstractDisposition[EsketamineOralState, EsketamineOralState]):
    r"""The disposition of `Esketamine` with a depot of its own for an oral solution (Perez-Ruixo 2021).

        dA_po/dt  = u_po - ka_po A_po                                                                       (1)
        dA_hep/dt = ... + ka_po A_po                                                                        (2)

    The paper has one depot for what is swallowed, with another rate by formulation; two depots let one person take
    both. Concentrations are venous, total; noresketamine is counted in esketamine mass.
    """

    sources: ClassVar = ("perezruixo2021",)
    state: ClassVar = EsketamineOralState
    disposition: Esketamine
    ka_po: Scalar = parameter("1/h", "absorption of an oral solution")

    @classmethod
    def numbers(cls) -> dict[str, str]:
        """Return the unit of every number, those of the disposition first."""
        inner = {name: unit for name, (unit, _) in Esketamine.parameters().items()}
        return inner | super().numbers()

    @classmethod
    def build(cls, values: Mapping[str, np.ndarray]) -> Self:
        """Return the mechanism of people with these numbers."""
        inner = Esketamine(**{name: values[name] for name in Esketamine.parameters()})
        return cls(disposition=inner, ka_po=values["ka_po"])

    @classmethod
    def from_record(cls, record: Source) -> Self:
        """Build the mechanism from the esketamine record."""
        return cls(disposition=Esketamine.from_record(record), ka_po=record.value("ka_po", "1/h"))

    def derivative(self, t: Scalar, state: EsketamineOralState, inputs: EsketamineOralState) -> EsketamineOralState:
        """Return rates of change, mg/h."""
        *amounts, po = state
        *given, given_po = inputs
        inner = self.disposition.derivative(t, EsketamineState(*amounts), EsketamineInput(0.0, 0.0))
        absorbed = self.ka_po * po
        total = [rate + u for rate, u in zip(inner, given, strict=True)]
        total[EsketamineState._fields.index("hep")] += absorbed  # (2)
        return EsketamineOralState(*total, po=given_po - absorbed)  # (1)

    def levels(self, state: EsketamineOralState) -> tuple[Scalar, ...]:
        """Return S-ketamine and S-norketamine in venous plasma, ng/mL."""
        inner = EsketamineState(*state[:-1])
        return self.disposition.plasma(inner), self.disposition.noresketamine(inner)


def _covary(values: dict[str, np.ndarray], covariates: Covariates, record: Record) -> dict[str, np.ndarray]:
    """Age lowers hepatic flow; Asian and Japanese people carry their published factors."""
    asian, japanese = covariates.asian, covariates.japanese
    years = np.maximum(covariates.age - AGE_FLOW_STARTS, 0.0)
    flow = values["Qh"] + record.value("s_age", "L/h/y") * years
    nasal = values["FRn"] * np.where(japanese, record.value("mult_FRn_Japanese", "1"), 1.0)
    return values | {
        "Qh": np.maximum(flow, LEAST_FLOW * values["Qh"]),
        "kel": values["kel"] * np.where(asian, record.value("mult_kel_Asian", "1"), 1.0),
        "CLn": values["CLn"] * np.where(asian, record.value("mult_CLn_Asian", "1"), 1.0),
        "FRn": np.minimum(nasal, 1.0),
    }


@cache
def esketamine() -> Body:
    """Return S-ketamine and S-norketamine, venous, nasal devices, oral solution and intravenous doses."""
    return Body(
        name="perezruixo2021",
        drug="esketamine",
        record="esketamine",
        mechanism=EsketamineOral,
        entries={
            Route.NASAL: Spray("nas", "sw", NasalDevice.from_record(load_record("esketamine"))),
            Route.INTRAVENOUS: Into("c"),
            Route.ORAL: Into("po", fractions=("F_gut",), zero_order="D_po"),
        },
        outputs=(
            Output("S-ketamine", Blood.VENOUS),
            Output("S-norketamine", Blood.VENOUS, counted_as="S-ketamine"),
        ),
        units={"FRn": "1", "F_gut": "1", "D_po": "h"},
        covary=_covary,
        note="venous; during absorption the arterial curve runs above it by an unknown amount",
    )
