"""The chain once more, written out by hand for Numba, with SciPy's LSODA and an adaptive Dormand-Prince to drive it.

Nothing here uses the package's equations: one right-hand side of 16 states from the science notes, so that an error in
the mechanisms, the closed form or the scheme shows as a difference.
"""

from __future__ import annotations

import enum
from typing import NamedTuple

import numba
import numpy as np
from scipy.integrate import odeint, solve_ivp

from crowd import REPORT, Crowd

STATES = ("nas", "sw", "c", "p1", "p2", "hep", "nk", "nkp", "effect", "tolerance")
SLOW = ("bdnf", "mtor", "pot", "spn", "sev", "area")
N = len(STATES) + len(SLOW)
PARAMETERS = (
    *("ka_n", "ka_sw", "Vc", "Q1", "Vp1", "Q2", "Vp2", "Qh", "Vh", "kel", "kmet", "Vcn", "CLn", "Vpn", "Q3"),
    *("ke0", "ktol", "free", "surge_scale", "direct_scale", "IC50_E", "c_half"),
    *("tau_bdnf", "tau_mtor", "k_pot", "tau_pot", "k_spn", "y_mtor", "spn_max", "chi"),
    *("tau_sev", "a_pot", "a_bdnf", "a_spn", "gain"),
)


class Problem(NamedTuple):
    """A crowd as plain arrays.

    Attributes:
        p: Numbers of each person in the order of PARAMETERS, [person, parameter].
        a: Coefficients of the dose curve.
        t: Times of all jumps, h, first one 0, [jump].
        bolus: Amounts added at each jump, [person, jump, state].
        inflow: Constant input from each jump on, amount per h, [person, jump, state].
        report: Times to report, h.
    """

    p: np.ndarray
    a: np.ndarray
    t: np.ndarray
    bolus: np.ndarray
    inflow: np.ndarray
    report: np.ndarray


def problem(crowd: Crowd, report: np.ndarray = REPORT) -> Problem:
    """Return a crowd's numbers and schedule as arrays."""
    chain, body, persons = crowd.chain, crowd.body, crowd.persons
    brain, trigger, circuit = chain.brain, chain.trigger.trigger, chain.circuit
    shared = {
        "ke0": np.log(2.0) / brain.t_ke0,
        "ktol": np.log(2.0) / crowd.tolerance.t_tol,
        "free": chain.fu * brain.Kpuu / (brain.molar_mass * brain.f_S),
        "surge_scale": trigger.w_dis * trigger.s_dis / circuit.peak,
        "direct_scale": trigger.w_dir * trigger.s_dir,
        "IC50_E": chain.block.IC50_E,
        "c_half": circuit.c_half,
    }
    owners = (body, chain.bdnf, chain.potentiation, chain.spines, chain.severity)
    p = np.empty((persons, len(PARAMETERS)))
    for column, name in enumerate(PARAMETERS):
        p[:, column] = shared[name] if name in shared else next(getattr(o, name) for o in owners if hasattr(o, name))
    return Problem(p, np.asarray(circuit.coefficients), *_jumps(crowd), np.asarray(report, dtype=float))


def _jumps(crowd: Crowd) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    events = crowd.events
    t = np.unique(np.round([0.0, *(e.t for e in events), *(e.t + e.duration for e in events)], 10))
    bolus, inflow = np.zeros((2, crowd.persons, t.size, len(STATES)))
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


def _into(y, p, a, inflow, d):
    (ka_n, ka_sw, Vc, Q1, Vp1, Q2, Vp2, Qh, Vh, kel, kmet, Vcn, CLn, Vpn, Q3) = p[:15]
    (ke0, ktol, free, surge_scale, direct_scale, IC50_E, c_half) = p[15:22]
    (tau_bdnf, tau_mtor, k_pot, tau_pot, k_spn, y_mtor, spn_max, chi) = p[22:30]
    (tau_sev, a_pot, a_bdnf, a_spn, gain) = p[30:35]
    nas, sw, c, p1, p2, hep, nk, nkp, effect, tolerance, bdnf, mtor, pot, spn, sev = y[:15]
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
    trigger = surge_scale * max(change, 0.0) + direct_scale * level / (level + IC50_E)
    d[10] = (trigger - bdnf) / tau_bdnf
    d[11] = (bdnf - mtor) / tau_mtor
    d[12] = k_pot * bdnf * (1.0 - pot) - pot / tau_pot
    d[13] = k_spn * (1.0 + y_mtor * mtor) * (spn_max - spn) - k_spn * (1.0 + chi) * spn
    d[14] = (-gain * (a_pot * pot + a_bdnf * bdnf + a_spn * (spn - spn_max / (2.0 + chi))) - sev) / tau_sev
    d[15] = sev


_into_compiled = numba.njit(cache=True)(_into)


@numba.njit(cache=True)
def rhs(t, y, p, a, inflow):
    """Return the rates of change of all states, compiled."""
    d = np.empty(N)
    _into_compiled(y, p, a, inflow, d)
    return d


def _rhs(t, y, p, a, inflow):
    d = np.empty(N)
    _into(y, p, a, inflow, d)
    return d


class Interface(enum.Enum):
    """How SciPy's LSODA is called: its old thin wrapper, or the newer one with a Python object a step."""

    ODEINT = "odeint"
    SOLVE_IVP = "solve_ivp"


def lsoda(
    task: Problem,
    *,
    rtol: float = 1e-10,
    atol: float = 1e-11,
    compiled: bool = True,
    interface: Interface = Interface.ODEINT,
) -> np.ndarray:
    """Return all states by SciPy's LSODA, restarted at every jump, [person, time, state].

    Args:
        task: People and schedule.
        rtol: Relative tolerance.
        atol: Absolute tolerance.
        compiled: Use the compiled right-hand side rather than the same function in plain Python.
        interface: Which of SciPy's doors to LSODA.
    """
    function = rhs if compiled else _rhs
    solve = _odeint if interface is Interface.ODEINT else _solve_ivp
    out = np.empty((len(task.p), task.report.size, N))
    for person, p in enumerate(task.p):
        y = initial(p)
        for jump, left in enumerate(task.t):
            right = task.t[jump + 1] if jump + 1 < task.t.size else task.report[-1]
            y[: len(STATES)] += task.bolus[person, jump]
            inside = np.flatnonzero((task.report > left + 1e-9) & (task.report <= right + 1e-9))
            t = np.unique([left, *np.minimum(task.report[inside], right), right])
            if t.size > 1:
                path = solve(function, y, t, (p, task.a, task.inflow[person, jump]), rtol, atol)
                out[person, inside] = path[1 : 1 + inside.size]
                y = path[-1].copy()
    return out


def _odeint(function, y, t, args, rtol, atol):
    return odeint(function, y, t, args=args, tfirst=True, rtol=rtol, atol=atol, mxstep=100_000)


def _solve_ivp(function, y, t, args, rtol, atol):
    span = (t[0], t[-1])
    return solve_ivp(function, span, y, method="LSODA", t_eval=t, args=args, rtol=rtol, atol=atol).y.T


# Dormand and Prince 1980, J Comput Appl Math 6:19: stages, and the difference of the two solutions.
A = np.array(
    [
        [1 / 5, 0, 0, 0, 0, 0],
        [3 / 40, 9 / 40, 0, 0, 0, 0],
        [44 / 45, -56 / 15, 32 / 9, 0, 0, 0],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0, 0],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0],
        [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
    ]
)
E = np.array([71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40])


@numba.njit(cache=True)
def _dopri_step(y, h, p, a, inflow, k, new, rtol, atol):
    """Put the state a step later into ``new``, return the error; k[0] is the slope before, k[6] after."""
    for stage in range(6):
        for i in range(N):
            total = 0.0
            for earlier in range(stage + 1):
                total += A[stage, earlier] * k[earlier, i]
            new[i] = y[i] + h * total
        _into_compiled(new, p, a, inflow, k[stage + 1])
    square = 0.0
    for i in range(N):
        error = 0.0
        for stage in range(7):
            error += E[stage] * k[stage, i]
        square += (h * error / (atol + rtol * max(abs(y[i]), abs(new[i])))) ** 2
    return np.sqrt(square / N)


@numba.njit(cache=True, nogil=True)
def _dopri(p, a, times, bolus, inflow, report, y, rtol, atol, out):
    steps, row = 0, 0
    k, new = np.empty((7, N)), np.empty(N)
    for jump in range(times.size):
        t = times[jump]
        end = times[jump + 1] if jump + 1 < times.size else report[-1]
        y[:10] += bolus[jump]
        _into_compiled(y, p, a, inflow[jump], k[0])
        h = 0.01
        while t < end - 1e-10:
            stop = end
            if row < report.size and report[row] < end:
                stop = report[row]
            used = min(h, stop - t)
            size = _dopri_step(y, used, p, a, inflow[jump], k, new, rtol, atol)
            steps += 1
            factor = min(5.0, max(0.2, 0.9 * size**-0.2)) if size > 0.0 else 5.0
            if size <= 1.0:
                t += used
                y[:] = new
                k[0] = k[6]
                if used == h or factor < 1.0:
                    h = used * factor
                while row < report.size and t >= report[row] - 1e-10:
                    out[row] = y
                    row += 1
            else:
                h = used * min(1.0, factor)
    return steps


def dormand_prince(task: Problem, *, rtol: float = 1e-3, atol: float = 1e-6) -> np.ndarray:
    """Return all states by an adaptive Dormand-Prince 5(4) compiled as one loop, [person, time, state].

    Steps land on jumps and on times to report; the error is the root mean square over states.
    """
    out = np.empty((len(task.p), task.report.size, N))
    for person, p in enumerate(task.p):
        y = initial(p)
        _dopri(p, task.a, task.t, task.bolus[person], task.inflow[person], task.report, y, rtol, atol, out[person])
    return out
