"""A body that doses enter: at once or over time, after a lag, again and again, or for ever before now."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from euthymia.engine.compartments import Compartments, Floats, transition
from euthymia.engine.exposure import Exposure
from euthymia.engine.records import Rate, Record, SteadyState
from euthymia.engine.superposition import Input, steady, steady_constant

# Two times closer than this share of the later one are the same: sums of intervals carry rounding errors.
SAME_TIME = 1e-9


@dataclass(frozen=True)
class Entry:
    """How doses enter one compartment.

    Attributes:
        F: Bioavailability.
        tlag: Time from the dose to its entry.
        D: Duration of an infusion with RATE -2; None where the model has none.
        R: Rate of an infusion with RATE -1; None where the model has none.
        zero_order: Whether a dose without a rate enters over ``D`` too.
    """

    F: float = 1.0
    tlag: float = 0.0
    D: float | None = None
    R: float | None = None
    zero_order: bool = False


@dataclass(frozen=True)
class Kinetics:
    """The parameters that hold up to one record.

    Attributes:
        system: The compartments.
        entries: How doses enter each of them.
        scale: What an amount is divided by to be a prediction: a volume, or 1 for the depot.
    """

    system: Compartments
    entries: tuple[Entry, ...]
    scale: tuple[float, ...]


@dataclass
class Tally:
    """What became of the doses.

    Attributes:
        given: Doses that entered the body, additional ones counted one by one.
        cancelled: Lagged or additional doses that a reset, or SS = 1, called off.
        after_end: Doses that would enter after the individual's last record.
    """

    given: int = 0
    cancelled: int = 0
    after_end: int = 0

    def add(self, other: Tally) -> None:
        """Add another count to this one."""
        self.given += other.given
        self.cancelled += other.cancelled
        self.after_end += other.after_end


@dataclass
class _Train:
    """Doses to come: ``left`` of them, one each ``interval``, the first at ``t``."""

    t: float
    left: int
    interval: float
    target: int
    record: Record


@dataclass
class _Infusion:
    """A constant input that runs until ``end``."""

    end: float
    target: int
    rate: float


@dataclass
class Body:
    """Amounts at a time, with what is still to enter."""

    x: Floats
    t: float
    infusions: list[_Infusion] = field(default_factory=list)
    trains: list[_Train] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    exposure: Exposure = field(default_factory=Exposure)

    def empty(self) -> None:
        """Take everything out, and call off what was to come."""
        self.x = np.zeros_like(self.x)
        self.infusions.clear()
        self.tally.cancelled += sum(train.left for train in self.trains)
        self.trains.clear()

    def advance(self, to: float, kinetics: Kinetics) -> None:
        """Carry the amounts to a time, letting doses enter and infusions end on the way.

        A lagged or additional dose due at that very time enters before the record is read.
        """
        while True:
            train = min(self.trains, key=lambda each: each.t, default=None)
            due = train is not None and (train.t <= to or _same(train.t, to))
            stop = min(train.t, to) if train is not None and due else to
            ending = min((each.end for each in self.infusions), default=np.inf)
            if ending < stop:
                self._drift(ending, kinetics)
                self.infusions = [each for each in self.infusions if each.end > ending]
                continue
            self._drift(stop, kinetics)
            if train is None or not due:
                return
            self._next_of(train, kinetics)

    def enter(self, record: Record, target: int, kinetics: Kinetics) -> None:
        """Let one dose enter now."""
        given = resolved(record, target, kinetics)
        self._put(target, given.amount, given.duration)
        self.tally.given += 1
        self.exposure.look(self.t, self.x, kinetics.system, kinetics.scale)

    def settle(self, record: Record, target: int, kinetics: Kinetics) -> None:
        """Put the body into the steady state of a dose, or add that state to what is there."""
        if record.ss is SteadyState.RESETS:
            self.empty()
        if record.amt == 0.0:
            rate = kinetics.entries[target].R if record.rate == Rate.MODELLED_RATE else record.rate
            self.x = self.x + steady_constant(kinetics.system, target, rate or 0.0)
            self.tally.given += 1
        else:
            self._settle_doses(record, target, kinetics)
        self.exposure.look(self.t, self.x, kinetics.system, kinetics.scale)

    def _settle_doses(self, record: Record, target: int, kinetics: Kinetics) -> None:
        tlag = kinetics.entries[target].tlag
        given = resolved(record, target, kinetics)
        found = steady(kinetics.system, given, record.ii, record.ii - tlag if tlag > 0.0 else 0.0)
        self.x = self.x + found.amounts
        for where, rate, left in found.running:
            self._put(where, rate * left, left)
        self.tally.given += tlag == 0.0
        self._plan(record, target, tlag)

    def dose(self, record: Record, target: int, kinetics: Kinetics) -> None:
        """Give the dose of a record, now or after its lag, and plan the additional ones."""
        tlag = kinetics.entries[target].tlag
        if tlag == 0.0:
            self.enter(record, target, kinetics)
        self._plan(record, target, tlag)

    def _put(self, target: int, amount: float, duration: float) -> None:
        """Let an amount enter from now on; what is over before the clock can tell enters at once."""
        end = self.t + duration
        if end > self.t:
            self.infusions.append(_Infusion(end, target, amount / (end - self.t)))
        else:
            self.x[target] += amount

    def _plan(self, record: Record, target: int, tlag: float) -> None:
        left = record.addl + (tlag > 0.0)
        if left:
            first = self.t + (tlag if tlag > 0.0 else record.ii)
            self.trains.append(_Train(first, left, record.ii, target, record))

    def _next_of(self, train: _Train, kinetics: Kinetics) -> None:
        self.enter(train.record, train.target, kinetics)
        train.left -= 1
        train.t += train.interval
        if not train.left:
            self.trains.remove(train)

    def _drift(self, to: float, kinetics: Kinetics) -> None:
        """Carry the amounts to a time up to which nothing starts or ends."""
        passed = to - self.t
        if passed <= 0.0:
            return
        rates = np.zeros_like(self.x)
        for each in self.infusions:
            rates[each.target] += each.rate
        Phi, Gamma = transition(kinetics.system, passed)
        after = Phi @ self.x + Gamma @ rates
        self.exposure.drift(self.t, passed, (self.x, rates, after), kinetics.system, kinetics.scale)
        self.x, self.t = after, to


def resolved(record: Record, target: int, kinetics: Kinetics) -> Input:
    """Return what enters: the bioavailable amount, and how long it takes.

    A stated RATE keeps its value, so bioavailability shortens the infusion; a stated or modelled duration keeps its
    length, so bioavailability lowers the rate.
    """
    entry = kinetics.entries[target]
    amount = record.amt * entry.F
    if amount == 0.0:
        return Input(target, 0.0)
    if record.rate > 0.0:
        return Input(target, amount, amount / record.rate)
    if record.rate == Rate.MODELLED_RATE and entry.R is not None:
        return Input(target, amount, amount / entry.R)
    if entry.D is not None and (record.rate == Rate.MODELLED_DURATION or (entry.zero_order and not record.duration)):
        return Input(target, amount, entry.D)
    return Input(target, amount, record.duration)


def _same(a: float, b: float) -> bool:
    return abs(a - b) <= SAME_TIME * max(1.0, abs(a), abs(b))
