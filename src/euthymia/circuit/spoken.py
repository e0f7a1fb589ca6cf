"""Levels and changes of a circuit as a user types them, read without loading the numerics: ``NMDA SST 0.4``."""

from __future__ import annotations

import math
from typing import NamedTuple

from euthymia.errors import EuthymiaError, UnknownNameError
from euthymia.units import convert

MOST_LEVELS = 200
POPULATIONS = ("E", "PV", "SST")
EXAMPLES = "such as 'AMPA 0.7', 'NMDA SST 0.4', 'drive E 0.02' or '5-HT1A 0.5'"

# What a user may change, and the range of the number that follows.
SCALINGS = ("GABA-A", "AMPA", "release", "SST output", "spines", "clearance deficit", "prolonged events")
SCALINGS_OF_ONE = ("NMDA",)
SHIFTS_OF_ONE = ("drive",)
MODULATORS = ("5-HT1A", "5-HT2A", "D1", "alpha2A", "ACh")
AT_LEAST_0, AT_MOST_1, ANY = (0.0, math.inf), (-1.0, 1.0), (-math.inf, math.inf)


class Change(NamedTuple):
    """A change of the circuit: its name as above, the population where it is of one, and the number."""

    name: str
    population: str
    value: float


def levels_spoken(text: str) -> tuple[float, ...]:
    """Return levels in uM from numbers and a unit, such as ``0 0.3 1 3 10 uM``.

    Raises:
        EuthymiaError: When there is no number, one is negative or not finite, or there are more than 200.
        UnitError: When the unit is not one of amount per volume.

    Example:
        >>> levels_spoken("0 300 nM")
        (0.0, 0.3)
    """
    *numbers, unit = text.replace(",", " ").split() or [""]
    if _number(unit) is not None:
        raise EuthymiaError(f"ketamine {text!r} has no unit; such as '0 0.3 1 3 10 uM'")
    read = [_number(word) for word in numbers]
    bad = [word for word, value in zip(numbers, read, strict=True) if value is None or not 0 <= value < math.inf]
    if bad or not 1 <= len(numbers) <= MOST_LEVELS:
        given = repr(bad[0]) if bad else f"{len(numbers)} levels"
        raise EuthymiaError(
            f"ketamine {text!r}: {given}; expected 1 to {MOST_LEVELS} numbers of at least 0 and a unit, "
            "such as '0 0.3 1 3 10 uM'"
        )
    return tuple(convert(value, unit, "uM") for value in read if value is not None)


def change_spoken(text: str) -> Change:
    """Return a change of the circuit from its words and a number.

    Args:
        text: A strength (``AMPA 0.7``), a population and a strength or shift (``NMDA SST 0.4``, ``drive E 0.02``), or a
            receptor and its activation (``5-HT1A 0.5``).

    Raises:
        UnknownNameError: When the change, or the population, is not known; it names the nearest.
        EuthymiaError: When the number is missing or out of range.
    """
    *words, last = text.split() or [""]
    value = _number(last)
    if value is None or not words:
        raise EuthymiaError(f"change {text!r}: expected words and a number, {EXAMPLES}")
    whole = " ".join(words)
    for names, of_one, span in (
        (SCALINGS, False, AT_LEAST_0),
        (MODULATORS, False, AT_MOST_1),
        (SCALINGS_OF_ONE, True, AT_LEAST_0),
        (SHIFTS_OF_ONE, True, ANY),
    ):
        for name in names:
            if (words[0] if of_one else whole).lower() == name.lower():
                population = _population(" ".join(words[1:])) if of_one else ""
                return Change(name, population, _checked(text, value, span))
    of_one = [f"{name} {population}" for name in (*SCALINGS_OF_ONE, *SHIFTS_OF_ONE) for population in POPULATIONS]
    raise UnknownNameError("change", whole, [*SCALINGS, *of_one, *MODULATORS])


def _population(name: str) -> str:
    if name.upper() not in POPULATIONS:
        raise UnknownNameError("population", name, POPULATIONS)
    return name.upper()


def _checked(text: str, value: float, span: tuple[float, float]) -> float:
    low, high = span
    if not (math.isfinite(value) and low <= value <= high):
        allowed = (
            "a finite number" if span == ANY else f"{low:g} or more" if math.isinf(high) else f"{low:g} to {high:g}"
        )
        raise EuthymiaError(f"change {text!r}: given {value:g}; allowed: {allowed}")
    return value


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None
