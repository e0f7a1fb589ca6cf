"""How accounts of how treatment works fit the calibration rows, and how each trial is foretold by the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from euthymia.evidence.account import AccountFit, account, fitted_accounts
from euthymia.models.accounts import Mechanism
from euthymia.score.board import verdict
from euthymia.score.results import Verdict
from euthymia.statistics.scoring import clustered_total


@dataclass(frozen=True)
class Fit:
    """One account beside the one that foretells calibration trials best.

    Attributes:
        mechanism: Its name.
        free: How many numbers were free.
        log_posterior: Height of the posterior at its mode.
        log_evidence: Logarithm of the probability of the rows before them; as the height without a constant that is
            the same for all.
        rms: Root of the mean square of what is left of the rows, in standard errors.
        inside: Rows in the 90 % interval of a new trial of their size.
        rows: How many rows that is of.
        left_out: Sum over trials of the log predictive density of each given the others.
        groups: Groups of trials that share nobody.
        difference: Sum minus that of the best.
        se: Its standard error by groups; 0 for the best itself.
        verdict: Whether it is worse than the best, or nobody knows.
        separating: The group with the largest difference from the best, and that difference.
    """

    mechanism: str
    free: int
    log_posterior: float
    log_evidence: float
    rms: float
    inside: int
    rows: int
    left_out: float
    groups: int
    difference: float
    se: float
    verdict: Verdict
    separating: tuple[str, float]


def fits_of(among: Sequence[Mechanism]) -> tuple[Fit, ...]:
    """Return how those of some accounts fit that were fitted, the one first that foretells trials left out best.

    Args:
        among: The accounts.
    """
    return beside_the_best([account(each.value) for each in among if each.value in fitted_accounts()])


def beside_the_best(accounts: Sequence[AccountFit]) -> tuple[Fit, ...]:
    """Return accounts beside the one whose trials are foretold best by each other.

    Args:
        accounts: Fitted to the same rows.
    """
    order = sorted(accounts, key=lambda one: -sum(one.left_out.values()))
    return tuple(_fit(one, order[0]) for one in order)


def _fit(one: AccountFit, best: AccountFit) -> Fit:
    groups = list(best.left_out)
    d = np.array([one.left_out[name] - best.left_out[name] for name in groups])
    total = clustered_total(d, groups)
    most = int(np.argmax(np.abs(d)))
    return Fit(
        mechanism=one.mechanism,
        free=len(one.posterior.numbers),
        log_posterior=one.log_posterior,
        log_evidence=one.log_evidence,
        rms=one.rms,
        inside=one.inside,
        rows=one.rows,
        left_out=float(sum(one.left_out.values())),
        groups=len(groups),
        difference=total.value,
        se=total.se,
        verdict=verdict(total.value, total.se),
        separating=(groups[most], float(d[most])),
    )
