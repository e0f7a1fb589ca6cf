"""Strict reading of a TOML table: every key known, every value of its type, every fault with file and key path."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from euthymia.errors import EvidenceError, TrialFileError, suggestion

Choice = TypeVar("Choice", bound=Enum)


@dataclass(frozen=True)
class Table:
    """One table of a TOML file.

    Attributes:
        file: Name of the file, for messages.
        path: Path of the table within the file, for messages, such as ``phases[0].arms[1]``; empty for the whole.
        data: Its keys and values.
    """

    file: str
    path: str
    data: Mapping[str, Any]


def file_table(file: str, content: str) -> Table:
    """Return the table that a file of the evidence is.

    Raises:
        EvidenceError: When the text is no TOML.
    """
    try:
        return Table(file, "", tomllib.loads(content))
    except tomllib.TOMLDecodeError as error:
        raise EvidenceError(f"{file}: not readable as TOML: {error}") from error


def at(table: Table, key: str) -> str:
    """Return the path of a key within the file."""
    return f"{table.path}.{key}" if table.path else key


def fault(table: Table, key: str, problem: str) -> TrialFileError:
    """Return the error that names file, key path and problem."""
    place = at(table, key) if key else table.path
    return TrialFileError(f"{table.file}: {place}: {problem}" if place else f"{table.file}: {problem}")


def only(table: Table, *known: str) -> Table:
    """Return the table when all its keys are among those known.

    Raises:
        TrialFileError: When a key is not; the nearest known one is suggested.
    """
    for key in table.data:
        if key not in known:
            raise fault(table, key, f"unknown key; {suggestion(key, known)}allowed: {', '.join(known)}")
    return table


def has(table: Table, key: str) -> bool:
    """Tell whether the key stands in the table."""
    return key in table.data


def text(table: Table, key: str, default: str | None = None) -> str:
    """Return a text that is not empty (unless the default, given for keys that may be left out, is)."""
    value = _value(table, key, default, "a text")
    if not isinstance(value, str):
        raise _wrong(table, key, "a text in quotes")
    if default is None and not value.strip():
        raise fault(table, key, "given an empty text; it must say something")
    return value


def texts(table: Table, key: str) -> tuple[str, ...]:
    """Return a list of texts; empty where the key is left out."""
    value = table.data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _wrong(table, key, "a list of texts")
    return tuple(value)


def flag(table: Table, key: str, default: bool = False) -> bool:
    """Return true or false."""
    value = table.data.get(key, default)
    if not isinstance(value, bool):
        raise _wrong(table, key, "true or false")
    return value


def number(table: Table, key: str, *, low: float = -math.inf, high: float = math.inf) -> float:
    """Return a finite number from ``low`` to ``high``, both included."""
    return _checked_number(table, key, _value(table, key, None, "a number"), low, high)


def optional_number(table: Table, key: str, *, low: float = -math.inf, high: float = math.inf) -> float | None:
    """Return a finite number from ``low`` to ``high``, or None where the key is left out."""
    return number(table, key, low=low, high=high) if has(table, key) else None


def numbers(table: Table, key: str, *, low: float = -math.inf, high: float = math.inf) -> tuple[float, ...]:
    """Return a list of one or more finite numbers from ``low`` to ``high``."""
    value = _value(table, key, None, "a list of numbers")
    if not isinstance(value, list) or not value:
        raise _wrong(table, key, "a list of one or more numbers")
    return tuple(_checked_number(table, f"{key}[{place}]", item, low, high) for place, item in enumerate(value))


def whole(table: Table, key: str, *, low: int, high: int) -> int:
    """Return a whole number from ``low`` to ``high``, both included."""
    value = _value(table, key, None, f"a whole number from {low} to {high}")
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise _wrong(table, key, f"a whole number from {low} to {high}")
    return value


def optional_whole(table: Table, key: str, *, low: int, high: int) -> int | None:
    """Return a whole number from ``low`` to ``high``, or None where the key is left out."""
    return whole(table, key, low=low, high=high) if has(table, key) else None


def choice(table: Table, key: str, kind: type[Choice], default: Choice | None = None) -> Choice:
    """Return the member of an enum whose value is written."""
    allowed = [str(member.value) for member in kind]
    if default is not None and not has(table, key):
        return default
    value = _value(table, key, None, f"one of: {', '.join(allowed)}")
    if value not in allowed:
        near = suggestion(value, allowed) if isinstance(value, str) else ""
        raise fault(table, key, f"given {_shown(value)}; {near}allowed: {', '.join(allowed)}")
    return kind(value)


def members(table: Table, key: str, kind: type[Choice], what: str) -> tuple[Choice, ...]:
    """Return members of an enum whose values are listed, each once; empty where the key is left out.

    Args:
        table: The table.
        key: The key.
        kind: The enum.
        what: What one of them is called, for messages.
    """
    given, allowed = texts(table, key), [str(member.value) for member in kind]
    for name in given:
        if name not in allowed:
            near = suggestion(name, allowed)
            raise fault(table, key, f"no {what} {name!r}; {near}allowed: {', '.join(allowed)}")
    no_doubles(table, key, given)
    return tuple(kind(name) for name in given)


def table(parent: Table, key: str) -> Table:
    """Return the table under a key."""
    value = _value(parent, key, None, "a table")
    if not isinstance(value, Mapping):
        raise _wrong(parent, key, "a table")
    return Table(parent.file, at(parent, key), value)


def optional_table(parent: Table, key: str) -> Table | None:
    """Return the table under a key, or None where the key is left out."""
    return table(parent, key) if has(parent, key) else None


def tables(parent: Table, key: str) -> tuple[Table, ...]:
    """Return the tables of a list; empty where the key is left out."""
    value = parent.data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise _wrong(parent, key, f"a list of tables, each headed [[{key}]]")
    return tuple(Table(parent.file, f"{at(parent, key)}[{place}]", item) for place, item in enumerate(value))


def no_doubles(parent: Table, key: str, names: Iterable[str]) -> None:
    """Refuse a name that stands twice.

    Raises:
        TrialFileError: When one does.
    """
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise fault(parent, key, f"the name {name!r} stands twice; names must differ")
        seen.add(name.lower())


def _value(table: Table, key: str, default: object, wanted: str) -> object:
    if key in table.data:
        return table.data[key]
    if default is None:
        raise fault(table, key, f"missing; {wanted} is needed")
    return default


def _checked_number(table: Table, key: str, value: object, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise fault(table, key, f"given {_shown(value)}; a number is needed")
    if not math.isfinite(value):
        raise fault(table, key, f"given {value}; a finite number is needed")
    if not low <= value <= high:
        raise fault(table, key, f"given {value}; allowed: {_range(low, high)}")
    return float(value)


def _wrong(table: Table, key: str, wanted: str) -> TrialFileError:
    return fault(table, key, f"given {_shown(table.data.get(key))}; {wanted} is needed")


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def _range(low: float, high: float) -> str:
    if math.isinf(high):
        return f"{low:g} or more"
    return f"{high:g} or less" if math.isinf(low) else f"{low:g} to {high:g}"
