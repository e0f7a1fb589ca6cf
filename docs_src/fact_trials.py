"""The trials behind the facts: conducted once each, variants of published designs, and published rows by number."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from functools import cache

import numpy as np

from euthymia.evidence.published import Estimator, PublishedRow
from euthymia.statistics.ancova import Ancova, ancova
from euthymia.symptoms.scale import Scale
from euthymia.treatment.sentence import regimen
from euthymia.trials.catalogue import load_trial, trial_names
from euthymia.trials.conduct import conduct
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.design import DropoutSpec, Recall, Trial, Visit, reference_of
from euthymia.trials.predict import Nothing, change_by, predict, totals_by
from fact_estimate import Estimate, mean

SEED = 1
WEEK = 168.0  # h
FOLLOWED = 24  # weeks after the last visit, of those who stopped
# Replicates at which the Monte Carlo error stays below a third of the tolerance.
REPLICATES = {
    "transform-1": 120,
    "transform-2": 120,
    "transform-3": 80,
    "china-us": 80,
    "aspire-pooled": 120,
    "japan-2b": 120,
    "synapse": 120,
    "goldstein-2004": 60,
    "sustain-1": 40,
}
USUALLY = 100  # of small trials
LATER = {"murrough-2013-six": 288.0, "japan-2b": 648.0}  # h; the visit after which the drug is stopped


@cache
def conducted(design: Trial, replicates: int) -> TrialData:
    """Return a conducted trial, without the items of the scale, which no fact needs."""
    began = time.monotonic()
    data = conduct(design, seed=SEED, replicates=replicates)
    print(f"  {design.id}: {replicates} times in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return replace(data, phases=tuple(replace(phase, items=None, baseline_items=None) for phase in data.phases))


def trial(name: str) -> TrialData:
    """Return a trial of the package, conducted as published."""
    return conducted(load_trial(name), REPLICATES.get(name, USUALLY))


@cache
def _places() -> dict[str, tuple[str, PublishedRow]]:
    """Return trial and row by the row's number."""
    return {row.row_id: (name, row) for name in trial_names() for row in load_trial(name).published}


def values(row_id: str) -> np.ndarray:
    """Return what the conducted trial says for a published row, in the row's unit, [replicate].

    Raises:
        ValueError: When the row is not predicted.
    """
    name, row = _places()[row_id]
    found = predict(trial(name), row)
    if isinstance(found, Nothing):
        raise ValueError(f"{row_id} of {name}: {found.why}")
    return found


def by_row(row_id: str) -> Estimate:
    """Return the mean prediction for a published row."""
    return mean(values(row_id))


def changes(data: TrialData, arm: str, t: float, scale: Scale = Scale.MADRS) -> np.ndarray:
    """Return observed changes of an arm at a time, [replicate, subject]; NaN outside the arm and for those gone."""
    return _in_arm(data, arm, change_by(data.phases[0], Estimator.OC, scale)[..., place(data, t)])


def totals(
    data: TrialData, arm: str, t: float, scale: Scale = Scale.MADRS, estimator: Estimator = Estimator.OC
) -> np.ndarray:
    """Return totals of an arm at a time, 0 h for the baseline, as an estimator sees them, shaped as `changes`."""
    phase = data.phases[0]
    found = phase.on(scale).baseline if t == 0.0 else totals_by(phase, estimator, scale)[..., place(data, t)]
    return _in_arm(data, arm, found)


def responding(
    data: TrialData, arm: str, t: float, scale: Scale = Scale.MADRS, estimator: Estimator = Estimator.OC
) -> np.ndarray:
    """Return the share of those an estimator sees whose total fell by half, percent, [replicate]."""
    now, start = totals(data, arm, t, scale, estimator), totals(data, arm, 0.0, scale)
    return 100.0 * np.nanmean(np.where(np.isfinite(now), now <= 0.5 * start, np.nan), axis=1)


def contrast(data: TrialData, arm: str, t: float, estimator: Estimator = Estimator.OC) -> Ancova:
    """Return the difference of an arm from the reference at a time, by ANCOVA, [replicate]."""
    phase = data.phases[0]
    reference = reference_of(phase.phase)
    who = phase.members((arm,))
    used = who if reference is None else who | phase.members((reference.name,))
    change = change_by(phase, estimator)[..., place(data, t)]
    return ancova(np.where(used, change, np.nan), phase.baseline, who)


def place(data: TrialData, t: float) -> int:
    """Return the place of the visit at a time in the first phase."""
    return [visit.t for visit in data.phases[0].visits].index(t)


def _in_arm(data: TrialData, arm: str, found: np.ndarray) -> np.ndarray:
    phase: PhaseData = data.phases[0]
    return np.where(phase.members((arm,)), found, np.nan)


def with_visits(name: str, *more: Visit) -> Trial:
    """Return a published design with visits added, its phase reaching to the last of them."""
    design = load_trial(name)
    visits = tuple(sorted((*design.visits, *more), key=lambda visit: visit.t))
    phase = replace(design.phases[0], end=max(design.phases[0].end, visits[-1].t))
    return replace(design, visits=visits, phases=(phase,), published=())


def a_day_after(t: float) -> Visit:
    """Return a visit that looks back over a day."""
    return Visit(f"{t:g} h", t, Recall.DAY)


def a_week_after(t: float) -> Visit:
    """Return a visit that looks back over a week."""
    return Visit(f"{t:g} h", t, Recall.WEEK)


def with_saline(name: str) -> Trial:
    """Return a design with saline infusions in place of what its reference arm gets."""
    design = load_trial(name)
    phase = design.phases[0]
    arms = tuple(
        replace(arm, regimen=regimen("placebo iv over 40 min on day 1")) if arm.reference else arm for arm in phase.arms
    )
    return replace(design, phases=(replace(phase, arms=arms),), published=())


def followed(name: str) -> Trial:
    """Return a design followed for half a year after its last dose, with weekly visits; people relapse, nobody leaves."""
    last = LATER[name]
    more = (a_week_after(last + WEEK * week) for week in range(1, FOLLOWED + 1))
    return replace(with_visits(name, *more), dropout=DropoutSpec(), relapse_jumps=True)
