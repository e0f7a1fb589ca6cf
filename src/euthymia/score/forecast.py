"""A predictive distribution of a published value, and how it is judged: interval, error, log score and CRPS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euthymia.evidence.published import PublishedRow
from euthymia.score.endpoint import Kind, kind_of
from euthymia.statistics import scoring
from euthymia.trials.replicates import interval

Array = NDArray[np.floating]
ENOUGH = 0.5  # share of replicates with a value, below which a row is not predicted
PERCENT = 100.0
EDGE = 1e-6  # how near to certain a correlation or a share may come


@dataclass(frozen=True, eq=False)
class Forecast:
    """Draws of what a trial of that size would publish; a rival that knows it says of what they are drawn.

    Attributes:
        draws: In the row's unit, [draw]; NaN where a draw has no value.
        centres: Means (row's unit) or shares (fractions) of trials before the error of sampling; None where only
            draws are known.
        error: Standard error of sampling around centres, row's unit; not used of shares, whose error is binomial.
    """

    draws: Array
    centres: Array | None = None
    error: float = 0.0


@dataclass(frozen=True)
class Judged:
    """A forecast against the published value, all but scores in the row's unit.

    Attributes:
        mean: Mean of the forecast.
        low: Lower end of its 90 % interval.
        high: Upper end.
        inside: Whether the interval holds the published value, ends included.
        signed_error: Predicted mean minus published.
        log_score: Log density, or log probability of the count; larger is better.
        log_kernel: The same by normal kernels on the draws, whatever else is known.
        crps: Continuous ranked probability score; smaller is better.
    """

    mean: float
    low: float
    high: float
    inside: bool
    signed_error: float
    log_score: float
    log_kernel: float
    crps: float


def enough(draws: Array) -> bool:
    """Tell whether enough draws have a value to speak of a distribution."""
    known = np.isfinite(draws)
    return bool(known.mean() >= ENOUGH and known.sum() >= scoring.FEWEST) if draws.size else False


def judged(forecast: Forecast, row: PublishedRow, people: int | None) -> Judged:
    """Return how a forecast does against a published row.

    Args:
        forecast: The forecast.
        row: What was published.
        people: Persons behind it; without them a share is judged as a mean.
    """
    draws = forecast.draws[np.isfinite(forecast.draws)]
    band = interval(draws)
    log_score, log_kernel = _log_scores(forecast, draws, row, people)
    return Judged(
        mean=band.mean,
        low=band.low,
        high=band.high,
        inside=band.holds(row.value),
        signed_error=band.mean - row.value,
        log_score=log_score,
        log_kernel=log_kernel,
        crps=scoring.crps(draws, row.value),
    )


def _log_scores(forecast: Forecast, draws: Array, row: PublishedRow, people: int | None) -> tuple[float, float]:
    """Return the log score and that by kernels."""
    kind = kind_of(row)
    if kind is Kind.SHARE and people:
        count, shares = round(row.value / PERCENT * people), draws / PERCENT
        by_moments = scoring.log_beta_binomial_moments(shares, people, count)
        if forecast.centres is None:
            return by_moments, by_moments
        return scoring.log_mean_binomial(np.clip(forecast.centres, EDGE, 1.0 - EDGE), people, count), by_moments
    x, seen = straightened(draws, kind), float(straightened(np.array([row.value]), kind)[0])
    if np.ptp(x) == 0.0:
        x = x + _rounding(row) * (np.arange(len(x)) / (len(x) - 1) - 0.5)
    by_kernel = scoring.log_kernel(x, seen)
    if forecast.centres is not None and kind is Kind.MEAN:
        return scoring.log_mean_normal(forecast.centres, forecast.error, seen), by_kernel
    return scoring.log_normal_moments(x, seen), by_kernel


def straightened(values: Array, kind: Kind) -> Array:
    """Return values on the scale on which they are taken to be normal: log of ratios, Fisher's z of correlations."""
    if kind is Kind.RATIO:
        return np.log(np.maximum(values, EDGE))
    if kind is Kind.CORRELATION:
        return np.arctanh(np.clip(values, -1.0 + EDGE, 1.0 - EDGE))
    return values


def _rounding(row: PublishedRow) -> float:
    """Return the width of what rounds to a printed value, taken as one in its last digit; for draws without spread."""
    digits = f"{row.value:g}".partition(".")[2]
    return 10.0 ** -len(digits)
