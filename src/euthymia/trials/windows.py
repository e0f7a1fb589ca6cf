r"""Visit windows: people come at their own time around the planned one, and are rated of that moment.

    t = low + sqrt(u (high - low) (plan - low))            where u < (plan - low)/(high - low)                  (1)
    t = high - sqrt((1 - u) (high - low) (high - plan))    elsewhere

A triangular distribution with its peak at the plan. `low` and `high` are the ends of the window, cut to the phase, to
half of the way to the visits beside it (so that visits keep their order), and to the next time at which the protocol
decides something by this rating.

Severity is worked out for everybody at common times, and read off at each person's own by polynomials between them:
at Chebyshev's nodes of pieces that end wherever severity jumps or bends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from euthymia.trials.design import Trial, visits_of
from euthymia.trials.draws import Draws

NODES = 5  # a piece; errors of severity stay below 0.02 points in the trials of the tests
AFTER = (0.0, 2.0, 8.0, 24.0, 72.0)  # h after randomisation and sessions at which pieces end: fast at first
DAY = 24.0  # h


@dataclass(frozen=True)
class Window:
    """When people may come to a visit, h.

    Attributes:
        low: Earliest time.
        plan: Planned time.
        high: Latest time.
    """

    low: float
    plan: float
    high: float

    def times(self, u: np.ndarray) -> np.ndarray:
        """Return when people come, from uniforms, h."""
        width, early, late = self.high - self.low, self.plan - self.low, self.high - self.plan
        before = self.low + np.sqrt(u * width * early)
        after = self.high - np.sqrt((1.0 - u) * width * late)
        return np.where(u * width < early, before, after)  # (1)


def windows(trial: Trial, decisions: Sequence[float]) -> dict[float, Window]:
    """Return the windows of visits that have one, by planned time, h.

    Args:
        trial: The design.
        decisions: Times at which the protocol decides something, h.
    """
    found = {}
    for phase in trial.phases:
        visits = visits_of(trial, phase)
        for place, visit in enumerate(visits):
            before = 0.5 * (visits[place - 1].t + visit.t) if place else phase.start
            after = 0.5 * (visit.t + visits[place + 1].t) if place + 1 < len(visits) else phase.end
            decided = min((t for t in decisions if t >= visit.t), default=np.inf)
            low, high = max(visit.t - visit.window, before), min(visit.t + visit.window, after, decided)
            if high > low:
                found[visit.t] = Window(low, visit.t, high)
    return found


def coming(found: dict[float, Window], draws: Draws) -> dict[float, np.ndarray]:
    """Return when each person comes to the visits that have a window, by planned time, h, [person]."""
    return {t: window.times(draws(f"coming at {t:g} h")[:, 0]) for t, window in found.items()}


@dataclass(frozen=True, eq=False)
class Pieces:
    """A window cut into pieces on which severity is smooth.

    Attributes:
        ends: Where pieces begin and end, h, one more than there are pieces.
    """

    ends: np.ndarray

    @property
    def nodes(self) -> np.ndarray:
        """Times at which severity is worked out, h, [piece, node]; none is an end."""
        middle, half = 0.5 * (self.ends[1:] + self.ends[:-1]), 0.5 * np.diff(self.ends)
        return middle[:, None] + half[:, None] * _chebyshev()

    def read(self, t: np.ndarray, value: Callable[[float], np.ndarray]) -> np.ndarray:
        """Return people's values at their own times, [person].

        Args:
            t: Their times within the window, h, [person].
            value: Gives everybody's values at a time (h), [person].
        """
        piece = np.clip(np.searchsorted(self.ends, t, side="left") - 1, 0, self.ends.size - 2)
        middle, half = 0.5 * (self.ends[1:] + self.ends[:-1]), 0.5 * np.diff(self.ends)
        weights = _lagrange((t - middle[piece]) / half[piece])
        found = np.zeros(t.size)
        for number in np.unique(piece):
            here = piece == number
            for column, node in enumerate(self.nodes[number]):
                found[here] += weights[here, column] * value(float(node))[here]
        return found


def pieces(window: Window, recall: float, sessions: np.ndarray, *, felt_after: float, daily: bool) -> Pieces:
    """Return a window cut where severity, or its mean over a time looked back on, jumps or bends.

    Args:
        window: The window.
        recall: How far a rating looks back, h.
        sessions: Times of dosing sessions, h.
        felt_after: Time after a session at which people leave it with a belief, h.
        daily: Whether people can fall back, day by day.
    """
    felt = np.append(sessions, 0.0)[:, None] + np.array([*AFTER, felt_after])
    cuts = [felt, felt + recall, np.array([recall])]
    if daily:
        days = np.arange(0.0, window.high + DAY, DAY)
        cuts += [days, days + recall]
    inner = np.unique(np.concatenate([cut.ravel() for cut in cuts]))
    inner = inner[(inner > window.low) & (inner < window.high)]
    return Pieces(np.concatenate([[window.low], inner, [window.high]]))


def _chebyshev() -> np.ndarray:
    return -np.cos((np.arange(NODES) + 0.5) * np.pi / NODES)


def _lagrange(x: np.ndarray) -> np.ndarray:
    """Return the weights of the nodes at positions from -1 to 1 of a piece, [person, node]."""
    nodes = _chebyshev()
    found = np.ones((x.size, NODES))
    for one in range(NODES):
        for other in range(NODES):
            if other != one:
                found[:, one] *= (x - nodes[other]) / (nodes[one] - nodes[other])
    return found
