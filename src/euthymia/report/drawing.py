"""How our figures look and how they become text: one style, one palette, the same bytes each time."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from euthymia.report import words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.typing import RcKeyType

# Okabe and Ito's colours keep apart for every common kind of colour vision; the reference arm is grey.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
REFERENCE_COLOUR = "#6B7280"
INK, FAINT = "#1F2933", "#D7DCE1"
WIDTH_INCHES = 6.2
SALT = "euthymia"

STYLE: dict[RcKeyType, Any] = {
    "svg.hashsalt": SALT,
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.labelsize": 9.0,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "lines.linewidth": 1.6,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
}


def drawn(height: float, draw: Callable[[Figure], None], title: str) -> str:
    """Return what ``draw`` puts on a fresh figure as an SVG element that can stand inside a page.

    Args:
        height: Inches.
        draw: Fills the figure.
        title: What the figure shows, read out by screen readers.
    """
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH_INCHES, height), layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _element(buffer.getvalue(), title)


def arm_colours(arms: Iterable[str], reference: Iterable[str] = ()) -> dict[str, str]:
    """Return a colour for each arm, grey for the reference; the same arms always get the same colours."""
    grey, colours = set(reference), {}
    for arm in arms:
        used = sum(colour != REFERENCE_COLOUR for colour in colours.values())
        colours[arm] = REFERENCE_COLOUR if arm in grey else PALETTE[used % len(PALETTE)]
    return colours


def short(name: str, length: int = 32) -> str:
    """Return a name that fits into a figure on one line, its middle left out where it is too long."""
    text = words.printable(name)
    half = (length - 1) // 2
    return text if len(text) <= length else f"{text[:half].rstrip()}…{text[-half:].lstrip()}"


def days_axis(axes: Axes, last: float, first: float = 0.0) -> None:
    """Set an axis in days after randomisation, with ticks at whole weeks once the span allows it."""
    from matplotlib.ticker import MaxNLocator, MultipleLocator

    span = last - first
    axes.set_xlim(first - 0.035 * span, last + 0.035 * span)
    axes.xaxis.set_major_locator(MultipleLocator(7) if 14 <= span <= 70 else MaxNLocator(7, integer=span >= 7))
    axes.set_xlabel("days after randomisation")


def _element(svg: str, title: str) -> str:
    """Return the bare element: no prologue, a spoken title, and names that cannot clash with another figure's."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body, flags=re.DOTALL)
    prefix = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    body = re.sub(r'\bid="', f'id="{prefix}-', body)
    body = re.sub(r"url\(#", f"url(#{prefix}-", body)
    body = re.sub(r'href="#', f'href="#{prefix}-', body)
    spoken = escape(title, quote=True)
    return body.replace("<svg ", f'<svg role="img" aria-label="{spoken}" ', 1).strip() + "\n"
