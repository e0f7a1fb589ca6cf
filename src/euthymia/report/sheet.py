"""A figure that can become an element of a page, a file of its own, or a picture in dots; the same bytes each time."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from euthymia.errors import UnknownNameError
from euthymia.report import drawing, figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 160.0


class Form(StrEnum):
    """A kind of picture; the value is its ending."""

    PNG = "png"
    SVG = "svg"


@dataclass(frozen=True)
class Sheet:
    """A figure that is not drawn yet.

    Attributes:
        name: Its name as a file, without ending.
        title: What it shows, read out by screen readers.
        caption: What to see in it.
        height: Inches.
        draw: Fills the figure.
    """

    name: str
    title: str
    caption: str
    height: float
    draw: Callable[[Figure], None]

    def element(self) -> str:
        """Return the figure as an SVG element that can stand inside a page."""
        return drawing.drawn(self.height, self.draw, self.title)

    def file(self, form: Form) -> bytes:
        """Return the figure as a file."""
        return figures.standalone(self.element()).encode() if form is Form.SVG else self._dots()

    def _dots(self) -> bytes:
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        with matplotlib.rc_context(drawing.STYLE):
            figure = Figure(figsize=(drawing.WIDTH_INCHES, self.height), layout="constrained", dpi=DOTS_PER_INCH)
            FigureCanvasAgg(figure)
            self.draw(figure)
            buffer = io.BytesIO()
            figure.savefig(buffer, format="png", metadata={"Software": None})
        return buffer.getvalue()


def form_named(name: str) -> Form:
    """Return the form of that name.

    Raises:
        UnknownNameError: When there is none; it names the nearest.
    """
    try:
        return Form(name.lower())
    except ValueError:
        raise UnknownNameError("format", name, [each.value for each in Form]) from None
