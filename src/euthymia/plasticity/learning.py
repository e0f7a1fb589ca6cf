"""Learning, faster while the window of plasticity is open: behavioural therapy as sessions, and forgetting."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self

import equinox as eqx
import numpy as np

from euthymia.engine.mechanism import AbstractRelaxation, Scalar, Source, parameter
from euthymia.errors import ScheduleError
from euthymia.plasticity.spines import positive

WEEK = 168.0  # h; a therapy intensity of 1 is, by definition, one session of cognitive behavioural therapy a week


class LearningState(NamedTuple):
    """Learned skills, 0 (none) to 1 (all that therapy teaches)."""

    lrn: Scalar


class LearningInput(NamedTuple):
    """Intensity of therapy (1 is a session a week), and spine growth spn/spn_dep - 1 above the depressed rest."""

    ther: Scalar
    growth: Scalar


class Learning(AbstractRelaxation[LearningState, LearningInput]):
    r"""Skills are learned in therapy, faster while new spines stand, and are slowly forgotten.

        dlrn/dt = k_lrn ther (1 + y_lrn (spn/spn_dep - 1)+) (1 - lrn) - lrn/tau_lrn                         (1)

    Assumes that the window is spine growth alone, whoever opened it, and that it gates learning but not forgetting.
    For a combination with ketamine no calibration row exists: the gain is an assumption with a wide prior.
    """

    sources: ClassVar = ("price2022",)
    k_lrn: Scalar = parameter("1/h", "rate of learning in weekly therapy")
    y_lrn: Scalar = parameter("1", "gain of spine growth on learning")
    tau_lrn: Scalar = parameter("h", "time constant of forgetting")

    def initial_state(self) -> LearningState:
        """Return nothing learned."""
        return LearningState(0.0 * self.k_lrn)

    def relaxation(self, t: Scalar, state: LearningState, inputs: LearningInput) -> tuple[LearningState, LearningState]:
        """Return rate and drive."""
        learned = self.k_lrn * inputs.ther * (1.0 + self.y_lrn * positive(inputs.growth))
        return LearningState(learned + 1.0 / self.tau_lrn), LearningState(learned)  # (1)

    def after(self, lrn: Scalar, inputs: LearningInput, hours: Scalar) -> Scalar:
        r"""Return skills after a stretch of constant therapy and growth, in closed form.

            lrn(h) = lrn_inf + (lrn_0 - lrn_inf) exp(-rate h),   lrn_inf = drive/rate                       (2)

        Args:
            lrn: Skills at the start of the stretch.
            inputs: Therapy and growth, constant.
            hours: Length of the stretch, h.
        """
        (rate,), (drive,) = self.relaxation(0.0, LearningState(lrn), inputs)
        return drive / rate + (lrn - drive / rate) * np.exp(-rate * hours)  # (2)


class Protection(eqx.Module):
    r"""What was learned takes the edge off stress.

    felt = stress (1 - e_lrn lrn)                                                                       (1)
    """

    sources: ClassVar = ("price2022",)
    e_lrn: Scalar = parameter("1", "protection of spines from stress by learned skills")

    @classmethod
    def from_record(cls, record: Source) -> Self:
        """Build from the plasticity record."""
        return cls(record.value("e_lrn", "1"))

    def felt(self, stress: Scalar, lrn: Scalar) -> Scalar:
        """Return the stress that spines feel, from stress (1 in depression) and learned skills."""
        return stress * (1.0 - self.e_lrn * lrn)  # (1)


@dataclass(frozen=True)
class Sessions:
    """A course of therapy sessions; each is worth a week of weekly therapy, done over some time from its start.

    Attributes:
        times: Starts, h, in order.
        practice: Time over which the work of a session is done (the session and what is practised after it), h.
    """

    times: tuple[float, ...]
    practice: float

    def __post_init__(self) -> None:
        """Refuse courses that cannot be held.

        Raises:
            ScheduleError: When times are missing, not finite or out of order, or practice takes no time.
        """
        if not self.times:
            raise ScheduleError("therapy has no sessions; expected at least one start in hours")
        if not all(math.isfinite(at) for at in self.times) or list(self.times) != sorted(set(self.times)):
            raise ScheduleError(f"therapy sessions start at {self.times}; expected finite hours in rising order")
        if not (math.isfinite(self.practice) and self.practice > 0.0):
            raise ScheduleError(f"practice takes {self.practice!r} h; expected a number above 0")

    def intensity(self, t: Scalar) -> np.ndarray:
        """Return therapy intensity at ``t`` (h), of t's shape; where practice of two sessions overlaps it adds."""
        since = np.asarray(t, dtype=float)[..., None] - np.asarray(self.times)
        return (WEEK / self.practice) * ((since >= 0.0) & (since < self.practice)).sum(-1)

    def edges(self) -> tuple[float, ...]:
        """Return the times at which intensity changes, h, in order."""
        return tuple(sorted({*self.times, *(at + self.practice for at in self.times)}))


def every(interval: float, count: int, *, first: float, practice: float) -> Sessions:
    """Return ``count`` sessions at equal intervals.

    Args:
        interval: Time from one start to the next, h.
        count: Number of sessions.
        first: Start of the first, h.
        practice: Time over which the work of a session is done, h.

    Raises:
        ScheduleError: When the course cannot be held.
    """
    return Sessions(tuple(first + interval * k for k in range(count)), practice)


def skills(learning: Learning, sessions: Sessions, times: np.ndarray, *, growth: float = 0.0) -> np.ndarray:
    """Return learned skills at ``times``, exactly, at a constant spine growth; a person starts with none.

    Args:
        learning: The mechanism.
        sessions: The course of therapy.
        times: Hours, rising, none before 0.
        growth: Spine growth above the depressed rest, relative; 0 is therapy alone.

    Raises:
        ScheduleError: When times are negative or not in rising order.
    """
    asked = np.asarray(times, dtype=float)
    if asked.size and (asked[0] < 0.0 or np.any(np.diff(asked) < 0.0)):
        raise ScheduleError(f"skills are asked at {asked.tolist()} h; expected rising times from 0 on")
    found, lrn, now = np.empty(asked.shape), 0.0, 0.0
    for stop in sorted({*asked.tolist(), *(edge for edge in sessions.edges() if edge > 0.0)}):
        inputs = LearningInput(float(sessions.intensity(0.5 * (now + stop))), growth)
        lrn, now = float(learning.after(lrn, inputs, stop - now)), stop
        found[asked == stop] = lrn
    return found
