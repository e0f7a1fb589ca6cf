"""Draws of the means' coefficients and the visits' covariance, given what was observed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euthymia.errors import ConvergenceError
from euthymia.statistics.incomplete import Incomplete
from euthymia.statistics.mmrm import MMRM, Likelihood, fit_long
from euthymia.statistics.table import TableError

Array = NDArray[np.floating]
MOST_FAILURES = 20  # bootstrap samples in a row on which no covariance can be fitted


@dataclass(frozen=True, eq=False)
class Draw:
    """Parameters of the distribution of complete profiles.

    Attributes:
        beta: Coefficients of all columns of the design, [column]; zero for those the fit left out.
        sigma: Covariance of the visits of each arm, [arm, visit, visit].
    """

    beta: Array
    sigma: Array


@dataclass(frozen=True)
class Posterior:
    """Draws from the posterior, by data augmentation, under a flat prior of coefficients and Jeffreys' of covariances.

    Attributes:
        burn_in: Rounds before the first draw.
        thinning: Rounds from one draw to the next.

    Source:
        Schafer (1997), Analysis of Incomplete Multivariate Data, chapter 5.
    """

    burn_in: int = 200
    thinning: int = 20


@dataclass(frozen=True)
class Resampling:
    """Draws that are fits to bootstrap samples of subjects within arms, in place of a posterior."""


def fitted(trial: Incomplete, *, by_arm: bool, start: Array | None = None) -> tuple[Draw, MMRM]:
    """Return the estimate by restricted likelihood, unstructured, as if it were a draw; and the fit.

    Args:
        trial: The trial.
        by_arm: Whether each arm has a covariance of its own.
        start: Covariance parameters to start from.

    Raises:
        ConvergenceError: When no covariance can be fitted.
        TableError: When an arm was never seen at a visit, so that its mean is unknown.
    """
    fit = fit_long(trial.data, likelihood=Likelihood.REML, by_arm=by_arm, start=start)
    columns = trial.own.shape[-1]
    if len(fit.layout.kept) < columns:
        raise TableError("some mean cannot be estimated: an arm was not seen at some visit, or a factor is redundant")
    return Draw(fit.beta, _of_arms(trial, fit.sigma, by_arm)), fit


def posterior_draws(
    trial: Incomplete, plan: Posterior, *, count: int, by_arm: bool, rng: np.random.Generator
) -> Iterator[Draw]:
    """Yield draws from the posterior: values, coefficients and covariances are drawn in turn, each given the others."""
    start, _ = fitted(trial, by_arm=by_arm)
    beta, sigma = start.beta, start.sigma
    X, seen = trial.own, np.isfinite(trial.outcome)
    groups = _groups(trial, by_arm)
    for round_ in range(plan.burn_in + count * plan.thinning):
        y = _complete(trial.outcome, seen, X @ beta, sigma, trial.arm, rng)
        inverse = np.linalg.inv(sigma)[trial.arm]
        weighted = inverse @ X
        k = X.shape[-1]
        precision = X.reshape(-1, k).T @ weighted.reshape(-1, k)
        lower = np.linalg.cholesky(precision)
        mean = np.linalg.solve(precision, weighted.reshape(-1, k).T @ y.ravel())
        beta = mean + np.linalg.solve(lower.T, rng.standard_normal(k))
        residual = y - X @ beta
        sigma = sigma.copy()
        for arms in groups:
            members = residual[np.isin(trial.arm, arms)]
            sigma[arms] = _inverse_wishart(members.T @ members, len(members), rng)
        if round_ >= plan.burn_in and (round_ - plan.burn_in) % plan.thinning == plan.thinning - 1:
            yield Draw(beta, sigma)


def resampled_draws(trial: Incomplete, *, count: int, by_arm: bool, rng: np.random.Generator) -> Iterator[Draw]:
    """Yield fits to samples of subjects, drawn with replacement within arms.

    Raises:
        ConvergenceError: When many samples in a row cannot be fitted.
    """
    _, whole = fitted(trial, by_arm=by_arm)
    for _ in range(count):
        yield _one_resample(trial, whole.theta, by_arm, rng)


def _one_resample(trial: Incomplete, start: Array, by_arm: bool, rng: np.random.Generator) -> Draw:
    for _ in range(MOST_FAILURES):
        try:
            return fitted(trial.take(bootstrap_sample(trial, rng)), by_arm=by_arm, start=start)[0]
        except (ConvergenceError, TableError):
            continue
    raise ConvergenceError(f"{MOST_FAILURES} bootstrap samples in a row could not be fitted; use posterior draws")


def bootstrap_sample(trial: Incomplete, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return subjects drawn with replacement, as many of each arm as there are."""
    picked = []
    for arm in np.unique(trial.arm):
        members = np.flatnonzero(trial.arm == arm)
        picked.append(members[rng.integers(0, len(members), len(members))])
    return np.concatenate(picked)


def _complete(
    y: Array, seen: NDArray[np.bool_], mean: Array, sigma: Array, arm: NDArray[np.int64], rng: np.random.Generator
) -> Array:
    """Return the outcome with what is missing drawn at random given what was seen."""
    filled = np.where(seen, y, 0.0)
    keys, pattern = np.unique(np.column_stack([arm, seen]), axis=0, return_inverse=True)
    noise = rng.standard_normal(y.shape)
    for number, key in enumerate(keys):
        here = np.flatnonzero(pattern.reshape(-1) == number)
        have = key[1:].astype(bool)
        centre, root = conditional(sigma[key[0]], have)
        gap = y[here][:, have] - mean[here][:, have]
        filled[np.ix_(here, ~have)] = mean[here][:, ~have] + gap @ centre.T + noise[here][:, ~have] @ root.T
    return filled


def conditional(sigma: Array, have: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Return the regression of the missing on the observed visits, and a root of what it leaves.

    Args:
        sigma: Covariance, [visit, visit].
        have: Which visits are observed.
    """
    if have.all():
        return np.zeros((0, int(have.sum()))), np.zeros((0, 0))
    across = sigma[np.ix_(~have, have)]
    slope = np.linalg.solve(sigma[np.ix_(have, have)], across.T).T
    left = sigma[np.ix_(~have, ~have)] - slope @ across.T
    return slope, np.linalg.cholesky((left + left.T) / 2.0)


def _inverse_wishart(scale: Array, df: int, rng: np.random.Generator) -> Array:
    """Return a draw by Bartlett's decomposition: the inverse of a Wishart with the inverse scale."""
    m = len(scale)
    lower = np.tril(rng.standard_normal((m, m)), -1)
    lower[np.diag_indices(m)] = np.sqrt(rng.chisquare(df - np.arange(m)))
    half = np.linalg.solve(lower, np.linalg.cholesky(scale).T)
    return half.T @ half


def _groups(trial: Incomplete, by_arm: bool) -> list[NDArray[np.int64]]:
    arms = np.arange(len(trial.data.arm.levels))
    return [np.array([arm]) for arm in np.unique(trial.arm)] if by_arm else [arms]


def _of_arms(trial: Incomplete, sigma: Array, by_arm: bool) -> Array:
    """Return the covariance of each arm; an arm without subjects has the first one."""
    arms = len(trial.data.arm.levels)
    if not by_arm:
        return np.repeat(sigma, arms, axis=0)
    found = np.repeat(sigma[:1], arms, axis=0)
    found[np.unique(trial.arm)] = sigma
    return found
