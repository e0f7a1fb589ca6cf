"""What is given, on a grid: in which segment it starts and ends, and the plans of the calls of the kernel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euthymia.engine.along import GIFTS, SEGMENTS, STOPS, STRETCHES, Plan
from euthymia.engine.linear import Event

NEAR = 1e-6  # times closer than this (h) are the same time
NOTHING = -1  # place of what is given where nothing is


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
        gives: Whether something is given at the start of each segment.
        changes: Whether what runs is another than in the segment before.
        calls: The segments of each call.
    """

    grid: np.ndarray
    events: list[Event]
    targets: list[int]
    running: list[int]
    first: np.ndarray
    after: np.ndarray
    rows: np.ndarray
    gives: np.ndarray
    changes: np.ndarray
    calls: list[range]


def course_of(grid: np.ndarray, events: list[Event], report: np.ndarray) -> Gridded:
    """Return where on the grid everything happens."""
    at, ends = (np.array([getter(event) for event in events]) for getter in (_start, _end))
    bolus = np.array([event.duration == 0.0 for event in events], dtype=bool)
    middle = 0.5 * (grid[:-1] + grid[1:])
    first = np.where(bolus, np.searchsorted(grid, at - NEAR), np.searchsorted(middle, at, side="right")).astype(int)
    after = np.where(bolus, first + 1, np.searchsorted(middle, ends)).astype(int)
    targets = sorted({event.target for event in events if event.duration == 0.0})
    running = sorted({event.target for event in events if event.duration > 0.0})
    rows = np.searchsorted(grid, report - 1e-9) - 1
    gives, changes, asked = (np.zeros(grid.size, dtype=bool) for _ in range(3))
    gives[first[bolus]] = True
    changes[first[~bolus]] = changes[after[~bolus]] = True
    asked[rows[rows >= 0]] = True
    calls = _calls(grid.size - 1, gives, changes, asked)
    return Gridded(grid, events, targets, running, first, after, rows, gives, changes, calls)


def _calls(segments: int, gives: np.ndarray, changes: np.ndarray, asked: np.ndarray) -> list[range]:
    """Return the segments of each call, as many as it has room for."""
    so_far = [(np.cumsum(each), room) for each, room in ((gives, GIFTS), (changes, STRETCHES - 1), (asked, STOPS - 1))]
    calls: list[range] = []
    first = 0
    while first < segments:
        before = [0 if first == 0 else int(count[first - 1]) for count, _ in so_far]
        ends = [np.searchsorted(count, b + room, side="right") for b, (count, room) in zip(before, so_far, strict=True)]
        calls.append(range(first, min(first + SEGMENTS, segments, *map(int, ends))))
        first = calls[-1].stop
    return calls


def _start(event: Event) -> float:
    return event.t


def _end(event: Event) -> float:
    return event.t + event.duration


def plan_of(course: Gridded, call: range, amounts: list[np.ndarray], lanes: int) -> tuple[Plan, np.ndarray]:
    """Return the schedule of one call, and how many of its segments are over at each of its stops.

    Somebody asks at the stops but the last, with which the call ends; it stands as often as there is room.
    """
    here = slice(call.start, call.stop)
    length, given, flowing = np.zeros(SEGMENTS), np.full(SEGMENTS, NOTHING), np.zeros(SEGMENTS, dtype=int)
    length[: len(call)] = np.diff(course.grid[call.start : call.stop + 1])
    given[: len(call)] = np.where(course.gives[here], np.cumsum(course.gives[here]) - 1, NOTHING)
    flowing[1 : len(call)] = np.cumsum(course.changes[here][1:])
    bolus, inflow = np.zeros((GIFTS, len(course.targets), lanes)), np.zeros((STRETCHES, len(course.running), lanes))
    for number in np.flatnonzero((course.first < call.stop) & (course.after > np.maximum(call.start, course.first))):
        event, amount = course.events[number], amounts[number]
        first, last = (
            max(course.first[number], call.start) - call.start,
            min(course.after[number], call.stop) - call.start - 1,
        )
        if event.duration == 0.0:
            bolus[given[first], course.targets.index(event.target)] += amount
        else:
            inflow[flowing[first] : flowing[last] + 1, course.running.index(event.target)] += amount / event.duration
    asked = course.rows[(course.rows >= call.start) & (course.rows < call.stop)] - call.start + 1
    stops = np.concatenate([asked, np.full(STOPS - asked.size, len(call))])
    return Plan(length, given, flowing, bolus, inflow), stops  # JAX takes NumPy's arrays faster with the call
