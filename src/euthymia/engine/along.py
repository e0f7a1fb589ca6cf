"""A block of people along a plan: what one call of the compiled kernel does.

Within a segment the exact kinetics is stepped once, and what follows from it at once is put down at each part; then the
slow states are swept along it, once for each level of the grid.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from euthymia.engine import runtime

runtime.start()

import equinox as eqx  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from jaxtyping import Array, Float, Int  # noqa: E402

from euthymia.engine.integrate import Drivers, States, System, apart, note, swept  # noqa: E402
from euthymia.engine.linear_steps import AbstractKinetics, Numbers  # noqa: E402

SEGMENTS = 512  # segments a call; shorter schedules are padded, longer ones take several calls, none recompiles
GIFTS = STRETCHES = STOPS = 48  # of what is given at once, of what runs, and of times to tell: room in a call
LANES = 256  # people a call: a multiple of every vector width, so that a person's bytes never depend on neighbours
STEPS = 2  # steps a segment
ORDER = 2  # order of the scheme, which Richardson extrapolation uses
# Below this a state is 0: in the subnormal numbers that follow, arithmetic is a hundred times slower.
NOTHING = {np.dtype("float64"): 1e-200, np.dtype("float32"): 1e-30}

Within = tuple["Carry", Drivers]  # and the drivers within the last segment, [part, lane]


class Carry(eqx.Module):
    """Everything a block of people takes from one moment to the next.

    Attributes:
        kinetic: Kinetic state, (state or mode, lane).
        slow: Slow states by level: on the grid, and (for Richardson extrapolation) on the grid with halved steps.
    """

    kinetic: Array
    slow: tuple[States, ...]


class Plan(eqx.Module):
    """The schedule of one call, as data.

    Attributes:
        length: Length of each segment, h; 0 marks padding.
        given: What is given at the start of each segment, as a place in ``bolus``; -1 where nothing is.
        flowing: What runs during each segment, as a place in ``inflow``.
        bolus: Amounts given at once, [gift, target, lane].
        inflow: Constant inputs, amount per h, [stretch, running, lane].
    """

    length: Float[Numbers, " segment"]
    given: Int[Numbers, " segment"]
    flowing: Int[Numbers, " segment"]
    bolus: Float[Numbers, "gift target lane"]
    inflow: Float[Numbers, "stretch running lane"]


def advance(
    system: System, kinetics: AbstractKinetics, carry: Carry, plan: Plan
) -> tuple[Carry, Array, tuple[States, ...]]:
    """Take a block of people through a plan, all levels in one pass: the exact kinetics is stepped once for all.

    It can be differentiated in both directions.

    Returns:
        The carry at the end; the kinetic outputs [segment, output, lane] and slow states [segment, lane] by level at
        the end of each segment (of padding: the last values).
    """
    kinetics = kinetics.ready()

    @jax.checkpoint
    def step(state: Within, segment: tuple[Any, Any]) -> tuple[Within, tuple[Array, Any]]:
        moved = partial(_through, system, kinetics, plan)
        state = jax.lax.cond(segment[1] > 0.0, moved, lambda state, *_: state, state, *segment)
        return state, (jnp.stack(kinetics.outputs(state[0].kinetic)), state[0].slow)

    segments = jnp.arange(plan.length.size), jnp.asarray(plan.length)
    (carry, _), (outputs, slow) = jax.lax.scan(step, (carry, _room(system, kinetics, carry)), segments)
    return carry, outputs, slow


def advance_telling(
    system: System, kinetics: AbstractKinetics, carry: Carry, plan: Plan, stops: Int[Numbers, " stop"]
) -> tuple[Carry, Array]:
    """Take a block of people through a plan like `advance`, and tell all that is asked for in one array.

    Args:
        system: The nonlinear part.
        kinetics: The linear part.
        carry: Where everybody stands.
        plan: What is given.
        stops: How many segments are over when somebody asks, never falling. The last one is the end: what follows in
            the plan is left out. What is told at a number that is there twice is told twice.

    Returns:
        The carry at the end; what `tell` says at each stop, [stop, row, lane].
    """
    kinetics, length = kinetics.ready(), jnp.asarray(plan.length)

    def segment(number: Any, now: tuple[Within, Any]) -> tuple[Within, Any]:
        # The next length is found in time: looked up where it is needed, XLA looks it up for each person anew.
        return _through(system, kinetics, plan, now[0], number, now[1]), _at(length, number + 1)

    def stretch(start: tuple[Any, Any], stop: Any) -> tuple[tuple[Any, Any], Array]:
        now = jax.lax.fori_loop(start[1], stop, segment, start[0])
        return (now, stop), tell(kinetics, now[0][0])

    start = ((carry, _room(system, kinetics, carry)), length[0]), jnp.zeros((), stops.dtype)
    (((carry, _), _), _), told = jax.lax.scan(stretch, start, jnp.asarray(stops))
    return carry, told


def tell(kinetics: AbstractKinetics, carry: Carry) -> Array:
    """Return outputs, slow states and, of two levels, the states' estimated errors, [row, lane].

    States come in the order of their names, extrapolated where there are two levels.
    """
    names, (*coarse, fine) = sorted(carry.slow[0]), carry.slow
    corrections = [(fine[name] - level[name]) / (2.0**ORDER - 1.0) for level in coarse[-1:] for name in names]
    states = [fine[name] + (corrections[place] if coarse else 0.0) for place, name in enumerate(names)]
    return jnp.stack([*kinetics.outputs(carry.kinetic), *states, *(abs(each) for each in corrections)])


def _room(system: System, kinetics: AbstractKinetics, carry: Carry) -> Drivers:
    """Return room for the drivers within a segment, [part, lane]; the last are those where everybody stands."""
    now = system.fast(kinetics.outputs(carry.kinetic))
    return jax.tree.map(lambda one: jnp.broadcast_to(one, (_parts(carry) + 1, *one.shape)), now)


def _parts(carry: Carry) -> int:
    return STEPS * 2 ** (len(carry.slow) - 1)


def _through(system: System, kinetics: AbstractKinetics, plan: Plan, state: Within, number: Any, length: Any) -> Within:
    """Return the carry at the end of one segment of a plan, and the drivers within it, of which the last go on."""
    (carry, drivers), parts = state, _parts(state[0])
    h = length / parts
    place, running = _at(plan.given, number), _at(plan.flowing, number)
    operators = kinetics.operators(h, kinetics.flow(apart(h, lambda: _at(plan.inflow, running))))

    def seen(kinetic: Array) -> Drivers:
        return system.fast(kinetics.outputs(kinetic))

    def given(kinetic: Array, _: Drivers) -> tuple[Array, Drivers]:
        kinetic = kinetic + kinetics.put(_at(plan.bolus, place))
        return kinetic, seen(kinetic)

    def observe(part: Any, found: tuple[Array, Drivers]) -> tuple[Array, Drivers]:
        # The step comes first: a state that is read only afterwards can be changed where it stands.
        kinetic = _without_traces(kinetics.step(operators, found[0]))
        return kinetic, _put(found[1], part + 1, seen(kinetic))

    start = carry.kinetic, jax.tree.map(lambda each: each[-1], drivers)
    kinetic, now = jax.lax.cond(place >= 0, given, lambda *same: same, *start)
    kinetic, drivers = jax.lax.fori_loop(0, parts, observe, (kinetic, _put(drivers, 0, now)))
    strides = [parts // STEPS // 2**level for level in range(len(carry.slow))]
    slow = (_along(system, y, drivers, n, n * h) for y, n in zip(carry.slow, strides, strict=True))
    return Carry(kinetic, jax.tree.map(_without_traces, tuple(slow))), drivers


def _put(room: Drivers, place: Any, now: Drivers) -> Drivers:
    return jax.tree.map(lambda all, one: jax.lax.dynamic_update_index_in_dim(all, one, place, 0), room, now)


def _along(system: System, slow: States, drivers: Drivers, stride: int, h: Array) -> States:
    """Return the slow states after steps of ``h`` hours, each between two drivers that lie ``stride`` apart."""
    steps = (len(jax.tree.leaves(drivers)[0]) - 1) // stride

    def at(number: Any) -> Drivers:
        return jax.tree.map(lambda each: _at(each, stride * number), drivers)

    def step(number: Any, state: tuple[States, Drivers]) -> tuple[States, Drivers]:
        slow, noted = state
        before, after = apart(h, lambda: (at(number), at(number + 1)))
        return swept(system, slow, before | noted, after, h)

    return jax.lax.fori_loop(0, steps, step, (slow, note(system, slow, at(0), h)))[0]


def _at(values: Any, place: Any) -> Array:
    return jax.lax.dynamic_index_in_dim(jnp.asarray(values), place, keepdims=False)


def _without_traces(state: Array) -> Array:
    """Return a state whose last traces are gone, long before they become subnormal."""
    return jnp.where(abs(state) < NOTHING[state.dtype], 0.0, state)
