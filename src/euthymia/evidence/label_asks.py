"""The questions of a label file: each table ``condition`` becomes one of the classes of `label_condition`."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from euthymia.evidence.label_condition import (
    UNITS,
    About,
    Always,
    Amounts,
    AtLeast,
    Condition,
    Devices,
    Diagnosed,
    Diagnosis,
    EitherWay,
    Fact,
    Finding,
    GivenAs,
    Holds,
    OneReduction,
    Pace,
    PressureUpTo,
    Quantity,
    SevereAs,
    Severity,
    Unrecorded,
    Which,
    Without,
)
from euthymia.evidence.strict import (
    Table,
    choice,
    fault,
    number,
    numbers,
    only,
    optional_number,
    optional_whole,
    text,
    whole,
)

OLDEST = 130.0  # y, a bound against slips of the pen
LARGEST = 24.0 * 60.0  # likewise for a value in whatever unit: no wait around a session is longer than a day
LAST_WEEK = 520


class Asks(StrEnum):
    """The kinds of question, as a label file names them."""

    AT_LEAST = "at least"
    ABOUT = "about"
    SEVERITY = "severity"
    DIAGNOSIS = "diagnosis"
    FACT = "fact"
    EITHER_WAY = "either way"
    WITHOUT = "without"
    PRESSURE = "pressure"
    GIVEN_AS = "given as"
    AMOUNTS = "amounts"
    ONE_REDUCTION = "one reduction"
    PACE = "pace"
    DEVICES = "devices"
    ALWAYS = "nothing"
    UNRECORDED = "unrecorded"


def read_condition(table: Table) -> Condition:
    """Return the condition that a table describes.

    Args:
        table: The kind of question under ``asks``, and what that kind needs.

    Raises:
        TrialFileError: When the table breaks a rule; it names file and key.
    """
    return _READERS[choice(table, "asks", Asks)](table)


def _quantity(table: Table) -> tuple[Quantity, float]:
    """Return a quantity and its value, which must be written in the quantity's unit."""
    only(table, "asks", "of", "value", "unit")
    of = choice(table, "of", Quantity)
    if text(table, "unit") != UNITS[of]:
        raise fault(table, "unit", f"given {text(table, 'unit')!r}; {of} is counted in {UNITS[of]!r}")
    return of, number(table, "value", low=0.0, high=LARGEST)


def _pressure(table: Table) -> PressureUpTo:
    only(table, "asks", "SBP", "DBP", "from_age", "below_age")
    return PressureUpTo(
        SBP=number(table, "SBP", low=0.0),
        DBP=number(table, "DBP", low=0.0),
        from_age=optional_number(table, "from_age", low=0.0, high=OLDEST),
        below_age=optional_number(table, "below_age", low=0.0, high=OLDEST),
    )


def _pace(table: Table) -> Pace:
    only(table, "asks", "from_week", "to_week", "per_week", "every_weeks")
    return Pace(
        from_week=whole(table, "from_week", low=1, high=LAST_WEEK),
        to_week=optional_whole(table, "to_week", low=1, high=LAST_WEEK),
        per_week=whole(table, "per_week", low=1, high=7),
        every_weeks=optional_whole(table, "every_weeks", low=1, high=LAST_WEEK) or 1,
    )


def _only(table: Table, *keys: str) -> Table:
    return only(table, "asks", *keys)


_READERS: dict[Asks, Callable[[Table], Condition]] = {
    Asks.AT_LEAST: lambda t: AtLeast(*_quantity(t)),
    Asks.ABOUT: lambda t: About(*_quantity(t)),
    Asks.SEVERITY: lambda t: SevereAs(choice(_only(t, "least"), "least", Severity)),
    Asks.DIAGNOSIS: lambda t: Diagnosed(choice(_only(t, "is"), "is", Diagnosis)),
    Asks.FACT: lambda t: Holds(choice(_only(t, "holds"), "holds", Fact)),
    Asks.EITHER_WAY: lambda t: EitherWay(choice(_only(t, "holds"), "holds", Fact)),
    Asks.WITHOUT: lambda t: Without(choice(_only(t, "finding"), "finding", Finding)),
    Asks.PRESSURE: _pressure,
    Asks.GIVEN_AS: lambda t: GivenAs(text(_only(t, "drug", "route"), "drug"), text(t, "route")),
    Asks.AMOUNTS: lambda t: Amounts(choice(_only(t, "which", "mg"), "which", Which), numbers(t, "mg", low=0.0)),
    Asks.ONE_REDUCTION: lambda t: OneReduction(number(_only(t, "mg", "reduced_mg"), "mg"), number(t, "reduced_mg")),
    Asks.PACE: _pace,
    Asks.DEVICES: lambda t: Devices(number(_only(t, "mg"), "mg", low=1.0)),
    Asks.ALWAYS: lambda t: _only(t) and Always(),
    Asks.UNRECORDED: lambda t: Unrecorded(optional_whole(_only(t, "after_week"), "after_week", low=1, high=LAST_WEEK)),
}
