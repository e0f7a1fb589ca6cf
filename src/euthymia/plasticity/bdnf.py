"""The plasticity signal: a glutamate surge releases BDNF, which drives translation."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import equinox as eqx

from euthymia.engine.mechanism import AbstractRelaxation, Scalar, parameter


class Trigger(eqx.Module):
    r"""What starts plasticity, as a weighted sum of hypotheses.

        trig = w_dis s_dis surge/surge_max + w_dir s_dir rblk                                               (1)

    surge is the rise of the pyramidal rate (disinhibition), rblk the block of resting receptors on pyramidal cells
    (direct inhibition). Which is right is unknown; the weights are the question, not the answer.
    """

    sources: ClassVar = ("gerhard2020", "autry2011")
    w_dis: Scalar = parameter("1", "weight of the disinhibition hypothesis")
    w_dir: Scalar = parameter("1", "weight of the direct hypothesis")
    s_dis: Scalar = parameter("1", "scale of the disinhibition trigger")
    s_dir: Scalar = parameter("1", "scale of the direct trigger")

    def __call__(self, relative_surge: Scalar, resting_block: Scalar) -> Scalar:
        """Return the trigger from surge/surge_max and the blocked fraction on pyramidal cells."""
        return self.w_dis * self.s_dis * relative_surge + self.w_dir * self.s_dir * resting_block  # (1)


class BDNFState(NamedTuple):
    """BDNF release with its TrkB signal, and the translation it drives; both relative, 0 at rest."""

    bdnf: Scalar
    mtor: Scalar


class BDNF(AbstractRelaxation[BDNFState, Scalar]):
    r"""Release and translation follow the trigger, one after the other.

    tau_bdnf dbdnf/dt = trig - bdnf                                                                     (1)
    tau_mtor dmtor/dt = bdnf - mtor                                                                     (2)
    """

    sources: ClassVar = ("autry2011", "modasava2019")
    tau_bdnf: Scalar = parameter("h", "time constant of BDNF release")
    tau_mtor: Scalar = parameter("h", "time constant of translation")

    def initial_state(self) -> BDNFState:
        """Return rest."""
        return BDNFState(0.0 * self.tau_bdnf, 0.0 * self.tau_mtor)

    def relaxation(self, t: Scalar, state: BDNFState, inputs: Scalar) -> tuple[BDNFState, BDNFState]:
        """Return rate and drive; the input is the trigger."""
        release, translation = 1.0 / self.tau_bdnf, 1.0 / self.tau_mtor
        return (
            BDNFState(release, translation),
            BDNFState(release * inputs, translation * state.bdnf),  # (1) (2)
        )
