"""Many people through one schedule: blocks of lanes, several at the same time; the same bytes whatever the split.

A block always has the same number of lanes and a person always sits in the same lane of the same block, so neither the
number of threads nor the order of the blocks can reach the arithmetic.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import jax
import numpy as np

from euthymia.engine.along import LANES, Carry
from euthymia.engine.blocks import Block, Table, through
from euthymia.engine.device import Dtype
from euthymia.engine.grid import DEFAULT, Resolution, refine, segments
from euthymia.engine.integrate import System
from euthymia.engine.linear import Event, Linear, Modes, modes
from euthymia.engine.linear_steps import AbstractKinetics, DenseKinetics, ModalKinetics
from euthymia.engine.schedule import NEAR, course_of

DENSE_LANES = 16  # people a block of the dense path, which few need and whose every lane costs as much as 500 others


@dataclass(frozen=True)
class Settings:
    """How the work is done; only ``richardson``, ``resolution``, ``halvings`` and ``dtype`` touch the numbers.

    Attributes:
        richardson: Run the grid and its refinement and extrapolate (default), or the grid once (fast).
        resolution: The grid.
        halvings: Times the grid is halved before anything else; for studies of convergence.
        dtype: Digits of everything between the decomposition into modes and what is told.
        threads: Worker threads; all cores when None.
        chunk: People at a time at most, rounded up to whole blocks; a block a thread when None.
    """

    richardson: bool = True
    resolution: Resolution = DEFAULT
    halvings: int = 0
    dtype: Dtype = Dtype.FLOAT64
    threads: int | None = None
    chunk: int | None = None


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
    states = [name for name, _ in people.blocks[0].system.links()] if people.blocks else []
    table = Table(people.persons, report.size, people.linear.outputs, states, extrapolated=settings.richardson)

    def work(number: int) -> Carry:
        block, before = people.blocks[number], moment.blocks[number] if moment else None
        carry = through(block, before, course, table, settings.dtype)
        if progress:
            progress(block.people.size)
        return carry

    threads = settings.threads or os.cpu_count() or 1
    most = threads if settings.chunk is None else min(threads, -(-settings.chunk // LANES))
    numbers = range(len(people.blocks))
    if most == 1 or len(numbers) == 1:
        done = [work(number) for number in numbers]
    else:  # JAX computes one after the other what one thread asks for, whatever it depends on
        with ThreadPoolExecutor(most) as pool:
            done = list(pool.map(work, numbers))
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
        kinetics = ModalKinetics(*own, tuple(tuple(np.flatnonzero(row).tolist()) for row in basis.heard))
    return Block(people, lanes, kinetics, system.take(lanes))
