"""The same network for another simulator: a Brian2 script, as text, that runs on its own.

Brian2's solvers cannot pass infinity, so there a cell is cut off at a potential u_p of the evidence record `network`,
reset to -u_p, and held for the time 2 tau_m/u_p that the way through infinity takes.
"""

from __future__ import annotations

import enum
from string import Template
from typing import Any

import numpy as np

from euthymia.circuit.magnesium import HALF_BLOCK_MM, SPAN_MV, STEEPNESS_PER_MV, millivolts
from euthymia.circuit.mean_field import (
    HZ_PER_ACTIVATION,
    PER_MS_TO_HZ,
    MeanField,
    Population,
    voltage_equation,
)
from euthymia.circuit.network import (
    MIDDLE_OFFSET,
    NORMAL_QUARTILE,
    AllToAll,
    Heterogeneity,
    Magnesium,
    Network,
    Sparse,
)
from euthymia.circuit.plan import planned
from euthymia.circuit.settled import settled_conductances, settled_rates_on_cpu
from euthymia.evidence import load_record


class BrianTarget(enum.Enum):
    """How Brian2 runs a script: the lines with which it begins, and with which it builds and runs."""

    NUMPY = ('prefs.codegen.target = "numpy"', "")
    CYTHON = ('prefs.codegen.target = "cython"', "")
    STANDALONE = (
        'set_device("cpp_standalone", build_on_run=False)',
        'device.build(directory=sys.argv[1] if len(sys.argv) > 1 else "output", run=False)\n'
        "built = sum(os.times()[:4])\ndevice.run()",
    )


SCRIPT = Template('''"""A cortical network of quadratic cells exported by euthymia.

Prints as JSON its rates in Hz and processor times in s.
"""

import json
import os
import sys

import numpy as np
from brian2 import (
    Network,
    NeuronGroup,
    SpikeMonitor,
    Synapses,
    defaultclock,
    device,
    linked_var,
    ms,
    prefs,
    seed,
    set_device,
)

begun = sum(os.times()[:4])  # of processor time, compilers and runs included
$begin
defaultclock.dt = $dt * ms
seed($seed)
random = np.random.default_rng($seed)

DURATION = $duration * ms
U_P = $u_p
NAMES = ("E", "PV", "SST")
SIZES = $sizes
TAU_M = $tau_m  # ms
ETA, DELTA = $eta, $Delta
# What a cell of each population settles to at the start: tau_m du/dt = q0 + eta_j + q1 u + q2 u^2
Q0, Q1, Q2 = $q0, $q1, $q2
START = dict(s_A=$s_A, h_N=$s_A, s_N=$s_A, s_P=$s_P, s_S=$s_S)  # 10 Hz
SYNAPSES = """
ds_A/dt = -s_A/($tau_AMPA*ms) : 1
dh_N/dt = -h_N/($tau_Nr*ms) : 1
ds_N/dt = (h_N - s_N)/($tau_Nd*ms) : 1
ds_P/dt = -s_P/($tau_GP*ms) : 1
ds_S/dt = -s_S/($tau_GS*ms) : 1
"""
HEARD = """
s_A : 1 (linked)
s_N : 1 (linked)
s_P : 1 (linked)
s_S : 1 (linked)
"""
# Weights in leak units per 10 Hz, NMDA times the share that is left of its receptors.
J_A, J_N, G_NX, J_P, J_S = $J_A, $J_N, $g_Nx, $J_P, $J_S
ON_SPIKE = {"E": "s_A_post += $jump_A; h_N_post += $jump_N", "PV": "s_P_post += $jump_P", "SST": "s_S_post += $jump_S"}
SHARED = $shared  # every cell hears the mean of each population
PROBABILITY = $probability


def drives(centre, width, N):
    """Return evenly spaced quantiles of the drive."""
$drives


def voltage(a):
    """Return the equations of a cell of population a."""
    return f"""
du/dt = (u**2 + eta + synaptic)/({TAU_M[a]}*ms) : 1 (unless refractory)
synaptic = g_A*($e_A - u) + g_N*($phi) + g_P*($e_P - u) + g_S*($e_S - u) : 1
g_A = {J_A[a]}*s_A : 1
g_N = {J_N[a]}*s_N + {G_NX[a]} : 1
g_P = {J_P[a]}*s_P : 1
g_S = {J_S[a]}*s_S : 1
eta : 1
"""


def start(eta, a):
    """Return where cells rest, or anywhere on their cycle."""
    D = Q1[a] ** 2 / 4 - (Q0[a] + eta) * Q2[a]
    x = np.sqrt(np.abs(D)) / Q2[a]
    u = -Q1[a] / (2 * Q2[a]) + np.where(D > 0, -x, x * np.tan(np.pi * (random.random(eta.size) - 0.5)))
    return np.clip(u, -U_P, 0.99 * U_P)


field = NeuronGroup(1, SYNAPSES, method="euler") if SHARED else None
groups, monitors, synapses = [], [], []
for a, name in enumerate(NAMES):
    cells = NeuronGroup(
        SIZES[a],
        voltage(a) + (HEARD if SHARED else SYNAPSES),
        threshold=f"u > {U_P}",
        reset=f"u = -{U_P}",
        refractory=2 * TAU_M[a] / U_P * ms,
        method="euler",
        name=name,
    )
    cells.eta = drives(ETA[a], DELTA[a], SIZES[a])
    cells.u = start(drives(ETA[a], DELTA[a], SIZES[a]), a)
    for variable in ("s_A", "s_N", "s_P", "s_S") if SHARED else START:
        setattr(cells, variable, linked_var(field, variable) if SHARED else START[variable])
    groups.append(cells)
    monitors.append(SpikeMonitor(cells, name=f"spikes_{name}"))
if SHARED:
    for variable, value in START.items():
        setattr(field, variable, value)
for source in groups:
    for target in [field] if SHARED else groups:
        if not SHARED and source.name == "SST" and target.name == "SST" and J_S[2] == 0:
            continue
        path = Synapses(source, target, on_pre=ON_SPIKE[source.name])
        path.connect(p=PROBABILITY)
        synapses.append(path)

network = Network(*groups, *monitors, *synapses, *([field] if SHARED else []))
$compile
built = sum(os.times()[:4])
network.run(DURATION)
$end
done = sum(os.times()[:4])
rates = [monitor.num_spikes / size / float(DURATION) for monitor, size in zip(monitors, SIZES)]
print(json.dumps({"rates": rates, "build_s": built - begun, "run_s": done - built}))
''')

LORENTZIAN = """    above = np.arange((N + 1) // 2)[::-1]
    share = np.minimum((above + $offset) / N, 0.5)
    share[0] = 0.5 if N % 2 else share[0]
    upper = 1 / np.tan(np.pi * share)
    return centre + width * np.concatenate([-upper[::-1][: N // 2], upper])"""
GAUSSIAN = """    from statistics import NormalDist

    normal = NormalDist()
    return centre + width * np.array([normal.inv_cdf((k + $middle) / N) for k in range(N)]) / $quartile"""


def export_brian2(
    network: Network,
    *,
    seed: int,
    duration: float = 1000.0,
    block: Any = 0.0,
    target: BrianTarget = BrianTarget.CYTHON,
    dt: float | None = None,
    compile_first: bool = False,
) -> str:
    """Return a Python script that runs the network in Brian2 and prints its rates (Hz) and processor times (s).

    Cells, drives, weights and start are the network's; who contacts whom is drawn by Brian2 with the same probability.

    Args:
        network: What to export.
        seed: Seed of Brian2's draws.
        duration: How long to run, in ms.
        block: Blocked fraction of NMDA receptors: one number or shape (3,).
        target: How Brian2 runs it. A standalone script takes the folder to build in as its argument.
        dt: Step in ms; by default `dt_u_p` of the evidence record `network`. A longer step needs an earlier cut-off,
            because a step at potential u moves it by u^2 dt/tau_m: u_p is lowered in proportion.
        compile_first: Whether to run a single step before the clock starts, so that ``run_s`` has no compilation in it.

    Returns:
        The script's text; it needs Brian2 and NumPy and nothing of this package.

    Raises:
        NetworkError: When duration, step or block are out of range.
    """
    record = load_record("network")
    fine = record.value("dt_u_p", "ms")
    plan = planned(duration, fine if dt is None else dt, None, block, 0.0)
    blocked, rates = plan.block[0], settled_rates_on_cpu(network.circuit, plan.block[0])
    numbers = _numbers(network, blocked, rates)
    begin, end = target.value
    return SCRIPT.substitute(
        numbers,
        begin=begin,
        end=end,
        compile="network.run(defaultclock.dt)" if compile_first and target is not BrianTarget.STANDALONE else "",
        seed=seed,
        duration=duration,
        dt=plan.dt,
        u_p=record.value("u_p", "1") * fine / plan.dt,
        shared=isinstance(network.connectivity, AllToAll),
    )


def _numbers(network: Network, block: Any, rates: Any) -> dict[str, Any]:
    """Return what the script needs to know of the network and of where it starts."""
    circuit = network.circuit
    release = float(circuit.release)
    at_zero = MeanField(**{**vars(circuit), "eta": np.zeros(len(Population))})
    q = voltage_equation(at_zero, settled_conductances(circuit, rates), block)
    s_E, s_PV, s_SST = (float(R) / HZ_PER_ACTIVATION for R in rates)
    share = network.connectivity.probability if isinstance(network.connectivity, Sparse) else 1.0
    E, PV, SST = (PER_MS_TO_HZ / (HZ_PER_ACTIVATION * N * share) for N in network.sizes)
    quantiles = GAUSSIAN if network.heterogeneity is Heterogeneity.GAUSSIAN else LORENTZIAN
    scalars = ("tau_AMPA", "tau_Nr", "tau_Nd", "tau_GP", "tau_GS", "e_A", "e_P", "e_S")
    return {
        **{name: float(getattr(circuit, name)) for name in scalars},
        **{name: _three(getattr(circuit, name)) for name in ("tau_m", "eta", "Delta", "J_A", "J_P", "J_S")},
        "J_N": _three(circuit.J_N * (1 - block)),
        "g_Nx": _three(circuit.g_Nx * (1 - block)),
        **{name: _three(values) for name, values in q._asdict().items()},
        "s_A": release * s_E,
        "s_P": s_PV,
        "s_S": s_SST,
        "jump_A": release * E / float(circuit.tau_AMPA),
        "jump_N": release * E / float(circuit.tau_Nr),
        "jump_P": PV / float(circuit.tau_GP),
        "jump_S": SST / float(circuit.tau_GS),
        "sizes": network.sizes,
        "probability": share,
        "drives": Template(quantiles).substitute(offset=network.offset, middle=MIDDLE_OFFSET, quartile=NORMAL_QUARTILE),
        "phi": _driving_function(network),
    }


def _driving_function(network: Network) -> str:
    """Return the NMDA driving function of u as an expression."""
    circuit = network.circuit
    if network.magnesium is Magnesium.QUADRATIC:
        return f"{float(circuit.mg0)} + {float(circuit.mg1)}*u + {float(circuit.mg2)}*u**2"
    scale = network.Mg / HALF_BLOCK_MM * float(np.exp(-STEEPNESS_PER_MV * millivolts(0.0)))
    return f"({float(circuit.e_A)} - u)/(1 + {scale}*exp(-{STEEPNESS_PER_MV * SPAN_MV}*u))"


def _three(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in np.broadcast_to(np.asarray(values, dtype=float), len(Population)))
