"""What is given, on a grid: in which segment it starts and ends, and the plan of one call of the kernel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euthymia.engine.integrate import SEGMENTS, Plan
from euthymia.engine.linear import Event

NEAR = 1e-6  # times closer than this (h) are the same time


@dataclass(frozen=True)
class Gridded:
    """A schedule on a grid: what is given in which segment, and after which segment somebody asks.

    Attributes:
        grid: Boundaries of the segments, h.
        events: What is given.
        targets: Positions of the states that are given something at once.
        running: Positions of the states with constant inputs.
        first: First segment of each event; that of a bolus starts with it.
        after: First segment after each event that is without it.
        rows: Segment at whose end each reported time is; -1 for the start.
    """

    grid: np.ndarray
    events: list[Event]
    targets: list[int]
    running: list[int]
    first: np.ndarray
    after: np.ndarray
    rows: np.ndarray


def course_of(grid: np.ndarray, events: list[Event], report: np.ndarray) -> Gridded:
    """Return where on the grid everything happens."""
    at, ends = (np.array([getter(event) for event in events]) for getter in (_start, _end))
    bolus = np.array([event.duration == 0.0 for event in events], dtype=bool)
    middle = 0.5 * (grid[:-1] + grid[1:])
    first = np.where(bolus, np.searchsorted(grid, at - NEAR), np.searchsorted(middle, at, side="right"))
    after = np.where(bolus, first + 1, np.searchsorted(middle, ends))
    targets = sorted({event.target for event in events if event.duration == 0.0})
    running = sorted({event.target for event in events if event.duration > 0.0})
    rows = np.searchsorted(grid, report - 1e-9) - 1
    return Gridded(grid, events, targets, running, first.astype(int), after.astype(int), rows)


def _start(event: Event) -> float:
    return event.t


def _end(event: Event) -> float:
    return event.t + event.duration


def plan_of(course: Gridded, first: int, amounts: list[np.ndarray], lanes: int) -> Plan:
    """Return the part of the schedule from a segment on, padded to the fixed number of segments."""
    lengths = np.diff(course.grid[first : first + SEGMENTS + 1])
    length, given, asked = np.zeros(SEGMENTS), np.zeros(SEGMENTS, dtype=bool), np.zeros(SEGMENTS, dtype=bool)
    length[: lengths.size] = lengths
    bolus, inflow = np.zeros((SEGMENTS, len(course.targets), lanes)), np.zeros((SEGMENTS, len(course.running), lanes))
    for place in np.flatnonzero((course.first < first + lengths.size) & (course.after > first)):
        event, amount = course.events[place], amounts[place]
        here = slice(max(course.first[place] - first, 0), course.after[place] - first)
        if event.duration == 0.0:
            bolus[here, course.targets.index(event.target)] += amount
            given[here] = True
        else:
            inflow[here, course.running.index(event.target)] += amount / event.duration
    inside = course.rows - first
    asked[inside[(inside >= 0) & (inside < SEGMENTS)]] = True
    return Plan(length, bolus, inflow, given, asked)  # JAX takes NumPy's arrays faster with the call than before it
