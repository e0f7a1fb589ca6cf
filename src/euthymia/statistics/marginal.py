"""Marginal means of arms at visits, and differences between arms, from a mixed model for repeated measures."""

from __future__ import annotations

from enum import Enum
from itertools import product

import numpy as np
from numpy.typing import NDArray

from euthymia.statistics.effects import Rows, design_matrix
from euthymia.statistics.inference import Contrasts, Errors, contrast
from euthymia.statistics.mmrm import MMRM
from euthymia.statistics.table import Factor, TableError

Array = NDArray[np.floating]
NOT_ESTIMABLE = 1e-6  # of a row's length outside the space of the rows that were observed


class Weights(Enum):
    """Over whom a marginal mean is taken."""

    EQUAL = "every level of every further factor alike, covariates at their mean over rows"
    OBSERVED = "the subjects as they were observed"


def marginal_means(
    fit: MMRM,
    *,
    errors: Errors = Errors.KENWARD_ROGER_LINEAR,
    weights: Weights = Weights.EQUAL,
    level: float = 0.95,
) -> Contrasts:
    """Return the mean of each arm at each visit, arms of a visit together.

    Args:
        fit: The fitted model.
        errors: How errors and degrees of freedom are found.
        weights: Over whom the mean is taken.
        level: Level of the confidence intervals.

    Returns:
        Means named 'arm at visit'.

    Raises:
        TableError: When a mean cannot be estimated, because nobody of that arm was seen at that visit.
    """
    rows, arms, visits = _mean_rows(fit, weights)
    names = tuple(f"{arm} at {visit}" for visit in visits for arm in arms)
    return contrast(fit, rows, errors=errors, level=level, names=names)


def differences(
    fit: MMRM,
    *,
    reference: str | None = None,
    errors: Errors = Errors.KENWARD_ROGER_LINEAR,
    weights: Weights = Weights.EQUAL,
    level: float = 0.95,
) -> Contrasts:
    """Return the difference of each arm from the reference at each visit.

    Args:
        fit: The fitted model.
        reference: The arm that others are compared with; the first arm if left out.
        errors: How errors and degrees of freedom are found.
        weights: Over whom the means are taken.
        level: Level of the confidence intervals.

    Returns:
        Differences named 'arm - reference at visit'.

    Raises:
        UnknownNameError: When there is no such arm.
        TableError: When a mean cannot be estimated.
    """
    rows, arms, visits = _mean_rows(fit, weights)
    zero = 0 if reference is None else fit.data.arm.code(reference)
    table = rows.reshape(len(visits), len(arms), -1)
    others = [arm for arm in range(len(arms)) if arm != zero]
    picked = (table[:, others] - table[:, [zero]]).reshape(len(visits) * len(others), -1)
    names = tuple(f"{arms[arm]} - {arms[zero]} at {visit}" for visit in visits for arm in others)
    return contrast(fit, picked, errors=errors, level=level, names=names)


def _mean_rows(fit: MMRM, weights: Weights) -> tuple[Array, tuple[str, ...], tuple[str, ...]]:
    """Return the coefficients' weights in each mean, [visit x arm, column], with the names of arms and visits."""
    arms, visits = fit.data.arm, fit.data.visit
    base = _people(fit) if weights is Weights.OBSERVED else _every_level(fit)
    size = len(base.factors[arms.name].codes)
    found = []
    for visit, arm in product(range(len(visits.levels)), range(len(arms.levels))):
        fixed = {
            arms.name: Factor(arms.name, arms.levels, np.full(size, arm)),
            visits.name: Factor(visits.name, visits.levels, np.full(size, visit)),
        }
        full = design_matrix(Rows({**base.factors, **fixed}, base.numbers), fit.data.measures.terms)[0].mean(axis=0)
        _check_estimable(fit, full, f"{arms.levels[arm]} at {visits.levels[visit]}")
        found.append(full[fit.layout.kept])
    return np.array(found), arms.levels, visits.levels


def _people(fit: MMRM) -> Rows:
    """Return the first usable row of each subject."""
    usable = np.flatnonzero(fit.data.usable)
    _, first = np.unique(fit.data.subject.codes[usable], return_index=True)
    return fit.data.rows.take(usable[first])


def _every_level(fit: MMRM) -> Rows:
    """Return a row for each combination of levels of the further factors, with covariates at their mean."""
    rows, usable = fit.data.rows, fit.data.usable
    others = [name for name in rows.factors if name not in (fit.data.arm.name, fit.data.visit.name)]
    cells = list(product(*(range(len(rows.factors[name].levels)) for name in others)))
    grid = np.array(cells, dtype=np.int64).reshape(len(cells), len(others))
    factors = {name: Factor(name, rows.factors[name].levels, grid[:, at]) for at, name in enumerate(others)}
    blank = np.zeros(len(grid), dtype=np.int64)
    for factor in (fit.data.arm, fit.data.visit):
        factors[factor.name] = Factor(factor.name, factor.levels, blank)
    return Rows(factors, {name: np.full(len(grid), values[usable].mean()) for name, values in rows.numbers.items()})


def _check_estimable(fit: MMRM, full: Array, name: str) -> None:
    """Raise where a row of all columns is not a sum of observed rows: its value would depend on what was left out."""
    if len(full) == len(fit.layout.kept):
        return
    usable = np.flatnonzero(fit.data.usable)
    observed, _ = design_matrix(fit.data.rows.take(usable), fit.data.measures.terms)
    inside = observed.T @ np.linalg.pinv(observed.T) @ full
    if np.max(np.abs(inside - full)) > NOT_ESTIMABLE * np.max(np.abs(full)):
        raise TableError(f"the mean of {name} cannot be estimated: nobody was seen there with what the model asks for")
