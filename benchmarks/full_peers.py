r"""The full chain once more, written out by hand for other solvers: 21 states from the science notes.

Spray to trigger as in `peers`. Then, with what is taken a day D, intensity of therapy T, inhibited elimination rho:

    dD/dt = k_D (taken a day - D),   drho/dt = -k_rho rho,   T jumps                                        (1)
    theta = Vmax x/(1 + x),   x = D/D50                                                                     (2)
    clr HT (1 + kappa AR (HT - 1)) = 1,   clr = (1 - theta)(1 - f_res) + f_res                              (3)
    tau_AR dAR/dt = AR_min + (1 - AR_min)/(1 + (HT - 1)/K_AR) - AR                                          (4)
    dlrn/dt = k_lrn T (1 + y_lrn (spn/spn_dep - 1)+) (1 - lrn) - lrn/tau_lrn                                (5)
    dspn/dt = k_spn (1 + y_mtor g mtor + y_5HT s (HT - 1)) (spn_max - spn)
              - k_spn (1 + chi (1 - e_lrn lrn)) (1 - rho) spn                                               (6)
    tau_sev dsev/dt = -gain (a_pot g pot + a_bdnf g bdnf + a_spn (spn - spn_dep))
                      - a_5HT s (HT - 1) - a_lrn lrn - sev                                                  (7)

g and s are a person's glutamatergic and serotonergic factors.
"""

from __future__ import annotations

import math

import numpy as np

from euthymia.evidence import load_record
from euthymia.models.defaults import default_safety
from full_crowd import REPORT, TABLET, FullCrowd
from peers import PARAMETERS as UPSTREAM
from peers import STATES as KETAMINE
from peers import columns, jumps_of, upstream, upstream_numbers
from solvers import Equations, Problem

STATES = (*KETAMINE, "daily", "therapy", "rho")
SLOW = ("bdnf", "mtor", "pot", "AR", "lrn", "spn", "sev", "area")
N = len(STATES) + len(SLOW)
PARAMETERS = (
    *UPSTREAM,
    *("k_D", "Vmax", "D50", "k_rho", "f_res", "kappa", "AR_min", "K_AR", "tau_AR"),
    *("k_lrn", "y_lrn", "tau_lrn", "e_lrn", "y_5HT", "a_5HT", "a_lrn", "glutamatergic", "serotonergic"),
)


def problem(crowd: FullCrowd, report: np.ndarray = REPORT) -> Problem:
    """Return a crowd's numbers and schedule as arrays."""
    chain, sert = crowd.chain, load_record("sert")
    own = {
        "k_D": math.log(2.0) / sert.value("t_half_usual", "h"),
        "Vmax": min(sert.value(f"Vmax_{TABLET}_striatum", "1"), 1.0),
        "D50": sert.value(f"D50_{TABLET}_striatum", "mg/d"),
        "k_rho": math.log(2.0) / load_record("manipulations").value("t_rapamycin", "h"),
    }
    links = chain.bdnf, chain.potentiation, chain.spines, chain.severity, chain.serotonin, chain.learning
    owners = (crowd.people.body, *links, chain.protection, chain.relief, chain)
    p = columns(PARAMETERS, own | upstream_numbers(chain, default_safety().tolerance), owners, crowd.persons)
    jumps = jumps_of(crowd.events, crowd.persons, len(STATES))
    return Problem(EQUATIONS, p, np.asarray(chain.circuit.coefficients), *jumps, np.asarray(report, dtype=float))


def initial(p: np.ndarray) -> np.ndarray:
    """Return the state before treatment, [state]."""
    y = np.zeros(N)
    y[len(STATES) + SLOW.index("AR")] = 1.0
    y[len(STATES) + SLOW.index("spn")] = p[PARAMETERS.index("spn_max")] / (2.0 + p[PARAMETERS.index("chi")])
    return y


def _into(y, p, a, inflow, d):
    trigger = upstream(y, p, a, inflow, d)
    (tau_bdnf, tau_mtor, k_pot, tau_pot, k_spn, y_mtor, spn_max, chi) = p[22:30]
    (tau_sev, a_pot, a_bdnf, a_spn, gain) = p[30:35]
    (k_D, Vmax, D50, k_rho, f_res, kappa, AR_min, K_AR, tau_AR) = p[35:44]
    (k_lrn, y_lrn, tau_lrn, e_lrn, y_5HT, a_5HT, a_lrn, g, s) = p[44:53]
    daily, therapy, rho, bdnf, mtor, pot, AR, lrn, spn, sev = y[10:20]
    d[10] = inflow[10] - k_D * daily  # (1); what is taken comes as k_D times the amount a day
    d[11] = 0.0
    d[12] = -k_rho * rho
    x = daily / D50
    theta = Vmax * x / (1.0 + x)  # (2)
    clr = (1.0 - theta) * (1.0 - f_res) + f_res
    square, straight = clr * kappa * AR, clr * (1.0 - kappa * AR)
    HT = (math.sqrt(straight * straight + 4.0 * square) - straight) / (2.0 * square)  # (3)
    raised = max(HT - 1.0, 0.0)
    spn_dep = spn_max / (2.0 + chi)
    d[13] = (trigger - bdnf) / tau_bdnf
    d[14] = (bdnf - mtor) / tau_mtor
    d[15] = k_pot * bdnf * (1.0 - pot) - pot / tau_pot
    d[16] = (AR_min + (1.0 - AR_min) / (1.0 + raised / K_AR) - AR) / tau_AR  # (4)
    window = 1.0 + y_lrn * max(spn / spn_dep - 1.0, 0.0)
    d[17] = k_lrn * therapy * window * (1.0 - lrn) - lrn / tau_lrn  # (5)
    formation = k_spn * (1.0 + y_mtor * g * mtor + y_5HT * s * raised)
    loss = k_spn * (1.0 + chi * (1.0 - e_lrn * lrn)) * (1.0 - rho)
    d[18] = formation * (spn_max - spn) - loss * spn  # (6)
    connections = gain * (a_pot * g * pot + a_bdnf * g * bdnf + a_spn * (spn - spn_dep))
    d[19] = (-connections - a_5HT * s * raised - a_lrn * lrn - sev) / tau_sev  # (7)
    d[20] = sev


EQUATIONS = Equations(N, _into, initial)
