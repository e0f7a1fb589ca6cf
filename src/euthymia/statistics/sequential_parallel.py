r"""The sequential parallel comparison design: two stages of one trial, put together with a weight fixed beforehand.

In the first stage people get drug or placebo; those of placebo who do not respond are randomised again in the second.
With the differences of the stages d1 and d2 and their variances v1 and v2,

    d = w d1 + (1 - w) d2,   its variance = w^2 v1 + (1 - w)^2 v2                                          (1)

Some people are in both stages, but given everything of the first one, d2 has the same mean whatever came before, as
long as the second randomisation decides alone who gets the drug; so d1 and d2 are uncorrelated and (1) has no third
term. That needs an effect of the second stage that is the same for everybody, as it is where there is none. Both
variances are estimated; their sum is taken to have Satterthwaite's degrees of freedom,

    (w^2 v1 + (1 - w)^2 v2)^2 / (w^4 v1^2 / f1 + (1 - w)^4 v2^2 / f2)                                      (2)

where the published tests use the normal distribution.

Source:
    Fava, Evins, Dorer, Schoenfeld (2003), Psychother Psychosom 72:115, for the design and (1) of shares. Tamura, Huang
    (2007), Clin Trials 4:309, and Chen, Yang, Hung, Wang (2011), Contemp Clin Trials 32:592, for means, and for why the
    stages are uncorrelated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euthymia.statistics.table import TableError

Array = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Stage:
    """The difference of one stage.

    Attributes:
        difference: Drug less placebo.
        se: Its standard error.
        df: Its degrees of freedom; infinite where the normal distribution is used.
    """

    difference: ArrayLike
    se: ArrayLike
    df: ArrayLike = np.inf


@dataclass(frozen=True, eq=False)
class Combined:
    """Both stages together, of the shape of the stages' arrays; NaN where a stage has no estimate.

    Attributes:
        difference: The weighted difference (1).
        se: Its standard error.
        df: Its degrees of freedom (2).
        low: Lower end of its interval.
        high: Upper end.
        p: Two-sided p value of no difference.
    """

    difference: Array
    se: Array
    df: Array
    low: Array
    high: Array
    p: Array


def combine_stages(first: Stage, second: Stage, *, weight: float, level: float = 0.95) -> Combined:
    """Put two stages together.

    Args:
        first: The first stage.
        second: The second stage, of those of placebo who did not respond.
        weight: w of the first stage, between 0 and 1, fixed before the trial.
        level: Level of the interval.

    Raises:
        TableError: When the weight does not lie between 0 and 1.
    """
    from scipy.special import ndtr, ndtri, stdtr, stdtrit

    if not 0.0 < weight < 1.0:
        raise TableError(f"weight {weight:g} given; the weight of the first stage lies between 0 and 1")
    stages = [[np.asarray(part, dtype=float) for part in (one.difference, one.se, one.df)] for one in (first, second)]
    shares = (weight, 1.0 - weight)
    difference = weight * stages[0][0] + (1.0 - weight) * stages[1][0]  # (1)
    parts = [share**2 * one[1] ** 2 for share, one in zip(shares, stages, strict=True)]
    variance = parts[0] + parts[1]  # (1)
    with np.errstate(divide="ignore", invalid="ignore"):
        df = variance**2 / sum(part**2 / one[2] for part, one in zip(parts, stages, strict=True))  # (2)
    se = np.sqrt(variance)
    exact = np.isfinite(df)
    safe = np.where(exact, df, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = difference / se
    half = np.where(exact, stdtrit(safe, 0.5 + level / 2.0), ndtri(0.5 + level / 2.0)) * se
    p = 2.0 * np.where(exact, stdtr(safe, -np.abs(z)), ndtr(-np.abs(z)))
    return Combined(difference, se, np.where(np.isfinite(se), df, np.nan), difference - half, difference + half, p)
