"""What a mechanism is: parameters with units, a state, and a derivative."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

from euthymia.engine import runtime

runtime.start()

import equinox as eqx  # noqa: E402  (JAX must be configured before it is used)
import jax  # noqa: E402
import numpy as np  # noqa: E402
from jaxtyping import Array, Float  # noqa: E402

Scalar = Float[Array, "..."] | Float[np.ndarray, "..."] | float
State = TypeVar("State")
Inputs = TypeVar("Inputs")


class Source(Protocol):
    """Where numbers come from: anything that gives a value by name in a unit (an evidence record, a test's dict)."""

    def value(self, name: str, unit: str) -> float:
        """Return the number ``name`` in ``unit``."""
        ...


def parameter(unit: str, meaning: str) -> Any:
    """Declare a field of a mechanism as a number with a unit of the core and a meaning in words."""
    return eqx.field(metadata={"unit": unit, "meaning": meaning})


class AbstractNumbers(eqx.Module):
    """Numbers with units, each a field declared by ``parameter``, and what is made of them."""

    sources: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def parameters(cls) -> dict[str, tuple[str, str]]:
        """Return unit and meaning of each parameter, by name."""
        return {
            field.name: (field.metadata["unit"], field.metadata["meaning"])
            for field in dataclasses.fields(cls)
            if "unit" in field.metadata
        }

    @classmethod
    def from_record(cls, record: Source) -> Self:
        """Build from an evidence record, each number asked for by name and unit."""
        return cls(**{name: record.value(name, unit) for name, (unit, _) in cls.parameters().items()})


class AbstractMechanism(AbstractNumbers, Generic[State, Inputs]):
    """One link of the chain: it gets plain arrays, gives a derivative back, and knows nothing of its neighbours."""

    @abstractmethod
    def initial_state(self) -> State:
        """Return the state of a person before any treatment."""

    @abstractmethod
    def derivative(self, t: Scalar, state: State, inputs: Inputs) -> State:
        """Return the rate of change of ``state`` per hour at ``t`` hours."""


class AbstractRelaxation(AbstractMechanism[State, Inputs]):
    """A mechanism whose every state relaxes: dy/dt = drive - rate y, neither depending on y itself.

    The form is what lets the structured scheme step it exactly where rate and drive are constant.
    """

    @abstractmethod
    def relaxation(self, t: Scalar, state: State, inputs: Inputs) -> tuple[State, State]:
        """Return rate (1/h) and drive (state's unit per h), each with the structure of the state."""

    def derivative(self, t: Scalar, state: State, inputs: Inputs) -> State:
        """Return drive - rate y."""
        rate, drive = self.relaxation(t, state, inputs)
        return jax.tree.map(lambda y, r, d: d - r * y, state, rate, drive)
