"""Drug liking: it follows the effect site itself, and use that is repeated often weakens it."""

from __future__ import annotations

import math
from typing import ClassVar, NamedTuple

from euthymia.engine.mechanism import AbstractNumbers, AbstractRelaxation, Scalar, parameter


class UseState(NamedTuple):
    """Mean level of the last weeks at the effect site, ng/mL."""

    recent: Scalar


class UseTolerance(AbstractRelaxation[UseState, Scalar]):
    r"""A slow trace of use.

        dU/dt = (ln 2 / t_use) (C_e - U)                                                                    (1)

    Assumed: that tolerance to liking builds up over repeated use is known, how fast is not.
    """

    sources: ClassVar = ()
    t_use: Scalar = parameter("h", "half-time of the trace of use")

    def initial_state(self) -> UseState:
        """Return a person who has not used the drug."""
        return UseState(0.0 * self.t_use)

    def relaxation(self, t: Scalar, state: UseState, inputs: Scalar) -> tuple[UseState, UseState]:
        """Return rate and drive; the input is the effect-site level C_e, ng/mL."""
        rate = math.log(2.0) / self.t_use
        return UseState(rate), UseState(rate * inputs)  # (1)


class DrugLiking(AbstractNumbers):
    r"""The bipolar liking scale: 0 strong dislike, 50 neutral, 100 strong liking.

        C50(U) = C50_liking (1 + U / U_double)                                                              (1)
        liking = neutral + (highest - neutral) C_e^h_liking / (C50(U)^h_liking + C_e^h_liking)              (2)

    C_e is S-ketamine at the effect site without the acute adaptation of dissociation: the feeling of a high lasted as
    long as its level. The C50 is a healthy volunteers' "drug high" on arterial levels; the Hill coefficient and the
    tolerance are assumed. Addiction over months has no quantitative source here and is not modelled.
    """

    sources: ClassVar = ("simons2022", "esmethadone2023")
    C50_liking: Scalar = parameter("ng/mL", "S-ketamine of half the effect")
    h_liking: Scalar = parameter("1", "Hill coefficient")
    neutral: Scalar = parameter("points", "neutral point of the scale")
    highest: Scalar = parameter("points", "upper end of the scale")
    U_double: Scalar = parameter("ng/mL", "trace of use that doubles the C50")

    def liking(self, effect: Scalar, recent: Scalar = 0.0) -> Scalar:
        """Return drug liking, points, from the effect-site level and the trace of use, both ng/mL."""
        C50 = self.C50_liking * (1.0 + recent / self.U_double)  # (1)
        powered = effect**self.h_liking
        return self.neutral + (self.highest - self.neutral) * powered / (C50**self.h_liking + powered)  # (2)
