"""Conducted replicates as rows of a table, a row a subject, and back again without losing a byte."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from importlib import import_module
from typing import Any

import numpy as np

from euthymia.store.shards import Rows
from euthymia.trials.data import PhaseData, TrialData
from euthymia.trials.design import Phase, Trial, visits_of

DESIGN = ("trial", "phase", "visits")  # fields that the design says, which is kept once for all rows
OURS = "euthymia."  # where the records are that may be built again
REPLICATE, SUBJECT = "replicate", "subject"


def taken_apart(data: TrialData, numbers: range) -> Rows:
    """Return replicates as rows.

    Arrays that begin with [replicate, subject] are columns, named by the way to them, such as ``phases.0.MADRS``; their
    further axes are lists. All else stands beside the rows.

    Args:
        data: What was conducted.
        numbers: Which replicates these are.

    Raises:
        TypeError: When a record holds something that cannot be kept.
    """
    shape = data.left.shape
    columns: dict[str, np.ndarray] = {
        REPLICATE: np.repeat(np.arange(numbers.start, numbers.stop), shape[1]),
        SUBJECT: np.tile(np.arange(shape[1]), shape[0]),
    }
    return Rows(columns, {"data": _plain(data, "", shape, columns)})


def put_together(rows: Rows, trial: Trial) -> TrialData:
    """Return the replicates that rows hold.

    Args:
        rows: As `taken_apart` gave them.
        trial: Their design.
    """
    return _made(rows.extra["data"], rows, trial)


def _plain(value: Any, path: str, shape: tuple[int, ...], columns: dict[str, np.ndarray]) -> Any:
    """Return a value as plain data, its arrays by subject entered into ``columns``."""
    if value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, np.ndarray):
        if value.shape[:2] != shape:
            data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
            return {"kind": "array", "type": value.dtype.str, "shape": list(value.shape), "bytes": data}
        columns[path] = np.ascontiguousarray(value).reshape(shape[0] * shape[1], *value.shape[2:])
        return {"kind": "column", "name": path, "shape": list(shape)}
    if isinstance(value, tuple | list):
        return {
            "kind": "list",
            "of": [_plain(each, _below(path, place), shape, columns) for place, each in enumerate(value)],
        }
    if isinstance(value, Mapping):
        found = [[_key(key), _plain(each, _below(path, _name(key)), shape, columns)] for key, each in value.items()]
        return {"kind": "mapping", "of": found}
    if is_dataclass(value) and not isinstance(value, type) and type(value).__module__.startswith(OURS):
        named = ((each.name, getattr(value, each.name)) for each in fields(value) if each.name not in DESIGN)
        held = {name: _plain(each, _below(path, name), shape, columns) for name, each in named}
        return {"kind": "record", "module": type(value).__module__, "name": type(value).__qualname__, "of": held}
    raise TypeError(f"cannot keep {path or 'this'}: a {type(value).__name__} has no place in a table")


def _made(held: Any, rows: Rows, trial: Trial) -> Any:
    """Return what plain data stand for."""
    if not isinstance(held, dict):
        return held
    kind = held["kind"]
    if kind == "array":
        data = np.frombuffer(base64.b64decode(held["bytes"]), dtype=held["type"])
        return data.reshape(held["shape"]).copy()
    if kind == "column":
        values = rows.columns[held["name"]]
        return values.reshape(*held["shape"], *values.shape[1:])
    if kind == "list":
        return tuple(_made(each, rows, trial) for each in held["of"])
    if kind == "mapping":
        return {_keyed(key): _made(each, rows, trial) for key, each in held["of"]}
    return _record(held, rows, trial)


def _record(held: Mapping[str, Any], rows: Rows, trial: Trial) -> Any:
    cls = _class(held["module"], held["name"])
    values = dict(held["of"])
    if cls is TrialData:
        phases = zip(values.pop("phases")["of"], trial.phases, strict=True)
        made = {"trial": trial, "phases": tuple(_phase(each, rows, trial, phase) for each, phase in phases)}
        return cls(**made, **{name: _made(each, rows, trial) for name, each in values.items()})
    return cls(**{name: _made(each, rows, trial) for name, each in values.items()})


def _phase(held: Mapping[str, Any], rows: Rows, trial: Trial, phase: Phase) -> PhaseData:
    values = {name: _made(each, rows, trial) for name, each in held["of"].items()}
    return PhaseData(phase=phase, visits=visits_of(trial, phase), **values)


def _key(key: Any) -> Any:
    """Return a key as plain data: a text or a number as it is, a member of an enumeration by its value."""
    if isinstance(key, Enum):
        return [type(key).__module__, type(key).__qualname__, key.value]
    return key


def _keyed(held: Any) -> Any:
    return _class(held[0], held[1])(held[2]) if isinstance(held, list) else held


def _name(key: Any) -> str:
    return key.name if isinstance(key, Enum) else str(key)


def _class(module: str, name: str) -> Any:
    """Return a record or an enumeration of this package by its name; nothing else is ever called."""
    found = getattr(import_module(module), name, None) if module.startswith(OURS) else None
    if not (isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum))):
        raise TypeError(f"{module}.{name} is no record of a trial")
    return found


def _below(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)
