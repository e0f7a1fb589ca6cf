"""From plasma to the place of action: the effect-site delay and the free level in racemate equivalents."""

from __future__ import annotations

import math
from typing import ClassVar, NamedTuple

from euthymia.engine.mechanism import AbstractRelaxation, Scalar, parameter


class EffectSiteState(NamedTuple):
    """Total level at the effect site, ng/mL."""

    effect: Scalar


class EffectSite(AbstractRelaxation[EffectSiteState, Scalar]):
    r"""A site that follows plasma with a half-time.

        dC_e/dt = ke0 (C - C_e),    ke0 = ln 2 / t_ke0                                                      (1)
        c = C_e fu Kpuu / (molar mass f_S)                                                                  (2)

    c is the free level in racemate equivalents, the only drug input of receptors, circuit and mood. No human ke0 or
    Kpuu has been measured; both are assumed.
    """

    sources: ClassVar = ("ebert1997",)
    t_ke0: Scalar = parameter("h", "effect-site half-time")
    Kpuu: Scalar = parameter("1", "unbound brain to plasma ratio")
    f_S: Scalar = parameter("1", "potency of S-ketamine as a share of the racemate's IC50")
    molar_mass: Scalar = parameter("g/mol", "molar mass of ketamine")

    def initial_state(self) -> EffectSiteState:
        """Return a site without drug."""
        return EffectSiteState(0.0 * self.t_ke0)

    def relaxation(self, t: Scalar, state: EffectSiteState, inputs: Scalar) -> tuple[EffectSiteState, EffectSiteState]:
        """Return rate and drive; the input is the plasma level C, ng/mL."""
        ke0 = math.log(2.0) / self.t_ke0
        return EffectSiteState(ke0), EffectSiteState(ke0 * inputs)  # (1)

    def racemate_equivalents(self, effect: Scalar, fu: Scalar) -> Scalar:
        """Return c, uM, from the total S-ketamine level at the effect site (ng/mL) and the unbound fraction."""
        return effect * (fu * self.Kpuu / (self.molar_mass * self.f_S))  # (2)
