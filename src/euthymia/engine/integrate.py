"""The structured scheme: exact linear kinetics, quasi-steady fast layer, exponential sweep of the slow cascade.

Within a step the slow states are taken from fastest to slowest; each sees the already updated faster ones, and is
moved by the exact solution for a rate held at its mean and a drive that changes linearly:

    y1 = E y0 + h [(phi1 - phi2) d0 + phi2 d1],   E = exp(-x),  phi1 = (1 - E)/x,  phi2 = (1 - phi1)/x,  x = h (r0 + r1)/2   (1)

Plain exponential Heun, where every second stage sees only predicted values, loses an order on such a cascade; the sweep
keeps order two. States that feed back on faster ones are predicted first (``feedback``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from euthymia.engine import runtime

runtime.start()

import equinox as eqx  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
from jaxtyping import Array, Float  # noqa: E402

SEGMENTS = 64  # segments a call; shorter schedules are padded, longer ones take several calls, none recompiles
LANES = 512  # people a call: a multiple of every vector width, so that a person's bytes never depend on neighbours
STEPS = 2  # steps a segment
SERIES_BELOW = 1e-2  # below this exponent phi2 is taken from its series, where the quotient would lose digits

Lanes = Float[Array, "lane"]
Drivers = dict[str, Any]
States = dict[str, Lanes]
Link = tuple[str, Callable[[States, Drivers], tuple[Lanes, Lanes]]]


class System(Protocol):
    """The nonlinear part of a model: a fast layer without memory and a cascade of relaxing states."""

    feedback: bool

    def fast(self, exposure: Float[Array, "output lane"]) -> Drivers:
        """Return the quasi-steady quantities that follow from the kinetic outputs."""
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

    def shape(self) -> tuple[int, int]:
        """Return the shape of the kinetic state, (state or mode, lane)."""
        raise NotImplementedError

    def operators(self, h: Array) -> Any:
        """Return what one step of length ``h`` needs, the same for all steps of a segment."""
        raise NotImplementedError

    def put(self, amounts: Float[Array, "state lane"]) -> Array:
        """Return the change of the kinetic state when ``amounts`` are put into the states."""
        raise NotImplementedError

    def step(self, operators: Any, state: Array, inflow: Array) -> Array:
        """Return the state one step later; ``inflow`` is the constant input in the coordinates of ``put``."""
        raise NotImplementedError

    def outputs(self, state: Array) -> Float[Array, "output lane"]:
        """Return the outputs."""
        raise NotImplementedError


class ModalKinetics(AbstractKinetics):
    """Kinetics in modes: every mode is a number times an exponential."""

    lam: Float[Array, "mode lane"]
    inject: Float[Array, "target mode lane"]
    read: Float[Array, "output mode lane"]

    def shape(self) -> tuple[int, int]:
        """Return (mode, lane)."""
        return self.lam.shape  # type: ignore[return-value]

    def operators(self, h: Array) -> tuple[Array, Array]:
        """Return decay over a step and the response to a unit constant input."""
        x = self.lam * h
        return jnp.exp(x), h * jnp.where(x == 0.0, 1.0, jnp.expm1(x) / jnp.where(x == 0.0, 1.0, x))

    def put(self, amounts: Array) -> Array:
        """Return the added amplitudes."""
        return (self.inject * amounts[:, None, :]).sum(0)

    def step(self, operators: tuple[Array, Array], state: Array, inflow: Array) -> Array:
        """Return the amplitudes one step later."""
        decay, settle = operators
        return decay * state + settle * inflow

    def outputs(self, state: Array) -> Array:
        """Return the outputs [output, lane]."""
        return (self.read * state[None]).sum(1)


class DenseKinetics(AbstractKinetics):
    """Kinetics by the exponential of the matrix, for people whose rates nearly coincide."""

    matrix: Float[Array, "lane state state"]
    targets: Float[Array, "target state"]
    read: Float[Array, "lane output state"]

    def shape(self) -> tuple[int, int]:
        """Return (state, lane)."""
        return self.matrix.shape[-1], self.matrix.shape[0]

    def operators(self, h: Array) -> tuple[Array, Array]:
        """Return the propagator of a step and the response to unit constant inputs, [lane, state, state]."""
        lanes, n, _ = self.matrix.shape
        wide = jnp.zeros((lanes, 2 * n, 2 * n)).at[:, :n, :n].set(self.matrix).at[:, :n, n:].set(jnp.eye(n))
        both = jax.vmap(jax.scipy.linalg.expm)(wide * h)
        return both[:, :n, :n], both[:, :n, n:]

    def put(self, amounts: Array) -> Array:
        """Return the added amounts [state, lane]."""
        return jnp.einsum("ts,tl->sl", self.targets, amounts)

    def step(self, operators: tuple[Array, Array], state: Array, inflow: Array) -> Array:
        """Return the amounts one step later."""
        across, settle = operators
        return jnp.einsum("lij,jl->il", across, state) + jnp.einsum("lij,jl->il", settle, inflow)

    def outputs(self, state: Array) -> Array:
        """Return the outputs [output, lane]."""
        return jnp.einsum("lon,nl->ol", self.read, state)


class Carry(eqx.Module):
    """Everything a block of people takes from one moment to the next."""

    kinetic: Array
    slow: States


class Plan(eqx.Module):
    """The schedule of one call, as data.

    Attributes:
        h: Step length of each segment, h; 0 marks padding.
        bolus: Amounts given at the start of a segment, [segment, target, lane].
        inflow: Constant inputs during a segment, amount per h, [segment, target, lane].
    """

    h: Float[Array, "segment"]
    bolus: Float[Array, "segment target lane"]
    inflow: Float[Array, "segment target lane"]


def advance(system: System, kinetics: AbstractKinetics, carry: Carry, plan: Plan) -> tuple[Carry, Array, States]:
    """Take a block of people through a plan.

    Returns:
        The carry at the end; the kinetic outputs [segment, output, lane] and slow states [segment, lane] at the end of
        each segment (of padding: the last values).
    """

    def run(carry: Carry, segment: Plan) -> Carry:
        operators = kinetics.operators(segment.h)
        inflow = kinetics.put(segment.inflow)
        kinetic = carry.kinetic + kinetics.put(segment.bolus)
        slow, before = carry.slow, system.fast(kinetics.outputs(kinetic))
        for _ in range(STEPS):
            kinetic = kinetics.step(operators, kinetic, inflow)
            after = system.fast(kinetics.outputs(kinetic))
            slow = sweep(system, slow, before, after, segment.h)
            before = after
        return Carry(kinetic, slow)

    @jax.checkpoint
    def step(carry: Carry, segment: Plan) -> tuple[Carry, tuple[Array, States]]:
        carry = jax.lax.cond(segment.h > 0.0, run, lambda carry, _: carry, carry, segment)
        return carry, (kinetics.outputs(carry.kinetic), carry.slow)

    carry, (outputs, slow) = jax.lax.scan(step, carry, plan)
    return carry, outputs, slow


advance_compiled = eqx.filter_jit(advance)


def sweep(system: System, slow: States, before: Drivers, after: Drivers, h: Array) -> States:
    """Return the slow states one step of ``h`` hours later, by (1), from fastest to slowest."""
    links = system.links()
    start = {name: link(slow, before) for name, link in links}
    seen = dict(slow)
    if system.feedback:
        seen = {name: _relax(slow[name], *start[name], *start[name], h) for name, _ in links}
    for name, link in links:
        seen[name] = _relax(slow[name], *start[name], *link(seen, after), h)
    return seen


def _relax(y: Lanes, r0: Lanes, d0: Lanes, r1: Lanes, d1: Lanes, h: Array) -> Lanes:
    """Return y after ``h`` under a mean rate and a linearly changing drive, (1)."""
    x = 0.5 * (r0 + r1) * h
    small = x < SERIES_BELOW
    safe = jnp.where(small, 1.0, x)
    E = jnp.exp(-x)
    phi1 = jnp.where(small, 1.0 - x / 2.0 * (1.0 - x / 3.0 * (1.0 - x / 4.0 * (1.0 - x / 5.0))), (1.0 - E) / safe)
    phi2 = jnp.where(small, 0.5 - x / 6.0 * (1.0 - x / 4.0 * (1.0 - x / 5.0)), (1.0 - phi1) / safe)
    return E * y + h * ((phi1 - phi2) * d0 + phi2 * d1)
