"""Leaky integrate-and-fire networks in the style of Brunel & Wang 2001, which three of these papers build on.

Cells of one group share their parameters and hear the sums of all groups; NMDA may instead be given cell by cell, as a
ring needs it. Conductances are in units of the leak, potentials in mV, times in ms. No transmission delays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numba import njit

from euthymia.circuit.magnesium import HALF_BLOCK_MM, STEEPNESS_PER_MV

STEP = 0.1  # ms
STEPS_A_CHUNK = 5  # NMDA input stands still for half a millisecond; it rises in 2 ms and decays in 100
TAU_RISE, TAU_DECAY, ALPHA = 2.0, 100.0, 0.5  # of NMDA gating: ms, ms, 1/ms
E_EXCITATION = 0.0


@dataclass(frozen=True)
class Group:
    """Cells that share their parameters.

    Attributes:
        cells: How many.
        tau_m: Membrane time constant, ms.
        refractory: Time after a spike, ms.
        w_ext: External AMPA conductance of an event, leaks.
        rate_ext: Rate of external events at each cell, 1/ms.
        E_leak: Resting potential, mV.
        V_reset: Potential after a spike, mV.
        V_thr: Threshold, mV.
        tau_A: Decay of AMPA onto these cells, ms.
        tau_G: Decay of GABA onto these cells, ms.
        E_G: Reversal potential of GABA, mV.
    """

    cells: int
    tau_m: float
    refractory: float
    w_ext: float
    rate_ext: float
    E_leak: float = -70.0
    V_reset: float = -55.0
    V_thr: float = -50.0
    tau_A: float = 2.0
    tau_G: float = 10.0
    E_G: float = -70.0


@dataclass(frozen=True, eq=False)
class Weights:
    """Conductances that one spike (AMPA, GABA) or one open gate (NMDA) of a group makes, leaks, [onto, from]."""

    A: Float[np.ndarray, "group group"]
    N: Float[np.ndarray, "group group"]
    G: Float[np.ndarray, "group group"]


@dataclass(frozen=True)
class Stimulus:
    """Something done to one group for a while.

    Attributes:
        group: Which.
        start: ms.
        stop: ms.
        events: Further external events at each cell, 1/ms, as strong as the group's own.
        current: Current over leak, mV; or an array, cell by cell.
    """

    group: int
    start: float
    stop: float
    events: float = 0.0
    current: float | Float[np.ndarray, " cell"] = 0.0


@dataclass(frozen=True, eq=False)
class Spikes:
    """Spikes counted in chunks of half a millisecond, [chunk, cell]; `rate` averages them."""

    groups: tuple[Group, ...]
    counts: np.ndarray

    def rate(self, group: int, start: float, stop: float) -> float:
        """Return a group's mean rate in Hz from ``start`` to ``stop`` ms."""
        first = sum(each.cells for each in self.groups[:group])
        return float(self.cell_rates(start, stop)[first : first + self.groups[group].cells].mean())

    def cell_rates(self, start: float, stop: float) -> Float[np.ndarray, " cell"]:
        """Return each cell's rate in Hz from ``start`` to ``stop`` ms."""
        a, b = (round(t / (STEP * STEPS_A_CHUNK)) for t in (start, stop))
        return self.counts[a:b].sum(axis=0) / (stop - start) * 1000.0


def simulate(
    groups: Sequence[Group],
    weights: Weights,
    stimuli: Sequence[Stimulus],
    duration: float,
    seed: int,
    spread: Callable[[np.ndarray], np.ndarray] | None = None,
) -> Spikes:
    """Run a network from silence.

    Args:
        groups: The cells.
        weights: Who hears whom, how strongly.
        stimuli: What is done to it.
        duration: ms.
        seed: Of the external events.
        spread: Makes the NMDA conductance of every cell (leaks) of the open gates of every cell; by default the sums of
            groups weighted by ``weights.N``.
    """
    of = np.repeat(np.arange(len(groups)), [each.cells for each in groups])
    each = {
        name: np.array([getattr(group, name) for group in groups])[of]
        for name in ("tau_m", "refractory", "w_ext", "E_leak", "V_reset", "V_thr", "E_G")
    }
    rng = np.random.default_rng(seed)
    V = each["E_leak"] + rng.uniform(0.0, 1.0, len(of)) * (each["V_thr"] - each["E_leak"])
    wait, ext, x, s = (np.zeros(len(of)) for _ in range(4))
    gA, gG = np.zeros(len(groups)), np.zeros(len(groups))
    decay = tuple(np.exp(-STEP / np.array([getattr(g, tau) for g in groups])) for tau in ("tau_A", "tau_G"))
    chunks = round(duration / (STEP * STEPS_A_CHUNK))
    counts = np.zeros((chunks, len(of)), dtype=np.uint8)
    for k in range(chunks):
        now = k * STEP * STEPS_A_CHUNK
        events, current = np.array([g.rate_ext for g in groups])[of], np.zeros(len(of))
        for stimulus in stimuli:
            if stimulus.start <= now < stimulus.stop:
                events[of == stimulus.group] += stimulus.events
                current[of == stimulus.group] += stimulus.current
        gN = (weights.N @ np.bincount(of, weights=s, minlength=len(groups)))[of] if spread is None else spread(s)
        _advance(
            rng,
            V,
            wait,
            ext,
            x,
            s,
            of,
            gN,
            events * STEP,
            current,
            gA,
            gG,
            *decay,
            weights.A,
            weights.G,
            *each.values(),
            counts[k],
        )
    return Spikes(tuple(groups), counts)


@njit(error_model="numpy", nogil=True)
def opened(s, x):
    """Return the open share of NMDA receptors one step later, from it and from the transmitter that opens them."""
    return s + STEP * (ALPHA * x * (1.0 - s) - s / TAU_DECAY)


@njit(error_model="numpy", nogil=True)
def unblocked(V):
    """Return the share of NMDA receptors that magnesium leaves free at ``V`` mV."""
    return 1.0 / (1.0 + np.exp(-STEEPNESS_PER_MV * V) / HALF_BLOCK_MM)


@njit(error_model="numpy", nogil=True)
def relaxed(V, rest, total, tau_m):
    """Return the potential one step later, exactly, for conductances (``total``, leaks) held for the step."""
    return rest + (V - rest) * np.exp(-STEP * total / tau_m)


@njit(error_model="numpy", nogil=True)
def _advance(
    rng,
    V,
    wait,
    ext,
    x,
    s,
    of,
    gN,
    events,
    current,
    gA,
    gG,
    keep_A,
    keep_G,
    W_A,
    W_G,
    tau_m,
    refractory,
    w_ext,
    E_leak,
    V_reset,
    V_thr,
    E_G,
    counts,
):
    """Move everything on by one chunk; the potential by its exact solution at conductances held for a step."""
    groups = len(gA)
    fired = np.zeros(groups)
    for _ in range(STEPS_A_CHUNK):
        fired[:] = 0.0
        for i in range(len(V)):
            a = of[i]
            ext[i] = ext[i] * keep_A[a] + rng.poisson(events[i])
            x[i] -= STEP * x[i] / TAU_RISE
            s[i] = opened(s[i], x[i])
            if wait[i] > 0.0:
                wait[i] -= STEP
                continue
            excites = gA[a] + w_ext[i] * ext[i] + gN[i] * unblocked(V[i])
            total = 1.0 + excites + gG[a]
            rest = (E_leak[i] + excites * E_EXCITATION + gG[a] * E_G[i] + current[i]) / total
            V[i] = relaxed(V[i], rest, total, tau_m[i])
            if V[i] > V_thr[i]:
                V[i] = V_reset[i]
                wait[i] = refractory[i] - 0.5 * STEP
                x[i] += 1.0
                counts[i] += 1
                fired[a] += 1.0
        for a in range(groups):
            gA[a] *= keep_A[a]
            gG[a] *= keep_G[a]
            for b in range(groups):
                gA[a] += W_A[a, b] * fired[b]
                gG[a] += W_G[a, b] * fired[b]
