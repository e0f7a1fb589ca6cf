"""Arms of a conducted phase compared by events: who responded, who is in remission, and when people relapsed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from euthymia.evidence.published import Estimator
from euthymia.statistics.association import associate
from euthymia.statistics.responders import remitted, responded
from euthymia.statistics.survival import kaplan_meier
from euthymia.trials.aims import SUMMARIES, estimand_of, strategy_of
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.design import Arm, Endpoint, reference_of
from euthymia.trials.endings import counted
from euthymia.trials.estimand import Strategy, SummaryMeasure, leaving
from euthymia.trials.hazards import Groups, compared, strata_of
from euthymia.trials.outcomes import RelapseContrast, Responders
from euthymia.trials.quantity import rules, totals_by
from euthymia.trials.relapse import Relapses, relapses
from euthymia.trials.replicates import interval

ALPHA = 0.05
RESPONSE, REMISSION = "response", "remission"
HANDLED = (Strategy.COMPOSITE, Strategy.HYPOTHETICAL)  # everybody counts, or those who were seen


def responder_contrasts(data: TrialData, phase: PhaseData) -> list[Responders]:
    """Return every arm of a phase against the reference at the last visit; nothing where there is no reference.

    Args:
        data: The conducted trial; its sites, where there are several, are the strata.
        phase: One of its phases.
    """
    reference = reference_of(phase.phase)
    if reference is None or not phase.visits:
        return []
    return [
        _responders(data, phase, arm, what, strategy)
        for arm in phase.phase.arms
        if arm is not reference
        for what in (RESPONSE, REMISSION)
        for strategy in HANDLED
    ]


def _responders(data: TrialData, phase: PhaseData, arm: Arm, what: str, strategy: Strategy) -> Responders:
    trial, visit = data.trial, phase.visits[-1]
    reference = _reference(phase)
    total, baseline = totals_by(phase, Estimator.OC, trial.scale)[..., -1], phase.on(trial.scale).baseline
    fall, threshold = rules(trial, trial.scale)
    hit = responded(total, baseline, fall=fall) if what == RESPONSE else remitted(total, threshold=threshold)
    who, against = phase.members((arm.name,)), phase.members((reference.name,))
    used = who | against
    if strategy is not Strategy.COMPOSITE:
        used = used & np.isfinite(total)
    strata = data.site if trial.sites > 1 else None
    found = associate(hit & used, used, who, strata)
    known = np.isfinite(found.p)
    planned = trial.primary.endpoint is Endpoint.RESPONSE and what == RESPONSE and trial.primary.visit == visit.label
    question = replace(
        estimand_of(trial, arm.name, reference.name),
        variable=what,
        visit=visit.label,
        handling=leaving(strategy),
        summary=SummaryMeasure.RISK_DIFFERENCE,
    )
    return Responders(
        *(arm.name, reference.name, phase.phase.name, visit.label, visit.t, what, str(trial.scale)),
        difference=interval(found.difference),
        odds_ratio=interval(found.odds_ratio),
        significant=float((found.p[known] < ALPHA).mean()) if known.any() else float("nan"),
        primary=planned and strategy_of(trial.primary) is strategy,
        estimand=question.words,
    )


def relapse_contrasts(data: TrialData, phase: PhaseData) -> list[RelapseContrast]:
    """Return relapse in every arm of a phase against the reference, where people enter it by how they are.

    Args:
        data: The conducted trial.
        phase: One of its phases.
    """
    rule, reference = data.trial.relapse, reference_of(phase.phase)
    if rule is None or reference is None or not phase.visits or any(arm.entry is None for arm in phase.phase.arms):
        return []
    found = relapses(phase, rule)
    return [_relapse(data, phase, arm, found) for arm in phase.phase.arms if arm is not reference]


def _relapse(data: TrialData, phase: PhaseData, arm: Arm, found: Relapses) -> RelapseContrast:
    trial, reference = data.trial, _reference(phase)
    who, against = phase.members((arm.name,)), phase.members((reference.name,))
    fitted = compared(found, Groups(who, against, strata_of(data)))
    ratio, p = np.exp(fitted.value), np.full(len(who), np.nan) if fitted.p is None else fitted.p
    known = np.isfinite(p)
    question = replace(
        estimand_of(trial, arm.name, reference.name),
        variable=str(Endpoint.TIME_TO_RELAPSE),
        visit="",
        handling=leaving(Strategy.HYPOTHETICAL),
        summary=SUMMARIES[Endpoint.TIME_TO_RELAPSE][0],
    )
    labels = [visit.label for visit in phase.visits]
    return RelapseContrast(
        *(arm.name, reference.name, phase.phase.name),
        relapsed=interval(_relapsed(found, who)),
        relapsed_reference=interval(_relapsed(found, against)),
        hazard_ratio=interval(ratio),
        significant=float((p[known] < ALPHA).mean()) if known.any() else float("nan"),
        without_estimate=int((~np.isfinite(ratio)).sum()),
        primary=trial.primary.endpoint is Endpoint.TIME_TO_RELAPSE and trial.primary.visit in labels,
        estimand=question.words,
        fits=counted(fitted.code, mixed=False),
    )


def _reference(phase: PhaseData) -> Arm:
    return next(arm for arm in phase.phase.arms if arm.reference)


def _relapsed(found: Relapses, who: np.ndarray) -> np.ndarray:
    """Return the share that relapsed by the last relapse of the group, by Kaplan and Meier, [replicate]."""
    shares = []
    for time, event, here in zip(found.time, found.event, who, strict=True):
        curve = kaplan_meier(time[here], event[here]) if here.any() else None
        shares.append(np.nan if curve is None else 1.0 - np.append(1.0, curve.survival)[-1])
    return np.array(shares)
