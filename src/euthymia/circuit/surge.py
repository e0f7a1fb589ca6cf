"""The glutamate surge: how much faster pyramidal cells fire at a given level of ketamine, as a polynomial.

The circuit settles within milliseconds while ketamine changes over minutes, so the slow layers need only its fixed
point as a function of the level. It is solved once at the nodes of a polynomial and never inside a time step.
"""

# ruff: noqa: UP037, F821  (array shapes are strings for jaxtyping)
from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Float

from euthymia.circuit.mean_field import MeanField, Population
from euthymia.circuit.settled import settled_rates_on_cpu
from euthymia.evidence import load_record

# The level (uM) put in the middle of the polynomial's axis, near the surge: a choice of coordinate, not a property of
# the circuit. Anything from 1 to 3 uM serves as well.
C_HALF = 1.5

# With 20 nodes the default circuit's curve is within 1.3e-7 of the solved steady state from 0 to 100 uM (degree 15:
# 2e-6, degree 23: 6e-9); the tests hold it to 1e-6.
DEGREE = 19

PEAK_GRID = 1001


class DoseCurve(eqx.Module):
    """Relative change of the E rate over the free effect-site ketamine level, for one circuit or a batch of them.

    The curve follows the fixed point, also where a manipulated circuit leaves it for a gamma rhythm.
    """

    coefficients: Float[Array, "degree *batch"]
    peak: Any  # surge_max, the largest relative rise over all levels
    c_half: float = eqx.field(static=True, default=C_HALF)

    def change(self, c: Any) -> Any:
        """Return dRE(c), the relative change of the E rate (0.1 is 10 % faster) at c uM of free ketamine."""
        return dose_curve(self.coefficients, c, self.c_half)

    def surge(self, c: Any) -> Any:
        """Return max(0, dRE(c)): where pyramidal cells are slowed, no extra glutamate is released."""
        change = self.change(c)
        return (change + abs(change)) / 2

    def relative_surge(self, c: Any) -> Any:
        """Return surge(c)/surge_max, between 0 and 1; 0 throughout for a circuit that never surges."""
        return self.surge(c) * (1.0 / (self.peak + (self.peak == 0.0)))


def dose_curve(coefficients: Any, c: Any, c_half: float) -> Any:
    """Return the relative change of the E rate at ketamine level c, by Clenshaw's recurrence.

        dRE(c) = y sum_k a_k T_k(2 y - 1),   y = c/(c + c_half)                                        (1)

    The factor y makes it exactly zero without drug. Plain arithmetic: NumPy, JAX and floats give the same.

    Args:
        coefficients: a_0, a_1, ..., the order on the first axis; further axes broadcast against c.
        c: Free effect-site ketamine in uM, racemate equivalents, any array, 0 or more.
        c_half: The level that is mapped to y = 1/2, uM.
    """
    y = c / (c + c_half)
    z = 2 * y - 1
    twice, after, later = 2 * z, 0.0 * z, 0.0 * z
    for k in range(len(coefficients) - 1, 0, -1):
        after, later = coefficients[k] + twice * after - later, after
    return y * (coefficients[0] + z * after - later)  # (1)


def blocked_fraction(c: Any, IC50: Any) -> Any:
    """Return the blocked share of NMDA receptors of each population.

        b_a = c/(c + IC50_a)                                                                           (2)

    Args:
        c: Free effect-site ketamine in uM, any shape.
        IC50: Half-block levels in uM of E, PV, SST, on the last axis.

    Returns:
        Blocked fractions, c's shape with a population axis added.
    """
    level = c[..., None] if np.ndim(c) else c
    return level / (level + IC50)  # (2)


def half_block_levels() -> Float[np.ndarray, "3"]:
    """Return IC50 (uM) of E, PV, SST from the evidence record `nmda`."""
    record = load_record("nmda")
    return np.array([record.value(f"IC50_{population.name}", "uM") for population in Population])


def default_dose_curve() -> DoseCurve:
    """Return the dose curve of the calibrated circuit; milliseconds, and nothing is compiled."""
    return solve_dose_curve(MeanField.from_evidence(), half_block_levels())


def solve_dose_curve(circuit: MeanField, IC50: Any, *, c_half: float = C_HALF, degree: int = DEGREE) -> DoseCurve:
    """Solve the circuit at Chebyshev nodes in y = c/(c + c_half) and return the interpolating curve.

    Args:
        circuit: One circuit, or a batch on leading axes (arrays ending in 3, or in 1 where shared by populations).
        IC50: Half-block levels in uM, shape (3,) or with the same leading axes.
        c_half: The level in the middle of the axis, uM.
        degree: Degree of the polynomial that multiplies y.

    Raises:
        ConvergenceError: When the fixed point is not found for some circuit and level.
    """
    angle = (np.arange(degree + 1) + 0.5) * np.pi / (degree + 1)
    y = (np.cos(angle) + 1) / 2
    # The same as (2), written so that it holds at y = 1, an infinite level.
    IC50 = np.asarray(IC50)[..., None, :]
    block = y[:, None] * c_half / (y[:, None] * c_half + (1 - y[:, None]) * IC50)
    with_rest = np.concatenate([np.zeros((*block.shape[:-2], 1, len(Population))), block], axis=-2)
    R_E = settled_rates_on_cpu(_with_node_axis(circuit), with_rest)[..., Population.E]
    values = (R_E[..., 1:] / R_E[..., :1] - 1) / y
    transform = np.cos(np.arange(degree + 1)[:, None] * angle) * 2 / (degree + 1)
    transform[0] /= 2
    coefficients = np.einsum("kn,...n->k...", transform, values)
    return DoseCurve(coefficients, _peak(coefficients), c_half)


def _with_node_axis(circuit: MeanField) -> MeanField:
    """Return the circuit with an axis of length one before the population axis, for the nodes."""
    return jax.tree.map(lambda leaf: np.asarray(leaf)[..., None, :] if np.ndim(leaf) else leaf, circuit)


def _peak(coefficients: Float[np.ndarray, "degree *batch"]) -> Any:
    """Return the largest relative rise over all levels, 0 where there is none: grid and parabola, to 1e-9."""
    y = np.linspace(0.0, 1.0, PEAK_GRID)
    rise = np.polynomial.chebyshev.chebval(2 * y - 1, coefficients) * y
    best = np.clip(np.argmax(rise, axis=-1), 1, PEAK_GRID - 2)[..., None]
    before, at, after = (np.take_along_axis(rise, best + k, axis=-1)[..., 0] for k in (-1, 0, 1))
    bend = before - 2 * at + after
    top = at - (after - before) ** 2 / np.where(bend < 0, 8 * bend, -np.inf)
    return np.maximum(top, 0.0)
