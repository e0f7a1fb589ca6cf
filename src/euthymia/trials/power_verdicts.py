"""What every replicate of a design concludes, arm by arm, whether it is looked at before its end or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from euthymia.statistics.sequential_ends import Ending
from euthymia.trials.comparisons import treated_arms
from euthymia.trials.design import Trial
from euthymia.trials.estimates import VALUE
from euthymia.trials.looks_analysed import PEOPLE, deciding
from euthymia.trials.power_analysis import favourable
from euthymia.trials.power_looks import followed, looks_job
from euthymia.trials.power_operating import judged
from euthymia.trials.power_plan import Job, sizes_of
from euthymia.trials.power_run import Work, run


@dataclass(frozen=True, eq=False)
class Verdicts:
    """What replicates of a design conclude.

    Attributes:
        value: Estimate of each arm against the reference where the trial ended, [replicate] by the arm's name.
        significant: Whether the trial says that they differ, the same.
        people: People randomised by its end, [replicate].
    """

    value: Mapping[str, np.ndarray]
    significant: Mapping[str, np.ndarray]
    people: np.ndarray


def answered(trial: Trial) -> tuple[str, ...]:
    """Return the arms that a design concludes of: all that are compared, or the one that decides when it ends."""
    arms = treated_arms(trial)
    return arms if trial.interim is None else (arms[deciding(trial)],)


def verdicts(job: Job, replicates: int, work: Work, stage: str, alpha: float) -> Verdicts:
    """Conduct a design and return what its replicates conclude.

    Args:
        job: The design as planned, everybody analysed.
        replicates: How many.
        work: How the work is done.
        stage: Name of the stage, for the folder.
        alpha: Two-sided level.
    """
    trial, arms = job.trial, treated_arms(job.trial)
    if trial.interim is None:
        rows = run(job, replicates, work, stage)[:, 0]
        return Verdicts(
            {arm: rows[:, place, VALUE] for place, arm in enumerate(arms)},
            {arm: judged(rows[:, place], alpha).significant for place, arm in enumerate(arms)},
            np.full(len(rows), float(sum(sizes_of(trial)))),
        )
    found = followed(trial, run(looks_job(job, alpha), replicates, work, stage), alpha, adjust=False)
    (arm,) = answered(trial)
    differs = found.shown | (found.ends.how == Ending.WRONG)
    return Verdicts({arm: favourable(trial) * found.ends.value}, {arm: differs}, found.last(PEOPLE))
