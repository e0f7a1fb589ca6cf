"""Covariances of repeated measures: each a function of free parameters, with its first and second derivatives.

Standard deviations enter by their logarithm, correlations by rho = theta / sqrt(1 + theta^2), unless a structure says
otherwise, so every real vector is allowed. The parametrisation is that of R's package mmrm: the 1997 form of Kenward
and Roger depends on it (through the second derivatives), and is the same in both packages for that reason.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
LARGEST_START = 0.9  # correlations beyond this are no start for a search


@dataclass(frozen=True, eq=False)
class Surface:
    """A matrix as a function of parameters, at one point.

    Attributes:
        value: [visit, visit].
        first: First derivatives, [parameter, visit, visit].
        second: Second derivatives, [parameter, parameter, visit, visit].
    """

    value: Array
    first: Array
    second: Array


class Covariance(ABC):
    """A structure of the covariance between the visits of one subject."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What the structure is called in tables."""

    @abstractmethod
    def size(self, visits: int) -> int:
        """Return the number of parameters for so many visits."""

    @abstractmethod
    def start(self, moments: Array, times: Array) -> Array:
        """Return parameters near a rough covariance [visit, visit] of positive variances, visits at typical times."""

    @abstractmethod
    def surface(self, theta: Array, times: Array) -> Surface:
        """Return the covariance at parameters ``theta`` for visits at ``times`` (used by spatial structures alone)."""


@dataclass(frozen=True)
class Unstructured(Covariance):
    """Any covariance: Sigma = (D L)(D L)^T with D = diag(exp theta) and L unit lower triangular, filled row by row."""

    @property
    def title(self) -> str:
        """What the structure is called in tables."""
        return "unstructured"

    def size(self, visits: int) -> int:
        """Return visits (visits + 1) / 2."""
        return visits * (visits + 1) // 2

    def start(self, moments: Array, times: Array) -> Array:
        """Return the factors of the rough covariance, its correlations shrunk until it has factors."""
        lower = np.linalg.cholesky(nearest_proper(moments))
        scale = np.diag(lower)
        return np.concatenate([np.log(scale), (lower / scale[:, None])[np.tril_indices(len(lower), -1)]])

    def surface(self, theta: Array, times: Array) -> Surface:
        """Return the covariance and its derivatives."""
        m = len(times)
        rows, columns = np.tril_indices(m, -1)
        scale, unit = np.exp(theta[:m]), np.eye(m)
        unit[rows, columns] = theta[m:]
        factor, free = scale[:, None] * unit, np.arange(m, len(theta))
        first, second = np.zeros((len(theta), m, m)), np.zeros((len(theta), len(theta), m, m))
        each = np.arange(m)
        first[each, each] = factor
        first[free, rows, columns] = scale[rows]
        second[each, each, each] = factor
        second[rows, free, rows, columns] = second[free, rows, rows, columns] = scale[rows]
        return _square(Surface(factor, first, second))


@dataclass(frozen=True)
class Correlated(Covariance):
    """Standard deviations times a correlation of few parameters; heterogeneous gives each visit its own deviation."""

    heterogeneous: bool = False

    @property
    @abstractmethod
    def correlation_title(self) -> str:
        """What the correlation is called in tables."""

    @abstractmethod
    def correlation_size(self, visits: int) -> int:
        """Return the number of the correlation's parameters."""

    @abstractmethod
    def correlation_start(self, correlation: Array, times: Array) -> Array:
        """Return parameters near a rough correlation."""

    @abstractmethod
    def correlation(self, theta: Array, times: Array) -> Surface:
        """Return the correlation at its parameters."""

    @property
    def title(self) -> str:
        """What the structure is called in tables."""
        return f"heterogeneous {self.correlation_title}" if self.heterogeneous else self.correlation_title

    def size(self, visits: int) -> int:
        """Return the number of deviations and of correlation parameters."""
        return (visits if self.heterogeneous else 1) + self.correlation_size(visits)

    def start(self, moments: Array, times: Array) -> Array:
        """Return the logarithms of the rough deviations, then a correlation that can be inverted."""
        variance = np.diag(moments)
        deviations = np.log(variance if self.heterogeneous else [variance.mean()]) / 2.0
        rough = moments / np.sqrt(np.outer(variance, variance))
        none = np.eye(len(rough))
        theta = self.correlation_start(none, times)
        for shrink in (1.0, 0.8, 0.5):
            tried = self.correlation_start(none + shrink * (rough - none), times)
            if np.linalg.eigvalsh(self.correlation(tried, times).value)[0] > 1e-3:
                theta = tried
                break
        return np.concatenate([deviations, theta])

    def surface(self, theta: Array, times: Array) -> Surface:
        """Return Sigma_ab = s_a s_b R_ab and its derivatives."""
        m = len(times)
        deviations = m if self.heterogeneous else 1
        log_s = np.broadcast_to(theta[:deviations], m) if not self.heterogeneous else theta[:deviations]
        # d log(s_a s_b) / d log s_k: each side's own deviation counts once.
        own = np.eye(m) if self.heterogeneous else np.ones((1, m))
        weight = own[:, :, None] + own[:, None, :]
        spread = np.exp(log_s[:, None] + log_s[None, :])
        inner = self.correlation(theta[deviations:], times)
        value = spread * inner.value
        shape = spread * inner.first
        first = np.concatenate([weight * value, shape])
        cross = weight[:, None] * shape[None]
        top = np.concatenate([weight[:, None] * weight[None] * value, cross], axis=1)
        bottom = np.concatenate([cross.transpose(1, 0, 2, 3), spread * inner.second], axis=1)
        return Surface(value, first, np.concatenate([top, bottom]))


def nearest_proper(moments: Array) -> Array:
    """Return the matrix with its correlations shrunk toward none until its smallest eigenvalue is well above zero."""
    deviation = np.sqrt(np.diag(moments))
    rough = moments / np.outer(deviation, deviation)
    lowest, floor = np.linalg.eigvalsh(rough)[0], 0.05
    shrink = 1.0 if lowest >= floor else (1.0 - floor) / (1.0 - lowest)
    return (np.eye(len(rough)) + shrink * (rough - np.eye(len(rough)))) * np.outer(deviation, deviation)


def _square(factor: Surface) -> Surface:
    """Return F F^T and its derivatives from those of F."""
    F, d, dd = factor.value, factor.first, factor.second
    half = d @ F.T
    bend = dd @ F.T + np.einsum("iab,jcb->ijac", d, d, optimize=True)
    return Surface(F @ F.T, half + half.swapaxes(-1, -2), bend + bend.swapaxes(-1, -2))
