"""The circuit and the single synapse: what is asked of them, and what they show."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from euthymia.web import limits
from euthymia.web.schemas import Answer, Body, Numbers, Seed

Level = Annotated[float, Field(ge=0, le=1000)]
Change = Annotated[str, Field(max_length=60)]


class CircuitAsked(Body):
    """Levels of ketamine in a circuit, changed or not."""

    levels: list[Level] = Field(
        default=[0.0, 0.1, 0.3, 1.0, 3.0, 10.0],
        min_length=1,
        max_length=limits.MOST_LEVELS,
        description="Free ketamine at the receptors, uM racemate equivalents.",
    )
    changes: list[Change] = Field(
        default=[], max_length=8, description='Other drugs and changes, such as "AMPA 0.7" or "5-HT1A 0.5".'
    )
    spectrum: bool = Field(default=True, description="Whether to answer spectra of the field potential.")


class RasterAsked(Body):
    """Spikes of a small network at one level."""

    level: Level = Field(default=1.0, description="Free ketamine at the receptors, uM.")
    changes: list[Change] = Field(default=[], max_length=8)
    cells: int = Field(default=300, ge=50, le=limits.MOST_CELLS)
    ms: int = Field(default=500, ge=50, le=int(limits.LONGEST_RASTER), description="How long, ms.")
    seed: Seed = 1


class Populations(Answer):
    """A number of each population: pyramidal cells, PV and SST interneurons."""

    E: float
    PV: float
    SST: float


class LevelAnswer(Answer):
    """The circuit at one level."""

    ketamine: float = Field(description="uM.")
    block: Populations = Field(description="Blocked share of NMDA receptors.")
    rate: Populations = Field(description="Rates at the fixed point, Hz.")
    change: Populations = Field(description="Relative change of the rates; 0.1 is 10 % faster.")
    gain: float = Field(description="Gain of pyramidal cells over that without drug.")
    gamma: float | None = Field(description="Gamma power (30 to 90 Hz) over that without drug; null if unstable.")
    surge: float = Field(description="Relative rise of the pyramidal rate that plasticity reads.")
    growth: float = Field(description="1/s; above 0 the fixed point is unstable.")
    frequency: float = Field(description="Hz, of the leading mode.")
    stable: bool


class Spectrum(Answer):
    """Power of the field potential, relative to the largest without drug."""

    frequency: list[float] = Field(description="Hz.")
    power: list[Numbers | None] = Field(description="One list a level; null where unstable.")


class DoseCurve(Answer):
    """The relative surge over a fixed range of levels, for the slider's chart."""

    ketamine: list[float] = Field(description="uM.")
    surge: list[float]


class CircuitAnswer(Answer):
    """The circuit at all levels."""

    schema_: Literal["euthymia.web.circuit/1"] = Field(default="euthymia.web.circuit/1", alias="schema")
    changes: list[str]
    rest: Populations = Field(description="Rates without drug, Hz.")
    levels: list[LevelAnswer]
    spectrum: Spectrum | None
    curve: DoseCurve
    command: str


class RasterAnswer(Answer):
    """Spikes: cells are numbered E first, then PV, then SST."""

    schema_: Literal["euthymia.web.raster/1"] = Field(default="euthymia.web.raster/1", alias="schema")
    sizes: dict[Literal["E", "PV", "SST"], int] = Field(description="Cells of each population.")
    ms: float
    spike_ms: list[float] = Field(description="Time of each spike, ms, ascending.")
    spike_cell: list[int]
    bin_ms: float
    rates: dict[Literal["E", "PV", "SST"], list[float]] = Field(description="Hz in each bin.")
    mean: Populations = Field(description="Mean rates after settling, Hz.")
    mean_field: Populations = Field(description="What the mean field says, Hz.")
    command: str


class SynapseAsked(Body):
    """One synapse, a train of spikes, a drug."""

    receptor: Annotated[str, Field(max_length=40)] = Field(default="AMPA", description="See /meta receptors.")
    way: Annotated[str, Field(max_length=40)] = Field(default="competitive antagonist", description="See /meta ways.")
    level: float = Field(default=1.0, ge=0, le=1000, description="Level of the drug, uM.")


class Trace(Answer):
    """What happened in one run."""

    transmitter: list[float] = Field(description="In the cleft, mM.")
    open: list[float] = Field(description="Share of channels that are open.")
    current: list[float] = Field(description="Current, inward positive, mV times leak.")
    V: list[float] = Field(description="Potential of the postsynaptic cell, mV.")


class SynapseAnswer(Answer):
    """The same spikes without and with the drug."""

    schema_: Literal["euthymia.web.synapse/1"] = Field(default="euthymia.web.synapse/1", alias="schema")
    receptor: str
    way: str
    level: float = Field(description="uM.")
    t_ms: list[float]
    spikes_ms: list[float]
    without: Trace
    drugged: Trace
    peak_ratio: float | None = Field(description="Peak of the potential with the drug over that without.")
    area_ratio: float | None = Field(description="Area under the potential with the drug over that without.")
    shift: float = Field(description="How far the drug alone moves the resting potential, mV.")
    command: str
