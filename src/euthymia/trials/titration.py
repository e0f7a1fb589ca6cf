"""Titration: the level that a person's coming doses are given at, decided at a dosing visit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from euthymia.trials.design import HoldWhen, RaiseWhen, Titration
from euthymia.trials.schedule import Schedule

Told = Callable[[], np.ndarray]  # asked only where the rule needs it, [person]


def titrate(
    schedule: Schedule,
    rule: Titration,
    who: np.ndarray,
    t: float,
    milligrams: np.ndarray | float,
    *,
    responding: Told,
    score: Callable[[int], np.ndarray],
    intolerable: float,
) -> None:
    """Set the level of the coming doses: up unless already responding, or unless the last session was too much.

    Args:
        schedule: Whose amounts are set.
        rule: The rule.
        who: Positions of the people.
        t: When it is decided, h.
        milligrams: What one unit of a level is, mg, for each of the people.
        responding: Tells who responds by the last rating.
        score: Gives the highest CADSS at a session, by its position, points.
        intolerable: CADSS from which a session was too much, points.
    """
    levels = np.array(rule.levels)
    attended = schedule.attended[:, who].any(1)
    coming, past = np.flatnonzero((schedule.t >= t) & attended), np.flatnonzero((schedule.t < t) & attended)
    now = schedule.amount[past[-1], who] / milligrams if past.size else np.full(who.size, rule.start)
    if rule.freeze_after is None or t <= rule.freeze_after:
        up = np.full(who.size, rule.raise_when is not RaiseWhen.NEVER)
        if rule.raise_when is RaiseWhen.NO_RESPONSE:
            up &= ~responding()
        if rule.hold_when is HoldWhen.INTOLERABLE and past.size:
            up &= score(int(past[-1])) < intolerable
        place = np.searchsorted(levels, now - 1e-9)
        now = np.where(up, levels[np.minimum(place + 1, levels.size - 1)], now)
    schedule.amount[np.ix_(coming, who)] = now * milligrams
