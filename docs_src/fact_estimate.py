"""A value of ours with its Monte Carlo error: means over replicates, and what is computed from them all, by resampling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

SEED = 1
RESAMPLES = 400


@dataclass(frozen=True)
class Estimate:
    """A value and its Monte Carlo standard error; 0 where nothing was drawn."""

    value: float
    error: float = 0.0


Value = Callable[[], Estimate]


def exact(value: float) -> Estimate:
    """Return a value without Monte Carlo error."""
    return Estimate(float(value))


def mean(values: np.ndarray) -> Estimate:
    """Return the mean over replicates that have a value, [replicate]."""
    known = values[np.isfinite(values)]
    return Estimate(float(known.mean()), float(known.std(ddof=1) / np.sqrt(known.size)))


def of_all(function: Callable[..., float], *arrays: np.ndarray, resamples: int = RESAMPLES) -> Estimate:
    """Return a function of all replicates, with the SD of it over replicates drawn again.

    Args:
        function: Of arrays [replicate, ...] as given.
        arrays: What it needs, the same replicates in each.
        resamples: How often replicates are drawn again.
    """
    draw = np.random.default_rng(SEED)
    count = len(arrays[0])
    again = [function(*(array[pick] for array in arrays)) for pick in draw.integers(count, size=(resamples, count))]
    value = float(function(*arrays))
    finite = np.asarray(again)[np.isfinite(again)]
    return Estimate(value, float(finite.std()) if finite.size and np.isfinite(value) else 0.0)


def ratio(above: np.ndarray, below: np.ndarray) -> Estimate:
    """Return the ratio of two means over replicates."""
    return of_all(lambda one, other: float(np.nanmean(one) / np.nanmean(other)), above, below)


def percentile(value: float, among: np.ndarray) -> Estimate:
    """Return which percentage of replicates lies below a value."""
    below = 100.0 * (among[np.isfinite(among)] < value)
    return mean(below.astype(float))


def between(values: np.ndarray, squared_errors: np.ndarray) -> Estimate:
    """Return the SD between trials: what is left of the variance of estimates after their squared standard errors.

    Args:
        values: Estimates, [replicate].
        squared_errors: Their squared standard errors, [replicate].
    """

    def left(estimates: np.ndarray, squares: np.ndarray) -> float:
        return float(np.sqrt(max(np.nanvar(estimates, ddof=1) - np.nanmean(squares), 0.0)))

    return of_all(left, values, squared_errors)


def by_chunks(function: Callable[..., float], chunks: int, *arrays: np.ndarray) -> Estimate:
    """Return a function of all people, with the error that its values in so many groups of them imply.

    Args:
        function: Of arrays [person].
        chunks: How many groups.
        arrays: What it needs, the same people in each.
    """
    groups = zip(*(np.array_split(array, chunks) for array in arrays), strict=True)
    found = np.array([function(*group) for group in groups])
    return Estimate(float(function(*arrays)), float(found.std(ddof=1) / np.sqrt(chunks)))
