"""How arms look in figures of outcomes: a colour, a dash and a marker each, so that grey paper tells them apart too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from euthymia.report import drawing
from euthymia.trials.design import Phase

if TYPE_CHECKING:
    from matplotlib.typing import LineStyleType

DASHES: tuple[LineStyleType, ...] = (
    "-",
    (0, (5, 2)),
    (0, (1, 1.2)),
    (0, (6, 1.5, 1, 1.5)),
    (0, (3, 1, 1, 1, 1, 1)),
    (0, (9, 3)),
)
MARKERS = ("o", "s", "^", "D", "v", "P")


@dataclass(frozen=True)
class Mark:
    """How one arm looks.

    Attributes:
        label: Its name, short.
        colour: Of lines and markers.
        dash: Of lines, as matplotlib has it.
        marker: At points.
    """

    label: str
    colour: str
    dash: LineStyleType
    marker: str


def marks(phase: Phase) -> dict[str, Mark]:
    """Return how the arms of a phase look, by name."""
    return of_names([arm.name for arm in phase.arms], [arm.name for arm in phase.arms if arm.reference])


def of_names(names: Iterable[str], references: Iterable[str] = ()) -> dict[str, Mark]:
    """Return how arms look, by name; reference arms are grey."""
    found = {}
    for place, (name, colour) in enumerate(drawing.arm_colours(names, references).items()):
        look = place % len(MARKERS)
        found[name] = Mark(drawing.short(name), colour, DASHES[look], MARKERS[look])
    return found
