"""What every disposition is: a linear mechanism in amounts, with an input rate into each state and levels to read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np

from euthymia.engine.mechanism import AbstractMechanism, Inputs, Scalar, State

NG_PER_ML = 1000.0  # ng/mL in a mg/L: a change of unit


class AbstractDisposition(AbstractMechanism[State, Inputs]):
    """Amounts in a body: dA/dt = K A + u, both linear, the inputs u (mg/h) having the structure of the state."""

    state: ClassVar[type[Any]]

    @classmethod
    def states(cls) -> tuple[str, ...]:
        """Return the names of the states."""
        return cls.state._fields

    @classmethod
    def numbers(cls) -> dict[str, str]:
        """Return the unit in the core of every number the mechanism is built from, by name."""
        return {name: unit for name, (unit, _) in cls.parameters().items()}

    @classmethod
    def build(cls, values: Mapping[str, np.ndarray]) -> Self:
        """Return the mechanism of people with these numbers."""
        return cls(**{name: values[name] for name in cls.parameters()})

    def initial_state(self) -> State:
        """Return an empty body."""
        first = getattr(self, next(iter(self.parameters())))
        return self.state(*(0.0 * first for _ in self.states()))

    @abstractmethod
    def levels(self, state: State) -> tuple[Scalar, ...]:
        """Return the levels in blood, ng/mL, in the order of the body's outputs."""
