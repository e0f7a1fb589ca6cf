"""Operating characteristics from rows: how often, how far, how wrong, each with its Monte Carlo standard error."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from euthymia.statistics.responders import wilson
from euthymia.trials.endings import counted
from euthymia.trials.estimates import DF, SE, VALUE, P
from euthymia.trials.power_results import Mean, Operating, Relapsing, Share

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
        mixed: Whether estimates are of a mixed model, whose codes tell which covariance was fitted.
    """

    alpha: float
    favourable: float
    margin: float | None = None
    mixed: bool = False


def judged(rows: np.ndarray, alpha: float) -> Judgement:
    """Return what trials conclude from their estimates; from the p value of another test where they have one.

    Args:
        rows: [replicate, field]; without an estimate or a p value a trial is not significant.
        alpha: Two-sided level.
    """
    from scipy.special import ndtri, stdtrit

    value, se, df, p = (rows[:, place] for place in (VALUE, SE, DF, P))
    exact = np.isfinite(df)
    quantile = np.where(exact, stdtrit(np.where(exact, df, 1.0), 1.0 - alpha / 2.0), ndtri(1.0 - alpha / 2.0))
    half = quantile * se
    with np.errstate(invalid="ignore"):
        significant = np.where(np.isfinite(p), p < alpha, np.abs(value) > half)
        return Judgement(significant, value - half, value + half)


def operating(rows: np.ndarray, question: Question, arm: str, reference: str, estimand: str = "") -> Operating:
    """Return the operating characteristics of one comparison.

    Args:
        rows: [replicate, field].
        question: What is asked.
        arm: The arm.
        reference: What it is compared with.
        estimand: The question that is answered, in words.
    """
    value, se, _, complete, _, code, events = rows.T
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
        estimand=estimand,
        fits=counted(code, mixed=question.mixed),
        relapses=_relapsing(value, complete, events),
    )


def _relapsing(value: np.ndarray, complete: np.ndarray, events: np.ndarray) -> Relapsing | None:
    """Return what logarithms of hazard ratios say as ratios; None where there are no events to speak of."""
    if not np.isfinite(events).any():
        return None
    return Relapsing(mean(events), ratio(value), ratio(complete), ratio(value - complete))


def ratio(logarithms: np.ndarray) -> Mean:
    """Return the geometric mean of those known and its standard error by the delta method."""
    found = mean(logarithms)
    middle = float(np.exp(found.value))
    return Mean(middle, middle * found.se)


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
