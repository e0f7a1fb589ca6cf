r"""What people take of what they are to take: sessions that are missed or broken off, and tablets left out.

Tablets are followed by their daily mean: a person who takes them on a share p of days has p of the daily amount. Day by
day the amount would scatter around that, with a relative variance of

        (1 - p)/p (1 - e^-k)/(1 + e^-k),   k = ln 2/t_half a day                                            (1)

in what stands for the load of the transporters. Through the bend of their occupancy the scatter lowers its mean, by
0.014 where tablets are taken on four days of five and by 0.055 where on every other day. That is left out.
"""

from __future__ import annotations

import numpy as np

from euthymia.trials.data import Taken
from euthymia.trials.draws import Draws
from euthymia.trials.running import Adherence
from euthymia.trials.schedule import Schedule
from euthymia.trials.tablets import Tablets


def shares_of_sessions(adherence: Adherence | None, t: np.ndarray, draws: Draws) -> np.ndarray | None:
    """Return the share of the planned dose that people take at each session, 0 where they miss it, [session, person].

    What is given at the same time is missed, or broken off, together.

    Args:
        adherence: How often; None where everything is taken.
        t: Times of the sessions, h.
        draws: Draws of the people, two for each time.
    """
    if adherence is None:
        return None
    found = np.empty((t.size, draws.subjects * len(draws.numbers)))
    for at in np.unique(t):
        missed, partial = draws(f"dosing visit {at:g} h", 2).T
        broken_off = np.where(partial < adherence.partial, adherence.fraction, 1.0)
        found[t == at] = np.where(missed < adherence.missed, 0.0, broken_off)
    return found


def shares_of_days(adherence: Adherence | None, draws: Draws) -> np.ndarray | None:
    """Return the share of days on which people take their tablets, beta distributed, [person].

    Args:
        adherence: Mean and SD of the shares; None where everything is taken.
        draws: Draws of the people.
    """
    if adherence is None:
        return None
    mean, sd = adherence.tablets, adherence.tablets_sd
    if sd == 0.0:
        return np.full(draws.subjects * len(draws.numbers), mean)
    from scipy.special import betaincinv

    size = mean * (1.0 - mean) / sd**2 - 1.0  # a + b of the distribution
    return betaincinv(mean * size, (1.0 - mean) * size, draws("tablets")[:, 0])


def taken_of(schedule: Schedule, tablets: Tablets, shape: tuple[int, int]) -> Taken | None:
    """Return what people were to take beside what they took; None where they took everything.

    Args:
        schedule: The sessions of a batch.
        tablets: What its people take at home.
        shape: Replicates and subjects, as which the people are arranged.
    """
    missed = schedule.missed()
    if missed is None or tablets.share is None:
        return None
    planned, missed = (each.T.reshape(*shape, -1) for each in (schedule.amount, missed))
    return Taken(planned.copy(), missed.copy(), tablets.share.reshape(shape))
