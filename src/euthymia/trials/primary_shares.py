"""Shares of two groups compared in every replicate: difference or odds ratio, plainly or by logistic regression."""

from __future__ import annotations

import numpy as np

from euthymia.statistics.logistic_fit import fit_logistic
from euthymia.statistics.summary import ratio
from euthymia.trials.endings import ended
from euthymia.trials.estimand import SummaryMeasure
from euthymia.trials.estimates import Estimate

Groups = tuple[np.ndarray, np.ndarray]  # who counts of the arm and of the reference, each [replicate, subject]


def compared_shares(hit: np.ndarray, groups: Groups, summary: SummaryMeasure) -> Estimate:
    """Return the difference of two shares (unpooled error) or the logarithm of their odds ratio, [replicate].

    Args:
        hit: [replicate, subject].
        groups: The arm and the reference.
        summary: Risk difference or odds ratio.
    """
    hits, people = ([(group & part).sum(1).astype(float) for group in groups] for part in (hit, np.ones_like(hit)))
    shares = [ratio(a, n) for a, n in zip(hits, people, strict=True)]
    if summary is SummaryMeasure.ODDS_RATIO:
        cells = [hits[0], people[0] - hits[0], hits[1], people[1] - hits[1]]
        some = np.all([cell > 0 for cell in cells], axis=0)
        a, b, c, d = (np.where(some, cell, np.nan) for cell in cells)
        value, se = np.log(a * d / (b * c)), np.sqrt(1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d)
    else:
        se = np.sqrt(sum(ratio(p * (1.0 - p), n) for p, n in zip(shares, people, strict=True)))
        known = se > 0.0  # two shares of 0 or 1 leave nothing to judge by
        value, se = np.where(known, shares[0] - shares[1], np.nan), np.where(known, se, np.nan)
    return Estimate(value, se, np.where(np.isfinite(value), np.inf, np.nan), ended(value, groups))


def by_logistic(hit: np.ndarray, baseline: np.ndarray, groups: Groups, summary: SummaryMeasure) -> Estimate:
    """Return the difference of marginal risks, or the logarithm of the odds ratio, with the baseline as a covariate.

    Args:
        hit: [replicate, subject].
        baseline: The same shape; NaN takes a person out.
        groups: The arm and the reference.
        summary: Risk difference or odds ratio.
    """
    arm = np.where(groups[0], 1, np.where(groups[1], 0, -1))
    fits = fit_logistic(hit, baseline[..., None], arm, arms=2, reference=0)
    odds = summary is SummaryMeasure.ODDS_RATIO
    value = (fits.log_odds if odds else fits.difference)[:, 1]
    se = (fits.log_odds_se if odds else fits.difference_se)[:, 1]
    return Estimate(value, se, np.where(np.isfinite(value), np.inf, np.nan), fits.code)
