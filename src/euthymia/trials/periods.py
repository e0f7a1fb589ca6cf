"""The periods of a cross-over put beside each other: each person once a period, times counted from its start."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from euthymia.trials.data import PhaseData
from euthymia.trials.design import Arm, Phase, Visit


def together(phases: Sequence[PhaseData]) -> PhaseData:
    """Return phases as one, with the ratings that all of them make equally long after their start.

    A person stands in it once a period, with the rating at the start of that period as baseline.

    Args:
        phases: The periods, of the same people.
    """
    since = [{visit.t - one.phase.start: place for place, visit in enumerate(one.visits)} for one in phases]
    common = [t for t in since[0] if all(t in times for times in since)]
    taken = [[times[t] for t in common] for times in since]
    first = np.cumsum([0, *(len(one.phase.arms) for one in phases)])
    longest = max(one.phase.end - one.phase.start for one in phases)
    return PhaseData(
        phase=Phase(" and ".join(one.phase.name for one in phases), 0.0, longest, _arms(phases)),
        visits=tuple(Visit(f"{t:g} h", t, phases[0].visits[since[0][t]].recall) for t in common),
        arm=_side_by_side([np.where(one.arm >= 0, one.arm + at, -1) for one, at in zip(phases, first, strict=False)]),
        baseline=_side_by_side([one.baseline for one in phases]),
        MADRS=_side_by_side([one.MADRS[..., places] for one, places in zip(phases, taken, strict=True)]),
        observed=_side_by_side([one.observed[..., places] for one, places in zip(phases, taken, strict=True)]),
    )


def _arms(phases: Sequence[PhaseData]) -> tuple[Arm, ...]:
    return tuple(arm for one in phases for arm in one.phase.arms)


def _side_by_side(parts: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts, axis=1)
