"""What moves severity without the study drug: natural recovery, care, expectation, and a new oral antidepressant.

Closed forms of time, in MADRS points (negative is better), averaged over the window a rating looks back on. These are
as large as the drug's own effect, and they differ between people and between trials.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
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
    "oral_effect": "points",
    "tau_oral": "h",
}


@dataclass(frozen=True)
class Background:
    r"""Typical values of the courses below.

        natural(t)  = -natural_fraction baseline (1 - exp(-t/tau_natural))                                  (1)
        care(t)     = -care W(t)/W(day 28),  W(t) = 1 - exp(-(t/tau_care)^shape_care)                       (2)
        session(t)  = -session sum_k exp(-(t - t_k)/tau_session)  over sessions t_k < t                     (3)
        oral(t)     = -oral_effect (1 - exp(-(t - t_start)/tau_oral))                                       (4)

    (1) is what people on waiting lists show; (2) the slow response to care and placebo, a Weibull course as in
    published placebo models; (3) the response to the day of a session itself, sham or not; (4) the mean drug-minus-
    placebo course of a newly started oral antidepressant, until the serotonin layer replaces it.

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
        oral_effect: Effect of a new oral antidepressant over placebo in the end, points.
        tau_oral: Its time constant, h.
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
    oral_effect: float
    tau_oral: float

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
    oral_start: np.ndarray,
) -> np.ndarray:
    """Return the mean change of severity over the window before ``t``, points, [person].

    Args:
        typical: Typical values.
        person: Individual values.
        t: Time of the rating, h.
        window: Length of the window it looks back on, h; 0 is the moment itself. Before 0 h nothing has changed.
        sessions: Times of dosing sessions, h, [session]; a rating at the time of a session comes before it.
        attended: Whether each person had each session, [session, person].
        oral_start: Start of a new oral antidepressant of each person, h; inf where there is none.
    """
    at = np.array([t]) if window == 0.0 else t + 0.5 * window * (NODES - 1.0)
    weight = np.array([1.0]) if window == 0.0 else 0.5 * WEIGHTS
    return sum(
        (
            w * _at(typical, person, float(s), sessions, attended, oral_start)
            for s, w in zip(at, weight, strict=True)
            if s > 0.0
        ),
        start=np.zeros(np.shape(person.baseline)),
    )


def _at(
    typical: Background,
    person: Person,
    t: float,
    sessions: np.ndarray,
    attended: np.ndarray,
    oral_start: np.ndarray,
) -> np.ndarray:
    natural = -typical.natural_fraction * person.baseline * -np.expm1(-t / typical.tau_natural)  # (1)
    reached = -np.expm1(-((t / person.tau_care) ** typical.shape_care))
    whole = -np.expm1(-((REFERENCE_DAY / typical.tau_care) ** typical.shape_care))
    care = -person.care * reached / whole  # (2)
    since = np.maximum(t - sessions, 0.0)
    remains = np.where(sessions < t, np.exp(-since / typical.tau_session), 0.0)
    session = -person.session * (remains[:, None] * attended).sum(0)  # (3)
    on_oral = np.maximum(t - oral_start, 0.0)
    oral = typical.oral_effect * np.expm1(-on_oral / typical.tau_oral)  # (4)
    return natural + care + session + oral
