"""The spiking network in time: cells that pass through infinity exactly, spikes delivered one by one, no compiler.

A quadratic cell whose conductances stand still for a step obeys tau du/dt = q0 + q1 u + q2 u^2, whose solution is a
fractional linear map of u (`tiles`). Applied as such, a cell runs through infinity and returns from below within a
step: a spike is a sign change of the denominator, and neither a cut-off nor a hold is needed.
"""

# ruff: noqa: UP037  (array shapes are strings for jaxtyping)
from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from euthymia.circuit import tiles
from euthymia.circuit.contacts import Contacts, draw_contacts
from euthymia.circuit.magnesium import CENTRE_MV, HALF_BLOCK_MM, SPAN_MV, STEEPNESS_PER_MV
from euthymia.circuit.mean_field import HZ_PER_ACTIVATION, PER_MS_TO_HZ, MeanField, Population, voltage_equation
from euthymia.circuit.network import Magnesium, Network, Sparse, drives
from euthymia.circuit.plan import Plan, check_contacts, check_step, checked_rates, planned
from euthymia.circuit.raster import ACTIVATIONS, Raster
from euthymia.circuit.settled import settled_conductances, settled_rates_on_cpu
from euthymia.engine.stream import Stream

SPIKE_BUFFER = 1_000_000
MUTE = -100.0  # drive of the cells that fill up a tile: no input of a circuit makes them fire


def run(
    network: Network,
    duration: float,
    *,
    seed: int,
    block: Any = 0.0,
    drive: Any = 0.0,
    start: Any = None,
    contacts: Contacts | None = None,
    dt: float | None = None,
    bin: float | None = None,
    potentials: bool = True,
) -> Raster:
    """Run a network; the same network and seed give the same spikes, alone or among others in any number of threads.

    Args:
        network: What to run.
        duration: How long, in ms.
        seed: Seed of the named streams: the cells' potentials at the start, and who contacts whom.
        block: Blocked fraction of NMDA receptors: one number, shape (3,), or [bin, 3].
        drive: Drive added to every cell: likewise.
        start: Rates in Hz that every synapse remembers at the start, shape (3,); by default the mean field's fixed
            point. Begin elsewhere to see the network settle, or to leave an unstable fixed point.
        contacts: Contacts drawn before, for a sparse network; by default drawn from the seed.
        dt: Step of time in ms; by default that of the evidence record `network`.
        bin: Width of the bins in ms, a whole number of steps; by default that of the record.
        potentials: Whether to record median potentials, which currents and field potential need.

    Raises:
        NetworkError: When step, bin and duration do not fit, an input is out of range, the contacts are another
            network's, or the step is too long for the fastest cell.

    Example:
        >>> from euthymia.circuit.network import default_network
        >>> raster = run(default_network(200), 100.0, seed=1)
        >>> raster.rates().shape
        (100, 3)
    """
    plan = planned(duration, dt, bin, block, drive)
    first = dataclasses.replace(network.circuit, eta=network.circuit.eta + plan.drive[0])
    rates = settled_rates_on_cpu(first, plan.block[0]) if start is None else checked_rates(start)
    u = starting_potentials(network, rates, plan.block[0], plan.drive[0], seed)
    check_step(network, plan)
    if isinstance(network.connectivity, Sparse) and contacts is None:
        contacts = draw_contacts(network, seed)
    if contacts is not None:
        check_contacts(network, contacts)
    return _integrate(network, plan, rates, u, contacts, seed, potentials)


def run_many(network: Network, duration: float, *, seeds: Sequence[int], threads: int, **same: Any) -> list[Raster]:
    """Run a network once for each seed, several at a time.

    Args:
        network: What to run.
        duration: How long, in ms.
        seeds: One seed a run.
        threads: How many runs at a time; the answer does not depend on it.
        same: Further arguments of `run`, the same for all.

    Returns:
        Rasters in the order of the seeds.
    """
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda seed: run(network, duration, seed=seed, **same), seeds))


def starting_potentials(
    network: Network, rates: Any, block: Any, drive: Any, seed: int
) -> Float[np.ndarray, " neuron"]:
    """Return potentials drawn from what each cell would settle to at constant presynaptic rates.

    A cell below threshold rests at the lower root of q0 + q1 u + q2 u^2; one above it cycles, and stands anywhere on
    its cycle: u = v + x tan(pi (U - 1/2)), U uniform.

    Args:
        network: The network.
        rates: Presynaptic rates in Hz, shape (3,).
        block: Blocked fraction of NMDA receptors, shape (3,).
        drive: Additional drive, shape (3,).
        seed: Seed of the named streams.
    """
    circuit = dataclasses.replace(network.circuit, eta=np.zeros(len(Population)))
    q = voltage_equation(circuit, settled_conductances(circuit, np.asarray(rates, dtype=float)), block, drive)
    of = np.repeat(np.arange(len(Population)), network.sizes)
    q0, q1, q2 = (np.broadcast_to(values, len(Population))[of] for values in q)
    U = Stream(seed).fold("circuit", "start").uniform("phase", 0, network.neurons)[:, 0]
    D = q1**2 / 4 - (q0 + drives(network)) * q2
    x = np.sqrt(np.abs(D)) / q2
    return -q1 / (2 * q2) + np.where(D > 0, -x, x * np.tan(np.pi * (U - 0.5)))


def _integrate(
    network: Network,
    plan: Plan,
    rates: Float[np.ndarray, "3"],
    u: Float[np.ndarray, " neuron"],
    contacts: Contacts | None,
    seed: int,
    potentials: bool,
) -> Raster:
    circuit, bins, n = network.circuit, plan.steps // plan.per_bin, network.neurons
    spikes, activations = np.zeros((bins, 3)), np.zeros((bins, len(ACTIVATIONS)))
    medians = np.full((bins, 3), np.nan)
    spike_step = np.empty(max(SPIKE_BUFFER, 2 * n), dtype=np.int32)
    spike_cell = np.empty_like(spike_step)
    remembered = rates / HZ_PER_ACTIVATION * np.array([float(circuit.release), 1.0, 1.0])
    s = remembered[[0, 0, 0, 1, 2]]
    settings = (
        np.array(network.bounds()),
        plan.dt / np.broadcast_to(circuit.tau_m, 3),
        _weights(circuit),
        (float(circuit.e_A), float(circuit.e_P), float(circuit.e_S)),
        _magnesium(network),
        _filters(circuit, plan.dt),
        _per_spike(network, plan.dt),
        plan.drive,
        plan.block,
        network.magnesium is Magnesium.SIGMOIDAL,
    )
    records = (spike_step, spike_cell, spikes, activations, medians, potentials)
    if contacts is None:
        state, fired = (u, s, drives(network)), (np.empty(n, dtype=np.bool_),)
    else:
        cells, address = _laid_out(network, u, s)
        state, fired = (cells, address, contacts.starts, address[contacts.targets]), ()
    advance: Any = tiles.advance_together if contacts is None else tiles.advance_apart
    now, parts = 0, []
    while now < plan.steps:
        now, used = advance(now, plan.steps, plan.per_bin, *state, *settings, *fired, *records)
        parts.append((spike_step[:used].copy(), spike_cell[:used].copy()))
    steps, cells = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Raster(
        network=network,
        seed=seed,
        bin=plan.bin,
        spike_times=plan.dt * (steps + 1.0),
        spike_cells=cells,
        counts=spikes,
        activations=activations,
        potentials=medians if potentials else None,
        block=plan.block,
    )


def _laid_out(
    network: Network, u: Float[np.ndarray, " neuron"], s: Float[np.ndarray, "5"]
) -> tuple[Float[np.ndarray, " number"], Int[np.ndarray, " neuron"]]:
    """Return the cells of a sparse network in tiles, and where each cell's potential stands; surplus cells are mute."""
    full = [-(-size // tiles.APART) for size in network.sizes]
    first = np.concatenate([[0], np.cumsum(full)])
    places = [first[a] * tiles.SIZE + np.arange(size) for a, size in enumerate(network.sizes)]
    within = [np.arange(size) // tiles.APART * (tiles.SIZE - tiles.APART) for size in network.sizes]
    address = (np.concatenate(places) + np.concatenate(within)).astype(np.uint32)
    cells = np.zeros(int(first[-1]) * tiles.SIZE)
    cells.reshape(-1, tiles.SIZE)[:, int(tiles.ETA) : int(tiles.ETA) + tiles.APART] = MUTE
    rows = (tiles.U, tiles.ETA, tiles.S_A, tiles.H_N, tiles.S_N, tiles.S_P, tiles.S_S)
    for row, values in zip(rows, (u, drives(network), *s), strict=True):
        cells[address + np.uint32(row)] = values
    return cells, address


def _per_spike(network: Network, dt: float) -> tuple[float, float, float]:
    """Return the rate, in 10 Hz over one step, that one heard spike of E, PV or SST stands for."""
    share = network.connectivity.probability if isinstance(network.connectivity, Sparse) else 1.0
    unit = PER_MS_TO_HZ / (HZ_PER_ACTIVATION * dt * share)
    E, PV, SST = network.sizes
    return unit * float(network.circuit.release) / E, unit / PV, unit / SST


def _weights(circuit: MeanField) -> Float[np.ndarray, "3 5"]:
    columns = (circuit.J_A, circuit.J_N, circuit.g_Nx, circuit.J_P, circuit.J_S)
    return np.stack([np.broadcast_to(np.asarray(column, dtype=float), 3) for column in columns], axis=-1)


def _magnesium(network: Network) -> tuple[float, float, float, float, float]:
    """Return the quadratic's coefficients, and steepness and scale of 1/(1 + scale exp(-steepness u))."""
    circuit = network.circuit
    scale = network.Mg / HALF_BLOCK_MM * float(np.exp(-STEEPNESS_PER_MV * CENTRE_MV))
    return float(circuit.mg0), float(circuit.mg1), float(circuit.mg2), STEEPNESS_PER_MV * SPAN_MV, scale


def _filters(circuit: MeanField, dt: float) -> tuple[float, float, float, float, float, float]:
    """Return what is left of each activation after a step of constant input, and the NMDA cross term."""
    k_A, k_Nr, k_Nd, k_P, k_S = (
        float(np.exp(-dt / tau))
        for tau in (circuit.tau_AMPA, circuit.tau_Nr, circuit.tau_Nd, circuit.tau_GP, circuit.tau_GS)
    )
    rise, decay = float(circuit.tau_Nr), float(circuit.tau_Nd)
    cross = dt / decay * k_Nd if rise == decay else rise / (rise - decay) * (k_Nr - k_Nd)
    return k_A, k_Nr, k_Nd, cross, k_P, k_S
