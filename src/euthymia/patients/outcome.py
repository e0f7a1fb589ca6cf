"""How a course of treatment is judged: the chance that a rating has fallen by less than a stated share of its start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from euthymia.evidence import Record, load_record
from euthymia.symptoms.background import Background, Person, change
from euthymia.symptoms.rating import Rating


@dataclass(frozen=True)
class Judged:
    r"""A course of treatment and the rating at its end; the fall of the rating is normal.

        fall = natural baseline + reached care + added + error,   care ~ N(care mean, care SD)              (1)
        short of it:  rated fall < f (rated start)                                                          (2)
        P(short) = Phi((f baseline - natural baseline - reached care - added)/SD)                           (3)
        SD^2 = (reached care SD)^2 + ((1 - f) start)^2 + end^2

    Natural recovery and care follow their typical courses; the start is rated with the rater's error, as the baseline
    of a trial is, and the end with the person's own fluctuation besides, as its visits are.

    Attributes:
        natural: Share of the baseline that natural recovery has taken by the end of the course.
        reached: Effect of care by then, relative to that at study day 28.
        start: SD of the error of the first rating, points.
        end: SD of the error of the last one, points.
    """

    natural: float
    reached: float
    start: float
    end: float

    @classmethod
    def after(cls, t: float, amplitudes: Record) -> Self:
        """Return how a course of ``t`` hours is judged, from an amplitudes record."""
        typical, rating = Background.from_record(amplitudes), Rating.from_record(load_record("rating"))
        # Both courses are linear in the person, so a unit of each at a time gives their factors.
        unit = Person(np.eye(2)[0], np.eye(2)[1], np.full(2, typical.tau_care), np.zeros(2))
        fall = -change(typical, unit, t, 0.0, sessions=np.zeros(0), attended=np.zeros((0, 2)))
        end = float(np.hypot(rating.sem, amplitudes.value("sd_visit", "points")))
        return cls(natural=float(fall[0]), reached=float(fall[1]), start=rating.sem, end=end)

    def spread(self, fall: float, care_sd: float = 0.0) -> float:
        """Return the SD of what is held against the share ``fall``, points."""
        return float(np.sqrt((self.reached * care_sd) ** 2 + ((1.0 - fall) * self.start) ** 2 + self.end**2))

    def margin(
        self,
        fall: float,
        *,
        baseline: np.ndarray,
        care: np.ndarray | float,
        care_sd: float = 0.0,
        added: np.ndarray | float = 0.0,
    ) -> np.ndarray:
        """Return by how many SDs the expected fall is short of a share of the start, [person].

        Args:
            fall: The share.
            baseline: True severity at the start, points.
            care: Mean effect of care at study day 28, points.
            care_sd: SD of it where it is not known, points.
            added: Further effects, such as a drug's, points.
        """
        short = (fall - self.natural) * baseline - self.reached * care - added
        return short / self.spread(fall, care_sd)

    def responding(
        self, fall: float, *, baseline: np.ndarray, care: np.ndarray, added: np.ndarray | float = 0.0
    ) -> np.ndarray:
        """Return each person's chance of a fall by at least the share ``fall``; arguments as in `margin`."""
        from scipy.special import ndtr

        return ndtr(-self.margin(fall, baseline=baseline, care=care, added=added))
