"""A course of therapy from words: ``weekly for 10 weeks from day 15``, in the grammar of a regimen's days."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from euthymia.errors import ScheduleError
from euthymia.treatment.clause import read_times
from euthymia.treatment.dose import HOURS_PER_DAY
from euthymia.treatment.sentence import days_in, first_day_of

if TYPE_CHECKING:
    from euthymia.plasticity.learning import Sessions

EXAMPLE = "weekly for 10 weeks from day 15"


def session_times(text: str, first_day: int | None = None) -> tuple[float, ...]:
    """Return the starts of the sessions that the words describe, h after randomisation; loads no numerics.

    Args:
        text: The words, clauses separated by ``;``.
        first_day: Number of the day that starts with randomisation; left out, 0 where a day 0 is written and else 1.

    Raises:
        ScheduleError: When they cannot be read, or name a session twice or none.

    Example:
        >>> session_times("weekly for 3 weeks from day 8")
        (168.0, 336.0, 504.0)
    """
    clauses = [read_times(part.strip()) for part in text.split(";") if part.strip()]
    if not clauses:
        raise ScheduleError(f"no sessions in {text!r}; for example: {EXAMPLE}")
    start = first_day_of(clauses) if first_day is None else first_day
    days = [(day - start, clause.hour or 0.0) for clause in clauses for day in days_in(clause, start)]
    times = sorted(HOURS_PER_DAY * day + hour for day, hour in days)
    if not times:
        raise ScheduleError(f"{text!r} holds no session at all; for example: {EXAMPLE}")
    twice = [time for time, after in itertools.pairwise(times) if time == after]
    if twice:
        raise ScheduleError(f"two sessions at once on day {int(twice[0] // HOURS_PER_DAY) + start} in {text!r}")
    return tuple(times)


def therapy(text: str, first_day: int | None = None) -> Sessions:
    """Return the course of therapy that the words describe, each session practised as the record `therapy` says.

    Args:
        text: The words, such as `EXAMPLE`.
        first_day: Number of the day that starts with randomisation; see `session_times`.

    Raises:
        ScheduleError: When they cannot be read.

    Example:
        >>> therapy("weekly for 2 weeks").times
        (0.0, 168.0)
    """
    times = session_times(text, first_day)
    from euthymia.evidence import load_record
    from euthymia.plasticity.learning import Sessions

    return Sessions(times, load_record("therapy").value("practice", "h"))
