"""What is kept of the fit of one account of how treatment works: its posterior, and how it does on the fitted rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from euthymia.calibration.artefact import kept
from euthymia.calibration.diagnostics import coverage
from euthymia.calibration.foretold import foretold
from euthymia.calibration.likelihood import discrepancy_of
from euthymia.calibration.whole import Found
from euthymia.evidence.account import DEFAULT, AccountFit
from euthymia.evidence.posterior import posterior


def account_of(found: Found, groups: Mapping[str, str] | None = None, *, command: str) -> AccountFit:
    """Return what is kept of a fit under an account.

    Args:
        found: The fit.
        groups: Name of the group of trials that share people, by a trial's id, for leaving trials out.
        command: What makes it again.
    """
    mechanism = found.model.trials.mechanism.value
    rows = coverage(found)
    return AccountFit(
        mechanism=mechanism,
        log_posterior=found.mode.log_posterior,
        log_evidence=log_evidence(found),
        rms=rms(found),
        inside=sum(row.inside for row in rows),
        rows=len(rows),
        ends=found.ends,
        left_out=foretold(found, groups),
        posterior=posterior() if mechanism == DEFAULT else kept(found, command=command),
    )


def log_evidence(found: Found) -> float:
    """Return the logarithm of the probability of the rows before them (Laplace), without the rows' own constant.

    Trials' own effects are averaged out in the height already; the free numbers are here. A number of which the rows
    say nothing adds nothing, so that accounts with more free numbers have no gain by them alone.

    Args:
        found: The fit.
    """
    count = len(found.model.free)
    return found.mode.log_posterior + 0.5 * float(np.linalg.slogdet(found.mode.covariance[:count, :count])[1])


def rms(found: Found) -> float:
    """Return the root of the mean square of what is left of the rows, in standard errors, anchors left aside.

    Args:
        found: The fit.
    """
    model, mode = found.model, found.mode
    C = np.asarray(found.errors.covariance(float(discrepancy_of(model, mode.x))))
    z = (model.published() - mode.predicted) / np.sqrt(np.diag(C))
    return float(np.sqrt(np.mean(z[: len(model.all_rows)] ** 2)))
