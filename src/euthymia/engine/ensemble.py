"""Many people through one schedule: blocks of lanes, chunks of blocks, a pool of threads, the same bytes whatever the split.

A block always has the same number of lanes and a person always sits in the same lane of the same block, so neither the
number of threads nor the chunk size can reach the arithmetic.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
import numpy as np

from euthymia.engine.grid import DEFAULT, Resolution, refine, segments
from euthymia.engine.integrate import (
    LANES,
    SEGMENTS,
    STEPS,
    AbstractKinetics,
    Carry,
    DenseKinetics,
    ModalKinetics,
    Plan,
    System,
    advance_compiled,
)
from euthymia.engine.linear import Event, Linear, Modes, modes

BLOCKS_A_CHUNK = 2
ORDER = 2  # order of the scheme, which Richardson extrapolation uses


@dataclass(frozen=True)
class Settings:
    """How the work is done; only ``richardson``, ``resolution`` and ``halvings`` touch the numbers.

    Attributes:
        richardson: Run the grid and its refinement and extrapolate (default), or the grid once (fast).
        resolution: The grid.
        halvings: Times the grid is halved before anything else; for studies of convergence.
        threads: Worker threads; all cores when None.
        chunk: People a task; rounded up to whole blocks.
    """

    richardson: bool = True
    resolution: Resolution = DEFAULT
    halvings: int = 0
    threads: int | None = None
    chunk: int = BLOCKS_A_CHUNK * LANES


@dataclass
class Moment:
    """Where a group of people stands: the carries of each block at the grid and at its refinement."""

    t: float
    coarse: list[Carry]
    fine: list[Carry]


@dataclass(frozen=True)
class Group:
    """People ready to be run: individual kinetics and nonlinear systems, cut into blocks.

    Attributes:
        linear: Kinetics of everyone.
        blocks: Up to LANES people each; those who need the dense path come last, in blocks of their own.
    """

    linear: Linear
    blocks: list[Block] = field(repr=False)

    @property
    def persons(self) -> int:
        """Number of people."""
        return self.linear.persons


@dataclass(frozen=True)
class Block:
    """Up to LANES people, padded by repeating the last one."""

    people: np.ndarray
    lanes: np.ndarray
    kinetics: AbstractKinetics
    system: System


@dataclass(frozen=True)
class Outcome:
    """What a run gives back.

    Attributes:
        t: Times, h, [time].
        values: Kinetic outputs and slow states by name, [person, time].
        error: Estimated error of the slow states by name, [person, time]; empty for a fast run.
        moment: Where everybody stands at the end, to go on from.
    """

    t: np.ndarray
    values: dict[str, np.ndarray]
    error: dict[str, np.ndarray]
    moment: Moment


def group(linear: Linear, system: System) -> Group:
    """Cut people into blocks and prepare their kinetics."""
    basis = modes(linear)
    exact, inexact = np.flatnonzero(basis.exact), np.flatnonzero(~basis.exact)
    blocks = [_block(linear, basis, system, part, dense=False) for part in _parts(exact)]
    blocks += [_block(linear, basis, system, part, dense=True) for part in _parts(inexact)]
    return Group(linear, blocks)


def run(
    people: Group,
    events: Sequence[Event],
    report: Sequence[float] | np.ndarray,
    *,
    start: float = 0.0,
    moment: Moment | None = None,
    settings: Settings = Settings(),  # noqa: B008  (frozen)
    progress: Callable[[int], None] | None = None,
) -> Outcome:
    """Take a group of people from ``start`` (or from ``moment``) through events to the last time reported.

    Args:
        people: Who.
        events: What is given; events of the whole course may be passed, only those in reach act.
        report: Times to report, h, increasing; the last one is the end.
        start: First time when there is no ``moment``.
        moment: Where to go on from.
        settings: How.
        progress: Called with the number of people finished, from worker threads.

    Returns:
        Values at the reported times with their error estimates, and the moment reached.
    """
    begin = moment.t if moment else start
    report = np.asarray(report, dtype=float)
    boundaries = segments(
        begin,
        float(report[-1]),
        doses=[event.t for event in events],
        breaks=[*(event.t + event.duration for event in events if event.duration > 0.0), *report],
        resolution=settings.resolution,
    )
    for _ in range(settings.halvings):
        boundaries = refine(boundaries)
    rows = np.searchsorted(boundaries, report - 1e-9) - 1
    levels = [boundaries, refine(boundaries)] if settings.richardson else [boundaries]

    def work(number: int) -> list[tuple[dict[str, np.ndarray], Carry]]:
        block = people.blocks[number]
        found = []
        for level, grid in enumerate(levels):
            before = (moment.fine if level else moment.coarse)[number] if moment else _begin(block)
            where = rows if level == 0 else 2 * rows + 1
            found.append(_through(block, people.linear, before, grid, events, where))
        if progress:
            progress(block.people.size)
        return found

    per_task = max(1, -(-settings.chunk // LANES))
    tasks = [
        range(first, min(first + per_task, len(people.blocks))) for first in range(0, len(people.blocks), per_task)
    ]
    threads = settings.threads or os.cpu_count() or 1
    if threads == 1 or len(tasks) == 1:
        done = [work(number) for task in tasks for number in task]
    else:
        with ThreadPoolExecutor(threads) as pool:
            done = [one for part in pool.map(lambda task: [work(number) for number in task], tasks) for one in part]
    return _gather(people, report, done, float(report[-1]))


def _parts(index: np.ndarray) -> list[np.ndarray]:
    return [index[first : first + LANES] for first in range(0, index.size, LANES)]


def _block(linear: Linear, basis: Modes, system: System, people: np.ndarray, *, dense: bool) -> Block:
    lanes = np.concatenate([people, np.full(LANES - people.size, people[-1])])
    kinetics: AbstractKinetics
    if dense:
        kinetics = DenseKinetics(linear.matrix[lanes], np.eye(linear.matrix.shape[-1]), linear.read[lanes])
    else:
        kinetics = ModalKinetics(
            np.ascontiguousarray(basis.lam[lanes].T),
            np.ascontiguousarray(basis.inject[lanes].transpose(1, 2, 0)),
            np.ascontiguousarray(basis.read[lanes].transpose(1, 2, 0)),
        )
    return Block(people, lanes, kinetics, system.take(lanes))


def _begin(block: Block) -> Carry:
    return Carry(np.zeros(block.kinetics.shape()), block.system.initial(LANES))


def _through(
    block: Block, linear: Linear, carry: Carry, grid: np.ndarray, events: Sequence[Event], rows: np.ndarray
) -> tuple[dict[str, np.ndarray], Carry]:
    """Take one block along one grid, a fixed number of segments a call, keeping only the rows asked for."""
    kept: dict[str, list[np.ndarray]] = {}
    first = 0
    while first < grid.size - 1 or not kept:
        last = min(first + SEGMENTS, grid.size - 1)
        plan = _plan(grid[first : last + 1], events, block.lanes, len(linear.states))
        carry, outputs, slow = advance_compiled(block.system, block.kinetics, carry, plan)
        inside = rows[(rows >= first) & (rows < last)] - first
        outputs = np.asarray(outputs)
        for place, name in enumerate(linear.outputs):
            kept.setdefault(name, []).append(outputs[inside, place])
        for name, value in slow.items():
            kept.setdefault(name, []).append(np.asarray(value)[inside])
        first = last
        if first >= grid.size - 1:
            break
    count = block.people.size
    return {name: np.concatenate(parts)[:, :count].T for name, parts in kept.items()}, carry


def _plan(grid: np.ndarray, events: Sequence[Event], lanes: np.ndarray, targets: int) -> Plan:
    """Return the part of the schedule that falls into ``grid``, padded to the fixed number of segments."""
    count = grid.size - 1
    h = np.zeros(SEGMENTS)
    h[:count] = np.diff(grid) / STEPS
    bolus, inflow = np.zeros((2, SEGMENTS, targets, LANES))
    for event in events:
        amount = event.amount[lanes]
        if event.duration == 0.0:
            place = int(np.searchsorted(grid, event.t - 1e-9))
            if place < count and abs(grid[place] - event.t) < 1e-6:
                bolus[place, event.target] += amount
        else:
            middle = 0.5 * (grid[:-1] + grid[1:])
            during = np.flatnonzero((middle > event.t) & (middle < event.t + event.duration))
            inflow[during, event.target] += amount / event.duration
    return Plan(h, bolus, inflow)


def _gather(people: Group, report: np.ndarray, done: list, end: float) -> Outcome:
    """Put the blocks together, extrapolate, and estimate the error."""
    names = done[0][0][0].keys()
    levels = len(done[0])
    whole = [{name: np.empty((people.persons, report.size)) for name in names} for _ in range(levels)]
    for block, found in zip(people.blocks, done, strict=True):
        for level in range(levels):
            for name in names:
                whole[level][name][block.people] = found[level][0][name]
    moment = Moment(end, [found[0][1] for found in done], [found[-1][1] for found in done])
    if levels == 1:
        return Outcome(report, whole[0], {}, moment)
    coarse, fine = whole
    kinetic = set(people.linear.outputs)
    divisor = 2.0**ORDER - 1.0
    error = {name: np.abs(fine[name] - coarse[name]) / divisor for name in names if name not in kinetic}
    values = {
        name: fine[name] if name in kinetic else fine[name] + (fine[name] - coarse[name]) / divisor for name in names
    }
    return Outcome(report, values, error, moment)
