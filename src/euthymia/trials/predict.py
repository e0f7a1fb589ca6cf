"""What the conducted trial says for a published row: the same quantity by the same estimator, a replicate a time."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from euthymia.evidence.published import Estimator, Measure, PublishedRow
from euthymia.safety.reporting import Event
from euthymia.statistics.ancova import ancova
from euthymia.statistics.imputation import locf
from euthymia.symptoms.scale import Scale, usual_fall, usual_remission
from euthymia.trials.data import SAFETY_MINUTES, PhaseData, TrialData
from euthymia.trials.design import Trial, reference_of

# MMRM and least-squares means are estimated here by ANCOVA on the observed cases, until the full statistics come.
STAND_IN = {Estimator.MMRM: Estimator.OC, Estimator.LS_MEAN: Estimator.OC, Estimator.RAW: Estimator.OC}
REPORTED = {
    Measure.AE_DISSOCIATION: Event.DISSOCIATION,
    Measure.AE_DIZZINESS: Event.DIZZINESS,
    Measure.AE_NAUSEA: Event.NAUSEA,
    Measure.AE_SEDATION: Event.SEDATION,
    Measure.AE_BLOOD_PRESSURE_INCREASED: Event.BLOOD_PRESSURE,
}
SEDATED = 3  # MOAA/S at or below which a patient answers only to being called loudly or touched
NEEDED = 2  # people in an arm below which a mean of it says nothing


@dataclass(frozen=True)
class Nothing:
    """Why a row is not predicted."""

    why: str


def predict(data: TrialData, row: PublishedRow) -> np.ndarray | Nothing:
    """Return the row's quantity in each replicate, in the row's unit, [replicate]; or why there is none."""
    phase = next((phase for phase in data.phases if phase.phase.name == row.phase), None)
    if phase is None:
        return Nothing("of a stretch of the trial that is not conducted here" if row.phase else "not an outcome")
    names = _arms(data.trial, phase, row.arm)
    if not names:
        return Nothing("of people whom the design does not describe")
    who = phase.members(names)
    match row.measure:
        case Measure.MADRS_BASELINE:
            return _mean(phase.baseline, who)
        case Measure.MADRS_TOTAL | Measure.MADRS_CHANGE | Measure.PHQ9_CHANGE | Measure.RESPONSE | Measure.REMISSION:
            return _score(data, phase, row, who)
        case Measure.MADRS_CHANGE_DIFF | Measure.MADRS_TOTAL_DIFF:
            return _contrast(phase, row, who)
        case Measure.DROPOUT_ALL_CAUSE:
            return 100.0 * _mean((data.left <= phase.phase.end).astype(float), who)
        case Measure.CADSS_MEAN:
            return _highest_mean_CADSS(data, who)
        case Measure.SBP_MAX_INCREASE | Measure.DBP_MAX_INCREASE | Measure.MOAAS_LE3:
            return _monitored(data, row.measure, who)
        case measure if measure in REPORTED:
            return _reported(data, REPORTED[measure], who)
        case _:
            return Nothing(_WHY.get(row.measure, "this kind of adverse event is not modelled yet"))


_WHY = {
    Measure.DROPOUT_ADVERSE_EVENT: "reasons for leaving are not modelled yet",
    Measure.AGE: "an input of the design",
    Measure.WOMEN: "an input of the design",
    Measure.BMI: "not used by the model",
    Measure.HYPERTENSION: "not used by the model",
}


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
    return _mean(np.where(seen, hit, np.nan), who)


def _score(data: TrialData, phase: PhaseData, row: PublishedRow, who: np.ndarray) -> np.ndarray | Nothing:
    scale = _SCALE.get(row.measure, data.trial.scale)
    if scale is not Scale.MADRS and scale not in phase.scores:
        return Nothing(f"the {scale} is filled in nowhere")
    visit = _visit(phase, row)
    if visit is None:
        return Nothing("at a time at which nobody is rated here")
    totals = totals_by(phase, STAND_IN.get(row.estimator, row.estimator), scale)[..., visit]
    baseline, (fall, threshold) = phase.on(scale).baseline, rules(data.trial, scale)
    seen = np.isfinite(totals)
    match row.measure:
        case Measure.MADRS_TOTAL:
            return _mean(totals, who)
        case Measure.RESPONSE:
            return 100.0 * share(totals <= (1.0 - fall) * baseline, seen, who)
        case Measure.REMISSION:
            return 100.0 * share(totals <= _threshold(row, threshold), seen, who)
        case _:
            return _mean(totals - baseline, who)


_SCALE = {
    Measure.MADRS_TOTAL: Scale.MADRS,
    Measure.MADRS_CHANGE: Scale.MADRS,
    Measure.PHQ9_CHANGE: Scale.PHQ9,
}


def _contrast(phase: PhaseData, row: PublishedRow, who: np.ndarray) -> np.ndarray | Nothing:
    reference = reference_of(phase.phase)
    visit = _visit(phase, row)
    if reference is None or visit is None:
        return Nothing("no reference arm, or a time at which nobody is rated here")
    against = phase.members((reference.name,))
    change = change_by(phase, STAND_IN.get(row.estimator, row.estimator))[..., visit]
    if row.estimator in (Estimator.OC, Estimator.RAW):
        return _mean(change, who) - _mean(change, against)
    return ancova(np.where(who | against, change, np.nan), phase.baseline, who).difference


def _highest_mean_CADSS(data: TrialData, who: np.ndarray) -> np.ndarray:
    """Return the mean CADSS 40 minutes after the first dose, where it is highest."""
    return _mean(data.safety.CADSS[:, :, 0, SAFETY_MINUTES.index(40.0)], who)


def _monitored(data: TrialData, measure: Measure, who: np.ndarray) -> np.ndarray | Nothing:
    """Return the mean of personal maximal rises over sessions (mmHg), or the share ever sedated (percent)."""
    seen = data.safety.seen
    if seen is None:
        return Nothing("nobody looked at the sessions")
    if measure is Measure.MOAAS_LE3:
        return 100.0 * _mean(((seen.MOAAS <= SEDATED) & seen.attended).any(-1).astype(float), who)
    readings = seen.SBP if measure is Measure.SBP_MAX_INCREASE else seen.DBP
    rise = np.where(seen.attended, readings[..., 1:].max(-1) - readings[..., 0], 0.0)
    count = seen.attended.sum(-1)
    return _mean(np.where(count > 0, rise.sum(-1) / np.maximum(count, 1), np.nan), who)


def _reported(data: TrialData, event: Event, who: np.ndarray) -> np.ndarray | Nothing:
    """Return the share of people with at least one report of an event, percent."""
    seen = data.safety.seen
    if seen is None:
        return Nothing("nobody looked at the sessions")
    place = list(Event).index(event)
    return 100.0 * _mean((seen.reports[..., place] & seen.attended).any(-1).astype(float), who)


def _visit(phase: PhaseData, row: PublishedRow) -> int | None:
    t = row.t
    return None if t is None else next((i for i, visit in enumerate(phase.visits) if visit.t == t), None)


def _arms(trial: Trial, phase: PhaseData, name: str) -> tuple[str, ...]:
    group = next((group for group in trial.groups if group.name == name), None)
    wanted = group.arms if group else (name,)
    known = {arm.name for arm in phase.phase.arms}
    return tuple(arm for arm in wanted if arm in known)


def _threshold(row: PublishedRow, otherwise: float) -> float:
    found = re.search(r"<=\s*(\d+(?:\.\d+)?)", row.definition)
    return float(found.group(1)) if found else otherwise


def _mean(values: np.ndarray, who: np.ndarray) -> np.ndarray:
    """Return the mean over members with a value, [replicate]; NaN where there are too few."""
    usable = who & np.isfinite(values)
    count = usable.sum(1)
    total = np.where(usable, values, 0.0).sum(1)
    return np.where(count >= NEEDED, total / np.maximum(count, 1), np.nan)
