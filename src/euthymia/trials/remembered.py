"""What is remembered of a batch's way through its schedule: outputs of the chain at the times that are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from euthymia.engine.ensemble import Outcome
from euthymia.trials.data import SAFETY_MINUTES

DIGITS = 9  # of a time in h; closer times are one


@dataclass
class Remembered:
    """Outputs by name and time (h), [person].

    Attributes:
        persons: How many people.
        values: The outputs.
        error: Largest estimated error of a severity so far, points.
    """

    persons: int
    values: dict[str, dict[float, np.ndarray]] = field(default_factory=dict)
    error: float = 0.0

    def add(self, outcome: Outcome, names: Iterable[str]) -> None:
        """Remember some outputs of a stretch of the schedule."""
        for name in names:
            kept = self.values.setdefault(name, {})
            for column, t in enumerate(outcome.t):
                kept[round(float(t), DIGITS)] = outcome.values[name][:, column]
        self.error = max(self.error, float(outcome.error["sev"].max(initial=0.0)))

    def at(self, name: str, t: float) -> np.ndarray:
        """Return an output at a time, [person]; zero at randomisation, before anything is given."""
        return self.values[name][round(t, DIGITS)] if t > 0.0 else np.zeros(self.persons)

    def after(self, name: str, t: float) -> np.ndarray:
        """Return an output after the session at ``t``, [person, minute], at the minutes of the safety data."""
        return np.stack([self.at(name, t + minute / 60.0) for minute in SAFETY_MINUTES], axis=1)

    def severity(self, t: float, window: float) -> np.ndarray:
        """Return the drug's change of severity at ``t``, or its mean over a window (h) before it, points, [person]."""
        if window == 0.0:
            return self.at("sev", t)
        return (self.at("area", t) - self.at("area", max(t - window, 0.0))) / window
