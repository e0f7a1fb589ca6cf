"""The likelihood of aggregate rows: normal, with the covariance that ratings of the same people have.

    published ~ N(predicted, S + (discrepancy scale)^2)                                                     (1)
    S_ab = r_ab se_a se_b,   r from the people of the model, within an arm                                  (2)

Means, shares and SDs of one arm come from the same patients: visits go together as the model's people do, a share and a
mean of one visit as the normal scatter of a rating makes them. The correlations, and standard errors that were not
printed, are taken at the present sizes and stand still within a round, so that a step of Fisher's scoring is exact; the
discrepancy, the same share of the SD between people whatever a trial's size, is free. Shares count as normal with the
model's own variance, half a person added on either side.
"""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from euthymia.calibration import anchors as outside
from euthymia.calibration.expected import Expected, expected
from euthymia.calibration.measured import below, density
from euthymia.calibration.model import PERCENT, Model, base_of
from euthymia.calibration.rows import Kind, Row

DISCREPANCY = "calibration.discrepancy"
NOTHING = 1e12  # variance of a row that says nothing
LEAST = 1e-3  # smallest eigenvalue of a correlation
SHARES = (Kind.RESPONSE, Kind.REMISSION)


@dataclass(frozen=True, eq=False)
class Errors:
    """How far published numbers scatter about predicted ones.

    Attributes:
        sampling: Covariance by sampling, [row, row].
        scale: SD between people, or what stands for it, of which the discrepancy is a part, [row].
    """

    sampling: np.ndarray
    scale: np.ndarray

    def covariance(self, discrepancy: Array | float) -> Array:
        """Return the whole covariance (1), [row, row]."""
        return jnp.asarray(self.sampling) + jnp.diag((discrepancy * self.scale) ** 2)

    def without(self, rows: np.ndarray) -> Errors:
        """Return the errors with some rows known so badly that they say nothing.

        Args:
            rows: Which, [row].
        """
        sampling = np.where(rows[:, None] | rows, 0.0, self.sampling)
        return Errors(sampling + np.diag(np.where(rows, NOTHING, 0.0)), np.where(rows, 0.0, self.scale))


def errors(model: Model, x: Array, inflation: float = 0.0) -> Errors:
    """Return the errors at some sizes.

    Args:
        model: Trials and rows.
        x: Standard normals of sizes and trial effects.
        inflation: For a sensitivity analysis of small trials: added to each row's variance by sampling, relative, over
            the share that its arm's size has in a hundred people; an arm of 10 counts 1 + 10 inflation.
    """
    found = jax.jit(lambda x: expected(model.trials, model.values(x), model.effects(x)))(x)
    blocks, scales = list[np.ndarray](), list[np.ndarray]()
    for number, rows in enumerate(model.rows):
        if rows:
            S, scale = _of_trial(model, number, rows, found[number])
            size = np.sqrt(1.0 + inflation * PERCENT / np.array([max(row.n, 1) for row in rows]))
            blocks.append(S * np.outer(size, size))
            scales.append(scale)
    if model.anchored:
        se = np.array([one.se for one in outside.anchors()])
        blocks.append(np.diag(se**2))
        scales.append(np.zeros(se.size))
    return Errors(_diagonal(blocks), np.concatenate(scales))


def log_likelihood(model: Model, errors: Errors, x: Array) -> Array:
    """Return the logarithm of (1) without its constant."""
    residual = model.published() - model.predicted(x)
    C = errors.covariance(discrepancy_of(model, x))
    root = jnp.linalg.cholesky(C)
    z = jnp.linalg.solve(root, residual)
    return -0.5 * z @ z - jnp.log(jnp.diag(root)).sum()


def log_posterior(model: Model, errors: Errors, x: Array) -> Array:
    """Return the logarithm of the posterior of the standard normals without its constant."""
    return log_likelihood(model, errors, x) - 0.5 * x @ x


def discrepancy_of(model: Model, x: Array | np.ndarray) -> Array:
    """Return the discrepancy, in SDs between people; none where it is not free."""
    return model.values(jnp.asarray(x)).get(DISCREPANCY, jnp.zeros(()))


def _of_trial(model: Model, number: int, rows: tuple[Row, ...], found: Expected) -> tuple[np.ndarray, np.ndarray]:
    """Return covariance by sampling and scale of a trial's rows."""
    people = [_people(model, number, row, found) for row in rows]
    se, scale = np.empty(len(rows)), np.empty(len(rows))
    for place, (row, (mean, sd)) in enumerate(zip(rows, people, strict=True)):
        share = (mean / PERCENT * row.n + 0.5) / (row.n + 1.0) if row.kind in SHARES else 0.0
        scale[place] = PERCENT * np.sqrt(share * (1.0 - share)) if row.kind in SHARES else sd
        se[place] = row.se if row.se is not None else scale[place] / np.sqrt(row.n)
    r = np.eye(len(rows))
    for a in range(len(rows)):
        for b in range(a):
            r[a, b] = r[b, a] = _correlation(model, number, (rows[a], rows[b]), found)
    values, vectors = np.linalg.eigh(r)
    r = (vectors * np.maximum(values, LEAST)) @ vectors.T
    r /= np.sqrt(np.outer(np.diag(r), np.diag(r)))
    return r * np.outer(se, se), scale


def _people(model: Model, number: int, row: Row, found: Expected) -> tuple[float, float]:
    """Return the mean of a row's quantity over people, and its SD between them."""
    if row.kind in (Kind.CADSS, Kind.CORRELATION):
        return row.published, 1.0 if row.kind is Kind.CORRELATION else float(row.se or 0.0) * float(np.sqrt(row.n))
    value, inner = _quantity(model, number, row, found)
    mean = float((value * row.weight).sum())
    square = float(((value**2 + inner) * row.weight).sum())
    return mean, float(np.sqrt(max(square - mean**2, 0.0)))


def _quantity(model: Model, number: int, row: Row, found: Expected) -> tuple[np.ndarray, np.ndarray]:
    """Return a row's quantity of each person at each rating, and its variance within, [rating, person]."""
    fixed, form = model.trials.fixed[number], model.trials.forms[number]
    base = np.asarray(base_of(fixed, found, model.starts[number]))
    if row.kind not in SHARES:
        return np.asarray(found.mean) - base, np.asarray(found.variance)
    limit = row.threshold if row.kind is Kind.REMISSION else (1.0 - fixed.trial.response.fall) * base
    chance = np.asarray(below(form, found.severity, found.fluctuation, limit))
    return PERCENT * chance, PERCENT**2 * chance * (1.0 - chance)


def _correlation(model: Model, number: int, rows: tuple[Row, Row], found: Expected) -> float:
    """Return the correlation by sampling of two rows; rows of other people have none."""
    one, other = rows
    simple = (Kind.CHANGE, Kind.SPREAD, *SHARES)
    same = all(row.kind in simple for row in rows) and np.array_equal(one.weight.sum(0), other.weight.sum(0))
    spreads = (one.kind is Kind.SPREAD) + (other.kind is Kind.SPREAD)
    if not same or spreads == 1:
        return 0.0
    (f, f_inner), (g, g_inner) = (_quantity(model, number, row, found) for row in rows)
    who = one.weight.sum(0)
    a, b = (_by_person(values, row, who) for values, row in ((f, one), (g, other)))
    between = float(who @ (a * b) - (who @ a) * (who @ b))
    within = _within(rows, (f, g), np.asarray(found.variance), who)
    sds = [
        float((values**2 + inner).ravel() @ row.weight.ravel() - (values.ravel() @ row.weight.ravel()) ** 2)
        for values, inner, row in ((f, f_inner, one), (g, g_inner, other))
    ]
    found_r = (between + within) / np.sqrt(max(sds[0] * sds[1], LEAST))
    return float(np.clip(found_r**2 if spreads == 2 else found_r, -1.0, 1.0))


def _by_person(values: np.ndarray, row: Row, who: np.ndarray) -> np.ndarray:
    return (values * row.weight).sum(0) / np.where(who > 0.0, who, 1.0)


def _within(
    rows: tuple[Row, Row], values: tuple[np.ndarray, np.ndarray], variance: np.ndarray, who: np.ndarray
) -> float:
    """Return the covariance within people: of two quantities of one and the same rating."""
    one, other = rows
    kinds = {one.kind in SHARES, other.kind in SHARES}
    if kinds == {False}:
        inner = variance
    elif kinds == {True}:
        p, q = (part / PERCENT for part in values)
        inner = PERCENT**2 * (np.minimum(p, q) - p * q)
    else:
        chance = values[0 if one.kind in SHARES else 1] / PERCENT
        inner = -PERCENT * np.sqrt(variance) * np.asarray(density(jnp.asarray(_quantile(chance))))
    together = one.weight * other.weight / np.where(who > 0.0, who, 1.0)
    return float((inner * together).sum())


def _quantile(chance: np.ndarray) -> np.ndarray:
    from scipy.special import ndtri

    return ndtri(np.clip(chance, 1e-12, 1.0 - 1e-12))


def _diagonal(blocks: list[np.ndarray]) -> np.ndarray:
    from scipy.linalg import block_diag

    return np.asarray(block_diag(*blocks))
