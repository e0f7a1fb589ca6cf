"""Statistics of arms in each replicate, and their spread over replicates."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

from euthymia.trials.results import Interval

LEVELS = (5.0, 95.0)  # percent; a 90 % predictive interval


def interval(values: np.ndarray) -> Interval:
    """Return mean and 90 % predictive interval over replicates, ignoring those without a value."""
    known = values[np.isfinite(values)]
    if known.size == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    low, high = np.percentile(known, LEVELS)
    return Interval(float(known.mean()), float(low), float(high))


def of_members(function: Callable[..., np.ndarray], values: np.ndarray, who: np.ndarray) -> np.ndarray:
    """Return a NaN-ignoring statistic over members, [replicate]; empty groups give NaN quietly."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return function(np.where(who, values, np.nan), axis=1)


def mean_of(values: np.ndarray, who: np.ndarray) -> Interval:
    """Return the mean over members with a value, over replicates."""
    return interval(of_members(np.nanmean, values, who))
