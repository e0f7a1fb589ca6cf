"""What is read from a run: rates, currents, the field potential and its rhythm."""

from __future__ import annotations

import jax.numpy as jnp
import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from euthymia.circuit import compiled
from euthymia.circuit.mean_field import MeanField, Population
from euthymia.circuit.median import median
from euthymia.circuit.network import Magnesium, Network, NetworkError, default_network
from euthymia.circuit.raster import rhythm
from euthymia.circuit.settled import steady_state
from euthymia.circuit.spectrum import field_potential
from euthymia.circuit.spiking import run

CIRCUIT = MeanField.from_evidence()
NETWORK = Network(CIRCUIT, (80, 12, 8))
RASTER = run(NETWORK, 500.0, seed=1)


def test_every_spike_is_counted_once_in_its_bin_and_population():
    of = np.searchsorted(NETWORK.bounds()[1:3], RASTER.spike_cells, side="right")
    bins = np.ceil(RASTER.spike_times / RASTER.bin - 1e-6).astype(int) - 1
    counted = np.zeros_like(RASTER.counts)
    np.add.at(counted, (bins, of), 1)
    np.testing.assert_array_equal(counted, RASTER.counts)


def test_spikes_are_in_order_of_time():
    assert np.all(np.diff(RASTER.spike_times) >= 0)
    assert RASTER.t[-1] == 500.0


def test_population_rates_are_the_means_of_their_cells_rates():
    parts = np.split(RASTER.cell_rates(100.0), NETWORK.bounds()[1:3])
    np.testing.assert_allclose([part.mean() for part in parts], RASTER.mean_rates(100.0))


@pytest.mark.parametrize("magnesium", list(Magnesium))
def test_a_large_network_has_the_mean_fields_conductances_and_field_potential(magnesium):
    raster = run(default_network(4000, magnesium=magnesium), 500.0, seed=1)
    settled = steady_state(CIRCUIT, jnp.zeros(3))
    for ours, exact in zip(raster.conductances(), settled.conductances, strict=True):
        assert ours[100:].mean() == pytest.approx(float(exact[Population.E]), rel=0.04)
    exact = float(field_potential(CIRCUIT, settled.state, jnp.zeros(3)))
    assert raster.field_potential()[100:].mean() == pytest.approx(exact, rel=0.04)


def test_the_field_potential_is_the_sum_of_the_sizes_of_the_currents():
    A, N, P, S = RASTER.currents()
    assert np.all(A > 0)
    assert np.all(N > 0)
    np.testing.assert_allclose(RASTER.field_potential(), A + N - P - S)


def test_currents_need_potentials():
    raster = run(NETWORK, 10.0, seed=1, potentials=False)
    assert raster.potentials is None
    with pytest.raises(NetworkError, match="run the network with potentials=True"):
        raster.currents()


def test_without_a_folder_to_write_to_loops_are_compiled_all_the_same(monkeypatch):
    def nowhere(**options):
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return numba.njit(**options)

    monkeypatch.setattr(compiled, "njit", nowhere)
    assert compiled.compiled(lambda x: x + 1)(2) == 3


@given(values=arrays(float, st.integers(1, 300), elements=st.floats(-1e6, 1e6) | st.sampled_from([0.0, 1.0])))
def test_the_median_is_numpys(values):
    assert median(values.copy()) == pytest.approx(np.median(values), rel=1e-14)


@pytest.mark.parametrize("frequency", [8.0, 36.7, 111.3])
def test_the_rhythm_of_a_sine_is_its_frequency(frequency):
    t = np.arange(2000.0)
    assert rhythm(3.0 + np.sin(2e-3 * np.pi * frequency * t), 1.0) == pytest.approx(frequency, abs=0.05)
