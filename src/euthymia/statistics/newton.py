"""A Newton search for a minimum whose exact second derivatives are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from euthymia.errors import ConvergenceError

Array = NDArray[np.floating]
Kept = TypeVar("Kept")
MOST_STEPS = 200
LONGEST_STEP = 2.0  # in any one parameter; they are logarithms and the like
CLOSE = 1e-9  # expected fall of the function, at which one more step ends the search
FLAT = 1e-10  # smallest curvature, as a share of the largest, of a minimum that can be told from a valley


@dataclass(frozen=True, eq=False)
class Minimum(Generic[Kept]):
    """Where the search ended.

    Attributes:
        at: The parameters.
        kept: What the function keeps of that point.
        hessian: Second derivatives there.
        steps: Steps taken.
    """

    at: Array
    kept: Kept
    hessian: Array
    steps: int


def minimise(
    value: Callable[[Array], tuple[float, Kept] | None],
    derivatives: Callable[[Array, Kept], tuple[Array, Array]],
    start: Array,
) -> Minimum[Kept]:
    """Return the minimum reached from a start by Newton steps, shortened until the function falls.

    Directions in which the function bends downward are followed downhill by the size of their curvature.

    Args:
        value: Gives the function and whatever else is known of a point; None where it is not defined.
        derivatives: Gives gradient and Hessian at a point.
        start: Where to start.

    Raises:
        ConvergenceError: When the start is not allowed, no step helps, or the minimum is flat in some direction.
    """
    found = value(start)
    if found is None:
        raise ConvergenceError("the search cannot start: the likelihood is not defined there")
    at, (height, kept) = start, found
    for steps in range(1, MOST_STEPS + 1):
        gradient, hessian = derivatives(at, kept)
        curvature, axes = np.linalg.eigh(hessian)
        least = max(FLAT * float(curvature[-1]), 1e-300)
        step = -axes @ ((axes.T @ gradient) / np.maximum(np.abs(curvature), least))
        fall = -float(gradient @ step)
        step *= min(1.0, LONGEST_STEP / max(float(np.max(np.abs(step))), 1e-300))
        moved = _shorten(value, at, height, step, fall)
        if fall < CLOSE * (1.0 + 1e-6 * abs(height)):
            if curvature[0] <= least:
                raise ConvergenceError("the likelihood is flat in some direction: these data do not tell it")
            if moved is not None:
                at, height, kept = moved
                _, hessian = derivatives(at, kept)
            return Minimum(at, kept, hessian, steps)
        if moved is None:
            raise ConvergenceError(f"no step lowers the likelihood after {steps} steps")
        at, height, kept = moved
    raise ConvergenceError(f"no minimum after {MOST_STEPS} steps")


def _shorten(
    value: Callable[[Array], tuple[float, Kept] | None], at: Array, height: float, step: Array, fall: float
) -> tuple[Array, float, Kept] | None:
    """Return the first point along a step, halved as often as needed, at which the function falls enough."""
    noise = 1e-12 * (1.0 + abs(height))  # of sums over rows: no fall below it can be seen
    share = 1.0
    for _ in range(40):
        found = value(at + share * step)
        if found is not None and found[0] <= height - 1e-4 * share * fall + noise:
            return at + share * step, *found
        share /= 2.0
    return None
