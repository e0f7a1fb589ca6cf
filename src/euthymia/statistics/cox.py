"""Proportional hazards within strata, with ties taken by Efron's or Breslow's way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euthymia.errors import ConvergenceError
from euthymia.statistics.newton import minimise
from euthymia.statistics.survival import check_times
from euthymia.statistics.table import TableError

Array = NDArray[np.floating]
LARGEST_EFFECT = 30.0  # in log hazard for the spread of a covariate: beyond it, the likelihood has no maximum
STILL_CURVED = 1e-5  # curvature at a maximum, as a share of that at no effect; a valley without end has less
ADVICE = "look for a covariate that tells all who had events, or for one that repeats another"


class Ties(Enum):
    """How events at one time are counted."""

    EFRON = "Efron"
    BRESLOW = "Breslow"


@dataclass(frozen=True, eq=False)
class Cox:
    """Effects on the logarithm of the hazard; every array is [covariate].

    Attributes:
        names: The covariates.
        estimate: Logarithm of the hazard ratio for one unit.
        se: Standard error.
        ratio: Hazard ratio.
        low: Lower end of the ratio's interval.
        high: Upper end of the ratio's interval.
        p: Two-sided p value of no effect, by Wald's test.
        log_likelihood: Of no effect, and of the estimate.
    """

    names: tuple[str, ...]
    estimate: Array
    se: Array
    ratio: Array
    low: Array
    high: Array
    p: Array
    log_likelihood: tuple[float, float]


def cox(
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    ties: Ties = Ties.EFRON,
    names: tuple[str, ...] = (),
    level: float = 0.95,
) -> Cox:
    """Fit proportional hazards.

    Args:
        time: Time of the event, or of the last observation, [subject].
        event: Whether the event was seen, [subject].
        covariates: [subject, covariate], or one covariate [subject].
        strata: Stratum of each subject; each stratum has a hazard of its own.
        ties: How events at one time are counted.
        names: What the covariates are called.
        level: Level of the intervals.

    Raises:
        TableError: When arrays do not fit each other, or nobody had an event.
        ConvergenceError: When the likelihood has no maximum, as when all events come from one side of a covariate.

    Source:
        Cox (1972), J R Stat Soc B 34:187. Efron (1977), J Am Stat Assoc 72:557.
    """
    from scipy.special import ndtr, ndtri

    t, d = check_times(time, event)
    x = np.asarray(covariates, dtype=float)
    x = x[:, None] if x.ndim == 1 else x
    if len(x) != len(t) or not np.all(np.isfinite(x)):
        raise TableError(
            f"{len(x)} rows of covariates for {len(t)} times given, or one is missing; each subject has one"
        )
    if not d.any():
        raise TableError("nobody had an event; without events there is no hazard to compare")
    layer = np.zeros(len(t), dtype=np.int64) if strata is None else np.unique(strata, return_inverse=True)[1]
    centred = x - x.mean(axis=0)
    spread = np.where(centred.std(axis=0) > 0.0, centred.std(axis=0), 1.0)
    scaled = centred / spread

    def partial(beta: Array) -> tuple[float, tuple[Array, Array]] | None:
        if np.max(np.abs(beta)) > LARGEST_EFFECT:
            return None
        value, gradient, hessian = _all_strata(t, d, scaled, beta, layer, ties)
        return value, (gradient, hessian)

    start = np.zeros(x.shape[1])
    none = _all_strata(t, d, scaled, start, layer, ties)
    try:
        found = minimise(partial, lambda _, kept: kept, start)
    except ConvergenceError as error:
        raise ConvergenceError(f"proportional hazards have no estimate ({error}); {ADVICE}") from error
    if np.linalg.eigvalsh(found.hessian)[0] < STILL_CURVED * np.linalg.eigvalsh(none[2])[0]:
        raise ConvergenceError(f"proportional hazards have no estimate (one grows without end); {ADVICE}")
    here = _all_strata(t, d, scaled, found.at, layer, ties)
    estimate = found.at / spread
    se = np.sqrt(np.diag(np.linalg.inv(found.hessian))) / spread
    half = ndtri(0.5 + level / 2.0) * se
    called = names or tuple(f"covariate {number + 1}" for number in range(x.shape[1]))
    return Cox(
        called, estimate, se, np.exp(estimate), np.exp(estimate - half), np.exp(estimate + half),
        2.0 * ndtr(-np.abs(estimate / se)), (-none[0], -here[0]),
    )  # fmt: skip


def _all_strata(
    t: Array, d: NDArray[np.bool_], x: Array, beta: Array, layer: NDArray[np.int64], ties: Ties
) -> tuple[float, Array, Array]:
    """Return minus the log partial likelihood with its gradient and Hessian."""
    value, gradient, hessian = 0.0, np.zeros(len(beta)), np.zeros((len(beta), len(beta)))
    for stratum in np.unique(layer):
        here = layer == stratum
        more, slope, bend = _stratum(t[here], d[here], x[here], beta, ties)
        value, gradient, hessian = value + more, gradient + slope, hessian + bend
    return value, gradient, hessian


def _stratum(t: Array, d: NDArray[np.bool_], x: Array, beta: Array, ties: Ties) -> tuple[float, Array, Array]:
    """Return minus the log partial likelihood of one stratum with its gradient and Hessian."""
    order = np.argsort(-t, kind="stable")  # latest first, so that sums run over those still at risk
    t, d, x = t[order], d[order], x[order]
    eta = x @ beta
    weight = np.exp(eta)
    value, gradient, hessian = 0.0, np.zeros(len(beta)), np.zeros((len(beta), len(beta)))
    s0 = np.cumsum(weight)
    s1 = np.cumsum(weight[:, None] * x, axis=0)
    s2 = np.cumsum(weight[:, None, None] * x[:, :, None] * x[:, None, :], axis=0)
    for when in np.unique(t[d]):
        last = np.searchsorted(-t, -when, side="right") - 1
        dead = d & (t == when)
        w, z = weight[dead], x[dead]
        own0, own1 = w.sum(), w @ z
        own2 = (w[:, None] * z).T @ z
        for number in range(len(w)):
            share = number / len(w) if ties is Ties.EFRON else 0.0
            a0, a1, a2 = s0[last] - share * own0, s1[last] - share * own1, s2[last] - share * own2
            value += np.log(a0)
            gradient += a1 / a0
            hessian += a2 / a0 - np.outer(a1, a1) / a0**2
        value -= eta[dead].sum()
        gradient -= z.sum(axis=0)
    return value, gradient, hessian
