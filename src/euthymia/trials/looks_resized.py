"""How large a trial becomes once a look has found its size again, in every replicate."""

from __future__ import annotations

import numpy as np

from euthymia.statistics.adaptive import Promising, normal_scores, second_stage
from euthymia.statistics.blinded import people_per_arm
from euthymia.statistics.promising_zone import least_promising
from euthymia.statistics.sequential_monitoring import final_bound
from euthymia.statistics.spending import DesignError
from euthymia.trials.comparisons import primary_phase, reference_name, treated_arms
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.design import Trial
from euthymia.trials.interim import Interim, Reestimation, ResizeRule, monitoring_of
from euthymia.trials.looks import Look

FEWEST = 4  # people of whom a spread can be told


def resized(
    data: TrialData, look: Look, planned: tuple[int, ...], z: np.ndarray, df: np.ndarray, alpha: float
) -> np.ndarray:
    """Return the size of each trial for that planned, [replicate]; 1 where a look could say nothing.

    Args:
        data: The conducted trial.
        look: The look after which sizes are found again.
        planned: People planned in each arm of the first phase.
        z: Estimate over its error at the look, above 0 where it speaks for the arm, [replicate].
        df: Degrees of freedom of that error, [replicate].
        alpha: Two-sided level.
    """
    interim = data.trial.interim
    if interim is None or interim.reestimation is None:
        return np.ones(len(z))
    again = interim.reestimation
    if again.rule is ResizeRule.BLINDED:
        return _blinded(data, look, planned, again, alpha)
    return zone_factor(interim, normal_scores(z, df), alpha)


def zone(interim: Interim, alpha: float) -> tuple[float, float]:
    """Return the ends of the promising zone of a trial, as conditional powers.

    Args:
        interim: Looks with a size that is found again in the zone.
        alpha: Two-sided level.
    """
    again, t, c = _again(interim), _fraction(interim), final_bound(monitoring_of(interim, alpha))
    if again.low is not None:
        return again.low, again.target
    return least_promising(t, target=again.target, most=_most(again, t), bound=c), again.target


def zone_factor(interim: Interim, z: np.ndarray, alpha: float) -> np.ndarray:
    """Return sizes by the promising zone, for those planned, of the shape of ``z``; 1 where that is not known.

    Args:
        interim: The looks.
        z: Normal statistic at the look, above 0 where it speaks for the arm.
        alpha: Two-sided level.
    """
    again, t = _again(interim), _fraction(interim)
    low, target = zone(interim, alpha)
    if not low < target:
        return np.ones(z.shape)
    known = np.where(np.isfinite(z), z, 0.0)
    rule = Promising(low, target, _most(again, t))
    stage = second_stage(known, t, rule, bound=final_bound(monitoring_of(interim, alpha)))
    return np.minimum(t + (1.0 - t) * stage.factor, again.largest)


def spread_of(change: np.ndarray, baseline: np.ndarray) -> np.ndarray:
    """Return the standard deviation of changes around their common line on baseline, arms unknown, [replicate].

    Args:
        change: [replicate, subject]; NaN takes a subject out.
        baseline: The same shape.
    """
    used = np.isfinite(change) & np.isfinite(baseline)
    count = used.sum(1)
    y, x = (np.where(used, values, 0.0) for values in (change, baseline))
    with np.errstate(divide="ignore", invalid="ignore"):
        y, x = (np.where(used, values - (values.sum(1) / count)[:, None], 0.0) for values in (y, x))
        xx = (x * x).sum(1)
        slope = np.where(xx > 0.0, (x * y).sum(1) / np.where(xx > 0.0, xx, 1.0), 0.0)
        variance = ((y - slope[:, None] * x) ** 2).sum(1) / (count - 2.0)
        return np.where(count >= FEWEST, np.sqrt(variance), np.nan)


def _blinded(data: TrialData, look: Look, planned: tuple[int, ...], again: Reestimation, alpha: float) -> np.ndarray:
    """Return sizes by the spread of outcomes at the primary visit."""
    trial, effect = data.trial, again.effect or 0.0
    phase = next(one for one in data.phases if one.phase.name == primary_phase(trial).name)
    change, baseline = _outcomes(phase, trial, look)
    deviation = spread_of(change, baseline)
    known = np.isfinite(deviation) & (deviation > 0.0)
    wanted = people_per_arm(np.where(known, deviation, 1.0), effect, alpha=alpha / 2.0, power=again.target)
    factor = wanted / _people_an_arm(trial, planned)
    return np.where(known, np.clip(factor, 1.0, again.largest), 1.0)


def _outcomes(phase: PhaseData, trial: Trial, look: Look) -> tuple[np.ndarray, np.ndarray]:
    """Return changes and baselines of those two arms whose comparison decides, as far as they are seen at a look."""
    place = [visit.label for visit in phase.visits].index(trial.primary.visit)
    on = phase.on(trial.scale)
    seen = phase.members(_pair(trial)) & look.done & phase.observed[..., place]
    return np.where(seen, on.total[..., place] - on.baseline, np.nan), on.baseline


def _pair(trial: Trial) -> tuple[str, str]:
    arm = trial.interim.arm if trial.interim else None
    return arm or treated_arms(trial)[0], reference_name(trial)


def _people_an_arm(trial: Trial, planned: tuple[int, ...]) -> float:
    """Return the people an arm of a trial of two equal arms with the same error as the comparison that decides."""
    sizes = dict(zip((arm.name for arm in trial.phases[0].arms), planned, strict=True))
    pair = [sizes[name] for name in _pair(trial) if name in sizes]
    return 2.0 / sum(1.0 / n for n in pair) if len(pair) == 2 else sum(planned) / len(planned)


def _again(interim: Interim) -> Reestimation:
    if interim.reestimation is None:
        raise DesignError("the looks find no size again; give them a table [interim.reestimation]")
    return interim.reestimation


def _fraction(interim: Interim) -> float:
    return interim.looks[_again(interim).at - 1]


def _most(again: Reestimation, t: float) -> float:
    """Return the largest second stage, for that planned."""
    return (again.largest - t) / (1.0 - t)
