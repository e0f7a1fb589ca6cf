"""A number with its unit, who measured it, where, and how surely; and the checks a record's table must pass."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from euthymia.errors import EvidenceError, UnitError, suggestion
from euthymia.evidence.grade import Grade, Scale
from euthymia.units import convert, parse

Choice = TypeVar("Choice", bound=Enum)

NEEDED = ("value", "unit", "meaning", "grade")
NUMBERS = ("value", "cv", "iiv_cv", "iiv", "low", "high")
TEXTS = ("unit", "meaning", "source", "where", "grade", "iiv_scale", "iiv_grade", "note", "command")
SPREADS = ("cv", "iiv_cv", "iiv")


@dataclass(frozen=True)
class Parameter:
    """One number of a record.

    Attributes:
        record: Name of the record it stands in.
        name: Its symbol.
        value: The typical value, in ``unit``.
        unit: A unit of `euthymia.units`.
        meaning: What it is, in words.
        source: Key of ``references.bib``; may be empty where nobody measured it.
        where: The place in the source.
        grade: How surely the typical value is known.
        cv: Uncertainty of the typical value, a relative SD; None where it is not known.
        omega: Between-subject SD on ``iiv_scale``; 0 where people are not said to differ.
        iiv_scale: The scale of ``omega``; None where ``omega`` was not given.
        iiv_grade: How surely ``omega`` is known; the grade of the value unless said.
        low: Smallest possible value, in ``unit``.
        high: Largest possible value, in ``unit``.
        note: What a reader should know besides.
        command: The command that made a number of grade "fitted by us".
    """

    record: str
    name: str
    value: float
    unit: str
    meaning: str
    grade: Grade
    source: str = ""
    where: str = ""
    cv: float | None = None
    omega: float = 0.0
    iiv_scale: Scale | None = None
    iiv_grade: Grade | None = None
    low: float = -math.inf
    high: float = math.inf
    note: str = ""
    command: str = ""

    @property
    def full_name(self) -> str:
        """The name by which ``find`` knows it, such as ``esketamine.ka_n``."""
        return f"{self.record}.{self.name}"

    @property
    def assumed(self) -> bool:
        """Whether its value, or its spread between people, is a choice that nobody measured or fitted."""
        return Grade.ASSUMED in (self.grade, self.iiv_grade)

    def to(self, unit: str) -> float:
        """Return the value in ``unit``.

        Raises:
            UnitError: When ``unit`` cannot be read or measures something else.
        """
        try:
            return convert(self.value, self.unit, unit)
        except UnitError as error:
            raise UnitError(f"{self.full_name}: {error}") from error

    def to_dict(self) -> dict[str, str | float | None]:
        """Return the parameter as JSON-ready values; what is not known, and an open end of the range, is None."""
        return {
            "record": self.record,
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "meaning": self.meaning,
            "grade": self.grade.value,
            "source": self.source,
            "where": self.where,
            "cv": self.cv,
            "omega": self.omega,
            "iiv_scale": self.iiv_scale.value if self.iiv_scale else None,
            "iiv_grade": self.iiv_grade.value if self.iiv_grade else None,
            "low": self.low if math.isfinite(self.low) else None,
            "high": self.high if math.isfinite(self.high) else None,
            "note": self.note,
            "command": self.command,
        }


def read_parameter(record: str, name: str, table: object, sources: tuple[str, ...]) -> Parameter:
    """Return the checked parameter that one table of a record describes.

    Args:
        record: Name of the record.
        name: Name of the table.
        table: What the TOML file holds under that name.
        sources: Keys that ``references.bib`` knows.

    Raises:
        EvidenceError: When a key is unknown or missing, or a value breaks a rule; it names record and parameter.
    """
    place = f"{record}.toml, {name}"
    if not isinstance(table, Mapping):
        raise EvidenceError(f"{place}: given {table!r}; expected a table with {', '.join(NEEDED)}")
    _check_keys(place, table)
    number = {key: _number(place, key, table[key]) for key in NUMBERS if key in table}
    text = {key: _text(place, key, table[key]) for key in TEXTS if key in table}
    grade = _choice(place, "grade", text["grade"], Grade)
    omega, scale = _between_subjects(place, number, text)
    found = Parameter(
        record=record,
        name=name,
        value=number["value"],
        unit=text["unit"],
        meaning=text["meaning"],
        grade=grade,
        source=text.get("source", ""),
        where=text.get("where", ""),
        cv=number.get("cv"),
        omega=omega,
        iiv_scale=scale,
        iiv_grade=_choice(place, "iiv_grade", text["iiv_grade"], Grade) if "iiv_grade" in text else None,
        low=number.get("low", -math.inf),
        high=number.get("high", math.inf),
        note=text.get("note", ""),
        command=text.get("command", ""),
    )
    _check_unit(place, found)
    _check_origin(place, found, sources)
    check_range(place, found)
    return found


def check_range(place: str, parameter: Parameter) -> None:
    """Refuse a value that is not finite or not between the parameter's ``low`` and ``high``.

    Raises:
        EvidenceError: When the value is out of range.
    """
    if not parameter.low <= parameter.value <= parameter.high:  # a NaN fails every comparison
        raise EvidenceError(f"{place}: value {parameter.value:g} is outside [{parameter.low:g}, {parameter.high:g}]")
    if not math.isfinite(parameter.value):
        raise EvidenceError(f"{place}: value is {parameter.value!r}; expected a finite number")


def _check_keys(place: str, table: Mapping[str, Any]) -> None:
    known = (*NUMBERS, *TEXTS)
    for key in table:
        if key not in known:
            raise EvidenceError(f"{place}: unknown key {key!r}; {suggestion(key, known)}known: {', '.join(known)}")
    for key in NEEDED:
        if key not in table:
            raise EvidenceError(f"{place}: {key} is missing; every parameter needs {', '.join(NEEDED)}")


def _number(place: str, key: str, given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise EvidenceError(f"{place}: {key} is {given!r}; expected a finite number")
    if key in SPREADS and given < 0:
        raise EvidenceError(f"{place}: {key} is {given!r}; expected a number of at least 0")
    return float(given)


def _text(place: str, key: str, given: object) -> str:
    if not isinstance(given, str):
        raise EvidenceError(f"{place}: {key} is {given!r}; expected text in quotes")
    if key in NEEDED and not given.strip():
        raise EvidenceError(f"{place}: {key} is empty; every parameter needs {', '.join(NEEDED)}")
    return given


def _choice(place: str, key: str, given: str, choices: type[Choice]) -> Choice:
    known = [str(choice.value) for choice in choices]
    if given not in known:
        raise EvidenceError(f"{place}: {key} is {given!r}; {suggestion(given, known)}known: {', '.join(known)}")
    return choices(given)


def _between_subjects(place: str, number: Mapping[str, float], text: Mapping[str, str]) -> tuple[float, Scale | None]:
    """Return the between-subject SD and its scale; a printed CV is that of a log-normal."""
    scale = _choice(place, "iiv_scale", text["iiv_scale"], Scale) if "iiv_scale" in text else None
    if "iiv" in number and "iiv_cv" in number:
        raise EvidenceError(f"{place}: both iiv and iiv_cv are given; give iiv_cv (log-normal) or iiv with iiv_scale")
    if "iiv_cv" in number:
        if scale not in (None, Scale.LOG):
            raise EvidenceError(f"{place}: iiv_cv is the CV of a log-normal; with iiv_scale {scale.value!r} give iiv")
        return math.sqrt(math.log1p(number["iiv_cv"] ** 2)), Scale.LOG
    if ("iiv" in number) != (scale is not None):
        raise EvidenceError(f"{place}: iiv and iiv_scale go together; scales: {', '.join(s.value for s in Scale)}")
    return number.get("iiv", 0.0), scale


def _check_unit(place: str, parameter: Parameter) -> None:
    try:
        parse(parameter.unit)
    except UnitError as error:
        raise EvidenceError(f"{place}: {error}") from error


def _check_origin(place: str, parameter: Parameter, sources: tuple[str, ...]) -> None:
    """Refuse a measured number without source and place, a fitted one without command, an unknown source."""
    if parameter.source and parameter.source not in sources:
        hint = suggestion(parameter.source, sources)
        raise EvidenceError(
            f"{place}: no source {parameter.source!r} in references.bib; {hint}known: {', '.join(sources)}"
        )
    if parameter.grade.measured and not (parameter.source and parameter.where):
        raise EvidenceError(f"{place}: a number {parameter.grade.value!r} needs source and where")
    if parameter.grade is Grade.FITTED and not parameter.command:
        raise EvidenceError(f"{place}: a number 'fitted by us' needs command, the command that made it")
    if parameter.command and parameter.grade is not Grade.FITTED:
        raise EvidenceError(f"{place}: command belongs to grade 'fitted by us', not {parameter.grade.value!r}")
