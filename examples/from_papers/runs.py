"""Many short runs of one leaky network, as experiments with hundreds of trials need them: group rates, nothing else.

The same cells, synapses and step as `leaky`, with Poisson events drawn by inversion inside the loop and spikes counted
by group; two to three times as fast. Runs differ from those of `leaky` by their draws.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from leaky import E_EXCITATION, STEP, STEPS_A_CHUNK, TAU_RISE, Group, Weights, opened, relaxed, unblocked
from numba import njit

CHUNK = STEP * STEPS_A_CHUNK  # ms
NAMES = ("tau_m", "refractory", "w_ext", "E_leak", "V_reset", "V_thr", "E_G")


def group_rates(
    groups: Sequence[Group], weights: Weights, events: Float[np.ndarray, "chunk group"], seed: int
) -> Float[np.ndarray, "chunk group"]:
    """Run a network from silence and return the rate of each group in Hz, in chunks of half a millisecond.

    Args:
        groups: The cells.
        weights: Who hears whom, how strongly.
        events: External events at each cell, the group's own among them, 1/ms.
        seed: Of where cells start and of the external events.
    """
    cells = np.array([each.cells for each in groups])
    first = np.concatenate([[0], np.cumsum(cells)])
    of_groups = np.array([[getattr(each, name) for each in groups] for name in NAMES], float)
    keep = np.exp(-STEP / np.array([[getattr(each, tau) for each in groups] for tau in ("tau_A", "tau_G")]))
    counts = np.zeros(events.shape)
    _run(seed, first, of_groups, keep, np.stack([weights.A, weights.N, weights.G]), events * STEP, counts)
    return counts / (cells * CHUNK) * 1000.0


@njit(error_model="numpy", nogil=True)
def _events(mean, none):
    """Return a Poisson number of this mean, of which the probability of none is known."""
    left, n, p = np.random.random(), 0, none  # noqa: NPY002  (the compiled generator, seeded at the start of each run)
    while left > p and n < 100:
        left -= p
        n += 1
        p *= mean / n
    return n


@njit(error_model="numpy", nogil=True)
def _run(seed, first, of_groups, keep, weights, events, counts):
    """Count each group's spikes chunk by chunk; the equations are those of `leaky._advance`."""
    np.random.seed(seed)  # noqa: NPY002
    tau_m, refractory, w_ext, E_leak, V_reset, V_thr, E_G = of_groups
    (keep_A, keep_G), (W_A, W_N, W_G) = keep, weights
    W_N = np.ascontiguousarray(W_N)
    groups, cells = len(tau_m), first[-1]
    V, wait, ext, x, s = np.empty(cells), np.zeros(cells), np.zeros(cells), np.zeros(cells), np.zeros(cells)
    gA, gG, fired, gates = np.zeros(groups), np.zeros(groups), np.zeros(groups), np.zeros(groups)
    for a in range(groups):
        for i in range(first[a], first[a + 1]):
            V[i] = E_leak[a] + np.random.random() * (V_thr[a] - E_leak[a])  # noqa: NPY002
    for k in range(len(events)):
        for a in range(groups):
            gates[a] = s[first[a] : first[a + 1]].sum()
        gN = W_N @ gates
        for _ in range(STEPS_A_CHUNK):
            for a in range(groups):
                mean, none = events[k, a], np.exp(-events[k, a])
                spikes, pull = 0, E_leak[a] + gG[a] * E_G[a]
                for i in range(first[a], first[a + 1]):
                    ext[i] = ext[i] * keep_A[a] + _events(mean, none)
                    x[i] -= STEP * x[i] / TAU_RISE
                    s[i] = opened(s[i], x[i])
                    if wait[i] > 0.0:
                        wait[i] -= STEP
                        continue
                    excites = gA[a] + w_ext[a] * ext[i] + gN[a] * unblocked(V[i])
                    total = 1.0 + excites + gG[a]
                    rest = (pull + excites * E_EXCITATION) / total
                    V[i] = relaxed(V[i], rest, total, tau_m[a])
                    if V[i] > V_thr[a]:
                        V[i] = V_reset[a]
                        wait[i] = refractory[a] - 0.5 * STEP
                        x[i] += 1.0
                        spikes += 1
                fired[a] = spikes
                counts[k, a] += spikes
            for a in range(groups):
                gA[a] *= keep_A[a]
                gG[a] *= keep_G[a]
                for b in range(groups):
                    gA[a] += W_A[a, b] * fired[b]
                    gG[a] += W_G[a, b] * fired[b]
