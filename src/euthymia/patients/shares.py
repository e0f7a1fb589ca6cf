"""What a depression is made of: a part that connections reach, one that serotonin reaches, one that neither does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np

from euthymia.errors import EvidenceError
from euthymia.evidence import Record

PARTS = 3  # glutamatergic, serotonergic, neither
NODES = 20  # a direction; for means over three normals
STEPS = 60  # of the search for the centre; each takes off most of what is left


@dataclass(frozen=True)
class Factors:
    """Personal factors, mean 1 over people; each [person].

    Attributes:
        glutamatergic: On the drug's effect by connections.
        serotonergic: On the effect of serotonin.
    """

    glutamatergic: np.ndarray
    serotonergic: np.ndarray


@dataclass(frozen=True)
class Makeup:
    r"""Shares on a simplex, logistic-normal: nobody is of one kind only.

        x = centre + sigma z,   share_k = exp(x_k) / sum_j exp(x_j)                                         (1)
        factor_k = share_k / mean share_k                                                                   (2)

    The centre is such that the shares have their stated means, so each factor has mean 1. More of one share is less
    of the others: a depression that serotonin reaches is one that connections reach less.

    Attributes:
        glutamatergic: Mean share that connections reach.
        serotonergic: Mean share that serotonin reaches.
        sigma: SD of each of the three normals.

    Raises:
        EvidenceError: When the mean shares leave nothing for one of the three parts.
    """

    glutamatergic: float
    serotonergic: float
    sigma: float

    def __post_init__(self) -> None:
        if min(self.means) <= 0.0:
            raise EvidenceError(
                f"heterogeneity: shares of {self.glutamatergic:g} (glutamatergic) and {self.serotonergic:g} "
                "(serotonergic); expected both above 0, and a sum below 1"
            )

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """Build from the heterogeneity record."""
        return cls(*(record.value(name, "1") for name in ("share_glutamatergic", "share_serotonergic", "sigma_share")))

    @property
    def means(self) -> tuple[float, float, float]:
        """Mean shares of the three parts."""
        return self.glutamatergic, self.serotonergic, 1.0 - self.glutamatergic - self.serotonergic

    def shares(self, z: np.ndarray) -> np.ndarray:
        """Return shares [person, part] from standard normals [person, part]."""
        return _softmax(np.asarray(_centre(self.means, self.sigma)) + self.sigma * z)  # (1)

    def factors(self, z: np.ndarray) -> Factors:
        """Return personal factors from standard normals [person, part]."""
        shares = self.shares(z) / np.asarray(self.means)  # (2)
        return Factors(shares[:, 0], shares[:, 1])


def _softmax(x: np.ndarray) -> np.ndarray:
    power = np.exp(x - x.max(-1, keepdims=True))
    return power / power.sum(-1, keepdims=True)


@cache
def _centre(means: tuple[float, float, float], sigma: float) -> tuple[float, ...]:
    """Return the centre whose shares have these means, by quadrature over the three normals."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    z = np.stack(np.meshgrid(nodes, nodes, nodes, indexing="ij"), axis=-1).reshape(-1, PARTS)
    weight = np.prod(np.stack(np.meshgrid(weights, weights, weights, indexing="ij"), axis=-1), axis=-1).ravel()
    weight /= weight.sum()
    centre = np.log(means)
    for _ in range(STEPS):
        centre = centre + np.log(means) - np.log(weight @ _softmax(centre + sigma * z))
    return tuple(float(each) for each in centre - centre.mean())
