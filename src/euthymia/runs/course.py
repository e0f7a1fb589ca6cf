"""The course of people whose rows lie in shards: a variable is read when it is asked for, so that millions fit."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from euthymia.engine.course import Course, CourseMeta, Series

if TYPE_CHECKING:
    from euthymia.runs.job import Load
    from euthymia.runs.treatment import Treatment
    from euthymia.store.shards import Shard

AT_ONCE = 2  # variables that stay in memory


class StoredSeries(Series):
    """A variable that is read from shards each time that its values are asked for, and holds none."""

    _read: Callable[[], NDArray[np.float64]]
    _shape: tuple[int, ...]

    def __init__(self, read: Callable[[], NDArray[np.float64]], shape: tuple[int, ...], unit: str, label: str) -> None:
        """Say where the values are, and what they look like.

        Args:
            read: Gives the values, [person, time], or [time] for a typical person.
            shape: Their shape.
            unit: Their unit.
            label: What they are, in words.
        """
        for name, value in (("_read", read), ("_shape", shape), ("unit", unit), ("label", label)):
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> NDArray[np.float64]:
        """Read the values, the one attribute that is not there until it is asked for."""
        if name == "values":
            return self._read()
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the values, known without reading them."""
        return self._shape


def stored_course(job: Treatment, shards: tuple[Shard, ...], load: Load) -> Course:
    """Return the course of everybody in the shards of a treatment.

    Args:
        job: The treatment.
        shards: All of its shards, in order.
        load: Reads columns of one of them.
    """
    said: list[dict[str, Any]] = [dict(load(shard, ()).extra) for shard in shards]
    first = said[0]
    t = np.array(first["t_h"])
    shape = (t.size,) if job.population == 1 else (job.population, t.size)

    @lru_cache(maxsize=AT_ONCE)
    def read(name: str) -> NDArray[np.float64]:
        found = np.empty(job.population * t.size)
        place = 0
        for shard in shards:
            part = load(shard, (name,)).columns[name]
            found[place : place + part.size] = part
            place += part.size
        found = found.reshape(shape)
        found.flags.writeable = False
        return found

    variables = {
        name: StoredSeries(lambda name=name: read(name), shape, unit, label)
        for name, (unit, label) in first["variables"].items()
    }
    meta = CourseMeta(
        regimen=job.title,
        seed=None if job.population == 1 else job.seed,
        persons=job.population,
        engine=first["engine"],
        error_estimate={name: max(each["error_estimate"][name] for each in said) for name in first["error_estimate"]},
        assumptions=job.assumptions(),
    )
    return Course(t, variables, meta)
