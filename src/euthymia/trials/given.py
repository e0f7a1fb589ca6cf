"""What people were given: drug by drug at sessions, and course by course at home, whatever arm they went on in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from euthymia.trials.data import Given, Home
from euthymia.trials.schedule import Schedule
from euthymia.trials.tablets import Role, Tablets


def given_of(schedule: Schedule, tablets: Tablets, shape: tuple[int, int]) -> Given:
    """Return what the people of a batch were given.

    Args:
        schedule: Their sessions.
        tablets: What they take at home.
        shape: Replicates and subjects, as which the people are arranged.
    """
    share = np.ones(tablets.persons) if tablets.share is None else np.where(tablets.share > 0.0, tablets.share, 1.0)
    courses = [
        Home(
            *(one.drug, one.start, one.stop, one.role is Role.RESCUE),
            amount=(np.broadcast_to(np.asarray(one.amount, dtype=float), tablets.persons) / share).reshape(shape),
        )
        for one in tablets.courses
    ]
    return Given(
        drugs=schedule.drugs,
        drug=schedule.given.T.astype(np.int8).reshape(*shape, -1),
        rescue=schedule.rescue.T.reshape(*shape, -1),
        home=tuple(together(courses)),
    )


def together(courses: Sequence[Home]) -> list[Home]:
    """Return courses with those of one drug at one time, which different people take, as one."""
    found: dict[tuple[str, float, float, bool], Home] = {}
    for one in courses:
        key = (one.drug, one.start, one.stop, one.rescue)
        found[key] = replace(one, amount=found[key].amount + one.amount) if key in found else one
    return list(found.values())


def behind(parts: Sequence[Given]) -> Given:
    """Return what was given in batches of replicates as one; a course that a batch lacks is taken by nobody there.

    Args:
        parts: The batches in the order of their replicates.
    """
    counts = [len(part.drug) for part in parts]
    courses: list[Home] = []
    for place, part in enumerate(parts):
        before, after = sum(counts[:place]), sum(counts[place + 1 :])
        courses += [replace(one, amount=np.pad(one.amount, ((before, after), (0, 0)))) for one in part.home]
    return Given(
        drugs=parts[0].drugs,
        drug=np.concatenate([part.drug for part in parts]),
        rescue=np.concatenate([part.rescue for part in parts]),
        home=tuple(together(courses)),
    )
