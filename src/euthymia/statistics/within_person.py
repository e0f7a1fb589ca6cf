r"""Treatments compared within people who had several, one after another, in many replicates at once.

The value of person i in period j is

    y_ij = a_i + p_j + t_d(i,j) + s x_ij + e_ij                                                           (1)

with a level a of the person, p of the period, t of the treatment d given then, and, where it is asked for, the slope s
of a baseline x taken at the start of the period. Least squares with a level for everybody uses what differs within
people and nothing else, so that a sequence of treatments, which is the same for a person throughout, is taken care of;
who was seen in one period only says nothing. Errors e are alike and independent. For two treatments in two periods and
nobody missing, the treatment effect is half the difference of the sequences' mean period differences, on n - 2 degrees
of freedom.

Source:
    Jones, Kenward (2014), Design and Analysis of Cross-Over Trials, 3rd ed., chapters 2 and 5. Senn (2002), Cross-over
    Trials in Clinical Research, 2nd ed., chapter 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Index = NDArray[np.int64]
TOLD = 1e-8  # how far a coefficient's weight on itself may be from one if the data tell it


class WithinEnd(IntEnum):
    """How the estimate of a replicate ended."""

    FITTED = 0
    NOT_TOLD = -2
    NO_SPREAD = -3


@dataclass(frozen=True, eq=False)
class WithinPeople:
    """Model (1) in each replicate; NaN where ``code`` is below zero.

    Attributes:
        code: How each treatment's estimate ended, a value of `WithinEnd`, [replicate, treatment].
        difference: Each treatment less the reference, [replicate, treatment]; NaN for the reference itself.
        se: Its standard error.
        df: Degrees of freedom, [replicate].
        coefficients: Of all columns: periods after the first, treatments beside the reference, baseline, carry-over,
            [replicate, column].
        covariance: Of the coefficients, [replicate, column, column].
        told: Which coefficients the data tell, [replicate, column].
        people: People seen in two periods or more, [replicate].
    """

    code: Index
    difference: Array
    se: Array
    df: Array
    coefficients: Array
    covariance: Array
    told: NDArray[np.bool_]
    people: Index


def within_people(
    value: Array,
    treatment: Index,
    *,
    treatments: int,
    reference: int,
    baseline: Array | None = None,
    carry_over: bool = False,
) -> WithinPeople:
    """Compare treatments within people.

    Args:
        value: [replicate, subject, period]; NaN where it is missing.
        treatment: Number of the treatment given, the same shape; -1 takes the value out.
        treatments: Number of treatments.
        reference: Number of the treatment that others are compared with.
        baseline: Values at the start of each period, the same shape; NaN takes the value out. None to leave it out.
        carry_over: Whether the treatment of the period before has an effect of its own.

    Returns:
        The estimates; what stands beside a replicate changes none of its bits.
    """
    used = np.isfinite(value) & (treatment >= 0)
    if baseline is not None:
        used &= np.isfinite(baseline)
    used &= (used.sum(-1) > 1)[..., None]
    others = [number for number in range(treatments) if number != reference]
    periods = value.shape[-1]
    columns = [np.broadcast_to(np.arange(periods) == period, value.shape) for period in range(1, periods)]
    columns += [treatment == number for number in others]
    size = np.ones((len(value), len(columns) + (baseline is not None)))
    if baseline is not None:
        columns.append(_scaled(baseline, used, size))
    if carry_over:
        before = np.concatenate([np.full((*treatment.shape[:-1], 1), -1), treatment[..., :-1]], axis=-1)
        columns += [before == number for number in others]
        size = np.concatenate([size, np.ones((len(value), len(others)))], axis=1)
    X = _centred(np.stack([np.asarray(column, dtype=float) for column in columns], axis=-1), used)
    y = _centred(np.where(used, value, 0.0)[..., None], used)
    flat, outcome = X.reshape(len(value), -1, X.shape[-1]), y.reshape(len(value), -1, 1)
    gram = flat.swapaxes(1, 2) @ flat
    inverse = np.linalg.pinv(gram, rcond=1e-11, hermitian=True)
    projector = inverse @ gram
    told = np.abs(projector - np.eye(gram.shape[-1])).max(-1) < TOLD
    b = inverse @ (flat.swapaxes(1, 2) @ outcome)
    people = used.any(-1).sum(1)
    df = used.sum((1, 2)) - people - np.rint(np.trace(projector, axis1=1, axis2=2))
    residual = ((outcome - flat @ b) ** 2).sum((1, 2))
    variance = np.where(df > 0, residual / np.maximum(df, 1.0), np.nan)
    coefficients, covariance = b[..., 0] / size, inverse * variance[:, None, None] / (size[:, :, None] * size[:, None])
    places = list(range(periods - 1, periods - 1 + len(others)))
    return _read(coefficients, covariance, told, df, people, (places, others, treatments))


def _read(
    coefficients: Array,
    covariance: Array,
    told: NDArray[np.bool_],
    df: Array,
    people: Index,
    where: tuple[list[int], list[int], int],
) -> WithinPeople:
    """Return the estimates of treatments; ``where`` are their columns, their numbers, and how many there are."""
    places, others, treatments = where
    shape = (len(coefficients), treatments)
    code = np.full(shape, int(WithinEnd.NOT_TOLD), dtype=np.int64)
    difference, se = np.full(shape, np.nan), np.full(shape, np.nan)
    error = np.sqrt(covariance[:, places, places])
    spread = np.isfinite(error) & (error > 0.0)
    fine = told[:, places] & spread
    difference[:, others], se[:, others] = (np.where(fine, part, np.nan) for part in (coefficients[:, places], error))
    ends = np.where(spread, WithinEnd.FITTED, WithinEnd.NO_SPREAD)
    code[:, others] = np.where(told[:, places], ends, WithinEnd.NOT_TOLD)
    return WithinPeople(code, difference, se, df, coefficients, covariance, told, people)


def _scaled(baseline: Array, used: NDArray[np.bool_], size: Array) -> Array:
    """Return the baseline in units of its spread, which is put into the last column of ``size``."""
    known = np.where(used, baseline, 0.0)
    count = np.maximum(used.sum((1, 2)), 1)
    middle = known.sum((1, 2)) / count
    spread = np.sqrt((np.where(used, known - middle[:, None, None], 0.0) ** 2).sum((1, 2)) / count)
    size[:, -1] = np.where(spread > 0.0, spread, 1.0)
    return np.where(used, known - middle[:, None, None], 0.0) / size[:, -1][:, None, None]


def _centred(values: Array, used: NDArray[np.bool_]) -> Array:
    """Return values [replicate, subject, period, column] less the mean of the person; 0 where they are not used."""
    known = np.where(used[..., None], values, 0.0)
    mean = known.sum(2) / np.maximum(used.sum(2), 1)[..., None]
    return np.where(used[..., None], known - mean[:, :, None], 0.0)
