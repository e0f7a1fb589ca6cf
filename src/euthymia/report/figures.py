"""Figures of a course: every variable over time, the middle 90 % of people behind the median."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from euthymia.engine.course import Course
from euthymia.report import drawing, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HOURS_SHOWN_UP_TO = 48.0
PANEL_INCHES = 1.35
# What moves within hours is drawn for the first day, what moves within days for the whole course.
FAST = ("effect site", "NMDA block E", "NMDA block PV", "NMDA block SST", "surge", "CADSS", "SBP change", "DBP change")
FAST += (
    "feedforward transfer",
    "feedback transfer",
    "sedation",
    "unresponsive",
    "memory",
    "ventilation",
    "drug liking",
)
FAST_LEVELS = ("esketamine ", "noresketamine ", "ketamine ", "s-ketamine ", "r-ketamine ", "midazolam ")  # of a label


def plot_course(
    course: Course, names: Sequence[str] | None = None, title: str = "Course", until: float | None = None
) -> str:
    """Return a figure with one panel a variable over a shared time axis, as an SVG element.

    Args:
        course: One person, or a population, whose median and middle 90 % are drawn.
        names: Variables to draw, top to bottom; all of them when left out.
        title: What the figure shows, read out by screen readers.
        until: Last hour to draw; the end of the course when left out.

    Raises:
        UnknownNameError: When the course lacks one of the names.
    """
    wanted = tuple(names) if names is not None else course.names
    for name in wanted:
        course.series(name)
    last = float(course.t[-1]) if until is None else until

    def draw(figure: Figure) -> None:
        panels = figure.subplots(len(wanted), 1, sharex=True, squeeze=False)[:, 0]
        for axes, name in zip(panels, wanted, strict=True):
            _panel(axes, course, name, last)
        _time_axis(panels[-1], last)
        figure.align_ylabels()

    return drawing.drawn(0.5 + PANEL_INCHES * len(wanted), draw, title)


def fast(course: Course) -> tuple[str, ...]:
    """Return the variables that move within hours: levels of ketamine and midazolam, and what follows them at once."""
    return tuple(
        name for name in course.names if name in FAST or course.series(name).label.lower().startswith(FAST_LEVELS)
    )


def standalone(element: str) -> str:
    """Return an SVG element as the text of a file of its own."""
    return '<?xml version="1.0" encoding="utf-8"?>\n' + element


def _panel(axes: Axes, course: Course, name: str, last: float) -> None:
    series = course.series(name)
    shown = course.t <= last
    low, median, high = course.quantiles(name)[:, shown]
    t = course.t[shown] / _hours_a_tick(last)
    if series.values.ndim == 2 and series.values.shape[0] > 1:
        axes.fill_between(t, low, high, color=drawing.PALETTE[0], alpha=0.18, linewidth=0)
    axes.plot(t, median, color=drawing.PALETTE[0])
    unit = words.unit_suffix(series.unit).strip()
    axes.set_title(series.label)
    axes.set_ylabel(unit or "no unit")
    axes.margins(y=0.12)


def _time_axis(axes: Axes, last: float) -> None:
    if last > HOURS_SHOWN_UP_TO:
        drawing.days_axis(axes, last / 24)
    else:
        axes.set_xlabel("hours after randomisation")
        axes.set_xlim(0, last)


def _hours_a_tick(last: float) -> float:
    return 24.0 if last > HOURS_SHOWN_UP_TO else 1.0
