r"""Logistic regression of many replicates at once, and the difference of risks that it implies for everybody.

With arms and covariates in x, the probability of a hit is

    p(x) = 1 / (1 + exp(-x'b))                                                                            (1)

and b is sought by Newton's steps, which here are weighted least squares. Odds ratios are those of people alike in their
covariates. The marginal risk of an arm is the mean of (1) over everybody as if each had been in it; the difference of
two marginal risks has, by the delta method with covariates as they are, the variance

    g'Vg,   g = mean of p(1 - p) x in the one arm less that in the other,   V = covariance of b            (2)

A replicate in which one side of a covariate tells all hits has no largest likelihood, and says so.

Source:
    Ge, Durham, Meyer, Xie, Thomas (2011), Covariate-adjusted difference in proportions from clinical trials using
    logistic regression and weighted risk differences. Drug Inf J 45:481, for (2).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Index = NDArray[np.int64]
MOST_STEPS = 30
CLOSE = 1e-10  # of the longest step, in units of a covariate's spread, at which the search ends
FARTHEST = 30.0  # in log odds: beyond it a probability cannot be told from 0 or 1


class LogisticEnd(IntEnum):
    """How the search in a replicate ended."""

    FITTED = 0
    NO_CONVERGENCE = -1
    EMPTY = -2


@dataclass(frozen=True, eq=False)
class LogisticFits:
    """The regression of each replicate, NaN where ``code`` is below zero.

    Attributes:
        code: How each search ended, a value of `LogisticEnd`, [replicate].
        coefficients: Intercept, covariates, then the arms beside the reference, [replicate, column].
        covariance: Of the coefficients, [replicate, column, column].
        risk: Marginal risk of each arm, [replicate, arm].
        difference: Of the marginal risks of each arm and the reference, [replicate, arm]; NaN for the reference itself.
        difference_se: Its standard error (2).
        log_odds: Logarithm of the odds ratio of each arm and the reference among people alike, [replicate, arm].
        log_odds_se: Its standard error.
    """

    code: Index
    coefficients: Array
    covariance: Array
    risk: Array
    difference: Array
    difference_se: Array
    log_odds: Array
    log_odds_se: Array


def fit_logistic(hit: NDArray[np.bool_], covariates: Array, arm: Index, *, arms: int, reference: int) -> LogisticFits:
    """Fit the regression to every replicate.

    Args:
        hit: [replicate, subject].
        covariates: [replicate, subject, covariate]; NaN takes a subject out.
        arm: Number of each subject's arm, [replicate, subject]; -1 takes a subject out.
        arms: Number of arms.
        reference: Number of the arm that others are compared with.

    Returns:
        The fits; what stands beside a replicate changes none of its bits.
    """
    used = (arm >= 0) & np.isfinite(covariates).all(-1)
    others = [number for number in range(arms) if number != reference]
    count = np.maximum(used.sum(1), 1)[:, None]
    known = np.where(used[..., None], covariates, 0.0)
    middle = known.sum(1) / count
    spread = np.sqrt((np.where(used[..., None], known - middle[:, None], 0.0) ** 2).sum(1) / count)
    spread = np.where(spread > 0.0, spread, 1.0)
    scaled = np.where(used[..., None], (known - middle[:, None]) / spread[:, None], 0.0)
    dummies = arm[..., None] == np.array(others)
    X = np.concatenate([np.ones((*arm.shape, 1)), scaled, dummies], axis=-1) * used[..., None]
    empty = np.zeros(len(arm), dtype=bool)
    for number in range(arms):
        empty |= ~(used & (arm == number)).any(1)
    b, information, converged = _search(X, np.where(used, hit, False).astype(float), used, ~empty)
    code = np.where(empty, LogisticEnd.EMPTY, np.where(converged, LogisticEnd.FITTED, LogisticEnd.NO_CONVERGENCE))
    fine = code == LogisticEnd.FITTED
    V = np.full(information.shape, np.nan)
    V[fine] = np.linalg.inv(information[fine])
    b = np.where(fine[:, None], b, np.nan)
    return _told(code, b, V, X, used, (middle, spread), others, reference)


def _search(
    X: Array, y: Array, used: NDArray[np.bool_], able: NDArray[np.bool_]
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return coefficients, their information, and which replicates have a largest likelihood."""
    count, _, q = X.shape
    b, information, converged = np.zeros((count, q)), np.zeros((count, q, q)), np.zeros(count, dtype=bool)
    going = able.copy()
    for _ in range(MOST_STEPS):
        at = np.flatnonzero(going)
        if not at.size:
            break
        p = _chance(X[at], b[at])
        weight = np.where(used[at], p * (1.0 - p), 0.0)
        information[at] = (X[at] * weight[..., None]).swapaxes(1, 2) @ X[at]
        gradient = (X[at].swapaxes(1, 2) @ (np.where(used[at], y[at] - p, 0.0))[..., None])[..., 0]
        told = np.linalg.cond(information[at]) < 1.0 / np.finfo(float).eps
        going[at[~told]] = False
        at, gradient = at[told], gradient[told]
        step = np.linalg.solve(information[at], gradient[..., None])[..., 0]
        b[at] += step
        far = np.abs((X[at] @ b[at][..., None])[..., 0]).max(1) > FARTHEST
        done = (np.abs(step).max(1) < CLOSE) & ~far
        converged[at[done]] = True
        going[at[done | far]] = False
    return b, information, converged


def _told(
    code: Index,
    b: Array,
    V: Array,
    X: Array,
    used: NDArray[np.bool_],
    scale: tuple[Array, Array],
    others: list[int],
    reference: int,
) -> LogisticFits:
    """Return what fits on scaled covariates say; ``scale`` are their means and spreads, [replicate, covariate]."""
    count, arms = len(code), len(others) + 1
    first = X.shape[-1] - len(others)
    risk, slope = np.full((count, arms), np.nan), np.zeros((count, arms, X.shape[-1]))
    people = np.maximum(used.sum(1), 1)
    for number in range(arms):
        as_if = X.copy()
        as_if[..., first:] = 0.0
        if number != reference:
            as_if[..., first + others.index(number)] = used
        p = np.where(used, _chance(as_if, b), 0.0)
        risk[:, number] = np.where(code == LogisticEnd.FITTED, p.sum(1) / people, np.nan)
        slope[:, number] = ((p * (1.0 - p))[:, None] @ as_if)[:, 0] / people[:, None]
    g = slope - slope[:, [reference]]  # (2)
    difference = risk - risk[:, [reference]]
    difference_se = np.sqrt(np.maximum((g @ V * g).sum(-1), 0.0))
    log_odds, log_odds_se = np.full((count, arms), np.nan), np.full((count, arms), np.nan)
    log_odds[:, others] = b[:, first:]
    log_odds_se[:, others] = np.sqrt(V[:, range(first, X.shape[-1]), range(first, X.shape[-1])])
    difference[:, reference] = difference_se[:, reference] = np.nan
    middle, spread = scale
    back = np.zeros((count, X.shape[-1], X.shape[-1])) + np.eye(X.shape[-1])
    covariates = range(1, first)
    back[:, covariates, covariates] = 1.0 / spread
    back[:, 0, 1:first] = -middle / spread
    coefficients, covariance = (back @ b[..., None])[..., 0], back @ V @ back.swapaxes(1, 2)
    return LogisticFits(code, coefficients, covariance, risk, difference, difference_se, log_odds, log_odds_se)


def _chance(X: Array, b: Array) -> Array:
    """Return (1), [replicate, subject]."""
    eta = np.clip((X @ b[..., None])[..., 0], -2.0 * FARTHEST, 2.0 * FARTHEST)
    return 1.0 / (1.0 + np.exp(-eta))  # (1)
