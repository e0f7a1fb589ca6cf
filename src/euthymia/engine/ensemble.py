"""Many people through one schedule: blocks of lanes, chunks of blocks, threads; the same bytes whatever the split.

A block always has the same number of lanes and a person always sits in the same lane of the same block, so neither the
number of threads nor the chunk size can reach the arithmetic.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import jax.numpy as jnp
import numpy as np

from euthymia.engine.grid import DEFAULT, Resolution, refine, segments
from euthymia.engine.integrate import (
    LANES,
    SEGMENTS,
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
DENSE_LANES = 16  # people a block of the dense path, which few need and whose every lane costs as much as 500 others
ORDER = 2  # order of the scheme, which Richardson extrapolation uses
NEAR = 1e-6  # times closer than this (h) are the same time


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
    """Where a group of people stands: the time, and what each block carries on."""

    t: float
    blocks: list[Carry]


@dataclass(frozen=True)
class Group:
    """People ready to be run: individual kinetics and nonlinear systems, cut into blocks.

    Attributes:
        linear: Kinetics of everyone.
        blocks: Up to LANES people each; those who need the dense path come last, in smaller blocks of their own.
    """

    linear: Linear
    blocks: list[Block] = field(repr=False)

    @property
    def persons(self) -> int:
        """Number of people."""
        return self.linear.persons


@dataclass(frozen=True)
class Block:
    """Up to LANES people (DENSE_LANES on the dense path), padded by repeating the last one."""

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


@dataclass(frozen=True)
class Passed:
    """What one block brings back: kinetic outputs, slow states by level, [person, time], and its carry."""

    outputs: dict[str, np.ndarray]
    slow: list[dict[str, np.ndarray]]
    carry: Carry


def group(linear: Linear, system: System) -> Group:
    """Cut people into blocks and prepare their kinetics."""
    basis = modes(linear)
    exact, inexact = np.flatnonzero(basis.exact), np.flatnonzero(~basis.exact)
    blocks = [_block(linear, basis, system, part, dense=False) for part in _parts(exact, LANES)]
    blocks += [_block(linear, basis, system, part, dense=True) for part in _parts(inexact, DENSE_LANES)]
    return Group(linear, blocks)


def run(
    people: Group,
    events: Sequence[Event],
    report: Sequence[float] | np.ndarray,
    *,
    start: float = 0.0,
    moment: Moment | None = None,
    settings: Settings = Settings(),
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
    events = [event for event in events if begin - event.duration - NEAR < event.t < report[-1]]
    targets = sorted({event.target for event in events})

    def work(number: int) -> Passed:
        block = people.blocks[number]
        carry = moment.blocks[number] if moment else _begin(block, 2 if settings.richardson else 1)
        found = _through(block, people.linear.outputs, carry, boundaries, events, targets, rows)
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
    return _gather(people, report, done)


def _parts(index: np.ndarray, lanes: int) -> list[np.ndarray]:
    return [index[first : first + lanes] for first in range(0, index.size, lanes)]


def _block(linear: Linear, basis: Modes, system: System, people: np.ndarray, *, dense: bool) -> Block:
    width = DENSE_LANES if dense else LANES
    lanes = np.concatenate([people, np.full(width - people.size, people[-1])])
    kinetics: AbstractKinetics
    if dense:
        kinetics = DenseKinetics(
            jnp.asarray(linear.matrix[lanes]), jnp.eye(linear.matrix.shape[-1]), jnp.asarray(linear.read[lanes])
        )
    else:
        kinetics = ModalKinetics(
            jnp.asarray(basis.lam[lanes].T),
            jnp.asarray(basis.inject[lanes].transpose(1, 2, 0)),
            jnp.asarray(basis.read[lanes].transpose(1, 2, 0)),
        )
    return Block(people, lanes, kinetics, system.take(lanes))


def _begin(block: Block, levels: int) -> Carry:
    return Carry(jnp.zeros(block.kinetics.shape()), levels * (block.system.initial(block.lanes.size),))


def _through(
    block: Block,
    outputs: tuple[str, ...],
    carry: Carry,
    grid: np.ndarray,
    events: Sequence[Event],
    targets: list[int],
    rows: np.ndarray,
) -> Passed:
    """Take one block along the grid, a fixed number of segments a call, keeping only the rows asked for."""
    kinetics = block.kinetics.aim(targets)
    kept: list[dict[str, list[np.ndarray]]] = [{} for _ in range(1 + len(carry.slow))]
    if rows.size and rows[0] < 0:  # the start itself is asked for
        exposure = dict(zip(outputs, np.asarray(kinetics.outputs(carry.kinetic)), strict=True))
        for keep, found in zip(kept, [exposure, *carry.slow], strict=True):
            for name, value in found.items():
                keep[name] = [np.asarray(value)[: block.people.size, None]]
    for first in range(0, max(grid.size - 1, 1), SEGMENTS):
        plan = _plan(grid[first : first + SEGMENTS + 1], events, targets, block.lanes)
        carry, kinetic, slow = advance_compiled(block.system, kinetics, carry, plan)
        inside = rows[(rows >= first) & (rows < first + SEGMENTS)] - first
        exposure = dict(zip(outputs, np.asarray(kinetic)[inside].swapaxes(0, 1), strict=True))
        levels = [{name: np.asarray(value)[inside] for name, value in level.items()} for level in slow]
        for keep, found in zip(kept, [exposure, *levels], strict=True):
            for name, value in found.items():
                keep.setdefault(name, []).append(value[:, : block.people.size].T)
    joined = [{name: np.concatenate(parts, axis=1) for name, parts in keep.items()} for keep in kept]
    return Passed(joined[0], joined[1:], carry)


def _plan(grid: np.ndarray, events: Sequence[Event], targets: list[int], lanes: np.ndarray) -> Plan:
    """Return the part of the schedule that falls into ``grid``, padded to the fixed number of segments."""
    count = grid.size - 1
    length = np.zeros(SEGMENTS)
    length[:count] = np.diff(grid)
    bolus, inflow = np.zeros((2, SEGMENTS, len(targets), lanes.size))
    middle = 0.5 * (grid[:-1] + grid[1:])
    for event in events:
        if event.t + event.duration < grid[0] - NEAR or event.t > grid[-1]:
            continue
        target, amount = targets.index(event.target), event.amount[lanes]
        if event.duration == 0.0:
            bolus[:count][np.abs(grid[:-1] - event.t) < NEAR, target] += amount
        else:
            during = np.flatnonzero((middle > event.t) & (middle < event.t + event.duration))
            inflow[during, target] += amount / event.duration
    return Plan(jnp.asarray(length), jnp.asarray(bolus), jnp.asarray(inflow))


def _gather(people: Group, report: np.ndarray, done: list[Passed]) -> Outcome:
    """Put the blocks together, extrapolate, and estimate the error."""
    moment = Moment(float(report[-1]), [found.carry for found in done])
    values = _together(people, [found.outputs for found in done])
    levels = [_together(people, [found.slow[level] for found in done]) for level in range(len(done[0].slow))]
    if len(levels) == 1:
        return Outcome(report, values | levels[0], {}, moment)
    coarse, fine = levels
    correction = {name: (fine[name] - coarse[name]) / (2.0**ORDER - 1.0) for name in fine}
    error = {name: np.abs(change) for name, change in correction.items()}
    return Outcome(report, values | {name: fine[name] + correction[name] for name in fine}, error, moment)


def _together(people: Group, parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Return the variables of all blocks with everybody in their own row, [person, time]."""
    whole = {name: np.empty((people.persons, value.shape[1])) for name, value in parts[0].items()}
    for block, part in zip(people.blocks, parts, strict=True):
        for name, value in part.items():
            whole[name][block.people] = value
    return whole
