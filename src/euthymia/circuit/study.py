"""What ketamine does to a circuit, level by level: rates, gain, gamma, stability, surge, spectrum, spikes."""

# ruff: noqa: UP037  (array shapes are strings for jaxtyping)
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from euthymia.circuit import manipulation
from euthymia.circuit.manipulation import Manipulation, changed
from euthymia.circuit.mean_field import PER_MS_TO_HZ, MeanField, Population
from euthymia.circuit.modulation import modulated, modulator_named
from euthymia.circuit.settled import gain, settled_rates_on_cpu
from euthymia.circuit.spectrum import gamma_power, leading_eigenvalue, spectrum
from euthymia.circuit.spoken import Change, change_spoken
from euthymia.circuit.surge import DoseCurve, blocked_fraction, half_block_levels, solve_dose_curve
from euthymia.errors import EuthymiaError

if TYPE_CHECKING:
    from euthymia.circuit.areas_study import AreasStudy
    from euthymia.circuit.raster import Raster
    from euthymia.circuit.stability import Fold, Onset, Rhythm

DEFAULT_LEVELS = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0)  # uM; antidepressant exposures are 0.2 to 0.6, anaesthesia about 4.5
FREQUENCIES = np.arange(1.0, 120.5, 0.5)  # Hz
SETTLING_MS = 300.0  # of a spiking run, left out of its mean rates


@dataclass(frozen=True, eq=False)
class CircuitStudy:
    """A circuit at several levels of ketamine; what says relative is over the same circuit without drug.

    Attributes:
        circuit: The parameters, changes included.
        changes: What was done to the healthy circuit, as typed.
        levels: Free effect-site ketamine, uM racemate equivalents.
        blocks: Blocked fraction of NMDA receptors in E, PV, SST, [level, 3].
        rates: Rates at the fixed point, Hz, [level, 3].
        rest: Rates at the fixed point without drug, Hz, [3].
        gain: dR_E/d eta_E, relative.
        gamma: Power from 30 to 90 Hz, relative; not a number where this level or rest is unstable.
        growth: Real part of the leading eigenvalue, 1/s; above 0 the fixed point is unstable.
        frequency: Its imaginary part as a frequency, Hz.
        curve: The dose curve that the slow layers read.
    """

    circuit: MeanField
    changes: tuple[str, ...]
    levels: Float[np.ndarray, " level"]
    blocks: Float[np.ndarray, "level 3"]
    rates: Float[np.ndarray, "level 3"]
    rest: Float[np.ndarray, "3"]
    gain: Float[np.ndarray, " level"]
    gamma: Float[np.ndarray, " level"]
    growth: Float[np.ndarray, " level"]
    frequency: Float[np.ndarray, " level"]
    curve: DoseCurve

    @property
    def stable(self) -> np.ndarray:
        """Whether the fixed point is stable, [level]."""
        return self.growth < 0

    def change(self) -> Float[np.ndarray, "level 3"]:
        """Return the relative change of the rates (0.1 is 10 % faster), [level, 3]."""
        return self.rates / self.rest - 1

    def surge(self) -> Float[np.ndarray, " level"]:
        """Return the relative rise of the E rate that the slow layers read as a surge of glutamate, [level]."""
        return np.asarray(self.curve.surge(self.levels))

    def spectra(self, frequencies: Float[np.ndarray, " frequency"] = FREQUENCIES) -> Float[np.ndarray, "level f"]:
        """Return power spectra of the field potential, over the largest power at rest; not a number where unstable.

        Args:
            frequencies: Hz.
        """
        with_rest = np.concatenate([np.zeros((1, len(Population))), self.blocks])
        rest, *power = np.array(_spectra(self.circuit, jnp.asarray(with_rest), jnp.asarray(frequencies)))
        return np.where(self.stable[:, None], power, np.nan) / np.max(rest)

    def onset(self) -> Onset:
        """Return where more drive to E (without drug) makes the fixed point give way to a rhythm.

        Raises:
            ConvergenceError: When there is no such place within reach.
        """
        from euthymia.circuit.stability import rhythm_onset

        return rhythm_onset(self.circuit, np.zeros(3))

    def folds(self) -> list[Fold]:
        """Return the folds of the fixed point in the drive to E, without drug; none in the healthy circuit."""
        from euthymia.circuit.stability import folds

        return folds(self.circuit, np.zeros(3))

    def rhythms(self) -> list[Rhythm | None]:
        """Return the long run at every level whose fixed point is unstable, None where it is stable."""
        from euthymia.circuit.stability import rhythm

        return [
            None if fine else rhythm(self.circuit, block) for fine, block in zip(self.stable, self.blocks, strict=True)
        ]

    def areas(self) -> AreasStudy:
        """Return two areas of this circuit, joined, at the same levels: transfer upwards and back.

        Raises:
            ConvergenceError: When a coupled fixed point is not found.
        """
        from euthymia.circuit.areas_study import study_areas

        return study_areas(self.circuit, self.levels, self.blocks)

    def rasters(self, *, neurons: int = 1000, duration: float = 1000.0, seed: int = 1) -> list[Raster]:
        """Return a run of the spiking network at every level, each begun at the mean field's fixed point.

        Args:
            neurons: Number of cells in all.
            duration: ms; the first 300 are not counted in mean rates, see `counted_from`.
            seed: Seed of the named streams.

        Raises:
            NetworkError: When there are fewer than 10 cells, or the duration is no time.
        """
        from euthymia.circuit.network import default_network
        from euthymia.circuit.spiking import run

        network = default_network(neurons, circuit=self.circuit)
        return [run(network, duration, seed=seed, block=block) for block in self.blocks]

    def to_dict(self) -> dict[str, object]:
        """Return the study as JSON-ready values; what is not a number is None."""
        return {
            "changes": list(self.changes),
            "rest": dict(zip((a.name for a in Population), map(float, self.rest), strict=True)),
            "levels": [self._level(k) for k in range(len(self.levels))],
        }

    def _level(self, k: int) -> dict[str, object]:
        names = [a.name for a in Population]
        return {
            "ketamine": float(self.levels[k]),
            "block": dict(zip(names, map(float, self.blocks[k]), strict=True)),
            "rate": dict(zip(names, map(float, self.rates[k]), strict=True)),
            "change": dict(zip(names, map(float, self.change()[k]), strict=True)),
            "gain": float(self.gain[k]),
            "gamma": finite(self.gamma[k]),
            "surge": float(self.surge()[k]),
            "growth": float(self.growth[k]),
            "frequency": float(self.frequency[k]),
            "stable": bool(self.stable[k]),
        }


SCALINGS = {
    "GABA-A": manipulation.GABA_A,
    "AMPA": manipulation.AMPA,
    "release": manipulation.release,
    "SST output": manipulation.SST_output,
    "spines": manipulation.spines,
    "clearance deficit": manipulation.clearance_deficit,
    "prolonged events": manipulation.prolonged_events,
}
OF_ONE = {"NMDA": manipulation.NMDA, "drive": manipulation.drive}


def study(levels: Sequence[float] = DEFAULT_LEVELS, *, changes: Sequence[str | Change] = ()) -> CircuitStudy:
    """Return the calibrated circuit, changed or not, at several levels of ketamine.

    Args:
        levels: Free effect-site ketamine, uM racemate equivalents.
        changes: What is done to the circuit, in words (`spoken.change_spoken`) or read already.

    Raises:
        EuthymiaError: When a level is negative or there is none, or a change cannot be read.
        ConvergenceError: When the fixed point is not found.

    Example:
        >>> found = study([1.0])
        >>> round(float(found.change()[0, 0]), 3)
        0.117
    """
    c = np.asarray(levels, dtype=float)
    if c.ndim != 1 or c.size == 0 or not np.all((c >= 0) & (c < np.inf)):
        raise EuthymiaError(f"levels are {levels!r}; expected one or more numbers of at least 0, in uM")
    read = [change_spoken(each) if isinstance(each, str) else each for each in changes]
    circuit = changed(MeanField.from_evidence(), *map(manipulation_of, read))
    IC50 = half_block_levels()
    blocks = np.concatenate([np.zeros((1, len(Population))), blocked_fraction(c, IC50)])  # rest first
    rates = settled_rates_on_cpu(circuit, blocks)
    gains, gamma, growth, frequency = (np.asarray(each) for each in _small_signals(circuit, jnp.asarray(blocks)))
    unstable = growth >= 0
    gamma = np.where(unstable | unstable[0], np.nan, gamma)
    return CircuitStudy(
        circuit=circuit,
        changes=tuple(" ".join(filter(None, (*each[:2], f"{each.value:g}"))) for each in read),
        levels=c,
        blocks=blocks[1:],
        rates=rates[1:],
        rest=rates[0],
        gain=gains[1:] / gains[0],
        gamma=gamma[1:] / gamma[0],
        growth=growth[1:],
        frequency=frequency[1:],
        curve=solve_dose_curve(circuit, IC50),
    )


def manipulation_of(change: Change) -> Manipulation:
    """Return what a change in words does to a circuit."""
    if change.name in SCALINGS:
        return SCALINGS[change.name](change.value)
    if change.name in OF_ONE:
        return OF_ONE[change.name](Population[change.population], change.value)
    return modulated(modulator_named(change.name), change.value)


def counted_from(duration: float) -> float:
    """Return from which ms on a spiking run's rates are averaged: after it has settled, or its second half."""
    return min(SETTLING_MS, duration / 2)


def finite(value: float) -> float | None:
    """Return a number for JSON: None where it is not one."""
    return float(value) if np.isfinite(value) else None


@eqx.filter_jit
def _small_signals(circuit: MeanField, blocks: Array) -> tuple[Array, Array, Array, Array]:
    """Return gain, gamma power, growth (1/s) and frequency (Hz) at each block; one program a number of levels."""

    def at(block: Array) -> tuple[Array, Array, Array, Array]:
        leading = PER_MS_TO_HZ * leading_eigenvalue(circuit, block)
        return gain(circuit, block), gamma_power(circuit, block), leading.real, jnp.abs(leading.imag) / (2 * jnp.pi)

    return jax.lax.map(at, blocks)


@eqx.filter_jit
def _spectra(circuit: MeanField, blocks: Array, frequencies: Array) -> Array:
    return jax.lax.map(lambda block: spectrum(circuit, block, frequencies), blocks)
