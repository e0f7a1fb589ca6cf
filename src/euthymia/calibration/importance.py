"""Draws of the posterior itself, weighed by it: adaptive importance sampling for a few free numbers.

    w_i = p(x_i) / sum_k (n_k / n) q_k(x_i)                                                                  (1)

First half the draws come from a wide t around the mode and half from the prior; each further stage adds a t with mean
and covariance of all draws so far under their weights. Every draw is weighed over the mixture of all stages, so that
none of them is lost (Cornuet, Marin, Mira and Robert 2012, Scandinavian Journal of Statistics 39, 798).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from euthymia.calibration.likelihood import DISCREPANCY, Errors
from euthymia.calibration.model import Model
from euthymia.calibration.posterior import Mode, Slopes

PROPOSED = 1000  # draws of a stage
STAGES = 3  # after the first
TAIL = 4.0  # degrees of freedom of every t
WIDER, WIDER_LATER = 1.3, 1.15  # than the curvature at the mode, and than the draws so far
ENOUGH = 60.0  # draws that those so far have to count for, else their weights are evened out until they do
EVENED = 0.8  # power of the weights, each time
LEAST = 1e-6  # variance of a standard normal

Density = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Weighed:
    """Draws with their weights.

    Attributes:
        x: Standard normals, [draw, normal].
        weight: Adding up to 1, [draw].
    """

    x: np.ndarray
    weight: np.ndarray

    @property
    def effective(self) -> float:
        """How many draws of the posterior they count for."""
        return 1.0 / float((self.weight**2).sum())

    def resampled(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Return so many of the draws, each as probable as its weight, [draw, normal]."""
        return self.x[rng.choice(len(self.x), count, p=self.weight)]


def weighed(
    model: Model,
    errors: Errors,
    mode: Mode,
    rng: np.random.Generator,
    *,
    slopes: Slopes,
    published: np.ndarray | None = None,
) -> Weighed:
    """Return draws of the posterior.

    With many free numbers hardly any draw has weight; look at `Weighed.effective`.

    Args:
        model: Trials and what is free.
        errors: How rows scatter.
        mode: The mode and its curvature.
        rng: The generator.
        slopes: Compiled predictions of the same model.
        published: What was published; that of the model when None.
    """
    published = model.published() if published is None else published
    half, root = PROPOSED // 2, WIDER * np.linalg.cholesky(mode.covariance)
    x = np.concatenate([_t(rng, half, mode.x, root), rng.standard_normal((half, model.size))])
    proposed: list[tuple[float, Density]] = [(half, _density_of_t(mode.x, root)), (half, _before)]
    height = _heights(model, errors, x, published - slopes.many(x))
    found = Weighed(x, _weights(height, x, proposed))
    for _ in range(STAGES):
        mean, root = _shape(found)
        new = _t(rng, PROPOSED, mean, root)
        proposed.append((PROPOSED, _density_of_t(mean, root)))
        x = np.concatenate([x, new])
        height = np.concatenate([height, _heights(model, errors, new, published - slopes.many(new))])
        found = Weighed(x, _weights(height, x, proposed))
    return found


def _heights(model: Model, errors: Errors, x: np.ndarray, residual: np.ndarray) -> np.ndarray:
    """Return the log posterior at several places without the likelihood's constant, [place]; -inf where none is."""
    at = next((place for place, prior in enumerate(model.free) if prior.name == DISCREPANCY), None)
    discrepancy = np.zeros(len(x)) if at is None else np.array([model.free[at].value(float(one)) for one in x[:, at]])
    C = errors.sampling + np.eye(errors.scale.size) * ((discrepancy[:, None] * errors.scale) ** 2)[:, None, :]
    root = np.linalg.cholesky(C)
    z = np.linalg.solve(root, residual[:, :, None])[:, :, 0]
    likely = -0.5 * (z**2).sum(1) - np.log(np.diagonal(root, axis1=1, axis2=2)).sum(1)
    return np.nan_to_num(likely, nan=-np.inf) + _before(x)


def _before(x: np.ndarray) -> np.ndarray:
    """Return the log density of the prior, [draw]."""
    return -0.5 * (x**2).sum(1) - 0.5 * x.shape[1] * np.log(2.0 * np.pi)


def _weights(height: np.ndarray, x: np.ndarray, proposed: list[tuple[float, Density]]) -> np.ndarray:
    """Return the weights (1), [draw]."""
    mixture = np.logaddexp.reduce([np.log(count / len(x)) + density(x) for count, density in proposed], axis=0)
    return _shares(height - mixture)


def _shape(found: Weighed) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and root of the covariance of the next t."""
    log, power, weight = np.log(np.maximum(found.weight, np.finfo(float).tiny)), 1.0, found.weight
    while 1.0 / (weight**2).sum() < ENOUGH:
        power *= EVENED
        weight = _shares(power * log)
    mean = weight @ found.x
    off = found.x - mean
    S = (off.T * weight) @ off + LEAST * np.eye(mean.size)
    return mean, WIDER_LATER * np.linalg.cholesky(S)


def _shares(log: np.ndarray) -> np.ndarray:
    share = np.exp(log - log.max())
    return share / share.sum()


def _t(rng: np.random.Generator, count: int, mean: np.ndarray, root: np.ndarray) -> np.ndarray:
    stretch = np.sqrt(TAIL / rng.chisquare(TAIL, count))[:, None]
    return mean + (stretch * rng.standard_normal((count, mean.size))) @ root.T


def _density_of_t(mean: np.ndarray, root: np.ndarray) -> Density:
    """Return the log density of a multivariate t."""
    from scipy.special import gammaln

    size = mean.size
    constant = gammaln(0.5 * (TAIL + size)) - gammaln(0.5 * TAIL) - 0.5 * size * np.log(TAIL * np.pi)
    constant -= np.log(np.diag(root)).sum()

    def density(x: np.ndarray) -> np.ndarray:
        square = (np.linalg.solve(root, (x - mean).T) ** 2).sum(0)
        return constant - 0.5 * (TAIL + size) * np.log1p(square / TAIL)

    return density
