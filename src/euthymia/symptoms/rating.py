"""What a rater writes down: severity with an error, in whole points, between floor and ceiling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from euthymia.engine.mechanism import Source


@dataclass(frozen=True)
class Rating:
    """The MADRS total as a measurement.

    Attributes:
        lowest: Floor, points.
        highest: Ceiling, points.
        sem: SD of a rater's error, points.
    """

    lowest: float
    highest: float
    sem: float

    @classmethod
    def from_record(cls, record: Source) -> Self:
        """Build from the rating record."""
        return cls(*(record.value(name, "points") for name in ("MADRS_min", "MADRS_max", "sem")))

    def rate(self, severity: np.ndarray, error: np.ndarray, *, spread: float = 0.0) -> np.ndarray:
        """Return MADRS totals, whole points.

        Args:
            severity: True severity over the recall window, points.
            error: Standard normal draws of the same shape.
            spread: SD of the person's own fluctuation between visits, points, on top of the rater's error.
        """
        noise = np.hypot(self.sem, spread)
        return np.clip(np.round(severity + noise * error), self.lowest, self.highest)
