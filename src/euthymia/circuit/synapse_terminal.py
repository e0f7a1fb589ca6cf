"""What a spike releases and how it goes away: the transmitter pulse, and the drugs that act before the receptor."""

from __future__ import annotations

from typing import NamedTuple

import equinox as eqx

from euthymia.engine.mechanism import Scalar, parameter


class TerminalAction(NamedTuple):
    """What a drug does to release and clearance, as plain numbers; the defaults are no drug."""

    release: Scalar = 1.0  # factor on what a spike releases
    uptake: Scalar = 1.0  # activity left of the carriers, 1 without inhibitor
    breakdown: Scalar = 1.0  # activity left of the enzyme that breaks down stored transmitter


class Terminal(eqx.Module):
    r"""A terminal that releases the same at every spike, into a cleft that empties exponentially.

        T <- T + T_max p c at a spike,   dT/dt = -k T                                                       (1)
        k = (1 - f_u + f_u a_u)/tau_T                                                                       (2)
        c = 1/(1 - f_b + f_b a_b)                                                                           (3)

    p is the factor on release, a_u and a_b the activity left of carriers and enzyme, f_u and f_b their shares of the
    clearance from the cleft and of the loss of stored transmitter; (3) is the store at which synthesis and loss balance
    again, so it holds for inhibition that has lasted. No diffusion in space, no depletion and no facilitation.
    """

    T_max: Scalar = parameter("mM", "transmitter right after a spike")
    tau_T: Scalar = parameter("ms", "decay of transmitter in the cleft")
    share_uptake: Scalar = parameter("1", "share of the clearance that carriers do")
    share_breakdown: Scalar = parameter("1", "share of the loss of stored transmitter that an enzyme does")
    action: TerminalAction = TerminalAction()

    @property
    def quantum(self) -> Scalar:
        """Transmitter added by a spike, mM."""
        lost = 1.0 - self.share_breakdown * (1.0 - self.action.breakdown)
        return self.T_max * self.action.release / lost  # (3)

    @property
    def clearance(self) -> Scalar:
        """Rate at which the cleft empties, 1/ms."""
        return (1.0 - self.share_uptake * (1.0 - self.action.uptake)) / self.tau_T  # (2)
