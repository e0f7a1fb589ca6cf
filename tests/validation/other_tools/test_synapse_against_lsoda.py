"""The synapse beside SciPy's LSODA, which takes the same equations with an adaptive step."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from euthymia.circuit.synapse import Pair, pair, respond, with_drug
from euthymia.circuit.synapse_kinds import ReceptorKind
from euthymia.circuit.synapse_receptors import ReceptorAction
from euthymia.circuit.synapse_terminal import TerminalAction
from euthymia.evidence import load_record
from euthymia.models.two_cells import trapping_pair
from euthymia.pharmacology.receptor_kinetics import Receptor, TrappingReceptor

SPIKES, DURATION = (5.0, 12.0, 40.0), 100.0
VALUE = load_record("synapse").value
CELL = (VALUE("tau_m", "ms"), VALUE("E_leak", "mV"))


def followed(flow, jump, start) -> np.ndarray:
    """Return the states of LSODA at every half millisecond, spikes added to the first state."""
    y, out, edges = np.asarray(start, dtype=float), [], (0.0, *SPIKES, DURATION)
    for begin, end in itertools.pairwise(edges):
        if begin > 0.0:
            y[0] += jump
        t = np.arange(begin, end + 1e-9, 0.5)
        found = solve_ivp(flow, (begin, end), y, method="LSODA", t_eval=t, rtol=1e-10, atol=1e-13, max_step=1.0)
        out.append(found.y[:, :-1])
        y = found.y[:, -1].copy()
    return np.concatenate(out, axis=1)


def ours(two: Pair) -> np.ndarray:
    """Return our potential at every half millisecond but the last."""
    return respond(two, spikes=SPIKES, duration=DURATION).V[:-1:50]


def free_of_magnesium(V: float) -> float:
    return 1.0 / (1.0 + VALUE("Mg", "mM") * np.exp(-0.062 * V) / 3.57)


def test_ampa_and_nmda_with_drugs_at_every_step() -> None:
    r, u, q, b, A, release, uptake = 2.0, 0.7, 0.8, 0.3, 0.01, 0.9, 0.5
    k = (1.0 - VALUE("share_uptake", "1") * (1.0 - uptake)) / VALUE("tau_T", "ms")
    kon = np.array([VALUE("kon_AMPA", "1/(mM*ms)"), VALUE("kon_NMDA", "1/(mM*ms)")])
    koff = np.array([VALUE("koff_AMPA", "1/ms"), 1.0 / VALUE("tau_NMDA", "ms")])
    g = np.array([VALUE("g_AMPA", "leak"), VALUE("g_NMDA", "leak")]) * q * (1.0 - b)

    def flow(t: float, y: np.ndarray) -> list[float]:
        T, s, V = y[0], y[1:3], y[3]
        ds = kon * (T + A) / r * (1.0 - s) - koff * u * s
        pull = g[0] * s[0] + g[1] * s[1] * free_of_magnesium(V)
        return [-k * T, *ds, (CELL[1] - V - pull * V) / CELL[0]]

    drugged = with_drug(
        pair(ReceptorKind.AMPA, ReceptorKind.NMDA),
        terminal=TerminalAction(release=release, uptake=uptake),
        receptors=ReceptorAction(agonist=A, dose_ratio=r, unbinding=u, efficacy=q, block=b),
    )
    rest = respond(drugged, spikes=[], duration=1.0)
    start = [0.0, *(kon * A / r / (kon * A / r + koff * u)), rest.V[0]]
    found = followed(flow, release * VALUE("T_max", "mM"), start)
    np.testing.assert_allclose(ours(drugged), found[3], atol=1e-7)


def test_the_second_messenger() -> None:
    K1, KD, n = VALUE("K1_GABA_B", "1/(mM*ms)"), VALUE("KD_GABA_B", "1"), VALUE("n_GABA_B", "1")
    K2, K3, K4 = (VALUE(f"K{k}_GABA_B", "1/ms") for k in (2, 3, 4))

    def flow(t: float, y: np.ndarray) -> list[float]:
        T, R, G, V = y
        opened = G**n / (G**n + KD)
        I = VALUE("g_GABA_B", "leak") * opened * (VALUE("E_GABA_B", "mV") - V)  # noqa: E741
        return [-T / VALUE("tau_T", "ms"), K1 * T * (1 - R) - K2 * R, K3 * R - K4 * G, (CELL[1] - V + I) / CELL[0]]

    found = followed(flow, VALUE("T_max", "mM"), [0.0, 0.0, 0.0, CELL[1]])
    np.testing.assert_allclose(ours(pair(ReceptorKind.GABA_B)), found[3], atol=1e-7)


@pytest.mark.parametrize("c", [0.0, 10.0])
def test_the_trapping_scheme(c: float) -> None:
    scheme = TrappingReceptor.from_record(load_record("nmda_kinetics"))
    rates = {name: float(getattr(scheme, name)) / 3.6e6 for name in ("kb", "ku", "kd", "kr", "ko", "kc")}  # per ms

    def flow(t: float, y: np.ndarray) -> list[float]:
        T, V, U1, U2, D, O, B0, B1, B2, BD, BO = y  # noqa: E741
        U0 = 1.0 - sum(y[2:])
        glu = 1000.0 * T

        def gating(n0: float, n1: float, n2: float, nD: float, nO: float) -> tuple[float, float, float, float]:
            k = rates
            first, second = k["kb"] * glu * n0 - k["ku"] * n1, k["kb"] * glu * n1 - k["ku"] * n2
            return first, second, k["kd"] * n2 - k["kr"] * nD, k["ko"] * n2 - k["kc"] * nO

        J1, J2, JD, JO = gating(U0, U1, U2, D, O)
        K1, K2, KD, KO = gating(B0, B1, B2, BD, BO)
        leak = -np.log1p(-scheme.untrapped) / scheme.t_release / 3.6e6
        JB = float(scheme.k_plus) / 3.6e6 * c * free_of_magnesium(V) * O - float(scheme.k_minus(V)) / 3.6e6 * BO
        I = VALUE("g_NMDA", "leak") * O * free_of_magnesium(V) * (0.0 - V)  # noqa: E741
        shares = [
            J1 - J2 + leak * B1,
            J2 - JD - JO + leak * B2,
            JD + leak * BD,
            JO - JB,
            -K1 - leak * B0,
            K1 - K2 - leak * B1,
            K2 - KD - KO - leak * B2,
            KD - leak * BD,
            KO + JB,
        ]
        return [-T / VALUE("tau_T", "ms"), (CELL[1] - V + I) / CELL[0], *shares]

    found = followed(flow, VALUE("T_max", "mM"), [0.0, CELL[1], *([0.0] * len(Receptor._fields))])
    np.testing.assert_allclose(ours(trapping_pair(c)), found[1], atol=1e-7)
