"""The way from the spray to mood once more, written out by hand for other solvers: 16 states from the science notes.

Nothing here uses the package's equations, so that an error in the mechanisms, the closed form or the scheme shows as a
difference. `full_peers` goes on from here to tablets, therapy and autoreceptors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numba.extending import register_jitable

from crowd import REPORT, Crowd
from euthymia.engine.linear import Event
from euthymia.engine.mechanism import Scalar
from euthymia.models.chain import Chain
from euthymia.safety.dissociation import AcuteTolerance
from solvers import Equations, Problem

STATES = ("nas", "sw", "c", "p1", "p2", "hep", "nk", "nkp", "effect", "tolerance")
SLOW = ("bdnf", "mtor", "pot", "spn", "sev", "area")
N = len(STATES) + len(SLOW)
PARAMETERS = (
    *("ka_n", "ka_sw", "Vc", "Q1", "Vp1", "Q2", "Vp2", "Qh", "Vh", "kel", "kmet", "Vcn", "CLn", "Vpn", "Q3"),
    *("ke0", "ktol", "free", "surge_scale", "direct_scale", "IC50_E", "c_half"),
    *("tau_bdnf", "tau_mtor", "k_pot", "tau_pot", "k_spn", "y_mtor", "spn_max", "chi"),
    *("tau_sev", "a_pot", "a_bdnf", "a_spn", "gain"),
)


def problem(crowd: Crowd, report: np.ndarray = REPORT) -> Problem:
    """Return a crowd's numbers and schedule as arrays."""
    chain, body = crowd.chain, crowd.body
    owners = (body, chain.bdnf, chain.potentiation, chain.spines, chain.severity)
    shared = upstream_numbers(chain, crowd.tolerance)
    p = columns(PARAMETERS, shared, owners, crowd.persons)
    jumps = jumps_of(crowd.events, crowd.persons, len(STATES))
    return Problem(EQUATIONS, p, np.asarray(chain.circuit.coefficients), *jumps, np.asarray(report, dtype=float))


def upstream_numbers(chain: Chain, tolerance: AcuteTolerance) -> dict[str, Scalar]:
    """Return the numbers between plasma and the trigger that are products of several."""
    brain, trigger, circuit = chain.brain, chain.trigger.trigger, chain.circuit
    return {
        "ke0": np.log(2.0) / brain.t_ke0,
        "ktol": np.log(2.0) / tolerance.t_tol,
        "free": chain.fu * brain.Kpuu / (brain.molar_mass * brain.f_S),
        "surge_scale": trigger.w_dis * trigger.s_dis / circuit.peak,
        "direct_scale": trigger.w_dir * trigger.s_dir,
        "IC50_E": chain.block.IC50_E,
        "c_half": circuit.c_half,
    }


def columns(names: Sequence[str], shared: Mapping[str, Scalar], owners: Sequence[object], persons: int) -> np.ndarray:
    """Return the numbers of each person, [person, name], each from ``shared`` or from the first owner that has it."""
    p = np.empty((persons, len(names)))
    for column, name in enumerate(names):
        p[:, column] = shared[name] if name in shared else next(getattr(o, name) for o in owners if hasattr(o, name))
    return p


def jumps_of(events: Sequence[Event], persons: int, states: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the times at which inputs jump, h, and from each on what is added and what flows in, as `Problem` says."""
    t = np.unique(np.round([0.0, *(e.t for e in events), *(e.t + e.duration for e in events)], 10))
    bolus, inflow = np.zeros((2, persons, t.size, states))
    for event in events:
        first = int(np.argmin(np.abs(t - event.t)))
        if event.duration == 0.0:
            bolus[:, first, event.target] += event.amount
        else:
            last = int(np.argmin(np.abs(t - event.t - event.duration)))
            inflow[:, first:last, event.target] += (event.amount / event.duration)[:, None]
    return t, bolus, inflow


def initial(p: np.ndarray) -> np.ndarray:
    """Return the state before treatment, [state]."""
    y = np.zeros(N)
    y[13] = p[PARAMETERS.index("spn_max")] / (2.0 + p[PARAMETERS.index("chi")])
    return y


@register_jitable
def upstream(y, p, a, inflow, d):
    """Put the rates of change of amounts, effect site and tolerance into ``d``, and return the trigger."""
    (ka_n, ka_sw, Vc, Q1, Vp1, Q2, Vp2, Qh, Vh, kel, kmet, Vcn, CLn, Vpn, Q3) = p[:15]
    (ke0, ktol, free, surge_scale, direct_scale, IC50_E, c_half) = p[15:22]
    nas, sw, c, p1, p2, hep, nk, nkp, effect, tolerance = y[:10]
    d[0] = -ka_n * nas + inflow[0]
    d[1] = inflow[1] - ka_sw * sw
    d[2] = ka_n * nas + Q1 / Vp1 * p1 + Q2 / Vp2 * p2 + Qh / Vh * hep - (Q1 + Q2 + Qh) / Vc * c + inflow[2]
    d[3] = Q1 / Vc * c - Q1 / Vp1 * p1
    d[4] = Q2 / Vc * c - Q2 / Vp2 * p2
    d[5] = ka_sw * sw + Qh / Vc * c - (Qh / Vh + kel + kmet) * hep
    d[6] = kmet * hep - (CLn + Q3) / Vcn * nk + Q3 / Vpn * nkp
    d[7] = Q3 / Vcn * nk - Q3 / Vpn * nkp
    d[8] = ke0 * (1000.0 * c / Vc - effect)
    d[9] = ktol * (effect - tolerance)
    level = effect * free
    x = level / (level + c_half)
    z = 2.0 * x - 1.0
    after, later = 0.0, 0.0
    for k in range(len(a) - 1, 0, -1):
        after, later = a[k] + 2.0 * z * after - later, after
    change = x * (a[0] + z * after - later)
    return surge_scale * max(change, 0.0) + direct_scale * level / (level + IC50_E)


def _into(y, p, a, inflow, d):
    trigger = upstream(y, p, a, inflow, d)
    (tau_bdnf, tau_mtor, k_pot, tau_pot, k_spn, y_mtor, spn_max, chi) = p[22:30]
    (tau_sev, a_pot, a_bdnf, a_spn, gain) = p[30:35]
    bdnf, mtor, pot, spn, sev = y[10:15]
    d[10] = (trigger - bdnf) / tau_bdnf
    d[11] = (bdnf - mtor) / tau_mtor
    d[12] = k_pot * bdnf * (1.0 - pot) - pot / tau_pot
    d[13] = k_spn * (1.0 + y_mtor * mtor) * (spn_max - spn) - k_spn * (1.0 + chi) * spn
    d[14] = (-gain * (a_pot * pot + a_bdnf * bdnf + a_spn * (spn - spn_max / (2.0 + chi))) - sev) / tau_sev
    d[15] = sev


EQUATIONS = Equations(N, _into, initial)
