"""The primary analysis of a trial: an estimate of each arm against the reference; the one place to exchange it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euthymia.errors import TrialFileError
from euthymia.evidence.published import Estimator
from euthymia.statistics.ancova import ancova
from euthymia.statistics.replicated_fit import fit_replicates
from euthymia.statistics.summary import ratio
from euthymia.trials.aims import strategy_of
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.design import Analysis, Endpoint, Phase, Trial, reference_of, visits_of
from euthymia.trials.estimand import Strategy
from euthymia.trials.quantity import totals_by

SEEN_BY = {
    Analysis.MMRM: Estimator.OC,
    Analysis.ANCOVA: Estimator.OC,
    Analysis.ANCOVA_LOCF: Estimator.LOCF,
}


@dataclass(frozen=True, eq=False)
class Estimate:
    """What the analysis of a trial says; every array is [replicate, contrast], NaN where nothing can be estimated.

    Attributes:
        value: Arm minus reference: points of change, or a difference of shares.
        se: Its standard error.
        df: Degrees of freedom of the t distribution that it is judged by; infinite for the normal one.
    """

    value: np.ndarray
    se: np.ndarray
    df: np.ndarray


def primary_phase(trial: Trial) -> Phase:
    """Return the phase that holds the visit of the primary analysis.

    Raises:
        TrialFileError: When no phase does.
    """
    for phase in trial.phases:
        if any(visit.label == trial.primary.visit for visit in visits_of(trial, phase)):
            return phase
    raise TrialFileError(f"{trial.id}: the visit of the primary analysis, {trial.primary.visit!r}, is in no phase")


def treated_arms(trial: Trial) -> tuple[str, ...]:
    """Return the arms that the primary analysis compares with the reference, in the design's order.

    Raises:
        TrialFileError: When there is no reference, or nothing beside it.
    """
    phase = primary_phase(trial)
    reference = reference_of(phase)
    found = tuple(arm.name for arm in phase.arms if arm is not reference)
    if reference is None or not found:
        raise TrialFileError(f"{trial.id}, phase {phase.name!r}: power needs a reference arm and another one")
    return found


def analysis_name(trial: Trial) -> str:
    """Return in words how the primary endpoint is estimated here."""
    if _failing(trial):
        return "difference of response, leaving counting as failure"
    if trial.primary.endpoint is Endpoint.RESPONSE:
        return f"difference of response, {SEEN_BY[trial.primary.analysis]}"
    if trial.primary.analysis is Analysis.MMRM:
        return "MMRM"
    return f"ANCOVA, {SEEN_BY[trial.primary.analysis]}"


def favourable(trial: Trial) -> float:
    """Return the sign of a difference that speaks for the arm: -1 for a score, 1 for response."""
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
    """
    trial, planned = data.trial, primary_phase(data.trial)
    phase = next(one for one in data.phases if one.phase.name == planned.name)
    place = [visit.label for visit in phase.visits].index(trial.primary.visit)
    who = np.ones(data.left.shape[1], dtype=bool) if who is None else who

    def taken(values: np.ndarray) -> np.ndarray:
        """Return the values of those analysed as if nobody else had been in the trial, down to the order of sums."""
        return np.ascontiguousarray(values[:, who])

    total, baseline = taken(_totals(data, phase, complete)[..., place]), taken(phase.on(trial.scale).baseline)
    seen = np.isfinite(total) | _failing(trial)
    if trial.primary.analysis is Analysis.MMRM and trial.primary.endpoint is Endpoint.MADRS_CHANGE and not complete:
        return _mmrm(taken(_totals(data, phase, complete)), baseline, taken(phase.arm), planned, place)
    reference = reference_of(planned)
    against = taken(phase.members((reference.name,) if reference else ()))
    parts = []
    for name in treated_arms(trial):
        treated = taken(phase.members((name,)))
        used = seen & (treated | against)
        if trial.primary.endpoint is Endpoint.RESPONSE:
            parts.append(_response(total <= (1.0 - trial.response.fall) * baseline, used, treated))
        else:
            fitted = ancova(np.where(used, total - baseline, np.nan), baseline, treated)
            parts.append((fitted.difference, fitted.se, fitted.df))
    return Estimate(*(np.stack(arrays, axis=1) for arrays in zip(*parts, strict=True)))


def _totals(data: TrialData, phase: PhaseData, complete: bool) -> np.ndarray:
    """Return totals on the trial's scale as the analysis sees them, [replicate, subject, visit]."""
    trial = data.trial
    estimator = Estimator.OC if _failing(trial) else SEEN_BY[trial.primary.analysis]
    return phase.on(trial.scale).total if complete else totals_by(phase, estimator, trial.scale)


def _failing(trial: Trial) -> bool:
    """Return whether those who leave count as people who did not respond."""
    return trial.primary.endpoint is Endpoint.RESPONSE and strategy_of(trial.primary) is Strategy.COMPOSITE


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
        return Estimate(*(np.full((len(total), len(others)), np.nan) for _ in range(3)))
    change = total[..., rated] - baseline[..., None]
    fits = fit_replicates(change, baseline, arm, arms=len(phase.arms), reference=reference)
    visit = int(rated[:place].sum())
    return Estimate(*(values[:, others, visit] for values in (fits.difference, fits.se, fits.df)))


def _response(hit: np.ndarray, used: np.ndarray, treated: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the difference of two shares, its standard error (unpooled) and degrees of freedom, [replicate]."""
    shares, variances = [], []
    for group in (used & treated, used & ~treated):
        n = group.sum(1)
        share = ratio((group & hit).sum(1), n)
        shares.append(share)
        variances.append(ratio(share * (1.0 - share), n))
    se = np.sqrt(variances[0] + variances[1])
    known = se > 0.0  # two shares of 0 or 1 leave nothing to judge by
    value = np.where(known, shares[0] - shares[1], np.nan)
    return value, np.where(known, se, np.nan), np.where(known, np.inf, np.nan)
