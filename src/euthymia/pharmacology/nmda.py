"""The target: blocked NMDA receptors of each cell population at equilibrium."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import equinox as eqx

from euthymia.engine.mechanism import Scalar, Source, parameter


class Block(NamedTuple):
    """Blocked fraction of the NMDA receptors of pyramidal, PV and SST cells."""

    E: Scalar
    PV: Scalar
    SST: Scalar


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
