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
    """Translation, stress (1 in depression, 0 without), serotonin and elimination.

    HT is extracellular serotonin relative to rest; only what is above rest counts. rho_elim, 0 to 1, is the share of
    elimination that a drug stops.
    """

    mtor: Scalar
    stress: Scalar
    HT: Scalar = 1.0
    rho_elim: Scalar = 0.0


class Spines(AbstractRelaxation[SpineState, SpineInput]):
    r"""Turnover: translation and serotonin speed formation, stress speeds loss.

        dspn/dt = k_spn (1 + y_mtor mtor + y_5HT (HT - 1)+)+ (spn_max - spn)
                  - k_spn (1 + chi stress) (1 - rho_elim) spn                                               (1)

    Formation stops at nothing, also where a drug works against it (translation below 0, in trials whose drug did harm).
    At rest in depression spn = spn_max/(2 + chi). Learned skills enter as less stress (`learning.Protection`).
    """

    sources: ClassVar = ("phoumthipphavong2016", "modasava2019", "casarotto2021")
    k_spn: Scalar = parameter("1/h", "turnover rate")
    y_mtor: Scalar = parameter("1", "gain of translation on formation")
    y_5HT: Scalar = parameter("1", "gain of serotonin on formation")
    spn_max: Scalar = parameter("1", "highest density")
    chi: Scalar = parameter("1", "loss by stress")

    def resting(self, stress: Scalar = 1.0) -> Scalar:
        """Return the resting density under stress, in depression where left out."""
        return self.spn_max / (2.0 + self.chi * stress)

    def healthy(self) -> Scalar:
        """Return the resting density without stress."""
        return self.spn_max / 2.0

    def initial_state(self) -> SpineState:
        """Return the depressed resting state."""
        return SpineState(self.resting())

    def relaxation(self, t: Scalar, state: SpineState, inputs: SpineInput) -> tuple[SpineState, SpineState]:
        """Return rate and drive."""
        serotonin = self.y_5HT * positive(inputs.HT - 1.0)
        formation = self.k_spn * positive(1.0 + self.y_mtor * inputs.mtor + serotonin)
        loss = self.k_spn * (1.0 + self.chi * inputs.stress) * (1.0 - inputs.rho_elim)
        return SpineState(formation + loss), SpineState(formation * self.spn_max)  # (1)


def excitatory_weight(pot: Scalar, spn: Scalar, healthy: Scalar) -> Scalar:
    r"""Return how strong the excitatory weights onto pyramidal cells are, relative to the healthy circuit.

        J = (1 + pot) spn/healthy                                                                           (2)

    The optional loop back from connections into the circuit; it is what ``circuit.manipulation.spines`` takes.

    Args:
        pot: Fast potentiation, 0 to 1.
        spn: Spine density.
        healthy: Spine density without stress, ``Spines.healthy()``.
    """
    return (1.0 + pot) * spn / healthy  # (2)


def positive(x: Scalar) -> Scalar:
    """Return (x)+ = max(x, 0) by plain arithmetic, for NumPy, JAX and floats alike."""
    return (x + abs(x)) / 2.0
