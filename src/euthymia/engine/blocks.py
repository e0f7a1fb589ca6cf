"""A block of people along the grid, call by call: what is compiled for it, and where it writes what it reaches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from euthymia.engine.along import Carry, Plan, advance_telling, tell
from euthymia.engine.device import Dtype
from euthymia.engine.integrate import States, System
from euthymia.engine.linear_steps import AbstractKinetics, DenseKinetics
from euthymia.engine.schedule import Gridded, plan_of

Leaves = Sequence[Any]  # arrays of people and plain numbers


@dataclass(frozen=True)
class Block:
    """Up to LANES people (DENSE_LANES on the dense path), padded by repeating the last one."""

    people: np.ndarray
    lanes: np.ndarray
    kinetics: AbstractKinetics
    system: System


class Table:
    """Where the blocks write what they reach: values and estimated errors by name, [person, time].

    They lie time by time in memory, as the blocks tell them.
    """

    def __init__(self, persons: int, times: int, names: Sequence[str], states: Sequence[str], *, extrapolated: bool):
        """Make room.

        Args:
            persons: Number of people.
            times: Number of times.
            names: Names of the outputs of the linear system.
            states: Names of the slow states.
            extrapolated: Whether there are estimated errors.
        """
        self.extrapolated = extrapolated
        states = sorted(states)
        names = (*names, *states)
        self._rows = np.empty((len(names) + extrapolated * len(states), times, persons))
        self.values = {name: row.T for name, row in zip(names, self._rows, strict=False)}
        self.error = {name: row.T for name, row in zip(states, self._rows[len(names) :], strict=False)}

    def keep(self, block: Block, first: int, told: Iterable[np.ndarray]) -> None:
        """Write the times of a block from one on, [row, lane] each, as `tell` has them."""
        count = block.people.size
        in_a_row = block.people[-1] - block.people[0] == count - 1
        people = slice(block.people[0], block.people[-1] + 1) if in_a_row else block.people
        for time, each in enumerate(told, start=first):
            self._rows[:, time, people] = each[:, :count]


def through(block: Block, before: Carry | None, course: Gridded, table: Table, asked: Dtype) -> Carry:
    """Take one block along the grid, call by call, keeping only the rows asked for.

    JAX computes in a thread of its own: what a call told is kept while the next one is computed. People whose rates
    nearly coincide are computed in float64 whatever is asked for: they are those who need the digits.
    """
    dtype = np.dtype("float64" if isinstance(block.kinetics, DenseKinetics) else asked.value)
    leaves, structure = jax.tree.flatten((block.system, block.kinetics.aim(course.targets, course.running)))
    leaves = [_in(dtype, leaf) for leaf in leaves]
    programs = _programs(structure)
    levels = 2 if table.extrapolated else 1
    carry = before or Carry(jnp.zeros(block.kinetics.shape()), levels * (programs.initial(leaves, block.lanes.size),))
    carry = jax.tree.map(lambda state: jnp.asarray(state, dtype), carry)
    amounts = [event.amount[block.lanes] for event in course.events]
    if course.rows.size and course.rows[0] < 0:  # the start itself is asked for
        table.keep(block, 0, [np.asarray(programs.tell(leaves, carry))])
    keep: Callable[[], None] | None = None
    for call in course.calls:
        plan, stops = plan_of(course, call, amounts, block.lanes.size)
        carry, told = programs.advance(leaves, carry, jax.tree.map(partial(_in, dtype), plan), stops)
        if keep:
            keep()
        keep = partial(_keep, block, course, table, call, told)
    if keep:
        keep()
    return carry


def _in(dtype: np.dtype[Any], leaf: Any) -> Any:
    """Return an array of numbers with so many digits; anything else as it is."""
    if not np.issubdtype(getattr(leaf, "dtype", np.dtype(bool)), np.floating):
        return leaf
    return np.asarray(leaf, dtype=dtype, order="C")


def _keep(block: Block, course: Gridded, table: Table, call: range, told: Array) -> None:
    """Keep what one call told of the times that somebody asks for."""
    asked = np.flatnonzero((course.rows >= call.start) & (course.rows < call.stop))
    if asked.size:
        table.keep(block, int(asked[0]), np.asarray(told)[: asked.size])


@dataclass(frozen=True)
class _Programs:
    """What is compiled, for people whose arrays are handed over as a plain list: that is quicker than as modules."""

    advance: Callable[[Leaves, Carry, Plan, np.ndarray], tuple[Carry, Array]]
    tell: Callable[[Leaves, Carry], Array]
    initial: Callable[[Leaves, int], States]


@cache
def _programs(structure: Any) -> _Programs:
    """Return the programs for systems and kinetics of a structure."""

    def own(leaves: Leaves) -> tuple[System, AbstractKinetics]:
        return jax.tree.unflatten(structure, leaves)

    def advance(leaves: Leaves, carry: Carry, plan: Plan, stops: np.ndarray) -> tuple[Carry, Array]:
        return advance_telling(*own(leaves), carry, plan, stops)

    def told(leaves: Leaves, carry: Carry) -> Array:
        return tell(own(leaves)[1], carry)

    def initial(leaves: Leaves, persons: int) -> States:
        return own(leaves)[0].initial(persons)

    return _Programs(jax.jit(advance), jax.jit(told), jax.jit(initial, static_argnums=1))
