"""The (restricted) likelihood of repeated measures with its exact gradient and Hessian.

With V the block-diagonal covariance, Vi its derivatives, Phi = (X'V^-1 X)^-1, P = V^-1 - V^-1 X Phi X'V^-1 and r the
residuals, minus twice the restricted log likelihood and its derivatives are

    -2l = log|V| + log|X'V^-1 X| + r'V^-1 r + (N - p) log 2 pi                                        (1)
    d_i = tr(P Vi) - y'P Vi P y                                                                       (2)
    d_ij = tr(P Vij) - tr(P Vi P Vj) + 2 y'P Vi P Vj P y - y'P Vij P y                                (3)

and without restriction P becomes V^-1 in the traces. Sums run over patterns of observed visits, not over rows: a
missed visit is a row of zeros in X and a unit row in V, which adds nothing anywhere.

Source:
    Harville (1977), Maximum likelihood approaches to variance component estimation. J Am Stat Assoc 72:320.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euthymia.statistics.covariance import Surface
from euthymia.statistics.layout import Layout

Array = NDArray[np.floating]
Index = NDArray[np.int64]
LOG_2_PI = float(np.log(2.0 * np.pi))


@dataclass(frozen=True, eq=False)
class State:
    """The likelihood at one covariance.

    Attributes:
        deviance: Minus twice the log likelihood (1).
        beta: Coefficients of the layout's orthonormal columns, [column].
        root: Phi = root root', [column, column].
        padded: Covariance of each pattern, with unit rows for missed visits, [pattern, visit, visit].
        inverse: Its inverse, with zero rows for missed visits.
        scaled: V^-1 X root, [subject, visit, column].
        residual: y - X beta, [subject, visit].
        weighted: V^-1 (y - X beta), [subject, visit].
    """

    deviance: float
    beta: Array
    root: Array
    padded: Array
    inverse: Array
    scaled: Array
    residual: Array
    weighted: Array


@dataclass(frozen=True, eq=False)
class Slopes:
    """Derivatives of the deviance, and what the errors of coefficients are made of.

    Attributes:
        gradient: (2), [parameter].
        hessian: (3), [parameter, parameter].
        information: root' X'V^-1 Vi V^-1 X root, [parameter, column, column].
    """

    gradient: Array
    hessian: Array
    information: Array


def evaluate(layout: Layout, sigma: Array, *, restricted: bool) -> State | None:
    """Return the likelihood at covariance matrices [matrix, visit, visit]; None where one is not positive definite."""
    k, m = layout.X.shape[-1], layout.X.shape[1]
    both = layout.observed[:, :, None] & layout.observed[:, None, :]
    padded = np.where(both, sigma[layout.matrix], np.eye(m))
    try:
        lower = np.linalg.cholesky(padded)
        inverse = np.linalg.inv(padded) * both
        weights = inverse[layout.pattern] @ layout.X
        precision = layout.X.reshape(-1, k).T @ weights.reshape(-1, k)
        below = np.linalg.cholesky((precision + precision.T) / 2.0)
    except np.linalg.LinAlgError:
        return None
    root = np.linalg.inv(below).T
    beta = root @ (root.T @ (weights.reshape(-1, k).T @ layout.y.ravel()))
    seen = layout.observed[layout.pattern]
    residual = (layout.y - layout.X @ beta) * seen
    weighted = (inverse[layout.pattern] @ residual[..., None])[..., 0]
    log_volume = 2.0 * float(layout.counts @ np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(1))
    deviance = log_volume + float(np.sum(residual * weighted)) + (layout.rows - k * restricted) * LOG_2_PI
    if restricted:
        deviance += 2.0 * float(np.sum(np.log(np.diag(below))) + np.sum(np.log(np.abs(np.diag(layout.triangle)))))
    if not np.isfinite(deviance):
        return None
    return State(deviance, beta, root, padded, inverse, weights @ root, residual, weighted)


def differentiate(layout: Layout, state: State, surfaces: list[Surface], *, restricted: bool) -> Slopes:
    """Return the derivatives of the deviance by all covariance parameters, those of group after group.

    Args:
        layout: The data.
        state: The likelihood at the same covariance.
        surfaces: Covariance and derivatives of each matrix.
        restricted: Whether the likelihood is the restricted one.
    """
    k, each = layout.X.shape[-1], len(surfaces[0].first)
    size = each * layout.groups
    gradient, hessian = np.zeros(size), np.zeros((size, size))
    information, pull = np.zeros((size, k, k)), np.zeros((size, k))
    counts = layout.counts[:, None, None]
    squares = np.add.reduceat(state.weighted[:, :, None] * state.weighted[:, None, :], layout.starts)
    if restricted:
        leverage = np.add.reduceat(state.scaled @ state.scaled.swapaxes(1, 2), layout.starts)
    else:
        leverage = np.zeros_like(squares)
    slopes = counts * state.inverse - squares - leverage
    middle = 2.0 * (squares + leverage) - counts * state.inverse
    for group in range(layout.groups):
        block = slice(each * group, each * (group + 1))
        patterns = np.flatnonzero(layout.group[layout.matrix] == group)
        first, inner = _linear_parts(layout, surfaces, patterns, slopes, state.inverse, middle)
        gradient[block], hessian[block, block] = first, inner
        information[block], pull[block] = _cross_parts(layout, state, surfaces, patterns)
    hessian -= 2.0 * pull @ pull.T
    if restricted:
        table = information.reshape(size, k * k)
        hessian -= table @ table.T
    return Slopes(gradient, (hessian + hessian.T) / 2.0, (information + information.swapaxes(1, 2)) / 2.0)


def _linear_parts(
    layout: Layout, surfaces: list[Surface], patterns: Index, slopes: Array, inverse: Array, middle: Array
) -> tuple[Array, Array]:
    """Return sum <Vi, slope> and sum <Vij, slope> + tr(Vi V^-1 Vj middle) over the patterns of one group."""
    matrix = layout.matrix[patterns]
    starts = np.flatnonzero(np.diff(matrix, prepend=-1))
    total = np.add.reduceat(slopes[patterns], starts)
    here = [surfaces[number] for number in matrix[starts]]
    derivative = np.stack([each.first for each in here])
    gradient = np.einsum("fiab,fab->i", derivative, total)
    bend = sum(np.tensordot(each.second, slope, axes=2) for each, slope in zip(here, total, strict=True))
    each, m = derivative.shape[1], derivative.shape[2]
    spread = derivative[np.searchsorted(matrix[starts], matrix)]
    left = (spread @ inverse[patterns][:, None]).transpose(1, 0, 2, 3).reshape(each, -1)
    right = (spread @ middle[patterns][:, None]).transpose(0, 3, 2, 1).reshape(len(patterns) * m * m, each)
    return gradient, bend + left @ right


def _cross_parts(layout: Layout, state: State, surfaces: list[Surface], patterns: Index) -> tuple[Array, Array]:
    """Return sum u'Vi u, [parameter, column, column], and sum u'Vi e, [parameter, column], of one group.

    u is V^-1 X root and e is V^-1 r of each subject.
    """
    m, k = layout.X.shape[1:]
    ends = np.append(layout.starts, len(layout.y))
    people = slice(ends[patterns[0]], ends[patterns[-1] + 1])
    u, e = state.scaled[people], state.weighted[people]
    matrix = layout.matrix[layout.pattern[people]]
    if matrix[0] == matrix[-1]:  # one matrix: subjects can be summed before the derivatives are multiplied in
        first = surfaces[matrix[0]].first.reshape(-1, m * m)
        flat = u.reshape(len(u), m * k)
        cross = (flat.T @ flat).reshape(m, k, m, k).transpose(0, 2, 1, 3).reshape(m * m, k * k)
        moved = (flat.T @ e).reshape(m, k, m).transpose(0, 2, 1).reshape(m * m, k)
        return (first @ cross).reshape(-1, k, k), first @ moved
    found, pull = [], []
    for number in range(len(surfaces[0].first)):
        derivative = np.stack([each.first[number] for each in surfaces])[matrix]
        found.append(u.reshape(-1, k).T @ (derivative @ u).reshape(-1, k))
        pull.append(u.reshape(-1, k).T @ (derivative @ e[..., None]).ravel())
    return np.stack(found), np.stack(pull)
