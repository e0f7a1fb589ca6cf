"""The compiled loops of the spiking network: one step of many cells at a time, and the delivery of spikes.

A step of h = dt/tau with frozen coefficients multiplies (u, 1) by exp(h B), B = [[q1/2, q0], [-q2, -q1/2]], and B B is
D times the identity. Up to a positive factor, which a fractional map does not feel,

    exp(h B) ~ d + h n B,   n/d = tanh(y)/y ~ (15 + y^2)/(15 + 6 y^2),   y^2 = h^2 (q1^2/4 - q0 q2)        (1)

so that a step costs one division and no branch. `plan.LARGEST_TURN` keeps y^2 where (1) holds to 1e-4.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from euthymia.circuit.compiled import compiled
from euthymia.circuit.median import median

TILE = 128  # cells advanced before their spikes are looked for, where all share their conductances

# Cells with conductances of their own lie in tiles of one flat array, a row of 64 numbers for each quantity. One array
# at fixed distances, because a compiler that cannot tell eight arrays apart does not vectorise the loop over cells.
APART = 64
U, ETA, S_A, H_N, S_N, S_P, S_S, FIRED = (np.uint64(row) for row in range(0, 8 * APART, APART))
SIZE = 8 * APART
TINY = 1e-300  # in place of a denominator of exactly zero
NODES = 256.0  # exp(-y) is the 256th power of a polynomial in y/256
FURTHEST = 30.0  # beyond this |y| the magnesium block is complete or absent


@njit(inline="always", error_model="numpy")
def _next(u, q0, q1, q2, h):
    """Return the potential a step later and whether it passed infinity."""
    half = 0.5 * q1
    D = h * h * (half * half - q0 * q2)
    d = 15.0 + 6.0 * D
    hn = h * (15.0 + D)
    num = d * u + hn * (half * u + q0)  # (1)
    den = d - hn * (q2 * u + half)
    den = den if den != 0.0 else TINY
    return num / den, den < 0.0


@njit(inline="always", error_model="numpy")
def _unblocked(u, steep, scale):
    """Return 1/(1 + scale exp(-steep u)) without a library call, to 1e-9, so that the loop stays vectorised."""
    y = -steep * u
    y = y if y < FURTHEST else FURTHEST
    y = y if y > -FURTHEST else -FURTHEST
    z = y / NODES
    e = 1.0 + z * (1.0 + z / 2.0 * (1.0 + z / 3.0 * (1.0 + z / 4.0 * (1.0 + z / 5.0 * (1.0 + z / 6.0)))))
    e = e * e
    e = e * e
    e = e * e
    e = e * e
    e = e * e
    e = e * e
    e = e * e
    e = e * e
    return 1.0 / (1.0 + scale * e)


@compiled
def _tile_together(u, eta, fired, lo, hi, q, sigmoid, h):
    """Advance cells that share their conductances; return how many fired."""
    base, q1, q2, g_N, e_N, steep, scale = q
    count = 0
    if sigmoid:
        for j in range(np.uint64(lo), np.uint64(hi)):  # unsigned, or each index is checked for its sign
            open_N = g_N * _unblocked(u[j], steep, scale)
            u[j], f = _next(u[j], base + eta[j] + open_N * e_N, q1 - open_N, q2, h)
            fired[j] = f
            count += f
    else:
        for j in range(np.uint64(lo), np.uint64(hi)):
            u[j], f = _next(u[j], base + eta[j], q1, q2, h)
            fired[j] = f
            count += f
    return count


@compiled
def _tile_apart(cells, at, w, e, mg, keep, drive, sigmoid, h):
    """Advance a tile of cells with conductances of their own, and let their synapses decay; return how many fired."""
    J_A, J_N, g_Nx, J_P, J_S = w
    e_A, e_P, e_S = e
    mg0, mg1, mg2, steep, scale = mg
    k_A, k_Nr, k_Nd, k_Nc, k_P, k_S = keep
    count = 0
    for j in range(np.uint64(at), np.uint64(at + APART)):
        A, rise, N, P, S = cells[j + S_A], cells[j + H_N], cells[j + S_N], cells[j + S_P], cells[j + S_S]
        cells[j + S_A] = A * k_A
        cells[j + H_N] = rise * k_Nr
        cells[j + S_N] = N * k_Nd + rise * k_Nc
        cells[j + S_P] = P * k_P
        cells[j + S_S] = S * k_S
        g_A, g_N, g_P, g_S = J_A * A, J_N * N + g_Nx, J_P * P, J_S * S
        q0 = cells[j + ETA] + drive + g_A * e_A + g_P * e_P + g_S * e_S
        q1 = -g_A - g_P - g_S
        u = cells[j + U]
        if sigmoid:
            open_N = g_N * _unblocked(u, steep, scale)
            u, f = _next(u, q0 + open_N * e_A, q1 - open_N, 1.0, h)
        else:
            u, f = _next(u, q0 + mg0 * g_N, q1 + mg1 * g_N, 1.0 + mg2 * g_N, h)
        cells[j + U] = u
        cells[j + FIRED] = 1.0 if f else 0.0
        count += f
    return count


@compiled
def _collect(fired, lo, hi, step, used, spike_step, spike_cell):
    for j in range(lo, hi):
        if fired[j]:
            spike_step[used] = step
            spike_cell[used] = j
            used += 1
    return used


@compiled
def _collect_apart(cells, at, first, last, step, used, spike_step, spike_cell):
    for j in range(min(APART, last - first)):
        if cells[at + np.uint64(j) + FIRED] > 0.0:
            spike_step[used] = step
            spike_cell[used] = first + j
            used += 1
    return used


@compiled
def advance_together(
    now, steps, per_bin, u, s, eta, bounds, h, w, e, mg, keep, per_spike, drive, block, sigmoid, fired,
    spike_step, spike_cell, spikes, activations, potentials, record_potentials,
):  # fmt: skip
    """Advance an all-to-all network from step ``now``; return the step reached and the spikes written.

    It stops early where the buffer of spikes could overflow. All state is in the arrays, so the next call goes on.
    """
    mg0, mg1, mg2, steep, scale = mg
    k_A, k_Nr, k_Nd, k_Nc, k_P, k_S = keep
    used = 0
    counts = np.zeros(3)
    while now < steps and used + u.size <= spike_cell.size:
        b = now // per_bin
        for a in range(3):
            g_A, g_N = w[a, 0] * s[0], (w[a, 1] * s[2] + w[a, 2]) * (1.0 - block[b, a])
            g_P, g_S = w[a, 3] * s[3], w[a, 4] * s[4]
            q0 = drive[b, a] + g_A * e[0] + g_P * e[1] + g_S * e[2]
            q1 = -g_A - g_P - g_S
            if sigmoid:
                q = (q0, q1, 1.0, g_N, e[0], steep, scale)
            else:
                q = (q0 + mg0 * g_N, q1 + mg1 * g_N, 1.0 + mg2 * g_N, 0.0, 0.0, 0.0, 0.0)
            before = used
            for lo in range(bounds[a], bounds[a + 1], TILE):
                hi = min(lo + TILE, bounds[a + 1])
                if _tile_together(u, eta, fired, lo, hi, q, sigmoid, h[a]) > 0:
                    used = _collect(fired, lo, hi, now, used, spike_step, spike_cell)
            counts[a] = used - before
            spikes[b, a] += used - before
        R = per_spike[0] * counts[0]
        s[0] = R + (s[0] - R) * k_A
        rise = s[1] - R
        s[2] = R + (s[2] - R) * k_Nd + rise * k_Nc
        s[1] = R + rise * k_Nr
        R = per_spike[1] * counts[1]
        s[3] = R + (s[3] - R) * k_P
        R = per_spike[2] * counts[2]
        s[4] = R + (s[4] - R) * k_S
        now += 1
        if now % per_bin == 0:
            activations[b] = s
            if record_potentials:
                for a in range(3):
                    potentials[b, a] = median(u[bounds[a] : bounds[a + 1]].copy())
    return now, used


@compiled
def advance_apart(
    now, steps, per_bin, cells, address, starts, targets, bounds, h, w, e, mg, keep, per_spike, drive, block, sigmoid,
    spike_step, spike_cell, spikes, activations, potentials, record_potentials,
):  # fmt: skip
    """Advance a sparse network as `advance_together` does; each spike is delivered to the cells that hear it.

    ``address`` says where in ``cells`` a cell's potential stands; ``targets`` are addresses. What a spike adds is what
    is left of its rate over one step after the filters, and is heard from the next step on.
    """
    k_A, k_Nr, k_Nd, k_Nc, k_P, k_S = keep
    to_A, to_Nr = per_spike[0] * (1.0 - k_A), per_spike[0] * (1.0 - k_Nr)
    to_Nd = per_spike[0] * (1.0 - k_Nd - k_Nc)
    to_P, to_S = per_spike[1] * (1.0 - k_P), per_spike[2] * (1.0 - k_S)
    used = 0
    while now < steps and used + address.size <= spike_cell.size:
        b = now // per_bin
        first = used
        for a in range(3):
            left = 1.0 - block[b, a]
            weights = (w[a, 0], w[a, 1] * left, w[a, 2] * left, w[a, 3], w[a, 4])
            before = used
            for lo in range(bounds[a], bounds[a + 1], APART):
                at = address[lo]
                if _tile_apart(cells, at, weights, e, mg, keep, drive[b, a], sigmoid, h[a]) > 0:
                    used = _collect_apart(cells, at, lo, bounds[a + 1], now, used, spike_step, spike_cell)
            spikes[b, a] += used - before
        for i in range(first, used):
            cell = spike_cell[i]
            heard = targets[starts[cell] : starts[cell + 1]]
            if cell < bounds[1]:
                for at in heard:
                    cells[at + S_A] += to_A
                    cells[at + H_N] += to_Nr
                    cells[at + S_N] += to_Nd
            elif cell < bounds[2]:
                for at in heard:
                    cells[at + S_P] += to_P
            else:
                for at in heard:
                    cells[at + S_S] += to_S
        now += 1
        if now % per_bin == 0:
            activations[b] = 0.0
            for at in address[: bounds[1]]:
                activations[b, 0] += cells[at + S_A] / bounds[1]
                activations[b, 1] += cells[at + H_N] / bounds[1]
                activations[b, 2] += cells[at + S_N] / bounds[1]
                activations[b, 3] += cells[at + S_P] / bounds[1]
                activations[b, 4] += cells[at + S_S] / bounds[1]
            if record_potentials:
                for a in range(3):
                    potentials[b, a] = median(cells[address[bounds[a] : bounds[a + 1]]])
    return now, used
