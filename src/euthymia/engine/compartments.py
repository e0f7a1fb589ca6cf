"""One to three compartments with an optional depot, advanced exactly: sums of exponentials and their confluent limits.

    dA_0/dt = -ka A_0                                                                                       (1)
    dA_1/dt =  ka A_0 - (k10 + k12 + k13) A_1 + k21 A_2 + k31 A_3                                           (2)
    dA_j/dt =  k1j A_1 - kj1 A_j                                                                            (3)

Scaled by s_j = sqrt(k1j/kj1) the compartments exchange symmetrically, so the rates are real and the modes orthogonal
whatever the values, equal ones included. The depot may empty at nearly one of those rates; there the difference of two
exponentials is taken as one divided difference, which keeps its digits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

# Below this share of the fastest time constant, differences of exponentials are taken from expm1 to keep their digits.
EARLY = 0.5
SERIES_TERMS = 20  # of the power series of (1 - (1+z)e^-z)/z^2 for z < 1; the next term is below 1e-20
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)  # exact to 1e-16 over a gap of one time constant


@dataclass(frozen=True)
class Compartments:
    """A central compartment with peripherals around it and perhaps a depot before it.

    Attributes:
        k10: Elimination from the central compartment, 1/time; positive.
        exchange: For each peripheral compartment the rates there and back (k1j, kj1), 1/time; positive.
        ka: First-order absorption from a depot, 1/time, or None where there is no depot.
    """

    k10: float
    exchange: tuple[tuple[float, float], ...] = ()
    ka: float | None = None

    @property
    def central(self) -> int:
        """Position of the central compartment among the states: after the depot where there is one."""
        return 0 if self.ka is None else 1

    @property
    def size(self) -> int:
        """Number of states: depot, central, peripherals."""
        return self.central + 1 + len(self.exchange)


class _Modes(NamedTuple):
    """Rates lam [mode] and weights W [to, from, mode]: A_to(t) = sum_i W e^(-lam_i t) A_from(0)."""

    lam: Floats
    W: Floats


def transition(system: Compartments, t: ArrayLike) -> tuple[Floats, Floats]:
    """Return what amounts and constant inputs become after a time.

    Args:
        system: The compartments.
        t: Times passed, not negative, shape [] or [time].

    Returns:
        ``Phi``, amounts at ``t`` per amount at the start, and ``Gamma``, amounts at ``t`` per unit of constant input
        rate (in time), each [..., to, from] with the leading shape of ``t``.
    """
    passed = np.atleast_1d(np.asarray(t, dtype=float))
    modes, c, n = _modes(system), system.central, system.size
    lam_t = modes.lam * passed[:, None]
    Phi, Gamma = np.zeros((passed.size, n, n)), np.zeros((passed.size, n, n))
    Phi[:, c:, c:] = _decayed(modes, lam_t)
    Gamma[:, c:, c:] = np.einsum("jki,ti->tjk", modes.W, passed[:, None] * _mean_decay(lam_t))
    if system.ka is not None:
        from_central, x = modes.W[:, 0], system.ka * passed[:, None]
        Phi[:, 0, 0], Gamma[:, 0, 0] = np.exp(-x[:, 0]), passed * _mean_decay(x[:, 0])
        Phi[:, c:, 0] = (x * _slope_of_exp(x, lam_t)) @ from_central.T
        Gamma[:, c:, 0] = passed[:, None] * ((x * _slope_of_mean(x, lam_t)) @ from_central.T)
    return (Phi[0], Gamma[0]) if np.ndim(t) == 0 else (Phi, Gamma)


def repeated(system: Compartments, interval: float) -> Floats:
    """Return the amounts right after the last of endlessly many unit doses, one each ``interval``, [to, from].

    That is (I - Phi)^-1, each mode its own geometric sum, which keeps its digits where little is lost in an interval.
    """
    modes, c, n = _modes(system), system.central, system.size
    found = np.zeros((n, n))
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        found[c:, c:] = (modes.W / -np.expm1(-modes.lam * interval)).sum(-1)
        if system.ka is not None:
            found[0, 0] = -1.0 / np.expm1(-system.ka * interval)
            found[c:, 0] = found[c:, c:] @ transition(system, interval)[0][c:, 0] * found[0, 0]
    return found


def settled(system: Compartments) -> Floats:
    """Return the amounts per unit of constant input rate once they no longer change, [to, from], in time."""
    modes, c = _modes(system), system.central
    found = np.zeros((system.size, system.size))
    found[c:, c:] = (modes.W / modes.lam).sum(-1)
    if system.ka is not None:
        found[0, 0], found[c:, 0] = 1.0 / system.ka, found[c:, c]
    return found


def matrix(system: Compartments) -> Floats:
    """Return the rates of (1)-(3) as a matrix [to, from], 1/time."""
    c, A = system.central, np.zeros((system.size, system.size))
    A[c, c] = -system.k10
    for j, (there, back) in enumerate(system.exchange, start=c + 1):
        A[c, c] -= there
        A[j, c], A[c, j], A[j, j] = there, back, -back
    if system.ka is not None:
        A[0, 0], A[c, 0] = -system.ka, system.ka
    return A


@lru_cache(maxsize=4096)
def _modes(system: Compartments) -> _Modes:
    there, back = np.array(system.exchange).reshape(-1, 2).T
    s = np.sqrt(np.concatenate([[1.0], there / back]))
    M = np.diag(np.concatenate([[system.k10 + there.sum()], back]))
    M[0, 1:] = M[1:, 0] = -np.sqrt(there * back)
    lam, U = np.linalg.eigh(M)
    if there.size:
        # The slowest rate is a small difference of large ones; their product is not: det M = k10 k21 k31.
        lam[0] = math.exp(math.log(system.k10) + np.log(back).sum() - np.log(lam[1:]).sum())
    return _Modes(lam, np.einsum("ji,ki->jki", s[:, None] * U, U / s[:, None]))


def _decayed(modes: _Modes, lam_t: Floats) -> Floats:
    """Return [time, to, from]; early on, what has moved is summed from the changes, not from the remains."""
    late = np.einsum("jki,ti->tjk", modes.W, np.exp(-lam_t))
    early = np.eye(modes.W.shape[0]) + np.einsum("jki,ti->tjk", modes.W, np.expm1(-lam_t))
    return np.where((lam_t.max(-1) < EARLY)[:, None, None], early, late)


def _mean_decay(z: Floats) -> Floats:
    """Return f(z) = (1 - e^-z)/z, the mean of e^-zs over s in [0, 1]."""
    safe = np.where(z == 0.0, 1.0, z)
    return np.where(z == 0.0, 1.0, -np.expm1(-z) / safe)


def _slope_of_exp(x: Floats, y: Floats) -> Floats:
    """Return (e^-y - e^-x)/(x - y), e^-x where they are equal."""
    return np.exp(-np.minimum(x, y)) * _mean_decay(np.abs(x - y))


def _slope_of_mean(x: Floats, y: Floats) -> Floats:
    """Return (f(y) - f(x))/(x - y) of :func:`_mean_decay`, by quadrature of -f' where they are near each other."""
    x, y = np.broadcast_arrays(x, y)
    gap = x - y
    near = np.abs(gap) < 1.0
    apart = (_mean_decay(y) - _mean_decay(x)) / np.where(near, 1.0, gap)
    between = 0.5 * (x + y)[..., None] + 0.5 * gap[..., None] * _NODES
    return np.where(near, 0.5 * (_fall_of_mean(between) @ _WEIGHTS), apart)


def _fall_of_mean(z: Floats) -> Floats:
    """Return -f'(z) = (1 - (1 + z) e^-z)/z^2, as a power series for z below 1."""
    small = np.minimum(z, 1.0)
    series = np.zeros_like(z)
    for k in reversed(range(SERIES_TERMS)):
        series = series * -small + (k + 1) / math.factorial(k + 2)
    large = np.maximum(z, 1.0)
    return np.where(z < 1.0, series, (1.0 - (1.0 + large) * np.exp(-large)) / large**2)
