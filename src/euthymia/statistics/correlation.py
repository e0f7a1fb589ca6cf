"""The named correlations: compound symmetry, AR(1), ante-dependence, Toeplitz and spatial exponential."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euthymia.statistics.covariance import LARGEST_START, Array, Correlated, Surface


@dataclass(frozen=True)
class CompoundSymmetry(Correlated):
    """One correlation for all pairs, above -1 / (visits - 1): rho = logistic(theta) (1 + a) - a, a = 1 / (visits - 1).

    Source:
        The parametrisation is that of R's mmrm, vignette on covariance structures.
    """

    @property
    def correlation_title(self) -> str:
        """What the correlation is called in tables."""
        return "compound symmetry"

    def correlation_size(self, visits: int) -> int:
        """Return 1."""
        return 1

    def correlation_start(self, correlation: Array, times: Array) -> Array:
        """Return the parameter of the mean correlation."""
        bound = _bound(len(correlation))
        share = (np.mean(_pairs(correlation)) + bound) / (1.0 + bound)
        return np.atleast_1d(_logit(np.clip(share, 0.05, LARGEST_START)))

    def correlation(self, theta: Array, times: Array) -> Surface:
        """Return the correlation and its derivatives."""
        bound, others = _bound(len(times)), 1.0 - np.eye(len(times))
        share, slope, bend = _logistic(theta[0])
        rho = share * (1.0 + bound) - bound
        return Surface(
            np.eye(len(times)) + rho * others,
            ((1.0 + bound) * slope * others)[None],
            ((1.0 + bound) * bend * others)[None, None],
        )


@dataclass(frozen=True)
class AutoRegressive(Correlated):
    """AR(1): rho to the power of the number of visits between."""

    @property
    def correlation_title(self) -> str:
        """What the correlation is called in tables."""
        return "AR(1)"

    def correlation_size(self, visits: int) -> int:
        """Return 1."""
        return 1

    def correlation_start(self, correlation: Array, times: Array) -> Array:
        """Return the parameter of the mean correlation of neighbours."""
        return _to_theta(np.atleast_1d(np.mean(np.diag(correlation, 1))))

    def correlation(self, theta: Array, times: Array) -> Surface:
        """Return the correlation and its derivatives."""
        lag = _lags(len(times))
        rho = _from_theta(theta)[0][0]
        value, first = rho**lag, lag * rho ** np.maximum(lag - 1, 0)
        second = lag * (lag - 1) * rho ** np.maximum(lag - 2, 0)
        return _through_map(theta, Surface(value, first[None], second[None, None]))


@dataclass(frozen=True)
class AnteDependence(Correlated):
    """First-order ante-dependence: the product of a correlation for each step between neighbours.

    Source:
        Gabriel (1962), Ante-dependence analysis of an ordered set of variables. Ann Math Stat 33:201.
    """

    @property
    def correlation_title(self) -> str:
        """What the correlation is called in tables."""
        return "ante-dependence"

    def correlation_size(self, visits: int) -> int:
        """Return visits - 1."""
        return visits - 1

    def correlation_start(self, correlation: Array, times: Array) -> Array:
        """Return the parameters of the correlations of neighbours."""
        return _to_theta(np.diag(correlation, 1))

    def correlation(self, theta: Array, times: Array) -> Surface:
        """Return the correlation and its derivatives; leaving a step out leaves the product of both sides."""
        m = len(times)
        rho = _from_theta(theta)[0]
        upper = np.zeros((m, m))  # products from the row's visit to the column's, zero below the diagonal
        for a in range(m):
            upper[a, a:] = np.cumprod(np.concatenate([[1.0], rho[a:]]))
        first, second = np.zeros((m - 1, m, m)), np.zeros((m - 1, m - 1, m, m))
        for k in range(m - 1):
            first[k] = np.outer(upper[:, k], upper[k + 1])
            for j in range(k):
                second[j, k] = second[k, j] = upper[j + 1, k] * np.outer(upper[:, j], upper[k + 1])
        value = upper + upper.T - np.eye(m)
        return _through_map(theta, Surface(value, first + first.swapaxes(1, 2), second + second.swapaxes(2, 3)))


@dataclass(frozen=True)
class Toeplitz(Correlated):
    """A correlation for each number of visits between; not every set of them is a covariance."""

    @property
    def correlation_title(self) -> str:
        """What the correlation is called in tables."""
        return "Toeplitz"

    def correlation_size(self, visits: int) -> int:
        """Return visits - 1."""
        return visits - 1

    def correlation_start(self, correlation: Array, times: Array) -> Array:
        """Return the parameters of the mean correlation at each lag."""
        m = len(correlation)
        return _to_theta(np.array([np.mean(np.diag(correlation, lag)) for lag in range(1, m)]))

    def correlation(self, theta: Array, times: Array) -> Surface:
        """Return the correlation and its derivatives."""
        m = len(times)
        first = (_lags(m)[None] == np.arange(1, m)[:, None, None]).astype(float)
        value = np.eye(m) + np.tensordot(_from_theta(theta)[0], first, axes=1)
        return _through_map(theta, Surface(value, first, np.zeros((m - 1, m - 1, m, m))))


@dataclass(frozen=True)
class SpatialExponential(Correlated):
    """rho to the power of the time between, rho = logistic(theta); visits may lie at each subject's own times."""

    @property
    def correlation_title(self) -> str:
        """What the correlation is called in tables."""
        return "spatial exponential"

    def correlation_size(self, visits: int) -> int:
        """Return 1."""
        return 1

    def correlation_start(self, correlation: Array, times: Array) -> Array:
        """Return the parameter at which visits a middling time apart correlate by a half."""
        rho = 0.5 ** (1.0 / np.median(_pairs(np.abs(times[:, None] - times[None, :]))))
        return np.atleast_1d(_logit(rho))

    def correlation(self, theta: Array, times: Array) -> Surface:
        """Return the correlation and its derivatives, with d rho / d theta = rho (1 - rho)."""
        distance = np.abs(times[:, None] - times[None, :])
        rho = _logistic(theta[0])[0]
        value = rho**distance
        first = value * distance * (1.0 - rho)
        second = first * (distance * (1.0 - rho) - rho)
        return Surface(value, first[None], second[None, None])


def _through_map(theta: Array, inner: Surface) -> Surface:
    """Return derivatives by theta from those by rho."""
    _, slope, bend = _from_theta(theta)
    second = inner.second * (slope[:, None] * slope[None, :])[:, :, None, None]
    each = np.arange(len(theta))
    second[each, each] += inner.first * bend[:, None, None]
    return Surface(inner.value, inner.first * slope[:, None, None], second)


def _from_theta(theta: Array) -> tuple[Array, Array, Array]:
    """Return rho = theta / sqrt(1 + theta^2), its slope and its bend."""
    square = 1.0 + theta**2
    return theta / np.sqrt(square), square**-1.5, -3.0 * theta * square**-2.5


def _to_theta(rho: Array) -> Array:
    rho = np.clip(rho, -LARGEST_START, LARGEST_START)
    return rho / np.sqrt(1.0 - rho**2)


def _logistic(theta: float) -> tuple[float, float, float]:
    share = 1.0 / (1.0 + np.exp(-theta))
    slope = share * (1.0 - share)
    return share, slope, slope * (1.0 - 2.0 * share)


def _logit(share: float | np.floating) -> float:
    return float(np.log(share / (1.0 - share)))


def _bound(visits: int) -> float:
    return 1.0 / max(visits - 1, 1)


def _lags(visits: int) -> NDArray[np.int64]:
    return np.abs(np.subtract.outer(np.arange(visits), np.arange(visits)))


def _pairs(correlation: Array) -> Array:
    return correlation[np.triu_indices(len(correlation), 1)] if len(correlation) > 1 else np.zeros(1)
