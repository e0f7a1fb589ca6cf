"""The magnesium block of the NMDA receptor, and the quadratic that keeps the mean field exact."""

# ruff: noqa: UP037  (array shapes are strings for jaxtyping)
from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float

# The scaled potential u = (V - CENTRE_MV)/SPAN_MV puts rest (-65 mV) at -1/2 and threshold (-50 mV) at +1/2: a change
# of variable, not a measurement.
CENTRE_MV = -57.5
SPAN_MV = 15.0

# Jahr & Stevens 1990, the form of the magnesium block used by Brunel & Wang 2001.
STEEPNESS_PER_MV = 0.062
HALF_BLOCK_MM = 3.57

# Where the quadratic is fitted: between deep inhibition and the foot of the spike. Above it the u^2 of the spike
# mechanism itself dominates, so the worse fit there hardly moves the rates.
WINDOW_MV = (-85.0, -40.0)


def millivolts(u: Any) -> Any:
    """Return the potential in mV that belongs to the scaled potential u (any array)."""
    return CENTRE_MV + SPAN_MV * u


def scaled(V: Any) -> Any:
    """Return the scaled potential u that belongs to V in mV (any array)."""
    return (V - CENTRE_MV) / SPAN_MV


def unblocked_fraction(u: Any, Mg: float) -> Any:
    """Return the share of NMDA channels free of magnesium.

        m(u) = 1/(1 + [Mg] exp(-0.062 V)/3.57)                                                         (1)

    Args:
        u: Scaled potential, any array.
        Mg: Extracellular magnesium in mM.

    Returns:
        m(u), dimensionless, in u's shape.

    Source:
        Jahr & Stevens 1990, as used by Brunel & Wang 2001.
    """
    return 1 / (1 + Mg * np.exp(-STEEPNESS_PER_MV * millivolts(u)) / HALF_BLOCK_MM)  # (1)


def driving_function(u: Any, Mg: float, e_N: float) -> Any:
    """Return phi(u) = m(u)(e_N - u), the current through a unit of open NMDA conductance.

    Args:
        u: Scaled potential, any array.
        Mg: Extracellular magnesium in mM.
        e_N: Scaled reversal potential of the NMDA receptor.
    """
    return unblocked_fraction(u, Mg) * (e_N - u)


def quadratic_driving_function(u: Any, mg0: Any, mg1: Any, mg2: Any) -> Any:
    """Return mg0 + mg1 u + mg2 u^2, which stands for phi(u) in the mean field and the spiking network."""
    return mg0 + (mg1 + mg2 * u) * u


def fit_quadratic(
    Mg: float, e_N: float, window: tuple[float, float] = WINDOW_MV, points: int = 451
) -> Float[np.ndarray, "3"]:
    """Return (mg0, mg1, mg2), the least-squares quadratic of phi(u) on evenly spaced potentials.

    The fourth digit depends on the sampling: recompute when magnesium or the window changes, and compare to 1 %.

    Args:
        Mg: Extracellular magnesium in mM.
        e_N: Scaled reversal potential of the NMDA receptor.
        window: Lowest and highest potential in mV.
        points: Number of potentials.

    Example:
        >>> [round(float(value), 2) for value in fit_quadratic(1.0, 23 / 6)]
        [0.35, 0.2, 0.03]
    """
    u = scaled(np.linspace(*window, points))
    design = np.stack([np.ones_like(u), u, u**2], axis=-1)
    return np.linalg.lstsq(design, driving_function(u, Mg, e_N), rcond=None)[0]
