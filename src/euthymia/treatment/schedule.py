"""Rhythms of dosing: daily, weekly, twice weekly, every so many days."""

from __future__ import annotations

from dataclasses import dataclass

from euthymia.errors import ScheduleError

DAYS_PER_WEEK = 7


@dataclass(frozen=True)
class Rhythm:
    """Days that repeat: the offsets within a period, both in days."""

    period: int
    offsets: tuple[int, ...] = (0,)

    def __post_init__(self) -> None:
        if self.period < 1:
            raise ScheduleError(f"every {self.period} days: a rhythm repeats after 1 day or more")


DAILY = Rhythm(1)
WEEKLY = Rhythm(DAYS_PER_WEEK)
# Days 1 4 8 11 15 18 22 25: the schedule of the esketamine trials.
TWICE_WEEKLY = Rhythm(DAYS_PER_WEEK, (0, 3))


def days_of(rhythm: Rhythm, *, first: int, last: int) -> tuple[int, ...]:
    """Return the days of a rhythm from day ``first`` to day ``last``, both included.

    Example:
        >>> days_of(TWICE_WEEKLY, first=1, last=14)
        (1, 4, 8, 11)
    """
    starts = range(first, last + 1, rhythm.period)
    return tuple(start + offset for start in starts for offset in rhythm.offsets if start + offset <= last)
