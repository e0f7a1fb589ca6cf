"""How a person feels: the change of depression severity that connections bring, in MADRS points."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from euthymia.engine.mechanism import AbstractRelaxation, Scalar, parameter


class SeverityState(NamedTuple):
    """Change of severity since the start (MADRS points, negative is better), and its integral (points h)."""

    sev: Scalar
    area: Scalar


class SeverityInput(NamedTuple):
    """Signal, fast potentiation, and spine density above its depressed rest."""

    bdnf: Scalar
    pot: Scalar
    grown: Scalar


class Severity(AbstractRelaxation[SeverityState, SeverityInput]):
    r"""Severity follows the signal, the fast potentiation and the grown spines.

        tau_sev dsev/dt = -gain (a_pot pot + a_bdnf bdnf + a_spn (spn - spn_dep)) - sev                     (1)
        darea/dt = sev                                                                                      (2)

    The integral gives the mean over any recall window exactly. ``gain`` is the person's own size of effect.
    """

    sources: ClassVar = ()
    tau_sev: Scalar = parameter("h", "time constant of severity")
    a_pot: Scalar = parameter("points", "effect of full potentiation")
    a_bdnf: Scalar = parameter("points", "effect of the signal itself")
    a_spn: Scalar = parameter("points", "effect of one unit of spine density")
    gain: Scalar = 1.0

    def initial_state(self) -> SeverityState:
        """Return no change."""
        return SeverityState(0.0 * self.tau_sev, 0.0 * self.tau_sev)

    def relaxation(self, t: Scalar, state: SeverityState, inputs: SeverityInput) -> tuple[SeverityState, SeverityState]:
        """Return rate and drive."""
        target = -self.gain * (self.a_pot * inputs.pot + self.a_bdnf * inputs.bdnf + self.a_spn * inputs.grown)
        return (
            SeverityState(1.0 / self.tau_sev, 0.0 * self.tau_sev),
            SeverityState(target / self.tau_sev, state.sev),  # (1) (2)
        )
