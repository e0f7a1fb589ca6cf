"""Errors and degrees of freedom of contrasts in a mixed model for repeated measures.

In the coordinates of the fit, Phi = root root', a contrast c has v = root'c, and A_i = root' X'V^-1 Vi V^-1 X root,
so that the derivative of its variance v'v by a covariance parameter is v'A_i v. W is the inverse of the observed
information of the covariance parameters.

Satterthwaite: df = 2 (v'v)^2 / (g'W g), g_i = v'A_i v                                                      (1)
Kenward-Roger: v'v becomes v'(I + 2 sum W_ij (Q_ij - A_i A_j - R_ij / 4)) v; the linear form leaves out R      (2)
Sandwich: root' (sum X'V^-1 B e e' B'V^-1 X) root, B = I, (I - H)^-1, or of each subject the symmetric one that
makes B (V - X Phi X') B' = V, so that the sandwich is unbiased where V is right                              (3)

Source:
    Kenward, Roger (1997), Small sample inference for fixed effects from restricted maximum likelihood. Biometrics
    53:983. Fai, Cornelius (1996), J Stat Comput Simul 54:363, for several contrasts at once. Bell, McCaffrey (2002),
    Survey Methodology 28:169, for the sandwich. Names of the two Kenward-Roger forms as in R's package mmrm.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euthymia.statistics.mmrm import MMRM, Likelihood
from euthymia.statistics.table import TableError

Array = NDArray[np.floating]


class Errors(Enum):
    """How errors and degrees of freedom are found."""

    SATTERTHWAITE = "Satterthwaite"
    KENWARD_ROGER = "Kenward-Roger"
    KENWARD_ROGER_LINEAR = "Kenward-Roger, linear"
    SANDWICH = "sandwich CR0"
    SANDWICH_UNBIASED = "sandwich CR2"
    SANDWICH_JACKKNIFE = "sandwich CR3"


SANDWICHES = (Errors.SANDWICH, Errors.SANDWICH_UNBIASED, Errors.SANDWICH_JACKKNIFE)
LEVERED = 1e-12  # variance of a residual, as a share of the outcome's, below which it is none: its row fits itself


@dataclass(frozen=True, eq=False)
class Contrasts:
    """Sums of coefficients, each tested by itself; every array is [contrast].

    Attributes:
        names: What each is.
        estimate: In the outcome's unit.
        se: Standard error.
        df: Degrees of freedom.
        low: Lower end of the confidence interval.
        high: Upper end of the confidence interval.
        p: Two-sided p value of zero.
    """

    names: tuple[str, ...]
    estimate: Array
    se: Array
    df: Array
    low: Array
    high: Array
    p: Array


@dataclass(frozen=True)
class JointTest:
    """Several contrasts that are zero together.

    Attributes:
        f: F statistic, scaled as the method asks.
        df: Degrees of freedom of numerator and denominator.
        p: p value.
    """

    f: float
    df: tuple[int, float]
    p: float


def contrast(
    fit: MMRM,
    rows: ArrayLike,
    *,
    errors: Errors = Errors.KENWARD_ROGER_LINEAR,
    level: float = 0.95,
    names: tuple[str, ...] = (),
) -> Contrasts:
    """Estimate and test sums of coefficients, one by one.

    Args:
        fit: The fitted model.
        rows: Weights of the named coefficients, [contrast, column].
        errors: How errors and degrees of freedom are found.
        level: Level of the confidence intervals.
        names: What the contrasts are called.

    Raises:
        TableError: When Kenward-Roger is asked of a fit by ML.
    """
    from scipy.special import stdtr, stdtrit

    weights = np.atleast_2d(np.asarray(rows, dtype=float))
    v = _coordinates(fit, weights)
    middle = _middle(fit, errors)
    estimate = weights @ fit.beta
    se = np.sqrt(np.einsum("ic,ij,jc->c", v, middle, v))
    df = np.array([_df(fit, each, errors) for each in v.T])
    half = stdtrit(df, 0.5 + level / 2.0) * se
    p = 2.0 * stdtr(df, -np.abs(estimate / se))
    called = names or tuple(f"contrast {number + 1}" for number in range(len(weights)))
    return Contrasts(called, estimate, se, df, estimate - half, estimate + half, p)


def joint_test(fit: MMRM, rows: ArrayLike, *, errors: Errors = Errors.KENWARD_ROGER_LINEAR) -> JointTest:
    """Test that several sums of coefficients are all zero.

    Args:
        fit: The fitted model.
        rows: Weights of the named coefficients, [contrast, column]; no row may be a sum of others.
        errors: How errors and degrees of freedom are found; not the sandwich, whose joint test is not built.

    Raises:
        TableError: When rows depend on each other, or the method has no joint test.
    """
    from scipy.special import fdtrc

    weights = np.atleast_2d(np.asarray(rows, dtype=float))
    v, count = _coordinates(fit, weights), len(weights)
    if np.linalg.matrix_rank(v) < count:
        raise TableError(f"{count} contrasts given, of which some are sums of others; leave those out")
    if errors in SANDWICHES:
        raise TableError(f"no joint test by {errors.value}; use Satterthwaite or Kenward-Roger")
    estimate = weights @ fit.beta
    variance = v.T @ _middle(fit, errors) @ v
    f = float(estimate @ np.linalg.solve(variance, estimate)) / count
    if errors is Errors.SATTERTHWAITE:
        scale, df = 1.0, _fai_cornelius(fit, v)
    else:
        scale, df = _kenward_roger_df(fit, v)
    return JointTest(scale * f, (count, df), float(fdtrc(count, df, scale * f)))


def coefficient_covariance(fit: MMRM, errors: Errors = Errors.KENWARD_ROGER_LINEAR) -> Array:
    """Return the covariance of the named coefficients, [column, column]."""
    spread = np.linalg.solve(fit.layout.triangle, fit.state.root)
    return spread @ _middle(fit, errors) @ spread.T


def _coordinates(fit: MMRM, weights: Array) -> Array:
    if weights.shape[1] != len(fit.beta):
        raise TableError(f"contrasts of {weights.shape[1]} weights given; the fit has {len(fit.beta)} coefficients")
    return fit.state.root.T @ np.linalg.solve(fit.layout.triangle.T, weights.T)


def _middle(fit: MMRM, errors: Errors) -> Array:
    """Return what stands between v' and v in the variance of a contrast."""
    if errors is Errors.SATTERTHWAITE:
        return np.eye(len(fit.beta))
    if errors in SANDWICHES:
        scores = np.einsum("svk,sv->sk", _influence(fit, errors), fit.state.residual)
        return scores.T @ scores
    if fit.likelihood is not Likelihood.REML:
        raise TableError("Kenward-Roger needs a fit by REML; this one is by ML")
    return np.eye(len(fit.beta)) + 2.0 * _adjustment(fit, linear=errors is Errors.KENWARD_ROGER_LINEAR)


def _df(fit: MMRM, v: Array, errors: Errors) -> float:
    if errors in SANDWICHES:
        return _sandwich_df(fit, v, errors)
    slope = np.einsum("k,ikl,l->i", v, fit.slopes.information, v, optimize=True)
    return 2.0 * float(v @ v) ** 2 / float(slope @ fit.theta_covariance @ slope)  # (1)


def _fai_cornelius(fit: MMRM, v: Array) -> float:
    """Return the denominator's degrees of freedom from those of independent single contrasts."""
    left = np.linalg.svd(v, full_matrices=False)[0]
    single = np.array([_df(fit, each, Errors.SATTERTHWAITE) for each in left.T])
    if len(single) == 1:
        return float(single[0])
    expected = float(np.sum(single[single > 2.0] / (single[single > 2.0] - 2.0)))
    return 2.0 * expected / (expected - len(single)) if expected > len(single) else 2.0


def _kenward_roger_df(fit: MMRM, v: Array) -> tuple[float, float]:
    """Return the scale of the F statistic and the denominator's degrees of freedom."""
    count = v.shape[1]
    base = np.linalg.svd(v, full_matrices=False)[0]
    inner = base.T @ fit.slopes.information @ base
    trace = np.trace(inner, axis1=1, axis2=2)
    W = fit.theta_covariance
    a1 = float(trace @ W @ trace)
    a2 = float(np.einsum("ij,ikl,jlk->", W, inner, inner, optimize=True))
    if count == 1:
        return 1.0, 2.0 / a2
    b = (a1 + 6.0 * a2) / (2.0 * count)
    g = ((count + 1.0) * a1 - (count + 4.0) * a2) / ((count + 2.0) * a2)
    below = 3.0 * count + 2.0 * (1.0 - g)
    c1, c2, c3 = g / below, (count - g) / below, (count + 2.0 - g) / below
    mean = 1.0 / (1.0 - a2 / count)
    spread = 2.0 / count * (1.0 + c1 * b) / ((1.0 - c2 * b) ** 2 * (1.0 - c3 * b))
    rho = spread / (2.0 * mean**2)
    df = 4.0 + (count + 2.0) / (count * rho - 1.0)
    return df / (mean * (df - 2.0)), df


def _adjustment(fit: MMRM, *, linear: bool) -> Array:
    """Return sum W_ij (Q_ij - A_i A_j - R_ij / 4) of (2); the sums over parameters are done before those over rows."""
    layout, state, A, W = fit.layout, fit.state, fit.slopes.information, fit.theta_covariance
    n, m, k = layout.X.shape
    each = len(fit.surfaces[0].first)
    total = -np.einsum("ikl,ilm->km", A, np.tensordot(W, A, axes=1), optimize=True)
    ends = np.append(layout.starts, n)
    for number, surface in enumerate(fit.surfaces):
        block = slice(each * layout.group[number], each * (layout.group[number] + 1))
        own, first = W[block, block], surface.first.reshape(each, m * m)
        # sum W_ij (Vi)_ab (Vj)_cd, then with V^-1 between b and c for each pattern.
        pairs = (first.T @ own @ first).reshape(m, m, m, m)
        bend = np.zeros((m, m)) if linear else np.tensordot(own, surface.second, axes=2)
        for pattern in range(*np.searchsorted(layout.matrix, [number, number + 1])):
            people = slice(ends[pattern], ends[pattern + 1])
            between = np.tensordot(pairs, state.inverse[pattern], axes=([1, 2], [0, 1])) - bend / 4.0
            scaled = state.scaled[people]
            total += scaled.reshape(-1, k).T @ (between @ scaled).reshape(-1, k)
    return (total + total.T) / 2.0


def _influence(fit: MMRM, errors: Errors) -> Array:
    """Return B'V^-1 X root of (3), [subject, visit, column]."""
    if errors is Errors.SANDWICH:
        return fit.state.scaled
    own = fit.layout.X @ fit.state.root
    if errors is Errors.SANDWICH_UNBIASED:
        return _balanced(fit, own)
    left = fit.state.padded[fit.layout.pattern] - own @ own.swapaxes(1, 2)
    return np.linalg.solve(left, own)


def _balanced(fit: MMRM, own: Array) -> Array:
    """Return what CR2 weighs residuals with; of all matrices B that balance (3), T' G^-1/2 T with V = T'T is taken.

    A residual without variance, which only a row that fits itself has, is left out.
    """
    upper = np.linalg.cholesky(fit.state.padded).swapaxes(1, 2)[fit.layout.pattern]
    reached = upper @ own
    whole = upper @ upper.swapaxes(1, 2)
    values, axes = np.linalg.eigh(whole @ whole - reached @ reached.swapaxes(1, 2))
    kept = values > LEVERED * values[:, -1:]
    shrunk = np.where(kept, 1.0 / np.sqrt(np.where(kept, values, 1.0)), 0.0)
    half = (axes * shrunk[:, None, :]) @ axes.swapaxes(1, 2)
    return upper.swapaxes(1, 2) @ half @ upper @ fit.state.scaled


def _sandwich_df(fit: MMRM, v: Array, errors: Errors) -> float:
    """Return Bell and McCaffrey's degrees of freedom under the fitted covariance."""
    a = _influence(fit, errors) @ v
    own = np.einsum("svk,sv->sk", fit.layout.X @ fit.state.root, a)
    spread = np.einsum("sv,svw,sw->s", a, fit.state.padded[fit.layout.pattern], a)
    shared = np.sum(own**2, axis=1)
    trace = float(np.sum(spread - shared))
    cross = own.T @ own
    squares = float(np.sum(spread**2) - 2.0 * np.sum(spread * shared) + np.sum(cross * cross))
    return trace**2 / squares
