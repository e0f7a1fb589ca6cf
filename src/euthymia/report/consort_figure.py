"""The flow of people through a trial as boxes: a row a phase, a column an arm."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from euthymia.report import drawing
from euthymia.report.consort import ArmFlow, Consort, why_left
from euthymia.report.sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW_INCHES, TOP_INCHES = 1.75, 0.7
SMALL = 7.5  # points; four boxes of it stand side by side
NAME_LENGTH = 40  # characters of an arm's name
ROOM = 17.0  # characters of an arm's name that fit on a line when one box takes a quarter of the width


def flow(found: Consort) -> Sheet:
    """Return the flow of people as a figure.

    Args:
        found: How many people came how far.
    """
    phases = list(dict.fromkeys(arm.phase for arm in found.arms))

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        axes.set_axis_off()
        axes.set_xlim(0.0, 1.0)
        axes.set_ylim(-len(phases) * ROW_INCHES, TOP_INCHES)
        _box(axes, 0.5, TOP_INCHES / 2, _top(found), weight="bold")
        for row, phase in enumerate(phases):
            arms, y = [arm for arm in found.arms if arm.phase == phase], -(row + 0.55) * ROW_INCHES
            axes.text(0.0, y + 0.45 * ROW_INCHES, phase, fontsize=8.5, fontweight="bold", va="center")
            for place, arm in enumerate(arms):
                x = (place + 0.5) / len(arms)
                if row == 0:
                    _line(axes, x, y)
                _box(axes, x, y, _words(arm, len(arms)))

    caption = f"Replicate {found.replicate}. {why_left(found)} Analysed: rated at the last visit."
    if found.screened is not None:
        caption += " Not let in: " + ", ".join(f"{count} {why}" for why, count in found.failed.items()) + "."
    return Sheet("flow", "Flow of people", caption, 0.3 + TOP_INCHES + ROW_INCHES * len(phases), draw)


def _top(found: Consort) -> str:
    if found.screened is None:
        return f"Enrolled: {found.enrolled}   (screening is not simulated)"
    return f"Screened: {found.screened}, not let in: {sum(found.failed.values())}, enrolled: {found.enrolled}"


def _box(axes: Axes, x: float, y: float, text: str, weight: str = "normal") -> None:
    edge = {"boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": drawing.INK, "linewidth": 0.9}
    axes.text(x, y, text, ha="center", va="center", fontsize=SMALL, fontweight=weight, bbox=edge, linespacing=1.35)


def _line(axes: Axes, x: float, y: float) -> None:
    arrow = {"arrowstyle": "-", "color": drawing.INK, "linewidth": 0.9, "shrinkB": 0.0}
    axes.annotate("", xy=(x, y), xytext=(0.5, TOP_INCHES / 2), arrowprops=arrow, zorder=0)


def _words(arm: ArmFlow, arms: int) -> str:
    lines = [
        *wrap(drawing.short(arm.arm, NAME_LENGTH), int(ROOM * 4 / arms)),
        f"assigned {arm.assigned}",
        f"treated {arm.treated}",
        *([arm.on_the_way.replace(", ", "\n")] if arm.on_the_way else []),
        f"left {arm.left}",
        f"completed {arm.completed}",
    ]
    lines += [] if arm.went_on is None else [f"went on {arm.went_on}"]
    return "\n".join([*lines, f"analysed {arm.analysed}"])
