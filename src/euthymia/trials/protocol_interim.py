"""The table of a trial file that says when a trial is looked at before its end (see docs/trial-format.md)."""

from __future__ import annotations

from euthymia.evidence.strict import (
    Table,
    choice,
    flag,
    number,
    numbers,
    only,
    optional_number,
    optional_table,
    text,
    whole,
)
from euthymia.trials.interim import (
    Futility,
    FutilityRule,
    Interim,
    Reestimation,
    ResizeRule,
    SpendingRule,
)

MOST_LOOKS = 20
LARGEST = 10.0  # times the planned size
STEEPEST = 100.0  # shape of a spending function


def interim_in(root: Table) -> Interim | None:
    """Return the looks at a trial; None where a file has none."""
    entry = optional_table(root, "interim")
    if entry is None:
        return None
    only(entry, "looks", "spending", "shape", "sided", "arm", "standard_error", "futility", "reestimation")
    futility, again = optional_table(entry, "futility"), optional_table(entry, "reestimation")
    return Interim(
        looks=numbers(entry, "looks", low=0.0, high=1.0),
        spending=choice(entry, "spending", SpendingRule, SpendingRule.O_BRIEN_FLEMING),
        shape=_shape(entry),
        sided=whole(entry, "sided", low=1, high=2) if "sided" in entry.data else 1,
        arm=text(entry, "arm") if "arm" in entry.data else None,
        standard_error=optional_number(entry, "standard_error", low=0.0),
        futility=None if futility is None else _futility(futility),
        reestimation=None if again is None else _reestimation(again),
    )


def _futility(entry: Table) -> Futility:
    only(entry, "by", "below", "power", "spending", "shape", "binding")
    return Futility(
        by=choice(entry, "by", FutilityRule),
        below=optional_number(entry, "below", low=0.0, high=1.0),
        power=optional_number(entry, "power", low=0.0, high=1.0),
        spending=choice(entry, "spending", SpendingRule, SpendingRule.O_BRIEN_FLEMING),
        shape=_shape(entry),
        binding=flag(entry, "binding"),
    )


def _reestimation(entry: Table) -> Reestimation:
    only(entry, "at", "rule", "largest", "target", "low", "effect")
    return Reestimation(
        at=whole(entry, "at", low=1, high=MOST_LOOKS),
        rule=choice(entry, "rule", ResizeRule),
        largest=number(entry, "largest", low=1.0, high=LARGEST),
        target=number(entry, "target", low=0.0, high=1.0),
        low=optional_number(entry, "low", low=0.0, high=1.0),
        effect=optional_number(entry, "effect", low=0.0),
    )


def _shape(entry: Table) -> float | None:
    return optional_number(entry, "shape", low=-STEEPEST, high=STEEPEST)
