"""What moves severity without a drug: natural recovery, care, and the occasion of a session.

Closed forms of time, in MADRS points (negative is better), averaged over the window a rating looks back on. These are
as large as the drug's own effect, and they differ between people and between trials.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np

from euthymia.engine.mechanism import Source

NODES, WEIGHTS = np.polynomial.legendre.leggauss(12)  # for means over a recall window
REFERENCE_DAY = 648.0  # h; care_mean is the effect of care at this time (study day 28), which the trials report

_UNITS = {
    "natural_fraction": "1",
    "tau_natural": "h",
    "care_mean": "points",
    "care_sd": "points",
    "tau_care": "h",
    "shape_care": "1",
    "omega_care": "1",
    "session_mean": "points",
    "omega_session": "1",
    "tau_session": "h",
}


@dataclass(frozen=True)
class Background:
    r"""Typical values of the courses below.

        natural(t)  = -natural_fraction baseline (1 - exp(-t/tau_natural))                                  (1)
        care(t)     = -care W(t)/W(day 28),  W(t) = 1 - exp(-(t/tau_care)^shape_care)                       (2)
        session(t)  = -session sum_k exp(-(t - t_k)/tau_session)  over sessions t_k < t                     (3)

    (1) is what people on waiting lists show; (2) the slow response to care and placebo, a Weibull course as in
    published placebo models; (3) the response to the day of a session itself, sham or not.

    Attributes:
        natural_fraction: Share of the baseline that natural recovery takes in the end.
        tau_natural: Its time constant, h.
        care_mean: Mean effect of care at day 28, points.
        care_sd: Between-subject SD of it, points.
        tau_care: Time scale of care, h.
        shape_care: Shape of its course; above 1 it starts slowly.
        omega_care: Between-subject SD of log tau_care.
        session_mean: Mean effect right after a session, points.
        omega_session: Between-subject SD of its logarithm.
        tau_session: Its time constant, h.
    """

    natural_fraction: float
    tau_natural: float
    care_mean: float
    care_sd: float
    tau_care: float
    shape_care: float
    omega_care: float
    session_mean: float
    omega_session: float
    tau_session: float

    @classmethod
    def from_record(cls, record: Source) -> Self:
        """Build from the amplitudes record."""
        return cls(**{field.name: record.value(field.name, _UNITS[field.name]) for field in fields(cls)})


@dataclass(frozen=True)
class Person:
    """Individual values, each [person] (or a number for everybody).

    Attributes:
        baseline: True severity at the start, points.
        care: Effect of care at day 28, points.
        tau_care: Time scale of care, h.
        session: Effect of a session, points.
    """

    baseline: np.ndarray
    care: np.ndarray
    tau_care: np.ndarray
    session: np.ndarray


def change(
    typical: Background,
    person: Person,
    t: float,
    window: float,
    *,
    sessions: np.ndarray,
    attended: np.ndarray,
) -> np.ndarray:
    """Return the mean change of severity over the window before ``t``, points, [person].

    Args:
        typical: Typical values.
        person: Individual values.
        t: Time of the rating, h.
        window: Length of the window it looks back on, h; 0 is the moment itself. Before 0 h nothing has changed.
        sessions: Times of dosing sessions, h, [session]; a rating at the time of a session comes before it.
        attended: Whether each person had each session, [session, person].
    """
    begin = max(t - window, 0.0)
    times = np.array([t]) if window == 0.0 else begin + 0.5 * (t - begin) * (NODES + 1.0)
    weights = np.array([1.0]) if window == 0.0 else 0.5 * (t - begin) / window * WEIGHTS
    found = np.zeros(np.shape(person.baseline))
    if t > 0.0:
        for at, weight in zip(times, weights, strict=True):
            found += weight * (_natural(typical, person, float(at)) + _care(typical, person, float(at)))
        found += _sessions(typical, person, t, window, *_visits(sessions, attended))
    return found


def course(typical: Background, person: Person, t: np.ndarray, *, sessions: np.ndarray) -> np.ndarray:
    """Return the change of severity at each time in people who have every session, points, [person, time].

    Args:
        typical: Typical values.
        person: Individual values.
        t: Times of the ratings, h; before 0 h nothing has changed.
        sessions: Times of dosing sessions, h, [session]; a rating at the time of a session comes before it.
    """
    baseline, care, tau_care, session = (
        np.asarray(value)[..., None] for value in (person.baseline, person.care, person.tau_care, person.session)
    )
    since = t - np.unique(sessions)[:, None]
    remains = np.where(since > 0.0, np.exp(-np.maximum(since, 0.0) / typical.tau_session), 0.0).sum(0)
    each = replace(person, baseline=baseline, care=care, tau_care=tau_care)
    after = np.maximum(t, 0.0)
    return np.where(t > 0.0, _natural(typical, each, after) + _care(typical, each, after) - session * remains, 0.0)


def lasting(typical: Background, person: Person, t: float) -> np.ndarray:
    """Return the change of severity by natural recovery and care at a time (h), without sessions, points, [person]."""
    return _natural(typical, person, t) + _care(typical, person, t)


def _visits(sessions: np.ndarray, attended: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return sessions with those at the same time as one: a sham spray beside an infusion is a single visit."""
    times, place = np.unique(sessions, return_inverse=True)
    there = np.zeros((times.size, *np.shape(attended)[1:]))
    for row, at in enumerate(place):
        np.maximum(there[at], attended[row], out=there[at])
    return times, there


def _natural(typical: Background, person: Person, t: float | np.ndarray) -> np.ndarray:
    return typical.natural_fraction * person.baseline * np.expm1(-t / typical.tau_natural)  # (1)


def _care(typical: Background, person: Person, t: float | np.ndarray) -> np.ndarray:
    reached = -np.expm1(-((t / person.tau_care) ** typical.shape_care))
    whole = -np.expm1(-((REFERENCE_DAY / typical.tau_care) ** typical.shape_care))
    return -person.care * reached / whole  # (2)


def _sessions(
    typical: Background, person: Person, t: float, window: float, sessions: np.ndarray, attended: np.ndarray
) -> np.ndarray:
    """Return the effect of sessions; its mean over a window is exact, because nodes would miss the jumps."""
    tau = typical.tau_session
    since = np.maximum(t - sessions, 0.0)
    if window == 0.0:
        remains = np.where(sessions < t, np.exp(-since / tau), 0.0)
    else:
        remains = _decayed(since, np.minimum(since, window), tau) / window
    return -person.session * (remains[:, None] * attended).sum(0)  # (3)


def _decayed(since: np.ndarray, within: np.ndarray, tau: float) -> np.ndarray:
    """Return the area under exp(-s/tau) from s = ``since - within`` to ``since``; zero where nothing has begun."""
    return tau * (np.exp(-(since - within) / tau) - np.exp(-since / tau))
