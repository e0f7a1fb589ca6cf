"""The target: blocked NMDA receptors of each cell population, at equilibrium or following the drug in time.

Two routes with one call, ``block(c) -> Block``: `EquilibriumBlock` takes half-block levels as they are, `EscapingBlock`
makes them from subunit, voltage, magnesium and escape from closed channels, and can also be followed in time.
"""

from __future__ import annotations

import dataclasses
from typing import ClassVar, NamedTuple, Protocol

import equinox as eqx
import jax.numpy as jnp

from euthymia.engine.mechanism import AbstractRelaxation, Scalar, Source, parameter


class Block(NamedTuple):
    """Blocked fraction of the NMDA receptors of pyramidal, PV and SST cells."""

    E: Scalar
    PV: Scalar
    SST: Scalar


class BlockRoute(Protocol):
    """Any way from a free level to blocked receptors; the chain takes one and does not ask which."""

    def __call__(self, c: Scalar) -> Block:
        """Return the block at a free effect-site level ``c``, uM racemate equivalents."""
        ...


class EquilibriumBlock(eqx.Module):
    r"""Hyperbolic block of each population at its own half-block level.

        b_a = c / (c + IC50_a)                                                                              (1)

    Binding (seconds) is at equilibrium on the scale of plasma (minutes). The ratio IC50_E / IC50_SST is the falsifiable
    heart of the disinhibition hypothesis.
    """

    sources: ClassVar = ("gerhard2020",)
    IC50_E: Scalar = parameter("uM", "half-block level on pyramidal cells")
    IC50_PV: Scalar = parameter("uM", "half-block level on PV interneurons")
    IC50_SST: Scalar = parameter("uM", "half-block level on SST interneurons")

    @classmethod
    def from_record(cls, record: Source) -> EquilibriumBlock:
        """Build from the nmda record."""
        return cls(*(record.value(name, "uM") for name in ("IC50_E", "IC50_PV", "IC50_SST")))

    def __call__(self, c: Scalar) -> Block:
        """Return the block at a free effect-site level ``c``, uM racemate equivalents."""
        return Block(*(c / (c + IC50) for IC50 in (self.IC50_E, self.IC50_PV, self.IC50_SST)))  # (1)

    def with_selectivity(self, selectivity: Scalar) -> EquilibriumBlock:
        """Return the block whose IC50_E/IC50_SST is ``selectivity``; PV moves along with SST, E stays."""
        factor = self.IC50_E / self.IC50_SST / selectivity
        return dataclasses.replace(self, IC50_PV=self.IC50_PV * factor, IC50_SST=self.IC50_SST * factor)


class EscapingBlock(AbstractRelaxation[Block, Scalar]):
    r"""Open-channel block of each population with gating averaged and a slow escape from closed channels.

        db_a/dt = k_plus c m_a P_a (1 - b_a) - k_minus_a (P_a + rho_esc) b_a                                (1)
        m_a = 1/(1 + (f_a - 1) Mg/Mg_ref exp(-Mg_slope (V_a - V_sub)))                                      (2)
        k_minus_a = k_plus Kd_a exp((V_a - V_sub) delta_e/V_T)                                              (3)
        b_a = c/(c + IC50_a),   IC50_a = k_minus_a/(k_plus m_a) (1 + rho_esc/P_a)                           (4)

    P_a is the open probability, V_a the mean potential of population a; Kd_a and f_a (the factor by which magnesium
    raises the half-block level at V_sub) belong to its subunits. Without escape the steady block does not depend on
    P_a: an open channel is needed to get in and to get out. With it, busy cells are blocked more. The input of (1) is
    the free level c, uM racemate equivalents.
    """

    sources: ClassVar = ("gilling2009", "kotermanski2009", "jahr1990")
    k_plus: Scalar = parameter("1/(uM*h)", "association with an open channel free of magnesium")
    Kd_E: Scalar = parameter("uM", "dissociation constant at V_sub without magnesium, pyramidal cells")
    Kd_PV: Scalar = parameter("uM", "dissociation constant at V_sub without magnesium, PV cells")
    Kd_SST: Scalar = parameter("uM", "dissociation constant at V_sub without magnesium, SST cells")
    f_E: Scalar = parameter("1", "factor of magnesium on the half-block level at V_sub, pyramidal cells")
    f_PV: Scalar = parameter("1", "factor of magnesium on the half-block level at V_sub, PV cells")
    f_SST: Scalar = parameter("1", "factor of magnesium on the half-block level at V_sub, SST cells")
    V_E: Scalar = parameter("mV", "mean potential of pyramidal cells")
    V_PV: Scalar = parameter("mV", "mean potential of PV cells")
    V_SST: Scalar = parameter("mV", "mean potential of SST cells")
    P_E: Scalar = parameter("1", "mean open probability, pyramidal cells")
    P_PV: Scalar = parameter("1", "mean open probability, PV cells")
    P_SST: Scalar = parameter("1", "mean open probability, SST cells")
    rho_esc: Scalar = parameter("1", "escape from closed channels, relative to the exit from an open one")
    Mg: Scalar = parameter("mM", "extracellular magnesium")
    Mg_ref: Scalar = parameter("mM", "magnesium at which f_E, f_PV and f_SST hold")
    Mg_slope: Scalar = parameter("1/mV", "steepness of the magnesium block")
    V_sub: Scalar = parameter("mV", "potential at which Kd and f hold")
    delta_e: Scalar = parameter("1", "electrical depth of the drug's site")
    V_T: Scalar = parameter("mV", "thermal voltage RT/F")

    def initial_state(self) -> Block:
        """Return receptors without drug."""
        return Block(0.0 * self.Kd_E, 0.0 * self.Kd_PV, 0.0 * self.Kd_SST)

    def relaxation(self, t: Scalar, state: Block, inputs: Scalar) -> tuple[Block, Block]:
        """Return rate (1/h) and drive (1/h); the input is the free level c, uM."""
        open_, free, unbinding = self._open(), self._free_of_magnesium(), self._unbinding()
        entry = Block(*(self.k_plus * inputs * m * P for m, P in zip(free, open_, strict=True)))
        exit_ = Block(*(k * (P + self.rho_esc) for k, P in zip(unbinding, open_, strict=True)))
        return Block(*(on + off for on, off in zip(entry, exit_, strict=True))), entry  # (1)

    def half_block(self) -> Block:
        """Return the steady half-block level of each population, uM."""
        terms = zip(self._unbinding(), self._free_of_magnesium(), self._open(), strict=True)
        return Block(*(k / (self.k_plus * m) * (1.0 + self.rho_esc / P) for k, m, P in terms))

    def __call__(self, c: Scalar) -> Block:
        """Return the steady block at a free effect-site level ``c``, uM racemate equivalents."""
        return Block(*(c / (c + IC50) for IC50 in self.half_block()))  # (4)

    def with_selectivity(self, selectivity: Scalar) -> EscapingBlock:
        """Return the block whose IC50_E/IC50_SST is ``selectivity``; PV moves along with SST, E stays."""
        IC50 = self.half_block()
        factor = IC50.E / IC50.SST / selectivity
        return dataclasses.replace(self, Kd_PV=self.Kd_PV * factor, Kd_SST=self.Kd_SST * factor)

    def _open(self) -> Block:
        return Block(self.P_E, self.P_PV, self.P_SST)

    def _free_of_magnesium(self) -> Block:
        share = self.Mg / self.Mg_ref
        terms = ((self.f_E, self.V_E), (self.f_PV, self.V_PV), (self.f_SST, self.V_SST))
        return Block(
            *(1.0 / (1.0 + (f - 1.0) * share * jnp.exp(-self.Mg_slope * (V - self.V_sub))) for f, V in terms)  # (2)
        )

    def _unbinding(self) -> Block:
        terms = ((self.Kd_E, self.V_E), (self.Kd_PV, self.V_PV), (self.Kd_SST, self.V_SST))
        return Block(
            *(self.k_plus * Kd * jnp.exp((V - self.V_sub) * self.delta_e / self.V_T) for Kd, V in terms)  # (3)
        )
