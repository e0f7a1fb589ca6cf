"""A varicosity in time: what is done to it and from when on, and the course of its nineteen states."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from euthymia.errors import ConvergenceError, ScheduleError
from euthymia.plasticity.varicosity import REST, Varicosity, VaricosityInput, VaricosityState

NOUGHT = -1e-6  # a state below this (uM, or relative) is negative; what lies between is the solver's error


class UnphysicalWarning(UserWarning):
    """A state that cannot be negative is."""


class Change(NamedTuple):
    """What is done to the varicosity from ``t`` (h) until the next change."""

    t: float
    given: VaricosityInput


def follow(
    model: Varicosity, changes: Sequence[Change], t: ArrayLike, *, rtol: float = 1e-6, atol: float = 1e-9
) -> VaricosityState:
    """Follow one varicosity through what is done to it, with the stiff BDF method, started anew at every change.

    Args:
        model: The varicosity; its start stands at 0 h.
        changes: What is done and from when, in order of time; before the first of them it is left alone.
        t: Times to report, h, increasing and not before 0. At the very time of a change nothing has moved yet.
        rtol: Relative tolerance of a step.
        atol: Absolute tolerance of a step, uM.

    Returns:
        The states at these times, each [time].

    Raises:
        ScheduleError: When times are before 0 or out of order.
        ConvergenceError: When the solver gives up.

    Warns:
        UnphysicalWarning: When a state is negative at a time reported.
    """
    t = np.asarray(t, dtype=float)
    times = [change.t for change in changes]
    for what, given in (("changes", times), ("times to report", t.tolist())):
        if any(late <= early for early, late in zip([-1e-12, *given], given, strict=False)):
            raise ScheduleError(f"{what} at {given} h; each must be later than the one before, and none before 0 h")
    starts = Change(0.0, REST), *changes
    ends = [*times, np.inf]
    y = np.array([float(value) for value in model.start])
    found = np.empty((t.size, y.size))
    for (begin, given), end in zip(starts, ends, strict=True):
        inside = (t >= begin) & (t < end)
        stop = min(end, t[-1]) if t.size else begin
        if stop < begin:
            break
        found[inside], y = _stretch(model, given, y, begin, stop, t[inside], rtol, atol)
    state = VaricosityState(*found.T)
    warn_if_negative(model, state, t)
    return state


def warn_if_negative(model: Varicosity, state: VaricosityState, t: np.ndarray) -> None:
    """Warn of every state that is negative at a time reported, and tell when it is first seen to be."""
    first = {name: t[np.argmax(value < NOUGHT)] for name, value in state._asdict().items() if np.any(value < NOUGHT)}
    if first:
        told = ", ".join(f"{name} (seen at {time:g} h)" for name, time in first.items())
        message = f"the {model.vesicles.form.value} form of the varicosity left the physical range: negative {told}"
        warnings.warn(f"{message}; from then on its numbers mean nothing", UnphysicalWarning, stacklevel=3)


def _stretch(
    model: Varicosity,
    given: VaricosityInput,
    y: np.ndarray,
    begin: float,
    end: float,
    t: np.ndarray,
    rtol: float,
    atol: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the states at ``t`` and at ``end``, [time, state] and [state], under constant inputs."""
    from scipy.integrate import solve_ivp

    if end == begin:
        return np.tile(y, (t.size, 1)), y
    leaves, kind = jax.tree.flatten(model)
    numbers, done = np.array(leaves, dtype=float), np.array(given, dtype=float)
    # SciPy's BDF begins with unfilled memory in its table of differences and subtracts it once before it overwrites it.
    with np.errstate(invalid="ignore", over="ignore"):
        solution = solve_ivp(
            lambda _, y: np.asarray(_rates(kind, numbers, y, done)),
            (begin, end),
            y,
            method="BDF",
            t_eval=[*t, *([] if t.size and t[-1] == end else [end])],
            jac=lambda _, y: np.asarray(_slopes(kind, numbers, y, done)),
            rtol=rtol,
            atol=atol,
        )
    if not solution.success:
        raise ConvergenceError(f"no course of the varicosity from {begin:g} to {end:g} h: {solution.message}")
    return solution.y.T[: t.size], solution.y[:, -1]


@partial(jax.jit, static_argnums=0)
def _rates(kind: Any, numbers: Any, y: Any, given: Any) -> Any:
    """Return the derivative as one array; compiled once for all numbers and inputs."""
    model = jax.tree.unflatten(kind, [*numbers])
    return jnp.stack([*model.derivative(0.0, VaricosityState(*y), VaricosityInput(*given))])


_slopes = partial(jax.jit, static_argnums=0)(jax.jacfwd(_rates, argnums=2))
