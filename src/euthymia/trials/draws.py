"""The draws of a batch: every person's are addressed by replicate, arm of the first phase, and number within it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from euthymia.engine.stream import Stream, as_uniform
from euthymia.pharmacology.body import Normal
from euthymia.trials.design import Trial


@dataclass(frozen=True)
class Draws:
    """Named draws for all people of a batch, replicate by replicate.

    Attributes:
        stream: The trial's stream.
        numbers: Which replicates.
        arms: Name and persons of each arm of the first phase.
    """

    stream: Stream
    numbers: range
    arms: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, trial: Trial, seed: int, numbers: range) -> Self:
        """Return the draws of some replicates of a trial."""
        arms = tuple((arm.name, arm.n or 0) for arm in trial.phases[0].arms)
        return cls(Stream(seed).fold("trial"), numbers, arms)

    @property
    def subjects(self) -> int:
        """People in one replicate."""
        return sum(n for _, n in self.arms)

    def __call__(self, purpose: str, columns: int = 1) -> np.ndarray:
        """Return uniforms, [person, column]."""
        return as_uniform(np.concatenate([stream.words(purpose, 0, n, columns) for stream, n in self._streams()]))

    def normal(self, purpose: str, columns: int = 1) -> np.ndarray:
        """Return standard normals, [person, column]."""
        from scipy.special import ndtri

        return ndtri(self(purpose, columns))

    def drug(self, drug: str) -> Normal:
        """Return the draws of a drug's numbers: each replicate, arm and drug has a stream of its own."""

        def normal(purpose: str) -> np.ndarray:
            parts = [stream.fold("drug", drug).normal(purpose, 0, n)[:, 0] for stream, n in self._streams()]
            return np.concatenate(parts)

        return normal

    def replicate(self, purpose: str, columns: int = 1) -> np.ndarray:
        """Return standard normals of whole trials, [replicate, column]."""
        drawn = [self.stream.fold("replicate", number).normal(purpose, 0, 1, columns) for number in self.numbers]
        return np.concatenate(drawn)

    def _streams(self) -> Iterator[tuple[Stream, int]]:
        for number in self.numbers:
            for name, n in self.arms:
                yield self.stream.fold("replicate", number, "arm", name), n
