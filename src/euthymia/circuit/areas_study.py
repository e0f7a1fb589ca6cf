"""What ketamine does between two areas, level by level: transfer up and down, and how far the two come apart."""

from __future__ import annotations

from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from euthymia.circuit.areas import (
    Area,
    Transfer,
    TwoAreas,
    areas_rates,
    joined,
    leading_areas_eigenvalue,
    settled_areas,
    transfer,
)
from euthymia.circuit.mean_field import PER_MS_TO_HZ, MeanField, Population
from euthymia.engine.steady import Root, checked


@dataclass(frozen=True, eq=False)
class AreasStudy:
    """A lower and an upper area at several levels of ketamine; transfer is relative to no drug.

    Transfer is how far a small change of one area's pyramidal rate moves the other's, by linear response about the
    coupled fixed point. Where that point is unstable, there or without drug, transfer is not a number.

    Attributes:
        levels: Free effect-site ketamine, uM racemate equivalents.
        rates: Rates at the coupled fixed point, Hz, [level, area, 3].
        rest: Rates without drug, Hz, [area, 3].
        at_rest: Transfer without drug, Hz per Hz: feedforward and feedback.
        feedforward: Transfer from the lower to the upper area, relative, [level].
        feedback: Transfer from the upper to the lower area, relative, [level].
        growth: Real part of the coupled system's leading eigenvalue, 1/s; above 0 it is unstable.
    """

    levels: Float[np.ndarray, " level"]
    rates: Float[np.ndarray, "level area 3"]
    rest: Float[np.ndarray, "area 3"]
    at_rest: Transfer
    feedforward: Float[np.ndarray, " level"]
    feedback: Float[np.ndarray, " level"]
    growth: Float[np.ndarray, " level"]

    @property
    def stable(self) -> np.ndarray:
        """Whether the coupled fixed point is stable, [level]."""
        return self.growth < 0

    @property
    def ratio(self) -> Float[np.ndarray, " level"]:
        """Feedback over feedforward transfer, relative, [level]."""
        return self.feedback / self.feedforward

    @property
    def dissociation(self) -> Float[np.ndarray, " level"]:
        """1 - relative feedback, [level]: the separation of the areas, no model of what people report."""
        return 1 - self.feedback

    def change(self) -> Float[np.ndarray, "level area 3"]:
        """Return the relative change of the rates (0.1 is 10 % faster)."""
        return self.rates / self.rest - 1

    def to_dict(self) -> dict[str, object]:
        """Return the study as JSON-ready values; what is not a number is None."""
        return {
            "rest": {
                "rate": _by_area(self.rest),
                "feedforward": _finite(self.at_rest.feedforward),
                "feedback": _finite(self.at_rest.feedback),
            },
            "levels": [self._level(k) for k in range(len(self.levels))],
        }

    def _level(self, k: int) -> dict[str, object]:
        return {
            "ketamine": float(self.levels[k]),
            "rate": _by_area(self.rates[k]),
            "change": _by_area(self.change()[k]),
            "feedforward": _finite(self.feedforward[k]),
            "feedback": _finite(self.feedback[k]),
            "ratio": _finite(self.ratio[k]),
            "dissociation": _finite(self.dissociation[k]),
            "growth": float(self.growth[k]),
            "stable": bool(self.stable[k]),
        }


def study_areas(
    circuit: MeanField, levels: Float[np.ndarray, " level"], blocks: Float[np.ndarray, "level 3"]
) -> AreasStudy:
    """Return two areas of the same circuit at several levels of block, joined by the pathways of the evidence.

    Args:
        circuit: The parameters of each area.
        levels: Free effect-site ketamine, uM racemate equivalents.
        blocks: Blocked fraction of NMDA receptors in E, PV, SST at each level.

    Raises:
        ConvergenceError: When a coupled fixed point is not found.
    """
    typical = TwoAreas.from_evidence()
    areas = joined(circuit, feedforward=typical.feedforward, feedback=typical.feedback)
    with_rest = jnp.asarray(np.concatenate([np.zeros((1, len(Population))), blocks]))
    roots, rates, found, growth = _read(areas, with_rest)
    checked(roots, "the two areas")
    growth, rates = np.asarray(growth), np.asarray(rates)
    unstable = growth >= 0
    forth, back = (np.where(unstable, np.nan, np.asarray(each)) for each in found)
    return AreasStudy(
        levels=levels,
        rates=rates[1:],
        rest=rates[0],
        at_rest=Transfer(float(forth[0]), float(back[0])),
        feedforward=forth[1:] / forth[0],
        feedback=back[1:] / back[0],
        growth=growth[1:],
    )


@eqx.filter_jit
def _read(areas: TwoAreas, blocks: Array) -> tuple[Root, Array, Transfer, Array]:
    """Return fixed point, rates (Hz), transfer and growth (1/s) at each block; one program a number of levels."""

    def at(block: Array) -> tuple[Root, Array, Transfer, Array]:
        growth = PER_MS_TO_HZ * leading_areas_eigenvalue(areas, block).real
        return settled_areas(areas, block), areas_rates(areas, block), transfer(areas, block), growth

    return jax.lax.map(at, blocks)


def _by_area(rates: np.ndarray) -> dict[str, dict[str, float]]:
    names = [a.name for a in Population]
    return {area.name.lower(): dict(zip(names, map(float, rates[area]), strict=True)) for area in Area}


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
