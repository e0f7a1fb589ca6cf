"""Within people: how ratings of one person go together over a trial, and how fast people leave between two visits."""

from __future__ import annotations

import re

import numpy as np

HOURS_PER_WEEK = 168.0
FEWEST = 3  # people below which a correlation says nothing


def weeks_of(definition: str) -> tuple[float, ...]:
    """Return the times, h, of the weeks that a definition names: ``"change week 1 with week 6"``, ``"weeks 2-4"``."""
    named = re.findall(r"\bweeks?\s+(\d+)(?:\s*-\s*(\d+))?", definition)
    return tuple(HOURS_PER_WEEK * float(week) for pair in named for week in pair if week)


def correlation(first: np.ndarray, second: np.ndarray, who: np.ndarray) -> np.ndarray:
    """Return the correlation of two values of people in whom both are known, [replicate]; NaN where they are too few.

    Args:
        first: One value, [replicate, subject].
        second: The other.
        who: Whose, the same shape.
    """
    usable = who & np.isfinite(first) & np.isfinite(second)
    count = usable.sum(1)

    def centred(values: np.ndarray) -> np.ndarray:
        known = np.where(usable, values, 0.0)
        return np.where(usable, known - known.sum(1, keepdims=True) / np.maximum(count, 1)[:, None], 0.0)

    x, y = centred(first), centred(second)
    spread = np.sqrt((x**2).sum(1) * (y**2).sum(1))
    return np.where((count >= FEWEST) & (spread > 0.0), (x * y).sum(1) / np.where(spread > 0.0, spread, 1.0), np.nan)


def leaving_rate(left: np.ndarray, who: np.ndarray, start: float, end: float) -> np.ndarray:
    """Return the hazard of leaving that empties a group as it emptied between two times, 1/week, [replicate].

    Args:
        left: When people left, h, inf for those who stayed, [replicate, subject].
        who: The group, the same shape.
        start: First time, h.
        end: Second time, h.
    """
    before, after = ((who & (left >= t)).sum(1) for t in (start, end))
    known = (before > 0) & (after > 0)
    ratio = np.where(known, after, 1) / np.where(known, before, 1)
    return np.where(known, -np.log(ratio) * HOURS_PER_WEEK / (end - start), np.nan)
