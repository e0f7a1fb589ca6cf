"""Ramirez-Mahaluf, Roxin, Mayberg & Compte 2017, Cereb Cortex 27:660: depression as an area that does not let go.

A ventral (vACC, emotion) and a dorsal area (dlPFC, cognition) suppress each other; a cue switches between them. Slower
glutamate decay in vACC keeps it active by itself, in the severe case even against a cognitive cue; hyperpolarised vACC
cells (SSRI) or driven vACC interneurons (deep brain stimulation) counteract. Here: that network of 2,000 leaky cells.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from beside import Line, show
from leaky import Group, Stimulus, Weights, simulate

CITATION = "Ramirez-Mahaluf, Roxin, Mayberg & Compte 2017, Cereb Cortex 27:660, abstract; ModelDB 240954"
VACC, VACC_I, DLPFC, DLPFC_I = range(4)
EE_AMPA, EE_NMDA, EI_AMPA, EI_NMDA, IE, II, CROSS = (
    0.0009454,
    0.001761,
    0.0004,
    0.0012,
    0.005,
    0.004865,
    0.0004,
)  # leaks
EXT_E, EXT_I, RATE_EXT = 0.082708, 0.081, 1.8  # leaks, leaks, 1/ms
CUE = 0.2 * 0.0955 / EXT_E  # 1/ms: 200 Hz of events of 0.0955 leaks
SAD, WORKING_MEMORY = 2000.0, 4000.0  # when the two cues begin, for 250 ms
WINDOWS = ((1000.0, 2000.0), (2500.0, 4000.0), (4500.0, 6000.0))
DECAYS = {"healthy": 2.0, "mild": 2.05, "moderate": 2.10, "severe": 2.15}  # of AMPA in vACC, ms
SSRI, TOO_MUCH = -70.5, -71.5  # mV, resting potential of vACC pyramids; a scan of ours, not the paper's values
DBS = 0.13  # 1/ms of events at each vACC interneuron (the usual 130 Hz); the paper's strength is not known here
ACTIVE, SUPPRESSED = 10.0, 5.0  # Hz of pyramidal cells: more is active, less is suppressed
SEEDS = (1, 2)


def network(decay: float = 2.0, E_leak: float = -70.0) -> tuple[list[Group], Weights]:
    """Return the two areas.

    Args:
        decay: Of AMPA onto vACC, external included, ms.
        E_leak: Resting potential of vACC pyramidal cells, mV.
    """
    E = Group(800, 20.0, 2.0, EXT_E, RATE_EXT)
    inhibitory = Group(200, 10.0, 1.0, EXT_I, RATE_EXT)
    ventral = [dataclasses.replace(E, tau_A=decay, E_leak=E_leak), dataclasses.replace(inhibitory, tau_A=decay)]
    A, N, G = np.zeros((3, 4, 4))
    for e, i, other in ((VACC, VACC_I, DLPFC), (DLPFC, DLPFC_I, VACC)):
        A[e, e], A[i, e], A[i, other] = EE_AMPA, EI_AMPA, CROSS
        N[e, e], N[i, e] = EE_NMDA, EI_NMDA
        G[e, i], G[i, i] = IE, II
    return [*ventral, E, inhibitory], Weights(A, N, G)


def rates(*more: Stimulus, **changed: float) -> np.ndarray:
    """Return E rates in Hz at rest, after the sad and after the working-memory cue, [window, (vACC, dlPFC)]."""
    cues = [Stimulus(VACC, SAD, SAD + 250.0, events=CUE)]
    cues.append(Stimulus(DLPFC, WORKING_MEMORY, WORKING_MEMORY + 250.0, events=CUE))
    found = [simulate(*network(**changed), [*cues, *more], WINDOWS[-1][1], seed) for seed in SEEDS]
    return np.mean([[[run.rate(g, *window) for g in (VACC, DLPFC)] for window in WINDOWS] for run in found], axis=0)


def told(found: np.ndarray) -> str:
    """Return the rates as text."""
    parts = zip(("rest", "sad cue", "memory cue"), found, strict=True)
    return "; ".join(f"{name} {ventral:.1f}/{dorsal:.1f}" for name, (ventral, dorsal) in parts) + " Hz (vACC/dlPFC)"


def switches(found: np.ndarray) -> bool:
    """Return whether both areas are quiet at rest and each cue activates its own area and suppresses the other."""
    rest, sad, memory = found
    return bool(max(rest) < SUPPRESSED and sad[0] > ACTIVE > sad[1] and memory[1] > ACTIVE > memory[0])


def compare() -> list[Line]:
    """Return what the paper states beside the rates of the network."""
    by_state = {state: rates(decay=decay) for state, decay in DECAYS.items()}
    healthy, mild, moderate, severe = by_state.values()
    ssri, too_much = (rates(decay=DECAYS["moderate"], E_leak=E_leak) for E_leak in (SSRI, TOO_MUCH))
    dbs = rates(Stimulus(VACC_I, 0.0, WINDOWS[-1][1], events=DBS), decay=DECAYS["moderate"])
    sustained = [found[0, 0] for found in (mild, moderate, severe)]
    return [
        Line(
            "the healthy switch",
            "the two areas switch between emotional and cognitive processing",
            told(healthy),
            switches(healthy),
        ),
        Line(
            "slower glutamate decay in vACC",
            "sustained vACC activity (decay 2.05, 2.10, 2.15 ms in place of 2.0)",
            "vACC at rest " + ", ".join(f"{each:.1f}" for each in sustained) + " Hz",
            bool(min(sustained) > ACTIVE > healthy[0, 0]),
        ),
        Line(
            "a cognitive signal in severe depression",
            "does not suppress vACC, and the response of dlPFC is disturbed",
            told(severe),
            bool(severe[2, 0] > ACTIVE and severe[2, 1] < healthy[2, 1] / 2),
        ),
        Line(
            "SSRI as hyperpolarised vACC pyramids",
            "counteracts the aberrant activity",
            f"moderate, {SSRI} mV: {told(ssri)}",
            switches(ssri),
        ),
        Line(
            "deep brain stimulation of vACC interneurons",
            "counteracts the aberrant activity",
            f"moderate, {1000 * DBS:.0f} Hz: {told(dbs)}",
            bool(dbs[0, 0] < SUPPRESSED),
        ),
        Line(
            "too much of the SSRI",
            "not in the abstract",
            f"moderate, {TOO_MUCH} mV: {told(too_much)}; vACC "
            + ("still answers the sad cue" if too_much[1, 0] > ACTIVE else "no longer answers the sad cue"),
            None,
        ),
        Line(
            "rates of the project's earlier re-implementation",
            "healthy 0.4/0.4; 36.7/0.2; 0.2/35.0 and moderate 45.0/0.2; 46.0/0.2; 0.6/34.7 Hz (within 20 % or 1 Hz)",
            f"healthy {told(healthy)}; moderate {told(moderate)}",
            _near(healthy, [[0.4, 0.4], [36.7, 0.2], [0.2, 35.0]])
            and _near(moderate, [[45.0, 0.2], [46.0, 0.2], [0.6, 34.7]]),
        ),
        Line("oscillations", "theta and beta/gamma mark the switch", "not looked at", None),
    ]


def _near(found: np.ndarray, stated: list[list[float]]) -> bool:
    return bool(np.all(np.abs(found - np.array(stated)) <= np.maximum(0.2 * np.array(stated), 1.0)))


LIMITS = (
    "means over two seeds, no delays, reset to -55 mV as in Brunel & Wang 2001 (the paper's is not known here; with "
    "-60 mV cues leave no memory). The slower decay acts on every AMPA input of vACC, the external ones included. "
    "Inhibition among vACC interneurons is .004865 as in the other area; the program that the paper shipped has .005, "
    "with which one seed of the moderate state kept vACC at 22 Hz against the memory cue."
)

if __name__ == "__main__":
    show(CITATION, "Two areas that suppress each other, and one that does not let go.", compare(), LIMITS)
