"""A circuit study that can print and draw itself: what `eu.circuit` gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from euthymia.circuit.spoken import levels_spoken
from euthymia.circuit.study import CircuitStudy, study
from euthymia.report import figures, files
from euthymia.report.circuit_figures import plot_circuit
from euthymia.report.circuit_tables import areas_table, dose_table

if TYPE_CHECKING:
    from pathlib import Path

    from euthymia.circuit.raster import Raster
    from euthymia.report.tables import Table


class CircuitAnswer(CircuitStudy):
    """A circuit at several levels of ketamine, which can print and draw itself."""

    def summary(self, *, areas: bool = False) -> str:
        """Return the dose curve as text, one line a level.

        Args:
            areas: Whether the transfer between two areas follows.
        """
        curve = _aligned(dose_table(self))
        return f"{curve}\n\n{_aligned(areas_table(self.areas()))}" if areas else curve

    def plot(
        self,
        path: str | Path | None = None,
        *,
        areas: bool = False,
        spectrum: bool = False,
        rasters: Sequence[Raster] = (),
    ) -> str:
        """Return the figure as SVG text, and write it where a path is given.

        Args:
            path: Where to write the figure; whole or not at all.
            areas: Whether to draw the transfer between two areas.
            spectrum: Whether to draw the spectra.
            rasters: Runs of the spiking network to draw, from `rasters`.

        Raises:
            OutputError: When the place cannot be written to.
        """
        both = self.areas() if areas else None
        found = figures.standalone(plot_circuit(self, areas=both, spectrum=spectrum, rasters=rasters))
        if path is not None:
            files.write_atomic(path, found)
        return found


def answer(ketamine: str | Sequence[float], changes: Sequence[str]) -> CircuitAnswer:
    """Return the study of `euthymia.api.circuit`.

    Args:
        ketamine: Levels with a unit, or numbers in uM.
        changes: What is done to the circuit, in words.
    """
    levels = levels_spoken(ketamine) if isinstance(ketamine, str) else ketamine
    found = study(levels, changes=changes)
    return CircuitAnswer(**{field.name: getattr(found, field.name) for field in fields(found)})


def _aligned(made: Table) -> str:
    """Return a table's columns as text, set flush right."""
    rows = [[column.title for column in made.columns], *([cell.text for cell in row] for row in made.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.rjust, row, widths)) for row in rows)
