"""Which NMDA receptor a drug blocks: half-block levels by subunit, voltage, magnesium, and potency by molecule."""

from __future__ import annotations

import dataclasses
from enum import Enum
from typing import ClassVar, NamedTuple

import equinox as eqx
import jax.numpy as jnp

from euthymia.engine.mechanism import Scalar, Source, parameter
from euthymia.pharmacology.nmda import EquilibriumBlock
from euthymia.pharmacology.receptor_kinetics import Blocker


class Subunit(Enum):
    """The second subunit of a receptor, GluN2A to GluN2D."""

    A = "2A"
    B = "2B"
    C = "2C"
    D = "2D"


class SubunitBlock(eqx.Module):
    r"""Hyperbolic block of receptors with one kind of subunit.

        theta = c/(c + IC50)                                                                                (1)
        IC50 = IC50_0 exp((V - V_sub) delta_e/V_T) (1 + (f - 1) Mg/Mg_ref exp(-Mg_slope (V - V_sub)))       (2)

    f, the factor of magnesium, is the ratio of the half-block levels measured with and without it; the way it changes
    with the potential is that of the magnesium block of Jahr & Stevens 1990, assumed for all subunits.
    """

    sources: ClassVar = ("kotermanski2009", "gilling2009", "jahr1990")
    IC50_0: Scalar = parameter("uM", "half-block level at V_sub without magnesium")
    IC50_Mg: Scalar = parameter("uM", "half-block level at V_sub with magnesium at Mg_ref")
    V_sub: Scalar = parameter("mV", "potential of the two half-block levels")
    Mg_ref: Scalar = parameter("mM", "magnesium of the second")
    delta_e: Scalar = parameter("1", "electrical depth of the drug's site")
    V_T: Scalar = parameter("mV", "thermal voltage RT/F")
    Mg_slope: Scalar = parameter("1/mV", "steepness of the magnesium block")

    @property
    def f(self) -> Scalar:
        """Factor by which magnesium at Mg_ref raises the half-block level at V_sub."""
        return self.IC50_Mg / self.IC50_0

    def IC50(self, V: Scalar, Mg: Scalar) -> Scalar:
        """Return the half-block level, uM, at ``V`` mV and ``Mg`` mM."""
        magnesium = 1.0 + (self.f - 1.0) * Mg / self.Mg_ref * jnp.exp(-self.Mg_slope * (V - self.V_sub))
        return self.IC50_0 * jnp.exp((V - self.V_sub) * self.delta_e / self.V_T) * magnesium  # (2)

    def __call__(self, c: Scalar, *, V: Scalar, Mg: Scalar) -> Scalar:
        """Return the blocked share at a free level ``c``, uM racemate equivalents, ``V`` mV and ``Mg`` mM."""
        return c / (c + self.IC50(V, Mg))  # (1)


def subunit_block(
    kinetics: Source, levels: Source, subunit: Subunit, blocker: Blocker = Blocker.KETAMINE
) -> SubunitBlock:
    """Return the block of one kind of receptor.

    Args:
        kinetics: The nmda_kinetics record: voltage and magnesium.
        levels: The nmda_subunits record: half-block levels.
        subunit: Which receptor.
        blocker: Which drug.
    """
    return SubunitBlock(
        IC50_0=levels.value(f"IC50_{subunit.value}{blocker.value}", "uM"),
        IC50_Mg=levels.value(f"IC50_Mg_{subunit.value}{blocker.value}", "uM"),
        V_sub=kinetics.value("V_sub", "mV"),
        Mg_ref=kinetics.value("Mg_ref", "mM"),
        delta_e=kinetics.value(f"delta_e{blocker.value}", "1"),
        V_T=kinetics.value("V_T", "mV"),
        Mg_slope=kinetics.value("Mg_slope", "1/mV"),
    )


def equilibrium_by_subunit(
    kinetics: Source,
    levels: Source,
    *,
    E: tuple[Subunit, ...] = (Subunit.A, Subunit.B),
    PV: tuple[Subunit, ...] = (Subunit.D,),
    SST: tuple[Subunit, ...] = (Subunit.C,),
) -> EquilibriumBlock:
    """Return the block of the circuit with half-block levels from subunits, at V_sub and magnesium at Mg_ref.

    Several subunits of a population count with the mean of their levels. That interneurons carry GluN2C and GluN2D is
    an assumption, as is which of them carries which.

    Args:
        kinetics: The nmda_kinetics record.
        levels: The nmda_subunits record.
        E: Subunits of pyramidal cells.
        PV: Subunits of PV cells.
        SST: Subunits of SST cells.
    """

    def mean(subunits: tuple[Subunit, ...]) -> Scalar:
        blocks = [subunit_block(kinetics, levels, subunit) for subunit in subunits]
        return sum(block.IC50_Mg for block in blocks) / len(blocks)

    return EquilibriumBlock(mean(E), mean(PV), mean(SST))


class Ligands(NamedTuple):
    """Free effect-site levels, uM: S- and R-ketamine, S- and R-norketamine."""

    S: Scalar = 0.0
    R: Scalar = 0.0
    SN: Scalar = 0.0
    RN: Scalar = 0.0


class Potency(eqx.Module):
    r"""How much of the racemate each molecule is worth at the receptor.

        Ki_mix = 2/(1/Ki_S + 1/Ki_R)                                                                        (1)
        c = sum_x c_x Ki_mix/Ki_x                                                                           (2)

    Molecules compete for one site, so their levels add after scaling; Ki_x/Ki_mix is the factor on the racemate's
    half-block level (S 0.61, R 2.8, S-norketamine 3.4, R-norketamine 26).
    """

    sources: ClassVar = ("ebert1997",)
    Ki_S: Scalar = parameter("uM", "affinity of S-ketamine")
    Ki_R: Scalar = parameter("uM", "affinity of R-ketamine")
    Ki_SN: Scalar = parameter("uM", "affinity of S-norketamine")
    Ki_RN: Scalar = parameter("uM", "affinity of R-norketamine")

    @classmethod
    def from_record(cls, record: Source) -> Potency:
        """Build from the nmda_subunits record."""
        return cls(**{field.name: record.value(field.name, "uM") for field in dataclasses.fields(cls)})

    def factors(self) -> Ligands:
        """Return the factor of each molecule on the racemate's half-block level."""
        Ki_mix = 2.0 / (1.0 / self.Ki_S + 1.0 / self.Ki_R)  # (1)
        return Ligands(self.Ki_S / Ki_mix, self.Ki_R / Ki_mix, self.Ki_SN / Ki_mix, self.Ki_RN / Ki_mix)

    def racemate_equivalents(self, levels: Ligands) -> Scalar:
        """Return c, uM of racemate, from the free level of each molecule, uM."""
        return sum(level / factor for level, factor in zip(levels, self.factors(), strict=True))  # (2)
