"""Operating characteristics from rows: how often, how far, how wrong, each with its Monte Carlo standard error."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from euthymia.statistics.responders import wilson
from euthymia.trials.power_results import Mean, Operating, Share

MC_LEVEL = 0.95  # of the intervals of shares over replicates
LEAST = 100  # replicates before it is asked whether they are enough


class Judgement(NamedTuple):
    """What a trial concludes, each [replicate]: whether p is below alpha, and the ends of its interval."""

    significant: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class Question:
    """What is asked of a comparison.

    Attributes:
        alpha: Two-sided level.
        favourable: Sign of a difference that speaks for the arm.
        margin: Size of a difference that matters; None where nobody asks.
    """

    alpha: float
    favourable: float
    margin: float | None = None


def judged(rows: np.ndarray, alpha: float) -> Judgement:
    """Return what trials conclude from their estimates.

    Args:
        rows: [replicate, field]; without an estimate a trial is not significant and holds nothing.
        alpha: Two-sided level.
    """
    from scipy.special import ndtri, stdtrit

    value, se, df = rows[:, 0], rows[:, 1], rows[:, 2]
    exact = np.isfinite(df)
    quantile = np.where(exact, stdtrit(np.where(exact, df, 1.0), 1.0 - alpha / 2.0), ndtri(1.0 - alpha / 2.0))
    half = quantile * se
    with np.errstate(invalid="ignore"):
        return Judgement(np.abs(value) > half, value - half, value + half)


def operating(rows: np.ndarray, question: Question, arm: str, reference: str) -> Operating:
    """Return the operating characteristics of one comparison.

    Args:
        rows: [replicate, field].
        question: What is asked.
        arm: The arm.
        reference: What it is compared with.
    """
    value, se, _, complete = rows.T
    known = np.isfinite(value)
    truth = mean(complete)
    found = judged(rows, question.alpha)
    wrong = known & (np.sign(value) == -np.sign(truth.value))
    holds = (found.low <= truth.value) & (truth.value <= found.high)
    beyond = None
    if question.margin is not None:
        beyond = share(question.favourable * value[known] >= abs(question.margin))
    return Operating(
        arm=arm,
        reference=reference,
        truth=truth,
        power=share(found.significant),
        estimate=mean(value),
        bias=mean(value - complete),
        se_model=mean(se),
        se_empirical=spread(value),
        coverage=share(holds[known]),
        wrong_sign=share(wrong[known]),
        wrong_and_significant=share(wrong & found.significant),
        beyond_margin=beyond,
        without_estimate=int((~known).sum()),
    )


def precise(rows: np.ndarray, alpha: float, precision: float) -> bool:
    """Tell whether the power of every comparison is known well enough.

    Args:
        rows: [replicate, part, contrast, field].
        alpha: Two-sided level.
        precision: Monte Carlo standard error asked for.
    """
    if len(rows) < LEAST:
        return False
    compared = rows[:, 0].swapaxes(0, 1)
    return all(share(judged(one, alpha).significant).se <= precision for one in compared)


def share(hits: np.ndarray) -> Share:
    """Return a share of replicates; NaN where there are none."""
    count, n = int(np.sum(hits)), len(hits)
    low, high = (float(end) for end in wilson(count, n, level=MC_LEVEL))
    z = NormalDist().inv_cdf(0.5 + MC_LEVEL / 2.0)
    return Share(count / n if n else float("nan"), (high - low) / (2.0 * z), low, high)


def mean(values: np.ndarray) -> Mean:
    """Return the mean of those known and its standard error."""
    known = values[np.isfinite(values)]
    if not known.size:
        return Mean(float("nan"), float("nan"))
    error = known.std(ddof=1) / np.sqrt(known.size) if known.size > 1 else float("nan")
    return Mean(float(known.mean()), float(error))


def spread(values: np.ndarray) -> Mean:
    """Return the standard deviation of those known, and its standard error where they are normal."""
    known = values[np.isfinite(values)]
    if known.size < 2:
        return Mean(float("nan"), float("nan"))
    sd = float(known.std(ddof=1))
    return Mean(sd, sd / float(np.sqrt(2.0 * (known.size - 1))))
