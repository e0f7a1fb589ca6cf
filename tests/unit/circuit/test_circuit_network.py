"""What a network is: sizes, drives, what finite numbers of cells miss, and what is refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.circuit.mean_field import MeanField
from euthymia.circuit.network import (
    BALANCED_OFFSET,
    MIDDLE_OFFSET,
    Heterogeneity,
    Network,
    NetworkError,
    Sparse,
    default_network,
    default_sparse,
    drives,
    missing_rate,
)

CIRCUIT = MeanField.from_evidence()


def by_population(network, values):
    return np.split(values, network.bounds()[1:3])


def test_the_default_network_has_the_shares_of_the_record():
    network = default_network(10_000)
    assert network.sizes == (8000, 1200, 800)
    assert network.bounds() == (0, 8000, 9200, 10_000)


@given(neurons=st.integers(10, 5000))
def test_every_population_of_any_network_has_a_cell_and_none_is_lost(neurons):
    network = default_network(neurons)
    assert min(network.sizes) >= 1
    assert network.neurons == neurons


@given(sizes=st.tuples(*[st.integers(1, 300)] * 3))
def test_drives_ascend_and_mirror_each_other_about_the_centre(sizes):
    network = Network(CIRCUIT, sizes)
    for a, eta in enumerate(by_population(network, drives(network))):
        assert np.all(np.diff(eta) > 0)
        np.testing.assert_allclose(eta + eta[::-1], 2 * CIRCUIT.eta[a], atol=1e-9 * np.abs(eta).max())


def test_a_single_cell_has_the_median_drive():
    np.testing.assert_allclose(drives(Network(CIRCUIT, (1, 1, 1))), CIRCUIT.eta)


@pytest.mark.parametrize("heterogeneity", list(Heterogeneity))
def test_both_kinds_of_drive_have_the_same_quartiles(heterogeneity):
    network = Network(CIRCUIT, (20_000, 20_000, 20_000), heterogeneity=heterogeneity)
    for a, eta in enumerate(by_population(network, drives(network))):
        expected = CIRCUIT.eta[a] + CIRCUIT.Delta[a] * np.array([-1.0, 0.0, 1.0])
        np.testing.assert_allclose(np.quantile(eta, [0.25, 0.5, 0.75]), expected, atol=1e-4)


def uncoupled_mean_rate(network):
    """Mean over cells of sqrt(max(eta, 0))/(pi tau) in Hz, the closed form of the f-I curve."""
    parts = by_population(network, np.sqrt(np.maximum(drives(network), 0.0)))
    return np.array([1000 * part.mean() for part in parts]) / (np.pi * CIRCUIT.tau_m)


def whole_lorentzian_rate():
    """The same mean over a whole Lorentzian: the imaginary part of sqrt(-eta + i Delta)/(pi tau), here in reals."""
    eta, Delta = CIRCUIT.eta, CIRCUIT.Delta
    return 1000 * np.sqrt((eta + np.sqrt(eta**2 + Delta**2)) / 2) / (np.pi * CIRCUIT.tau_m)


@pytest.mark.parametrize("offset", [MIDDLE_OFFSET, 1.0])
def test_uncoupled_cells_miss_what_the_tail_formula_says(offset):
    """The formula's relative error falls as N^-1/2."""
    network = Network(CIRCUIT, (800_000, 120_000, 80_000), offset=offset)
    missed = whole_lorentzian_rate() - uncoupled_mean_rate(network)
    np.testing.assert_allclose(missed, missing_rate(network), rtol=5e-3)


def test_with_balanced_quantiles_next_to_nothing_is_missed():
    network = Network(CIRCUIT, (8000, 1200, 800), offset=BALANCED_OFFSET)
    np.testing.assert_allclose(missing_rate(network), 0.0, atol=1e-10)
    np.testing.assert_allclose(uncoupled_mean_rate(network), whole_lorentzian_rate(), rtol=1e-3)


def test_the_tail_formula_agrees_with_the_cut_integral():
    """2 Delta/(pi^2 tau sqrt(eta_max)) with eta_max = 2 N Delta/pi; the specification prints 0.26 and 0.07 Hz."""
    network = Network(CIRCUIT, (8000, 1200, 800), offset=1.0)
    eta_max = 2 * np.array(network.sizes) * CIRCUIT.Delta / np.pi
    cut = 1000 * 2 * CIRCUIT.Delta / (np.pi**2 * CIRCUIT.tau_m * np.sqrt(eta_max))
    np.testing.assert_allclose(missing_rate(network), cut, rtol=0.04)
    np.testing.assert_allclose(cut[[2, 0]], [0.26, 0.07], atol=0.005)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sizes": (8, 0, 1)}, r"sizes are \(8, 0, 1\); expected three numbers of at least 1, for E, PV and SST"),
        ({"sizes": (8, 1)}, r"sizes are \(8, 1\)"),
        ({"offset": 0.0}, "offset is 0.0; expected more than 0 and at most 1"),
        ({"Mg": 0.0}, "Mg is 0.0 mM; expected more than 0"),
        ({"circuit": dataclasses.replace(CIRCUIT, eta=np.zeros((2, 3)))}, r"shape \(2, 3\); expected one circuit"),
    ],
)
def test_a_network_that_cannot_be_is_refused(change, words):
    with pytest.raises(NetworkError, match=words):
        Network(**({"circuit": CIRCUIT, "sizes": (8, 1, 1)} | change))


@pytest.mark.parametrize("probability", [0.0, -0.1, 1.1, float("nan")])
def test_a_probability_outside_its_range_is_refused(probability):
    with pytest.raises(NetworkError, match="expected more than 0 and at most 1"):
        Sparse(probability)


def test_too_few_cells_are_refused():
    with pytest.raises(NetworkError, match="a network of 9 cells; expected at least 10"):
        default_network(9)


def test_the_default_contacts_are_those_of_the_record():
    assert default_sparse() == Sparse(0.1)
