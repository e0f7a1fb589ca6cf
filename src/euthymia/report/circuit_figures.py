"""The circuit's figure: dose curves, and below them two areas, spectra and rasters where they were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from euthymia.circuit.mean_field import Population
from euthymia.circuit.study import FREQUENCIES, CircuitStudy
from euthymia.report import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from euthymia.circuit.areas_study import AreasStudy
    from euthymia.circuit.raster import Raster

CELL_COLOURS = dict(zip(Population, drawing.PALETTE, strict=False))
PANEL_INCHES = 2.1
CELLS_DRAWN = 120  # of each raster; evenly spaced over the populations' shares
CURVE_POINTS = 200


def plot_circuit(
    found: CircuitStudy,
    *,
    areas: AreasStudy | None = None,
    spectrum: bool = False,
    rasters: Sequence[Raster] = (),
) -> str:
    """Return the figure as an SVG element.

    Args:
        found: The circuit at several levels.
        areas: Two areas of it at the same levels, or none.
        spectrum: Whether to draw the spectra.
        rasters: Runs of the spiking network, one a level in order, or none.
    """
    rows = 2 + (areas is not None) + spectrum + len(rasters)

    def draw(figure: Figure) -> None:
        panels = iter(figure.subplots(rows, 1, squeeze=False)[:, 0])
        _rates(next(panels), found)
        _small_signals(next(panels), found)
        if areas is not None:
            _transfer(next(panels), areas)
        if spectrum:
            _spectra(next(panels), found)
        for c, raster in zip(found.levels, rasters, strict=False):
            _raster(next(panels), raster, c)

    return drawing.drawn(0.4 + PANEL_INCHES * rows, draw, "Ketamine in the circuit")


def _rates(axes: Axes, found: CircuitStudy) -> None:
    """Draw the change of each population's rate; lines only join the levels that were asked for."""
    change = 100 * found.change()
    order = np.argsort(found.levels)
    for a in Population:
        axes.plot(found.levels[order], change[order, a], "o-", ms=3.5, color=CELL_COLOURS[a], label=a.name)
    c = found.levels.max() * np.linspace(0.0, 1.0, CURVE_POINTS) ** 2  # closer where the axis is
    surge = 100 * np.asarray(found.curve.surge(c))
    axes.fill_between(c, 0.0, surge, color=CELL_COLOURS[Population.E], alpha=0.15, linewidth=0, label="surge")
    axes.set_title("Firing rates")
    axes.set_ylabel("change, %")
    _levels_axis(axes, found.levels)
    axes.legend(ncols=4)


def _small_signals(axes: Axes, found: CircuitStudy) -> None:
    lines = ((found.gain, "gain", drawing.PALETTE[3]), (found.gamma, "gamma", drawing.PALETTE[4]))
    _against_no_drug(axes, "Gain of pyramidal cells and gamma power", found.levels, lines)


def _transfer(axes: Axes, areas: AreasStudy) -> None:
    """Draw the transfer in both directions."""
    up = (areas.feedforward, "lower to upper", drawing.PALETTE[0])
    back = (areas.feedback, "upper to lower", drawing.PALETTE[1])
    _against_no_drug(axes, "Transfer between two areas", areas.levels, (up, back))


def _against_no_drug(axes: Axes, title: str, levels: np.ndarray, lines: Sequence[tuple[np.ndarray, str, str]]) -> None:
    """Draw what is 1 without drug over its level; a line is values, label and colour."""
    order = np.argsort(levels)
    for values, label, colour in lines:
        axes.plot(levels[order], values[order], "o-", ms=3.5, color=colour, label=label)
    axes.axhline(1.0, color=drawing.REFERENCE_COLOUR, linewidth=0.8)
    axes.set_title(title)
    axes.set_ylabel("relative to no drug")
    _levels_axis(axes, levels)
    axes.legend(ncols=2)


def _spectra(axes: Axes, found: CircuitStudy) -> None:
    import matplotlib

    shades = matplotlib.colormaps["viridis"](np.linspace(0.0, 0.85, len(found.levels)))
    for c, power, colour in zip(found.levels, found.spectra(), shades, strict=True):
        if np.isfinite(power).all():
            axes.semilogy(FREQUENCIES, power, color=colour, label=f"{c:g} uM")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_title("Spectrum of the field potential")
    axes.set_xlabel("Hz")
    axes.set_ylabel("power")
    if axes.get_lines():
        axes.legend(ncols=3)


def _raster(axes: Axes, raster: Raster, c: float) -> None:
    """Draw the spikes of evenly spaced cells, pyramidal cells below."""
    neurons, bounds = raster.network.neurons, np.array(raster.network.bounds())
    every = max(1, neurons // CELLS_DRAWN)
    shown = raster.spike_cells % every == 0
    of = np.searchsorted(bounds, raster.spike_cells[shown], side="right") - 1
    times, cells = raster.spike_times[shown], raster.spike_cells[shown]
    for a in Population:  # one broken line a population keeps the file small
        t, cell = (np.repeat(values[of == a], 3).astype(float) for values in (times, cells))
        cell[1::3] += 0.8 * every
        cell[2::3] = np.nan
        axes.plot(t, cell, color=CELL_COLOURS[a], linewidth=1.0)
    axes.set_xlim(0, raster.bin * len(raster.counts))
    axes.set_ylim(0, neurons)
    axes.set_yticks((bounds[:-1] + bounds[1:]) / 2, [a.name for a in Population])
    axes.grid(visible=False)
    axes.set_title(f"Spikes at {c:g} uM ({len(np.arange(0, neurons, every))} of {neurons} cells)")
    axes.set_xlabel("ms")


def _levels_axis(axes: Axes, levels: np.ndarray) -> None:
    """Set the axis of levels: linear around nothing, logarithmic above."""
    positive = levels[levels > 0]
    axes.set_xlabel("free ketamine, uM")
    if positive.size > 1 and positive.max() > 10 * positive.min():
        axes.set_xscale("symlog", linthresh=float(positive.min()))
        ticks = np.unique(levels)
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.set_xlim(-0.1 * float(positive.min()), 1.1 * float(positive.max()))
        axes.minorticks_off()
