r"""Fitting the second rival: a regression of change on time and dose with random trial effects, by marginal likelihood.

The change of arm k of trial i at t hours is normal around

    - (A + (P + B n_k) t / (t + T) + u_i) - (1 + v_i) D_k  t / (t + U)  (1 + H) d_k / (d_k + H)              (1)

with n_k 1 where a new oral antidepressant goes with it, d_k the dose in usual doses, u_i normal with SD omega_u
(points) and v_i normal with SD omega_v; a difference from the reference arm has the second term only. Errors of rows of
one arm are correlated by r.

    log L = sum_i log N(y_i; m_i, S_i + omega_u^2 a_i a_i' + omega_v^2 b_i b_i')                                 (2)

with m_i from (1) without trial effects, a_i 1 for changes and 0 for differences, b_i the second term. Priors are weak
and normal, times, doses and spreads on the log scale; what is fitted is the mode, with the curvature there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euthymia.evidence import Record, load_record
from euthymia.score.given import Given, Setting, Treatment
from euthymia.score.observed import DIFFERENCE, Observed
from euthymia.score.sampling import by_trial
from euthymia.trials.design import ComedicationKind

Array = NDArray[np.floating]
STEP = 1e-3  # of a prior's SD, for second derivatives
LINEAR = ("at_once", "in_time", "new_tablets")
COMMON = 8  # numbers before those of single drugs
FLAT = 1e-6  # of the largest curvature, below which one is not believed


@dataclass(frozen=True, eq=False)
class Fit:
    """Where the regression of one setting ended.

    Attributes:
        drugs: The drugs that have an effect of their own, in the order of the numbers.
        mode: The numbers in units of their priors' SDs around centres, [number].
        covariance: Their covariance there, in the same units.
        centre: Centres of the priors, [number].
        scale: Their SDs.
    """

    drugs: tuple[Treatment, ...]
    mode: Array
    covariance: Array
    centre: Array
    scale: Array

    def draws(self, z: Array) -> Array:
        """Return numbers of the model from standard normals, [draw, number]."""
        values, vectors = np.linalg.eigh(self.covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        return self.centre + self.scale * (self.mode + z @ root.T)


@dataclass(frozen=True, eq=False)
class Data:
    """The rows of one trial as arrays [row]."""

    y: Array
    S: Array
    t: Array
    drug: NDArray[np.int64]
    dose: Array
    beside: Array
    change: Array


def numbers(theta: Array) -> dict[str, Array]:
    """Return the model's numbers by name from the vector that is fitted, whose last axis they stand on."""
    A, P, B, log_T, log_U, log_H, log_u, log_v = np.moveaxis(theta[..., :COMMON], -1, 0)
    return {
        "A": A,
        "P": P,
        "B": B,
        "T": np.exp(log_T),
        "U": np.exp(log_U),
        "H": np.exp(log_H),
        "omega_u": np.exp(log_u),
        "omega_v": np.exp(log_v),
    }


def reference_fall(theta: Array, t: Array, beside: Array) -> Array:
    """Return what the reference arm falls by a time, points, of the first term of equation (1)."""
    p = numbers(theta)
    return p["A"] + (p["P"] + p["B"] * beside) * t / (t + p["T"])


def drug_fall(theta: Array, t: Array, drug: NDArray[np.int64] | int, dose: Array) -> Array:
    """Return what a drug adds by a time, points, of the second term; 0 where ``drug`` is -1."""
    p = numbers(theta)
    size = np.where(np.asarray(drug) >= 0, theta[..., COMMON + np.maximum(drug, 0)], 0.0)
    return size * t / (t + p["U"]) * (1.0 + p["H"]) * dose / (dose + p["H"])


def fit(rows: Sequence[Observed], setting: Setting, what: str, r: float) -> Fit | None:
    """Fit the regression to the trials of one setting.

    Args:
        rows: Calibration rows.
        setting: Where people are treated.
        what: The scale of changes: "MADRS" or "Hamilton".
        r: Correlation of errors of two rows of one arm.

    Returns:
        The fit; None where no trial has such a change.
    """
    from scipy.optimize import minimize

    used = [one for one in rows if one.setting is setting and one.what in _used(what)]
    arms = {(one.trial, one.arm, one.t) for one in used if one.what == what}
    used = [one for one in used if one.what == what or (one.trial, one.arm, one.t) not in arms]
    drugs = tuple(kind for kind in Treatment if any(one.treated.treatment is kind and one.treated.dose for one in used))
    if not any(one.what == what for one in used):
        return None
    centre, scale = _priors(load_record("score"), setting, len(drugs))
    data = [_data(group, drugs, r) for group in by_trial(used).values()]

    def loss(z: Array) -> float:
        theta = centre + scale * z
        return 0.5 * float(z @ z) - sum(_log_likelihood(theta, one) for one in data)

    found = minimize(loss, np.zeros(len(centre)), method="BFGS", options={"gtol": 1e-4})
    mode = np.asarray(found.x, dtype=float)
    return Fit(drugs, mode, _covariance(loss, mode), centre, scale)


def _used(what: str) -> tuple[str, ...]:
    return (what, DIFFERENCE) if what == "MADRS" else (what,)


def _priors(record: Record, setting: Setting, drugs: int) -> tuple[Array, Array]:
    """Return centres and SDs of the priors, [number]."""
    onset = "drug_time_sessions" if setting is Setting.SESSIONS else "drug_time_tablets"
    linear = [(record.value(name, "points"), record.value(f"{name}_sd", "points")) for name in LINEAR]
    log = [
        (np.log(record.value("half_time", "h")), record.value("half_time_sd", "1")),
        (np.log(record.value(onset, "h")), record.value("drug_time_sd", "1")),
        (np.log(record.value("half_dose", "1")), record.value("half_dose_sd", "1")),
        (np.log(record.value("between_reference", "points")), record.value("between_reference_sd", "1")),
        (np.log(record.value("between_drug", "1")), record.value("between_drug_sd", "1")),
    ]
    size = [(record.value("drug", "points"), record.value("drug_sd", "points"))] * drugs
    centre, scale = np.array([*linear, *log, *size], dtype=float).T
    return centre, scale


def _data(rows: Sequence[Observed], drugs: tuple[Treatment, ...], r: float) -> Data:
    """Return the rows of one trial as arrays."""
    sd = np.sqrt([one.variance for one in rows])
    same = np.array([[(one.arm, one.what) == (other.arm, other.what) for other in rows] for one in rows])
    correlation = np.where(np.eye(len(rows)) > 0.0, 1.0, np.where(same, r, 0.0))
    return Data(
        y=np.array([one.value for one in rows]),
        S=np.outer(sd, sd) * correlation,
        t=np.array([one.t for one in rows]),
        drug=np.array([_place(one, drugs) for one in rows]),
        dose=np.array([one.treated.dose for one in rows]),
        beside=np.array([new_tablets(one.treated) for one in rows]),
        change=np.array([0.0 if one.what == DIFFERENCE else 1.0 for one in rows]),
    )


def new_tablets(what: Given) -> float:
    """Return 1 where a new oral antidepressant goes with a treatment, else 0."""
    return float(what.beside is ComedicationKind.NEW_ORAL)


def _place(row: Observed, drugs: tuple[Treatment, ...]) -> int:
    return drugs.index(row.treated.treatment) if row.treated.treatment in drugs else -1


def _log_likelihood(theta: Array, data: Data) -> float:
    """Return the log likelihood of one trial, of equation (2)."""
    p, b = numbers(theta), drug_fall(theta, data.t, data.drug, data.dose)
    mean = -data.change * reference_fall(theta, data.t, data.beside) - b
    a = data.change
    V = data.S + p["omega_u"] ** 2 * np.outer(a, a) + p["omega_v"] ** 2 * np.outer(b, b)
    L = np.linalg.cholesky(V)
    z = np.linalg.solve(L, data.y - mean)
    return -0.5 * float(z @ z) - float(np.log(np.diag(L)).sum())


def _covariance(loss: Callable[[Array], float], mode: Array) -> Array:
    """Return the inverse of the curvature at the mode, by second differences; a prior's own where the data say less."""
    k = len(mode)
    e = STEP * np.eye(k)
    at = loss(mode)
    H = np.empty((k, k))
    for i in range(k):
        H[i, i] = (loss(mode + e[i]) - 2.0 * at + loss(mode - e[i])) / STEP**2
        for j in range(i):
            corners = loss(mode + e[i] + e[j]) - loss(mode + e[i] - e[j]) - loss(mode - e[i] + e[j])
            H[i, j] = H[j, i] = (corners + loss(mode - e[i] - e[j])) / (4.0 * STEP**2)
    values, vectors = np.linalg.eigh(H)
    kept = np.where(values > FLAT * values.max(), values, 1.0)
    return (vectors / kept) @ vectors.T
