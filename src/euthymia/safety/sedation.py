"""Sedation on the MOAA/S (5 awake to 0 unresponsive), by ketamine's net drive and by midazolam at its own site."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import numpy as np

from euthymia.engine.mechanism import AbstractNumbers, AbstractRelaxation, Scalar, parameter

AWAKE = 5  # the highest level of the scale


class MidazolamState(NamedTuple):
    """Midazolam at its effect site, ng/mL."""

    effect: Scalar


class MidazolamSite(AbstractRelaxation[MidazolamState, Scalar]):
    r"""Midazolam acts on GABA-A receptors at a site of its own, behind plasma by ke0.

        dC_e/dt = ke0 (C - C_e)                                                                             (1)

    It blocks no NMDA receptor: an active placebo that sedates without the rest.
    """

    sources: ClassVar = ("albrecht1999",)
    ke0_midazolam: Scalar = parameter("1/h", "effect-site rate of midazolam, below 65 years")

    def initial_state(self) -> MidazolamState:
        """Return a site without drug."""
        return MidazolamState(0.0 * self.ke0_midazolam)

    def relaxation(self, t: Scalar, state: MidazolamState, inputs: Scalar) -> tuple[MidazolamState, MidazolamState]:
        """Return rate and drive; the input is midazolam in plasma, ng/mL."""
        return MidazolamState(self.ke0_midazolam), MidazolamState(self.ke0_midazolam * inputs)  # (1)


class Sedation(AbstractNumbers):
    r"""Levels of sedation as proportional odds.

        drive = z / C50_sedation + C_e,midazolam / C50_midazolam                                            (1)
        odds(MOAA/S <= 5 - k) = exp(omega_sedation b - (k - 1) step) drive^h_sedation,    k = 1 .. 5        (2)

    z is the net drive of dissociation (level minus adaptation), so sedation too is over before the drug is gone; b is
    a standard normal of the person. The two drugs add as if they were doses of one (assumed). A session's level is
    found from one uniform draw, so it deepens and lifts without flickering. Without drug everybody is awake.
    """

    sources: ClassVar = ("takahashi2021",)
    C50_sedation: Scalar = parameter("ng/mL", "net drive at which half of the sessions show any sedation")
    h_sedation: Scalar = parameter("1", "steepness")
    step: Scalar = parameter("1", "log odds lost from one level to the next deeper one")
    omega_sedation: Scalar = parameter("1", "SD between people, log odds")
    C50_midazolam: Scalar = parameter("ng/mL", "midazolam at its site that sedates half of the sessions")

    def drive(self, z: Scalar, midazolam: Scalar = 0.0) -> Scalar:
        """Return the drive from ketamine's net drive and midazolam at its site, both ng/mL."""
        return z / self.C50_sedation + midazolam / self.C50_midazolam  # (1)

    def probability(self, drive: Scalar, person: Scalar, level: int) -> Scalar:
        """Return the probability of a MOAA/S of ``level`` (0 to 4) or less; ``person`` is a standard normal."""
        depth = AWAKE - level
        odds = np.exp(self.omega_sedation * person - (depth - 1) * self.step) * drive**self.h_sedation  # (2)
        return odds / (1.0 + odds)

    def level(self, drive: Scalar, person: np.ndarray, u: np.ndarray) -> np.ndarray:
        """Return MOAA/S, 5 to 0, whole numbers.

        Args:
            drive: Drive, [..., person].
            person: Standard normals of the people.
            u: Uniforms of the session, broadcast against ``drive``.
        """
        deeper = [u < self.probability(drive, person, level) for level in range(AWAKE)]
        return AWAKE - np.sum(deeper, axis=0)
