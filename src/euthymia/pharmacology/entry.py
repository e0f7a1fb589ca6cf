"""The ways in: how a dose becomes inputs of states, with bioavailability, lag and zero-order parts applied."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from euthymia.engine.linear import Event
from euthymia.pharmacology.absorption import NasalDevice

Values = Mapping[str, np.ndarray]


class Entry(ABC):
    """One way in."""

    @property
    @abstractmethod
    def state(self) -> str:
        """Name of the state that the drug enters first."""

    @abstractmethod
    def events(
        self, t: float, amount: np.ndarray, duration: float, values: Values, states: tuple[str, ...]
    ) -> list[Event]:
        """Return the inputs of a dose.

        Args:
            t: Time of the dose, h.
            amount: Dose of each person, mg, [person].
            duration: Length of an infusion, h.
            values: The people's numbers, each [person].
            states: Names of the states.
        """


@dataclass(frozen=True)
class Into(Entry):
    """A dose into one state.

    Attributes:
        into: Name of the state.
        fractions: Names of the numbers that multiply the dose (bioavailability, a share); none for the whole dose.
        lag: Name of the number that delays it, h; empty for none.
        zero_order: Name of the number that is its duration, h; empty where the dose itself says how long.
    """

    into: str
    fractions: tuple[str, ...] = ()
    lag: str = ""
    zero_order: str = ""

    @property
    def state(self) -> str:
        """Name of the state that the drug enters."""
        return self.into

    def events(
        self, t: float, amount: np.ndarray, duration: float, values: Values, states: tuple[str, ...]
    ) -> list[Event]:
        """Return one input for each different pair of lag and duration among the people."""
        for name in self.fractions:
            amount = amount * values[name]
        lag = values[self.lag] if self.lag else np.zeros_like(amount)
        length = values[self.zero_order] if self.zero_order else np.full_like(amount, duration)
        target = states.index(self.into)
        if amount.size and (lag == lag[0]).all() and (length == length[0]).all():  # as a rule
            return [Event(t + float(lag[0]), float(length[0]), target, amount)]
        pairs, which = np.unique(np.stack([lag, length]), axis=1, return_inverse=True)
        return [
            Event(t + float(pairs[0, k]), float(pairs[1, k]), target, np.where(which.ravel() == k, amount, 0.0))
            for k in range(pairs.shape[1])
        ]


@dataclass(frozen=True)
class Parts(Entry):
    """A dose that goes to several states, each by its own fraction; the first is named as its target."""

    parts: tuple[Into, ...]

    @property
    def state(self) -> str:
        """Name of the first part's state."""
        return self.parts[0].state

    def events(
        self, t: float, amount: np.ndarray, duration: float, values: Values, states: tuple[str, ...]
    ) -> list[Event]:
        """Return the inputs of all parts."""
        return [event for part in self.parts for event in part.events(t, amount, duration, values, states)]


@dataclass(frozen=True)
class Spray(Entry):
    """Esketamine's nasal devices, one after the other: part passes the mucosa, the rest is swallowed."""

    mucosa: str
    swallowed: str
    device: NasalDevice

    @property
    def state(self) -> str:
        """Name of the nasal state."""
        return self.mucosa

    def events(
        self, t: float, amount: np.ndarray, duration: float, values: Values, states: tuple[str, ...]
    ) -> list[Event]:
        """Return the inputs of each device; the dose must be whole devices."""
        nose, gut = states.index(self.mucosa), states.index(self.swallowed)
        found = self.device.events(t, amount, values["FRn"], mucosa=nose, swallowed=gut)
        # The device applies the typical F_gut; people under an inducer have another one.
        own = values["F_gut"] / self.device.F_gut
        return [replace(event, amount=event.amount * own) if event.target == gut else event for event in found]
