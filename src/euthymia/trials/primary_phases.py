"""A comparison over several phases in every replicate: a cross-over within people, or two stages with a weight."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from euthymia.statistics.ancova import ancova
from euthymia.statistics.sequential_parallel import Stage, combine_stages
from euthymia.statistics.within_person import within_people
from euthymia.trials.aims import summary_of
from euthymia.trials.comparisons import phases_compared, reference_name, since_start, treated_arms, treatments_of
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.design import Endpoint, Group, Trial
from euthymia.trials.endings import ended
from euthymia.trials.estimates import Estimate, side_by_side
from euthymia.trials.primary_shares import compared_shares

Totals = Callable[[PhaseData], np.ndarray]  # totals that count, [replicate, subject, visit]


def crossed_over(data: TrialData, totals: Totals, who: np.ndarray, hours: float | None = None) -> Estimate:
    """Return treatments against the reference within people, adjusted for periods and for the baselines of periods.

    Beside the baseline, the change from it and the total say the same.

    Args:
        data: The conducted trial.
        totals: Which totals count.
        who: Those asked about, [subject].
        hours: How long after the start of each period; as planned when left out, h.
    """
    trial = data.trial
    groups = treatments_of(trial)
    after = since_start(trial) if hours is None else hours
    parts = [_period(trial, phase, totals, groups, after) for phase in _phases(data)]
    stacked = (np.stack(each, axis=-1) for each in zip(*parts, strict=True))
    total, baseline, given = (np.ascontiguousarray(each[:, who]) for each in stacked)
    names = [group.name for group in groups]
    reference = names.index(reference_name(trial))
    fits = within_people(total, given, treatments=len(groups), reference=reference, baseline=baseline)
    others = [names.index(name) for name in treated_arms(trial)]
    df = np.where(np.isfinite(fits.se[:, others]), fits.df[:, None], np.nan)
    return Estimate(fits.difference[:, others], fits.se[:, others], df, fits.code[:, others])


def in_stages(data: TrialData, totals: Totals, who: np.ndarray, weight: float) -> Estimate:
    """Return groups against the reference in both stages, put together with a weight.

    Changes, and responses, are from the start of the stage, and changes are analysed with the score there as covariate.

    Args:
        data: The conducted trial.
        totals: Which totals count.
        who: Those asked about, [subject].
        weight: Of the first stage.
    """
    trial, phases = data.trial, _phases(data)
    groups = {group.name: group for group in treatments_of(trial)}
    against = groups[reference_name(trial)]
    parts = []
    for name in treated_arms(trial):
        first, second = (_stage(trial, phase, totals, (groups[name], against), who) for phase in phases)
        both = combine_stages(*(Stage(one.value, one.se, one.df) for one in (first, second)), weight=weight)
        code = np.where(first.code < 0, first.code, second.code)
        parts.append(Estimate(both.difference, both.se, both.df, code))
    return side_by_side(parts)


def _phases(data: TrialData) -> list[PhaseData]:
    names = [phase.name for phase in phases_compared(data.trial)]
    return [phase for phase in data.phases if phase.phase.name in names]


def _period(
    trial: Trial, phase: PhaseData, totals: Totals, groups: tuple[Group, ...], hours: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return totals so long after the start, baselines, and numbers of groups (-1 for none), [replicate, subject]."""
    place = [visit.t for visit in phase.visits].index(phase.phase.start + hours)
    given = np.full(phase.arm.shape, -1)
    for number, group in enumerate(groups):
        given[phase.members(group.arms)] = number
    return totals(phase)[..., place], phase.on(trial.scale).baseline, given


def _stage(trial: Trial, phase: PhaseData, totals: Totals, pair: tuple[Group, Group], who: np.ndarray) -> Estimate:
    """Return the difference of one group and the reference in one stage."""
    parts = _period(trial, phase, totals, pair, since_start(trial))
    total, baseline, given = (np.ascontiguousarray(part[:, who]) for part in parts)
    groups = (np.isfinite(total) & (given == 0), np.isfinite(total) & (given == 1))
    if trial.primary.endpoint is Endpoint.RESPONSE:
        hit = total <= (1.0 - trial.response.fall) * baseline
        return compared_shares(hit, groups, summary_of(trial.primary))
    change = np.where(groups[0] | groups[1], total - baseline, np.nan)
    fitted = ancova(change, baseline, groups[0])
    return Estimate(fitted.difference, fitted.se, fitted.df, ended(fitted.difference, groups))
