"""Arms of a table compared by logistic regression: odds ratios, and the difference of marginal risks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from euthymia.errors import ConvergenceError, UnknownNameError
from euthymia.statistics.logistic_fit import LogisticEnd, fit_logistic
from euthymia.statistics.table import TableError, read_factor, read_numbers

Array = NDArray[np.floating]
ADVICE = "look for an arm or a covariate that tells all hits, or leave covariates out"


@dataclass(frozen=True, eq=False)
class Logistic:
    """The regression of a table; every array but ``coefficients`` is [difference].

    Attributes:
        names: What each difference is.
        difference: Arm less reference, of marginal risks.
        se: Its standard error.
        low: Lower end of its interval.
        high: Upper end.
        p: Two-sided p value of no difference of risks.
        odds_ratio: Odds of the arm over those of the reference among people alike.
        odds_low: Lower end of its interval.
        odds_high: Upper end.
        risk: Marginal risk of the arm.
        risk_reference: That of the reference.
        columns: Names of the coefficients.
        coefficients: On the scale of log odds, [column].
        errors: Their standard errors, [column].
    """

    names: tuple[str, ...]
    difference: Array
    se: Array
    low: Array
    high: Array
    p: Array
    odds_ratio: Array
    odds_low: Array
    odds_high: Array
    risk: Array
    risk_reference: Array
    columns: tuple[str, ...]
    coefficients: Array
    errors: Array


def logistic(
    table: Any,
    outcome: str,
    arm: str,
    *,
    covariates: Sequence[str] = (),
    reference: str | None = None,
    level: float = 0.95,
) -> Logistic:
    """Compare arms by logistic regression; rows with anything missing are left out.

    Args:
        table: A row for each subject: pandas, Polars, Arrow or a mapping of columns.
        outcome: Column of hits, 1, and misses, 0.
        arm: Column of arms.
        covariates: Columns of numbers that the log odds are linear in.
        reference: The arm that others are compared with; the first if left out.
        level: Level of the intervals.

    Raises:
        UnknownNameError: When a column or the reference does not exist.
        TableError: When the outcome is not 0 or 1, or fewer than two arms have rows.
        ConvergenceError: When the likelihood has no maximum.
    """
    from scipy.special import ndtr, ndtri

    hit, group = read_numbers(table, outcome), read_factor(table, arm)
    x = np.array([read_numbers(table, name) for name in covariates]).reshape(len(covariates), len(hit)).T
    used = np.isfinite(hit) & (group.codes >= 0) & np.isfinite(x).all(1)
    if not np.isin(hit[used], (0.0, 1.0)).all():
        raise TableError(f"column {outcome!r} holds {hit[used][~np.isin(hit[used], (0.0, 1.0))][0]:g}; it holds 0 or 1")
    if reference is not None and reference not in group.levels:
        raise UnknownNameError(f"level of {arm}", reference, group.levels)
    if len(np.unique(group.codes[used])) < max(len(group.levels), 2):
        raise TableError(f"column {arm!r}: two arms or more are needed, each with usable rows")
    base = 0 if reference is None else group.levels.index(reference)
    place = np.where(used, group.codes, -1)
    found = fit_logistic(hit[None] > 0.5, x[None], place[None], arms=len(group.levels), reference=base)
    if found.code[0] != LogisticEnd.FITTED:
        raise ConvergenceError(f"the logistic regression has no largest likelihood; {ADVICE}")
    others = [number for number in range(len(group.levels)) if number != base]
    difference, se, log_odds, log_se, risk = (
        each[0, others]
        for each in (found.difference, found.difference_se, found.log_odds, found.log_odds_se, found.risk)
    )
    z = ndtri(0.5 + level / 2.0)
    return Logistic(
        names=tuple(f"{group.levels[number]} - {group.levels[base]}" for number in others),
        difference=difference,
        se=se,
        low=difference - z * se,
        high=difference + z * se,
        p=2.0 * ndtr(-np.abs(difference / se)),
        odds_ratio=np.exp(log_odds),
        odds_low=np.exp(log_odds - z * log_se),
        odds_high=np.exp(log_odds + z * log_se),
        risk=risk,
        risk_reference=np.full(len(others), found.risk[0, base]),
        columns=("intercept", *covariates, *(group.levels[number] for number in others)),
        coefficients=found.coefficients[0],
        errors=np.sqrt(np.diag(found.covariance[0])),
    )
