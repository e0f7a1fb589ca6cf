"""Norketamine and hydroxynorketamine after racemic ketamine by any route: placeholders on the default body."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import ClassVar, NamedTuple, Self

import numpy as np

from euthymia.engine.mechanism import Scalar, Source, parameter
from euthymia.evidence import load_record
from euthymia.pharmacology.body import Blood, Body, Output
from euthymia.pharmacology.drugs.base import NG_PER_ML, AbstractDisposition
from euthymia.pharmacology.drugs.ketamine_kamp import Ketamine, KetamineState, ketamine_kamp


class MetabolitesState(NamedTuple):
    """Amounts, mg of ketamine: those of the racemate, norketamine central and peripheral, hydroxynorketamine."""

    im: Scalar
    sc: Scalar
    nasal: Scalar
    oral: Scalar
    sublingual: Scalar
    rectal: Scalar
    c: Scalar
    p1: Scalar
    p2: Scalar
    n: Scalar
    np: Scalar
    hnk: Scalar


class Metabolites(AbstractDisposition[MetabolitesState, MetabolitesState]):
    r"""The racemate's disposition (`Ketamine`), its whole clearance forming norketamine, and that its hydroxy form.

        dA_n/dt  = u_n + CL/V1 A1 - (CLn+Qn)/Vn A_n + Qn/Vpn A_np                                           (1)
        dA_np/dt = u_np + Qn/Vn A_n - Qn/Vpn A_np                                                           (2)
        dA_h/dt  = u_h + CLn/Vn A_n - ln 2/t_h A_h                                                          (3)
        C_n = A_n/Vn,    C_h = A_h/Vh                                                                       (4)

    A placeholder: no population model of these metabolites after the racemate was found, first pass forms none here,
    and every number is assumed. Both are counted in ketamine mass.
    """

    sources: ClassVar = ()
    state: ClassVar = MetabolitesState
    parent: Ketamine
    Vn: Scalar = parameter("L", "central volume of norketamine")
    CLn: Scalar = parameter("L/h", "clearance of norketamine, all of it to hydroxynorketamine")
    Vpn: Scalar = parameter("L", "peripheral volume of norketamine")
    Qn: Scalar = parameter("L/h", "exchange of norketamine with its peripheral compartment")
    t_h: Scalar = parameter("h", "half-life of hydroxynorketamine")
    Vh: Scalar = parameter("L", "volume of hydroxynorketamine")

    @classmethod
    def numbers(cls) -> dict[str, str]:
        """Return the unit of every number, the parent's first."""
        return Ketamine.numbers() | super().numbers()

    @classmethod
    def build(cls, values: Mapping[str, np.ndarray]) -> Self:
        """Return the mechanism of people with these numbers."""
        return cls(parent=Ketamine.build(values), **{name: values[name] for name in cls.parameters()})

    @classmethod
    def from_record(cls, record: Source) -> Self:
        """Build the mechanism from the record of the metabolites, the parent from its own."""
        own = {name: record.value(name, unit) for name, (unit, _) in cls.parameters().items()}
        return cls(parent=Ketamine.from_record(load_record("ketamine_kamp")), **own)

    def derivative(self, t: Scalar, state: MetabolitesState, inputs: MetabolitesState) -> MetabolitesState:
        """Return rates of change, mg/h."""
        s, u = state, inputs
        depth = len(KetamineState._fields)
        parent = self.parent.derivative(t, KetamineState(*s[:depth]), KetamineState(*u[:depth]))
        formed = self.parent.CL / self.parent.V1 * s.c
        exchange = self.Qn / self.Vn * s.n - self.Qn / self.Vpn * s.np
        hydroxylated = self.CLn / self.Vn * s.n
        return MetabolitesState(
            *parent,
            n=u.n + formed - hydroxylated - exchange,  # (1)
            np=u.np + exchange,  # (2)
            hnk=u.hnk + hydroxylated - math.log(2.0) / self.t_h * s.hnk,  # (3)
        )

    def levels(self, state: MetabolitesState) -> tuple[Scalar, ...]:
        """Return the parent's levels, norketamine and hydroxynorketamine, ng/mL."""
        parent = self.parent.levels(KetamineState(*state[: len(KetamineState._fields)]))
        return *parent, NG_PER_ML * state.n / self.Vn, NG_PER_ML * state.hnk / self.Vh  # (4)


@cache
def hydroxynorketamine() -> Body:
    """Return racemic ketamine by every route with norketamine and hydroxynorketamine as placeholders."""
    parent = ketamine_kamp()
    metabolites = (
        Output("norketamine", Blood.VENOUS, counted_as="ketamine"),
        Output("hydroxynorketamine", Blood.VENOUS, counted_as="ketamine"),
    )
    return replace(
        parent,
        name="kamp2020-metabolites",
        mechanism=Metabolites,
        outputs=parent.outputs + metabolites,
        also=(*parent.also, "hydroxynorketamine"),
        note="parent arterial, metabolites placeholders without a source",
    )
