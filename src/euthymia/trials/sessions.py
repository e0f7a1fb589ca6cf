"""What sessions say of each replicate: of a person they keep more than all else, and a summary needs little of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from euthymia.trials.data import SAFETY_MINUTES, SafetyData, TrialData
from euthymia.trials.predict import predict
from euthymia.trials.predict_safety import SAFETY
from euthymia.trials.quantity import Nothing
from euthymia.trials.replicates import of_members
from euthymia.trials.stacking import stacked


@dataclass(frozen=True, eq=False)
class AfterDose:
    """Means of an arm some time after a dose; arrays are [replicate].

    Attributes:
        arm: The arm.
        t: When the dose was given, h.
        minute: Minutes after it.
        CADSS: Mean score, points.
        SBP: Mean rise of systolic pressure, mmHg.
    """

    arm: str
    t: float
    minute: float
    CADSS: np.ndarray
    SBP: np.ndarray


@dataclass(frozen=True, eq=False)
class Sessions:
    """What the sessions of a conducted trial say.

    Attributes:
        after: Means after each dose of the first phase.
        rows: What is predicted for each published row of safety, by its place among the published rows.
    """

    after: tuple[AfterDose, ...]
    rows: dict[int, np.ndarray | Nothing]


def sessions_of(data: TrialData) -> Sessions:
    """Return what the sessions of a conducted trial say."""
    published = enumerate(data.trial.published)
    rows = {place: predict(data, row) for place, row in published if row.measure in SAFETY}
    return Sessions(tuple(_after(data)), rows)


def joined(parts: Iterable[TrialData], replicates: int) -> tuple[TrialData, Sessions]:
    """Return batches as one conduct without what happened at sessions, and what that said.

    A batch is let go before the next one is made, so memory is that of ratings and people's ends.

    Args:
        parts: The batches in the order of their replicates.
        replicates: How many replicates they hold together.
    """
    said: list[Sessions] = []

    def without(part: TrialData) -> TrialData:
        said.append(sessions_of(part))
        return _without_sessions(part)

    data = stacked(map(without, parts), replicates)
    return data, _behind(said)


def _after(data: TrialData) -> list[AfterDose]:
    phase, safety = data.phases[0], data.safety
    found = []
    for arm in phase.phase.arms:
        who = phase.members((arm.name,))
        times = {dose.t for dose in arm.regimen.doses}
        for session in [place for place, t in enumerate(safety.t) if t in times]:
            for column, minute in enumerate(SAFETY_MINUTES):
                means = (
                    of_members(np.nanmean, values[:, :, session, column], who) for values in (safety.CADSS, safety.SBP)
                )
                found.append(AfterDose(arm.name, float(safety.t[session]), minute, *means))
    return found


def _without_sessions(data: TrialData) -> TrialData:
    """Return a conduct with no sessions, and without what only they and looks at single people are about."""
    old = data.safety
    safety = SafetyData(old.t[:0], old.CADSS[:, :, :0], old.SBP[:, :, :0])
    return replace(data, safety=safety, dose=data.dose[..., :0], given=None, people=None, adherence=None)


def _behind(parts: Sequence[Sessions]) -> Sessions:
    """Return what batches say as one."""
    after = [
        replace(
            same[0],
            CADSS=np.concatenate([one.CADSS for one in same]),
            SBP=np.concatenate([one.SBP for one in same]),
        )
        for same in zip(*(part.after for part in parts), strict=True)
    ]
    return Sessions(tuple(after), {place: _row([part.rows[place] for part in parts]) for place in parts[0].rows})


def _row(parts: Sequence[np.ndarray | Nothing]) -> np.ndarray | Nothing:
    """Return a prediction for all replicates; why there is none is the same in every batch."""
    first = parts[0]
    return (
        first if isinstance(first, Nothing) else np.concatenate([one for one in parts if isinstance(one, np.ndarray)])
    )
