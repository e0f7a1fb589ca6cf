"""Small trials, and trials of normal ratings, for tests of power."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from euthymia.trials.catalogue import load_trial
from euthymia.trials.data import PhaseData, SafetyData, TrialData
from euthymia.trials.design import Analysis, Trial, visits_of
from euthymia.trials.estimates import Estimate
from euthymia.trials.power_operating import Question
from euthymia.trials.power_plan import with_sizes

QUESTION = Question(alpha=0.05, favourable=-1.0)


def small(sizes: tuple[int, ...]) -> Trial:
    """TRANSFORM-1 with so many people in its arms, analysed by ANCOVA."""
    trial = load_trial("transform-1")
    primary = replace(trial.primary, analysis=Analysis.ANCOVA)
    return replace(with_sizes(trial, sizes), published=(), primary=primary)


def rows_from(value: np.ndarray, se: np.ndarray, df: np.ndarray, complete: np.ndarray) -> np.ndarray:
    """Rows [replicate, ..., field] of estimates that are judged by value over error."""
    code = np.where(np.isfinite(value), 0, -3)
    return Estimate(value, se, df, code).rows(complete)


def normal_trial(n: int, replicates: int, difference: float, sd: float) -> TrialData:
    """A trial of two arms whose ratings are normal, with everybody seen."""
    trial = small((n, n, n))
    first = trial.phases[0]
    reference = next(arm for arm in first.arms if arm.reference)
    phase = replace(first, arms=(first.arms[0], reference))
    trial = replace(trial, phases=(phase,))
    visits = visits_of(trial, phase)
    draw = np.random.default_rng(5)
    arm = np.broadcast_to(np.repeat([0, 1], n), (replicates, 2 * n))
    baseline = draw.normal(35.0, 5.0, arm.shape)
    MADRS = baseline[..., None] + sd * draw.normal(size=(*arm.shape, len(visits))) + difference * (arm == 0)[..., None]
    nothing = np.zeros((*arm.shape, 0))
    return TrialData(
        trial=trial,
        seed=1,
        replicates=replicates,
        phases=(PhaseData(phase, visits, arm, baseline, MADRS, np.ones(MADRS.shape, dtype=bool)),),
        left=np.full(arm.shape, np.inf),
        dose=nothing,
        safety=SafetyData(np.zeros(0), nothing, nothing),
        days=np.zeros(1),
        severity=np.zeros((2, replicates, 1)),
        error=0.0,
    )
