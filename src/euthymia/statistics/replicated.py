"""The restricted likelihood of many replicates of one trial at once, from sums over people who missed the same visits.

The mean of a person's values is B z: z tells the arm and holds the centred baseline, B has a row for each visit. So the
baseline's effect and the arms' differ between visits, and the restricted likelihood and its derivatives (in
``likelihood.py``) need of the people of one pattern of missed visits only their number and the sums of zz', zy' and
yy'. The covariance of the visits is unstructured, and its entries are the parameters: all its second derivatives are
zero. Every sum over patterns is taken one after another, so a replicate comes out the same to the last bit whatever
others stand beside it.

Source:
    Harville (1977), Maximum likelihood approaches to variance component estimation. J Am Stat Assoc 72:320.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Index = NDArray[np.int64]
PROPER = 1e-12  # smallest eigenvalue of a matrix, as a share of its largest, that is told from zero


@dataclass(frozen=True, eq=False)
class Sums:
    """What the likelihood needs; arrays begin with [replicate, pattern] but for ``seen``.

    Attributes:
        seen: Visits of each pattern, [pattern, visit]; the same in every replicate, where a pattern may have nobody.
        n: People.
        zz: [..., column, column].
        yz: [..., visit, column].
        yy: [..., visit, visit].
    """

    seen: NDArray[np.bool_]
    n: Array
    zz: Array
    yz: Array
    yy: Array

    @property
    def visits(self) -> int:
        """Return the number of visits."""
        return self.seen.shape[1]

    @property
    def columns(self) -> int:
        """Return the number of columns of z."""
        return self.zz.shape[-1]

    def take(self, replicates: Index | NDArray[np.bool_]) -> Self:
        """Return the sums of some replicates."""
        return type(self)(self.seen, self.n[replicates], self.zz[replicates], self.yz[replicates], self.yy[replicates])


@dataclass(frozen=True, eq=False)
class States:
    """The likelihood of each replicate at one covariance each; arrays begin with [replicate].

    Attributes:
        sigma: Covariance of the visits, [..., visit, visit].
        deviance: Minus twice the restricted log likelihood, less a constant; infinite where it is not defined.
        beta: B, [..., visit, column].
        phi: Covariance of B's entries, row after row of B, [..., entry, entry].
        inverse: Inverse covariance of each pattern, zero at missed visits, [..., pattern, visit, visit].
    """

    sigma: Array
    deviance: Array
    beta: Array
    phi: Array
    inverse: Array

    def take(self, replicates: Index) -> Self:
        """Return the states of some replicates."""
        return type(self)(*(getattr(self, entry.name)[replicates] for entry in fields(self)))

    def put(self, where: Index, other: States) -> None:
        """Overwrite some replicates with those of another."""
        for entry in fields(self):
            getattr(self, entry.name)[where] = getattr(other, entry.name)


@dataclass(frozen=True, eq=False)
class Slopes:
    """Derivatives of the deviance by the entries of the covariance; arrays begin with [replicate].

    Attributes:
        gradient: [..., parameter].
        observed: Second derivatives, [..., parameter, parameter].
        expected: Their expectation, which is never negative.
        information: A_i = X'V^-1 Vi V^-1 X, [..., parameter, entry, entry].
    """

    gradient: Array
    observed: Array
    expected: Array
    information: Array


def sums_of(y: Array, z: Array) -> Sums:
    """Return the sums of people by the visits that they missed.

    Args:
        y: [replicate, subject, visit]; NaN where a value is missing.
        z: [replicate, subject, column]; NaN takes a subject out.
    """
    there = np.all(np.isfinite(z), axis=-1)
    seen = np.isfinite(y) & there[..., None]
    patterns, number = np.unique(seen.reshape(-1, y.shape[-1]), axis=0, return_inverse=True)
    number = number.reshape(y.shape[:2])
    both = np.concatenate([np.where(there[..., None], z, 0.0), np.where(seen, y, 0.0)], axis=-1)
    used = np.flatnonzero(patterns.any(1))
    q = z.shape[-1]
    people, products = [], []
    for pattern in used:
        here = number == pattern
        part = np.where(here[..., None], both, 0.0)
        people.append(here.sum(1).astype(float))
        products.append(part.swapaxes(1, 2) @ part)
    product = np.stack(products, axis=1)
    return Sums(
        patterns[used],
        np.stack(people, axis=1),
        product[..., :q, :q],
        product[..., q:, :q],
        product[..., q:, q:],
    )


def evaluate(sums: Sums, sigma: Array) -> States:
    """Return the likelihood at covariances [replicate, visit, visit]; an infinite deviance where one is not proper."""
    count, m, q = len(sigma), sums.visits, sums.columns
    fine = np.all(np.isfinite(sigma), axis=(1, 2))
    fine[fine] = _proper(sigma[fine])
    safe = np.where(fine[:, None, None], sigma, np.eye(m))
    inverse = np.zeros((count, len(sums.seen), m, m))
    precision, pulled, deviance = np.zeros((count, m, q, m, q)), np.zeros((count, m, q)), np.zeros(count)
    for place, seen in enumerate(sums.seen):
        part = safe[:, seen][:, :, seen]
        inverse[np.ix_(np.arange(count), np.array([place]), seen, seen)] = np.linalg.inv(part)[:, None]
        weight = inverse[:, place]
        precision += weight[:, :, None, :, None] * sums.zz[:, place, None, :, None, :]
        pulled += weight @ sums.yz[:, place]
        deviance += sums.n[:, place] * np.linalg.slogdet(part)[1]
    precision = precision.reshape(count, m * q, m * q)
    known = _proper(precision)
    fine &= known
    precision[~known] = np.eye(m * q)
    phi = np.linalg.inv(precision)
    phi = (phi + phi.swapaxes(1, 2)) / 2.0
    beta = (phi @ pulled.reshape(count, m * q, 1)).reshape(count, m, q)
    deviance += np.linalg.slogdet(precision)[1]
    for place in range(len(sums.seen)):
        deviance += (inverse[:, place] * residuals(sums, beta, place)).sum((1, 2))
    return States(safe, np.where(fine & np.isfinite(deviance), deviance, np.inf), beta, phi, inverse)


def residuals(sums: Sums, beta: Array, place: int) -> Array:
    """Return the sum of rr' over the people of a pattern, [replicate, visit, visit]; of no use at missed visits."""
    cross = beta @ sums.yz[:, place].swapaxes(1, 2)
    return sums.yy[:, place] - cross - cross.swapaxes(1, 2) + beta @ sums.zz[:, place] @ beta.swapaxes(1, 2)


def entries(visits: int) -> tuple[Index, Index, Array]:
    """Return row and column of each parameter, and the matrix that spreads parameters, [entry of sigma, parameter]."""
    rows, columns = np.tril_indices(visits)
    spread = np.zeros((visits, visits, len(rows)))
    spread[rows, columns, np.arange(len(rows))] = spread[columns, rows, np.arange(len(rows))] = 1.0
    return rows, columns, spread.reshape(visits * visits, -1)


def differentiate(sums: Sums, state: States) -> Slopes:
    """Return the derivatives of the deviance where it is defined."""
    count, m, q = len(state.sigma), sums.visits, sums.columns
    rows, columns, spread = entries(m)
    size = len(rows)
    phi = state.phi.reshape(count, m, q, m, q).swapaxes(2, 3).reshape(count, m * m, q * q)
    slope, bend, likely = np.zeros((count, m, m)), np.zeros((count, m, m, m, m)), np.zeros((count, m, m, m, m))
    information = np.zeros((count, size, m, q, m * q))
    pull = np.zeros((count, size, m, q))
    for place in range(len(sums.seen)):
        weight, zz = state.inverse[:, place], sums.zz[:, place]
        whole = sums.n[:, place, None, None] * weight
        square = weight @ residuals(sums, state.beta, place) @ weight
        lever = weight @ (phi @ zz.reshape(count, q * q, 1)).reshape(count, m, m) @ weight
        slope += whole - square - lever
        # tr(E_ab W E_cd N) = W_bc N_da
        bend += _outer(weight, 2.0 * (square + lever) - whole)
        likely += _outer(weight, whole - 2.0 * lever)
        left, right = weight[:, :, rows].swapaxes(1, 2), weight[:, columns]
        moved = left[..., :, None] * right[..., None, :]
        apart = (rows != columns)[None, :, None, None]
        moved = moved + np.where(apart, moved.swapaxes(2, 3), 0.0)  # W Vi W
        # moved_ac zz_bd at [a, b, cd]: written so that NumPy's innermost loop is long.
        information += np.repeat(moved, q, axis=-1)[:, :, :, None, :] * np.tile(zz, m)[:, None, None]
        rest = sums.yz[:, place] - state.beta @ zz
        pull += moved @ rest[:, None]
    gradient = (spread.T @ slope.reshape(count, m * m, 1))[..., 0]
    A = information.reshape(count, size, m * q, m * q)
    scaled = state.phi[:, None] @ A
    # Many small products, each below the size from which a BLAS calls its threads together, at a loss.
    pairs = (scaled.swapaxes(1, 2) @ scaled.transpose(0, 3, 2, 1)).sum(1)
    flat = pull.reshape(count, size, m * q)
    drawn = 2.0 * flat @ state.phi @ flat.swapaxes(1, 2)
    observed, expected = (spread.T @ each.reshape(count, m * m, m * m) @ spread for each in (bend, likely))
    return Slopes(gradient, _even(observed - drawn - pairs), _even(expected + pairs), A)


def _proper(matrices: Array) -> NDArray[np.bool_]:
    """Return which matrices are positive definite, with something to spare."""
    values = np.linalg.eigvalsh(matrices)
    return values[:, 0] > PROPER * np.abs(values[:, -1])


def _outer(weight: Array, middle: Array) -> Array:
    """Return W_bc N_da at [replicate, a, b, c, d]."""
    return weight[:, None, :, :, None] * middle.swapaxes(1, 2)[:, :, None, None, :]


def _even(values: Array) -> Array:
    return (values + values.swapaxes(1, 2)) / 2.0
