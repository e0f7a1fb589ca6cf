"""The structured scheme: exact linear kinetics, quasi-steady fast layer, exponential sweep of the slow cascade.

Within a step the slow states are taken from fastest to slowest; each sees the already updated faster ones, and is
moved by the exact solution for a rate held at its mean and a drive that changes linearly:

    y1 = E y0 + h [(phi1 - phi2) d0 + phi2 d1]                                                              (1)
    E = exp(-x),   phi1 = (1 - E)/x,   phi2 = (1 - phi1)/x,   x = h (r0 + r1)/2

Plain exponential Heun, where every second stage sees only predicted values, loses an order on such a cascade; the sweep
keeps order two. States that act on themselves or on faster ones are predicted first (``feedback``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, runtime_checkable

from euthymia.engine import runtime

runtime.start()

import equinox as eqx  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
from jaxtyping import Array, Bool, Float  # noqa: E402

from euthymia.engine.linear_steps import AbstractKinetics, Lanes, Numbers, phi  # noqa: E402

SEGMENTS = 64  # segments a call; shorter schedules are padded, longer ones take several calls, none recompiles
LANES = 256  # people a call: a multiple of every vector width, so that a person's bytes never depend on neighbours
STEPS = 2  # steps a segment
ORDER = 2  # order of the scheme, which Richardson extrapolation uses
NOTHING = 1e-200  # below this a state is 0: in the subnormal numbers that follow, arithmetic is a hundred times slower

Drivers = dict[str, Any]
States = dict[str, Lanes]
Link = tuple[str, Callable[[States, Drivers], tuple[Lanes, Lanes]]]


class System(Protocol):
    """The nonlinear part of a model: a fast layer without memory and a cascade of relaxing states."""

    @property
    def feedback(self) -> tuple[str, ...]:
        """Names of the states that act on themselves or on faster ones."""
        ...

    def fast(self, exposure: Sequence[Lanes]) -> Drivers:
        """Return the quasi-steady quantities that follow from the kinetic outputs, given one by one."""
        ...

    def links(self) -> tuple[Link, ...]:
        """Return name and (rate, drive) of each slow state, from fastest to slowest."""
        ...

    def initial(self, persons: int) -> States:
        """Return the slow states before treatment, [person]."""
        ...

    def take(self, people: Any) -> System:
        """Return the system of the people at these positions."""
        ...


@runtime_checkable
class Noting(Protocol):
    """A system of which several links read the same costly quantity, and have it found once."""

    @property
    def noting(self) -> str:
        """Name of the state after which it is found again within a step; empty where there is no such quantity."""
        ...

    def noted(self, slow: States, drivers: Drivers) -> Drivers:
        """Return what links find among the drivers once the state is known."""
        ...


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
        bolus: Amounts given at the start of a segment, [segment, target, lane].
        inflow: Constant inputs during a segment, amount per h, [segment, running, lane].
        given: Whether anything is given at the start of a segment; None where that may be anywhere.
        asked: Whether anybody asks for the outputs at the end of a segment, which are 0 elsewhere; all when None.
    """

    length: Float[Numbers, " segment"]
    bolus: Float[Numbers, "segment target lane"]
    inflow: Float[Numbers, "segment running lane"]
    given: Bool[Numbers, " segment"] | None = None
    asked: Bool[Numbers, " segment"] | None = None


def advance(
    system: System, kinetics: AbstractKinetics, carry: Carry, plan: Plan
) -> tuple[Carry, Array, tuple[States, ...]]:
    """Take a block of people through a plan, all levels in one pass: the exact kinetics is stepped once for all.

    Returns:
        The carry at the end; the kinetic outputs [segment, output, lane] and slow states [segment, lane] by level at
        the end of each segment (of padding: the last values; of outputs that nobody asked for: 0).
    """

    def told(carry: Carry) -> Array:
        return jnp.stack(kinetics.outputs(carry.kinetic))

    carry, (outputs, slow) = _along_the_plan(system, kinetics, carry, plan, told, lambda carry: carry.slow)
    return carry, outputs, slow


def advance_telling(system: System, kinetics: AbstractKinetics, carry: Carry, plan: Plan) -> tuple[Carry, Array]:
    """Take a block of people through a plan like `advance`, and tell all that is asked for in one array.

    Returns:
        The carry at the end; what `tell` says at the end of each segment, [segment, row, lane], 0 where nobody asks.
    """
    carry, (told, _) = _along_the_plan(system, kinetics, carry, plan, lambda carry: tell(kinetics, carry), lambda _: ())
    return carry, told


def tell(kinetics: AbstractKinetics, carry: Carry) -> Array:
    """Return outputs, slow states and, of two levels, the states' estimated errors, [row, lane].

    States come in the order of their names, extrapolated where there are two levels.
    """
    names, (*coarse, fine) = sorted(carry.slow[0]), carry.slow
    corrections = [(fine[name] - level[name]) / (2.0**ORDER - 1.0) for level in coarse[-1:] for name in names]
    states = [fine[name] + (corrections[place] if coarse else 0.0) for place, name in enumerate(names)]
    return jnp.stack([*kinetics.outputs(carry.kinetic), *states, *(abs(each) for each in corrections)])


def _along_the_plan(
    system: System,
    kinetics: AbstractKinetics,
    carry: Carry,
    plan: Plan,
    tell: Callable[[Carry], Array],
    always: Callable[[Carry], Any],
) -> tuple[Carry, tuple[Array, Any]]:
    """Return the carry at the end of a plan, and of each segment's end what is told where asked, and always."""
    kinetics = kinetics.ready()
    levels = len(carry.slow)
    parts = STEPS * 2 ** (levels - 1)

    def run(carry: Carry, segment: Plan) -> Carry:
        h = segment.length / parts
        operators = kinetics.operators(h, kinetics.flow(segment.inflow))

        def observe(kinetic: Array, _: None) -> tuple[Array, Drivers]:
            return kinetics.step(operators, kinetic), system.fast(kinetics.outputs(kinetic))

        start = _where(segment.given, lambda kinetic: kinetic + kinetics.put(segment.bolus), carry.kinetic)
        kinetic, drivers = jax.lax.scan(observe, start, length=parts)
        last = system.fast(kinetics.outputs(kinetic))
        drivers = jax.tree.map(lambda during, end: jnp.concatenate([during, end[None]]), drivers, last)
        strides = [2 ** (levels - 1 - level) for level in range(levels)]
        slow = (_along(system, y, _every(n, drivers), n * h) for y, n in zip(carry.slow, strides, strict=True))
        return jax.tree.map(_without_traces, Carry(kinetic, tuple(slow)))

    silent = jnp.zeros(jax.eval_shape(tell, carry).shape)

    @jax.checkpoint
    def step(carry: Carry, segment: Plan) -> tuple[Carry, tuple[Array, Any]]:
        carry = jax.lax.cond(segment.length > 0.0, run, lambda carry, _: carry, carry, segment)
        asked = True if segment.asked is None else segment.asked
        return carry, (jax.lax.cond(asked, tell, lambda _: silent, carry), always(carry))

    return jax.lax.scan(step, carry, plan)


def _along(system: System, slow: States, drivers: Drivers, h: Array) -> States:
    """Return the slow states after one step of ``h`` hours between each two neighbouring drivers."""

    def step(slow: States, ends: tuple[Drivers, Drivers]) -> tuple[States, None]:
        return sweep(system, slow, *ends, h), None

    ends = jax.tree.map(lambda value: value[:-1], drivers), jax.tree.map(lambda value: value[1:], drivers)
    return jax.lax.scan(step, slow, ends)[0]


def _where(whether: Numbers | None, change: Callable[[Array], Array], value: Array) -> Array:
    """Return the changed value, or the value itself where it is known that nothing changes."""
    return change(value) if whether is None else jax.lax.cond(whether, change, lambda same: same, value)


def _without_traces(state: Array) -> Array:
    """Return a state whose last traces are gone, long before they become subnormal."""
    return jnp.where(abs(state) < NOTHING, 0.0, state)


def _every(n: int, drivers: Drivers) -> Drivers:
    return jax.tree.map(lambda value: value[::n], drivers)


def sweep(system: System, slow: States, before: Drivers, after: Drivers, h: Array) -> States:
    """Return the slow states one step of ``h`` hours later, by (1), from fastest to slowest."""
    links, noting = system.links(), system.noting if isinstance(system, Noting) else ""
    before = before | (_noted(system, slow, before, h) if noting else {})
    start = {name: link(slow, before) for name, link in links}
    seen = slow | {name: _relax(slow[name], *start[name], *start[name], h) for name in system.feedback}
    for name, link in links:
        seen[name] = _relax(slow[name], *start[name], *link(seen, after), h)
        if name == noting:
            after = after | _noted(system, seen, after, h)
    return seen


def _noted(system: Any, slow: States, drivers: Drivers, h: Array) -> Drivers:
    """Return what is noted, out of a condition that holds in every step: XLA fuses nothing across one.

    It would otherwise find the quantity anew in each loop that reads it.
    """
    nothing = jax.tree.map(lambda one: jnp.zeros(one.shape), jax.eval_shape(system.noted, slow, drivers))
    return jax.lax.cond(jnp.any(h > 0.0), lambda: system.noted(slow, drivers), lambda: nothing)


def _relax(y: Lanes, r0: Lanes, d0: Lanes, r1: Lanes, d1: Lanes, h: Array) -> Lanes:
    """Return y after ``h`` under a mean rate and a linearly changing drive, (1)."""
    E, phi1, phi2 = phi(0.5 * (r0 + r1) * h)
    return E * y + h * ((phi1 - phi2) * d0 + phi2 * d1)
