"""Loss of responsiveness: a steep curve of the level at a fast effect site, an order above the antidepressant range."""

from __future__ import annotations

import math
from typing import ClassVar, NamedTuple

from euthymia.engine.mechanism import AbstractNumbers, AbstractRelaxation, Scalar, parameter


class HypnoticState(NamedTuple):
    """Level at the hypnotic site, ng/mL."""

    effect: Scalar


class HypnoticSite(AbstractRelaxation[HypnoticState, Scalar]):
    r"""The site of anaesthesia follows arterial blood within seconds.

        dC_e/dt = (ln 2 / t_hypnotic) (C - C_e)                                                             (1)

    The input is an arterial level. The five minutes of the default effect site stand beside venous levels and would
    delay the onset of anaesthesia, thirty seconds after an injection by the label, to three minutes.
    """

    sources: ClassVar = ("ketalarlabel",)
    t_hypnotic: Scalar = parameter("h", "half-time of the hypnotic site behind arterial blood")

    def initial_state(self) -> HypnoticState:
        """Return a site without drug."""
        return HypnoticState(0.0 * self.t_hypnotic)

    def relaxation(self, t: Scalar, state: HypnoticState, inputs: Scalar) -> tuple[HypnoticState, HypnoticState]:
        """Return rate and drive; the input is the arterial level, ng/mL."""
        rate = math.log(2.0) / self.t_hypnotic
        return HypnoticState(rate), HypnoticState(rate * inputs)  # (1)


class Anaesthesia(AbstractNumbers):
    r"""Share of people who do not respond.

        d = C_racemate / C50_racemate + C_S / C50_S                                                         (1)
        P(unresponsive) = d^h_anaesthesia / (1 + d^h_anaesthesia)                                           (2)

    C_racemate is the level of given racemate (both forms together), C_S that of given S-ketamine, which is twice as
    potent. Levels near which orientation returns are known only from secondary sources; curve and Hill are assumed.
    """

    sources: ClassVar = ("ketalarlabel",)
    C50_racemate: Scalar = parameter("ng/mL", "racemate at which half do not respond")
    C50_S: Scalar = parameter("ng/mL", "S-ketamine at which half do not respond")
    h_anaesthesia: Scalar = parameter("1", "Hill coefficient")

    def depth(self, *, racemate: Scalar = 0.0, S: Scalar = 0.0) -> Scalar:
        """Return d, 1 at half unresponsive, from levels at the hypnotic site, ng/mL."""
        return racemate / self.C50_racemate + S / self.C50_S  # (1)

    def unresponsive(self, depth: Scalar) -> Scalar:
        """Return the probability of not responding, 0 to 1."""
        powered = depth**self.h_anaesthesia
        return powered / (1.0 + powered)  # (2)
