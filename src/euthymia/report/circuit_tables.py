"""The circuit's answers as tables: dose curve, spectrum, stability, two areas, spiking runs, a synapse with drugs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from euthymia.circuit.areas import Area
from euthymia.circuit.mean_field import Population
from euthymia.circuit.study import FREQUENCIES, CircuitStudy, counted_from
from euthymia.report import words
from euthymia.report.tables import Cell, Column, Table, Tone, table

if TYPE_CHECKING:
    from euthymia.circuit.areas_study import AreasStudy
    from euthymia.circuit.raster import Raster
    from euthymia.circuit.stability import Fold, Onset, Rhythm
    from euthymia.models.two_cells import Demonstration

KETAMINE = Column("Ketamine, uM", numeric=True)


def dose_table(found: CircuitStudy) -> Table:
    """Return rates, gain, gamma and surge at each level."""
    columns = (
        KETAMINE,
        Column("E Hz (%)", numeric=True),
        Column("PV Hz (%)", numeric=True),
        Column("SST Hz (%)", numeric=True),
        Column("Gain", numeric=True),
        Column("Gamma", numeric=True),
        Column("Surge %", numeric=True),
        Column("Fixed point", whole=True),
    )
    change, surge = found.change(), found.surge()
    rows = [
        (
            f"{c:g}",
            *(_rate(found.rates[k, a], change[k, a]) for a in range(3)),
            _times(found.gain[k]),
            _times(found.gamma[k]),
            words.number(100 * surge[k]),
            _stability(found, k),
        )
        for k, c in enumerate(found.levels)
    ]
    done = f"Changed: {', '.join(found.changes)}. " if found.changes else ""
    note = f"{done}In brackets, and with x: relative to the same circuit without drug. Gamma: 30 to 90 Hz."
    return table("Ketamine in the circuit", columns, rows, note)


def areas_table(found: AreasStudy) -> Table:
    """Return the transfer between a lower and an upper area at each level."""
    columns = (
        KETAMINE,
        Column("Lower E Hz (%)", numeric=True),
        Column("Upper E Hz (%)", numeric=True),
        Column("Up", numeric=True),
        Column("Back", numeric=True),
        Column("Back over up", numeric=True),
        Column("Separation", numeric=True),
        Column("Fixed point", whole=True),
    )
    rates, change = found.rates[:, :, Population.E], found.change()[:, :, Population.E]
    rows = [
        (
            f"{c:g}",
            *(_rate(rates[k, area], change[k, area]) for area in Area),
            _times(found.feedforward[k]),
            _times(found.feedback[k]),
            words.number(found.ratio[k], 2),
            words.number(found.dissociation[k], 2, signed=True),
            "stable" if found.stable[k] else Cell("unstable", Tone.MISS),
        )
        for k, c in enumerate(found.levels)
    ]
    note = (
        f"Up: Hz of the upper area for each Hz of the lower, {words.number(found.at_rest.feedforward, 3)} without "
        f"drug; back: the other way, {words.number(found.at_rest.feedback, 3)}; x: relative to no drug. "
        "Separation: 1 less the change of the way back; no model of dissociation at antidepressant levels."
    )
    return table("Between a lower and an upper area", columns, rows, note)


def spectrum_table(found: CircuitStudy) -> Table:
    """Return where the spectrum peaks above 20 Hz at each level, and how high."""
    gamma = FREQUENCIES >= 20.0
    rows = []
    for c, power in zip(found.levels, found.spectra(), strict=True):
        if not np.isfinite(power).all():
            rows.append((f"{c:g}", words.NO_VALUE, words.NO_VALUE))
            continue
        top = np.argmax(power[gamma])
        peak = 0 < top < gamma.sum() - 1  # at an end of the range the spectrum only falls
        rows.append((f"{c:g}", words.number(FREQUENCIES[gamma][top]) if peak else "none", f"{power[gamma][top]:.3f}"))
    note = "Power of the field potential over its largest at rest. No spectrum where the fixed point is unstable."
    return table(
        "Spectrum above 20 Hz", (KETAMINE, Column("Peak, Hz", True), Column("Largest power", True)), rows, note
    )


def stability_table(onset: Onset | None, folds: Sequence[Fold]) -> Table:
    """Return how far the drive to pyramidal cells is from a rhythm, and where fixed points meet."""
    rows: list[tuple[str, str, str]] = []
    if onset is not None:
        rows.append(("onset of a rhythm", words.number(onset.drive, 4, signed=True), f"{onset.frequency:.1f} Hz"))
    rows += [("fold", words.number(fold.drive, 4, signed=True), f"E at {fold.rate:.2f} Hz") for fold in folds]
    if not rows:
        rows.append(("neither onset nor fold", words.NO_VALUE, words.NO_VALUE))
    columns = (Column("What"), Column("Drive to E moved by", numeric=True), Column("There", whole=True))
    return table("Stability without drug", columns, rows)


def rhythm_table(found: CircuitStudy, rhythms: Sequence[Rhythm | None]) -> Table:
    """Return the long run where the fixed point is unstable."""
    columns = (
        KETAMINE,
        *(Column(f"{name} Hz", numeric=True) for name in ("E", "PV", "SST")),
        Column("Swing of E, Hz", numeric=True),
        Column("Rhythm, Hz", numeric=True),
    )
    rows = [
        (f"{c:g}", *(words.number(each) for each in run.rates), words.number(run.swing), words.number(run.frequency))
        for c, run in zip(found.levels, rhythms, strict=True)
        if run is not None
    ]
    return table("Long run where the fixed point is unstable", columns, rows, "Time averages; trust these there.")


def raster_table(found: CircuitStudy, rasters: Sequence[Raster]) -> Table:
    """Return the spiking network's mean rates beside the mean field's."""
    columns = (
        KETAMINE,
        Column("Spikes", numeric=True),
        *(Column(f"{name} Hz (mean field)", numeric=True) for name in ("E", "PV", "SST")),
    )
    rows = []
    for k, raster in enumerate(rasters):
        seen = raster.mean_rates(counted_from(raster.bin * len(raster.counts)))
        rates = (f"{words.number(r)} ({words.number(m)})" for r, m in zip(seen, found.rates[k], strict=True))
        rows.append((f"{found.levels[k]:g}", str(len(raster.spike_times)), *rates))
    first = rasters[0]
    duration = first.bin * len(first.counts)
    note = (
        f"{first.network.neurons} cells, {duration:g} ms, seed {first.seed}; "
        f"rates from {counted_from(duration):g} ms on."
    )
    return table("Spiking network", columns, rows, note)


def synapse_table(receptor: str, found: Sequence[Demonstration]) -> Table:
    """Return what each way of acting makes of the postsynaptic potential."""
    columns = (
        Column("Drug"),
        Column("Level, uM", numeric=True),
        Column("Rest moves, mV", numeric=True),
        Column("Peak, mV", numeric=True),
        Column("Peak", numeric=True),
        Column("Area", numeric=True),
    )
    rows = [
        (
            each.way.value,
            f"{each.level:g}",
            words.number(each.shift, 3, signed=True),
            words.number(each.drugged.peak(), 3, signed=True),
            _times(each.peak_ratio),
            _times(each.area_ratio),
        )
        for each in found
    ]
    note = "x: relative to the same spikes without drug. Examples of no particular drug, but for trapping: ketamine."
    return table(f"Two cells and a drug: {receptor}, five spikes 20 ms apart", columns, rows, note)


def _rate(rate: float, change: float) -> str:
    return f"{rate:.2f} ({words.number(100 * change, signed=True)})"


def _times(ratio: float) -> str:
    return f"x{ratio:.2f}" if np.isfinite(ratio) else words.NO_VALUE


def _stability(found: CircuitStudy, k: int) -> Cell:
    if found.stable[k]:
        return Cell("stable")
    return Cell(f"unstable: {found.frequency[k]:.0f} Hz", Tone.MISS)
