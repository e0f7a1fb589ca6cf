"""What the strategies for intercurrent events make of ratings: kept, left out, carried forward, or failures.

An event counts from the visit after it on: what is decided at a visit is decided after its rating.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from euthymia.evidence.published import Estimator
from euthymia.statistics.imputation import locf
from euthymia.symptoms.scale import Scale
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.estimand import Handling, IntercurrentEvent, Strategy


@dataclass(frozen=True, eq=False)
class Kept:
    """Ratings of a phase as an estimand sees them.

    Attributes:
        seen: Ratings that count, [replicate, subject, visit].
        carried: Ratings for which the last one that counts stands, the same shape.
        failed: When people failed by an event, h, inf where they did not, [replicate, subject].
    """

    seen: np.ndarray
    carried: np.ndarray
    failed: np.ndarray

    def failed_at(self, phase: PhaseData) -> np.ndarray:
        """Return who had failed at each visit, [replicate, subject, visit]."""
        return self.failed[..., None] < _times(phase)


def kept(data: TrialData, phase: PhaseData, handling: tuple[Handling, ...], *, complete: bool = False) -> Kept:
    """Return which ratings of a phase count.

    Args:
        data: The conducted trial.
        phase: One of its phases.
        handling: Each event with its strategy.
        complete: Whether those who left are rated too, as if nobody had; leaving that counts as failure still does.
    """
    seen = np.broadcast_to((phase.arm >= 0)[..., None], phase.observed.shape) if complete else phase.observed
    carried, failed = np.zeros(seen.shape, dtype=bool), np.full(phase.arm.shape, np.inf)
    for one in handling:
        ends = one.strategy is Strategy.COMPOSITE or not complete
        happened = _when(data, phase, one.event, leaving=ends)
        after = happened[..., None] < _times(phase)
        match one.strategy:
            case Strategy.HYPOTHETICAL:
                seen = seen & ~after
            case Strategy.WHILE_ON_TREATMENT:
                seen, carried = seen & ~after, carried | after
            case Strategy.COMPOSITE:
                seen, failed = seen & ~after, np.minimum(failed, happened)
            case _:
                continue
    return Kept(seen, carried, failed)


def totals_handled(phase: PhaseData, found: Kept, estimator: Estimator, scale: Scale) -> np.ndarray:
    """Return totals as an estimand and an estimator see them, [replicate, subject, visit].

    Args:
        phase: The phase.
        found: Which ratings count.
        estimator: Observed cases, or the last one carried forward wherever there is none.
        scale: The scale.
    """
    total = phase.on(scale).total
    seen = found.seen & np.isfinite(total)
    if estimator is Estimator.LOCF:
        return locf(total, seen)
    only = np.where(seen, total, np.nan)
    return np.where(found.carried, locf(total, seen), only) if found.carried.any() else only


def shown(data: TrialData, phase: PhaseData, handling: tuple[Handling, ...]) -> PhaseData:
    """Return a phase in which nobody was there for ratings that do not count; the very same where all of them do."""
    found = kept(data, phase, handling)
    return phase if np.array_equal(found.seen, phase.observed) else replace(phase, observed=found.seen)


def _when(data: TrialData, phase: PhaseData, event: IntercurrentEvent, *, leaving: bool) -> np.ndarray:
    """Return when an event happened to people of a phase, h, [replicate, subject]; inf where it did not.

    Args:
        data: The conducted trial.
        phase: One of its phases.
        event: The event.
        leaving: Whether leaving the trial is an end of treatment too, and not only stopping it.
    """
    match event:
        case IntercurrentEvent.RESCUE:
            return phase.rescued
        case IntercurrentEvent.SWITCH:
            return phase.switched
        case _:
            return np.minimum(phase.stopped, data.left) if leaving else phase.stopped


def _times(phase: PhaseData) -> np.ndarray:
    return np.array([visit.t for visit in phase.visits])
