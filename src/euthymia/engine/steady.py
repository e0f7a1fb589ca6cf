"""Fixed points of small fast systems: two Newton searches, with derivatives by the implicit function theorem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from euthymia.engine import runtime
from euthymia.errors import ConvergenceError

runtime.start()  # a tolerance of 1e-12 has no meaning in JAX's default single precision

Residual = Callable[[Any, Any], Any]

# How `settling_newton` paces itself; the flow's own time is the unit. The root does not depend on them.
FIRST_TIME_STEP = 10.0
FASTEST_GROWTH = 10.0  # of the time step, from one step to the next
WORST_RISE = 2.0  # of the residual, before a step is taken back
SHORTEN = 2.0  # the time step after a step was taken back


class Root(NamedTuple):
    """A fixed point and how well it was reached; `checked` turns a failure into an error."""

    solution: Float[Array, " n"]
    converged: Bool[Array, ""]
    residual: Float[Array, ""]
    steps: Int[Array, ""]


class Iterate(NamedTuple):
    """What one step hands to the next: the best point so far, and how bold the next step may be."""

    x: Array
    f: Array
    error: Array
    boldness: Array
    steps: Array


Search = Callable[[Callable[[Array], Array], Array, float, int], Iterate]


def damped_newton(f: Callable[[Array], Array], start: Array, tolerance: float, steps: int) -> Iterate:
    """Newton steps, each taken only where it makes the residual smaller and else tried again at half its length.

    For any residual with a root near the guess. It stops moving where two roots have just vanished.
    """

    def step(now: Iterate) -> Iterate:
        x = now.x - now.boldness * jnp.linalg.solve(jax.jacfwd(f)(now.x), now.f)
        value = f(x)
        better = _largest(value) < now.error
        boldness = jnp.where(better, jnp.minimum(2 * now.boldness, 1.0), now.boldness / 2)
        return _choose(better, x, value, boldness, now)

    return _iterate(f, step, start, 1.0, tolerance, steps)


def settling_newton(f: Callable[[Array], Array], start: Array, tolerance: float, steps: int) -> Iterate:
    """Implicit steps in time along dx/dt = f(x), longer as the residual falls, until they are Newton steps.

        x <- x + (I/h - df/dx)^-1 f,   h <- h |f_old|/|f_new|                                          (2)

    For residuals whose flow settles: follows the flow past places where two roots have just vanished, on which
    `damped_newton` gets stuck, to the root where the flow ends.
    """

    def step(now: Iterate) -> Iterate:
        slopes = jnp.eye(start.size) / now.boldness - jax.jacfwd(f)(now.x)
        x = now.x + jnp.linalg.solve(slopes, now.f)  # (2)
        value = f(x)
        error = _largest(value)
        # A negative determinant means that the step is so long that it goes against the flow in some direction.
        bearable = (error < WORST_RISE * now.error) & (jnp.linalg.det(slopes) > 0)
        growth = jnp.clip(now.error / error, 1 / WORST_RISE, FASTEST_GROWTH)
        boldness = jnp.where(bearable, now.boldness * growth, now.boldness / SHORTEN)
        return _choose(bearable, x, value, boldness, now)

    return _iterate(f, step, start, FIRST_TIME_STEP, tolerance, steps)


def fixed_point(
    residual: Residual,
    guess: Float[Array, " n"],
    args: Any,
    *,
    search: Search = damped_newton,
    tolerance: float = 1e-12,
    steps: int = 60,
) -> Root:
    """Return x with residual(x, args) = 0 for a small dense system.

    The solution differentiates with respect to `args` (forward and reverse) without unrolling the iterations:

        dx/dargs = -(df/dx)^-1 df/dargs                                                                (1)

    The guess has no influence on the derivatives. Batches are made with `jax.vmap`.

    Args:
        residual: Pure function (x, args) -> f with f of x's shape.
        guess: Where to start, shape (n,).
        args: Whatever the residual needs, as a pytree.
        search: `damped_newton`, or `settling_newton` where the residual is a velocity that settles.
        tolerance: Largest absolute component of f that counts as zero, in the residual's own units.
        steps: The most Newton steps (tried, not taken) before the search gives up.

    Returns:
        The solution, whether the tolerance was reached, the largest absolute residual, and the steps tried. Where the
        search failed, `solution` is the best point found and `converged` is False.
    """
    start = jax.lax.stop_gradient(jnp.asarray(guess, float))

    def solve(f: Callable[[Array], Array], x: Array) -> tuple[Array, tuple[Array, Array]]:
        last = search(f, x, tolerance, steps)
        return last.x, (last.error, last.steps.astype(float))  # custom_root differentiates floats only

    def tangent_solve(g: Callable[[Array], Array], y: Array) -> Array:
        return jnp.linalg.solve(jax.jacfwd(g)(y), y)  # (1), g is linear

    solution, (error, taken) = jax.lax.custom_root(
        lambda x: residual(x, args), start, solve, tangent_solve, has_aux=True
    )
    return Root(solution, error <= tolerance, error, taken.astype(int))


def checked(root: Root, what: str) -> Root:
    """Return the root unchanged, or raise where any member of it did not converge; for use outside `jax.jit`.

    Args:
        root: A root or a batch of roots.
        what: What was looked for, in the reader's words.

    Raises:
        ConvergenceError: When any root of the batch missed its tolerance.
    """
    missed = int(np.sum(~np.asarray(root.converged)))
    if missed:
        worst, taken = float(np.max(np.asarray(root.residual))), int(np.max(np.asarray(root.steps)))
        total = np.size(root.converged)
        raise ConvergenceError(
            f"no fixed point for {what} in {missed} of {total} cases: residual {worst:.3g} after {taken} Newton steps"
        )
    return root


def _iterate(
    f: Callable[[Array], Array],
    step: Callable[[Iterate], Iterate],
    start: Array,
    boldness: float,
    tolerance: float,
    steps: int,
) -> Iterate:
    """Repeat the step until the residual is below the tolerance or the steps are used up."""

    def unfinished(now: Iterate) -> Array:
        # "not below" rather than "above": a residual that is not a number is unfinished, too.
        return ~(now.error <= tolerance) & (now.steps < steps)

    value = f(start)
    first = Iterate(start, value, _largest(value), jnp.asarray(boldness), jnp.asarray(0))
    return jax.lax.while_loop(unfinished, step, first)


def _choose(accepted: Array, x: Array, f: Array, boldness: Array, now: Iterate) -> Iterate:
    """Return the next iterate: the tried point where it was accepted, else the present one."""
    return Iterate(
        x=jnp.where(accepted, x, now.x),
        f=jnp.where(accepted, f, now.f),
        error=jnp.where(accepted, _largest(f), now.error),
        boldness=boldness,
        steps=now.steps + 1,
    )


def _largest(value: Array) -> Array:
    """Return the largest absolute component."""
    return jnp.max(jnp.abs(value))
