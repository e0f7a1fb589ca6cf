"""What a network did: its spikes, and population rates, synaptic currents and field potential in bins."""

# ruff: noqa: UP037  (array shapes are strings for jaxtyping)
from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from euthymia.circuit.magnesium import driving_function, quadratic_driving_function
from euthymia.circuit.mean_field import PER_MS_TO_HZ, Conductances, Population, conductances
from euthymia.circuit.network import Magnesium, Network, NetworkError

ACTIVATIONS = ("s_A", "h_N", "s_N", "s_P", "s_S")


class Currents(NamedTuple):
    """Synaptic currents on pyramidal cells in leak units times scaled potential, inward positive, shape [bin]."""

    A: Float[np.ndarray, " bin"]
    N: Float[np.ndarray, " bin"]
    P: Float[np.ndarray, " bin"]
    S: Float[np.ndarray, " bin"]


@dataclass(frozen=True, eq=False)
class Raster:
    """One run of a network.

    Attributes:
        network: What was run.
        seed: Seed of the named streams.
        bin: Width of a bin in ms.
        spike_times: Times of all spikes in ms, ascending, each the end of the step in which it fell.
        spike_cells: The cell of each spike: E first, then PV, then SST, ascending in drive within each.
        counts: Spikes in each bin and population, shape [bin, 3].
        activations: `ACTIVATIONS` at the end of each bin in 10 Hz, mean over what pyramidal cells hear, [bin, 5].
        potentials: Median scaled potential of each population at the end of each bin, [bin, 3]; the median is the
            centre v of the mean field's density. None where they were not asked for.
        block: Blocked fraction of NMDA receptors in each bin, [bin, 3].
    """

    network: Network
    seed: int
    bin: float
    spike_times: Float[np.ndarray, " spike"]
    spike_cells: Int[np.ndarray, " spike"]
    counts: Float[np.ndarray, "bin 3"]
    activations: Float[np.ndarray, "bin 5"]
    potentials: Float[np.ndarray, "bin 3"] | None
    block: Float[np.ndarray, "bin 3"]

    @property
    def t(self) -> Float[np.ndarray, " bin"]:
        """The ends of the bins in ms."""
        return self.bin * np.arange(1, len(self.counts) + 1)

    def rates(self) -> Float[np.ndarray, "bin 3"]:
        """Return the population rates in Hz in each bin."""
        return PER_MS_TO_HZ * self.counts / (self.bin * np.array(self.network.sizes))

    def mean_rates(self, start: float = 0.0) -> Float[np.ndarray, "3"]:
        """Return the rates in Hz averaged from ``start`` ms to the end."""
        return self.rates()[round(start / self.bin) :].mean(axis=0)

    def cell_rates(self, start: float = 0.0) -> Float[np.ndarray, " neuron"]:
        """Return each cell's rate in Hz from ``start`` ms to the end."""
        counted = np.bincount(self.spike_cells[self.spike_times > start], minlength=self.network.neurons)
        return PER_MS_TO_HZ * counted / (self.bin * len(self.counts) - start)

    def conductances(self) -> Conductances:
        """Return the mean conductances onto pyramidal cells in leaks, each [bin]; NMDA before its blocks."""
        s_A, _, s_N, s_P, s_S = (self.activations[:, k, None] for k in range(len(ACTIVATIONS)))
        g = conductances(self.network.circuit, s_A, s_N, s_P, s_S)
        return Conductances(*(onto[:, Population.E] for onto in g))

    def currents(self) -> Currents:
        """Return the synaptic currents on a pyramidal cell at the population's median potential.

        Raises:
            NetworkError: When the run did not record potentials.
        """
        if self.potentials is None:
            raise NetworkError("this run has no potentials; run the network with potentials=True")
        circuit, g, u = self.network.circuit, self.conductances(), self.potentials[:, Population.E]
        if self.network.magnesium is Magnesium.SIGMOIDAL:
            phi = driving_function(u, self.network.Mg, circuit.e_A)
        else:
            phi = quadratic_driving_function(u, circuit.mg0, circuit.mg1, circuit.mg2)
        return Currents(
            A=g.A * (circuit.e_A - u),
            N=g.N * (1 - self.block[:, Population.E]) * phi,
            P=g.P * (circuit.e_P - u),
            S=g.S * (circuit.e_S - u),
        )

    def field_potential(self) -> Float[np.ndarray, " bin"]:
        """Return the local field potential's proxy as `spectrum.field_potential` defines it, [bin].

        Excitatory currents count as they flow inward, inhibitory as they flow outward.

        Raises:
            NetworkError: When the run did not record potentials.
        """
        I = self.currents()  # noqa: E741  (the field's symbol)
        return I.A + I.N - I.P - I.S


def rhythm(signal: Float[np.ndarray, " bin"], bin: float) -> float:
    """Return the frequency in Hz of the largest peak of a signal's spectrum between 5 and 200 Hz.

    The peak is placed between the grid's frequencies by a parabola through the logarithms of three powers.

    Args:
        signal: A time course in even bins.
        bin: Width of a bin in ms.
    """
    window = np.hanning(len(signal))
    power = np.abs(np.fft.rfft((signal - signal.mean()) * window)) ** 2
    f = np.fft.rfftfreq(len(signal), bin / PER_MS_TO_HZ)
    inside = np.flatnonzero((f >= 5.0) & (f <= 200.0))
    top = inside[np.argmax(power[inside])]
    before, at, after = np.log(power[top - 1 : top + 2])
    return float(f[top] + f[1] * (before - after) / (2 * (before - 2 * at + after)))
