"""Several hypotheses under one error: the graphical procedure, and the orders that are special cases of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euthymia.statistics.table import TableError

Array = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Graph:
    """Hypotheses, their shares of the error, and where a share goes when its hypothesis is rejected.

    Attributes:
        weights: Share of the error of each hypothesis, [hypothesis]; together at most 1.
        transitions: Share of row's weight that goes to column, [hypothesis, hypothesis]; rows together at most 1.
        names: The hypotheses.
    """

    weights: Array
    transitions: Array
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        w, g = np.asarray(self.weights, dtype=float), np.asarray(self.transitions, dtype=float)
        object.__setattr__(self, "weights", w)
        object.__setattr__(self, "transitions", g)
        if g.shape != (len(w), len(w)):
            raise TableError(
                f"transitions of shape {g.shape} given for {len(w)} hypotheses; one row and column for each"
            )
        if w.min() < 0.0 or w.sum() > 1.0 + 1e-9:
            raise TableError(f"weights {w.tolist()} given; none may be negative, and together they may be 1 at most")
        if g.min() < 0.0 or g.sum(axis=1).max() > 1.0 + 1e-9 or np.any(np.diag(g) != 0.0):
            raise TableError("a row of transitions is negative, goes to itself, or is more than 1 together")


@dataclass(frozen=True, eq=False)
class Tested:
    """What a procedure found.

    Attributes:
        names: The hypotheses.
        adjusted: Adjusted p values, [hypothesis]: the smallest error at which each is rejected.
        rejected: Which are rejected, [hypothesis].
    """

    names: tuple[str, ...]
    adjusted: Array
    rejected: NDArray[np.bool_]


def reject_by_graph(graph: Graph, p: ArrayLike, *, alpha: float = 0.05) -> Tested:
    """Reject hypotheses one after another, each handing its share of the error on.

    The chance of rejecting any true hypothesis is alpha at most, whatever the dependence of the p values.

    Args:
        graph: Weights and transitions.
        p: p values, [hypothesis].
        alpha: Error of the whole family.

    Raises:
        TableError: When there is not one p value between 0 and 1 for each hypothesis.

    Source:
        Bretz, Maurer, Brannath, Posch (2009), A graphical approach to sequentially rejective multiple test procedures.
        Stat Med 28:586, algorithms 1 and 2.
    """
    values = np.asarray(p, dtype=float)
    if values.shape != graph.weights.shape or not np.all((values >= 0.0) & (values <= 1.0)):
        raise TableError(
            f"p values {values.tolist()} given for {len(graph.weights)} hypotheses; each has one from 0 to 1"
        )
    w, g = graph.weights.copy(), graph.transitions.copy()
    left, adjusted, highest = list(range(len(w))), np.ones(len(w)), 0.0
    while left:
        ratios = [values[j] / w[j] if w[j] > 0.0 else np.inf for j in left]
        first = left[int(np.argmin(ratios))]
        if not np.isfinite(min(ratios)):
            break
        highest = max(highest, min(ratios))
        adjusted[first] = min(highest, 1.0)
        left.remove(first)
        w, g = _without(w, g, first, left)
    names = graph.names or tuple(f"hypothesis {number + 1}" for number in range(len(w)))
    return Tested(names, adjusted, adjusted <= alpha + 1e-12)


def holm(hypotheses: int) -> Graph:
    """Return the graph of Holm's procedure: equal shares, handed on equally."""
    others = (1.0 - np.eye(hypotheses)) / max(hypotheses - 1, 1)
    return Graph(np.full(hypotheses, 1.0 / hypotheses), others)


def fixed_sequence(hypotheses: int) -> Graph:
    """Return the graph of tests in order, each at the whole error, until one fails."""
    return Graph(np.eye(hypotheses)[0], np.eye(hypotheses, k=1))


def fallback(weights: Sequence[float]) -> Graph:
    """Return the graph of tests in order, each at its own share and what the rejected before it have left."""
    return Graph(np.asarray(weights, dtype=float), np.eye(len(weights), k=1))


def gatekeeping(families: Sequence[int]) -> Graph:
    """Return the graph of families tested in order: each by Holm's procedure, the next once all before are rejected.

    What the last of a family leaves goes to the next in equal parts, through transitions too small to matter before.

    Args:
        families: Number of hypotheses of each family, in order.
    """
    small = 1e-9
    size = sum(families)
    weights, transitions = np.zeros(size), np.zeros((size, size))
    weights[: families[0]] = 1.0 / families[0]
    start = 0
    for number, count in enumerate(families):
        own, end = slice(start, start + count), start + count
        ahead = number + 1 < len(families)
        leave = (small if count > 1 else 1.0) if ahead else 0.0
        if count > 1:
            transitions[own, own] = (1.0 - np.eye(count)) * (1.0 - leave) / (count - 1)
        if ahead:
            transitions[own, end : end + families[number + 1]] = leave / families[number + 1]
        start = end
    return Graph(weights, transitions)


def _without(w: Array, g: Array, gone: int, left: list[int]) -> tuple[Array, Array]:
    """Return weights and transitions once a hypothesis is rejected."""
    weights, transitions = np.zeros_like(w), np.zeros_like(g)
    for j in left:
        weights[j] = w[j] + w[gone] * g[gone, j]
        back = g[j, gone] * g[gone, j]
        for k in left:
            if k != j and back < 1.0:
                transitions[j, k] = (g[j, k] + g[j, gone] * g[gone, k]) / (1.0 - back)
    return weights, transitions
