r"""How well each trial is foretold by all others, from one fit: leaving it out in the normal approximation.

    H_-t = H - J_t' C_t^-1 J_t,   x_-t = x - H_-t^-1 J_t' C_t^-1 r_t                                         (1)
    published_t ~ N(predicted_t + J_t (x_-t - x), C_t + J_t H_-t^-1 J_t')                                    (2)

H is the curvature at the mode, J_t the slopes of the trial's rows, r_t what is left of them, C_t how they scatter. (1)
takes the trial's rows away and makes one Newton step; its own effects go back to their prior by themselves. Where
predictions are linear this is exact. What it leaves alone: the spreads between trials and the discrepancy, which stay
where all trials together put them, and so who is left out is foretold a little too well, alike under every account.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from euthymia.calibration.likelihood import discrepancy_of
from euthymia.calibration.whole import Found


def foretold(found: Found, groups: Mapping[str, str] | None = None) -> dict[str, float]:
    """Return the log predictive density of each trial's rows given those of all others.

    Args:
        found: The fit.
        groups: Name of the group of each trial by its id; trials of one group, which share people, are left out
            together. Each trial alone when None.

    Returns:
        Log densities by group, constants included, in the order of the trials.
    """
    model, mode = found.model, found.mode
    ids = [fixed.trial.id for fixed in model.trials.fixed]
    names = [(groups or {}).get(one, one) for one in ids]
    of_row = np.repeat(names, [len(rows) for rows in model.rows])
    J = _without_spreads(found)
    C = np.asarray(found.errors.covariance(float(discrepancy_of(model, mode.x))))
    H, left = np.linalg.inv(mode.covariance), model.published() - mode.predicted
    places = {name: np.flatnonzero(of_row == name) for name in dict.fromkeys(names)}
    return {
        name: left_out(H, J[at], C[np.ix_(at, at)], left[at]) for name, at in places.items() if at.size
    }  # anchors belong to no trial and stay


def left_out(H: np.ndarray, J: np.ndarray, C: np.ndarray, left: np.ndarray) -> float:
    """Return the log predictive density of some rows given all others, (1) and (2).

    Args:
        H: Curvature of the log posterior at the mode, [normal, normal].
        J: Slopes of the rows, [row, normal].
        C: Covariance of their scatter, which they share with no other row, [row, row].
        left: Published less predicted at the mode, [row].
    """
    weighted = np.linalg.solve(C, np.column_stack([J, left]))
    lesser = H - J.T @ weighted[:, :-1]
    away = left + J @ np.linalg.solve(lesser, J.T @ weighted[:, -1])  # (1)
    root = np.linalg.cholesky(C + J @ np.linalg.solve(lesser, J.T))
    z = np.linalg.solve(root, away)
    return float(-0.5 * z @ z - np.log(np.diag(root)).sum() - 0.5 * z.size * np.log(2.0 * np.pi))  # (2)


def _without_spreads(found: Found) -> np.ndarray:
    """Return the slopes with those by spreads between trials, which the curvature does not have, at zero."""
    spreads = {own.spread for own in found.model.own}
    J = found.mode.jacobian.copy()
    J[:, [at for at, prior in enumerate(found.model.free) if prior.name in spreads]] = 0.0
    return J
