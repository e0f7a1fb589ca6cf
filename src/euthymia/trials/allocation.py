"""Allocation: who goes into which arm of a later phase, and when people leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euthymia.trials.design import Entry, Phase, Trial, dropout_of

OUTSIDE = -1  # in place of an arm's position: not in this phase


@dataclass(frozen=True, eq=False)
class Standing:
    """How people stand when a phase starts.

    Attributes:
        rated: MADRS total then, points, [person].
        baseline: MADRS total at randomisation, points, [person].
        past: MADRS totals of all visits up to then, oldest first, points, [person, visit].
        stayed: Who is still there, [person].
    """

    rated: np.ndarray
    baseline: np.ndarray
    past: np.ndarray
    stayed: np.ndarray


def allocated(before: Phase, phase: Phase, arm: np.ndarray, standing: Standing, u: np.ndarray) -> np.ndarray:
    """Return the positions of people's arms in a phase, by the arm they come from and how they stand when it starts.

    Args:
        before: The phase before.
        phase: The phase.
        arm: Position of each person's arm in ``before``, [person].
        standing: How they stand.
        u: Uniforms, [person].
    """
    places = np.full(arm.size, OUTSIDE)
    names = np.array([one.name for one in before.arms], dtype=object)
    came_from = np.where(arm >= 0, names[arm], "")
    for source in sorted({one.entry.from_arm for one in phase.arms if one.entry}):
        candidates = [
            (place, one.entry) for place, one in enumerate(phase.arms) if one.entry and one.entry.from_arm == source
        ]
        allowed = np.stack([_enters(entry, standing) for _, entry in candidates])
        allowed &= standing.stayed & (came_from == source)
        weights = allowed * np.array([entry.weight for _, entry in candidates])[:, None]
        total = weights.sum(0)
        reached = np.cumsum(weights, axis=0)
        chosen = (u * total >= reached).sum(0)
        who = total > 0.0
        places[who] = np.array([place for place, _ in candidates])[np.minimum(chosen[who], len(candidates) - 1)]
    return places


def leaving(trial: Trial, phase: Phase, arm: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return when people leave in a phase, h; inf for those who do not, [person].

    A constant hazard gives each arm its published share by the end of the phase.

    Args:
        trial: The design.
        phase: The phase.
        arm: Position of each person's arm in it, [person].
        u: Uniforms, [person].
    """
    left = np.full(arm.size, np.inf)
    for place, one in enumerate(phase.arms):
        share = dropout_of(trial, one.name) or 0.0
        if share > 0.0:
            who = arm == place
            hazard = -np.log1p(-share) / (phase.end - phase.start)
            leaves = phase.start - np.log(u[who]) / hazard
            left[who] = np.where(leaves < phase.end, leaves, np.inf)
    return left


def _enters(entry: Entry, standing: Standing) -> np.ndarray:
    low = entry.MADRS_min if entry.MADRS_min is not None else -np.inf
    below = entry.MADRS_below if entry.MADRS_below is not None else np.inf
    enters = (standing.rated >= low) & (standing.rated < below)
    if entry.fall_min is not None:
        enters &= standing.rated <= (1.0 - entry.fall_min) * standing.baseline
    if entry.fall_below is not None:
        enters &= standing.rated > (1.0 - entry.fall_below) * standing.baseline
    if entry.stable is not None:
        held = standing.past[:, -entry.stable.of :] <= entry.stable.threshold
        enters &= held.sum(1) >= entry.stable.at_least
    return enters
