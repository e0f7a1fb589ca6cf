"""What the conducted trial says for published rows of safety: scores, readings, sedation and reports."""

from __future__ import annotations

import numpy as np

from euthymia.evidence.published import Measure
from euthymia.safety.reporting import Event
from euthymia.trials.data import SAFETY_MINUTES, SessionsSeen, TrialData
from euthymia.trials.quantity import Nothing, mean

REPORTED = {
    Measure.AE_DISSOCIATION: Event.DISSOCIATION,
    Measure.AE_DIZZINESS: Event.DIZZINESS,
    Measure.AE_NAUSEA: Event.NAUSEA,
    Measure.AE_SEDATION: Event.SEDATION,
    Measure.AE_BLOOD_PRESSURE_INCREASED: Event.BLOOD_PRESSURE,
}
SEDATED = 3  # MOAA/S at or below which a patient answers only to being called loudly or touched
DISSOCIATED = 4.0  # CADSS above which a person is counted as dissociated, points
READINGS = (Measure.SBP_MAX_INCREASE, Measure.DBP_MAX_INCREASE)
SAFETY = (Measure.CADSS_MEAN, Measure.CADSS_GT4_ANY_TIME, *READINGS, Measure.MOAAS_LE3, *REPORTED)
UNSEEN = Nothing("nobody looked at the sessions")


def of_safety(data: TrialData, measure: Measure, who: np.ndarray) -> np.ndarray | Nothing:
    """Return a measure that is one of `SAFETY` in each replicate, [replicate]; or why there is none.

    Args:
        data: The conducted trial.
        measure: What is asked.
        who: Of whom, [replicate, subject].
    """
    if measure is Measure.CADSS_MEAN:
        return _highest_mean_CADSS(data, who)
    seen = data.safety.seen
    if seen is None:
        return UNSEEN
    if measure in READINGS:
        return _largest_rise(seen, measure, who)
    if measure is Measure.MOAAS_LE3:
        found = seen.MOAAS <= SEDATED
    elif measure is Measure.CADSS_GT4_ANY_TIME:
        found = data.safety.CADSS.max(-1) > DISSOCIATED
    else:
        found = seen.reports[..., list(Event).index(REPORTED[measure])]
    return 100.0 * mean((found & seen.attended).any(-1).astype(float), who)


def _highest_mean_CADSS(data: TrialData, who: np.ndarray) -> np.ndarray:
    """Return the mean CADSS 40 minutes after the first dose, where it is highest."""
    return mean(data.safety.CADSS[:, :, 0, SAFETY_MINUTES.index(40.0)], who)


def _largest_rise(seen: SessionsSeen, measure: Measure, who: np.ndarray) -> np.ndarray:
    """Return the mean over people of the mean over their sessions of the largest rise of pressure, mmHg."""
    readings = seen.SBP if measure is Measure.SBP_MAX_INCREASE else seen.DBP
    rise = np.where(seen.attended, readings[..., 1:].max(-1) - readings[..., 0], 0.0)
    count = seen.attended.sum(-1)
    return mean(np.where(count > 0, rise.sum(-1) / np.maximum(count, 1), np.nan), who)
