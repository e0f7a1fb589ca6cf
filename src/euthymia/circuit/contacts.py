"""Who contacts whom in a sparse network: random contacts, listed by the cell that sends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from euthymia.circuit.mean_field import Population
from euthymia.circuit.network import Network, NetworkError, Sparse
from euthymia.engine.stream import Stream

# Gaps drawn beyond the expected number, in standard deviations of it; more are drawn in the rare case of too few.
SPARE_DEVIATIONS = 6.0


class Contacts(NamedTuple):
    """Contacts in compressed rows: cell i sends to ``targets[starts[i]:starts[i + 1]]``, ascending."""

    starts: Int[np.ndarray, " neuron_and_one"]
    targets: Int[np.ndarray, " contact"]


def draw_contacts(network: Network, seed: int) -> Contacts:
    """Return the contacts of a sparse network; the same seed gives the same contacts.

    Only pairs of populations joined by some synapse are drawn.

    Args:
        network: A network with `Sparse` connectivity.
        seed: Seed of the named streams.

    Raises:
        NetworkError: When the network is all-to-all.
    """
    if not isinstance(network.connectivity, Sparse):
        raise NetworkError("an all-to-all network has no list of contacts; give it connectivity Sparse(probability)")
    probability = network.connectivity.probability
    stream = Stream(seed).fold("circuit", "contacts")
    begins = network.bounds()
    sources, targets = [], []
    for a in Population:
        for b in Population:
            if joined(network, a, b):
                pairs = network.sizes[a] * network.sizes[b]
                hits = _hits(stream.fold(a.name, b.name), pairs, probability)
                sources.append((hits // network.sizes[b] + begins[a]).astype(np.int32))
                targets.append((hits % network.sizes[b] + begins[b]).astype(np.int32))
    source = np.concatenate([*sources, np.zeros(0, dtype=np.int32)])
    target = np.concatenate([*targets, np.zeros(0, dtype=np.int32)])
    order = np.argsort(source, kind="stable")  # within a sender the populations, and in each its cells, already ascend
    starts = np.zeros(network.neurons + 1, dtype=np.int64)
    np.cumsum(np.bincount(source, minlength=network.neurons), out=starts[1:])
    return Contacts(starts, target[order])


def joined(network: Network, a: Population, b: Population) -> bool:
    """Return whether any synapse leads from population a to population b."""
    circuit = network.circuit
    weights = {
        Population.E: (circuit.J_A, circuit.J_N),
        Population.PV: (circuit.J_P,),
        Population.SST: (circuit.J_S,),
    }
    return any(weight[b] != 0.0 for weight in weights[a])


def _hits(stream: Stream, pairs: int, probability: float) -> Int[np.ndarray, " hit"]:
    """Return which of ``pairs`` independent trials succeed, by the geometric gaps between successes."""
    if probability == 1.0:
        return np.arange(pairs)
    expected = pairs * probability
    count = int(expected + SPARE_DEVIATIONS * np.sqrt(expected) + SPARE_DEVIATIONS)
    while True:
        U = stream.uniform("gaps", 0, count)[:, 0]
        hits = np.cumsum(np.floor(np.log(U) / np.log1p(-probability)).astype(np.int64) + 1) - 1
        if hits[-1] >= pairs:
            return hits[hits < pairs]
        count *= 2
