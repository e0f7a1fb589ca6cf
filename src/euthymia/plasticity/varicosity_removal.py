"""What takes serotonin away and what feeds back: transporter, glia, enzyme, and the autoreceptors' signal."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp

from euthymia.engine.mechanism import Scalar, parameter
from euthymia.plasticity.varicosity_supply import AbstractPart


class Removal(AbstractPart):
    r"""Uptake into glia, breakdown, and the rest.

    J_up2    = share_up2 H(e5) Vmax_up2 e5/(Km_up2 + e5),   H = min(1, max(0, slope_up2 (e5 - e5_up2)))  (1)
    J_mao(y) = Vmax_mao (1 - block) y/(Km_mao + y)                                                       (2)
    """

    Vmax_up2: Scalar = parameter("uM/h", "largest rate of the second uptake, before its share")
    Km_up2: Scalar = parameter("uM", "outside serotonin at half of that")
    share_up2: Scalar = parameter("1", "share of it that counts here")
    slope_up2: Scalar = parameter("1/uM", "steepness with which it starts")
    e5_up2: Scalar = parameter("uM", "outside serotonin at which it starts")
    Vmax_mao: Scalar = parameter("uM/h", "largest rate of monoamine oxidase")
    Km_mao: Scalar = parameter("uM", "serotonin at half of that")
    k_out: Scalar = parameter("1/h", "other removal of outside serotonin")
    k_leak: Scalar = parameter("1/h", "leak through membranes")
    k_hiaa: Scalar = parameter("1/h", "removal of 5-HIAA")

    def glial(self, e5: Scalar) -> Scalar:
        """Return J_up2, uM/h."""
        open_share = jnp.clip(self.slope_up2 * (e5 - self.e5_up2), 0.0, 1.0)
        return self.share_up2 * open_share * self.Vmax_up2 * e5 / (self.Km_up2 + e5)  # (1)

    def breakdown(self, y: Scalar, block: Scalar) -> Scalar:
        """Return J_mao, uM/h, with a share ``block`` of the enzyme inhibited."""
        return self.Vmax_mao * (1.0 - block) * y / (self.Km_mao + y)  # (2)


class Traffic(NamedTuple):
    """Rates between places of transporters, 1/h: pool to surface and back, surface to inactive and back."""

    k_ps: Scalar
    k_sp: Scalar
    k_si: Scalar
    k_is: Scalar


class Transporter(AbstractPart):
    r"""Reuptake, and escitalopram, which blocks it and drives transporters off the surface.

    J_sert = Vmax_sert s_srf e5/(Km_sert (1 + I/Ki) + e5)                                               (1)
    Ki     = Ki_span exp(-Ki_slope I) + Ki_least                                                        (2)
    k_ps   = k_traffic clip(1 + gain_traffic dG, 0, traffic_max),   k_sp likewise with 1 - gain_traffic dG  (3)
    k_si   = k_inside min(slope_inside I, inside_max),   k_is = k_return                                (4)
    """

    Vmax_sert: Scalar = parameter("uM/h", "largest rate at resting surface density")
    Km_sert: Scalar = parameter("uM", "outside serotonin at half of that")
    Ki_span: Scalar = parameter("uM", "part of Ki that falls with the level")
    Ki_slope: Scalar = parameter("1/uM", "how fast it falls")
    Ki_least: Scalar = parameter("uM", "part of Ki that stays")
    k_traffic: Scalar = parameter("1/h", "traffic with the internal pool at rest")
    gain_traffic: Scalar = parameter("1/uM", "autoreceptor signal on that traffic")
    traffic_max: Scalar = parameter("1", "largest factor on that traffic")
    k_inside: Scalar = parameter("1/h", "inactivation per unit of its factor")
    slope_inside: Scalar = parameter("1/uM", "factor of inactivation per level")
    inside_max: Scalar = parameter("1", "largest factor of inactivation")
    k_return: Scalar = parameter("1/h", "inactivated transporters back to the surface")

    def Ki(self, I_esc: Scalar) -> Scalar:
        """Return the inhibition constant at ``I_esc`` uM of free escitalopram, uM."""
        return self.Ki_span * jnp.exp(-self.Ki_slope * I_esc) + self.Ki_least  # (2)

    def occupancy(self, I_esc: Scalar) -> Scalar:
        """Return the share of transporters that ``I_esc`` uM of free escitalopram occupies."""
        return I_esc / (I_esc + self.Ki(I_esc))

    def level(self, theta: float) -> float:
        """Return the free escitalopram, uM, that occupies the share ``theta``, at least 0 and below 1."""
        from scipy.optimize import brentq

        if theta == 0.0:
            return 0.0
        highest = 2.0 * float(self.Ki_span + self.Ki_least) * theta / (1.0 - theta)  # Ki is largest without drug
        found: Any = brentq(lambda I_esc: float(self.occupancy(I_esc)) - theta, 0.0, highest)
        return float(found)

    def reuptake(self, e5: Scalar, s_srf: Scalar, I_esc: Scalar) -> Scalar:
        """Return J_sert, uM/h."""
        return self.Vmax_sert * s_srf * e5 / (self.Km_sert * (1.0 + I_esc / self.Ki(I_esc)) + e5)  # (1)

    def traffic(self, dG: Scalar, I_esc: Scalar) -> Traffic:
        """Return the rates between places at the autoreceptor signal ``dG`` uM."""
        signal = self.gain_traffic * dG
        return Traffic(
            k_ps=self.k_traffic * jnp.clip(1.0 + signal, 0.0, self.traffic_max),  # (3)
            k_sp=self.k_traffic * jnp.clip(1.0 - signal, 0.0, self.traffic_max),
            k_si=self.k_inside * jnp.minimum(self.slope_inside * I_esc, self.inside_max),  # (4)
            k_is=self.k_return,
        )


class Feedback(NamedTuple):
    """The autoreceptors' signal dG (uM), and the factors on release and on synthesis it makes."""

    dG: Scalar
    f_rel: Scalar
    f_syn: Scalar


class Autoreceptors(AbstractPart):
    r"""Bound autoreceptors activate a G protein, which its regulator turns off.

    dG    = auto (Gs - Gs_rest)                                                                         (1)
    f_rel = max(0, 1 - gain_rel dG),   f_syn = max(0, 1 - gain_syn dG)                                  (2)
    """

    auto: Scalar = parameter("1", "coupling: 1 intact, 0 blocked")
    Gs_rest: Scalar = parameter("uM", "active G protein at which the signal is nought")
    gain_rel: Scalar = parameter("1/uM", "signal on release")
    gain_syn: Scalar = parameter("1/uM", "signal on synthesis")
    kon_ba: Scalar = parameter("1/(uM*h)", "binding of serotonin")
    koff_ba: Scalar = parameter("1/h", "unbinding of serotonin")
    ba_total: Scalar = parameter("uM", "autoreceptors")
    k_Gs: Scalar = parameter("1/(uM**2*h)", "activation of G protein")
    Gs_total: Scalar = parameter("uM", "G protein")
    k_GsTs: Scalar = parameter("1/(uM*h)", "inactivation of G protein by its regulator")
    k_Ts: Scalar = parameter("1/(uM**2*h)", "activation of the regulator")
    koff_Ts: Scalar = parameter("1/h", "inactivation of the regulator")
    Ts_total: Scalar = parameter("uM", "regulator")

    def __call__(self, Gs: Scalar) -> Feedback:
        """Return signal and factors at ``Gs`` uM of active G protein."""
        dG = self.auto * (Gs - self.Gs_rest)  # (1)
        return Feedback(
            dG, jnp.maximum(0.0, 1.0 - self.gain_rel * dG), jnp.maximum(0.0, 1.0 - self.gain_syn * dG)
        )  # (2)
