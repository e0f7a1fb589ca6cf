"""The search for the covariance of largest restricted likelihood in many replicates of one trial at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from euthymia.statistics.replicated import Slopes, States, Sums, differentiate, entries, evaluate, residuals

Array = NDArray[np.floating]
Index = NDArray[np.int64]
MOST_STEPS = 60
MOST_HALVINGS = 30
CLOSE = 1e-11  # expected fall of the deviance at which one more step ends the search
RAISED = 1e-13  # of a matrix's mean diagonal, added to it
FLAT = 1e-10  # smallest curvature, as a share of the largest, of a minimum that can be told from a valley


def minimise(sums: Sums) -> tuple[States, Slopes, NDArray[np.bool_]]:
    """Find the covariance of largest likelihood of each replicate.

    Newton's steps, by the expected second derivatives where the true ones bend downward, each halved until the
    deviance falls; a replicate that is done, or lost, is left alone.

    Args:
        sums: What the likelihood needs.

    Returns:
        The states of those replicates whose minimum was found, the derivatives there, and which they are, [replicate].
    """
    _, _, spread = entries(sums.visits)
    at = _start(sums)
    state = evaluate(sums, at)
    count, m = len(at), sums.visits
    done, lost = np.zeros(count, dtype=bool), ~np.isfinite(state.deviance)
    for _ in range(MOST_STEPS):
        going = np.flatnonzero(~done & ~lost)
        if not going.size:
            break
        part, here = sums.take(going), state.take(going)
        slopes = differentiate(part, here)
        lowest, highest = (np.linalg.eigvalsh(slopes.observed)[:, place] for place in (0, -1))
        convex = lowest > FLAT * highest
        matrix = np.where(convex[:, None, None], slopes.observed, slopes.expected)
        step = -_solve(matrix, slopes.gradient)
        fall = -(slopes.gradient * step).sum(1)
        move = (spread @ step[..., None]).reshape(-1, m, m)
        moved, went = _shorten(part, here, move, fall)
        state.put(going[went], moved.take(np.flatnonzero(went)))
        near = fall < CLOSE * (1.0 + 1e-6 * np.abs(here.deviance))
        done[going[near & convex]] = True
        lost[going[(near & ~convex) | (~near & ~went)]] = True
    last = state.take(np.flatnonzero(done))
    slopes = differentiate(sums.take(done), last)
    return last, slopes, done


def _solve(matrix: Array, right: Array) -> Array:
    """Return the solution of each system, its matrix raised a little so that it has one.

    Not by eigenvectors: a BLAS with threads takes a hundred times as long for them on a busy machine.
    """
    size = right.shape[-1]
    lift = RAISED * np.trace(matrix, axis1=1, axis2=2) / size
    return np.linalg.solve(matrix + lift[:, None, None] * np.eye(size), right[..., None])[..., 0]


def _shorten(sums: Sums, state: States, move: Array, fall: Array) -> tuple[States, NDArray[np.bool_]]:
    """Return the states along each replicate's step, halved as often as needed, and whose deviance fell enough."""
    noise = 1e-12 * (1.0 + np.abs(state.deviance))
    share = np.ones(len(move))
    reached = evaluate(sums, state.sigma + move)
    for _ in range(MOST_HALVINGS):
        with np.errstate(invalid="ignore"):
            low = reached.deviance <= state.deviance - 1e-4 * share * fall + noise
        again = np.flatnonzero(~low)
        if not again.size:
            break
        share[again] /= 2.0
        reached.put(again, evaluate(sums.take(again), (state.sigma + share[:, None, None] * move)[again]))
    return reached, reached.deviance <= state.deviance - 1e-4 * share * fall + noise


def _start(sums: Sums) -> Array:
    """Return rough covariances, [replicate, visit, visit]: of residuals of least squares, correlations held back."""
    m = sums.visits
    flat = evaluate(sums, np.broadcast_to(np.eye(m), (len(sums.n), m, m)))
    total, pairs = np.zeros((len(sums.n), m, m)), np.zeros((len(sums.n), m, m))
    for place, seen in enumerate(sums.seen):
        both = np.outer(seen, seen)
        total += np.where(both, residuals(sums, flat.beta, place), 0.0)
        pairs += sums.n[:, place, None, None] * both
    rough = total / np.maximum(pairs, 1.0)
    variance = np.maximum(np.diagonal(rough, axis1=1, axis2=2), 1e-6)
    size = np.sqrt(variance[:, :, None] * variance[:, None, :])
    correlation = np.clip(rough / size, -1.0, 1.0)
    correlation[:, np.arange(m), np.arange(m)] = 1.0
    floor, lowest = 0.05, np.linalg.eigvalsh(correlation)[:, 0]
    shrink = np.where(lowest >= floor, 1.0, (1.0 - floor) / np.maximum(1.0 - lowest, floor))
    return (np.eye(m) + shrink[:, None, None] * (correlation - np.eye(m))) * size
