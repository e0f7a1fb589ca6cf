"""Filling in what was not observed."""

from __future__ import annotations

import numpy as np


def locf(values: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Return values with the last observation carried forward over the visits.

    Args:
        values: [..., visit].
        observed: Whether each was observed, the same shape.

    Returns:
        The same shape; NaN before the first observation.
    """
    visit = np.arange(values.shape[-1])
    last = np.maximum.accumulate(np.where(observed, visit, -1), axis=-1)
    carried = np.take_along_axis(np.asarray(values, dtype=float), np.maximum(last, 0), axis=-1)
    return np.where(last >= 0, carried, np.nan)
