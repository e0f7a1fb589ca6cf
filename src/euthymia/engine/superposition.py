"""Doses added up, and doses given for ever: amounts add, so a steady state is a geometric sum, not a simulation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from euthymia.engine.compartments import Compartments, Floats, repeated, settled, transition
from euthymia.errors import ScheduleError

MOST_OVERLAPS = 10_000  # infusions of one steady state that may run at the same time


@dataclass(frozen=True)
class Input:
    """An amount that enters one compartment, at once or at a constant rate.

    Attributes:
        target: Position of the state.
        amount: What enters, in the dose unit.
        duration: How long it takes, in time; 0 for a bolus.
        t: When it starts; in a cycle, the time since the cycle began.
    """

    target: int
    amount: float
    duration: float = 0.0
    t: float = 0.0


@dataclass(frozen=True, eq=False)
class Steady:
    """A body at steady state at one moment.

    Attributes:
        amounts: Shape [state].
        running: The infusions that still run, as (target, rate, time left).
    """

    amounts: Floats
    running: tuple[tuple[int, float, float], ...] = ()


def superpose(system: Compartments, inputs: Sequence[Input], t: Floats) -> Floats:
    """Return the amounts at times ``t``, [time, state], in a body that was empty before the first input.

    Args:
        system: The compartments.
        inputs: What enters, in any order. An input that starts at a time is in the body at that time.
        t: Times, shape [time].
    """
    total = np.zeros((t.size, system.size))
    for given in inputs:
        since = t - given.t
        inside = since >= 0.0
        during = np.clip(since[inside], 0.0, given.duration)
        Phi, _ = transition(system, since[inside] - during)
        if given.duration == 0.0:
            total[inside] += given.amount * Phi[:, :, given.target]
        else:
            entered = transition(system, during)[1][:, :, given.target] * (given.amount / given.duration)
            total[inside] += np.einsum("tjk,tk->tj", Phi, entered)
    return total


def steady(system: Compartments, given: Input, interval: float, since: float = 0.0) -> Steady:
    """Return the body ``since`` after the last of endlessly many equal inputs, one each ``interval``.

    With x the amounts just before an input, x = Phi(interval) x + what one interval adds, so x is a geometric sum.

    Args:
        system: The compartments.
        given: The input; its ``t`` is not used. A duration longer than the interval means overlapping infusions.
        interval: Time between inputs, positive.
        since: Time after the last input started, from 0 (it has just entered) to ``interval`` (the next is due).

    Raises:
        ScheduleError: When the body hardly loses anything in an interval, or when too many infusions overlap.
    """
    sums = repeated(system, interval)
    if not np.isfinite(sums).all():
        raise ScheduleError(f"nothing is lost in an interval of {interval:g}, so there is no steady state")
    if given.duration == 0.0:
        return Steady(transition(system, since)[0] @ sums[:, given.target] * given.amount)
    before = sums @ _added(system, given, interval, interval)
    rate, starts = given.amount / given.duration, _starts(given, interval)
    left = given.duration - since - starts * interval
    running = tuple((given.target, rate, float(each)) for each in left[left > 0.0])
    return Steady(transition(system, since)[0] @ before + _added(system, given, interval, since), running)


def steady_constant(system: Compartments, target: int, rate: float) -> Floats:
    """Return the amounts [state] under an infusion of ``rate`` that has run for ever."""
    return settled(system)[:, target] * rate


def steady_cycle(system: Compartments, inputs: Sequence[Input], period: float) -> Steady:
    """Return the body at the start of a cycle of inputs that has repeated for ever, before this cycle's first input.

    Args:
        system: The compartments.
        inputs: The inputs of one cycle, each at its ``t`` from 0 to below ``period``.
        period: Length of the cycle; for example five days of doses and two without are one cycle of seven days.

    Raises:
        ScheduleError: When an input lies outside the cycle.
    """
    amounts, running = np.zeros(system.size), []
    for given in inputs:
        if not 0.0 <= given.t < period:
            raise ScheduleError(f"an input at {given.t:g} lies outside a cycle of {period:g}; expected 0 to below it")
        found = steady(system, given, period, period - given.t)
        amounts, running = amounts + found.amounts, [*running, *found.running]
    return Steady(amounts, tuple(running))


def _starts(given: Input, interval: float) -> Floats:
    """Return how many intervals ago the infusions began that may still run, 0 for the last one."""
    if given.duration > MOST_OVERLAPS * interval:
        raise ScheduleError(
            f"an infusion of {given.duration:g} each {interval:g}: more than {MOST_OVERLAPS} at the same time"
        )
    return np.arange(math.floor(given.duration / interval) + 1, dtype=float)


def _added(system: Compartments, given: Input, interval: float, until: float) -> Floats:
    """Return what the infusions, the earlier ones included, add from an input's start to ``until`` after it."""
    active = np.clip(given.duration - _starts(given, interval) * interval, 0.0, until)
    Phi, _ = transition(system, until - active)
    Gamma = transition(system, active)[1][:, :, given.target]
    return np.einsum("tjk,tk->j", Phi, Gamma) * (given.amount / given.duration)
