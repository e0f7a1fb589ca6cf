"""Two designs on common patients: where arms have the same name, replicate k of both has the same people."""

from __future__ import annotations

import numpy as np

from euthymia.errors import EuthymiaError
from euthymia.trials.comparisons import treated_arms
from euthymia.trials.design import Trial
from euthymia.trials.power import check_alpha
from euthymia.trials.power_analysis import analysis_name
from euthymia.trials.power_operating import judged, mean, share
from euthymia.trials.power_plan import Job, ready, whole
from euthymia.trials.power_results import DesignComparison, Difference
from euthymia.trials.power_run import ALONE, Work, run


def compared(
    first: Trial,
    second: Trial,
    *,
    replicates: int,
    seed: int = 1,
    alpha: float = 0.05,
    trials_differ: bool = False,
    work: Work = ALONE,
) -> DesignComparison:
    """Return how two designs differ in power and in what they estimate, in the same people.

    Args:
        first: A design.
        second: Another one.
        replicates: How many of each.
        seed: Seed of the named streams.
        alpha: Two-sided level of both tests.
        trials_differ: Whether trials differ in care and in drug effect.
        work: How the work is done.

    Raises:
        EuthymiaError: When no arm of one has a twin in the other.
        TrialFileError: When a design asks for something without a model.
    """
    for trial in (first, second):
        ready(trial)
    check_alpha(alpha)
    if work.folder:
        work.folder.check()
    pairs = twins(first, second)
    rows = [
        run(Job(trial, seed, (whole(trial),), trials_differ), replicates, work, stage)[:, 0]
        for trial, stage in ((first, "first"), (second, "second"))
    ]
    places = [[treated_arms(trial).index(arm) for arm in arms] for trial, arms in _columns(first, second, pairs)]
    return DesignComparison(
        trials=(first.id, second.id),
        analyses=(analysis_name(first), analysis_name(second)),
        seed=seed,
        replicates=replicates,
        alpha=alpha,
        trials_differ=trials_differ,
        differences=tuple(
            _difference(arms, rows[0][:, one], rows[1][:, other], alpha)
            for arms, one, other in zip(pairs, *places, strict=True)
        ),
    )


def twins(first: Trial, second: Trial) -> tuple[tuple[str, str], ...]:
    """Return which arms are compared: those of the same name, or the only one of each design.

    Raises:
        EuthymiaError: When there are none.
    """
    here, there = treated_arms(first), treated_arms(second)
    found = tuple((arm, arm) for arm in here if arm in there)
    if found:
        return found
    if len(here) == len(there) == 1:
        return ((here[0], there[0]),)
    raise EuthymiaError(
        f"{first.id} and {second.id} have no treated arm of the same name; {first.id} has {', '.join(here)}, "
        f"{second.id} has {', '.join(there)}"
    )


def _columns(
    first: Trial, second: Trial, pairs: tuple[tuple[str, str], ...]
) -> tuple[tuple[Trial, list[str]], tuple[Trial, list[str]]]:
    return (first, [one for one, _ in pairs]), (second, [other for _, other in pairs])


def _difference(arms: tuple[str, str], one: np.ndarray, other: np.ndarray, alpha: float) -> Difference:
    """Return the paired differences of one comparison; rows are [replicate, field]."""
    won = [judged(rows, alpha).significant for rows in (one, other)]
    known = np.isfinite(one[:, 0]) & np.isfinite(other[:, 0])
    values = np.stack([one[known, 0], other[known, 0]])
    related = values.shape[1] > 1 and bool(np.all(values.std(1) > 0.0))
    return Difference(
        arms=arms,
        power=(share(won[0]), share(won[1])),
        power_difference=mean(won[0].astype(float) - won[1]),
        estimate_difference=mean(one[:, 0] - other[:, 0]),
        correlation=float(np.corrcoef(values)[0, 1]) if related else float("nan"),
    )
