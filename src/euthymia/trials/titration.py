"""Titration: the level that a person's coming doses are given at, decided at a dosing visit or, of tablets, a visit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from euthymia.trials.design import HoldWhen, LowerWhen, RaiseWhen, Titration
from euthymia.trials.schedule import Schedule
from euthymia.trials.tablets import Tablets

Told = Callable[[], np.ndarray]  # asked only where the rule needs it, [person]
NEAR = 1e-9  # of a level, mg: two amounts that differ by less are one


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
    """Set the level of the coming doses at sessions.

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
    own = schedule.own[:, who]
    coming, past = np.flatnonzero(schedule.t >= t), np.flatnonzero(schedule.t < t)
    last = np.where(own[past], past[:, None], -1).max(axis=0, initial=-1)
    came = np.where((own & schedule.attended[:, who])[past], past[:, None], -1).max(axis=0, initial=-1)
    taken = np.where(last >= 0, schedule.amount[last, who], 0.0) / milligrams if past.size else np.zeros(who.size)

    def too_much() -> np.ndarray:
        found = np.zeros(who.size, dtype=bool)
        for row in np.unique(came[came >= 0]):
            found |= (came == row) & (score(int(row)) >= intolerable)
        return found

    now = level(rule, taken, t, responding=responding, too_much=too_much)
    cells = np.ix_(coming, who)
    schedule.amount[cells] = np.where(own[coming], now * milligrams, schedule.amount[cells])


def titrate_tablets(tablets: Tablets, rule: Titration, who: np.ndarray, t: float, *, responding: Told) -> None:
    """Set the level of what people take at home of the study treatment from ``t`` on; only response decides.

    Args:
        tablets: Whose courses are set.
        rule: The rule; its levels are mg a day.
        who: Positions of the people.
        t: When it is decided, h.
        responding: Tells who responds by the last rating.
    """
    now = level(
        rule, tablets.planned(t)[who], t, responding=responding, too_much=lambda: np.zeros(who.size, dtype=bool)
    )
    amount, those = np.zeros(tablets.persons), np.zeros(tablets.persons, dtype=bool)
    amount[who], those[who] = now, True
    tablets.change(amount, those, t)


def level(rule: Titration, taken: np.ndarray, t: float, *, responding: Told, too_much: Told) -> np.ndarray:
    """Return the levels after a decision: up unless responding or held, down where the last session was too much.

    Args:
        rule: The rule.
        taken: What people were given last, in units of a level; 0 for those who were not given any, [person].
        t: When it is decided, h.
        responding: Tells who responds.
        too_much: Tells whose last session was too much.
    """
    levels, now = np.array(rule.levels), np.where(taken > 0.0, taken, rule.start)
    if rule.freeze_after is not None and t > rule.freeze_after:
        return now
    up, down = np.full(now.size, rule.raise_when is not RaiseWhen.NEVER), np.zeros(now.size, dtype=bool)
    if rule.raise_when is RaiseWhen.NO_RESPONSE:
        up &= ~responding()
    if rule.hold_when is HoldWhen.INTOLERABLE:
        up &= ~too_much()
    if rule.lower_when is LowerWhen.INTOLERABLE:
        down = too_much()
    place = np.searchsorted(levels, now - NEAR)
    now = np.where(up & ~down, levels[np.minimum(place + 1, levels.size - 1)], now)
    return np.where(down, levels[np.maximum(place - 1, 0)], now)
