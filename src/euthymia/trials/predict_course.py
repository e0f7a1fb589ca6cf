"""What the conducted trial says for published rows of whole courses: relapse, leaving, and how ratings go together."""

from __future__ import annotations

import re

import numpy as np

from euthymia.evidence.published import Estimator, Measure, PublishedRow
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.design import reference_of
from euthymia.trials.quantity import Nothing, change_by, mean, rules, totals_by, visit_of
from euthymia.trials.relapse import hazard_ratio, median_days, relapses
from euthymia.trials.within import correlation, leaving_rate, weeks_of

RELAPSE = (Measure.RELAPSE, Measure.MEDIAN_TIME_TO_RELAPSE, Measure.HR_RELAPSE)
RELAPSE_AFTER = (Measure.RELAPSE_OF_RESPONDERS, Measure.RELAPSE_OF_REMITTERS)
TOGETHER = (Measure.CORRELATION_CHANGE, Measure.CORRELATION_BASELINE_SCORE)
COURSE = (*RELAPSE, *RELAPSE_AFTER, *TOGETHER, Measure.DROPOUT_HAZARD)
HOURS_PER_DAY = 24.0
NO_RULE = Nothing("no rule says what a relapse is")


def of_course(data: TrialData, phase: PhaseData, row: PublishedRow, who: np.ndarray) -> np.ndarray | Nothing:
    """Return the quantity of a row whose measure is one of `COURSE`, [replicate]; or why there is none.

    Args:
        data: The conducted trial.
        phase: The row's phase.
        row: The row.
        who: Its people, [replicate, subject].
    """
    if row.measure in RELAPSE:
        return _relapse(data, phase, row.measure, who)
    if row.measure in RELAPSE_AFTER:
        return _relapse_after(data, phase, row, who)
    if row.measure in TOGETHER:
        return _together(data, phase, row, who)
    weeks = weeks_of(row.definition)
    return leaving_rate(data.left, who, *weeks) if len(weeks) == 2 else Nothing("between weeks that are not told")


def _relapse(data: TrialData, phase: PhaseData, measure: Measure, who: np.ndarray) -> np.ndarray | Nothing:
    """Return the share that relapsed (percent), the median time to it (d), or the hazard's ratio to the reference.

    A median that is not reached is longer than the phase, whose length stands for it.
    """
    rule, reference = data.trial.relapse, reference_of(phase.phase)
    if rule is None or reference is None:
        return NO_RULE
    found = relapses(phase, rule)
    if measure is Measure.RELAPSE:
        return 100.0 * mean(found.event.astype(float), who)
    if measure is Measure.HR_RELAPSE:
        return hazard_ratio(found, who, phase.members((reference.name,)))
    return np.minimum(median_days(found, who), (phase.phase.end - phase.phase.start) / HOURS_PER_DAY)


def _relapse_after(data: TrialData, phase: PhaseData, row: PublishedRow, who: np.ndarray) -> np.ndarray | Nothing:
    """Return the share, percent, of those well at the visit that the definition names whose rating rose again."""
    rule, day = data.trial.relapse, re.search(r"day-(\d+)", row.definition)
    labels, end = [visit.label for visit in phase.visits], visit_of(phase, row)
    if rule is None:
        return NO_RULE
    if day is None or f"day {day.group(1)}" not in labels or end is None:
        return Nothing("at a time at which nobody is rated here")
    start = labels.index(f"day {day.group(1)}")
    totals, (fall, threshold) = totals_by(phase, Estimator.OC), rules(data.trial, data.trial.scale)
    limit = (1.0 - fall) * phase.baseline if row.measure is Measure.RELAPSE_OF_RESPONDERS else threshold
    rose = (totals[..., start + 1 : end + 1] >= rule.threshold).any(-1)
    return 100.0 * mean(rose.astype(float), who & (totals[..., start] <= limit))


def _together(data: TrialData, phase: PhaseData, row: PublishedRow, who: np.ndarray) -> np.ndarray | Nothing:
    """Return the correlation of two changes, or of the baseline and a score, at the weeks that the definition names."""
    places = {visit.t: place for place, visit in enumerate(phase.visits)}
    weeks, scale = weeks_of(row.definition), data.trial.scale
    if not weeks or not set(weeks) <= set(places):
        return Nothing("at a time at which nobody is rated here")
    if row.measure is Measure.CORRELATION_BASELINE_SCORE:
        return correlation(phase.on(scale).baseline, totals_by(phase, Estimator.OC, scale)[..., places[weeks[0]]], who)
    change = change_by(phase, Estimator.OC, scale)
    return correlation(change[..., places[weeks[0]]], change[..., places[weeks[-1]]], who)
