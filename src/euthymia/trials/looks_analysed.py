"""What the looks at a trial find: its primary analysis at each of them, in every replicate, whatever the trial decides.

Each trial is conducted once, at the largest size that it may reach, and looked at as often as planned; where it stops
is asked of the rows afterwards, so that looks of another level are looks at the same rows.
"""

from __future__ import annotations

import numpy as np

from euthymia.errors import TrialFileError
from euthymia.trials.comparisons import treated_arms
from euthymia.trials.data import TrialData
from euthymia.trials.design import Trial
from euthymia.trials.estimates import FIELDS, Estimate
from euthymia.trials.interim import Interim
from euthymia.trials.looks import Coming, Look, look_at, seen_at
from euthymia.trials.looks_resized import resized
from euthymia.trials.power_analysis import favourable, primary_analysis

LOOK_FIELDS = (*FIELDS, "people", "share", "factor", "t")  # of the last axis of rows of looks
PEOPLE, SHARE, FACTOR, TIME = range(len(FIELDS), len(LOOK_FIELDS))


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
        Rows, [replicate, 1 + look, contrast, field], fields as in `LOOK_FIELDS`. First comes the trial as planned,
        without looks; ``complete``, the estimate with nobody missing, is known for it alone. ``people`` are those
        randomised by the look, ``share`` those of the trial's people with the primary visit behind them, ``factor`` the
        size of the trial for that planned, after the look, ``t`` the time of the look, h (NaN where nobody knows when
        people come).
    """
    trial, coming = data.trial, Coming.of(data, planned)
    interim, count = looks_of(trial), data.left.shape[0]
    first = coming.number < coming.planned
    fixed, all_rated = primary_analysis(data, first), primary_analysis(data, first, complete=True)
    factor, decided, everywhere = np.ones(count), np.zeros(count), np.ones(count, dtype=bool)
    nothing = np.full_like(fixed.value, np.nan)
    found = []
    for number, share in enumerate(interim.looks, start=1):
        look = look_at(coming, trial, share, factor, decided)
        last = number == len(interim.looks)
        estimate = fixed if last else primary_analysis(seen_at(data, look, everywhere, last=False))
        if interim.reestimation is not None and interim.reestimation.at == number:
            z = favourable(trial) * _of(estimate.value / estimate.se, trial)
            factor = resized(data, look, planned, z, _of(estimate.df, trial), alpha)
            decided = np.where(np.isfinite(look.t), look.t, 0.0)
        found.append(_rows(estimate, nothing, look, factor))
        if last and (factor > 1.0).any():
            found[-1][factor > 1.0] = _grown(data, look, factor)
    whole = look_at(coming, trial, 1.0, np.ones(count), decided)
    return np.stack([_rows(fixed, all_rated.value, whole, np.ones(count)), *found], axis=1)


def _grown(data: TrialData, look: Look, factor: np.ndarray) -> np.ndarray:
    """Return the rows of the end of those replicates that have grown."""
    larger = factor > 1.0
    estimate = primary_analysis(seen_at(data, look, larger, last=True))
    return _rows(estimate, np.full_like(estimate.value, np.nan), look, factor, larger)


def _of(values: np.ndarray, trial: Trial) -> np.ndarray:
    """Return the values of the comparison that decides, [replicate]."""
    return values[:, deciding(trial)]


def _rows(
    estimate: Estimate, complete: np.ndarray, look: Look, factor: np.ndarray, which: np.ndarray | None = None
) -> np.ndarray:
    """Return one look as rows, [replicate, contrast, field]; of some replicates, where the estimates are theirs."""
    facts = np.stack([look.people, look.share, factor, look.t], axis=-1)
    facts = facts if which is None else facts[which]
    rows = estimate.rows(complete)
    return np.concatenate([rows, np.repeat(facts[:, None], rows.shape[1], axis=1)], axis=-1)
