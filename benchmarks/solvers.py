"""Solvers that know nothing of the package, for any right-hand side: SciPy's LSODA and an adaptive Dormand-Prince."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numba
import numpy as np
from scipy.integrate import odeint, solve_ivp

NEAR = 1e-9  # h; closer times are one


@dataclass(frozen=True, eq=False)
class Equations:
    """A right-hand side, compiled on first use.

    Attributes:
        size: Number of states.
        into: Puts the rates of change into an array: (y, p, a, inflow, d), in plain Python that Numba compiles.
        initial: Gives the state before treatment from a person's numbers.
    """

    size: int
    into: Callable[..., None]
    initial: Callable[[np.ndarray], np.ndarray]

    @cached_property
    def compiled(self) -> Any:
        """The right-hand side (t, y, p, a, inflow), compiled."""
        return numba.njit(_returning(self.size, numba.njit(self.into)))

    @cached_property
    def plain(self) -> Any:
        """The same in plain Python."""
        return _returning(self.size, self.into)

    @cached_property
    def dormand_prince(self) -> Any:
        """The adaptive loop around the right-hand side, compiled as one."""
        return _dormand_prince(self.size, numba.njit(self.into))


class Problem(NamedTuple):
    """People and what is given to them as plain arrays.

    Attributes:
        equations: How they change.
        p: Numbers of each person, [person, parameter].
        a: Coefficients of the dose curve.
        t: Times of all jumps, h, first one 0, [jump].
        bolus: Amounts added at each jump to the first states, [person, jump, state].
        inflow: Constant input from each jump on, amount per h, [person, jump, state].
        report: Times to report, h.
    """

    equations: Equations
    p: np.ndarray
    a: np.ndarray
    t: np.ndarray
    bolus: np.ndarray
    inflow: np.ndarray
    report: np.ndarray


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
    equations = task.equations
    function = equations.compiled if compiled else equations.plain
    solve = _odeint if interface is Interface.ODEINT else _solve_ivp
    out = np.empty((len(task.p), task.report.size, equations.size))
    for person, p in enumerate(task.p):
        y = equations.initial(p)
        for jump, left in enumerate(task.t):
            right = task.t[jump + 1] if jump + 1 < task.t.size else task.report[-1]
            y[: task.bolus.shape[-1]] += task.bolus[person, jump]
            inside = np.flatnonzero((task.report > left + NEAR) & (task.report <= right + NEAR))
            t = np.unique([left, *np.minimum(task.report[inside], right), right])
            if t.size > 1:
                path = solve(function, y, t, (p, task.a, task.inflow[person, jump]), rtol, atol)
                out[person, inside] = path[1 : 1 + inside.size]
                y = path[-1].copy()
    return out


def dormand_prince(task: Problem, *, rtol: float = 1e-3, atol: float = 1e-6) -> np.ndarray:
    """Return all states by an adaptive Dormand-Prince 5(4) compiled as one loop, [person, time, state].

    Steps land on jumps and on times to report; the error is the root mean square over states.
    """
    equations = task.equations
    out = np.empty((len(task.p), task.report.size, equations.size))
    for person, p in enumerate(task.p):
        given = task.t, task.bolus[person], task.inflow[person], task.report
        equations.dormand_prince(p, task.a, *given, equations.initial(p), rtol, atol, out[person])
    return out


def _odeint(function, y, t, args, rtol, atol):
    return odeint(function, y, t, args=args, tfirst=True, rtol=rtol, atol=atol, mxstep=100_000)


def _solve_ivp(function, y, t, args, rtol, atol):
    span = (t[0], t[-1])
    return solve_ivp(function, span, y, method="LSODA", t_eval=t, args=args, rtol=rtol, atol=atol).y.T


def _returning(size: int, into: Callable[..., None]) -> Callable[..., np.ndarray]:
    def function(t, y, p, a, inflow):
        d = np.empty(size)
        into(y, p, a, inflow, d)
        return d

    return function


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


def _dormand_prince(n: int, into: Any) -> Any:
    """Return the loop for a compiled right-hand side of ``n`` states; it allocates nothing inside."""

    @numba.njit
    def step(y, h, p, a, inflow, k, new, rtol, atol):
        # Puts the state a step later into `new` and returns the error; k[0] is the slope before, k[6] after.
        for stage in range(6):
            for i in range(n):
                total = 0.0
                for earlier in range(stage + 1):
                    total += A[stage, earlier] * k[earlier, i]
                new[i] = y[i] + h * total
            into(new, p, a, inflow, k[stage + 1])
        square = 0.0
        for i in range(n):
            error = 0.0
            for stage in range(7):
                error += E[stage] * k[stage, i]
            square += (h * error / (atol + rtol * max(abs(y[i]), abs(new[i])))) ** 2
        return np.sqrt(square / n)

    @numba.njit(nogil=True)
    def loop(p, a, times, bolus, inflow, report, y, rtol, atol, out):
        steps, row = 0, 0
        k, new = np.empty((7, n)), np.empty(n)
        for jump in range(times.size):
            t = times[jump]
            end = times[jump + 1] if jump + 1 < times.size else report[-1]
            y[: bolus.shape[1]] += bolus[jump]
            into(y, p, a, inflow[jump], k[0])
            h = 0.01
            while t < end - 1e-10:
                stop = end
                if row < report.size and report[row] < end:
                    stop = report[row]
                used = min(h, stop - t)
                size = step(y, used, p, a, inflow[jump], k, new, rtol, atol)
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

    return loop
