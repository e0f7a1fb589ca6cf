"""Units: conversions known by heart, dimensions that stay apart, and the words of a refusal."""

from __future__ import annotations

import pytest

from euthymia.errors import UnitError
from euthymia.units import convert, factor, parse


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (90.0, "min", "h", 1.5),
        (2.0, "w", "d", 14.0),
        (1.0, "d", "h", 24.0),
        (2.5, "1/s", "1/h", 9000.0),
        (3.0, "1/h", "1/d", 72.0),
        (1.0, "g", "mg", 1000.0),
        (1.0, "mg/L", "ng/mL", 1000.0),
        (1.0, "ng/mL", "ug/L", 1.0),
        (1.0, "mM", "uM", 1000.0),
        (1.0, "mol/L", "M", 1.0),
        (30.0, "L/h", "mL/min", 500.0),
        (50.0, "%", "1", 0.5),
        (50.0, "percent", "1", 0.5),
        (1.0, "kHz", "1/s", 1000.0),
        (0.5, "mg/kgbw", "ug/kgbw", 500.0),
    ],
)
def test_conversions_known_by_heart(value: float, unit: str, to: str, expected: float):
    assert convert(value, unit, to) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("unit", "to"),
    [
        ("mg/kgbw", "mg"),  # a dose by body weight is no dose
        ("mg/kgbw", "1"),  # and the kilogram of a body does not cancel against that of a drug
        ("kgbw", "kg"),
        ("points", "%"),  # MADRS points never add to percent
        ("points", "1"),
        ("mmHg", "points"),
        ("mV", "mmHg"),
        ("ng/mL", "uM"),  # needs a molar mass
        ("L/h", "1/h"),
        ("h", "1/h"),
        ("leak", "1"),
    ],
)
def test_dimensions_are_kept_apart(unit: str, to: str):
    with pytest.raises(UnitError, match=f"unit '{unit}' does not measure what is asked for in '{to}'"):
        convert(1.0, unit, to)


@pytest.mark.parametrize("unit", ["mgg", "mg/", "3 mg", "MADRS", "mg/kgbw/(", "µg§", "furlong", "mg; rm"])
def test_what_is_no_unit_is_refused_with_examples(unit: str):
    with pytest.raises(UnitError, match=r"cannot read the unit .*; for example: mg, "):
        parse(unit)


def test_there_and_back_is_one():
    for unit, to in (("min", "h"), ("1/s", "1/h"), ("mg/L", "ng/mL"), ("%", "1"), ("y", "d")):
        assert factor(unit, to) * factor(to, unit) == pytest.approx(1.0, rel=1e-14)


def test_a_year_is_365_and_a_quarter_days():
    assert convert(1.0, "y", "d") == 365.25
