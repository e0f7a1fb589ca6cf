"""Batches of replicates put behind one another, each let go as soon as it stands in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from euthymia.trials.data import Given, TrialData
from euthymia.trials.given import behind

OF_ALL = ("trial", "seed", "replicates", "phases", "safety", "days", "severity", "error")  # not led by replicates
Change = Callable[[np.ndarray], np.ndarray]


def stacked(parts: Iterable[TrialData], replicates: int) -> TrialData:
    """Return batches of the same trial as one conduct of it.

    Batches that are made as they are asked for are never in memory together: room is made for all replicates, and what
    a batch holds goes straight to its place.

    Args:
        parts: The batches in the order of their replicates.
        replicates: How many replicates they hold together.
    """
    ahead = iter(parts)
    part: TrialData | None = next(ahead)
    if len(part.left) == replicates:
        return part
    whole, room = _room(part, replicates)
    given: list[Given] = []
    done, error = 0, part.error
    while part is not None:
        until = done + len(part.left)
        _fill([into[done:until] for into in room], part)
        if part.given is not None:
            given.append(part.given)
        done, error = until, max(error, part.error)
        part = None  # before the next one is made
        part = next(ahead, None)
    return replace(whole, error=error, given=behind(given) if given else None)


def picked(data: TrialData, which: np.ndarray) -> TrialData:
    """Return some replicates of a conducted trial, as if the others had not been conducted.

    Args:
        data: The trial.
        which: Whether each replicate is wanted, [replicate].
    """
    if which.all():
        return data
    found = _changed(data, lambda values: values[which], lambda values: values[:, which])
    return replace(found, replicates=int(which.sum()))


def _room(first: TrialData, replicates: int) -> tuple[TrialData, list[np.ndarray]]:
    """Return a conduct with room for all replicates, and its arrays, each led by the replicates."""
    room: list[np.ndarray] = []

    def led(values: np.ndarray) -> np.ndarray:
        room.append(np.empty_like(values, shape=(replicates, *values.shape[1:])))
        return room[-1]

    def second(values: np.ndarray) -> np.ndarray:
        made = np.empty_like(values, shape=(len(values), replicates, *values.shape[2:]))
        room.append(made.swapaxes(0, 1))
        return made

    whole = _changed(replace(first, given=None), led, second)
    return replace(whole, replicates=replicates), room


def _fill(room: list[np.ndarray], part: TrialData) -> None:
    for into, values in zip(room, _arrays(part), strict=True):
        np.copyto(into, values, casting="safe")


def _arrays(part: TrialData) -> list[np.ndarray]:
    """Return the arrays of a batch, each led by the replicates, in the order in which `_room` makes room for them."""
    found: list[np.ndarray] = []

    def noted(values: np.ndarray) -> np.ndarray:
        found.append(values)
        return values

    def swapped(values: np.ndarray) -> np.ndarray:
        found.append(values.swapaxes(0, 1))
        return values

    _changed(replace(part, given=None), noted, swapped)
    return found


def _changed(data: TrialData, led: Change, second: Change) -> TrialData:
    """Return a conduct with other arrays in place of its own.

    Args:
        data: The conduct.
        led: What becomes of an array whose first axis is the replicates.
        second: What becomes of one whose second axis they are.
    """
    phases = tuple(_of(phase, led, once=("phase", "visits")) for phase in data.phases)
    names = [field.name for field in fields(data) if field.name not in OF_ALL]
    each = {name: _of(getattr(data, name), led) for name in names}
    safety = _of(data.safety, led, once=("t",))
    return replace(data, phases=phases, safety=safety, severity=second(data.severity), **each)


def _of(part: Any, change: Change, once: tuple[str, ...] = ()) -> Any:
    """Return a record of arrays [replicate, ...] with others in their place; what stands in ``once`` stays."""
    if isinstance(part, np.ndarray):
        return change(part)
    if isinstance(part, dict):
        return {key: _of(value, change) for key, value in part.items()}
    if isinstance(part, tuple) and part and is_dataclass(part[0]):
        return tuple(_of(each, change) for each in part)
    if not is_dataclass(part) or isinstance(part, type):
        return part
    names = [field.name for field in fields(part) if field.name not in once]
    return replace(part, **{name: _of(getattr(part, name), change) for name in names})
