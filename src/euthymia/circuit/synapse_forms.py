"""Closed forms against which a synapse is checked: alpha and bi-exponential courses, and the potentials they make.

Everything here is for small conductances, whose current does not notice the potential that it makes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def alpha_course(t: Any, tau: float) -> Any:
    """Return the alpha course, 1 at its peak t = tau.

        s(t) = t/tau exp(1 - t/tau)                                                                         (1)

    Args:
        t: Time since the spike, ms, 0 or more.
        tau: Time of the peak, ms.
    """
    return t / tau * np.exp(1.0 - t / tau)  # (1)


def biexponential_course(t: Any, tau_rise: float, tau_decay: float) -> Any:
    """Return what a filter with time tau_decay makes of a pulse that decays with tau_rise.

        s(t) = tau_decay/(tau_decay - tau_rise) (exp(-t/tau_decay) - exp(-t/tau_rise))                      (2)

    It begins with slope 1/tau_rise and its area is tau_decay; exchanging the two only changes the scale.

    Args:
        t: Time since the spike, ms, 0 or more.
        tau_rise: Decay of the pulse, ms.
        tau_decay: Time of the filter, ms; different from tau_rise.
    """
    return tau_decay / (tau_decay - tau_rise) * (np.exp(-t / tau_decay) - np.exp(-t / tau_rise))  # (2)


def potential_of_exponentials(t: Any, heights: Sequence[float], taus: Sequence[float], tau_m: float) -> Any:
    """Return the potential that a sum of exponential currents makes in a passive cell.

        tau_m dV/dt = -V + sum_k a_k exp(-t/tau_k)                                                          (3)
        V(t) = sum_k a_k tau_k/(tau_k - tau_m) (exp(-t/tau_k) - exp(-t/tau_m))                              (4)

    Args:
        t: Time since the spike, ms, 0 or more.
        heights: a_k, in mV: current over leak.
        taus: tau_k, ms; none equal to tau_m.
        tau_m: Membrane time constant, ms.
    """
    return sum(
        a * tau / (tau - tau_m) * (np.exp(-t / tau) - np.exp(-t / tau_m)) for a, tau in zip(heights, taus, strict=True)
    )  # (4)


def potential_of_alpha(t: Any, height: float, tau: float, tau_m: float) -> Any:
    """Return the potential that an alpha-shaped current makes in a passive cell.

        V(t) = a e/(tau tau_m d^2) (exp(-t/tau_m) - (1 + d t) exp(-t/tau)),   d = 1/tau - 1/tau_m           (5)

    Args:
        t: Time since the spike, ms, 0 or more.
        height: a, the peak of the current over leak, mV.
        tau: Time of the current's peak, ms; different from tau_m.
        tau_m: Membrane time constant, ms.
    """
    d = 1.0 / tau - 1.0 / tau_m
    scale = height * np.e / (tau * tau_m * d * d)
    return scale * (np.exp(-t / tau_m) - (1.0 + d * t) * np.exp(-t / tau))  # (5)
