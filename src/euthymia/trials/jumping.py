"""Relapse of the people of a batch, day by day along what is remembered of their course."""

from __future__ import annotations

import numpy as np

from euthymia.evidence import load_record
from euthymia.symptoms.background import Background, Person, lasting
from euthymia.symptoms.jumps import Jumps, held
from euthymia.trials.draws import Draws
from euthymia.trials.remembered import Remembered

DAY = 24.0  # h, the length of a step


class Jumping:
    """Who is fallen on which day; it goes on as far as it is asked, and what happened stays.

    A day is decided by how people stand at its start. Sessions and beliefs pass by: whether somebody is better is
    judged without them.
    """

    def __init__(self, jumps: Jumps, typical: Background, person: Person, course: Remembered, draw: Draws) -> None:
        """Start with nobody fallen.

        Args:
            jumps: How people jump.
            typical: Typical courses without a drug.
            person: Individual values.
            course: What is remembered of the drugs' effect; it must know the start of each day that is asked for.
            draw: Named draws.
        """
        self.jumps, self.typical, self.person, self.course, self.draw = jumps, typical, person, course, draw
        self.frail = jumps.factor(draw("frailty")[:, 0])
        self.now = np.zeros(course.persons)
        self.fallen: list[np.ndarray] = []  # during each day, [day][person]
        self.before: list[np.ndarray] = []  # share lost at its start, in single precision to save memory

    @classmethod
    def of(cls, typical: Background, person: Person, course: Remembered, draw: Draws) -> Jumping:
        """Return the jumps of a batch, by the relapse record."""
        return cls(Jumps.from_record(load_record("relapse")), typical, person, course, draw)

    def loss(self, t: float, window: float) -> np.ndarray:
        """Return what jumps have put back on severity at ``t``, or its mean over a window (h) before, points, [person].

        Before 0 h nothing is lost. Within a day what can be lost is taken from its middle; the share lost is exact.
        """
        self._reach(t)
        if t <= 0.0:
            return np.zeros(self.course.persons)
        if window == 0.0:
            day = self._day(t)
            share = self.jumps.lost(self.before[day], self.fallen[day], t - day * DAY)
            return share * self._held(t)
        found, begin = np.zeros(self.course.persons), max(t - window, 0.0)
        for day in range(int(begin // DAY), self._day(t) + 1):
            low, high = max(begin - day * DAY, 0.0), min(t - day * DAY, DAY)
            if high > low and self.before[day].any() | self.fallen[day].any():
                share = self.jumps.mean_lost(self.before[day], self.fallen[day], low, high)
                found += (high - low) / window * share * self._held(day * DAY + 0.5 * (low + high))
        return found

    def _reach(self, t: float) -> None:
        """Decide all days that begin before ``t``."""
        while len(self.fallen) * DAY < t:
            day = len(self.fallen)
            fallen = self.fallen[-1] if day else np.zeros(self.course.persons, dtype=bool)
            drug = self.course.severity(day * DAY, 0.0)
            without = lasting(self.typical, self.person, day * DAY)
            true = self.person.baseline + without + self.now * held(without) + drug
            fallen = self.jumps.fallen_after(
                fallen,
                DAY,
                relief=-drug,
                better=self.jumps.is_better(true, self.person.baseline),
                frail=self.frail,
                u=self.draw(f"jump on day {day}")[:, 0],
            )
            self.before.append(self.now.astype(np.float32))
            self.fallen.append(fallen)
            self.now = self.jumps.lost(self.now, fallen, DAY)

    def _day(self, t: float) -> int:
        """Return the day that a time above 0 belongs to; a day's end is its own."""
        return int(np.ceil(t / DAY)) - 1

    def _held(self, t: float) -> np.ndarray:
        return held(lasting(self.typical, self.person, t))
