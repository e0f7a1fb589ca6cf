"""Sheets of panels: lines with units and a caption, drawn in one way that can be read in grey, and as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from euthymia.report import drawing, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.typing import LineStyleType

COLUMNS = 2
ROW_INCHES, LEGEND_INCHES = 1.9, 0.4
# Colours that differ in lightness too, each with a dash of its own: the same line in colour and in grey.
LOOKS: tuple[tuple[str, LineStyleType], ...] = (
    ("#111827", "-"),
    ("#D55E00", "--"),
    ("#0072B2", "-."),
    ("#9CA3AF", "-"),
    ("#009E73", ":"),
    ("#CC79A7", (0, (5, 1, 1, 1, 1, 1))),
)


@dataclass(frozen=True)
class Line:
    """One curve; ``low`` and ``high`` are the edges of a band around it, where there is one.

    Attributes:
        label: What the curve is; the same label looks the same in every panel of a sheet.
        x: Places, [point].
        y: Values, [point].
        low: Lower edge, [point].
        high: Upper edge, [point].
    """

    label: str
    x: np.ndarray
    y: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None


@dataclass(frozen=True)
class Panel:
    """Curves that share their axes.

    Attributes:
        title: What is shown.
        unit: Unit of the values; 1 for none.
        along: What is on the other axis, with its unit.
        lines: The curves.
        marks: Places to be marked by a thin upright line, each with its word.
        logarithmic: Whether the other axis is logarithmic.
    """

    title: str
    unit: str
    along: str
    lines: tuple[Line, ...]
    marks: tuple[tuple[float, str], ...] = ()
    logarithmic: bool = False


@dataclass(frozen=True)
class Sheet:
    """A figure of several panels.

    Attributes:
        name: A word for it.
        title: What it shows.
        panels: Row by row, two a row.
        caption: What to see, and what in it is fitted, assumed and missed; sentences.
        numbers: Some of its values, by what they are, each with its unit.
    """

    name: str
    title: str
    panels: tuple[Panel, ...]
    caption: tuple[str, ...]
    numbers: tuple[tuple[str, float, str], ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return the sheet as plain data."""
        return {
            "name": self.name,
            "title": self.title,
            "caption": list(self.caption),
            "numbers": [{"what": what, "value": value, "unit": unit} for what, value, unit in self.numbers],
            "panels": [_panel_data(panel) for panel in self.panels],
        }


def plot_sheet(sheet: Sheet) -> str:
    """Return the sheet as an SVG element, one legend for all of its panels."""
    rows = math.ceil(len(sheet.panels) / COLUMNS)
    labels = list(dict.fromkeys(line.label for panel in sheet.panels for line in panel.lines))
    looks = {label: LOOKS[place % len(LOOKS)] for place, label in enumerate(labels)}

    def draw(figure: Figure) -> None:
        places = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
        for axes, panel in zip(places, sheet.panels, strict=False):
            _draw(axes, panel, looks)
        for axes in places[len(sheet.panels) :]:
            axes.set_axis_off()
        _legend(figure, labels, looks)

    legend_rows = math.ceil(len(labels) / COLUMNS)
    return drawing.drawn(ROW_INCHES * rows + LEGEND_INCHES * legend_rows / 2 + 0.1, draw, sheet.title)


def _draw(axes: Axes, panel: Panel, looks: Mapping[str, tuple[str, LineStyleType]]) -> None:
    from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

    for line in panel.lines:
        colour, dash = looks[line.label]
        if line.low is not None and line.high is not None:
            axes.fill_between(line.x, line.low, line.high, color=colour, alpha=0.2, linewidth=0)
        axes.plot(line.x, line.y, color=colour, linestyle=dash)
    if panel.logarithmic:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.margins(x=0.02, y=0.12)
    for at, word in panel.marks:
        axes.axvline(at, color=drawing.REFERENCE_COLOUR, linewidth=0.8, linestyle=(0, (1, 2)))
        _word(axes, at, word)
    axes.set_title(panel.title)
    axes.set_xlabel(panel.along)
    axes.set_ylabel(words.unit_suffix(panel.unit).strip() or "no unit")


def _word(axes: Axes, at: float, word: str) -> None:
    axes.annotate(
        word,
        xy=(at, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(2, -2),
        textcoords="offset points",
        va="top",
        fontsize=7.5,
        color=drawing.REFERENCE_COLOUR,
    )


def _legend(figure: Figure, labels: Sequence[str], looks: Mapping[str, tuple[str, LineStyleType]]) -> None:
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], color=looks[label][0], linestyle=looks[label][1], label=label) for label in labels]
    figure.legend(handles=handles, loc="outside lower center", ncols=COLUMNS, handlelength=3.2)


def _panel_data(panel: Panel) -> dict[str, object]:
    return {
        "title": panel.title,
        "unit": panel.unit,
        "along": panel.along,
        "marks": [{"at": at, "word": word} for at, word in panel.marks],
        "lines": [_line_data(line) for line in panel.lines],
    }


def _line_data(line: Line) -> dict[str, object]:
    edges = {"low": line.low, "high": line.high}
    shown = {"x": line.x, "y": line.y, **{name: edge for name, edge in edges.items() if edge is not None}}
    return {"label": line.label, **{name: values.tolist() for name, values in shown.items()}}
