"""What clears a transmitter, and what stops it: occupied serotonin transporters, uptake, breakdown by enzymes."""

from __future__ import annotations

import math
from enum import Enum
from typing import ClassVar, NamedTuple

import jax.numpy as jnp

from euthymia.engine.mechanism import AbstractRelaxation, Scalar, parameter
from euthymia.errors import UnknownNameError
from euthymia.evidence import Record
from euthymia.pharmacology.response import AbstractLaw


class Region(Enum):
    """Where occupancy was fitted, in the order of preference; the value is its spelling in the record."""

    STRIATUM = "striatum"
    CAUDATE = "caudate"
    PUTAMEN = "putamen"
    THALAMUS = "thalamus"
    MIDBRAIN = "midbrain"
    RAPHE_NUCLEI = "raphe_nuclei"
    DORSAL_RAPHE = "dorsal_raphe"
    AMYGDALA = "amygdala"


class PlasmaOccupancy(AbstractLaw):
    r"""Occupied serotonin transporters from the level in plasma.

        theta = Omax C/(C + EC50_SERT)                                                                      (1)

    C is total drug in plasma, a metabolite that binds added to it (fluoxetine and norfluoxetine). Occupancy follows
    the level without delay, so it fades after the last dose as the kinetics say, and slower than the level as long
    as that is well above EC50_SERT.
    """

    sources: ClassVar = ("meyer2001",)
    Omax: Scalar = parameter("1", "largest occupancy of serotonin transporters")
    EC50_SERT: Scalar = parameter("ng/mL", "level in plasma at half of Omax")

    def __call__(self, C: Scalar, metabolite: Scalar = 0.0) -> Scalar:
        """Return the occupied share at total levels of drug and active metabolite, ng/mL."""
        total = C + metabolite
        return self.Omax * total / (total + self.EC50_SERT)  # (1)

    def level(self, theta: Scalar) -> Scalar:
        """Return the level, ng/mL, that occupies ``theta``, below Omax."""
        return self.EC50_SERT * theta / (self.Omax - theta)


class DoseOccupancy(AbstractLaw):
    r"""Occupied serotonin transporters from the daily dose, at steady state.

        theta = min(Vmax, 1) D/(D + D50)                                                                    (1)

    For drugs whose level for half of the occupancy is not known. Some fitted asymptotes lie above 100 %, which no
    occupancy can: they are capped.
    """

    sources: ClassVar = ("sorensen2022",)
    Vmax: Scalar = parameter("1", "asymptote of occupancy, as fitted")
    D50: Scalar = parameter("mg/d", "daily dose at half of the asymptote")

    def __call__(self, D: Scalar) -> Scalar:
        """Return the occupied share at steady state on ``D`` mg a day."""
        return jnp.minimum(self.Vmax, 1.0) * D / (D + self.D50)  # (1)


def plasma_occupancy(record: Record, drug: str) -> PlasmaOccupancy:
    """Return the occupancy of a drug from its level in plasma.

    Args:
        record: The sert record.
        drug: Its name, such as ``sertraline``.

    Raises:
        UnknownNameError: When the record has no level of half occupancy for it.
    """
    known = [name.removeprefix("EC50_") for name in record if name.startswith("EC50_")]
    if drug not in known:
        raise UnknownNameError("plasma route to occupancy for drug", drug, known)
    return PlasmaOccupancy(record.value("Omax", "1"), record.value(f"EC50_{drug}", "ng/mL"))


def dose_occupancy(record: Record, drug: str, region: Region | None = None) -> DoseOccupancy:
    """Return the occupancy of a drug from its daily dose.

    Args:
        record: The sert record.
        drug: Its name, such as ``venlafaxine``.
        region: Where; the first of `Region` that was fitted, if left out.

    Raises:
        UnknownNameError: When the record has no fit for the drug, or none in that region.
    """
    fitted = _fitted_regions(record)
    if drug not in fitted:
        raise UnknownNameError("dose route to occupancy for drug", drug, fitted)
    chosen = fitted[drug][0] if region is None else region
    if chosen not in fitted[drug]:
        known = (place.value for place in fitted[drug])
        raise UnknownNameError(f"occupancy of {drug} fitted in region", chosen.value, known)
    key = f"{drug}_{chosen.value}"
    return DoseOccupancy(record.value(f"Vmax_{key}", "1"), record.value(f"D50_{key}", "mg/d"))


class Reuptake(AbstractLaw):
    r"""Carrier-mediated uptake and a competitive inhibitor of it.

        J = Vmax S/(Km (1 + I/Ki) + S)                                                                      (1)
        S = Km (1 + I/Ki) release/(Vmax - release)                                                          (2)
        IC50 = Ki (1 + S/Km)                                                                                (3)

    (2) is the transmitter outside the cell at rest, if nothing else removes it: the inhibitor raises it in
    proportion to 1 + I/Ki. (3) is the relation of Cheng and Prusoff.
    """

    Vmax: Scalar = parameter("uM/h", "largest rate of uptake")
    Km: Scalar = parameter("uM", "transmitter at half of the largest rate")
    Ki: Scalar = parameter("uM", "inhibition constant of the drug")

    def __call__(self, S: Scalar, inhibitor: Scalar) -> Scalar:
        """Return uptake, uM/h, at ``S`` uM of transmitter and ``inhibitor`` uM of free drug."""
        return self.Vmax * S / (self.Km * (1.0 + inhibitor / self.Ki) + S)  # (1)

    def resting(self, release: Scalar, inhibitor: Scalar) -> Scalar:
        """Return the transmitter, uM, at which uptake balances ``release``, uM/h and below Vmax."""
        return self.Km * (1.0 + inhibitor / self.Ki) * release / (self.Vmax - release)  # (2)

    def IC50(self, S: Scalar) -> Scalar:
        """Return the free drug, uM, that halves uptake at ``S`` uM."""
        return self.Ki * (1.0 + S / self.Km)  # (3)


class ReversibleInhibition(AbstractLaw):
    r"""An enzyme and an inhibitor that comes and goes, at its active site, elsewhere, or both.

        v = Vcat S/(Kcat (1 + I/Kic) + S (1 + I/Kiu))                                                       (1)
        IC50 = (Kcat + S)/(Kcat/Kic + S/Kiu)                                                                (2)

    Kiu without bound: competitive; Kic without bound: uncompetitive; both equal: non-competitive.
    """

    Vcat: Scalar = parameter("uM/h", "largest rate of the enzyme")
    Kcat: Scalar = parameter("uM", "substrate at half of the largest rate")
    Kic: Scalar = parameter("uM", "inhibition constant on the free enzyme")
    Kiu: Scalar = parameter("uM", "inhibition constant on the enzyme with substrate")

    def __call__(self, S: Scalar, inhibitor: Scalar) -> Scalar:
        """Return the rate, uM/h, at ``S`` uM of substrate and ``inhibitor`` uM."""
        free, bound = 1.0 + inhibitor / self.Kic, 1.0 + inhibitor / self.Kiu
        return self.Vcat * S / (self.Kcat * free + S * bound)  # (1)

    def IC50(self, S: Scalar) -> Scalar:
        """Return the inhibitor, uM, that halves the rate at ``S`` uM."""
        return (self.Kcat + S) / (self.Kcat / self.Kic + S / self.Kiu)  # (2)


class EnzymeState(NamedTuple):
    """Active enzyme, 1 without drug."""

    active: Scalar


class IrreversibleInhibition(AbstractRelaxation[EnzymeState, Scalar]):
    r"""An inhibitor that destroys the enzyme, which only new enzyme replaces, as with classical MAO inhibitors.

        dE/dt = kdeg (1 - E) - kinact I/(I + KI) E                                                          (1)
        E = kdeg/(kdeg + kinact I/(I + KI))                                                                 (2)

    Recovery takes the enzyme's own turnover, ln 2/kdeg to half, however fast the drug leaves.
    """

    kdeg: Scalar = parameter("1/h", "turnover of the enzyme")
    kinact: Scalar = parameter("1/h", "largest rate of inactivation")
    KI: Scalar = parameter("uM", "inhibitor at half of the largest rate")

    def initial_state(self) -> EnzymeState:
        """Return all enzyme active."""
        return EnzymeState(1.0 + 0.0 * self.kdeg)

    def relaxation(self, t: Scalar, state: EnzymeState, inputs: Scalar) -> tuple[EnzymeState, EnzymeState]:
        """Return rate and drive, 1/h; the input is the free inhibitor, uM."""
        return EnzymeState(self.kdeg + self._loss(inputs)), EnzymeState(self.kdeg)  # (1)

    def steady(self, inhibitor: Scalar) -> Scalar:
        """Return active enzyme under a constant level, uM."""
        return self.kdeg / (self.kdeg + self._loss(inhibitor))  # (2)

    def recovery_half_time(self) -> Scalar:
        """Return the time to regain half of what was lost, h."""
        return math.log(2.0) / self.kdeg

    def _loss(self, inhibitor: Scalar) -> Scalar:
        return self.kinact * inhibitor / (inhibitor + self.KI)


def _fitted_regions(record: Record) -> dict[str, list[Region]]:
    """Return the regions fitted for each drug, in the order of preference."""
    found: dict[str, list[Region]] = {}
    for place in Region:
        for name in record:
            if name.startswith("D50_") and name.endswith(f"_{place.value}"):
                found.setdefault(name.removeprefix("D50_").removesuffix(f"_{place.value}"), []).append(place)
    return found
