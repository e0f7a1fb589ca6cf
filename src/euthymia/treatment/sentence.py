"""A regimen from a sentence: ``esketamine 56 mg nasal on day 1; 84 mg nasal on days 4 8; sertraline 50 mg daily``.

Clauses are separated by ``;``. A clause names, in any order after the drug and its amount, the route, the length of an
infusion (``over 40 min``), the days (``on days 1 4 8``, ``daily for 4 weeks``, ``twice weekly for 4 weeks``, ``every 2
weeks to day 57``, each with ``from day 8`` where it starts later) and the hour (``at 8 h``). A clause without a drug
goes on with the drug, the route and the length of infusion of the clause before.
"""

from __future__ import annotations

from euthymia.errors import ScheduleError
from euthymia.treatment.clause import Clause, read_clause
from euthymia.treatment.dose import HOURS_PER_DAY, LAST_DAY, Dose
from euthymia.treatment.regimen import NOTHING, Regimen
from euthymia.treatment.schedule import days_of


def regimen(text: str, first_day: int | None = None) -> Regimen:
    """Return the regimen that a sentence describes; ``"none"`` is the regimen without a dose.

    Args:
        text: The sentence. ``str`` of a regimen is such a sentence.
        first_day: Number of the day that starts with randomisation: 1 for study days (day 1 is the first), 0 for
            elapsed days. Left out, it is 0 where the sentence writes a day 0 and 1 otherwise.

    Raises:
        UnknownNameError: When a drug is not in the catalogue.
        ScheduleError: When the sentence cannot be read, or asks for doses that cannot be given.

    Example:
        >>> str(regimen("esketamine 0.2 mg/kg iv over 40 min on days 0 3"))
        'esketamine 0.2 mg/kg iv over 40 min on days 1 4'
    """
    if text.strip().lower() == NOTHING:
        return Regimen()
    clauses: list[Clause] = []
    for part in (part.strip() for part in text.split(";")):
        if part:
            clauses.append(read_clause(part, clauses[-1] if clauses else None))
    if not clauses:
        raise ScheduleError(f"no dose in {text!r}; for example: esketamine 56 mg nasal on days 1 4 8 (or: {NOTHING})")
    start = first_day_of(clauses) if first_day is None else first_day
    return Regimen(tuple(dose for clause in clauses for dose in _doses(clause, start)))


def first_day_of(clauses: list[Clause]) -> int:
    """Return the number of the first day: 0 where a day 0 is written, 1 otherwise."""
    written = [day for clause in clauses for day in (*(clause.days or ()), clause.first, clause.last)]
    return 0 if 0 in written else 1


def _doses(clause: Clause, first_day: int) -> list[Dose]:
    """Return the doses of one clause."""
    if clause.drug is None or clause.route is None:  # a clause that was read has both
        raise ScheduleError(f"no drug or no route in {clause.text!r}")
    days = days_in(clause, first_day)
    if not days:
        raise ScheduleError(f"{clause.text!r} gives no dose at all")
    hour = clause.hour or 0.0
    return [
        Dose(
            t=HOURS_PER_DAY * (day - first_day) + hour,
            drug=clause.drug.name,
            route=clause.route,
            amount=clause.amount or 0.0,
            unit=clause.unit,
            duration=clause.duration or 0.0,
        )
        for day in days
    ]


def days_in(clause: Clause, first_day: int) -> tuple[int, ...]:
    """Return the days that a clause names.

    Raises:
        ScheduleError: When one of them comes before the first day.
    """
    if clause.rhythm is None:
        days = tuple(clause.days or ())
    else:
        first = first_day if clause.first is None else clause.first
        last = clause.last if clause.last is not None else first + (clause.length or 0) - 1
        days = days_of(clause.rhythm, first=first, last=min(last, LAST_DAY + 1))
    early = [day for day in days if day < first_day]
    if early:
        raise ScheduleError(f"day {early[0]} in {clause.text!r} comes before the first day, day {first_day}")
    return days
