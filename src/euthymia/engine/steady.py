"""Fixed points of small fast systems: damped Newton, with derivatives by the implicit function theorem."""

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


class Root(NamedTuple):
    """A fixed point and how well it was reached; `checked` turns a failure into an error."""

    solution: Float[Array, " n"]
    converged: Bool[Array, ""]
    residual: Float[Array, ""]
    steps: Int[Array, ""]


class _Iterate(NamedTuple):
    """What one Newton step hands to the next: the best point so far and the share of a full step to try."""

    x: Array
    f: Array
    error: Array
    share: Array
    steps: Array


def fixed_point(
    residual: Residual, guess: Float[Array, " n"], args: Any, *, tolerance: float = 1e-12, steps: int = 60
) -> Root:
    """Return x with residual(x, args) = 0 for a small dense system.

    A step is taken only where it makes the residual smaller, else it is tried again at half its length: Newton without
    damping leaves the basin of a circuit near its bifurcation. The solution differentiates with respect to `args`
    (forward and reverse) without unrolling the iterations:

        dx/dargs = -(df/dx)^-1 df/dargs                                                                (1)

    The guess has no influence on the derivatives. Batches are made with `jax.vmap`.

    Args:
        residual: Pure function (x, args) -> f with f of x's shape.
        guess: Where to start, shape (n,).
        args: Whatever the residual needs, as a pytree.
        tolerance: Largest absolute component of f that counts as zero, in the residual's own units.
        steps: The most Newton steps (tried, not taken) before the search gives up.

    Returns:
        The solution, whether the tolerance was reached, the largest absolute residual, and the steps tried. Where the
        search failed, `solution` is the best point found and `converged` is False.
    """
    start = jax.lax.stop_gradient(jnp.asarray(guess, float))

    def solve(f: Callable[[Array], Array], x: Array) -> tuple[Array, tuple[Array, Array]]:
        last = _newton(f, x, tolerance, steps)
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


def _newton(f: Callable[[Array], Array], start: Array, tolerance: float, steps: int) -> _Iterate:
    """Iterate until the residual is below the tolerance, the steps are used up, or no step helps any more."""

    def unfinished(now: _Iterate) -> Array:
        # "not below" rather than "above": a residual that is not a number is unfinished, too.
        return ~(now.error <= tolerance) & (now.steps < steps)

    def step(now: _Iterate) -> _Iterate:
        direction = jnp.linalg.solve(jax.jacfwd(f)(now.x), now.f)
        x = now.x - now.share * direction
        value = f(x)
        error = _largest(value)
        better = error < now.error
        return _Iterate(
            x=jnp.where(better, x, now.x),
            f=jnp.where(better, value, now.f),
            error=jnp.where(better, error, now.error),
            share=jnp.where(better, jnp.minimum(2 * now.share, 1.0), now.share / 2),
            steps=now.steps + 1,
        )

    value = f(start)
    return jax.lax.while_loop(
        unfinished, step, _Iterate(start, value, _largest(value), jnp.asarray(1.0), jnp.asarray(0))
    )


def _largest(value: Array) -> Array:
    """Return the largest absolute component."""
    return jnp.max(jnp.abs(value))
