"""States of their own beside the drugs: what is taken daily, practised or stopped, each fading at one rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from euthymia.engine.linear import Event, Linear
from euthymia.engine.mechanism import Scalar
from euthymia.models.exposure import Exposure


@dataclass(frozen=True)
class Given:
    """Something that reaches a state of its own.

    Attributes:
        state: Name of the state.
        t: When, h.
        amount: How much, in the state's unit, [person]; below 0 it takes away.
        duration: Time over which it comes in evenly, h; 0 for at once.
    """

    state: str
    t: float
    amount: np.ndarray
    duration: float = 0.0


def with_states(
    exposed: Exposure,
    rates: Mapping[str, float],
    read: Mapping[str, Mapping[str, Scalar]],
    follow: Mapping[str, Mapping[str, Scalar]] | None = None,
) -> Exposure:
    r"""Return the exposure with further states, on which nothing before them depends.

        dx/dt = u + sum of weights times outputs - rate x                                                   (1)
        out = sum of weights times outputs and states                                                       (2)

    Args:
        exposed: The drugs in the people.
        rates: Rate at which each new state fades, 1/h; 0 for one that keeps what it was given.
        read: New outputs; of each the weights, a number or [person], of outputs and new states by their names.
        follow: Weights with which a new state follows outputs, by their names.
    """
    old = exposed.linear
    persons, n, m = old.persons, old.matrix.shape[-1], len(old.outputs)
    states = (*old.states, *rates)
    matrix, wide = np.zeros((persons, len(states), len(states))), np.zeros((persons, m + len(read), len(states)))
    matrix[:, :n, :n], wide[:, :m, :n] = old.matrix, old.read
    for place, rate in enumerate(rates.values(), start=n):
        matrix[:, place, place] = -rate
    for state, weights in (follow or {}).items():
        for name, weight in weights.items():
            matrix[:, states.index(state)] += _each(weight, persons) * wide[:, old.outputs.index(name)]  # (1)
    for row, weights in enumerate(read.values(), start=m):
        for name, weight in weights.items():
            found = wide[:, old.outputs.index(name)] if name in old.outputs else np.eye(len(states))[states.index(name)]
            wide[:, row] += _each(weight, persons) * found  # (2)
    return replace(exposed, linear=Linear(matrix, wide, states, (*old.outputs, *read)))


def events_of(exposed: Exposure, given: Sequence[Given]) -> list[Event]:
    """Return what reaches the states as inputs of the linear system."""
    states = exposed.linear.states
    return [Event(one.t, one.duration, states.index(one.state), one.amount) for one in given]


def _each(weight: Scalar, persons: int) -> np.ndarray:
    """Return a weight of everybody as a column, [person, 1]."""
    return np.broadcast_to(weight, persons)[:, None]
