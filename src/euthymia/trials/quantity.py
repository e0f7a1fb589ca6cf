"""What quantities of a conducted trial are made of: totals as an estimator sees them, means and shares of people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euthymia.evidence.published import Estimator, PublishedRow
from euthymia.statistics.imputation import locf
from euthymia.symptoms.scale import Scale, usual_fall, usual_remission
from euthymia.trials.data import PhaseData
from euthymia.trials.design import Trial

NEEDED = 2  # people in an arm below which a mean of it says nothing


@dataclass(frozen=True)
class Nothing:
    """Why a row is not predicted."""

    why: str


def change_by(phase: PhaseData, estimator: Estimator, scale: Scale = Scale.MADRS) -> np.ndarray:
    """Return changes from baseline, [replicate, subject, visit]; NaN where the estimator sees none."""
    return totals_by(phase, estimator, scale) - phase.on(scale).baseline[..., None]


def totals_by(phase: PhaseData, estimator: Estimator, scale: Scale = Scale.MADRS) -> np.ndarray:
    """Return totals as an estimator sees them: as observed, or with the last one carried forward."""
    total = phase.on(scale).total
    observed = phase.observed & np.isfinite(total)
    if estimator is Estimator.LOCF:
        return locf(total, observed)
    return np.where(observed, total, np.nan)


def rules(trial: Trial, scale: Scale) -> tuple[float, float]:
    """Return a scale's fall that counts as response (fraction of baseline) and highest total in remission (points).

    They are the trial's own on the scale that it is judged by, and the usual ones on any other.
    """
    if scale is trial.scale:
        return trial.response.fall, trial.remission.threshold
    return usual_fall(), usual_remission(scale).threshold


def share(hit: np.ndarray, seen: np.ndarray, who: np.ndarray) -> np.ndarray:
    """Return the share of hits among people seen, [replicate]."""
    return mean(np.where(seen, hit, np.nan), who)


def visit_of(phase: PhaseData, row: PublishedRow) -> int | None:
    """Return the place of the visit at the time of a row; None where nobody is rated then."""
    t = row.t
    return None if t is None else next((i for i, visit in enumerate(phase.visits) if visit.t == t), None)


def mean(values: np.ndarray, who: np.ndarray) -> np.ndarray:
    """Return the mean over members with a value, [replicate]; NaN where there are too few."""
    usable = who & np.isfinite(values)
    count = usable.sum(1)
    total = np.where(usable, values, 0.0).sum(1)
    return np.where(count >= NEEDED, total / np.maximum(count, 1), np.nan)
