"""Exposure of one individual between its first record and its last: the highest concentration and the area."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euthymia.engine.compartments import Compartments, Floats, transition

# Looks within a stretch of constant input, denser at its start where peaks are sharp; the best one is then refined.
GRID = np.unique(np.concatenate([np.linspace(0.0, 1.0, 25), np.geomspace(1e-4, 1.0, 25)]))
WORTH = 0.9  # a look below this share of the highest concentration so far is not refined
_GOLDEN = (5**0.5 - 1.0) / 2.0
_HALVINGS = 45  # golden sections that narrow a bracket to the eighth digit and below


@dataclass
class Exposure:
    """Peak and area of the central concentration.

    Attributes:
        Cmax: Highest concentration.
        tmax: When it was reached first.
        AUC: Area under the concentration.
    """

    Cmax: float = 0.0
    tmax: float = float("nan")
    AUC: float = 0.0

    def look(self, t: float, x: Floats, system: Compartments, scale: tuple[float, ...]) -> None:
        """Take note of the concentration at one time."""
        C = x[system.central] / scale[system.central]
        if self.Cmax < C:
            self.Cmax, self.tmax = float(C), t

    def drift(
        self,
        t: float,
        passed: float,
        moved: tuple[Floats, Floats, Floats],
        system: Compartments,
        scale: tuple[float, ...],
    ) -> None:
        """Take note of a stretch of constant input.

        What left the body is what was there and came in less what remains, and leaving is CL times concentration, so
        the area is exact: (inputs - change of amounts)/CL.

        Args:
            t: Start of the stretch.
            passed: Its length.
            moved: Amounts at the start, constant input rates, amounts at the end, each [state].
            system: The compartments.
            scale: Volume of each.
        """
        before, rates, after = moved
        CL = system.k10 * scale[system.central]
        self.AUC += float(rates.sum() * passed - (after.sum() - before.sum())) / CL
        self.look(t, before, system, scale)
        self._peak(t, passed, before, rates, system, scale[system.central])
        self.look(t + passed, after, system, scale)

    def _peak(self, t: float, passed: float, x: Floats, rates: Floats, system: Compartments, V: float) -> None:
        """Find a peak inside the stretch: look on a grid, then narrow the bracket by golden sections."""

        def C(share: Floats) -> Floats:
            Phi, Gamma = transition(system, passed * share)
            return (Phi[:, system.central] @ x + Gamma[:, system.central] @ rates) / V

        seen = C(GRID)
        best = int(np.argmax(seen))
        if best in (0, GRID.size - 1) or not seen[best] > WORTH * self.Cmax:
            return
        low, high = GRID[best - 1], GRID[best + 1]
        for _ in range(_HALVINGS):
            inner = np.array([high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)])
            left, right = C(inner)
            low, high = (low, inner[1]) if left >= right else (inner[0], high)
        at = 0.5 * (low + high)
        found = float(C(np.array([at]))[0])
        if found > self.Cmax:
            self.Cmax, self.tmax = found, t + passed * at
