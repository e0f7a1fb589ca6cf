"""Effects of all treatments of a network against one reference, direct and indirect evidence together.

With y the effects of all studies, X d what they are if every comparison is consistent, S their covariance within
studies and tau2 K that between (K has ones on its diagonal and halves between effects of one study, so that every
comparison varies by tau2), W = (S + tau2 K)^-1 and P = W - W X (X'W X)^-1 X'W:

    d = (X'W X)^-1 X'W y,  Q(tau2) = y'P y                                                             (1)
    DerSimonian-Laird: tau2 = (Q(0) - df) / tr(P0 K);  Paule-Mandel: Q(tau2) = df                       (2)
    REML: y'P K P y = tr(P K), the lowest minimum                                                       (3)

Source:
    Higgins, Whitehead (1996), Stat Med 15:2733, for K. Jackson, White, Riley (2012), Stat Med 31:3805, for (2).
    Jackson, Riley (2014), Stat Med 33:541, for Hartung and Knapp's error of several effects. Rücker, Schwarzer
    (2015), BMC Med Res Methodol 15:58, for the score of ranks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from euthymia.statistics.meta_analysis import Spread, most_likely
from euthymia.statistics.network import Network, Study
from euthymia.statistics.root import root_of
from euthymia.statistics.table import TableError

Array = NDArray[np.floating]
SHARED = 0.5  # of a comparison's variance between studies, shared with another that has one arm in common


class Better(Enum):
    """Which way an effect helps."""

    LARGER = "larger values are better"
    SMALLER = "smaller values are better"


@dataclass(frozen=True, eq=False)
class NetworkMetaAnalysis:
    """Effects of the treatments of a network.

    Attributes:
        treatments: Names, the reference first.
        effects: Treatment - reference, [treatment]; zero for the reference.
        covariance: [treatment, treatment]; zero for the reference.
        tau2: Variance of a comparison between studies.
        Q: Statistic of equal effects in all studies, and consistent ones.
        df: Its degrees of freedom.
        Q_p: Its p value.
        I2: Share of the variance of effects beyond chance, 0 to 1.
        errors_df: Degrees of freedom of intervals; infinite where they are normal.
    """

    treatments: tuple[str, ...]
    effects: Array
    covariance: Array
    tau2: float
    Q: float
    df: int
    Q_p: float
    I2: float
    errors_df: float


@dataclass(frozen=True, eq=False)
class League:
    """Every treatment against every other; arrays are [treatment, other], treatment - other, zero with itself.

    Attributes:
        treatments: Names.
        estimate: In the effects' unit.
        se: Standard error.
        low: Lower end of the confidence interval.
        high: Upper end of the confidence interval.
        p: Two-sided p value of zero; 1 with itself.
        predicted_low: Lower end of the interval for the effect in a new study.
        predicted_high: Upper end of that interval.
    """

    treatments: tuple[str, ...]
    estimate: Array
    se: Array
    low: Array
    high: Array
    p: Array
    predicted_low: Array
    predicted_high: Array


def network_meta_analysis(
    network: Network, *, spread: Spread = Spread.REML, hartung_knapp: bool = True
) -> NetworkMetaAnalysis:
    """Combine direct and indirect comparisons of a network, as if they agreed; ``inconsistency`` asks whether they do.

    Args:
        network: The studies.
        spread: How the variance between studies is estimated; NONE is the model of one effect for all studies.
        hartung_knapp: Whether the covariance is multiplied by Q(tau2) / df, and intervals use Student's distribution.

    Raises:
        TableError: When studies only just make a network, so that nothing is left to tell their spread.
        ConvergenceError: When the variance between studies is not found.
    """
    from scipy.special import chdtrc

    y, X, S, K = stack(network)
    df = len(y) - X.shape[1]
    if df < 1 and (hartung_knapp or spread is not Spread.NONE):
        raise TableError(
            f"{len(y)} comparisons for {X.shape[1]} effects leave none to tell the spread; "
            "use Spread.NONE and hartung_knapp=False"
        )
    tau2 = between_studies(y, X, S, K, spread)
    covariance, P = _weigh(X, S + tau2 * K)
    W = np.linalg.inv(S + tau2 * K)
    effects = covariance @ (X.T @ (W @ y))
    if hartung_knapp:
        covariance = covariance * float(y @ P @ y) / df
    Q = float(y @ _weigh(X, S)[1] @ y)
    return NetworkMetaAnalysis(
        network.treatments, np.append(0.0, effects), np.pad(covariance, ((1, 0), (1, 0))), tau2, Q, df,
        float(chdtrc(df, Q)) if df else 1.0, max(0.0, 1.0 - df / Q) if Q > 0.0 else 0.0,
        float(df) if hartung_knapp else np.inf,
    )  # fmt: skip


def league(fit: NetworkMetaAnalysis, *, level: float = 0.95) -> League:
    """Return every treatment against every other.

    Args:
        fit: The network's effects.
        level: Level of all intervals.
    """
    from scipy.special import ndtr, ndtri, stdtr, stdtrit

    normal = np.isinf(fit.errors_df)
    quantile = ndtri(0.5 + level / 2.0) if normal else stdtrit(fit.errors_df, 0.5 + level / 2.0)
    estimate, se = _every_pair(fit)
    ratio = -np.abs(estimate) / np.where(se > 0.0, se, 1.0)
    p = 2.0 * (ndtr(ratio) if normal else stdtr(fit.errors_df, ratio))
    wide = quantile * np.sqrt(se**2 + fit.tau2 * (1.0 - np.eye(len(se))))
    half = quantile * se
    return League(
        fit.treatments, estimate, se, estimate - half, estimate + half, p, estimate - wide, estimate + wide
    )  # fmt: skip


def rank_scores(fit: NetworkMetaAnalysis, better: Better) -> Array:
    """Return the P-score of each treatment, [treatment]: how sure it is, on average, that it beats another.

    Args:
        fit: The network's effects.
        better: Which way an effect helps.
    """
    from scipy.special import ndtr

    estimate, se = _every_pair(fit)
    sign = 1.0 if better is Better.LARGER else -1.0
    sure = ndtr(sign * estimate / np.where(se > 0.0, se, 1.0))
    return (sure.sum(axis=1) - 0.5) / (len(sure) - 1)


def stack(network: Network, studies: Sequence[Study] | None = None) -> tuple[Array, Array, Array, Array]:
    """Return y [effect], X [effect, treatment - 1], S and K [effect, effect] of (1), of all studies or of some."""
    from scipy.linalg import block_diag

    chosen = network.studies if studies is None else studies
    rows = []
    for study in chosen:
        full = np.zeros((len(study.effects), len(network.treatments)))
        full[np.arange(len(full)), study.arms[1:]] = 1.0
        full[:, study.arms[0]] = -1.0
        rows.append(full[:, 1:])
    K = np.asarray(block_diag(*(SHARED + SHARED * np.eye(len(study.effects)) for study in chosen)))
    S = np.asarray(block_diag(*(study.covariance for study in chosen)))
    return np.concatenate([study.effects for study in chosen]), np.concatenate(rows), S, K


def between_studies(y: Array, X: Array, S: Array, K: Array, spread: Spread) -> float:
    """Return the variance between studies, never below zero.

    Args:
        y: [effect].
        X: [effect, coefficient], of full rank.
        S: Covariance within studies, [effect, effect].
        K: Shape of that between them, [effect, effect].
        spread: How it is estimated.

    Raises:
        ConvergenceError: When it is not found.
    """
    df = len(y) - X.shape[1]
    if spread is Spread.NONE or df < 1:
        return 0.0
    P = _weigh(X, S)[1]
    excess, unit = float(y @ P @ y) - df, 1.0 / (float(np.sum(P * K)) / df)
    moment = max(excess, 0.0) * unit / df
    if spread is Spread.DERSIMONIAN_LAIRD:
        return moment
    if spread is Spread.PAULE_MANDEL:
        return _paule_mandel(y, X, S, K, df, unit) if excess > 0.0 else 0.0
    return _restricted(y, X, S, K, unit + moment)


def _weigh(X: Array, V: Array) -> tuple[Array, Array]:
    """Return (X'WX)^-1 and P of (1)."""
    W = np.linalg.inv(V)
    covariance = np.linalg.inv(X.T @ W @ X)
    P = W - W @ X @ covariance @ X.T @ W
    return (covariance + covariance.T) / 2.0, (P + P.T) / 2.0


def _every_pair(fit: NetworkMetaAnalysis) -> tuple[Array, Array]:
    own = np.diag(fit.covariance)
    variance = np.maximum(own[:, None] + own[None, :] - 2.0 * fit.covariance, 0.0)
    np.fill_diagonal(variance, 0.0)
    return fit.effects[:, None] - fit.effects[None, :], np.sqrt(variance)


def _paule_mandel(y: Array, X: Array, S: Array, K: Array, df: int, unit: float) -> float:
    def excess(tau2: float) -> float:
        return float(y @ _weigh(X, S + tau2 * K)[1] @ y) - df

    high = unit
    while excess(high) > 0.0:
        high *= 2.0
    return root_of(excess, 0.0, high, within=1e-14 * unit)


def _restricted(y: Array, X: Array, S: Array, K: Array, unit: float) -> float:
    """Return the variance of largest restricted likelihood (3)."""

    def deviance(tau2: Array) -> Array:
        found = []
        for V in (S + each * K for each in tau2):
            covariance, P = _weigh(X, V)
            found.append(np.linalg.slogdet(V)[1] - np.linalg.slogdet(covariance)[1] + y @ P @ y)
        return np.array(found)

    def slope(tau2: float) -> float:
        P = _weigh(X, S + tau2 * K)[1]
        return float(np.sum(P * K)) - float(y @ P @ K @ P @ y)

    return most_likely(deviance, slope, unit)
