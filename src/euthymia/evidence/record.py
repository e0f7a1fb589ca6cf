"""A subject's numbers in one TOML file, read on first use: `load_record` gives them, `find` gives one of them.

Where the calibration trials inform a number, these two give what the trials left of it (`euthymia.evidence.learned`);
`source_record` gives the file as it stands, which is what was known before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files

from euthymia.errors import EvidenceError, UnknownNameError
from euthymia.evidence.citation import source_keys
from euthymia.evidence.grade import Grade
from euthymia.evidence.learned import RECORDS, learned
from euthymia.evidence.parameter import Parameter, check_range, read_parameter
from euthymia.evidence.posterior import posterior
from euthymia.evidence.strict import file_table

SUFFIX = ".toml"


@dataclass(frozen=True)
class Record:
    """The numbers of one subject: a frozen mapping from symbol to `Parameter`, in the order of the file."""

    name: str
    title: str
    summary: str
    parameters: tuple[Parameter, ...]

    @cached_property
    def _by_name(self) -> dict[str, Parameter]:
        return {parameter.name: parameter for parameter in self.parameters}

    @property
    def names(self) -> tuple[str, ...]:
        """The symbols, in the order of the file."""
        return tuple(self._by_name)

    def __getitem__(self, name: str) -> Parameter:
        """Return the parameter of that symbol; an unknown one raises UnknownNameError with the nearest."""
        if name not in self._by_name:
            raise UnknownNameError(f"parameter of record {self.name!r} named", name, self._by_name)
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def value(self, name: str, unit: str) -> float:
        """Return the value of one parameter in ``unit``.

        Raises:
            UnknownNameError: When the record has no such parameter.
            UnitError: When ``unit`` cannot be read or measures something else.

        Example:
            >>> round(load_record("esketamine").value("ka_n", "1/min"), 4)
            0.0488
        """
        return self[name].to(unit)

    def replace(self, **values: float) -> Record:
        """Return a record in which some values are changed, in the record's units, and graded "assumed".

        Args:
            values: New values by symbol.

        Raises:
            UnknownNameError: When the record has no such parameter.
            EvidenceError: When a value is not finite or out of the parameter's range.
        """
        changed = {name: _with_value(self[name], value) for name, value in values.items()}
        return replace(self, parameters=tuple(changed.get(p.name, p) for p in self.parameters))


def _with_value(parameter: Parameter, value: float) -> Parameter:
    note = f"changed from {parameter.value:g} {parameter.unit} ({parameter.grade.value}) for this study"
    spread = (parameter.iiv_grade or parameter.grade) if parameter.iiv_scale else None
    changed = replace(
        parameter,
        value=float(value),
        grade=Grade.ASSUMED,
        source="",
        where="",
        cv=None,
        iiv_grade=spread,
        note=note,
        command="",
    )
    check_range(parameter.full_name, changed)
    return changed


@cache
def record_names() -> tuple[str, ...]:
    """Return the names of all records, sorted."""
    entries = files("euthymia.evidence").joinpath("records").iterdir()
    return tuple(sorted(entry.name.removesuffix(SUFFIX) for entry in entries if entry.name.endswith(SUFFIX)))


@cache
def load_record(name: str) -> Record:
    """Return the record of that name, with what the calibration trials taught; every call gives the same object.

    Args:
        name: One of ``record_names()``.

    Raises:
        UnknownNameError: When there is no such record; it names the nearest.
        EvidenceError: When the record breaks a rule; it names file and parameter.
    """
    record = source_record(name)
    return replace(record, parameters=learned(record.parameters, posterior())) if name in RECORDS else record


@cache
def source_record(name: str) -> Record:
    """Return the record of that name as its file has it, before the calibration trials.

    Args:
        name: One of ``record_names()``.

    Raises:
        UnknownNameError: When there is no such record; it names the nearest.
        EvidenceError: When the record breaks a rule; it names file and parameter.
    """
    if name not in record_names():
        raise UnknownNameError("record", name, record_names())
    path = files("euthymia.evidence").joinpath("records", name + SUFFIX)
    return read_record(name, path.read_text(encoding="utf-8"))


def read_record(name: str, text: str) -> Record:
    """Return the record that a TOML text describes.

    Args:
        name: The record's name.
        text: ``title``, ``summary`` and one table a parameter; see ``docs/evidence.md``.

    Raises:
        EvidenceError: When the text is no TOML or breaks a rule; it names file and parameter.
    """
    tables = dict(file_table(name + SUFFIX, text).data)
    head = {key: tables.pop(key, None) for key in ("title", "summary")}
    for key, given in head.items():
        if not isinstance(given, str) or not given.strip():
            raise EvidenceError(f"{name}{SUFFIX}: {key} is {given!r}; expected a line of text")
    sources = source_keys()
    parameters = tuple(read_parameter(name, key, table, sources) for key, table in tables.items())
    return Record(name=name, title=str(head["title"]), summary=str(head["summary"]), parameters=parameters)


def find(name: str) -> Parameter:
    """Return one parameter by its full name.

    Args:
        name: Record and symbol with a dot between, such as ``esketamine.ka_n``.

    Raises:
        UnknownNameError: When no record or no parameter has that name; it gives the nearest.

    Example:
        >>> find("esketamine.ka_n").value
        2.93
    """
    record, dot, symbol = name.partition(".")
    if not dot:
        known = record_names() if record not in record_names() else [f"{record}.{s}" for s in load_record(record)]
        raise UnknownNameError("parameter", name, known)
    return load_record(record)[symbol]
