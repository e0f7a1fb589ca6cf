"""Relapse and remission as jumps between two wells: an option in place of smooth severity."""

from __future__ import annotations

import math
from typing import ClassVar, NamedTuple

import numpy as np

from euthymia.engine.mechanism import AbstractMechanism, Scalar, parameter
from euthymia.errors import EuthymiaError

FOLD = 2.0 / (3.0 * math.sqrt(3.0))  # tilt at which one of the wells of y^4/4 - y^2/2 - tilt y disappears


class WellState(NamedTuple):
    """Where a person is: near 1 in depression, near -1 in remission."""

    y: Scalar


class Wells(NamedTuple):
    """Bottom of the remitted well, top of the barrier, bottom of the depressed well."""

    remitted: float
    barrier: float
    depressed: float


class DoubleWell(AbstractMechanism[WellState, Scalar]):
    r"""Depression and remission as two wells, with noise that carries a person across.

        dy = (y - y^3 + tilt) dt/tau_well + sqrt(2 noise/tau_well) dW                                       (1)

    The input is the tilt, what stress and treatment add: above zero it favours depression. Without noise a person jumps
    only when the tilt passes 2/(3 sqrt 3) and back only when it passes the other end, so relapse and recovery happen at
    different levels. With it people of one kind differ widely in their time to a jump.
    """

    sources: ClassVar = ("demic2014",)
    tau_well: Scalar = parameter("h", "time constant of motion within a well")
    noise: Scalar = parameter("1", "strength of noise, in units of the potential")

    def initial_state(self) -> WellState:
        """Return a depressed person."""
        return WellState(1.0 + 0.0 * self.tau_well)

    def derivative(self, t: Scalar, state: WellState, inputs: Scalar) -> WellState:
        """Return the drift, 1/h; the input is the tilt."""
        return WellState((state.y - state.y**3 + inputs) / self.tau_well)  # (1)

    def paths(self, start: np.ndarray, tilt: np.ndarray, normals: np.ndarray, step: float) -> np.ndarray:
        """Return where people are after each step, [step + 1, person], by Heun's method.

        Args:
            start: Where each person starts, [person].
            tilt: Tilt over each step, [step] or [step, person].
            normals: Standard normals, [step, person]; they are not used without noise.
            step: Length of a step, h.

        Raises:
            EuthymiaError: When steps are longer than a fifth of tau_well, for which the scheme is too coarse.
        """
        if not 0.0 < step <= 0.2 * self.tau_well:
            raise EuthymiaError(f"steps of {step:g} h; expected above 0 and at most {0.2 * self.tau_well:g} h")
        kick = np.sqrt(2.0 * self.noise * step / self.tau_well)
        found = np.empty((len(normals) + 1, np.size(start)))
        found[0] = start
        for k, drawn in enumerate(normals):
            now, push = found[k], kick * drawn
            slope = self.derivative(0.0, WellState(now), tilt[k]).y
            guess = now + step * slope + push
            found[k + 1] = now + 0.5 * step * (slope + self.derivative(0.0, WellState(guess), tilt[k]).y) + push
        return found


def potential(y: Scalar, tilt: float) -> Scalar:
    r"""Return V, in which the wells stand; its slope is the drift of `DoubleWell`.

        V(y) = y^4/4 - y^2/2 - tilt y                                                                       (2)

    Args:
        y: Where a person is.
        tilt: What stress and treatment add.
    """
    return y**4 / 4.0 - y**2 / 2.0 - tilt * y  # (2)


def wells(tilt: float) -> Wells:
    """Return the three resting points.

    Args:
        tilt: What stress and treatment add.

    Raises:
        EuthymiaError: When the tilt leaves only one well.
    """
    if not abs(tilt) < FOLD:
        left = "remission" if tilt < 0.0 else "depression"
        raise EuthymiaError(f"tilt {tilt!r} leaves no well but {left}; expected above -{FOLD:.3f} and below {FOLD:.3f}")
    angle = math.acos(tilt / FOLD) / 3.0
    roots = (2.0 / math.sqrt(3.0) * math.cos(angle - 2.0 * math.pi * k / 3.0) for k in range(3))
    return Wells(*sorted(roots))


def severity(y: Scalar, remitted: Scalar, depressed: Scalar) -> Scalar:
    """Return severity, points, where ``remitted`` is its value at y = -1 and ``depressed`` at y = 1."""
    return remitted + (y + 1.0) / 2.0 * (depressed - remitted)


def remaining_stress(t: Scalar, tau_episode: float) -> Scalar:
    """Return stress as an episode runs its natural course, 1 at its start: exp(-t/tau_episode), both in h.

    With it, not every stopped treatment ends in relapse. It serves as the stress of spines too.
    """
    return np.exp(-np.asarray(t) / tau_episode)
