"""Our values of facts 12 and 13: how long the benefit lasts, and what going on with the spray does for it."""

from __future__ import annotations

import math

import numpy as np

from euthymia.trials.design import reference_of
from euthymia.trials.relapse import relapses
from fact_estimate import Estimate, Value, exact, of_all
from fact_trials import FOLLOWED, LATER, conducted, followed, place, trial

SIX, JAPAN, STABLE = "murrough-2013-six", "japan-2b", "sustain-1"
KEPT, STOPPED = "esketamine + AD", "placebo + AD"
RELAPSED, IN_A_ROW = 22.0, 2  # points, ratings; of the Japanese trial
REPLICATES = {SIX: 100, JAPAN: 60}
DAYS = 7.0  # a week
HOURS_PER_DAY = 24.0


def time_to_relapse(name: str, *, remitted: bool | None) -> np.ndarray:
    """Return the days from the last planned rating to relapse, inf without one, [replicate, person]; NaN for others.

    Args:
        name: The trial.
        remitted: Whether those in remission are meant, or responders without it; every responder when None.
    """
    data = conducted(followed(name), REPLICATES[name])
    phase, last = data.phases[0], place(data, LATER[name])
    now, drug = phase.MADRS[..., last], [arm.name for arm in phase.phase.arms if "placebo" not in arm.name]
    responded, remission = now <= 0.5 * phase.baseline, now <= data.trial.remission.threshold
    kind = responded if remitted is None else remission if remitted else responded & ~remission
    high = phase.MADRS[..., last + 1 :] >= RELAPSED
    twice = high[..., 1:] & high[..., :-1]
    week = np.where(twice.any(-1), twice.argmax(-1) + float(IN_A_ROW), np.inf)
    return np.where(phase.members(tuple(drug)) & kind, DAYS * week, np.nan)


def median(name: str, *, remitted: bool | None) -> Estimate:
    """Return the median time to relapse, d; inf where fewer than half relapse while they are followed."""
    ends = DAYS * np.arange(IN_A_ROW, FOLLOWED + 1)
    days = time_to_relapse(name, remitted=remitted)
    by_then = (days[..., None] <= ends).sum(1)

    def found(relapsed: np.ndarray, people: np.ndarray) -> float:
        reached = np.flatnonzero(relapsed.sum(0) >= 0.5 * people.sum())
        return float(ends[reached[0]]) if reached.size else np.inf

    return of_all(found, by_then, (~np.isnan(days)).sum(1))


def counts(arm: str) -> np.ndarray:
    """Return how many of an arm of stable remitters relapsed, and how many there were, [replicate, 2]."""
    data = trial(STABLE)
    phase, rule = data.phases[-1], data.trial.relapse
    assert rule is not None
    assert reference_of(phase.phase) is not None
    who = phase.members((arm,))
    return np.stack([(relapses(phase, rule).event & who).sum(1), who.sum(1)], axis=1)


def share(found: np.ndarray) -> float:
    """Return the share of all people of all replicates that relapsed, percent."""
    return 100.0 * float(found[:, 0].sum() / found[:, 1].sum())


def hazard(found: np.ndarray) -> float:
    """Return the hazard that has cumulated by the end."""
    return -math.log1p(-share(found) / 100.0)


def stable_median() -> Estimate:
    """Return the median time to relapse of those who stopped, d, extrapolated beyond the end with the mean hazard."""
    phase = trial(STABLE).phases[-1].phase
    length = (phase.end - phase.start) / HOURS_PER_DAY
    return of_all(lambda found: length * math.log(2.0) / max(hazard(found), 1e-9), counts(STOPPED))


def order() -> float:
    """Return how many of the two steps between three medians go up."""
    medians = (median(SIX, remitted=None), median(JAPAN, remitted=True), stable_median())
    first, second, third = (each.value for each in medians)
    return float(first < second) + float(second < third)


VALUES: dict[str, Value] = {
    "12.infusions": lambda: median(SIX, remitted=None),
    "12.remitters": lambda: median(JAPAN, remitted=True),
    "12.responders": lambda: median(JAPAN, remitted=False),
    "12.order": lambda: exact(order()),
    "12.stable": stable_median,
    "13.kept": lambda: of_all(share, counts(KEPT)),
    "13.stopped": lambda: of_all(share, counts(STOPPED)),
    "13.ratio": lambda: of_all(lambda kept, stopped: hazard(kept) / hazard(stopped), counts(KEPT), counts(STOPPED)),
}
