"""What the looks at a trial find: its primary analysis at each of them, in every replicate, whatever the trial decides.

Each trial is conducted once, at the largest size that it may reach, and looked at as often as planned; where it stops is
asked of the rows afterwards, so that looks of another level are looks at the same rows.
"""

from __future__ import annotations

import numpy as np

from euthymia.errors import TrialFileError
from euthymia.trials.data import TrialData
from euthymia.trials.design import Trial
from euthymia.trials.interim import Interim
from euthymia.trials.looks import Coming, Look, look_at, seen_at
from euthymia.trials.looks_resized import resized
from euthymia.trials.power_analysis import Estimate, favourable, primary_analysis, treated_arms

LOOK_FIELDS = ("value", "se", "df", "complete", "people", "share", "factor", "t")  # of the last axis of rows of looks


def deciding(trial: Trial) -> int:
    """Return the place, among the comparisons, of the arm that decides.

    Raises:
        TrialFileError: When the trial is not looked at.
    """
    interim, arms = looks_of(trial), treated_arms(trial)
    return 0 if interim.arm is None else arms.index(interim.arm)


def looks_of(trial: Trial) -> Interim:
    """Return the looks at a trial.

    Raises:
        TrialFileError: When there are none.
    """
    if trial.interim is None:
        raise TrialFileError(f"{trial.id}: the trial is not looked at before its end; give it a table [interim]")
    return trial.interim


def look_rows(data: TrialData, planned: tuple[int, ...], alpha: float) -> np.ndarray:
    """Return what the looks find.

    Args:
        data: The trial, conducted at its largest size.
        planned: People planned in each arm of the first phase.
        alpha: Two-sided level; it reaches sizes that are found again, and nothing else.

    Returns:
        Rows, [replicate, 1 + look, contrast, field], fields as in `LOOK_FIELDS`. First comes the trial as planned without
        looks; ``complete``, the estimate with nobody missing, is known for it alone. ``people`` are those randomised by
        the look, ``share`` those of the trial's people with the primary visit behind them, ``factor`` the size of the
        trial for that planned, after the look, ``t`` the time of the look, h (NaN where nobody knows when people come).
    """
    trial, coming = data.trial, Coming.of(data, planned)
    interim, count = looks_of(trial), data.left.shape[0]
    first = coming.number < coming.planned
    fixed, all_rated = primary_analysis(data, first), primary_analysis(data, first, complete=True)
    factor, decided = np.ones(count), np.zeros(count)
    found = []
    for number, share in enumerate(interim.looks, start=1):
        look = look_at(coming, trial, share, factor, decided)
        last = number == len(interim.looks)
        estimate = _analysed(data, look, fixed, factor > 1.0) if last else primary_analysis(_seen(data, look))
        if interim.reestimation is not None and interim.reestimation.at == number:
            z = favourable(trial) * _of(estimate.value / estimate.se, trial)
            factor = resized(data, look, planned, z, _of(estimate.df, trial), alpha)
            decided = np.where(np.isfinite(look.t), look.t, 0.0)
        found.append(_rows(estimate, np.full_like(fixed.value, np.nan), look, factor))
    whole = look_at(coming, trial, 1.0, np.ones(count), decided)
    return np.stack([_rows(fixed, all_rated.value, whole, np.ones(count)), *found], axis=1)


def _seen(data: TrialData, look: Look) -> TrialData:
    return seen_at(data, look, np.ones(len(look.people), dtype=bool), last=False)


def _analysed(data: TrialData, look: Look, fixed: Estimate, larger: np.ndarray) -> Estimate:
    """Return the analysis at the end: that of the trial as planned, but for the replicates that have grown."""
    if not larger.any():
        return fixed
    grown = primary_analysis(seen_at(data, look, larger, last=True))
    parts = []
    for planned, again in ((fixed.value, grown.value), (fixed.se, grown.se), (fixed.df, grown.df)):
        part = planned.copy()
        part[larger] = again
        parts.append(part)
    return Estimate(*parts)


def _of(values: np.ndarray, trial: Trial) -> np.ndarray:
    """Return the values of the comparison that decides, [replicate]."""
    return values[:, deciding(trial)]


def _rows(estimate: Estimate, complete: np.ndarray, look: Look, factor: np.ndarray) -> np.ndarray:
    """Return one look as rows, [replicate, contrast, field]."""
    shape = estimate.value.shape
    of_trial = [np.broadcast_to(np.asarray(each, dtype=float)[:, None], shape) for each in (look.people, look.share)]
    of_trial += [np.broadcast_to(each[:, None], shape) for each in (factor, look.t)]
    return np.stack([estimate.value, estimate.se, estimate.df, complete, *of_trial], axis=-1)
