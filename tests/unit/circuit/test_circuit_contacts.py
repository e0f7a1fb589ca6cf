"""Who contacts whom: counts, independence, order, and repeatability."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.circuit.contacts import draw_contacts, joined
from euthymia.circuit.mean_field import MeanField, Population
from euthymia.circuit.network import Network, NetworkError, Sparse, default_network

CIRCUIT = MeanField.from_evidence()
SIZES = (400, 150, 100)
P = 0.1
NETWORK = Network(CIRCUIT, SIZES, connectivity=Sparse(P))


def matrix(network, contacts):
    """Contacts as a dense table [sender, target]."""
    table = np.zeros((network.neurons, network.neurons), dtype=int)
    senders = np.repeat(np.arange(network.neurons), np.diff(contacts.starts))
    np.add.at(table, (senders, contacts.targets), 1)
    return table


def blocks(network, table):
    """The table's part for each pair of populations."""
    bounds = network.bounds()
    return {(a, b): table[bounds[a] : bounds[a + 1], bounds[b] : bounds[b + 1]] for a in Population for b in Population}


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32), probability=st.floats(0.01, 1.0))
def test_nobody_contacts_anybody_twice_and_targets_ascend(seed, probability):
    network = Network(CIRCUIT, (30, 10, 10), connectivity=Sparse(probability))
    contacts = draw_contacts(network, seed)
    assert matrix(network, contacts).max(initial=0) <= 1
    for i in range(network.neurons):
        assert np.all(np.diff(contacts.targets[contacts.starts[i] : contacts.starts[i + 1]]) > 0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_number_of_contacts_is_binomial_for_each_pair_of_populations(seed):
    for (a, b), part in blocks(NETWORK, matrix(NETWORK, draw_contacts(NETWORK, seed))).items():
        if joined(NETWORK, a, b):
            assert part.sum() == pytest.approx(P * part.size, abs=4 * np.sqrt(part.size * P * (1 - P)))
        else:
            assert part.sum() == 0


def test_the_numbers_of_inputs_and_outputs_of_a_cell_vary_as_independent_contacts_do():
    part = blocks(NETWORK, matrix(NETWORK, draw_contacts(NETWORK, 1)))[Population.E, Population.E]
    for axis in (0, 1):
        degrees = part.sum(axis=axis)
        expected = SIZES[0] * P * (1 - P)
        # The variance of a sample variance over n cells is about 2/(n - 1) of its square.
        assert degrees.var(ddof=1) == pytest.approx(expected, rel=4 * np.sqrt(2 / (SIZES[0] - 1)))


def test_only_populations_with_a_synapse_between_them_are_joined():
    pairs = {(a.name, b.name) for a in Population for b in Population if joined(NETWORK, a, b)}
    assert pairs == {(a, b) for a in ("E", "PV", "SST") for b in ("E", "PV", "SST")} - {("SST", "SST")}


def test_the_same_seed_gives_the_same_contacts_and_another_seed_others():
    first, again, other = (draw_contacts(NETWORK, seed) for seed in (7, 7, 8))
    assert np.array_equal(first.targets, again.targets)
    assert np.array_equal(first.starts, again.starts)
    assert not np.array_equal(first.targets[:100], other.targets[:100])


def test_another_number_of_interneurons_leaves_the_contacts_among_pyramids_alone():
    more = Network(CIRCUIT, (400, 200, 100), connectivity=Sparse(P))
    here, there = (
        blocks(network, matrix(network, draw_contacts(network, 1)))[Population.E, Population.E]
        for network in (NETWORK, more)
    )
    assert np.array_equal(here, there)


def test_certain_contacts_are_all_of_them():
    network = Network(CIRCUIT, (5, 3, 2), connectivity=Sparse(1.0))
    assert len(draw_contacts(network, 1).targets) == 10 * 10 - 2 * 2


def test_an_all_to_all_network_has_no_list_of_contacts():
    with pytest.raises(NetworkError, match="give it connectivity Sparse"):
        draw_contacts(default_network(100), 1)
