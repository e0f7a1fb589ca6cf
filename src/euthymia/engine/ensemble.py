"""Many people through one schedule: blocks of lanes, chunks of blocks, threads; the same bytes whatever the split.

A block always has the same number of lanes and a person always sits in the same lane of the same block, so neither the
number of threads nor the chunk size can reach the arithmetic.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from euthymia.engine.grid import DEFAULT, Resolution, refine, segments
from euthymia.engine.integrate import LANES, SEGMENTS, Carry, States, System, advance_compiled
from euthymia.engine.linear import Event, Linear, Modes, modes
from euthymia.engine.linear_steps import AbstractKinetics, DenseKinetics, ModalKinetics
from euthymia.engine.schedule import NEAR, Gridded, course_of, plan_of

BLOCKS_A_CHUNK = 4
DENSE_LANES = 16  # people a block of the dense path, which few need and whose every lane costs as much as 500 others
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
    events = [event for event in events if begin - event.duration - NEAR < event.t < report[-1]]
    course = course_of(boundaries, events, report)
    table = _Table(people, report.size, extrapolated=settings.richardson)

    def work(number: int) -> Carry:
        block = people.blocks[number]
        carry = moment.blocks[number] if moment else _begin(block, 2 if settings.richardson else 1)
        carry = _through(block, carry, course, table)
        if progress:
            progress(block.people.size)
        return carry

    threads = settings.threads or os.cpu_count() or 1
    shared = -(-len(people.blocks) // threads)  # few blocks are shared out among all threads
    per_task = max(1, min(-(-settings.chunk // LANES), shared))
    tasks = [
        range(first, min(first + per_task, len(people.blocks))) for first in range(0, len(people.blocks), per_task)
    ]
    if threads == 1 or len(tasks) == 1:
        done = [work(number) for task in tasks for number in task]
    else:
        with ThreadPoolExecutor(threads) as pool:
            done = [one for part in pool.map(lambda task: [work(number) for number in task], tasks) for one in part]
    return Outcome(report, table.values, table.error, Moment(float(report[-1]), done))


def _parts(index: np.ndarray, lanes: int) -> list[np.ndarray]:
    return [index[first : first + lanes] for first in range(0, index.size, lanes)]


def _block(linear: Linear, basis: Modes, system: System, people: np.ndarray, *, dense: bool) -> Block:
    width = DENSE_LANES if dense else LANES
    lanes = np.concatenate([people, np.full(width - people.size, people[-1])])
    kinetics: AbstractKinetics
    if dense:
        whole = linear.matrix[lanes], np.eye(linear.matrix.shape[-1]), linear.read[lanes]
        kinetics = DenseKinetics(*jax.device_put(whole))
    else:
        own = basis.lam[lanes].T, basis.inject[lanes].transpose(1, 2, 0), basis.read[lanes].transpose(1, 2, 0)
        lam, inject, read = jax.device_put(own)
        heard = tuple(tuple(np.flatnonzero(row).tolist()) for row in basis.heard)
        kinetics = ModalKinetics(lam, inject, read, heard)
    return Block(people, lanes, kinetics, system.take(lanes))


def _begin(block: Block, levels: int) -> Carry:
    return Carry(jnp.zeros(block.kinetics.shape()), levels * (_initial(block.system, block.lanes.size),))


@eqx.filter_jit
def _initial(system: System, persons: int) -> States:
    return system.initial(persons)


@eqx.filter_jit
def _outputs(kinetics: AbstractKinetics, state: Array) -> Array:
    return jnp.stack(kinetics.outputs(state))


def _through(block: Block, carry: Carry, course: Gridded, table: _Table) -> Carry:
    """Take one block along the grid, a fixed number of segments a call, keeping only the rows asked for."""
    kinetics = block.kinetics.aim(course.targets, course.running)
    amounts = [event.amount[block.lanes] for event in course.events]
    if course.rows.size and course.rows[0] < 0:  # the start itself is asked for
        outputs = np.asarray(_outputs(kinetics, carry.kinetic))
        table.keep(block, 0, outputs[None], [_first_axis(level) for level in carry.slow])
    for first in range(0, max(course.grid.size - 1, 1), SEGMENTS):
        plan = plan_of(course, first, amounts, block.lanes.size)
        carry, kinetic, slow = advance_compiled(block.system, kinetics, carry, plan)
        asked = np.flatnonzero((course.rows >= first) & (course.rows < first + SEGMENTS))
        if asked.size:
            inside = course.rows[asked] - first
            levels = [{name: np.asarray(value)[inside] for name, value in level.items()} for level in slow]
            table.keep(block, int(asked[0]), np.asarray(kinetic)[inside], levels)
    return carry


def _first_axis(level: States) -> dict[str, np.ndarray]:
    return {name: np.asarray(value)[None] for name, value in level.items()}


class _Table:
    """Where the blocks write what they reach: values and estimated errors by name, [person, time]."""

    def __init__(self, people: Group, times: int, *, extrapolated: bool) -> None:
        self._outputs = people.linear.outputs
        self._shape = (people.persons, times)
        self._extrapolated = extrapolated
        states = people.blocks[0].system.initial(1) if people.blocks else {}
        self.values = {name: np.empty(self._shape) for name in (*self._outputs, *states)}
        self.error = {name: np.empty(self._shape) for name in states} if extrapolated else {}

    def keep(self, block: Block, first: int, outputs: np.ndarray, levels: list[dict[str, np.ndarray]]) -> None:
        """Write some times of a block, extrapolated where there are two levels, [time, ..., lane] each."""
        count, times = block.people.size, slice(first, first + len(outputs))
        in_a_row = block.people[-1] - block.people[0] == count - 1
        people = slice(block.people[0], block.people[-1] + 1) if in_a_row else block.people

        def write(table: dict[str, np.ndarray], name: str, value: np.ndarray) -> None:
            table[name][people, times] = value[:, :count].T

        for place, name in enumerate(self._outputs):
            write(self.values, name, outputs[:, place])
        for name, fine in levels[-1].items():
            if self._extrapolated:
                correction = (fine - levels[0][name]) / (2.0**ORDER - 1.0)
                write(self.values, name, fine + correction)
                write(self.error, name, np.abs(correction))
            else:
                write(self.values, name, fine)
