"""The spiking network's cells against closed forms, its synapses against filters, and its repeatability."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.circuit import tiles
from euthymia.circuit.contacts import draw_contacts
from euthymia.circuit.magnesium import unblocked_fraction
from euthymia.circuit.mean_field import MeanField, Population
from euthymia.circuit.network import Magnesium, Network, NetworkError, Sparse, default_network, drives
from euthymia.circuit.plan import LARGEST_TURN
from euthymia.circuit.spiking import _filters, run, run_many, starting_potentials

CIRCUIT = MeanField.from_evidence()
UNCOUPLED = dataclasses.replace(
    CIRCUIT, J_A=np.zeros(3), J_N=np.zeros(3), g_Nx=np.zeros(3), J_P=np.zeros(3), J_S=np.zeros(3)
)
TINY = Network(CIRCUIT, (80, 12, 8))
TINY_SPARSE = dataclasses.replace(TINY, connectivity=Sparse(0.3))
AT_ZERO = dataclasses.replace(UNCOUPLED, eta=np.zeros(3))


def one_cell_each(circuit):
    return Network(circuit, (1, 1, 1))


def same_spikes(a, b):
    return np.array_equal(a.spike_times, b.spike_times) and np.array_equal(a.spike_cells, b.spike_cells)


@settings(max_examples=25)
@given(drive=st.floats(0.05, 25.0))
def test_a_driven_cell_fires_at_its_closed_form_rate(drive):
    """f(I) = sqrt(I)/(pi tau_m) above threshold."""
    duration = 500.0
    raster = run(one_cell_each(AT_ZERO), duration, seed=1, drive=drive)
    expected = duration * np.sqrt(drive) / (np.pi * CIRCUIT.tau_m)
    assert np.all(np.abs(raster.counts.sum(axis=0) - expected) <= 1.0)


@settings(max_examples=10)
@given(drive=st.floats(-25.0, -1e-3))
def test_a_cell_below_threshold_never_fires(drive):
    assert run(one_cell_each(AT_ZERO), 200.0, seed=1, drive=drive).spike_times.size == 0


def test_the_frequency_current_curve_is_right_for_every_cell_of_a_population():
    network = Network(UNCOUPLED, (400, 60, 40))
    raster = run(network, 1000.0, seed=1)
    tau_m = np.repeat(CIRCUIT.tau_m, network.sizes)
    expected = 1000 * np.sqrt(np.maximum(drives(network), 0.0)) / (np.pi * tau_m)
    np.testing.assert_allclose(raster.cell_rates(), expected, atol=1.0)


def test_a_cells_spikes_are_one_period_apart():
    """The period is pi tau_m/sqrt(eta); each spike is told to within a step."""
    dt, drive = 0.05, 0.3
    raster = run(one_cell_each(AT_ZERO), 2000.0, seed=3, drive=drive, dt=dt)
    for a in Population:
        times = raster.spike_times[raster.spike_cells == a]
        period = np.pi * CIRCUIT.tau_m[a] / np.sqrt(drive)
        assert np.all(np.abs(np.diff(times) - period) <= dt + 1e-9)
        assert (times[-1] - times[0]) / (len(times) - 1) == pytest.approx(period, abs=dt / (len(times) - 1))


def test_with_tonic_nmda_the_rate_is_that_of_the_whole_quadratic():
    """f = sqrt(q0 q2 - q1^2/4)/(pi tau_m), the magnesium block's quadratic and ketamine included."""
    circuit = dataclasses.replace(AT_ZERO, g_Nx=np.array([0.5, 0.7, 0.9]))
    drive, block = 0.8, np.array([0.1, 0.4, 0.6])
    g_N = circuit.g_Nx * (1 - block)
    q0, q1, q2 = drive + circuit.mg0 * g_N, circuit.mg1 * g_N, 1 + circuit.mg2 * g_N
    expected = 2.0 * 1000 * np.sqrt(q0 * q2 - q1**2 / 4) / (np.pi * circuit.tau_m)
    raster = run(one_cell_each(circuit), 2000.0, seed=1, drive=drive, block=block)
    assert np.all(np.abs(raster.counts.sum(axis=0) - expected) <= 1.0)


@given(q0=st.floats(-2.0, 20.0), q1=st.floats(-4.0, 1.0), q2=st.floats(1.0, 1.1), u=st.floats(-50.0, 50.0))
def test_a_step_is_the_flow_of_the_quadratic(q0, q1, q2, u):
    """Compared with the exact solution through u = v + x tan(phase), or its hyperbolic form below threshold."""
    h = 0.05 / 20
    root = np.sqrt(complex(q0 * q2 - q1**2 / 4))
    y = root * h
    exact = np.array([[np.cos(y) + q1 / 2 * np.sinc(y / np.pi) * h, q0 * np.sinc(y / np.pi) * h]]).real[0]
    below = np.array([-q2 * np.sinc(y / np.pi) * h, np.cos(y) - q1 / 2 * np.sinc(y / np.pi) * h]).real
    numerator, denominator = exact @ [u, 1.0], below @ [u, 1.0]
    got, fired = tiles._next(u, q0, q1, q2, h)
    if abs(denominator) > 1e-6:
        assert bool(fired) == (denominator < 0)
        assert got == pytest.approx(numerator / denominator, rel=1e-6, abs=1e-9)


def test_the_steps_map_holds_to_one_in_ten_thousand_at_the_largest_turn_allowed():
    turn = LARGEST_TURN
    turned = np.arctan(np.sqrt(turn) * (15 - turn) / (15 - 6 * turn))
    assert turned == pytest.approx(np.sqrt(turn), rel=1e-4)


def test_the_magnesium_block_of_the_loop_is_the_library_functions():
    steep, scale = 0.062 * 15, np.exp(0.062 * 57.5) / 3.57
    u = np.linspace(-30.0, 30.0, 2001)
    got = np.array([tiles._unblocked(each, steep, scale) for each in u])
    np.testing.assert_allclose(got, unblocked_fraction(u, 1.0), rtol=1e-8)


def test_a_step_of_constant_input_leaves_the_closed_form_of_two_stage_nmda():
    k_A, k_Nr, k_Nd, cross, _, _ = _filters(CIRCUIT, 5.0)
    rise, decay = CIRCUIT.tau_Nr, CIRCUIT.tau_Nd
    assert k_A == pytest.approx(np.exp(-5.0 / CIRCUIT.tau_AMPA))
    # h' = -h/rise, s' = (h - s)/decay from h = 1, s = 0:
    assert cross == pytest.approx(rise / (decay - rise) * (np.exp(-5.0 / decay) - np.exp(-5.0 / rise)))
    assert (k_Nr, k_Nd) == (pytest.approx(np.exp(-5.0 / rise)), pytest.approx(np.exp(-5.0 / decay)))


def test_equal_rise_and_decay_are_the_limit_of_unequal_ones():
    equal = dataclasses.replace(CIRCUIT, tau_Nr=20.0, tau_Nd=20.0)
    near = dataclasses.replace(CIRCUIT, tau_Nr=20.0, tau_Nd=20.0001)
    np.testing.assert_allclose(_filters(equal, 1.0), _filters(near, 1.0), rtol=1e-5)


def test_activations_are_the_filtered_rates():
    """Run with one bin a step: at its end AMPA and GABA-A have followed tau ds/dt = R - s over the step's spikes."""
    dt = 0.05
    rates = np.array([4.0, 20.0, 8.0])
    network = Network(dataclasses.replace(UNCOUPLED, eta=CIRCUIT.eta + 0.3), TINY.sizes)  # without feedback
    raster = run(network, 50.0, seed=1, bin=dt, dt=dt, start=rates)
    heard = raster.rates() / 10
    keep = np.exp(-dt / np.array([CIRCUIT.tau_AMPA, CIRCUIT.tau_GP, CIRCUIT.tau_GS]))
    s = rates / 10
    for step, R in enumerate(heard):
        s = R + (s - R) * keep
        np.testing.assert_allclose(raster.activations[step, [0, 3, 4]], s, rtol=1e-9)


@pytest.mark.parametrize("network", [TINY, TINY_SPARSE], ids=["all to all", "sparse"])
def test_the_same_seed_gives_the_same_spikes_whatever_the_number_of_threads(network):
    seeds = range(4)
    alone = [run(network, 200.0, seed=seed) for seed in seeds]
    for threads in (1, 2, 4):
        together = run_many(network, 200.0, seeds=seeds, threads=threads)
        assert all(same_spikes(a, b) for a, b in zip(alone, together, strict=True))
    assert not same_spikes(alone[0], alone[1])


def test_full_buffers_of_spikes_lose_none(monkeypatch):
    whole = run(TINY, 300.0, seed=1)
    monkeypatch.setattr("euthymia.circuit.spiking.SPIKE_BUFFER", 0)
    assert same_spikes(whole, run(TINY, 300.0, seed=1))


def test_certain_contacts_are_the_all_to_all_network():
    """Only the order of additions differs, so spikes agree but for rounding."""
    certain = run(dataclasses.replace(TINY, connectivity=Sparse(1.0)), 300.0, seed=1)
    together = run(TINY, 300.0, seed=1)
    assert np.array_equal(certain.spike_cells, together.spike_cells)
    np.testing.assert_allclose(certain.spike_times, together.spike_times)
    np.testing.assert_allclose(certain.activations, together.activations, rtol=1e-9)


def test_sparse_contacts_give_the_all_to_all_conductances_on_average():
    """Without feedback both networks spike alike; what a pyramid hears differs by chance only."""
    circuit = dataclasses.replace(UNCOUPLED, J_A=np.full(3, 1e-12), J_P=np.full(3, 1e-12), J_S=np.full(3, 1e-12))
    network = Network(circuit, (800, 120, 80))
    sparse = dataclasses.replace(network, connectivity=Sparse(0.1))
    sparse_mean, all_to_all = (
        np.mean([run(each, 300.0, seed=seed).activations.mean(axis=0) for seed in (1, 2, 3)], axis=0)
        for each in (sparse, network)
    )
    assert np.all(all_to_all > 0)
    np.testing.assert_allclose(sparse_mean, all_to_all, rtol=0.02)


def test_cells_start_on_the_distribution_of_the_mean_field():
    """Of a Lorentzian density with half-width x and centre v, half lies within x of v."""
    network = Network(UNCOUPLED, (40_000, 40_000, 40_000))
    z = np.sqrt(-(CIRCUIT.eta + 1j * CIRCUIT.Delta))
    v, x = -z.real, np.abs(z.imag)
    for a, u in enumerate(np.split(starting_potentials(network, np.zeros(3), 0.0, 0.0, 1), 3)):
        np.testing.assert_allclose(np.quantile(u, [0.25, 0.5, 0.75]), v[a] + x[a] * np.array([-1, 0, 1]), atol=0.01)


def test_drive_in_time_reaches_only_its_own_bins():
    drive = np.zeros((200, 3))
    drive[100:, Population.PV] = 0.5
    still, driven = run(TINY, 200.0, seed=1), run(TINY, 200.0, seed=1, drive=drive)
    before = still.spike_times <= 100.0
    assert np.array_equal(driven.spike_times[: before.sum()], still.spike_times[before])
    assert driven.mean_rates(100.0)[Population.PV] > still.mean_rates(100.0)[Population.PV]


def test_a_finer_step_gives_the_same_rates():
    network = default_network(1000)
    fine, usual = (run(network, 600.0, seed=1, dt=dt).mean_rates(100.0) for dt in (0.0125, 0.05))
    np.testing.assert_allclose(usual, fine, rtol=0.03)


def test_both_forms_of_magnesium_run_in_sparse_and_dense_networks():
    for network in (TINY, TINY_SPARSE):
        sigmoidal = dataclasses.replace(network, magnesium=Magnesium.SIGMOIDAL)
        quadratic, other = (run(each, 600.0, seed=1).mean_rates(100.0) for each in (network, sigmoidal))
        np.testing.assert_allclose(other, quadratic, rtol=0.15)
        assert not np.array_equal(other, quadratic)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"duration": 0.0}, "expected finite numbers above 0"),
        ({"duration": float("inf")}, "expected finite numbers above 0"),
        ({"dt": -0.1}, "expected finite numbers above 0"),
        ({"dt": 0.03}, "do not fit; expected a bin of whole steps and a duration of whole bins"),
        ({"duration": 10.5}, "do not fit"),
        ({"bin": 0.01}, "do not fit"),
        ({"block": 1.5}, "block is 1.5; expected fractions from 0 to 1"),
        ({"block": float("nan")}, "expected fractions from 0 to 1"),
        ({"block": [0.1, 0.2]}, r"block has shape \(2,\); expected one number, \(3,\) or \(10, 3\)"),
        ({"drive": np.zeros((9, 3))}, r"drive has shape \(9, 3\)"),
        ({"drive": float("inf")}, "drive is inf; expected finite numbers"),
        ({"drive": 1e6}, r"dt is 0.05 ms; the most strongly driven cell of this network allows 0.007"),
        ({"drive": -1e6}, r"allows 0.007"),
        ({"start": [1.0, 2.0]}, "expected three rates in Hz of at least 0"),
        ({"contacts": draw_contacts(TINY_SPARSE, 1)}, "contacts were given to an all-to-all network"),
    ],
)
def test_a_run_that_cannot_be_is_refused(arguments, words):
    with pytest.raises(NetworkError, match=words):
        run(TINY, **({"duration": 10.0, "seed": 1} | arguments))


def test_contacts_of_another_network_are_refused():
    other = dataclasses.replace(TINY_SPARSE, sizes=(80, 12, 9))
    with pytest.raises(NetworkError, match="contacts of 101 cells; expected those of this network's 100 cells"):
        run(TINY_SPARSE, 10.0, seed=1, contacts=draw_contacts(other, 1))
