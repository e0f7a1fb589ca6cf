"""A conducted phase by multiple imputation: what those who left would have had, at random or like the reference.

Nobody is rated after leaving; who only stopped the study treatment is, and those ratings count where the question is
one of treatment policy. That people go on as the reference arm did is the usual assumption for that question; that they
go on as those who stayed answers the hypothetical one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from euthymia.errors import ConvergenceError, TrialFileError
from euthymia.evidence.published import Estimator
from euthymia.statistics import strategies
from euthymia.statistics.draws import Posterior, Resampling
from euthymia.statistics.incomplete import incomplete
from euthymia.statistics.multiple import analyse, impute
from euthymia.statistics.replicated_fit import MEASURES
from euthymia.statistics.table import TableError
from euthymia.trials.aims import estimand_of
from euthymia.trials.comparisons import primary_phase
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.design import Analysis, Endpoint, reference_of
from euthymia.trials.estimand import Estimand, Strategy
from euthymia.trials.handled import shown
from euthymia.trials.intercurrent import handling_of, with_leaving
from euthymia.trials.quantity import change_by

IMPUTATIONS = 25


@dataclass(frozen=True, eq=False)
class Imputations:
    """Differences at the visit of the primary analysis; arrays are [replicate, contrast], NaN where `failed` says why.

    Attributes:
        arms: The arms compared with the reference, [contrast].
        value: Arm minus reference, points of change.
        se: Standard error by Rubin's rules.
        df: Degrees of freedom.
        p: Two-sided p value.
        missing_information: Share of the variance that comes from not having seen everything.
        failed: Reason of each replicate without an estimate; empty where there is one, [replicate].
        estimands: The question that each contrast answers, [contrast].
    """

    arms: tuple[str, ...]
    value: np.ndarray
    se: np.ndarray
    df: np.ndarray
    p: np.ndarray
    missing_information: np.ndarray
    failed: tuple[str, ...]
    estimands: tuple[Estimand, ...]


def reference_based(
    data: TrialData,
    strategy: strategies.Strategy = strategies.Strategy.JUMP_TO_REFERENCE,
    *,
    imputations: int = IMPUTATIONS,
    draws: Posterior | Resampling | None = None,
    seed: int,
) -> Imputations:
    """Impute what those who left would have had, and compare arms at the visit of the primary analysis.

    Imputations come from a mixed model of all visits of the phase; each is analysed by covariance on the baseline, and
    Rubin's rules put them together. With 223 people, 5 visits and 25 imputations a replicate takes 0.6 s.

    Args:
        data: The conducted trial.
        strategy: What is assumed after leaving.
        imputations: How often what is missing is filled in.
        draws: How parameters are drawn; from the posterior if left out.
        seed: Seed of the draws; each replicate has its own from it.

    Raises:
        TrialFileError: When the phase has no reference arm with another beside it.
    """
    trial, planned = data.trial, primary_phase(data.trial)
    phase = next(one for one in data.phases if one.phase.name == planned.name)
    reference = reference_of(planned)
    arms = tuple(arm.name for arm in planned.arms if arm is not reference)
    if reference is None or not arms:
        raise TrialFileError(f"{trial.id}, phase {planned.name!r}: imputation needs a reference arm and another one")
    question = Strategy.HYPOTHETICAL if strategy is strategies.Strategy.AT_RANDOM else Strategy.TREATMENT_POLICY
    handling = with_leaving(handling_of(trial, Analysis.MMRM, Endpoint.MADRS_CHANGE), question)
    phase = shown(data, phase, handling)
    parts, failed = np.full((data.replicates, 5, len(arms)), np.nan), []
    for replicate in range(data.replicates):
        own = int(np.random.SeedSequence((seed, replicate)).generate_state(1)[0])
        try:
            table, visit = _table(data, phase, replicate)
            measures = replace(MEASURES, arms=tuple(str(place) for place in range(len(planned.arms))))
            gaps = incomplete(table, measures, strategy, reference=str(planned.arms.index(reference)))
            pooled = analyse(impute(gaps, imputations=imputations, draws=draws, seed=own), visit=str(visit))
        except (ConvergenceError, TableError) as error:
            failed.append(str(error))
            continue
        failed.append("")
        parts[replicate] = (pooled.estimate, pooled.se, pooled.df, pooled.p, pooled.missing_information)
    asked = tuple(replace(estimand_of(trial, arm, reference.name), handling=handling) for arm in arms)
    value, se, df, p, share = parts.swapaxes(0, 1)
    return Imputations(arms, value, se, df, p, share, tuple(failed), asked)


def _table(data: TrialData, phase: PhaseData, replicate: int) -> tuple[dict[str, np.ndarray], int]:
    """Return one replicate with a row for everybody at every visit with ratings, and the primary visit's number."""
    trial = data.trial
    change = change_by(phase, Estimator.OC, trial.scale)
    rated = np.asarray(np.isfinite(change).any((0, 1)))
    place = [visit.label for visit in phase.visits].index(trial.primary.visit)
    if not rated[place]:
        raise TableError(f"nobody is rated at {trial.primary.visit!r}")
    visits = np.flatnonzero(rated)
    baseline, arm = phase.on(trial.scale).baseline[replicate], phase.arm[replicate]
    who = np.flatnonzero((arm >= 0) & np.isfinite(baseline))
    person = np.repeat(who, len(visits))
    table = {
        "change": change[replicate][np.ix_(who, visits)].ravel(),
        "subject": person,
        "visit": np.tile(np.arange(len(visits)), len(who)),
        "arm": arm[person],
        "baseline": baseline[person],
    }
    return table, int(np.searchsorted(visits, place))
