"""A time course: named arrays over one time axis, each with its unit, for one person or for many."""

from __future__ import annotations

import dataclasses
import enum
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from euthymia.errors import UnknownNameError

SCHEMA = "euthymia.course/1"
MIDDLE_90 = (0.05, 0.5, 0.95)


@dataclass(frozen=True, eq=False)
class Series:
    """One variable of a course.

    Args:
        values: Shape [time], or [person, time] for a population; NaN where nothing is known.
        unit: Unit of the values as the units room spells it, ``"1"`` for a fraction.
        label: What the variable is, in words, for axes and tables.
    """

    values: NDArray[np.float64]
    unit: str
    label: str

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the values."""
        return self.values.shape

    def people(self) -> NDArray[np.float64]:
        """Return the values with a person axis, shape [person, time]."""
        return np.atleast_2d(self.values)


Told = tuple[Callable[[], object], str, str]  # how the values of a variable are found, their unit, and its label


def made(told: Mapping[str, Told], only: Collection[str] | None = None) -> dict[str, Series]:
    """Return those variables that are wanted; the values of others are never found.

    Args:
        told: All that there are.
        only: Names of those that are wanted; all when None. What there is not is passed over.
    """
    wanted = {name: each for name, each in told.items() if only is None or name in only}
    return {name: Series(np.asarray(find()), unit, label) for name, (find, unit, label) in wanted.items()}


@dataclass(frozen=True)
class CourseMeta:
    """Where a course came from.

    Args:
        regimen: The treatment as a sentence that parses back.
        seed: Seed of the named streams, or None where nothing was drawn.
        persons: How many people; 1 is the typical person.
        engine: Which integrator made it.
        error_estimate: Estimated numerical error by variable, in the variable's unit.
        assumptions: The evidence parameters used, each as a flat mapping (name, value, unit, source, where, grade).
        command: The command or call that makes it again.
        version: The version of euthymia.
    """

    regimen: str
    seed: int | None = None
    persons: int = 1
    engine: str = ""
    error_estimate: Mapping[str, float] = field(default_factory=dict)
    assumptions: tuple[Mapping[str, object], ...] = ()
    command: str = ""
    version: str = ""


@dataclass(frozen=True, eq=False)
class Course:
    """What happened over time.

    Args:
        t: Hours after randomisation, shape [time], ascending.
        variables: The variables by name; each ends in the time axis.
        meta: Where the course came from.

    Example:
        >>> import numpy as np
        >>> course = Course(np.array([0.0, 1.0]), {"MADRS": Series(np.array([37.0, 30.0]), "points", "MADRS")},
        ...                 CourseMeta("placebo nasal on day 1"))
        >>> course["MADRS"].tolist()
        [37.0, 30.0]
    """

    t: NDArray[np.float64]
    variables: Mapping[str, Series]
    meta: CourseMeta

    def __post_init__(self) -> None:
        for name, series in self.variables.items():
            if len(series.shape) not in (1, 2) or series.shape[-1] != self.t.size:
                shape, wanted = series.shape, f"[{self.t.size}] or [person, {self.t.size}]"
                raise ValueError(f"course variable {name!r} has shape {shape}; expected {wanted}")

    @property
    def names(self) -> tuple[str, ...]:
        """The variables' names, in the order of the story from dose to mood."""
        return tuple(self.variables)

    def series(self, name: str) -> Series:
        """Return one variable with its unit and label.

        Raises:
            UnknownNameError: When the course has no variable of that name.
        """
        if name not in self.variables:
            raise UnknownNameError("variable of this course", name, self.names)
        return self.variables[name]

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        return self.series(name).values

    def quantiles(self, name: str, probabilities: Sequence[float] = MIDDLE_90) -> NDArray[np.float64]:
        """Return quantiles over people at each time, ignoring people who are missing there.

        Args:
            name: A variable.
            probabilities: In [0, 1]; the default is the median between the ends of the middle 90 %.

        Returns:
            Shape [probability, time], in the variable's unit; NaN at times where nobody is known.
        """
        people = self.series(name).people()
        known = ~np.isnan(people).all(axis=0)
        found = np.full((len(probabilities), self.t.size), np.nan)
        found[:, known] = np.nanquantile(people[:, known], probabilities, axis=0)
        return found

    def at(self, name: str, t: float) -> NDArray[np.float64]:
        """Return a variable at ``t`` hours by linear interpolation, shape [] or [person]; NaN outside the course."""
        values = self.series(name).values
        row = np.array([np.interp(t, self.t, person, left=np.nan, right=np.nan) for person in np.atleast_2d(values)])
        return row[0] if values.ndim == 1 else row

    def summary(self) -> str:
        """Return a few lines of text: the treatment, and each variable's start, extreme and end."""
        who = "a typical person" if self.meta.persons == 1 else f"median of {self.meta.persons} people"
        lines = [f"{self.meta.regimen} ({who}, {self.t[-1] / 24:g} days)"]
        lines += [self._line(name) for name in self.names]
        return "\n".join(lines)

    def _line(self, name: str) -> str:
        median, unit = self.quantiles(name, (0.5,))[0], self.variables[name].unit
        if np.isnan(median).all():
            return f"  {name}: not known"
        away = np.nan_to_num(np.abs(median - median[0]), nan=-1.0)
        extreme = int(np.argmax(away))
        suffix = "" if unit == "1" else f" {unit}"
        return (
            f"  {name}: {median[0]:.4g} at the start, {median[extreme]:.4g} at {self.t[extreme]:.4g} h, "
            f"{median[-1]:.4g}{suffix} at the end"
        )

    def to_dict(self, *, people: bool = False) -> dict[str, object]:
        """Return the course as JSON-ready plain data, NaN as null, keys in a fixed order (see docs/json.md).

        Args:
            people: Whether a population is written person by person; otherwise as quantiles over people.
        """
        variables = {name: self._variable(name, people) for name in self.names}
        return {"schema": SCHEMA, "meta": plain(self.meta), "t_h": plain(self.t), "variables": variables}

    def _variable(self, name: str, people: bool) -> dict[str, object]:
        series = self.variables[name]
        head: dict[str, object] = {"unit": series.unit, "label": series.label}
        if people or series.values.ndim == 1:
            return head | {"values": plain(series.values)}
        rows = zip(MIDDLE_90, self.quantiles(name), strict=True)
        return head | {"quantiles": {f"{probability:g}": plain(row) for probability, row in rows}}


def plain(value: object) -> object:
    """Return a value as dictionaries, lists, text and numbers that JSON can hold.

    Floats keep their shortest exact form; NaN and infinities become None; dataclass fields keep their order.

    Raises:
        TypeError: When something has no place in JSON.
    """
    if value is None or (isinstance(value, bool | str | int) and not isinstance(value, enum.Enum)):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    return _plain_container(value)


def _plain_container(value: object) -> object:
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"cannot write a {type(value).__name__} into JSON")
