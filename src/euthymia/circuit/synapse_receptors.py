"""How receptors open: two states for AMPA, NMDA and GABA-A, a second messenger for GABA-B, and where drugs act.

Time is in ms, transmitter in mM, potential in mV. A gate says which share of its channels is open; `synapse` makes a
conductance and a current of it. Any other scheme with the methods of `AbstractGate` fits in their place.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from euthymia.engine.mechanism import Scalar, parameter


class ReceptorAction(NamedTuple):
    """What a drug does to a receptor, step by step, as plain numbers; the defaults are no drug.

    The receptor library gives these numbers from a level: a dose ratio, an efficacy share, a blocked share.
    """

    agonist: Scalar = 0.0  # mM of transmitter that does the same
    dose_ratio: Scalar = 1.0  # how much more transmitter binding needs: above 1 beside a competitive antagonist
    unbinding: Scalar = 1.0  # factor on the rate of unbinding: below 1 beside a modulator that raises affinity
    efficacy: Scalar = 1.0  # factor on what bound receptors do
    block: Scalar = 0.0  # share of the open channels that is plugged


NO_DRUG = ReceptorAction()


class AbstractGate(eqx.Module):
    """Channels, or receptors that open channels: a state, how it changes, and which share is open."""

    @property
    @abstractmethod
    def K(self) -> Scalar:
        """Transmitter that binds half of the receptors, mM."""

    @abstractmethod
    def steady(self, T: Scalar, action: ReceptorAction) -> Any:
        """Return the state after a long time with ``T`` mM of transmitter."""

    @abstractmethod
    def derivative(self, state: Any, T: Scalar, V: Scalar, action: ReceptorAction) -> Any:
        """Return the state's rate of change per ms at ``T`` mM of transmitter and ``V`` mV."""

    @abstractmethod
    def open(self, state: Any, action: ReceptorAction) -> Scalar:
        """Return the share of channels that conduct, before magnesium."""


class TwoStates(AbstractGate):
    r"""A receptor that opens when it binds.

        ds/dt = kon (T + A)/r (1 - s) - koff u s                                                            (1)
        open = q (1 - b) s                                                                                  (2)

    with agonist A, dose ratio r, unbinding factor u, efficacy q and block b. One bound transmitter opens it, and the
    bound state is the open one: there is no desensitisation.
    """

    kon: Scalar = parameter("1/(mM*ms)", "binding of the transmitter")
    koff: Scalar = parameter("1/ms", "unbinding of the transmitter")

    @property
    def K(self) -> Scalar:
        """Transmitter that binds half of the receptors, mM."""
        return self.koff / self.kon

    def steady(self, T: Scalar, action: ReceptorAction) -> Scalar:
        """Return s in constant transmitter."""
        bind = _binding(self.kon, T, action)
        return bind / (bind + self.koff * action.unbinding)

    def derivative(self, state: Scalar, T: Scalar, V: Scalar, action: ReceptorAction) -> Scalar:
        """Return ds/dt, 1/ms; the potential plays no part."""
        return _binding(self.kon, T, action) * (1.0 - state) - self.koff * action.unbinding * state  # (1)

    def open(self, state: Scalar, action: ReceptorAction) -> Scalar:
        """Return the open share."""
        return action.efficacy * (1.0 - action.block) * state  # (2)


class Messenger(NamedTuple):
    """Bound receptors (share) and active G protein (in the unit in which KD is counted)."""

    R: Scalar
    G: Scalar


class SecondMessenger(AbstractGate):
    r"""A receptor that opens potassium channels through a G protein, as GABA-B does.

        dR/dt = K1 (T + A)/r (1 - R) - K2 u R                                                               (3)
        dG/dt = K3 q R - K4 G                                                                               (4)
        open = (1 - b) G^n/(G^n + KD)                                                                       (5)

    The power n makes it a detector of many spikes: one alone opens almost nothing.

    Source:
        Destexhe, Mainen & Sejnowski 1998.
    """

    K1: Scalar = parameter("1/(mM*ms)", "binding of the transmitter")
    K2: Scalar = parameter("1/ms", "unbinding of the transmitter")
    K3: Scalar = parameter("1/ms", "activation of G protein")
    K4: Scalar = parameter("1/ms", "decay of active G protein")
    KD: Scalar = parameter("1", "power of the G protein that opens half of the channels")
    n: Scalar = parameter("1", "G proteins that a channel needs")

    @property
    def K(self) -> Scalar:
        """Transmitter that binds half of the receptors, mM."""
        return self.K2 / self.K1

    def steady(self, T: Scalar, action: ReceptorAction) -> Messenger:
        """Return R and G in constant transmitter."""
        bind = _binding(self.K1, T, action)
        R = bind / (bind + self.K2 * action.unbinding)
        return Messenger(R, self.K3 * action.efficacy * R / self.K4)

    def derivative(self, state: Messenger, T: Scalar, V: Scalar, action: ReceptorAction) -> Messenger:
        """Return dR/dt and dG/dt, 1/ms; the potential plays no part."""
        R, G = state
        return Messenger(
            _binding(self.K1, T, action) * (1.0 - R) - self.K2 * action.unbinding * R,  # (3)
            self.K3 * action.efficacy * R - self.K4 * G,  # (4)
        )

    def open(self, state: Messenger, action: ReceptorAction) -> Scalar:
        """Return the open share of the potassium channels."""
        power = jnp.maximum(state.G, 0.0) ** self.n
        return (1.0 - action.block) * power / (power + self.KD)  # (5)


def moved(state: Any, change: Any, by: Scalar) -> Any:
    """Return a gate's state after its rate of change has acted for ``by`` ms."""
    return jax.tree.map(lambda y, dy: y + by * dy, state, change)


def _binding(kon: Scalar, T: Scalar, action: ReceptorAction) -> Scalar:
    """Return the rate of binding, 1/ms."""
    return kon * (T + action.agonist) / action.dose_ratio
