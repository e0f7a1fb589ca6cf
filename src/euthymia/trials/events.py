"""Arms of a conducted phase compared by events: who responded, who is in remission, and when people relapsed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from euthymia.evidence.published import Estimator
from euthymia.statistics.association import associate
from euthymia.statistics.responders import remitted, responded
from euthymia.statistics.survival import kaplan_meier
from euthymia.trials.aims import SUMMARIES, estimand_of
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.design import Analysis, Arm, Endpoint, Trial, reference_of
from euthymia.trials.endings import counted
from euthymia.trials.estimand import Handling, Strategy, SummaryMeasure
from euthymia.trials.handled import kept, totals_handled
from euthymia.trials.hazards import Groups, compared, relapses_seen, strata_of
from euthymia.trials.intercurrent import handling_of, strategy_of, with_leaving
from euthymia.trials.outcomes import RelapseContrast, Responders
from euthymia.trials.primary_shares import by_logistic
from euthymia.trials.quantity import rules
from euthymia.trials.relapse import Relapses
from euthymia.trials.replicates import interval

ALPHA = 0.05
RESPONSE, REMISSION = "response", "remission"
LOGISTIC = "logistic regression"
HANDLED = (Strategy.COMPOSITE, Strategy.HYPOTHETICAL)  # everybody counts, or those who were seen


def responder_contrasts(data: TrialData, phase: PhaseData) -> list[Responders]:
    """Return every arm of a phase against the reference at the last visit; nothing where there is no reference.

    Shares are compared as Cochran, Mantel and Haenszel did; by logistic regression too where the trial plans it.

    Args:
        data: The conducted trial; its sites, where there are several, are the strata.
        phase: One of its phases.
    """
    if reference_of(phase.phase) is None or not phase.visits:
        return []
    found = []
    for arm in phase.phase.arms:
        if not arm.reference:
            ways = _ways(data.trial)
            parts = [(what, strategy) for what in (RESPONSE, REMISSION) for strategy in ways]
            found += [_plainly(_asked(data, phase, arm, *part), data) for part in parts]
            found += [_by_logistic(asked) for part in parts if (asked := _asked(data, phase, arm, *part)).planned_fit]
    return found


@dataclass(frozen=True, eq=False)
class _Asked:
    """One question about responders: its row without numbers, who counts, and whether it is the plan by regression."""

    row: Responders
    hit: np.ndarray
    baseline: np.ndarray
    used: np.ndarray
    who: np.ndarray
    planned_fit: bool


def _ways(trial: Trial) -> tuple[Strategy, ...]:
    """Return the strategies for leaving that are shown: both usual ones, and the planned one."""
    planned = (strategy_of(trial),) if trial.primary.endpoint is Endpoint.RESPONSE else ()
    return tuple(dict.fromkeys((*HANDLED, *planned)))


def _asked(data: TrialData, phase: PhaseData, arm: Arm, what: str, strategy: Strategy) -> _Asked:
    trial, visit = data.trial, phase.visits[-1]
    reference = _reference(phase)
    handling = with_leaving(handling_of(trial, endpoint=Endpoint.RESPONSE), strategy)
    found, baseline = kept(data, phase, handling), phase.on(trial.scale).baseline
    estimator = Estimator.LOCF if strategy is Strategy.WHILE_ON_TREATMENT else Estimator.OC
    total = totals_handled(phase, found, estimator, trial.scale)[..., -1]
    fall, threshold = rules(trial, trial.scale)
    hit = responded(total, baseline, fall=fall) if what == RESPONSE else remitted(total, threshold=threshold)
    who, against = phase.members((arm.name,)), phase.members((reference.name,))
    used = (who | against) & (np.isfinite(total) | found.failed_at(phase)[..., -1])
    planned = trial.primary.endpoint is Endpoint.RESPONSE and what == RESPONSE and trial.primary.visit == visit.label
    by_model = trial.primary.analysis is Analysis.LOGISTIC
    question = replace(
        estimand_of(trial, arm.name, reference.name),
        variable=what,
        visit=visit.label,
        handling=handling,
        summary=SummaryMeasure.RISK_DIFFERENCE,
    )
    planned = planned and strategy_of(trial) is strategy
    nothing = interval(np.array([]))
    row = Responders(
        *(arm.name, reference.name, phase.phase.name, visit.label, visit.t, what, str(trial.scale)),
        difference=nothing,
        odds_ratio=nothing,
        significant=float("nan"),
        primary=planned and not by_model,
        estimand=question.words,
    )
    return _Asked(row, hit & used, baseline, used, who, planned and by_model)


def _plainly(asked: _Asked, data: TrialData) -> Responders:
    found = associate(asked.hit, asked.used, asked.who, strata_of(data))
    known = np.isfinite(found.p)
    return replace(
        asked.row,
        difference=interval(found.difference),
        odds_ratio=interval(found.odds_ratio),
        significant=float((found.p[known] < ALPHA).mean()) if known.any() else float("nan"),
    )


def _by_logistic(asked: _Asked) -> Responders:
    groups = (asked.used & asked.who, asked.used & ~asked.who)
    risks = by_logistic(asked.hit, asked.baseline, groups, SummaryMeasure.RISK_DIFFERENCE)
    odds = by_logistic(asked.hit, asked.baseline, groups, SummaryMeasure.ODDS_RATIO)
    known = np.isfinite(risks.value)
    z = np.abs(risks.value[known] / risks.se[known])
    return replace(
        asked.row,
        difference=interval(risks.value),
        odds_ratio=interval(np.exp(odds.value)),
        significant=float((z > NormalDist().inv_cdf(1.0 - ALPHA / 2.0)).mean()) if known.any() else float("nan"),
        primary=True,
        estimator=LOGISTIC,
        fits=counted(risks.code, mixed=False),
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
    everybody = np.ones(phase.arm.shape[1], dtype=bool)
    found = relapses_seen(phase, rule, kept(data, phase, _thought(data.trial)), everybody)
    return [_relapse(data, phase, arm, found) for arm in phase.phase.arms if arm is not reference]


def _thought(trial: Trial) -> tuple[Handling, ...]:
    return handling_of(trial, Analysis.HAZARDS, Endpoint.TIME_TO_RELAPSE)


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
        handling=_thought(trial),
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
