"""A regimen: doses in the order of time, which can all be given, and which can be written as a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from euthymia.errors import ScheduleError
from euthymia.treatment.dose import HOURS_PER_DAY, Dose, dose_amount_text, number_text
from euthymia.treatment.drug import Route

NOTHING = "none"
MINUTES_PER_HOUR = 60.0
SHORTEST_DAILY_RUN = 4  # days in a row from which "daily for n days" reads better than the list


@dataclass(frozen=True)
class Regimen:
    """Doses sorted by time; ``str(regimen)`` is a sentence that reads back as an equal regimen.

    Raises:
        ScheduleError: When two doses of one drug coincide, or one starts while the infusion before still runs.
    """

    doses: tuple[Dose, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "doses", tuple(sorted(self.doses)))
        _check_overlaps(self.doses)

    def __add__(self, other: Regimen) -> Regimen:
        """Return the doses of both."""
        return Regimen(self.doses + other.doses)

    def __iter__(self) -> Iterator[Dose]:
        """Go through the doses in the order of time."""
        return iter(self.doses)

    def __len__(self) -> int:
        return len(self.doses)

    def __str__(self) -> str:
        return write(self)


def doses_of(regimen: Regimen, drug: str) -> Regimen:
    """Return only the doses of one drug (its name in the catalogue)."""
    return Regimen(tuple(dose for dose in regimen if dose.drug == drug))


def doses_between(regimen: Regimen, *, start: float, end: float) -> Regimen:
    """Return the doses that start at or after ``start`` and before ``end`` (h after randomisation)."""
    return Regimen(tuple(dose for dose in regimen if start <= dose.t < end))


def shifted(regimen: Regimen, by: float) -> Regimen:
    """Return the regimen moved ``by`` hours into the future."""
    return Regimen(tuple(replace(dose, t=dose.t + by) for dose in regimen))


def write(regimen: Regimen) -> str:
    """Return the sentence of a regimen: one clause for each set of doses that differ only in their day.

    Example:
        >>> write(Regimen((Dose(0.0, "esketamine", Route.NASAL, 56.0), Dose(72.0, "esketamine", Route.NASAL, 56.0))))
        'esketamine 56 mg nasal on days 1 4'
    """
    clauses: dict[tuple[str, str, str], list[int]] = {}
    for dose in regimen:
        day = int(dose.t // HOURS_PER_DAY)
        # Exact: the hour is a multiple of the last digit of t, so that 24 day + hour gives t back.
        hour = dose.t - HOURS_PER_DAY * day
        key = (dose_amount_text(dose), _how(dose), f" at {number_text(hour)} h" if hour else "")
        clauses.setdefault(key, []).append(day + 1)
    written = [f"{what} {how} {_when(days)}{hour}" for (what, how, hour), days in clauses.items()]
    return "; ".join(written) or NOTHING


def _how(dose: Dose) -> str:
    return f"{dose.route} over {_duration(dose.duration)}" if dose.duration else str(dose.route)


def _duration(hours: float) -> str:
    minutes = round(hours * MINUTES_PER_HOUR)
    return f"{minutes} min" if minutes / MINUTES_PER_HOUR == hours else f"{number_text(hours)} h"


def _when(days: list[int]) -> str:
    if len(days) >= SHORTEST_DAILY_RUN and all(later - earlier == 1 for earlier, later in pairwise(days)):
        return f"daily for {len(days)} days" + (f" from day {days[0]}" if days[0] != 1 else "")
    return f"on day {days[0]}" if len(days) == 1 else "on days " + " ".join(str(day) for day in days)


def _check_overlaps(doses: tuple[Dose, ...]) -> None:
    """Refuse what no clinic can do; sprays and infusions of one drug exclude each other, as do its tablets."""
    running: dict[tuple[str, bool], Dose] = {}
    for dose in doses:
        key = (dose.drug, dose.route is Route.ORAL)
        before = running.get(key)
        if before is not None and dose.t == before.t:
            raise ScheduleError(f"two doses of one drug at the same time: {_at(before)}, and {_at(dose)}")
        if before is not None and dose.t < before.t + before.duration:
            raise ScheduleError(f"{_at(dose)} starts before an infusion has ended: {_at(before)}")
        running[key] = dose


def _at(dose: Dose) -> str:
    day, hour = divmod(dose.t, HOURS_PER_DAY)
    clock = f" at {number_text(hour)} h" if hour else ""
    return f"{dose_amount_text(dose)} {_how(dose)} on day {int(day) + 1}{clock}"
