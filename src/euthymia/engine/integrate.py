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

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
from jaxtyping import Array  # noqa: E402

from euthymia.engine.linear_steps import Lanes, phi  # noqa: E402

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


def sweep(system: System, slow: States, before: Drivers, after: Drivers, h: Array) -> States:
    """Return the slow states one step of ``h`` hours later, by (1), from fastest to slowest."""
    return swept(system, slow, before | note(system, slow, before, h), after, h)[0]


def swept(system: System, slow: States, before: Drivers, after: Drivers, h: Array) -> tuple[States, Drivers]:
    """Return the same, and what is noted at the end; what is noted at the start is among the drivers before."""
    links, noting = system.links(), system.noting if isinstance(system, Noting) else ""
    start = {name: link(slow, before) for name, link in links}
    seen = slow | {name: _relax(slow[name], *start[name], *start[name], h) for name in system.feedback}
    noted: Drivers = {}
    for name, link in links:
        seen[name] = _relax(slow[name], *start[name], *link(seen, after | noted), h)
        if name == noting:
            noted = note(system, seen, after, h)
    return seen, noted


def note(system: System, slow: States, drivers: Drivers, h: Array) -> Drivers:
    """Return what is noted; nothing where a system notes nothing."""
    if not (isinstance(system, Noting) and system.noting):
        return {}
    return apart(h, lambda: system.noted(slow, drivers))


def apart(h: Any, find: Callable[[], Any]) -> Any:
    """Return what is found, out of a condition that holds in every step: XLA fuses nothing across one.

    It would otherwise find it anew in each loop that reads it, and look numbers up in an array person by person.
    """
    nothing = jax.tree.map(lambda one: jnp.zeros(one.shape, one.dtype), jax.eval_shape(find))
    return jax.lax.cond(jnp.any(h > 0.0), find, lambda: nothing)


def _relax(y: Lanes, r0: Lanes, d0: Lanes, r1: Lanes, d1: Lanes, h: Array) -> Lanes:
    """Return y after ``h`` under a mean rate and a linearly changing drive, (1)."""
    E, phi1, phi2 = phi(0.5 * (r0 + r1) * h)
    return E * y + h * ((phi1 - phi2) * d0 + phi2 * d1)
