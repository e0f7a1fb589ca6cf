"""The dose-aware grid, as data: segments that are short after a dose and long before the next one.

A segment runs between two times with a fixed number of equal steps; doses, ends of infusions and every time that is
asked for are segment boundaries, so the kernel never steps across a jump and never interpolates an answer.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Resolution:
    """How fine the grid is, as lengths of a segment in hours.

    Attributes:
        shortest: Longest segment allowed right after a dose.
        growth: Increase of the allowed length per hour since the last dose.
        longest: Longest segment anywhere.

    The default keeps the severity of sprays, infusions and injections within 0.005 points of the adaptive solvers.
    """

    shortest: float = 0.15
    growth: float = 0.6
    longest: float = 12.0


DEFAULT = Resolution()


def segments(
    start: float,
    stop: float,
    *,
    doses: Iterable[float],
    breaks: Iterable[float] = (),
    resolution: Resolution = DEFAULT,
) -> np.ndarray:
    """Return the boundaries of the segments from ``start`` to ``stop``, h, increasing, both ends included.

    Args:
        start: First time.
        stop: Last time.
        doses: Times at which an input starts; the grid is finest after each.
        breaks: Other times that must be boundaries: ends of inputs, visits, times to report.
        resolution: Allowed lengths.
    """
    doses = np.unique(np.asarray(list(doses), dtype=float))
    required = np.concatenate([[start, stop], doses, np.asarray(list(breaks), dtype=float)])
    required = np.unique(required[(required >= start) & (required <= stop)])
    required = required[np.concatenate([[True], np.diff(required) > 1e-9])]
    boundaries, times = [float(required[0])], doses.tolist()
    for left, right in itertools.pairwise(required.tolist()):
        boundaries.extend(_between(left, right, times, resolution))
    return np.asarray(boundaries)


def refine(boundaries: np.ndarray) -> np.ndarray:
    """Return the grid with every segment halved; every second boundary is one of the coarser grid."""
    fine = np.empty(2 * boundaries.size - 1)
    fine[::2] = boundaries
    fine[1::2] = 0.5 * (boundaries[:-1] + boundaries[1:])
    return fine


def _between(left: float, right: float, doses: Sequence[float], resolution: Resolution) -> list[float]:
    """Return boundaries after ``left`` up to ``right``: lengths grow with the time since the last dose."""
    before = bisect.bisect_right(doses, left)
    since = left - doses[before - 1] if before else math.inf
    reached: list[float] = []
    at = 0.0
    while at < right - left - 1e-12:
        at += min(resolution.shortest + resolution.growth * (since + at), resolution.longest)
        reached.append(at)
    scale = (right - left) / at
    return [*(left + each * scale for each in reached[:-1]), right]
