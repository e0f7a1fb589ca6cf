"""Arms of a conducted phase against their reference: the planned analysis first, then analyses of covariance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from euthymia.evidence.published import Estimator
from euthymia.statistics.ancova import ancova
from euthymia.trials.aims import change_of, estimand_of
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.design import Analysis, Arm, Endpoint, Trial, reference_of
from euthymia.trials.estimand import Handling, SummaryMeasure
from euthymia.trials.handled import kept, shown, totals_handled
from euthymia.trials.intercurrent import handling_of
from euthymia.trials.mixed import Mixed, mixed_model
from euthymia.trials.replicates import interval
from euthymia.trials.results import Contrast, FitCount

ALPHA = 0.05
MMRM = "MMRM"
ESTIMATORS = (
    ("ANCOVA, OC", Estimator.OC, Analysis.ANCOVA),
    ("ANCOVA, LOCF", Estimator.LOCF, Analysis.ANCOVA_LOCF),
)


def contrasts(data: TrialData, phase: PhaseData) -> list[Contrast]:
    """Return every arm of a phase against the reference, by each estimator; nothing where there is no reference.

    The mixed model is fitted where a trial plans it, at the visit of the primary analysis; the analyses of covariance
    are of the last visit. Each takes intercurrent events as the trial plans, or as it usually does where it cannot.

    Args:
        data: The conducted trial.
        phase: One of its phases.
    """
    reference = reference_of(phase.phase)
    if reference is None or not phase.visits:
        return []
    others = [arm for arm in phase.phase.arms if arm is not reference]
    seen = shown(data, phase, _handling(data.trial, Analysis.MMRM))
    return [found for arm in others for found in (*_mixed(data.trial, seen, arm), *_covariance(data, phase, arm))]


def _handling(trial: Trial, analysis: Analysis) -> tuple[Handling, ...]:
    return handling_of(trial, analysis, Endpoint.MADRS_CHANGE)


def _mixed(trial: Trial, phase: PhaseData, arm: Arm) -> Iterator[Contrast]:
    """Yield an arm's difference by the mixed model, where it is the plan of this phase."""
    reference, labels = reference_of(phase.phase), [visit.label for visit in phase.visits]
    planned = trial.primary
    if planned.analysis is not Analysis.MMRM or planned.visit not in labels or reference is None:
        return
    fitted, place = mixed_model(phase, trial.scale), labels.index(planned.visit)
    if fitted is None:
        return
    difference, se, df = fitted.difference(arm.name, place)
    yield Contrast(
        *(arm.name, reference.name, phase.phase.name, labels[place], phase.visits[place].t, MMRM),
        difference=interval(difference),
        se=_mean(se),
        significant=_significant(difference, se, df),
        scale=str(trial.scale),
        primary=planned.endpoint is Endpoint.MADRS_CHANGE,
        estimand=_question(trial, phase, arm, labels[place], Analysis.MMRM),
        fits=counts(fitted),
    )


def counts(fitted: Mixed) -> tuple[FitCount, ...]:
    """Return how often the mixed model ended in which way."""
    return tuple(FitCount(way.title, int(way), number) for way, number in fitted.ended().items())


def _covariance(data: TrialData, phase: PhaseData, arm: Arm) -> Iterator[Contrast]:
    """Yield an arm's differences at the last visit by analysis of covariance."""
    trial, reference, visit = data.trial, reference_of(phase.phase), phase.visits[-1]
    if reference is None:
        return
    who, against = phase.members((arm.name,)), phase.members((reference.name,))
    scale, baseline = trial.scale, phase.on(trial.scale).baseline
    for words, estimator, analysis in ESTIMATORS:
        total = totals_handled(phase, kept(data, phase, _handling(trial, analysis)), estimator, scale)[..., -1]
        fitted = ancova(np.where(who | against, total - baseline, np.nan), baseline, who)
        known = np.isfinite(fitted.p)
        yield Contrast(
            *(arm.name, reference.name, phase.phase.name, visit.label, visit.t, words),
            difference=interval(fitted.difference),
            se=_mean(fitted.se),
            significant=float((fitted.p[known] < ALPHA).mean()) if known.any() else float("nan"),
            scale=str(scale),
            primary=(trial.primary.endpoint, trial.primary.analysis, trial.primary.visit)
            == (Endpoint.MADRS_CHANGE, analysis, visit.label),
            estimand=_question(trial, phase, arm, visit.label, analysis),
        )


def _question(trial: Trial, phase: PhaseData, arm: Arm, visit: str, analysis: Analysis) -> str:
    """Return in words what an estimate of a change is an estimate of."""
    reference = reference_of(phase.phase)
    found = estimand_of(trial, arm.name, reference.name if reference else "")
    return replace(
        found,
        variable=change_of(trial.scale),
        visit=visit,
        handling=_handling(trial, analysis),
        summary=SummaryMeasure.MEAN_DIFFERENCE,
    ).words


def _mean(values: np.ndarray) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def _significant(difference: np.ndarray, se: np.ndarray, df: np.ndarray) -> float:
    """Return the share of replicates with an estimate whose two-sided p is below the level."""
    from scipy.special import stdtr

    known = np.isfinite(difference) & np.isfinite(se) & np.isfinite(df)
    if not known.any():
        return float("nan")
    p = 2.0 * stdtr(df[known], -np.abs(difference[known] / se[known]))
    return float((p < ALPHA).mean())
