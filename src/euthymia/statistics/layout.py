"""Repeated measures as arrays [subject, visit], subjects sorted so that those with one covariance stand together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euthymia.statistics.effects import design_matrix, independent_columns
from euthymia.statistics.repeated import LongData
from euthymia.statistics.table import TableError

Array = NDArray[np.floating]
Index = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Layout:
    """The data of a fit; whatever was not observed is zero.

    Subjects of one pattern have the same covariance matrix and the same visits observed. Columns are orthonormal:
    ``triangle`` turns coefficients of the named columns into those of ``X``.

    Attributes:
        y: [subject, visit].
        X: [subject, visit, column].
        triangle: The named columns are X times this, [column, column].
        names: Names of the columns.
        kept: Numbers of the named columns among all columns of the design.
        starts: First subject of each pattern, [pattern].
        pattern: Pattern of each subject, [subject].
        observed: [pattern, visit].
        matrix: Covariance matrix of each pattern, [pattern].
        times: [matrix, visit].
        group: Set of covariance parameters of each matrix, [matrix].
        subjects: Code of each subject in the table, [subject].
    """

    y: Array
    X: Array
    triangle: Array
    names: tuple[str, ...]
    kept: Index
    starts: Index
    pattern: Index
    observed: NDArray[np.bool_]
    matrix: Index
    times: Array
    group: Index
    subjects: Index

    @property
    def rows(self) -> int:
        """Return the number of values observed."""
        return int(np.sum(self.counts[:, None] * self.observed))

    @property
    def counts(self) -> Index:
        """Return the number of subjects of each pattern."""
        return np.diff(np.append(self.starts, len(self.y)))

    @property
    def groups(self) -> int:
        """Return the number of sets of covariance parameters."""
        return int(self.group.max()) + 1


def lay_out(data: LongData, *, by_arm: bool) -> Layout:
    """Arrange the usable rows of a table by subject and visit.

    Args:
        data: The table.
        by_arm: Whether each arm has a covariance of its own.

    Raises:
        TableError: When there are no more rows than coefficients, a visit has none, or a subject has two arms where
            that matters.
    """
    rows = np.flatnonzero(data.usable)
    full, names = design_matrix(data.rows.take(rows), data.measures.terms)
    kept = independent_columns(full)
    if len(rows) <= len(kept):
        raise TableError(f"{len(rows)} rows for {len(kept)} coefficients; more rows than coefficients are needed")
    for code, name in enumerate(data.visit.levels):
        if not np.any(data.visit.codes[rows] == code):
            raise TableError(f"visit {name!r} has no row that can be used; leave it out")
    Q, triangle = np.linalg.qr(full[:, kept])
    codes, subject = np.unique(data.subject.codes[rows], return_inverse=True)
    visit = data.visit.codes[rows]
    n, m = len(codes), len(data.visit.levels)
    y, X, seen = np.zeros((n, m)), np.zeros((n, m, len(kept))), np.zeros((n, m), dtype=bool)
    y[subject, visit], X[subject, visit], seen[subject, visit] = data.outcome[rows], Q, True
    times = np.tile(_typical_times(data.time[rows], visit, m), (n, 1))
    times[subject, visit] = data.time[rows]
    arm = _arm_of_each(data, rows, subject, n) if by_arm else np.zeros(n, dtype=np.int64)
    matrices, matrix = np.unique(np.column_stack([arm, times]), axis=0, return_inverse=True)
    matrix = matrix.reshape(-1)
    _, pattern = np.unique(np.column_stack([matrix, seen]), axis=0, return_inverse=True)
    order = np.argsort(pattern.reshape(-1), kind="stable")  # patterns are sorted by matrix first
    pattern = pattern.reshape(-1)[order]
    starts = np.flatnonzero(np.diff(pattern, prepend=-1))
    _, group = np.unique(matrices[:, 0], return_inverse=True)
    return Layout(
        y=y[order], X=X[order], triangle=triangle, names=tuple(names[k] for k in kept), kept=kept, starts=starts,
        pattern=pattern, observed=seen[order][starts], matrix=matrix[order][starts],
        times=matrices[:, 1:].astype(float),
        group=group.reshape(-1), subjects=codes[order],
    )  # fmt: skip


def moments(layout: Layout) -> Array:
    """Return a rough covariance of the visits, [visit, visit], from residuals of ordinary least squares."""
    k = layout.X.shape[-1]
    flat = layout.X.reshape(-1, k)
    residual = layout.y - (flat @ (flat.T @ layout.y.ravel())).reshape(layout.y.shape)
    seen = layout.observed[layout.pattern].astype(float)
    residual = residual * seen
    pairs = seen.T @ seen
    rough = (residual.T @ residual) / np.maximum(pairs, 1.0)
    variance = np.maximum(np.diag(rough), 1e-6 * max(float(np.mean(np.diag(rough))), 1e-300))
    limit = np.sqrt(np.outer(variance, variance))
    found = np.clip(rough, -limit, limit)
    found[np.diag_indices_from(found)] = variance
    return found


def _typical_times(time: Array, visit: Index, visits: int) -> Array:
    """Return the median time of each visit; a visit nobody had gets its number."""
    return np.array([np.median(time[visit == v]) if np.any(visit == v) else float(v) for v in range(visits)])


def _arm_of_each(data: LongData, rows: Index, subject: Index, subjects: int) -> Index:
    arm = np.full(subjects, -1, dtype=np.int64)
    arm[subject] = data.arm.codes[rows]
    wrong = np.flatnonzero(arm[subject] != data.arm.codes[rows])
    if wrong.size:
        who = data.subject.levels[data.subject.codes[rows[wrong[0]]]]
        raise TableError(f"subject {who!r} is in two arms; a covariance for each arm needs one arm a subject")
    return arm
