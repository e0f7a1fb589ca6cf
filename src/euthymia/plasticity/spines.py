"""Connections: a fast potentiation of days, and dendritic spines that grow and are lost over weeks."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from euthymia.engine.mechanism import AbstractRelaxation, Scalar, parameter


class PotentiationState(NamedTuple):
    """Fast synaptic potentiation, 0 to 1."""

    pot: Scalar


class FastPotentiation(AbstractRelaxation[PotentiationState, Scalar]):
    r"""Induced by BDNF, saturating, decaying over days.

    dpot/dt = k_pot bdnf (1 - pot) - pot/tau_pot                                                        (1)
    """

    sources: ClassVar = ("abdallah2020",)
    k_pot: Scalar = parameter("1/h", "rate of induction")
    tau_pot: Scalar = parameter("h", "time constant of decay")

    def initial_state(self) -> PotentiationState:
        """Return no potentiation."""
        return PotentiationState(0.0 * self.k_pot)

    def relaxation(
        self, t: Scalar, state: PotentiationState, inputs: Scalar
    ) -> tuple[PotentiationState, PotentiationState]:
        """Return rate and drive; the input is bdnf."""
        induction = self.k_pot * inputs
        return PotentiationState(induction + 1.0 / self.tau_pot), PotentiationState(induction)  # (1)


class SpineState(NamedTuple):
    """Spine density; 1 is the healthy value."""

    spn: Scalar


class SpineInput(NamedTuple):
    """Translation, and stress (1 in depression, 0 without)."""

    mtor: Scalar
    stress: Scalar


class Spines(AbstractRelaxation[SpineState, SpineInput]):
    r"""Turnover: translation speeds formation, stress speeds loss.

        dspn/dt = k_spn (1 + y_mtor mtor) (spn_max - spn) - k_spn (1 + chi stress) spn                      (1)

    At rest in depression spn = spn_max/(2 + chi).
    """

    sources: ClassVar = ("phoumthipphavong2016", "modasava2019")
    k_spn: Scalar = parameter("1/h", "turnover rate")
    y_mtor: Scalar = parameter("1", "gain of translation on formation")
    spn_max: Scalar = parameter("1", "highest density")
    chi: Scalar = parameter("1", "loss by stress")

    def resting(self) -> Scalar:
        """Return the depressed resting density."""
        return self.spn_max / (2.0 + self.chi)

    def initial_state(self) -> SpineState:
        """Return the depressed resting state."""
        return SpineState(self.resting())

    def relaxation(self, t: Scalar, state: SpineState, inputs: SpineInput) -> tuple[SpineState, SpineState]:
        """Return rate and drive."""
        formation = self.k_spn * (1.0 + self.y_mtor * inputs.mtor)
        loss = self.k_spn * (1.0 + self.chi * inputs.stress)
        return SpineState(formation + loss), SpineState(formation * self.spn_max)  # (1)
