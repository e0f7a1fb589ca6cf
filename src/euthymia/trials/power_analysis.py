"""The primary analysis of a trial: an estimate of each arm against the reference; the one place to exchange it."""

from __future__ import annotations

import numpy as np

from euthymia.errors import TrialFileError
from euthymia.evidence.published import Estimator
from euthymia.statistics.ancova import ancova
from euthymia.statistics.replicated_fit import fit_replicates
from euthymia.trials.aims import summary_of
from euthymia.trials.comparisons import OVER_PHASES, primary_phase, reference_name, treated_arms
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.design import Analysis, Endpoint, Phase, Trial
from euthymia.trials.endings import Ending, ended
from euthymia.trials.estimand import Strategy, SummaryMeasure
from euthymia.trials.estimates import Estimate, side_by_side
from euthymia.trials.handled import Kept, kept, totals_handled
from euthymia.trials.hazards import Groups, compared, relapses_seen, strata_of
from euthymia.trials.intercurrent import handling_of, strategy_of
from euthymia.trials.primary_phases import crossed_over, in_stages
from euthymia.trials.primary_shares import by_logistic, compared_shares

SEEN_BY = {
    Analysis.MMRM: Estimator.OC,
    Analysis.ANCOVA: Estimator.OC,
    Analysis.ANCOVA_LOCF: Estimator.LOCF,
    Analysis.LOGISTIC: Estimator.OC,
    Analysis.CROSS_OVER: Estimator.OC,
    Analysis.SPCD: Estimator.OC,
}


def analysis_name(trial: Trial) -> str:
    """Return in words how the primary endpoint is estimated here."""
    if trial.primary.endpoint is Endpoint.TIME_TO_RELAPSE:
        return "log-rank test, proportional hazards" + (" within sites" if trial.sites > 1 else "")
    if trial.primary.analysis is Analysis.CROSS_OVER:
        return "cross-over: within people, adjusted for periods and their baselines"
    if trial.primary.analysis is Analysis.SPCD:
        how = "shares" if trial.primary.endpoint is Endpoint.RESPONSE else "ANCOVA"
        return f"SPCD: {how} in each stage, the first weighing {trial.primary.weight or 0.0:g}"
    if trial.primary.endpoint is Endpoint.RESPONSE:
        odds = summary_of(trial.primary) is SummaryMeasure.ODDS_RATIO
        what = "odds ratio of response" if odds else "difference of response"
        how = "logistic regression, " if trial.primary.analysis is Analysis.LOGISTIC else ""
        seen = "leaving counting as failure" if _failing(trial) else str(SEEN_BY[trial.primary.analysis])
        return f"{what}, {how}{seen}"
    if trial.primary.analysis is Analysis.MMRM:
        return "MMRM"
    return f"ANCOVA, {SEEN_BY[trial.primary.analysis]}"


def unit_of(trial: Trial) -> str:
    """Return the unit of estimates of the primary analysis."""
    return {
        SummaryMeasure.MEAN_DIFFERENCE: "points",
        SummaryMeasure.RISK_DIFFERENCE: "1",
        SummaryMeasure.ODDS_RATIO: "log odds ratio",
        SummaryMeasure.HAZARD_RATIO: "log hazard ratio",
    }[summary_of(trial.primary)]


def is_mixed(trial: Trial) -> bool:
    """Return whether the primary analysis is a mixed model, whose codes say which covariance was fitted."""
    return trial.primary.analysis is Analysis.MMRM and trial.primary.endpoint is Endpoint.MADRS_CHANGE


def favourable(trial: Trial) -> float:
    """Return the sign of a difference that speaks for the arm: 1 for response, -1 for a score or a hazard."""
    return 1.0 if trial.primary.endpoint is Endpoint.RESPONSE else -1.0


def primary_analysis(data: TrialData, who: np.ndarray | None = None, *, complete: bool = False) -> Estimate:
    """Return the primary analysis of every replicate of a conducted trial.

    Args:
        data: The conducted trial.
        who: Whose ratings are analysed, [subject]; everybody's when left out.
        complete: Whether those who had left are rated too, so that nothing is missing; an MMRM is then no more than an
            ANCOVA at the visit.

    Returns:
        Estimates in the order of `treated_arms`.

    Raises:
        TrialFileError: When the trial is to compare times to a relapse and does not say what a relapse is.
    """
    trial, planned = data.trial, primary_phase(data.trial)
    phase = next(one for one in data.phases if one.phase.name == planned.name)
    who = np.ones(data.left.shape[1], dtype=bool) if who is None else who
    if trial.primary.analysis in OVER_PHASES:
        return _over_phases(data, who, complete=complete)
    if trial.primary.endpoint is Endpoint.TIME_TO_RELAPSE:
        return _hazards(data, phase, who, complete=complete)
    place = [visit.label for visit in phase.visits].index(trial.primary.visit)

    def taken(values: np.ndarray) -> np.ndarray:
        """Return the values of those analysed as if nobody else had been in the trial, down to the order of sums."""
        return np.ascontiguousarray(values[:, who])

    found = kept(data, phase, handling_of(trial), complete=complete)
    totals, baseline = taken(_totals(trial, phase, found, complete)), taken(phase.on(trial.scale).baseline)
    if is_mixed(trial) and not complete:
        return _mmrm(totals, baseline, taken(phase.arm), planned, place)
    total = totals[..., place]
    seen = np.isfinite(total) | taken(found.failed_at(phase)[..., place])
    against = taken(phase.members((reference_name(trial),)))
    parts = []
    for name in treated_arms(trial):
        treated = taken(phase.members((name,)))
        used = seen & (treated | against)
        groups = (used & treated, used & against)
        if trial.primary.endpoint is Endpoint.RESPONSE:
            parts.append(_shares(trial, total <= (1.0 - trial.response.fall) * baseline, baseline, groups))
        else:
            fitted = ancova(np.where(used, total - baseline, np.nan), baseline, treated)
            parts.append(Estimate(fitted.difference, fitted.se, fitted.df, ended(fitted.difference, groups)))
    return side_by_side(parts)


def _over_phases(data: TrialData, who: np.ndarray, *, complete: bool) -> Estimate:
    def totals(phase: PhaseData) -> np.ndarray:
        return _totals(data.trial, phase, kept(data, phase, handling_of(data.trial), complete=complete), complete)

    weight = data.trial.primary.weight
    return crossed_over(data, totals, who) if weight is None else in_stages(data, totals, who, weight)


def _shares(trial: Trial, hit: np.ndarray, baseline: np.ndarray, groups: tuple[np.ndarray, np.ndarray]) -> Estimate:
    if trial.primary.analysis is Analysis.LOGISTIC:
        return by_logistic(hit, baseline, groups, summary_of(trial.primary))
    return compared_shares(hit, groups, summary_of(trial.primary))


def _hazards(data: TrialData, phase: PhaseData, who: np.ndarray, *, complete: bool) -> Estimate:
    """Return arms against the reference by their times to relapse, within sites where there are several."""
    trial, rule, strata = data.trial, data.trial.relapse, strata_of(data)
    if rule is None:
        raise TrialFileError(f"{trial.id}: relapse: missing; a time to relapse needs what a relapse is ([relapse])")
    found = relapses_seen(phase, rule, kept(data, phase, handling_of(trial), complete=complete), who)
    against = phase.members((reference_name(trial),))[:, who]
    layers = None if strata is None else strata[:, who]
    arms = (phase.members((name,))[:, who] for name in treated_arms(trial))
    return side_by_side([compared(found, Groups(arm, against, layers)) for arm in arms])


def _totals(trial: Trial, phase: PhaseData, found: Kept, complete: bool) -> np.ndarray:
    """Return totals on the trial's scale as the analysis sees them, [replicate, subject, visit]."""
    carried = SEEN_BY[trial.primary.analysis] is Estimator.LOCF and not complete and not _failing(trial)
    return totals_handled(phase, found, Estimator.LOCF if carried else Estimator.OC, trial.scale)


def _failing(trial: Trial) -> bool:
    """Return whether those who leave count as people who did not respond."""
    return trial.primary.endpoint is Endpoint.RESPONSE and strategy_of(trial) is Strategy.COMPOSITE


def _mmrm(total: np.ndarray, baseline: np.ndarray, arm: np.ndarray, phase: Phase, place: int) -> Estimate:
    """Return the fits of a mixed model to all visits of a phase, replicate by replicate.

    Args:
        total: Totals as observed, [replicate, subject, visit].
        baseline: [replicate, subject].
        arm: Position of people's arms in the phase, -1 outside, [replicate, subject].
        phase: The phase.
        place: Position of the visit asked about.
    """
    rated: np.ndarray = np.asarray(np.isfinite(total).any((0, 1)))  # a scale need not be filled in at every visit
    reference = next(number for number, one in enumerate(phase.arms) if one.reference)
    others = [number for number in range(len(phase.arms)) if number != reference]
    if not rated[place]:
        nothing = np.full((len(total), len(others)), np.nan)
        return Estimate(nothing, nothing, nothing, np.full(nothing.shape, int(Ending.UNSEEN)))
    change = total[..., rated] - baseline[..., None]
    fits = fit_replicates(change, baseline, arm, arms=len(phase.arms), reference=reference)
    visit = int(rated[:place].sum())
    value, se, df = (values[:, others, visit] for values in (fits.difference, fits.se, fits.df))
    return Estimate(value, se, df, np.repeat(fits.code[:, None], len(others), axis=1))
