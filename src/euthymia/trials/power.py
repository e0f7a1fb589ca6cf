"""The power of a trial: its operating characteristics, and where asked the size for a target and the assurance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euthymia.errors import EuthymiaError, UnknownNameError
from euthymia.evidence import Record
from euthymia.statistics.sequential_monitoring import planned_bounds
from euthymia.trials.aims import estimand_of
from euthymia.trials.comparisons import reference_name, treated_arms
from euthymia.trials.design import Trial
from euthymia.trials.estimates import FIELDS
from euthymia.trials.interim import monitoring_of
from euthymia.trials.looks_analysed import looks_of
from euthymia.trials.power_analysis import analysis_name, favourable, is_mixed, unit_of
from euthymia.trials.power_assurance import assurances
from euthymia.trials.power_looks import followed, looking, looks_job
from euthymia.trials.power_operating import LEAST, Question, operating, precise, share
from euthymia.trials.power_plan import Job, ready, whole
from euthymia.trials.power_results import PowerStudy
from euthymia.trials.power_run import ALONE, Enough, Work, run
from euthymia.trials.power_size import Target, check_largest, sample_sizes

FEWEST = 2  # replicates
LARGEST = 4000  # people in all arms together, unless another limit is given
ALIKE = "trials are alike: care and the drug's effect differ between people, not between trials (see trials_differ)"
FIXED = "operating characteristics are those of the trial as planned without its looks, in the same people"
DIFFER = "trials differ in care and in the drug's effect, so coverage is of the mean over trials, not of a trial's own"


@dataclass(frozen=True)
class Asked:
    """What a study of power is to answer.

    Attributes:
        replicates: How many at most.
        precision: Monte Carlo standard error of power that is enough; None to conduct them all.
        alpha: Two-sided level.
        margin: Size of a favourable difference that matters; None where nobody asks.
        arm: The only arm to compare with the reference; all of them when None.
        target: Power to find the size for; None where nobody asks.
        largest: People in all arms together beyond which no size is tried.
        assurance: Whether to average over what is not known surely.
        trials_differ: Whether trials differ in care and in drug effect.
    """

    replicates: int = 1000
    precision: float | None = None
    alpha: float = 0.05
    margin: float | None = None
    arm: str | None = None
    target: float | None = None
    largest: int = LARGEST
    assurance: bool = False
    trials_differ: bool = False


def power(
    trial: Trial, asked: Asked = Asked(), *, seed: int = 1, amplitudes: Record | None = None, work: Work = ALONE
) -> PowerStudy:
    """Return how the primary analysis of a trial behaves over many replicates.

    Args:
        trial: The design.
        asked: What is to be answered.
        seed: Seed of the named streams; a replicate is the same whatever the number of replicates, threads or workers.
        amplitudes: Other amplitudes than those of the evidence record.
        work: How the work is done.

    Raises:
        EuthymiaError: When what is asked makes no sense.
        TrialFileError: When the design asks for something without a model.
        OutputError: When the folder of the work holds something else.
    """
    check_asked(trial, asked)
    if work.folder:
        work.folder.check()
    job = Job(trial, seed, (whole(trial),), asked.trials_differ, amplitudes=amplitudes)
    arms, looks = _compared(trial, asked), None
    if trial.interim is None:
        rows = run(job, asked.replicates, work, "power", _enough(list(arms.values()), asked))
    else:
        seen = run(looks_job(job, asked.alpha), asked.replicates, work, "looks", _shown_enough(trial, asked))
        rows, looks = seen[..., : len(FIELDS)], looking(trial, seen, asked.alpha)
    question = Question(asked.alpha, favourable(trial), asked.margin, is_mixed(trial))
    reference = reference_name(trial)
    sizes, unsure = (), ()
    if asked.target is not None:
        sizes = sample_sizes(job, rows, arms, Target(asked.target, asked.alpha, asked.largest), work)
    if asked.assurance:
        unsure = assurances(job, arms, question, len(rows), work)
    return PowerStudy(
        trial=trial.id,
        title=trial.title,
        analysis=analysis_name(trial),
        visit=trial.primary.visit,
        unit=unit_of(trial),
        seed=seed,
        replicates=len(rows),
        stopped_early=len(rows) < asked.replicates,
        alpha=asked.alpha,
        margin=asked.margin,
        trials_differ=asked.trials_differ,
        people={arm.name: arm.n or 0 for arm in trial.phases[0].arms},
        operating=tuple(
            operating(rows[:, 0, place], question, arm, reference, estimand_of(trial, arm, reference).words)
            for arm, place in arms.items()
        ),
        sizes=tuple(sizes),
        assurance=tuple(unsure),
        notes=(DIFFER if asked.trials_differ else ALIKE, *((FIXED,) if looks else ())),
        looking=looks,
    )


def check_asked(trial: Trial, asked: Asked) -> None:
    """Refuse, before any work, what makes no sense.

    Raises:
        UnknownNameError: When the arm asked for is not compared with the reference.
        EuthymiaError: When a number is out of its range.
        TrialFileError: When the design asks for something without a model.
    """
    ready(trial)
    if asked.arm is not None and asked.arm not in treated_arms(trial):
        raise UnknownNameError("arm compared with the reference", asked.arm, treated_arms(trial))
    if asked.replicates < FEWEST:
        raise EuthymiaError(f"replicates is {asked.replicates}; power needs {FEWEST} or more")
    check_alpha(asked.alpha)
    if asked.precision is not None and not 0.0 < asked.precision < 0.5:
        raise EuthymiaError(f"precision is {asked.precision:g}; expected a standard error above 0 and below 0.5")
    if asked.margin is not None and not np.isfinite(asked.margin):
        raise EuthymiaError(f"margin is {asked.margin:g}; expected a difference")
    if asked.target is not None and not asked.alpha < asked.target < 1.0:
        raise EuthymiaError(f"target is {asked.target:g}; expected a power above alpha ({asked.alpha:g}) and below 1")
    if asked.target is not None:
        check_largest(trial, asked.largest)
    if trial.interim is not None:
        _check_looks(trial, asked)


def _check_looks(trial: Trial, asked: Asked) -> None:
    """Refuse what is not answered of a trial that is looked at before its end."""
    for name, wanted in (("target", asked.target is not None), ("assurance", asked.assurance)):
        if wanted:
            raise EuthymiaError(
                f"{name} is asked of {trial.id}, which is looked at before its end; it is found for designs without "
                "looks, so take out [interim]"
            )
    planned_bounds(monitoring_of(looks_of(trial), asked.alpha))


def check_alpha(alpha: float) -> None:
    """Refuse a level that is none.

    Raises:
        EuthymiaError: When it does not lie between 0 and 1.
    """
    if not 0.0 < alpha < 1.0:
        raise EuthymiaError(f"alpha is {alpha:g}; expected a level above 0 and below 1")


def _compared(trial: Trial, asked: Asked) -> dict[str, int]:
    """Return the arms asked for, with their places among the comparisons."""
    return {arm: place for place, arm in enumerate(treated_arms(trial)) if asked.arm in (None, arm)}


def _enough(places: list[int], asked: Asked) -> Enough | None:
    """Return what says that the power of these comparisons is known well enough; None to go on to the end."""
    precision = asked.precision
    if precision is None:
        return None
    return lambda rows: precise(rows[:, :, places], asked.alpha, precision)


def _shown_enough(trial: Trial, asked: Asked) -> Enough | None:
    """Return what says that the power of a trial with looks is known well enough; None to go on to the end."""
    precision = asked.precision
    if precision is None:
        return None
    return lambda rows: (
        len(rows) >= LEAST and share(followed(trial, rows, asked.alpha, adjust=False).shown).se <= precision
    )
