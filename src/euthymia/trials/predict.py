"""What the conducted trial says for a published row: the same quantity by the same estimator, a replicate a time."""

from __future__ import annotations

import re

import numpy as np

from euthymia.evidence.published import Estimator, Measure, PublishedRow
from euthymia.statistics.ancova import ancova
from euthymia.symptoms.scale import Scale
from euthymia.trials.comparisons import rated_after, treated_arms
from euthymia.trials.data import PhaseData, TrialData, discontinued
from euthymia.trials.design import Analysis, Trial, reference_of
from euthymia.trials.mixed import mixed_model
from euthymia.trials.periods import together
from euthymia.trials.predict_course import COURSE, of_course
from euthymia.trials.predict_safety import SAFETY, of_safety
from euthymia.trials.primary_phases import crossed_over
from euthymia.trials.quantity import Nothing, change_by, mean, rules, share, totals_by, visit_of
from euthymia.trials.rules import Leaving

# Changes and differences by MMRM are those of our mixed model. Least-squares means are estimated by ANCOVA on the
# observed cases, and so is an MMRM where no mixed model is fitted here (totals, shares, a phase without a reference).
# Pools count responders among all who were randomised: the last rating of those who had left stands for them.
STAND_IN = {
    **dict.fromkeys((Estimator.MMRM, Estimator.LS_MEAN, Estimator.RAW), Estimator.OC),
    Estimator.POOLED: Estimator.LOCF,
}
BASELINE = {Measure.MADRS_BASELINE: Scale.MADRS, Measure.HAMD17_BASELINE: Scale.HAMD17}
TOTAL = {Measure.MADRS_TOTAL: Scale.MADRS, Measure.HAMD17_TOTAL: Scale.HAMD17}
CHANGE = {Measure.MADRS_CHANGE: Scale.MADRS, Measure.HAMD17_CHANGE: Scale.HAMD17, Measure.PHQ9_CHANGE: Scale.PHQ9}
DIFFERENCE = (Measure.MADRS_CHANGE_DIFF, Measure.MADRS_TOTAL_DIFF)
SCORE = (*TOTAL, *CHANGE, Measure.RESPONSE, Measure.REMISSION)
OF_PERIODS = (*BASELINE, *SCORE, *DIFFERENCE)  # what can be told of the periods of a cross-over together
_UNUSED, _INPUT, _SCALE = "not used by the model", "an input of the design", "the scale is not modelled yet"
_WHY = {
    **dict.fromkeys((Measure.AGE, Measure.WOMEN, Measure.N_ENROLLED, Measure.N_RANDOMISED), _INPUT),
    **dict.fromkeys((Measure.BMI, Measure.HYPERTENSION, Measure.EPISODE_DURATION), _UNUSED),
    Measure.PRIOR_ANTIDEPRESSANTS_LE2: _UNUSED,
    **dict.fromkeys((Measure.HAMD21_TOTAL, Measure.HAMD21_CHANGE, Measure.HAMD_CHANGE), _SCALE),
    **dict.fromkeys((Measure.HAMD6_SMD, Measure.IDSC_BASELINE), _SCALE),
    Measure.COMPLETED_INDUCTION: _INPUT,
    Measure.COMPLETED_MAINTENANCE: "when a sponsor closes a study is not modelled",
    Measure.DROPOUT_ADVERSE_EVENT: "people leave here without reasons; dropout.informative gives them some",
    Measure.ONSET_SUSTAINED: "how long a response lasted is not followed rating by rating yet",
    **dict.fromkeys(
        (Measure.EARLY_SENSITIVITY, Measure.EARLY_SPECIFICITY),
        "what an early response tells of a later one is not counted yet",
    ),
    Measure.PLASMA_ESKETAMINE: "levels in plasma are set beside published ones elsewhere, not trial by trial",
}


def predict(data: TrialData, row: PublishedRow) -> np.ndarray | Nothing:
    """Return the row's quantity in each replicate, in the row's unit, [replicate]; or why there is none."""
    phase = _phase(data, row)
    if phase is None:
        return Nothing("of a stretch of the trial that is not conducted here" if row.phase else "not an outcome")
    names = _arms(data.trial, phase, row.arm)
    if not names:
        return Nothing("of people whom the design does not describe")
    who = phase.members(names)
    match row.measure:
        case measure if measure in BASELINE:
            return _baseline(data, phase, row, who)
        case measure if measure in SCORE:
            by_model = _by_mixed_model(phase, row, names, CHANGE.get(measure))
            return _score(data, phase, row, who) if by_model is None else by_model
        case measure if measure in DIFFERENCE and (within := _within_people(data, row)) is not None:
            return within
        case measure if measure in DIFFERENCE:
            by_model = _by_mixed_model(phase, row, names, Scale.MADRS)
            return _contrast(phase, row, who) if by_model is None else by_model
        case Measure.DROPOUT_ALL_CAUSE:
            return 100.0 * mean(discontinued(data, phase).astype(float), who)
        case Measure.DROPOUT_ADVERSE_EVENT if data.trial.dropout.informative:
            return 100.0 * mean((phase.reason == Leaving.ADVERSE_EVENT).astype(float), who)
        case measure if measure in COURSE:
            return of_course(data, phase, row, who)
        case measure if measure in SAFETY:
            return of_safety(data, measure, who)
        case _:
            return Nothing(_WHY.get(row.measure, "this kind of adverse event is not modelled yet"))


def _phase(data: TrialData, row: PublishedRow) -> PhaseData | None:
    """Return the phase of a row; without one, all those together that the arms of its group are in."""
    if row.phase:
        return next((phase for phase in data.phases if phase.phase.name == row.phase), None)
    names = next((group.arms for group in data.trial.groups if group.name == row.arm), ())
    periods = [phase for phase in data.phases if {arm.name for arm in phase.phase.arms} & set(names)]
    return together(periods) if periods and row.measure in OF_PERIODS else None


def _baseline(data: TrialData, phase: PhaseData, row: PublishedRow, who: np.ndarray) -> np.ndarray | Nothing:
    """Return the mean at the start of the phase; a baseline without a time is that of randomisation."""
    scale, start = BASELINE[row.measure], data.phases[0] if row.t is None else phase
    if scale is not Scale.MADRS and scale not in start.scores:
        return Nothing(f"the {scale} is filled in nowhere")
    return mean(start.on(scale).baseline, who)


def _score(data: TrialData, phase: PhaseData, row: PublishedRow, who: np.ndarray) -> np.ndarray | Nothing:
    scale = (TOTAL | CHANGE).get(row.measure, data.trial.scale)
    if scale is not Scale.MADRS and scale not in phase.scores:
        return Nothing(f"the {scale} is filled in nowhere")
    visit = visit_of(phase, row)
    if visit is None:
        return Nothing("at a time at which nobody is rated here")
    totals = totals_by(phase, STAND_IN.get(row.estimator, row.estimator), scale)[..., visit]
    baseline, (fall, threshold) = phase.on(scale).baseline, rules(data.trial, scale)
    seen = np.isfinite(totals)
    match row.measure:
        case measure if measure in TOTAL:
            return mean(totals, who)
        case Measure.RESPONSE:
            return 100.0 * share(totals <= (1.0 - fall) * baseline, seen, who)
        case Measure.REMISSION:
            return 100.0 * share(totals <= threshold_of(row, threshold), seen, who)
        case _:
            return mean(totals - baseline, who)


def _by_mixed_model(
    phase: PhaseData, row: PublishedRow, names: tuple[str, ...], scale: Scale | None
) -> np.ndarray | Nothing | None:
    """Return the change of an arm, or its difference from the reference, by the mixed model; None where it has none."""
    visit = visit_of(phase, row)
    if row.estimator is not Estimator.MMRM or scale is None or visit is None:
        return None
    if scale is not Scale.MADRS and scale not in phase.scores:
        return None
    fitted = mixed_model(phase, scale, names)
    if fitted is None:
        return None
    if (fitted.fits.code < 0).all():
        return Nothing(f"in no replicate an MMRM: {', '.join(way.title for way in fitted.ended())}")
    if row.measure in DIFFERENCE:
        return fitted.difference(names[0], visit)[0]
    return fitted.mean(names[0], visit)


def _within_people(data: TrialData, row: PublishedRow) -> np.ndarray | None:
    """Return a difference of the periods of a cross-over, within people; None where a row is of something else."""
    trial = data.trial
    if trial.primary.analysis is not Analysis.CROSS_OVER or row.phase or row.t is None:
        return None
    if row.arm not in treated_arms(trial) or not rated_after(trial, row.t):
        return None
    everybody = np.ones(data.left.shape[1], dtype=bool)
    found = crossed_over(data, lambda phase: totals_by(phase, Estimator.OC, trial.scale), everybody, row.t)
    return found.value[:, treated_arms(trial).index(row.arm)]


def _contrast(phase: PhaseData, row: PublishedRow, who: np.ndarray) -> np.ndarray | Nothing:
    visit = visit_of(phase, row)
    if reference_of(phase.phase) is None or visit is None:
        return Nothing("no reference arm, or a time at which nobody is rated here")
    against = phase.members(tuple(arm.name for arm in phase.phase.arms if arm.reference))
    change = change_by(phase, STAND_IN.get(row.estimator, row.estimator))[..., visit]
    if row.estimator in (Estimator.OC, Estimator.RAW):
        return mean(change, who) - mean(change, against)
    return ancova(np.where(who | against, change, np.nan), phase.baseline, who).difference


def _arms(trial: Trial, phase: PhaseData, name: str) -> tuple[str, ...]:
    group = next((group for group in trial.groups if group.name == name), None)
    wanted = group.arms if group else (name,)
    known = {arm.name for arm in phase.phase.arms}
    return tuple(arm for arm in wanted if arm in known)


def threshold_of(row: PublishedRow, otherwise: float) -> float:
    """Return the highest total in remission that a row's definition names, points, or another one."""
    found = re.search(r"<=\s*(\d+(?:\.\d+)?)", row.definition)
    return float(found.group(1)) if found else otherwise
