"""Units at the door: text and quantities come in, plain floats in the core's units go on.

Body weight and scale points are dimensions of their own, so a dose per kilogram never cancels against a dose in
milligrams, and MADRS points never add to percent.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from euthymia.errors import UnitError

if TYPE_CHECKING:
    import pint

# The whole vocabulary: a small registry loads ten times faster than pint's own and refuses what no record uses.
DEFINITIONS = """
second = [time] = s
minute = 60 * second = min
hour = 60 * minute = h
day = 24 * hour = d
week = 7 * day = w
year = 365.25 * day = y
gram = [mass] = g
metre = [length] = m
litre = 0.001 * metre ** 3 = L
mole = [substance] = mol
molar = mole / litre = M
bodyweight_kilogram = [bodyweight] = kgbw
point = [score] = points
millimetre_of_mercury = [pressure] = mmHg
volt = [potential] = V
leak = [conductance] = leaks
hertz = 1 / second = Hz
percent = 0.01 = %
micro- = 1e-6 = u-
milli- = 1e-3 = m-
kilo- = 1e3 = k-
nano- = 1e-9 = n-
"""


@cache
def registry() -> pint.UnitRegistry:
    """Return the project's unit registry, made on first use (pint takes a fifth of a second to load)."""
    import pint

    no_file: Any = None  # no units but ours; pint takes None here and its types leave it out
    found = pint.UnitRegistry(no_file, preprocessors=[_percent])
    found.load_definitions(DEFINITIONS.strip().splitlines())
    return found


@cache
def factor(unit: str, to: str) -> float:
    """Return the number by which a value in ``unit`` is multiplied to be a value in ``to``.

    Raises:
        UnitError: When either unit cannot be read, or when they measure different things.
    """
    if unit == to:
        return 1.0
    import pint

    given, wanted = parse(unit), parse(to)
    try:
        return float(registry().convert(1.0, given, wanted))
    except pint.DimensionalityError as error:
        raise UnitError(f"unit {unit!r} does not measure what is asked for in {to!r}") from error


@cache
def parse(unit: str) -> pint.Unit:
    """Return the unit that ``unit`` names; ``"1"`` is the dimensionless unit.

    Raises:
        UnitError: When the text is not a unit of the registry.
    """
    try:
        return registry().Unit("dimensionless" if unit == "1" else _spelled(unit))
    except Exception as error:  # pint raises half a dozen unrelated types on malformed text
        examples = "mg, mg/kgbw, ng/mL, 1/h, L/h, uM, points"
        raise UnitError(f"cannot read the unit {unit!r}; for example: {examples}") from error


def convert(value: float, unit: str, to: str) -> float:
    """Return ``value``, given in ``unit``, as a float in ``to``.

    Example:
        >>> convert(90.0, "min", "h")
        1.5
    """
    return value * factor(unit, to)


def _percent(text: str) -> str:
    return text.replace("%", "percent")


def _spelled(unit: str) -> str:
    """Return the unit with ``1/`` forms written so that pint reads them as units, not numbers."""
    return unit.replace("1/", "dimensionless/", 1) if unit.startswith("1/") else unit
