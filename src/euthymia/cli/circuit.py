"""`euthymia circuit`: what ketamine does to the cortical circuit, as tables, JSON or a figure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from euthymia.cli import options, output

if TYPE_CHECKING:
    from euthymia.circuit.areas_study import AreasStudy
    from euthymia.circuit.raster import Raster
    from euthymia.circuit.study import CircuitStudy
    from euthymia.models.two_cells import Demonstration

SCHEMA = "euthymia.circuit/1"
SYNAPSE_SCHEMA = "euthymia.synapse/1"


def circuit(
    ketamine: Annotated[
        str, typer.Option(help="Free levels at the receptors, such as '0 0.3 1 3 10 uM'.")
    ] = "0 0.1 0.3 1 3 10 uM",
    change: Annotated[
        list[str] | None,
        typer.Option(help="Change the circuit, such as 'AMPA 0.7' or 'NMDA SST 0.4'; may be repeated."),
    ] = None,
    areas: Annotated[bool, typer.Option("--areas", help="Add the transfer between two areas, up and back.")] = False,
    spectrum: Annotated[bool, typer.Option("--spectrum", help="Add the spectrum of the field potential.")] = False,
    stability: Annotated[
        bool, typer.Option("--stability", help="Add the onset of a rhythm, folds, long runs.")
    ] = False,
    spiking: Annotated[bool, typer.Option("--spiking", help="Run the spiking network at every level.")] = False,
    neurons: Annotated[int, typer.Option(min=10, max=20_000, help="Cells of the spiking network.")] = 1000,
    ms: Annotated[float, typer.Option(help="How long the spiking network runs.")] = 1000.0,
    synapse: Annotated[
        str, typer.Option(help="Instead: two cells and every way of acting on this receptor, such as AMPA.")
    ] = "",
    level: Annotated[float, typer.Option(help="Level of the drug at the synapse, uM.")] = 1.0,
    seed: options.Seed = 1,
    out: Annotated[Path | None, typer.Option(help="SVG file for the figure.")] = None,
    json: options.AsJson = False,
) -> None:
    """Show what ketamine does to the circuit: rates, gain, gamma, surge, areas, spectrum, stability, spikes."""
    from euthymia.report import files

    if out is not None:
        files.check_file(out)
    if synapse:
        return _synapse(synapse, level, json=json, out=out)
    from euthymia.circuit.spoken import change_spoken, levels_spoken

    levels, changes = levels_spoken(ketamine), [change_spoken(text) for text in change or ()]
    if spiking:
        _check_ms(ms)
    from euthymia.circuit.study import study

    found = study(levels, changes=changes)
    both = found.areas() if areas else None
    with output.progress("running the spiking network"):
        rasters = found.rasters(neurons=neurons, duration=ms, seed=seed) if spiking else []
    if out is not None:
        _draw(out, found, both, spectrum, rasters)
    if json:
        output.emit(_document(found, both, spectrum, stability, rasters, seed))
        return
    _print(found, both, spectrum, stability, rasters)
    if out is not None:
        output.say(f"wrote {out}")


def _check_ms(ms: float) -> None:
    from euthymia.errors import EuthymiaError

    if not (1.0 <= ms <= 60_000.0 and ms == round(ms)):
        raise EuthymiaError(f"--ms is {ms:g}; expected a whole number from 1 to 60000")


def _print(
    found: CircuitStudy, areas: AreasStudy | None, spectrum: bool, stability: bool, rasters: Sequence[Raster]
) -> None:
    from euthymia.report import circuit_tables as tables

    output.show(tables.dose_table(found))
    if areas is not None:
        output.show(tables.areas_table(areas))
    if spectrum:
        output.show(tables.spectrum_table(found))
    if stability:
        output.show(tables.stability_table(_onset(found), found.folds()))
    if stability and not found.stable.all():
        output.show(tables.rhythm_table(found, found.rhythms()))
    if rasters:
        output.show(tables.raster_table(found, rasters))


def _onset(found: CircuitStudy):
    """Return the onset of a rhythm, or None where none is within reach."""
    from euthymia.errors import ConvergenceError

    try:
        return found.onset()
    except ConvergenceError:
        return None


def _draw(out: Path, found: CircuitStudy, areas: AreasStudy | None, spectrum: bool, rasters: Sequence[Raster]) -> None:
    from euthymia.report import figures, files
    from euthymia.report.circuit_figures import plot_circuit

    files.write_atomic(out, figures.standalone(plot_circuit(found, areas=areas, spectrum=spectrum, rasters=rasters)))


def _document(
    found: CircuitStudy,
    areas: AreasStudy | None,
    spectrum: bool,
    stability: bool,
    rasters: Sequence[Raster],
    seed: int,
) -> dict[str, object]:
    document: dict[str, object] = {"schema": SCHEMA, **found.to_dict()}
    if areas is not None:
        document["areas"] = areas.to_dict()
    if spectrum:
        document["spectrum"] = _spectrum(found)
    if stability:
        onset = _onset(found)
        document["stability"] = {
            "onset": None if onset is None else onset._asdict(),
            "folds": [fold._asdict() for fold in found.folds()],
            "rhythms": [
                None if run is None else {**run._asdict(), "rates": list(run.rates)} for run in found.rhythms()
            ],
        }
    if rasters:
        document["spiking"] = {"seed": seed, "runs": [_run(raster) for raster in rasters]}
    return document


def _spectrum(found: CircuitStudy) -> dict[str, object]:
    import numpy as np

    from euthymia.circuit.study import FREQUENCIES

    power = [[float(p) for p in row] if np.isfinite(row).all() else None for row in found.spectra()]
    return {"frequency": [float(f) for f in FREQUENCIES], "power": power}


def _run(raster: Raster) -> dict[str, object]:
    from euthymia.circuit.study import counted_from

    duration = raster.bin * len(raster.counts)
    return {
        "sizes": list(raster.network.sizes),
        "duration": duration,
        "counted_from": counted_from(duration),
        "rates": [float(rate) for rate in raster.mean_rates(counted_from(duration))],
        "spike_times": [float(t) for t in raster.spike_times],
        "spike_cells": [int(cell) for cell in raster.spike_cells],
    }


def _synapse(name: str, level: float, *, json: bool, out: Path | None) -> None:
    """Show two cells joined by one kind of receptor under every way of acting."""
    from euthymia.circuit.synapse_kinds import ReceptorKind, receptor_named
    from euthymia.errors import EuthymiaError, OutputError

    kind = receptor_named(name)
    if out is not None:
        raise OutputError("--synapse has no figure; leave out --out")
    if not 0.0 <= level < float("inf"):
        raise EuthymiaError(f"--level is {level:g}; expected a number of at least 0")
    from euthymia.models.two_cells import Way, demonstrate
    from euthymia.report.circuit_tables import synapse_table

    ways = [way for way in Way if way is not Way.TRAPPING_BLOCK or kind is ReceptorKind.NMDA]
    found = [demonstrate(kind, way, level) for way in ways]
    if json:
        output.emit({"schema": SYNAPSE_SCHEMA, "receptor": kind.value, "ways": [_way(each) for each in found]})
    else:
        output.show(synapse_table(kind.value, found))


def _way(found: Demonstration) -> dict[str, object]:
    return {
        "way": found.way.value,
        "level": found.level,
        "shift": found.shift,
        "peak": found.drugged.peak(),
        "peak_ratio": found.peak_ratio,
        "area_ratio": found.area_ratio,
    }
