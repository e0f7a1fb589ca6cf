"""Two designs on common patients: where arms have the same name, replicate k of both has the same people."""

from __future__ import annotations

import numpy as np

from euthymia.errors import EuthymiaError
from euthymia.trials.design import Trial
from euthymia.trials.power import check_alpha
from euthymia.trials.power_analysis import analysis_name
from euthymia.trials.power_operating import mean, share
from euthymia.trials.power_plan import Job, ready, whole
from euthymia.trials.power_results import DesignComparison, Difference
from euthymia.trials.power_run import ALONE, Work
from euthymia.trials.power_verdicts import Verdicts, answered, verdicts


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

    A design that is looked at before its end is followed to where it ends, and compared by the arm that decides.

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
    found = tuple(
        verdicts(Job(trial, seed, (whole(trial),), trials_differ), replicates, work, stage, alpha)
        for trial, stage in ((first, "first"), (second, "second"))
    )
    looked_at = first.interim is not None or second.interim is not None
    return DesignComparison(
        trials=(first.id, second.id),
        analyses=(analysis_name(first), analysis_name(second)),
        seed=seed,
        replicates=replicates,
        alpha=alpha,
        trials_differ=trials_differ,
        differences=tuple(_difference(arms, *found) for arms in pairs),
        people=(mean(found[0].people), mean(found[1].people)) if looked_at else None,
    )


def twins(first: Trial, second: Trial) -> tuple[tuple[str, str], ...]:
    """Return which arms are compared: those of the same name, or the only one of each design.

    Raises:
        EuthymiaError: When there are none.
    """
    here, there = answered(first), answered(second)
    found = tuple((arm, arm) for arm in here if arm in there)
    if found:
        return found
    if len(here) == len(there) == 1:
        return ((here[0], there[0]),)
    raise EuthymiaError(
        f"{first.id} and {second.id} have no treated arm of the same name; {first.id} has {', '.join(here)}, "
        f"{second.id} has {', '.join(there)}"
    )


def _difference(arms: tuple[str, str], first: Verdicts, second: Verdicts) -> Difference:
    """Return the paired differences of one comparison."""
    won = first.significant[arms[0]], second.significant[arms[1]]
    one, other = first.value[arms[0]], second.value[arms[1]]
    known = np.isfinite(one) & np.isfinite(other)
    values = np.stack([one[known], other[known]])
    related = values.shape[1] > 1 and bool(np.all(values.std(1) > 0.0))
    return Difference(
        arms=arms,
        power=(share(won[0]), share(won[1])),
        power_difference=mean(won[0].astype(float) - won[1]),
        estimate_difference=mean(one - other),
        correlation=float(np.corrcoef(values)[0, 1]) if related else float("nan"),
    )
