"""The structured scheme: exact linear kinetics, quasi-steady fast layer, exponential sweep of the slow cascade.

Within a step the slow states are taken from fastest to slowest; each sees the already updated faster ones, and is
moved by the exact solution for a rate held at its mean and a drive that changes linearly:

    y1 = E y0 + h [(phi1 - phi2) d0 + phi2 d1]                                                              (1)
    E = exp(-x),   phi1 = (1 - E)/x,   phi2 = (1 - phi1)/x,   x = h (r0 + r1)/2

Plain exponential Heun, where every second stage sees only predicted values, loses an order on such a cascade; the sweep
keeps order two. States that act on themselves or on faster ones are predicted first (``feedback``).
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

from euthymia.engine import runtime

runtime.start()

import equinox as eqx  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from jaxtyping import Array, Float  # noqa: E402

SEGMENTS = 64  # segments a call; shorter schedules are padded, longer ones take several calls, none recompiles
LANES = 512  # people a call: a multiple of every vector width, so that a person's bytes never depend on neighbours
STEPS = 2  # steps a segment
SERIES_BELOW = 1e-2  # below this exponent phi2 is taken from its series, where the quotient would lose digits

Lanes = Float[Array, " lane"]
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


class AbstractKinetics(eqx.Module):
    """Linear kinetics of a block of people, ready to be stepped."""

    @abc.abstractmethod
    def shape(self) -> tuple[int, int]:
        """Return the shape of the kinetic state, (state or mode, lane)."""

    @abc.abstractmethod
    def aim(self, targets: Sequence[int]) -> AbstractKinetics:
        """Return the same kinetics for amounts that go to these states only, in this order."""

    @abc.abstractmethod
    def put(self, amounts: Float[Array, "target lane"]) -> Array:
        """Return the change of the kinetic state when ``amounts`` are put into the targets."""

    @abc.abstractmethod
    def operators(self, h: Array, inflow: Array) -> tuple[Array, Array]:
        """Return what a step of ``h`` hours multiplies by and adds; ``inflow`` is constant and as ``put`` gives it."""

    @abc.abstractmethod
    def step(self, operators: tuple[Array, Array], state: Array) -> Array:
        """Return the state one step later."""

    @abc.abstractmethod
    def outputs(self, state: Array) -> list[Lanes]:
        """Return the outputs one by one, so that those nobody reads inside a step are never computed there."""


class ModalKinetics(AbstractKinetics):
    """Kinetics in modes: every mode is a number times an exponential."""

    lam: Float[Array, "mode lane"]
    inject: Float[Array, "target mode lane"]
    read: Float[Array, "output mode lane"]

    def shape(self) -> tuple[int, int]:
        """Return (mode, lane)."""
        modes, lanes = self.lam.shape
        return modes, lanes

    def aim(self, targets: Sequence[int]) -> ModalKinetics:
        """Return the same modes with the amplitudes of these targets only."""
        return ModalKinetics(self.lam, self.inject[np.asarray(targets, dtype=int)], self.read)

    def put(self, amounts: Array) -> Array:
        """Return the added amplitudes."""
        return _weighted(self.inject, amounts[:, None, :])

    def operators(self, h: Array, inflow: Array) -> tuple[Array, Array]:
        """Return the decay over a step and what a constant input has settled to after it."""
        decay, phi1, _ = _phi(-self.lam * h)
        return decay, h * phi1 * inflow

    def step(self, operators: tuple[Array, Array], state: Array) -> Array:
        """Return the amplitudes one step later."""
        decay, settled = operators
        return decay * state + settled

    def outputs(self, state: Array) -> list[Lanes]:
        """Return the outputs, one [lane] each."""
        return [_weighted(row, state) for row in self.read]


class DenseKinetics(AbstractKinetics):
    """Kinetics by the exponential of the matrix, for people whose rates nearly coincide."""

    matrix: Float[Array, "lane state state"]
    targets: Float[Array, "target state"]
    read: Float[Array, "lane output state"]

    def shape(self) -> tuple[int, int]:
        """Return (state, lane)."""
        return self.matrix.shape[-1], self.matrix.shape[0]

    def aim(self, targets: Sequence[int]) -> DenseKinetics:
        """Return the same system with these targets only."""
        return DenseKinetics(self.matrix, self.targets[np.asarray(targets, dtype=int)], self.read)

    def put(self, amounts: Array) -> Array:
        """Return the added amounts [state, lane]."""
        return jnp.einsum("ts,tl->sl", self.targets, amounts)

    def operators(self, h: Array, inflow: Array) -> tuple[Array, Array]:
        """Return a step's propagator [lane, state, state] and what a constant input has settled to [state, lane]."""
        lanes, n, _ = self.matrix.shape
        wide = jnp.zeros((lanes, n + 1, n + 1)).at[:, :n, :n].set(self.matrix).at[:, :n, n].set(inflow.T)
        both = jax.vmap(jax.scipy.linalg.expm)(wide * h)
        return both[:, :n, :n], both[:, :n, n].T

    def step(self, operators: tuple[Array, Array], state: Array) -> Array:
        """Return the amounts one step later."""
        across, settled = operators
        return jnp.einsum("lij,jl->il", across, state) + settled

    def outputs(self, state: Array) -> list[Lanes]:
        """Return the outputs, one [lane] each."""
        return list(jnp.einsum("lon,nl->ol", self.read, state))


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
        inflow: Constant inputs during a segment, amount per h, [segment, target, lane].
    """

    length: Float[Array, " segment"]
    bolus: Float[Array, "segment target lane"]
    inflow: Float[Array, "segment target lane"]


def advance(
    system: System, kinetics: AbstractKinetics, carry: Carry, plan: Plan
) -> tuple[Carry, Array, tuple[States, ...]]:
    """Take a block of people through a plan, all levels in one pass: the exact kinetics is stepped once for all.

    Returns:
        The carry at the end; the kinetic outputs [segment, output, lane] and slow states [segment, lane] by level at
        the end of each segment (of padding: the last values).
    """
    levels = len(carry.slow)
    parts = STEPS * 2 ** (levels - 1)

    def run(carry: Carry, segment: Plan) -> Carry:
        h = segment.length / parts
        operators = kinetics.operators(h, kinetics.put(segment.inflow))

        def observe(kinetic: Array, _: None) -> tuple[Array, Drivers]:
            return kinetics.step(operators, kinetic), system.fast(kinetics.outputs(kinetic))

        kinetic, drivers = jax.lax.scan(observe, carry.kinetic + kinetics.put(segment.bolus), length=parts)
        last = system.fast(kinetics.outputs(kinetic))
        drivers = jax.tree.map(lambda during, end: jnp.concatenate([during, end[None]]), drivers, last)
        strides = [2 ** (levels - 1 - level) for level in range(levels)]
        slow = (_along(system, y, _every(n, drivers), n * h) for y, n in zip(carry.slow, strides, strict=True))
        return Carry(kinetic, tuple(slow))

    @jax.checkpoint
    def step(carry: Carry, segment: Plan) -> tuple[Carry, tuple[Array, tuple[States, ...]]]:
        carry = jax.lax.cond(segment.length > 0.0, run, lambda carry, _: carry, carry, segment)
        return carry, (jnp.stack(kinetics.outputs(carry.kinetic)), carry.slow)

    carry, (outputs, slow) = jax.lax.scan(step, carry, plan)
    return carry, outputs, slow


advance_compiled = eqx.filter_jit(advance)


def _along(system: System, slow: States, drivers: Drivers, h: Array) -> States:
    """Return the slow states after one step of ``h`` hours between each two neighbouring drivers."""

    def step(slow: States, ends: tuple[Drivers, Drivers]) -> tuple[States, None]:
        return sweep(system, slow, *ends, h), None

    ends = jax.tree.map(lambda value: value[:-1], drivers), jax.tree.map(lambda value: value[1:], drivers)
    return jax.lax.scan(step, slow, ends)[0]


def _every(n: int, drivers: Drivers) -> Drivers:
    return jax.tree.map(lambda value: value[::n], drivers)


def sweep(system: System, slow: States, before: Drivers, after: Drivers, h: Array) -> States:
    """Return the slow states one step of ``h`` hours later, by (1), from fastest to slowest."""
    links = system.links()
    start = {name: link(slow, before) for name, link in links}
    seen = slow | {name: _relax(slow[name], *start[name], *start[name], h) for name in system.feedback}
    for name, link in links:
        seen[name] = _relax(slow[name], *start[name], *link(seen, after), h)
    return seen


def _relax(y: Lanes, r0: Lanes, d0: Lanes, r1: Lanes, d1: Lanes, h: Array) -> Lanes:
    """Return y after ``h`` under a mean rate and a linearly changing drive, (1)."""
    E, phi1, phi2 = _phi(0.5 * (r0 + r1) * h)
    return E * y + h * ((phi1 - phi2) * d0 + phi2 * d1)


def _phi(x: Array) -> tuple[Array, Array, Array]:
    """Return E, phi1 and phi2 of (1); by their series where the quotients would lose digits."""
    small = abs(x) < SERIES_BELOW
    safe = jnp.where(small, 1.0, x)
    E = jnp.exp(-x)
    phi1 = jnp.where(small, 1.0 - x / 2.0 * (1.0 - x / 3.0 * (1.0 - x / 4.0 * (1.0 - x / 5.0))), (1.0 - E) / safe)
    phi2 = jnp.where(small, 0.5 - x / 6.0 * (1.0 - x / 4.0 * (1.0 - x / 5.0)), (1.0 - phi1) / safe)
    return E, phi1, phi2


def _weighted(weights: Any, values: Any) -> Array:
    """Return the sum of weights times values over their first axes, written out: faster here than a reduction."""
    parts = (w * v for w, v in zip(weights, values, strict=True))
    return cast(Array, sum(parts))  # where nothing is given, the number 0, which broadcasts
