"""A mixed model for repeated measures of every replicate of a trial: fitted together, each one's outcome with a code.

The model is change = arm + visit + arm x visit + baseline x visit with an unstructured covariance of the visits, fitted
by restricted likelihood; errors are Kenward and Roger's in their linear form, which is that of an unstructured
covariance taken by its entries. A replicate whose covariance cannot be fitted goes down the ``LADDER`` of structures
with fewer parameters; where none can be fitted, or an arm was seen by nobody at some visit, there is a code and no
number.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from euthymia.errors import ConvergenceError
from euthymia.statistics.correlation import AutoRegressive, CompoundSymmetry, Toeplitz
from euthymia.statistics.covariance import Covariance, Unstructured
from euthymia.statistics.marginal import differences, marginal_means
from euthymia.statistics.mmrm import fit_mmrm
from euthymia.statistics.repeated import RepeatedMeasures
from euthymia.statistics.replicated import Slopes, States, Sums, entries, sums_of
from euthymia.statistics.replicated_search import minimise
from euthymia.statistics.table import TableError

Array = NDArray[np.floating]
Index = NDArray[np.int64]
LADDER: tuple[Covariance, ...] = (
    Unstructured(),
    Toeplitz(heterogeneous=True),
    AutoRegressive(heterogeneous=True),
    CompoundSymmetry(heterogeneous=True),
    CompoundSymmetry(),
)
MEASURES = RepeatedMeasures("change", "subject", "visit", "arm", covariates=("baseline",), by_visit=("baseline",))
AT_ONCE = 8  # replicates whose derivatives are in memory together; few, so that they stay near the processor


class Fitted(IntEnum):
    """How the fit of a replicate ended; also what the codes in results mean."""

    UNSTRUCTURED = 0
    TOEPLITZ = 1
    AUTOREGRESSIVE = 2
    COMPOUND_HETEROGENEOUS = 3
    COMPOUND = 4
    NO_CONVERGENCE = -1
    UNSEEN = -2

    @property
    def title(self) -> str:
        """Say it in words."""
        if self is Fitted.NO_CONVERGENCE:
            return "no covariance could be fitted"
        if self is Fitted.UNSEEN:
            return "an arm was seen by nobody at some visit"
        return LADDER[self].title


@dataclass(frozen=True, eq=False)
class ReplicatedMMRM:
    """The mixed model of each replicate; NaN where a replicate has a code below zero.

    Attributes:
        code: How each fit ended, a value of `Fitted`, [replicate].
        mean: Mean change of each arm at the mean baseline of the rows, [replicate, arm, visit].
        mean_se: Its standard error.
        difference: Each arm less the reference, [replicate, arm, visit]; NaN for the reference itself.
        se: Its standard error.
        df: Degrees of freedom.
    """

    code: Index
    mean: Array
    mean_se: Array
    difference: Array
    se: Array
    df: Array


def fit_replicates(
    change: Array, baseline: Array, arm: Index, *, arms: int, reference: int, ladder: bool = True
) -> ReplicatedMMRM:
    """Fit the mixed model to every replicate.

    Args:
        change: Change from baseline, [replicate, subject, visit]; NaN where it was not observed.
        baseline: [replicate, subject]; NaN takes a subject out.
        arm: Number of each subject's arm, [replicate, subject]; -1 takes a subject out.
        arms: Number of arms.
        reference: Number of the arm that others are compared with.
        ladder: Whether structures with fewer parameters are tried where the unstructured one cannot be fitted.

    Returns:
        Means and differences at every visit with their errors; what stands beside a replicate changes none of its bits.

    Raises:
        TableError: When there is no visit, or fewer than two arms.
    """
    count, _, visits = change.shape
    if visits < 1 or arms < 2:
        raise TableError(f"{visits} visits and {arms} arms given; the comparison needs a visit and two arms")
    found = _blank(count, arms, visits)
    for first in range(0, count, AT_ONCE):
        part = slice(first, first + AT_ONCE)
        _fit_together(found, np.arange(count)[part], change[part], baseline[part], arm[part], reference)
    for number in np.flatnonzero(found.code == Fitted.NO_CONVERGENCE) if ladder else ():
        _descend(found, number, change[number], baseline[number], arm[number], reference)
    return found


def long_table(change: Array, baseline: Array, arm: Index) -> dict[str, np.ndarray]:
    """Return one replicate as a table with a row for each subject and visit, which `fit_mmrm` reads with `MEASURES`.

    Args:
        change: [subject, visit]; rows without it are left out.
        baseline: [subject].
        arm: [subject]; subjects at -1 are left out.
    """
    seen = np.isfinite(change) & (np.isfinite(baseline) & (arm >= 0))[:, None]
    subject, visit = np.nonzero(seen)
    return {
        "change": change[seen],
        "subject": subject,
        "visit": visit,
        "arm": arm[subject],
        "baseline": baseline[subject],
    }


def _blank(count: int, arms: int, visits: int) -> ReplicatedMMRM:
    nothing = [np.full((count, arms, visits), np.nan) for _ in range(5)]
    return ReplicatedMMRM(np.full(count, int(Fitted.NO_CONVERGENCE), dtype=np.int64), *nothing)


def _fit_together(
    found: ReplicatedMMRM, numbers: Index, change: Array, baseline: Array, arm: Index, reference: int
) -> None:
    """Fit some replicates and write their results at their numbers."""
    arms, visits = found.mean.shape[1:]
    used = np.isfinite(change) & (np.isfinite(baseline) & (arm >= 0))[..., None]
    members = (arm[..., None] == np.arange(arms)).astype(float)
    seen = members.swapaxes(1, 2) @ used  # people of each arm at each visit
    found.code[numbers[(seen == 0).any((1, 2))]] = Fitted.UNSEEN
    rows = used.sum(2)
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = np.where(rows > 0, rows * baseline, 0.0).sum(1) / rows.sum(1)
        y = np.where(used, change, np.nan)
        scale = np.sqrt(np.nanmean(y**2, axis=(1, 2))) if used.any() else np.zeros(len(y))
        width = np.sqrt(np.where(rows > 0, rows * (baseline - centre[:, None]) ** 2, 0.0).sum(1) / rows.sum(1))
    able = np.flatnonzero((seen > 0).all((1, 2)) & (scale > 0.0) & (width > 0.0))
    if not able.size:
        return
    y, scale = y[able] / scale[able, None, None], scale[able]
    z = np.concatenate([members[able], ((baseline[able] - centre[able, None]) / width[able, None])[..., None]], axis=-1)
    z[(arm[able] < 0) | ~np.isfinite(baseline[able])] = np.nan
    sums = sums_of(y, z)
    state, slopes, reached = minimise(sums)
    done = numbers[able[reached]]
    found.code[done] = Fitted.UNSTRUCTURED
    if not done.size:
        return
    sums, scale = sums.take(reached), scale[reached]
    means = np.zeros((arms, visits, visits, sums.columns))
    for place in range(visits):
        means[:, place, place, :arms] = np.eye(arms)
    W = 2.0 * np.linalg.inv(slopes.observed)
    errors = _Errors(W, _adjustment(sums, state, slopes, W))
    found.mean[done], found.mean_se[done], _ = _contrasts(errors, state, slopes, means, scale)
    against = means - means[reference]
    estimates = _contrasts(errors, state, slopes, np.delete(against, reference, axis=0), scale)
    others = np.delete(np.arange(arms), reference)
    for array, values in zip((found.difference, found.se, found.df), estimates, strict=True):
        array[np.ix_(done, others)] = values


@dataclass(frozen=True, eq=False)
class _Errors:
    """What errors are made of; arrays begin with [replicate].

    Attributes:
        W: Covariance of the parameters, [..., parameter, parameter].
        adjustment: As `_adjustment` gives it, [..., entry, entry].
    """

    W: Array
    adjustment: Array


def _contrasts(
    errors: _Errors, state: States, slopes: Slopes, weights: Array, scale: Array
) -> tuple[Array, Array, Array]:
    """Return estimate, standard error and degrees of freedom of sums of B's entries, [replicate, *weights' first two].

    Args:
        errors: What errors are made of.
        state: The likelihood at the estimate.
        slopes: Its derivatives.
        weights: [first, second, visit, column].
        scale: What one unit of the fitted outcome is, [replicate].
    """
    shape, count = weights.shape[:2], len(state.sigma)
    c = weights.reshape(shape[0] * shape[1], -1)
    estimate = (c @ state.beta.reshape(count, -1, 1))[..., 0]
    x = c @ state.phi
    plain = (x * c).sum(-1)
    variance = plain + 2.0 * ((x @ errors.adjustment) * x).sum(-1)
    inner = ((x[:, None] @ slopes.information) * x[:, None]).sum(-1)  # [replicate, parameter, contrast]
    with np.errstate(invalid="ignore"):
        df = 2.0 * plain**2 / (inner * (errors.W @ inner)).sum(1)
        se = np.sqrt(variance)
    size = scale[:, None]
    whole = (count, *shape)
    return (size * estimate).reshape(whole), (size * se).reshape(whole), df.reshape(whole)


def _adjustment(sums: Sums, state: States, slopes: Slopes, W: Array) -> Array:
    """Return sum W_ij (Q_ij - A_i Phi A_j), [replicate, entry, entry], of Kenward and Roger's linear form."""
    count, m, q = len(state.sigma), sums.visits, sums.columns
    _, _, spread = entries(m)
    A = slopes.information
    size, k = A.shape[1:3]
    joined = (W[:, None] @ A.swapaxes(1, 2)).swapaxes(1, 2)  # sum_i W_ji A_i, by small products
    total = np.zeros((count, k, k))
    for one in range(size):
        total -= joined[:, one] @ state.phi @ A[:, one]
    pairs = (spread @ W @ spread.T).reshape(count, m, m, m, m)
    pairs = pairs.transpose(0, 1, 4, 2, 3).reshape(count, m * m, m * m)
    extra = np.zeros((count, m, q, m, q))
    for place in range(len(sums.seen)):
        weight = state.inverse[:, place]
        between = (pairs @ weight.reshape(count, m * m, 1)).reshape(count, m, m)
        extra += (weight @ between @ weight)[:, :, None, :, None] * sums.zz[:, place, None, :, None, :]
    total += extra.reshape(count, k, k)
    return (total + total.swapaxes(1, 2)) / 2.0


def _descend(
    found: ReplicatedMMRM, number: int | np.intp, change: Array, baseline: Array, arm: Index, reference: int
) -> None:
    """Fit one replicate by the first structure of the ladder that can be fitted, and write its results."""
    try:
        fit = fit_mmrm(long_table(change, baseline, arm), MEASURES, LADDER[0], fallbacks=LADDER[1:])
        means, apart = marginal_means(fit), differences(fit, reference=str(reference))
    except (ConvergenceError, TableError):
        return
    arms, visits = found.mean.shape[1:]
    others = np.delete(np.arange(arms), reference)
    found.code[number] = len(fit.refused)
    found.mean[number] = means.estimate.reshape(visits, arms).T
    found.mean_se[number] = means.se.reshape(visits, arms).T
    for array, values in ((found.difference, apart.estimate), (found.se, apart.se), (found.df, apart.df)):
        array[number][others] = values.reshape(visits, arms - 1).T
