"""What the cortical circuit is asked to do, and what a circuit does of it: the targets of its fit.

Each target is a range. A healthy circuit rests within it (C4); ketamine moves it so, at levels in uM of free racemate
(C5 to C8, C10); and block on one kind of cell alone does this or that (C9).
"""

# ruff: noqa: UP037  (array shapes are strings for jaxtyping)
from __future__ import annotations

import dataclasses
import math
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from euthymia.circuit.mean_field import PER_MS_TO_HZ, MeanField, Population
from euthymia.circuit.settled import gain, steady_state
from euthymia.circuit.spectrum import gamma_power, leading_eigenvalue
from euthymia.circuit.surge import blocked_fraction

E, PV, SST = Population
INF = math.inf
LEVELS = (0.5, 1.0, 2.0, 6.0, 10.0)  # uM
ALONE = {"SST": (0.0, 0.0, 0.15), "E": (0.3, 0.0, 0.0), "equal": (0.2, 0.2, 0.2)}  # blocks of C9


class Target(NamedTuple):
    """A range that a reading should lie in.

    Attributes:
        name: What is read, with its unit.
        low: Lower end; minus infinity where only the upper end counts.
        high: Upper end.
        scale: What counts as one step, in the reading's unit, or on the log scale where `log`.
        aim: The value aimed at within the range; None where anywhere inside will do.
        log: Whether distances are on the log scale (for targets with an aim).
        source: Where the target is from.
    """

    name: str
    low: float
    high: float
    scale: float
    aim: float | None = None
    log: bool = False
    source: str = ""

    def distance(self, reading: Any) -> Any:
        """Return how many steps a reading is from the aim; without an aim, from a place one step inside the range."""
        value, aim = reading, self.aim
        if self.log:
            value = np.log(np.maximum(reading, 1e-6))
            aim = None if aim is None else math.log(aim)
        if aim is not None:
            return (value - aim) / self.scale
        low, high = self.low + self.scale, self.high - self.scale
        return (np.maximum(value - high, 0.0) - np.maximum(low - value, 0.0)) / self.scale

    def met(self, reading: float) -> bool:
        """Return whether a reading lies in the range."""
        return self.low <= reading <= self.high


def _band(name: str, low: float, high: float, source: str) -> Target:
    """Return a target of a positive reading that is aimed at the range's middle, the ends two steps away."""
    return Target(name, low, high, math.log(high / low) / 4, math.sqrt(low * high), True, source)


# The size of a step of a one-sided target is a choice: how far inside its range a reading no longer matters.
GERHARD, NEYMOTIN, KIRLI = "Gerhard 2020", "Neymotin 2011", "Kirli 2014"
TARGETS = (
    _band("E at rest, Hz", 2.0, 6.0, "C4"),
    _band("PV at rest, Hz", 8.0, 25.0, "C4"),
    _band("SST at rest, Hz", 4.0, 12.0, "C4"),
    Target("leading real part, per s", -40.0, -2.0, 2.0, source="C4: stable, with a spectral peak"),
    _band("rhythm, Hz", 30.0, 50.0, "C4"),
    Target("E at 1 uM, %", 5.0, 40.0, 13.0 / 2.4, 13.0, source="C7: Abdallah 2018, +13 % with t = 2.4"),
    Target("PV at 1 uM, %", -INF, 0.0, 1.0, source=f"C5: {GERHARD}"),
    Target("SST at 1 uM, %", -INF, -5.0, 1.0, source=f"C5: {GERHARD}"),
    Target("E at 10 uM, %", -40.0, -10.0, 7.5, -25.0, source=f"C6: {GERHARD}, Moghaddam 1997"),
    Target("E at 2 uM, %", 0.0, INF, 1.0, source="C6"),
    Target("E at 6 uM, %", -INF, 0.0, 1.0, source="C6"),
    Target("gamma at 0.5 uM, ratio", 1.0, INF, 0.05, source="C8: Shaw 2015, sign"),
    Target("gain at 1 uM, ratio", 1.0, INF, 0.05, source="C10: Susin & Destexhe 2023"),
    Target("E, block on SST, %", 0.0, INF, 1.0, source=f"C9: {NEYMOTIN}"),
    Target("gamma, block on SST, ratio", 1.0, INF, 0.05, source=f"C9: {NEYMOTIN}"),
    Target("E, block on E, %", -INF, 0.0, 1.0, source=f"C9: {KIRLI}"),
    Target("gamma, block on E, ratio", -INF, 1.0, 0.05, source=f"C9: {KIRLI}"),
    Target("E, equal block, %", -INF, 0.0, 1.0, source="C9"),
    Target("gamma, equal block, ratio", -INF, 1.0, 0.05, source="C9"),
)


def readings(circuit: MeanField, IC50: Float[Any, "3"]) -> Float[Array, " target"]:
    """Return what a circuit does, in the order of `TARGETS`; not a number where it has no steady state.

    Args:
        circuit: The parameters of one circuit; use `jax.vmap` for more.
        IC50: Half-block levels in uM of E, PV and SST.
    """
    blocks = jnp.concatenate([jnp.zeros((1, 3)), _blocks(IC50), jnp.array(list(ALONE.values()))])
    settled = jax.vmap(lambda block: steady_state(circuit, block))(blocks)
    rates = jnp.where(settled.converged[:, None], settled.rates, jnp.nan)
    change = 100 * (rates / rates[0] - 1)
    low, one, two, six, ten, on_SST, on_E, equal = range(1, 1 + len(LEVELS) + len(ALONE))
    leading = PER_MS_TO_HZ * leading_eigenvalue(circuit, blocks[0])
    gamma = jax.vmap(lambda block: gamma_power(circuit, block))(blocks[jnp.array([low, on_SST, on_E, equal, 0])])
    gamma = gamma / gamma[-1]
    gains = jax.vmap(lambda block: gain(circuit, block))(blocks[jnp.array([0, one])])
    return jnp.stack(
        [
            *rates[0],
            leading.real,
            leading.imag / (2 * np.pi),
            *change[one],
            change[ten, E],
            change[two, E],
            change[six, E],
            gamma[0],
            gains[1] / gains[0],
            change[on_SST, E],
            gamma[1],
            change[on_E, E],
            gamma[2],
            change[equal, E],
            gamma[3],
        ]
    )


def _blocks(IC50: Any) -> Array:
    return blocked_fraction(jnp.array(LEVELS), jnp.asarray(IC50))


def record_circuit() -> MeanField:
    """Return the circuit of the evidence record `pfc1` with every number an array."""
    return jax.tree.map(jnp.asarray, MeanField.from_evidence())


def with_numbers(circuit: MeanField, numbers: dict[str, Any]) -> MeanField:
    """Return a circuit with some of its numbers replaced, named as in the record (``J_A_PV``).

    Args:
        circuit: The parameters of one circuit.
        numbers: Numbers by name; those that no circuit has (IC50) are passed over.
    """
    changes: dict[str, Any] = {}
    for population in Population:
        for name, value in numbers.items():
            field, _, of = name.rpartition("_")
            if of == population.name and hasattr(circuit, field):
                held = changes.get(field, jnp.asarray(getattr(circuit, field)))
                changes[field] = held.at[population].set(value)
    return dataclasses.replace(circuit, **changes)
