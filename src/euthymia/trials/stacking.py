"""Batches of replicates put behind one another."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.given import behind

OF_ALL = ("trial", "seed", "replicates", "phases", "safety", "days", "severity", "error")  # not led by replicates


def stacked(parts: list[TrialData], replicates: int) -> TrialData:
    """Return batches of the same trial as one conduct of it.

    Args:
        parts: The batches in the order of their replicates.
        replicates: How many replicates they hold together.
    """
    first = parts[0]
    if len(parts) == 1:
        return first
    return replace(
        first,
        replicates=replicates,
        phases=tuple(_phase([part.phases[place] for part in parts]) for place in range(len(first.phases))),
        left=np.concatenate([part.left for part in parts]),
        reason=np.concatenate([part.reason for part in parts]),
        given=None if first.given is None else behind([part.given for part in parts if part.given is not None]),
        site=_behind([part.site for part in parts]),
        people=_behind([part.people for part in parts]),
        adherence=_behind([part.adherence for part in parts]),
        screened=_behind([part.screened for part in parts]),
        enrolled=_behind([part.enrolled for part in parts]),
        dose=np.concatenate([part.dose for part in parts]),
        safety=_behind([part.safety for part in parts], once=("t",)),
        severity=np.concatenate([part.severity for part in parts], axis=1),
        error=max(part.error for part in parts),
    )


def picked(data: TrialData, which: np.ndarray) -> TrialData:
    """Return some replicates of a conducted trial, as if the others had not been conducted.

    Args:
        data: The trial.
        which: Whether each replicate is wanted, [replicate].
    """
    if which.all():
        return data
    phases = tuple(_picked(phase, which, once=("phase", "visits")) for phase in data.phases)
    rest = replace(data, phases=(), safety=_picked(data.safety, which, once=("t",)), severity=data.severity[:, which])
    names = [field.name for field in fields(data) if field.name not in OF_ALL]
    each = {name: _picked(getattr(data, name), which) for name in names}
    return replace(rest, replicates=int(which.sum()), phases=phases, **each)


def _phase(parts: list[PhaseData]) -> PhaseData:
    return _behind(parts, once=("phase", "visits"))


def _behind(parts: list[Any], once: tuple[str, ...] = ()) -> Any:
    """Return records of arrays [replicate, ...] as one, part by part; what stands in ``once`` is the same in all."""
    first = parts[0]
    if isinstance(first, np.ndarray):
        return np.concatenate(parts)
    if isinstance(first, dict):
        return {key: _behind([part[key] for part in parts]) for key in first}
    if not is_dataclass(first) or isinstance(first, type):
        return first
    names = [field.name for field in fields(first) if field.name not in once]
    return replace(first, **{name: _behind([getattr(part, name) for part in parts]) for name in names})


def _picked(part: Any, which: np.ndarray, once: tuple[str, ...] = ()) -> Any:
    """Return a record of arrays [replicate, ...] with some replicates; what stands in ``once`` is the same in all."""
    if isinstance(part, np.ndarray):
        return part[which]
    if isinstance(part, dict):
        return {key: _picked(value, which) for key, value in part.items()}
    if isinstance(part, tuple) and part and is_dataclass(part[0]):
        return tuple(_picked(each, which) for each in part)
    if not is_dataclass(part) or isinstance(part, type):
        return part
    names = [field.name for field in fields(part) if field.name not in once]
    return replace(part, **{name: _picked(getattr(part, name), which) for name in names})
