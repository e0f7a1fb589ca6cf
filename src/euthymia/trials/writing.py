"""A trial back to the TOML that describes it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from euthymia.treatment.dose import number_text
from euthymia.treatment.regimen import Regimen, write
from euthymia.trials.design import Trial


def to_toml(trial: Trial) -> str:
    """Return the TOML text of a trial; it reads back as an equal trial.

    Keys whose value says nothing (None, an empty text, an empty list) are left out.
    """
    return "\n".join(_lines(_plain(trial), "")) + "\n"


def _plain(value: Any) -> Any:
    """Return a value as TOML knows it: tables, lists, texts, numbers and truth values."""
    if isinstance(value, Regimen):
        return write(value)
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        named = ((entry.name, getattr(value, entry.name)) for entry in fields(value))
        return {name: _plain(part) for name, part in named if not _says_nothing(part)}
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def _says_nothing(value: Any) -> bool:
    return value is None or value == "" or value == ()


def _lines(table: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield the lines of a table: its own values first, since what follows a header belongs to the header."""
    for key, value in table.items():
        if not _is_table(value) and not _is_tables(value):
            yield f"{key} = {_written(value)}"
    for key, value in table.items():
        below = f"{path}.{key}" if path else key
        if _is_table(value):
            yield from ("", f"[{below}]", *_lines(value, below))
        elif _is_tables(value):
            for item in value:
                yield from ("", f"[[{below}]]", *_lines(item, below))


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _written(value: Any) -> str:
    """Return one value; TOML's texts are JSON's, except for the one control character that JSON lets stand."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(_written(item) for item in value)}]"
    return number_text(value) if isinstance(value, float) else str(value)
