"""Multiple imputation of repeated measures, at random or after the reference arm, and its analysis at one visit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euthymia.errors import ConvergenceError
from euthymia.statistics.draws import (
    Draw,
    Posterior,
    Resampling,
    bootstrap_sample,
    conditional,
    fitted,
    posterior_draws,
    resampled_draws,
)
from euthymia.statistics.effects import Rows, Term, design_matrix, independent_columns
from euthymia.statistics.incomplete import Incomplete
from euthymia.statistics.pooling import Pooled, bootstrapped, jackknifed, rubin
from euthymia.statistics.strategies import assumed_covariance, assumed_mean
from euthymia.statistics.table import TableError

Array = NDArray[np.floating]
FEWEST_SHARE = 0.9  # of bootstrap samples that must be fitted for their spread to be believed


@dataclass(frozen=True, eq=False)
class Imputed:
    """A trial whose missing values were filled in several times.

    Attributes:
        trial: The trial with its values missing.
        values: [imputation, subject, visit].
        filled: Whether a value was filled in, [subject, visit].
    """

    trial: Incomplete
    values: Array
    filled: NDArray[np.bool_]


def impute(
    trial: Incomplete,
    *,
    imputations: int = 100,
    draws: Posterior | Resampling | None = None,
    by_arm: bool = False,
    seed: int,
) -> Imputed:
    """Fill in what is missing, each time from parameters drawn anew.

    Args:
        trial: The trial, with what is assumed after departures.
        imputations: How often.
        draws: How parameters are drawn; from the posterior if left out.
        by_arm: Whether each arm has a covariance of its own.
        seed: Seed of all draws.

    Raises:
        ConvergenceError: When the imputation model cannot be fitted.
        TableError: When some mean cannot be estimated.
    """
    rng = np.random.default_rng(seed)
    plan = Posterior() if draws is None else draws
    if isinstance(plan, Posterior):
        found = posterior_draws(trial, plan, count=imputations, by_arm=by_arm, rng=rng)
    else:
        found = resampled_draws(trial, count=imputations, by_arm=by_arm, rng=rng)
    values = np.stack([_fill(trial, draw, rng) for draw in found])
    return Imputed(trial, values, ~np.isfinite(trial.outcome))


def analyse(imputed: Imputed, *, visit: str | None = None, delta: Array | float = 0.0, level: float = 0.95) -> Pooled:
    """Compare arms with the reference at a visit, by analysis of covariance of each imputation and Rubin's rules.

    Args:
        imputed: The filled trial.
        visit: The visit; the last if left out.
        delta: Added to what was filled in, in the outcome's unit: one number, or one for each arm, [arm].
        level: Level of the confidence interval.

    Returns:
        A difference for each arm but the reference.
    """
    trial = imputed.trial
    at = _visit(trial, visit)
    shift = np.broadcast_to(np.asarray(delta, dtype=float), len(trial.data.arm.levels))[trial.arm]
    y = imputed.values[:, :, at] + np.where(imputed.filled[:, at], shift, 0.0)
    estimates, variances, df, names = _least_squares(trial, y)
    return rubin(estimates, variances, df=df, level=level, names=names)


def conditional_difference(trial: Incomplete, *, visit: str | None = None, by_arm: bool = False) -> Array:
    """Return the differences at a visit when what is missing is filled in once, by its conditional mean, [difference].

    Source:
        Wolbers et al (2022), Standard and reference-based conditional mean imputation. Pharm Stat 21:1246.
    """
    return _conditional(trial, _visit(trial, visit), fitted(trial, by_arm=by_arm)[0])


def jackknife(trial: Incomplete, *, visit: str | None = None, by_arm: bool = False, level: float = 0.95) -> Pooled:
    """Impute by conditional means, with the error found by leaving out one subject at a time.

    This error is that of repeated sampling: under a reference-based strategy it is smaller than that of Rubin's rules,
    which keep the variance that the data would have had without borrowing from the reference.

    Args:
        trial: The trial, with what is assumed after departures.
        visit: The visit; the last if left out.
        by_arm: Whether each arm has a covariance of its own.
        level: Level of the confidence interval.

    Raises:
        ConvergenceError: When the imputation model cannot be fitted to the whole or to a part.
    """
    at = _visit(trial, visit)
    draw, fit = fitted(trial, by_arm=by_arm)
    everybody = np.arange(len(trial.arm))
    parts = (trial.take(np.delete(everybody, subject)) for subject in everybody)
    left_out = np.stack([_conditional(part, at, fitted(part, by_arm=by_arm, start=fit.theta)[0]) for part in parts])
    return jackknifed(_conditional(trial, at, draw), left_out, level=level, names=_names(trial))


def bootstrap(
    trial: Incomplete,
    *,
    samples: int = 1000,
    visit: str | None = None,
    by_arm: bool = False,
    level: float = 0.95,
    seed: int,
) -> Pooled:
    """Impute by conditional means, with the error found by drawing subjects again within arms.

    Args:
        trial: The trial, with what is assumed after departures.
        samples: How often subjects are drawn.
        visit: The visit; the last if left out.
        by_arm: Whether each arm has a covariance of its own.
        level: Level of the confidence interval.
        seed: Seed of the draws.

    Raises:
        ConvergenceError: When the model cannot be fitted to the whole, or to too many samples.
    """
    at = _visit(trial, visit)
    draw, fit = fitted(trial, by_arm=by_arm)
    found = list(_resampled(trial, at, fit.theta, samples, by_arm, np.random.default_rng(seed)))
    if len(found) < FEWEST_SHARE * samples:
        raise ConvergenceError(f"{samples - len(found)} of {samples} bootstrap samples could not be fitted")
    return bootstrapped(_conditional(trial, at, draw), np.stack(found), level=level, names=_names(trial))


def _resampled(
    trial: Incomplete, at: int, start: Array, samples: int, by_arm: bool, rng: np.random.Generator
) -> Iterator[Array]:
    for _ in range(samples):
        part = trial.take(bootstrap_sample(trial, rng))
        try:
            yield _conditional(part, at, fitted(part, by_arm=by_arm, start=start)[0])
        except (ConvergenceError, TableError):
            continue


def _conditional(trial: Incomplete, at: int, draw: Draw) -> Array:
    return _least_squares(trial, _fill(trial, draw, None)[None, :, at])[0][0]


def _fill(trial: Incomplete, draw: Draw, rng: np.random.Generator | None) -> Array:
    """Return the outcome with what is missing drawn as assumed; by its conditional mean without a generator."""
    y = trial.outcome
    seen = np.isfinite(y)
    filled = y.copy()
    own, reference = trial.own @ draw.beta, trial.reference @ draw.beta
    other = draw.sigma[trial.reference_arm]
    order = list(dict.fromkeys(trial.strategy))
    key = np.column_stack([trial.arm, trial.kept, [order.index(each) for each in trial.strategy], seen])
    groups, group = np.unique(key, axis=0, return_inverse=True)
    noise = np.zeros_like(y) if rng is None else rng.standard_normal(y.shape)
    for number, (arm, kept, code, *pattern) in enumerate(groups):
        have = np.array(pattern, dtype=bool)
        if have.all():
            continue
        here = np.flatnonzero(group.reshape(-1) == number)
        mean = assumed_mean(order[code], own[here], reference[here], int(kept))
        slope, root = conditional(assumed_covariance(order[code], draw.sigma[arm], other, int(kept)), have)
        gap = y[here][:, have] - mean[:, have]
        filled[np.ix_(here, ~have)] = mean[:, ~have] + gap @ slope.T + noise[here][:, ~have] @ root.T
    return filled


def _least_squares(trial: Incomplete, y: Array) -> tuple[Array, Array, float, tuple[str, ...]]:
    """Return differences of arms from the reference, [imputation, difference], their variances, df and names.

    The model is arm, factors and covariates.
    """
    data, m = trial.data, trial.own.shape[1]
    rows = data.rows.take(np.arange(len(trial.arm)) * m)
    measures = data.measures
    others = [Term((name,)) for name in measures.factors] + [Term((), (name,)) for name in measures.covariates]
    arms = [arm for arm in range(len(data.arm.levels)) if arm != trial.reference_arm]
    groups = np.column_stack([trial.arm == arm for arm in arms]).astype(float)
    rest, _ = design_matrix(Rows(rows.factors, rows.numbers), [Term(), *others])
    X = np.column_stack([rest, groups])
    kept = independent_columns(X)
    first = rest.shape[1]
    if not np.isin(np.arange(first, X.shape[1]), kept).all():
        raise TableError("an arm cannot be told from the factors and covariates")
    Q, R = np.linalg.qr(X[:, kept])
    beta = np.linalg.solve(R, Q.T @ y.T).T
    df = float(len(y[0]) - len(kept))
    if df <= 0:
        raise TableError(
            f"{len(y[0])} subjects for {len(kept)} coefficients; more subjects than coefficients are needed"
        )
    left = np.sum((y - (Q @ (Q.T @ y.T)).T) ** 2, axis=1) / df
    spread = np.sum(np.linalg.inv(R) ** 2, axis=1)[-len(arms) :]
    return beta[:, -len(arms) :], left[:, None] * spread, df, _names(trial)


def _names(trial: Incomplete) -> tuple[str, ...]:
    levels, zero = trial.data.arm.levels, trial.reference_arm
    return tuple(f"{level} - {levels[zero]}" for arm, level in enumerate(levels) if arm != zero)


def _visit(trial: Incomplete, visit: str | None) -> int:
    return trial.own.shape[1] - 1 if visit is None else trial.data.visit.code(visit)
