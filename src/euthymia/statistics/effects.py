"""Fixed effects as products of columns, coded so that every coefficient can be estimated where the data allow it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from euthymia.statistics.table import Factor

Array = NDArray[np.floating]
ALIASED = 1e-8  # of a column's length left after the columns before it: below this, it adds nothing


@dataclass(frozen=True)
class Term:
    """A product of columns; no column at all is the intercept.

    Attributes:
        factors: Columns of names.
        numbers: Columns of numbers.
    """

    factors: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """Return all columns of the product."""
        return frozenset(self.factors + self.numbers)


@dataclass(frozen=True, eq=False)
class Rows:
    """The columns that terms are made of.

    Attributes:
        factors: By name.
        numbers: By name, each [row].
    """

    factors: Mapping[str, Factor]
    numbers: Mapping[str, Array]

    def take(self, rows: NDArray[np.int64]) -> Rows:
        """Return the rows of these numbers."""
        factors = {name: Factor(name, each.levels, each.codes[rows]) for name, each in self.factors.items()}
        return Rows(factors, {name: each[rows] for name, each in self.numbers.items()})


def design_matrix(rows: Rows, terms: Sequence[Term]) -> tuple[Array, tuple[str, ...]]:
    """Return the columns of all terms, [row, column], and their names.

    A factor leaves out its first level where the same term without it is in the model too (its columns would add up to
    that term), and has all levels otherwise.

    Args:
        rows: The data.
        terms: In the order of their columns.
    """
    known = {term.columns for term in terms}
    made, names = [], []
    for term in terms:
        choices = [_levels(rows.factors[name], (term.columns - {name}) in known) for name in term.factors]
        slope = np.ones(_count(rows))
        for name in term.numbers:
            slope = slope * rows.numbers[name]
        for levels in product(*choices):
            column = slope.copy()
            for name, level in zip(term.factors, levels, strict=True):
                column *= rows.factors[name].codes == level
            made.append(column)
            names.append(_column_name(rows, term, levels))
    return np.column_stack(made), tuple(names)


def independent_columns(X: Array) -> NDArray[np.int64]:
    """Return the numbers of the columns that are no sum of the columns before them."""
    scale = np.sqrt(np.sum(X**2, axis=0))
    R = np.linalg.qr(X / np.where(scale > 0.0, scale, 1.0), mode="r")
    # A dependent column leaves a tiny diagonal, but spoils the reflections after it: look column by column then.
    if len(R) == X.shape[1] and np.all(np.abs(np.diag(R)) > ALIASED):
        return np.arange(X.shape[1])
    basis, kept = np.zeros((len(X), 0)), []
    for number, column in enumerate((X / np.where(scale > 0.0, scale, 1.0)).T):
        left = column - basis @ (basis.T @ column)
        left -= basis @ (basis.T @ left)  # once more, against rounding
        length = np.sqrt(left @ left)
        if length > ALIASED:
            basis = np.column_stack([basis, left / length])
            kept.append(number)
    return np.array(kept, dtype=np.int64)


def _levels(factor: Factor, marginal: bool) -> range:
    return range(int(marginal), len(factor.levels))


def _column_name(rows: Rows, term: Term, levels: Sequence[int]) -> str:
    parts = [f"{name}[{rows.factors[name].levels[level]}]" for name, level in zip(term.factors, levels, strict=True)]
    return " x ".join([*parts, *term.numbers]) or "intercept"


def _count(rows: Rows) -> int:
    for each in rows.factors.values():
        return len(each.codes)
    for each in rows.numbers.values():
        return len(each)
    return 0
