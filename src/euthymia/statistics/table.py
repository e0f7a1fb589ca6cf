"""Columns of any table (pandas, Polars, Arrow or a mapping) as plain arrays of numbers and factors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from euthymia.errors import EuthymiaError, UnknownNameError


class TableError(EuthymiaError):
    """A table that an analysis cannot be done on as it stands."""


@dataclass(frozen=True, eq=False)
class Factor:
    """A column of names.

    Attributes:
        name: The column's name.
        levels: The names that occur, in their order.
        codes: Number of each row's level, [row]; -1 where it is missing.
    """

    name: str
    levels: tuple[str, ...]
    codes: NDArray[np.int64]

    def code(self, level: str) -> int:
        """Return the number of a level, or raise UnknownNameError."""
        if level not in self.levels:
            raise UnknownNameError(f"level of {self.name}", level, self.levels)
        return self.levels.index(level)


def read_numbers(table: Any, name: str) -> NDArray[np.float64]:
    """Return a column of numbers, [row], NaN where it is missing.

    Args:
        table: Anything whose columns are had by ``table[name]``.
        name: The column.

    Raises:
        UnknownNameError: When the table has no such column.
        TableError: When a value is not a number.
    """
    values = _values(table, name)
    try:
        return np.array([np.nan if _missing(value) else float(value) for value in values.tolist()])
    except (TypeError, ValueError):
        wrong = next(value for value in values.tolist() if not _missing(value) and not _is_number(value))
        raise TableError(f"column {name!r} holds {wrong!r}; it must hold numbers") from None


def read_factor(table: Any, name: str, *, levels: Sequence[str] = ()) -> Factor:
    """Return a column of names as a factor.

    Levels that are not given are those of a pandas category, or else those that occur, in natural order ('Week 2'
    before 'Week 10').

    Args:
        table: Anything whose columns are had by ``table[name]``.
        name: The column.
        levels: The levels in their order; left out, they are read from the column.

    Raises:
        UnknownNameError: When the table has no such column, or a level is not among those given.
    """
    texts = [None if _missing(value) else level_name(value) for value in _values(table, name).tolist()]
    present = {text for text in texts if text is not None}
    order = tuple(map(level_name, levels)) or _categories(table, name, present) or tuple(sorted(present, key=_natural))
    for text in sorted(present - set(order)):
        raise UnknownNameError(f"level of {name}", text, order)
    number = {text: code for code, text in enumerate(order)}
    return Factor(name, order, np.array([-1 if text is None else number[text] for text in texts], dtype=np.int64))


def level_name(value: object) -> str:
    """Return the name of a level: whole numbers without a decimal point, anything else as it prints."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def column_names(table: Any) -> tuple[str, ...]:
    """Return the names of a table's columns."""
    names = getattr(table, "column_names", None)  # Arrow, whose ``columns`` are the data
    if names is None:
        names = getattr(table, "columns", None)
    return tuple(map(str, table.keys() if names is None else names))


def _values(table: Any, name: str) -> NDArray[Any]:
    known = column_names(table)
    if name not in known:
        raise UnknownNameError("column", name, known)
    found = table[name]
    convert = getattr(found, "to_pylist", None) or getattr(found, "to_list", None) or getattr(found, "tolist", None)
    values = list(found) if convert is None else convert()
    filled = np.empty(len(values), dtype=object)
    filled[:] = values
    return filled


def _categories(table: Any, name: str, present: set[str]) -> tuple[str, ...]:
    accessor = getattr(table[name], "cat", None)
    categories = getattr(accessor, "categories", None)
    if categories is None:
        return ()
    return tuple(level for level in map(level_name, categories) if level in present)


def _missing(value: object) -> bool:
    return value is None or value != value or type(value).__name__ in ("NAType", "NaTType")  # NaN is not itself


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _natural(text: str) -> tuple[tuple[int, float, str], ...]:
    """Return a key that sorts numbers within names by their value."""
    parts = re.findall(r"-?\d+(?:\.\d+)?|\D+", text)
    return tuple((0, float(part), "") if _is_number(part) else (1, 0.0, part) for part in parts)
