"""Jumps out of a mood that had become better, and back: who jumps on a day, and what a jump takes away."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np

from euthymia.engine.mechanism import Source
from euthymia.errors import EuthymiaError
from euthymia.symptoms.hazard import EDGE, relapse_rate
from euthymia.symptoms.relapse import FOLD, DoubleWell

POINTS = 257  # of the table of rates over the tilt; its logarithm is read between them


@dataclass(frozen=True)
class Jumps:
    r"""Relapse and recovery of people, as the two wells have it, with a tilt that follows what drugs give them now.

        tilt = tilt_frail relief/relief_usual,   relief = what drugs have taken from severity, points       (1)
        relapse at frail rate(tilt) while better, recovery at rate(-tilt)                                   (2)
        dx/dt = (fallen - x)/tau_loss                                                                       (3)
        severity = ... - (1 - x) held,   held = what care and natural recovery have taken, at least 0       (4)

    ``frail`` is a person's own factor, gamma distributed with mean 1: those who relapse easily do so first, and the
    hazard of those who are left fades. What drugs give stays through a jump.

    Attributes:
        well: The two wells.
        tilt_frail: Tilt by the usual relief; below zero it favours remission.
        relief_usual: What a continued antidepressant takes from a typical person's severity, points.
        frailty: Variance of the factor on the hazard.
        tau_loss: Time constant with which care and natural recovery are lost, and come back, h.
        better: Share of baseline at and below which a person counts as better and can relapse.
    """

    well: DoubleWell
    tilt_frail: float
    relief_usual: float
    frailty: float
    tau_loss: float
    better: float

    @classmethod
    def from_record(cls, record: Source) -> Self:
        """Build from the relapse record."""
        return cls(
            well=DoubleWell(tau_well=record.value("tau_well", "h"), noise=record.value("noise_frail", "1")),
            tilt_frail=record.value("tilt_frail", "1"),
            relief_usual=record.value("relief_usual", "points"),
            frailty=record.value("frailty", "1"),
            tau_loss=record.value("tau_loss", "h"),
            better=record.value("better", "1"),
        )

    def tilt(self, relief: np.ndarray) -> np.ndarray:
        """Return the tilt of people, short of where a well is gone, for a relief in points, [person]."""
        return np.clip(self.tilt_frail * relief / self.relief_usual, -EDGE * FOLD, EDGE * FOLD)  # (1)

    def factor(self, u: np.ndarray) -> np.ndarray:
        """Return people's own factors on the hazard of relapse from uniforms, [person]; all 1 without frailty."""
        from scipy.special import gammaincinv

        if self.frailty == 0.0:
            return np.ones(np.shape(u))
        return self.frailty * gammaincinv(1.0 / self.frailty, u)

    def is_better(self, severity: np.ndarray, baseline: np.ndarray) -> np.ndarray:
        """Return who is so much better that a relapse is possible; severity and baseline in points, [person]."""
        return severity <= self.better * baseline

    def fallen_after(
        self,
        fallen: np.ndarray,
        step: float,
        *,
        relief: np.ndarray,
        better: np.ndarray,
        frail: np.ndarray,
        u: np.ndarray,
    ) -> np.ndarray:
        """Return who is fallen after a step, [person].

        A small uniform is a relapse and a large one a recovery, so with the same uniforms more relief never means more
        relapse, among people who are better.

        Args:
            fallen: Who is at its start.
            step: Its length, h; rates are those of its start.
            relief: What drugs take from severity, points.
            better: Who could relapse.
            frail: Factor on the hazard of relapse.
            u: Uniforms, one a step.
        """
        tilt = self.tilt(relief)
        relapses = better & (u < -np.expm1(-frail * rate(self.well, tilt) * step))
        recovers = u > np.exp(-rate(self.well, -tilt) * step)
        return np.where(fallen, ~recovers, relapses)  # (2)

    def lost(self, before: np.ndarray, fallen: np.ndarray, since: float) -> np.ndarray:
        """Return the share x of care and natural recovery that is lost, [person].

        Args:
            before: The share at the start of a step.
            fallen: Who is fallen during it.
            since: Time since its start, h.
        """
        return fallen + (before - fallen) * np.exp(-since / self.tau_loss)  # (3)

    def mean_lost(self, before: np.ndarray, fallen: np.ndarray, since: float, until: float) -> np.ndarray:
        """Return the mean of `lost` from ``since`` to ``until``, h after the start of a step, [person]."""
        tau = self.tau_loss
        area = tau * (np.exp(-since / tau) - np.exp(-until / tau))
        return fallen + (before - fallen) * area / (until - since)  # (3)


def held(lasting: np.ndarray) -> np.ndarray:
    """Return what a relapse can take, points: the fall of severity by care and natural recovery, where it is one.

    Args:
        lasting: Change of severity by both, points, [person]; below zero is better.
    """
    return np.maximum(-lasting, 0.0)  # (4)


def rate(well: DoubleWell, tilt: np.ndarray) -> np.ndarray:
    """Return the rate of relapse at many tilts, 1/h, read from a table of `relapse_rate`.

    Args:
        well: The two wells.
        tilt: Tilts that leave both wells.

    Raises:
        EuthymiaError: When there is no noise, or a tilt is outside the table.
    """
    if np.size(tilt) and not np.max(np.abs(tilt)) <= EDGE * FOLD:
        raise EuthymiaError(f"tilt {float(np.max(np.abs(tilt)))!r}; expected at most {EDGE * FOLD:.4f} either way")
    tilts, logs = _table(float(well.tau_well), float(well.noise))
    return np.exp(np.interp(tilt, tilts, logs))


@lru_cache(maxsize=8)
def _table(tau_well: float, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """Return tilts, closer to each other where a well is nearly gone, and the logarithms of their rates."""
    well = DoubleWell(tau_well=tau_well, noise=noise)
    tilts = EDGE * FOLD * np.sin(np.linspace(-0.5 * np.pi, 0.5 * np.pi, POINTS))
    return tilts, np.log([relapse_rate(well, float(tilt)) for tilt in tilts])
