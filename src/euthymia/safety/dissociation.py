"""Dissociation: it follows the level at the effect site minus a slower adaptation, so it ends while drug is present."""

from __future__ import annotations

import math
from typing import ClassVar, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from euthymia.engine.mechanism import AbstractNumbers, AbstractRelaxation, Scalar, parameter


class ToleranceState(NamedTuple):
    """Adaptation to the drug, ng/mL S-equivalents."""

    tolerance: Scalar


class AcuteTolerance(AbstractRelaxation[ToleranceState, Scalar]):
    r"""Adaptation follows the effect site with a half-time of three quarters of an hour.

        dC_tol/dt = (ln 2 / t_tol) (C_e - C_tol)                                                            (1)

    Valid for single visits of up to two hours; not for anaesthetic infusions.
    """

    sources: ClassVar = ()
    t_tol: Scalar = parameter("h", "half-time of acute tolerance")

    def initial_state(self) -> ToleranceState:
        """Return no adaptation."""
        return ToleranceState(0.0 * self.t_tol)

    def relaxation(self, t: Scalar, state: ToleranceState, inputs: Scalar) -> tuple[ToleranceState, ToleranceState]:
        """Return rate and drive; the input is the effect-site level C_e, ng/mL."""
        rate = math.log(2.0) / self.t_tol
        return ToleranceState(rate), ToleranceState(rate * inputs)  # (1)


class Dissociation(eqx.Module):
    r"""From net drive to the effect and to the score.

        z = max(C_e - g_tol C_tol, 0)                                                                       (1)
        E_dis = z^h_dis / (C50_dis^h_dis + z^h_dis)                                                         (2)
        CADSS = min(CADSS_gain sensitivity max(exp(-attenuation (n - 1)), floor) E_dis, CADSS_max)          (3)

    ``sensitivity`` is a person's own factor (log-normal, mean 1), n the number of the dosing visit.
    """

    sources: ClassVar = ("takahashi2021",)
    g_tol: Scalar = parameter("1", "gain of tolerance")
    C50_dis: Scalar = parameter("ng/mL", "net level of half effect")
    h_dis: Scalar = parameter("1", "Hill coefficient")
    CADSS_gain: Scalar = parameter("points", "mean score at full effect, first visit")
    CADSS_max: Scalar = parameter("points", "highest possible score")
    attenuation: Scalar = parameter("1", "loss of effect per dosing visit, log scale")
    attenuation_floor: Scalar = parameter("1", "smallest share of the first visit's effect")

    def drive(self, effect: Scalar, tolerance: Scalar) -> Scalar:
        """Return z, ng/mL, from the effect-site level and the tolerance state."""
        return jnp.maximum(effect - self.g_tol * tolerance, 0.0)  # (1)

    def effect(self, z: Scalar) -> Scalar:
        """Return E_dis, 0 to 1."""
        powered = z**self.h_dis
        return powered / (self.C50_dis**self.h_dis + powered)  # (2)

    def share(self, visit: Scalar) -> Scalar:
        """Return what is left of the first visit's effect at dosing visit ``visit`` (1 is the first)."""
        return jnp.maximum(jnp.exp(-self.attenuation * (visit - 1.0)), self.attenuation_floor)

    def score(self, E_dis: Scalar, visit: Scalar, sensitivity: Scalar) -> Scalar:
        """Return the CADSS total, points, at dosing visit ``visit`` (1 is the first)."""
        return jnp.minimum(self.CADSS_gain * sensitivity * self.share(visit) * E_dis, self.CADSS_max)  # (3)


class DissociationRating(AbstractNumbers):
    r"""From a person's expected score to what the form says on one day.

        f = exp(omega_session eta - omega_session^2 / 2)                                                    (1)
        CADSS = min(round(f score + background exp(omega_background zeta)), CADSS_max)                      (2)

    eta and zeta are standard normal draws of the session. The factor f has mean one, so it moves no mean; the
    background is what people without drug tick, skewed so that few of them pass four points. Both are assumed shapes.
    """

    sources: ClassVar = ("takahashi2021",)
    omega_session: Scalar = parameter("1", "SD of a person's dissociation between sessions, log scale")
    background: Scalar = parameter("points", "median score without drug")
    omega_background: Scalar = parameter("1", "SD of the score without drug, log scale")
    CADSS_max: Scalar = parameter("points", "highest possible score")

    def factor(self, eta: np.ndarray) -> np.ndarray:
        """Return the factor of a session, mean one, from standard normals of any shape."""
        return np.exp(self.omega_session * eta - 0.5 * self.omega_session**2)  # (1)

    def rate(self, score: np.ndarray, zeta: np.ndarray) -> np.ndarray:
        """Return CADSS totals, whole points.

        Args:
            score: Score by the drug on that day, points, session factor included.
            zeta: Standard normals of the same shape.
        """
        total = np.round(score + self.background * np.exp(self.omega_background * zeta))
        return np.minimum(total, self.CADSS_max)  # (2)
