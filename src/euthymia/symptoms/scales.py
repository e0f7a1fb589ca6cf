"""MADRS, HAMD17, QIDS-SR16 and PHQ-9: their ranges, definitions and windows, and where two of them correspond."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Self

import numpy as np

from euthymia.errors import EvidenceError
from euthymia.evidence import load_record
from euthymia.statistics import responders
from euthymia.symptoms.scale import Remission, Scale, usual_fall


class Quantity(Enum):
    """What a link is between."""

    TOTAL = "total"
    CHANGE = "change"


@dataclass(frozen=True)
class Instrument:
    """What a scale is by its form.

    Attributes:
        scale: Which.
        highest: Largest total, points; the smallest is 0.
        recall: Window it usually looks back on, h.
        sd_error: SD of a score about what the person's severity links to, points.
    """

    scale: Scale
    highest: float
    recall: float
    sd_error: float


@cache
def instrument(scale: Scale) -> Instrument:
    """Return the facts of a scale; those of the MADRS are of the record `rating`."""
    if scale is Scale.MADRS:
        record, names = load_record("rating"), ("MADRS_max", "recall_long", "sem")
    else:
        record = load_record("scales")
        names = (f"{scale.name}_max", f"recall_{scale.name}", f"sd_{scale.name}")
    return Instrument(
        scale, *(record.value(name, unit) for name, unit in zip(names, ("points", "h", "points"), strict=True))
    )


@cache
def short_recall() -> float:
    """Return the window of a MADRS that is given the day after a dose, h."""
    return load_record("rating").value("recall_short", "h")


def responded(score: np.ndarray, baseline: np.ndarray) -> np.ndarray:
    """Tell who fell by at least half of the baseline (the usual definition, on any scale), [person].

    Args:
        score: Totals, points; a missing one is no response.
        baseline: Totals at baseline, points.
    """
    return responders.responded(score, baseline, fall=usual_fall())


def remitted(score: np.ndarray, definition: Remission) -> np.ndarray:
    """Tell who is in remission by a definition, [person].

    Args:
        score: Totals on the definition's scale, points; a missing one is no remission.
        definition: Which.
    """
    return responders.remitted(score, threshold=definition.threshold)


@dataclass(frozen=True, eq=False)
class Link:
    """Points at which two scales correspond, joined by straight lines; beyond the outer ones the last line goes on.

    Attributes:
        of: Scale of `x`.
        to: Scale of `y`.
        x: Totals or changes on the first scale, points, rising.
        y: Those that correspond on the second, points, never falling.
    """

    of: Scale
    to: Scale
    x: np.ndarray
    y: np.ndarray

    def reversed(self) -> Self:
        """Return the link from the second scale to the first; the middle where several totals correspond."""
        y, place = np.unique(self.y, return_inverse=True)
        middle = np.bincount(place, weights=self.x) / np.bincount(place)
        return type(self)(of=self.to, to=self.of, x=y, y=middle)

    def __call__(self, value: np.ndarray) -> np.ndarray:
        """Return what corresponds on the second scale, points, of any shape."""
        slopes = np.diff(self.y) / np.diff(self.x)
        below, above = np.minimum(value - self.x[0], 0.0), np.maximum(value - self.x[-1], 0.0)
        return np.interp(value, self.x, self.y) + slopes[0] * below + slopes[-1] * above


def link(of: Scale, to: Scale, quantity: Quantity = Quantity.TOTAL) -> Link:
    """Return the published link of two scales, in whichever direction it was published.

    Args:
        of: Scale that is known.
        to: Scale that is asked for.
        quantity: Totals or changes.

    Raises:
        EvidenceError: When no source links the two.
    """
    known = _links(quantity)
    if (of, to) in known:
        return known[of, to]
    if (to, of) in known:
        return known[to, of].reversed()
    pairs = "; ".join(f"{one} and {other}" for one, other in known)
    raise EvidenceError(f"no published link between a {quantity.value} of {of} and of {to}; known: {pairs}")


def translate(value: np.ndarray, of: Scale, to: Scale, quantity: Quantity = Quantity.TOTAL) -> np.ndarray:
    """Return the mean score on one scale of people with a score on another, points, of any shape.

    Where no source links the two scales, the way leads over the MADRS. A link is of groups: single people scatter
    around it (see `rate_as`), and a link of totals gives another change than the link of changes.

    Args:
        value: Totals or changes (negative is better), points.
        of: Their scale.
        to: The scale that is asked for.
        quantity: Totals or changes.

    Raises:
        EvidenceError: When no published links lead from one to the other.

    Example:
        >>> float(translate(np.array(20.0), Scale.HAMD17, Scale.MADRS))
        26.0
    """
    value = np.asarray(value, dtype=float)
    if of is to:
        return value
    known = _links(quantity)
    if (of, to) in known or (to, of) in known or Scale.MADRS in (of, to):
        found = link(of, to, quantity)(value)
    else:
        found = link(Scale.MADRS, to, quantity)(link(of, Scale.MADRS, quantity)(value))
    highest = instrument(to).highest
    return np.clip(found, 0.0 if quantity is Quantity.TOTAL else -highest, highest)


def rate_as(scale: Scale, severity: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Return scores on a scale of people whose severity is known in MADRS points, whole points.

    Args:
        scale: The scale that is filled in.
        severity: True severity over the scale's window, MADRS points.
        error: Standard normal draws of the same shape.
    """
    facts = instrument(scale)
    mean = translate(severity, Scale.MADRS, scale)
    return np.clip(np.round(mean + facts.sd_error * error), 0.0, facts.highest)


@cache
def _links(quantity: Quantity) -> dict[tuple[Scale, Scale], Link]:
    """Return the published links; nothing on one scale is nothing on the other, and no change no change."""
    MADRS, HAMD17, QIDS, PHQ9 = Scale.MADRS, Scale.HAMD17, Scale.QIDS_SR16, Scale.PHQ9
    if quantity is Quantity.TOTAL:
        links = (
            _totals(HAMD17, MADRS, 10, 20, 30, 40),
            _totals(QIDS, MADRS, 5, 6, 11, 16, 21),
            _totals(PHQ9, MADRS, 1, 15, 27),
            _totals(QIDS, HAMD17, *range(28)),
        )
    else:
        links = (_changes(HAMD17, MADRS, -10, -20, -25), _changes(PHQ9, MADRS, -13, 10, 22))
    return {(one.of, one.to): one for one in links}


def _totals(of: Scale, to: Scale, *x: int) -> Link:
    record = load_record("scales")
    points = {0: 0.0} | {at: record.value(f"{to.name}_at_{of.name}_{at}", "points") for at in x}
    return _link(of, to, points)


def _changes(of: Scale, to: Scale, *x: int) -> Link:
    record = load_record("scales")
    points = {0: 0.0}
    for at in x:
        way, sign = ("fall", -1.0) if at < 0 else ("rise", 1.0)
        points[at] = sign * record.value(f"{to.name}_{way}_at_{of.name}_{way}_{abs(at)}", "points")
    return _link(of, to, points)


def _link(of: Scale, to: Scale, points: dict[int, float]) -> Link:
    x = sorted(points)
    return Link(of, to, np.array(x, dtype=float), np.array([points[at] for at in x]))
