"""Behavioural therapy in the arms of a trial: sessions at the times that an arm's words say, from its phase on."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from euthymia.engine.linear import Event
from euthymia.models.beside import THERAPY, therapy_steps
from euthymia.models.exposure import Exposure
from euthymia.models.following import Given, events_of, with_states
from euthymia.plasticity.learning import Sessions
from euthymia.treatment.therapy import therapy
from euthymia.trials.design import Arm, Phase, Trial, arms_of


@dataclass
class Taught:
    """The sessions of a group of people.

    Everybody comes to every session until the study treatment is stopped: who leaves a trial is no longer rated, and
    what they do then reaches no result.

    Attributes:
        persons: How many people.
        given: Steps of the intensity of therapy, amounts [person].
    """

    persons: int
    given: list[Given] = field(default_factory=list)

    def assign(self, arm: Arm, phase: Phase, who: np.ndarray, *, since: float = -math.inf) -> None:
        """Let the people ``who``, [person], come to the sessions of an arm in its phase from ``since`` (h) on."""
        held = sessions_of(arm, phase, since)
        if held is not None:
            steps = therapy_steps(held)
            self.given += [Given(THERAPY, t, np.where(who, size, 0.0)) for t, size in steps.items()]

    def stop(self, since: np.ndarray) -> None:
        """End the therapy of everybody at a time of their own, h, [person]."""
        for t in np.unique(since[np.isfinite(since)]):
            self._end(since == t, float(t))

    def _end(self, who: np.ndarray, t: float) -> None:
        """End the therapy of some people: steps to come are left out, and what was reached is taken back."""
        reached = sum(np.where(who, one.amount, 0.0) for one in self.given if one.t < t)
        kept = [replace(one, amount=np.where(who & (one.t >= t), 0.0, one.amount)) for one in self.given]
        kept.append(Given(THERAPY, t, -np.broadcast_to(np.asarray(reached, dtype=float), self.persons)))
        self.given = [one for one in kept if one.amount.any()]

    def events(self, exposed: Exposure) -> list[Event]:
        """Return the sessions as inputs of the linear system."""
        return events_of(exposed, self.given)


def sessions_of(arm: Arm, phase: Phase, since: float = -math.inf) -> Sessions | None:
    """Return the sessions of an arm that start within its phase, from ``since`` (h) on; None where there are none."""
    if not arm.therapy:
        return None
    asked = therapy(arm.therapy, first_day=1)
    times = tuple(t for t in asked.times if max(phase.start, since) <= t < phase.end)
    return Sessions(times, asked.practice) if times else None


def taught(trial: Trial) -> bool:
    """Return whether anybody in a trial is given therapy."""
    return any(arm.therapy for arm in arms_of(trial))


def with_therapy(exposed: Exposure, trial: Trial) -> Exposure:
    """Return the exposure with the intensity of therapy among its outputs, where anybody is given any."""
    return with_states(exposed, {THERAPY: 0.0}, {THERAPY: {THERAPY: 1.0}}) if taught(trial) else exposed
