"""What has become of the people of a batch: in which arm they go on, who was rescued, stopped or left, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from euthymia.trials.rules import Leaving


@dataclass(eq=False)
class PhaseFates:
    """What has become of people in one phase; arrays are [person], times in h, inf where it did not happen.

    Attributes:
        arm: Position of the arm that people were put into; -1 outside of the phase.
        stopped: When the study treatment of those who are rated on was stopped.
        rescued: When rescue was decided.
        switched: When people first went on as those of another arm.
        told: When people were told what they are given.
        reason: Why they stopped or left, as numbers of `Leaving`.
        acted: Who has had which rule, by the arm's name and the rule's number in it.
        moves: From when on (h) people went on in which arms.
    """

    arm: np.ndarray
    stopped: np.ndarray
    rescued: np.ndarray
    switched: np.ndarray
    told: np.ndarray
    reason: np.ndarray
    acted: dict[tuple[str, int], np.ndarray] = field(default_factory=dict)
    moves: list[tuple[float, np.ndarray]] = field(default_factory=list)

    def acting(self, t: float) -> np.ndarray:
        """Return the position of the arm as whose people they go on at ``t`` hours, [person]; -1 outside."""
        return next((places for since, places in reversed(self.moves) if since <= t), self.arm)

    def move(self, who: np.ndarray, place: int, t: float) -> None:
        """Let people go on as those of the arm at ``place`` from ``t`` on."""
        self.moves.append((t, np.where(who, place, self.acting(t))))
        self.switched = np.where(who, np.minimum(self.switched, t), self.switched)


@dataclass(eq=False)
class Fates:
    """What has become of people in all phases.

    Attributes:
        persons: How many people.
        left: When people leave the trial, h, [person]; it can be known before it happens.
        reason: Why, as numbers of `Leaving`.
        policy: Whether those who leave get no more doses although nobody sees them any more.
        phases: Phase by phase, by name.
    """

    persons: int
    left: np.ndarray
    reason: np.ndarray
    policy: bool = False
    phases: dict[str, PhaseFates] = field(default_factory=dict)

    def enter(self, phase: str, arm: np.ndarray) -> PhaseFates:
        """Put people into their arms of a phase."""
        never = [np.full(self.persons, np.inf) for _ in range(4)]
        self.phases[phase] = PhaseFates(arm, *never, reason=np.full(self.persons, Leaving.STAYED, dtype=np.int8))
        return self.phases[phase]

    @property
    def stopped(self) -> np.ndarray:
        """Return when the study treatment of people was stopped while they were rated on, h, [person]."""
        times = [one.stopped for one in self.phases.values()]
        return np.min(times, axis=0) if times else np.full(self.persons, np.inf)

    @property
    def off(self) -> np.ndarray:
        """Return from when on people get nothing more of the study treatment, h, [person]."""
        return np.minimum(self.stopped, self.left) if self.policy else self.stopped

    def treated(self, t: float) -> np.ndarray:
        """Return who is still in the trial and on the study treatment at ``t`` hours, [person]."""
        return (self.left > t) & (self.stopped > t)

    def leave(self, phase: str, who: np.ndarray, t: np.ndarray | float, reason: np.ndarray | int) -> None:
        """Let people leave, unless they do so earlier.

        Args:
            phase: Name of the phase in which they do.
            who: Who, [person].
            t: When, h.
            reason: Why, as numbers of `Leaving`.
        """
        earlier = who & (np.asarray(t) < self.left)
        self.left = np.where(earlier, t, self.left)
        self.reason = np.where(earlier, reason, self.reason).astype(np.int8)
        here = self.phases[phase]
        # Whose treatment had been stopped before keeps the reason for that.
        here.reason = np.where(earlier & (here.stopped > t), reason, here.reason).astype(np.int8)

    def stop(self, phase: str, who: np.ndarray, t: np.ndarray | float, reason: np.ndarray | int) -> None:
        """Let people have no more of the study treatment and be rated on, unless that is so earlier; see `leave`."""
        here = self.phases[phase]
        earlier = who & (np.asarray(t) < self.stopped) & (np.asarray(t) < self.left)
        here.stopped = np.where(earlier, t, here.stopped)
        here.reason = np.where(earlier, reason, here.reason).astype(np.int8)


def nobody_left(persons: int, *, policy: bool = False) -> Fates:
    """Return the fates of people who have just come."""
    reason = np.full(persons, Leaving.STAYED, dtype=np.int8)
    return Fates(persons, np.full(persons, np.inf), reason, policy)
