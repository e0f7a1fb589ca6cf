"""The calendar of a trial: when each of its people is randomised."""

from __future__ import annotations

import numpy as np

from euthymia.trials.draws import Draws
from euthymia.trials.running import Enrolment, Recruitment


def randomised_at(enrolment: Enrolment | None, draws: Draws) -> np.ndarray:
    r"""Return when people are randomised, h after the first site opens, [person].

        t = T u                 evenly                                                                      (1)
        t = T sqrt(u)           at a rate in proportion to time                                             (2)

    Args:
        enrolment: How long they are enrolled; None for all at once, at 0 h.
        draws: Draws of the people, one each.
    """
    if enrolment is None:
        return np.zeros(draws.subjects * len(draws.numbers))
    u = draws("enrolment")[:, 0]
    spread = np.sqrt(u) if enrolment.pattern is Recruitment.RISING else u
    return enrolment.duration * spread  # (1), (2)
