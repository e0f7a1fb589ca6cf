"""Even draws: streams whose draws of one purpose are spread evenly, so that few people stand for many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euthymia.engine.stream import Stream
from euthymia.trials.design import Trial
from euthymia.trials.draws import Draws


@dataclass(frozen=True)
class EvenStream(Stream):
    """A stream whose uniforms are the middles of equal parts, in the order of the draws of a plain stream.

    Whatever adds up over purposes is then averaged all but exactly over the people asked for; a person's draw
    depends on how many are asked for, so these streams serve fits and never a trial.

    Example:
        >>> EvenStream(seed=1).uniform("age", 0, 4)[:, 0].sum()
        2.0
    """

    def fold(self, *names: object) -> EvenStream:
        """Return the even stream below this one that ``names`` name."""
        return EvenStream(self.seed, (*self.path, *(str(name) for name in names)))

    def uniform(self, purpose: str, start: int, stop: int, columns: int = 1) -> np.ndarray:
        """Return evenly spread uniforms, [person, column]; arguments as of `Stream.uniform`."""
        drawn = super().uniform(purpose, start, stop, columns)
        ranks = np.argsort(np.argsort(drawn, axis=0, kind="stable"), axis=0, kind="stable")
        return (ranks + 0.5) / max(stop - start, 1)


def even_draws(trial: Trial, seed: int) -> Draws:
    """Return the even draws of one replicate of a trial.

    Args:
        trial: The design.
        seed: Seed of the named streams.
    """
    plain = Draws.of(trial, seed, range(1))
    return Draws(EvenStream(plain.stream.seed, plain.stream.path), plain.numbers, plain.arms)


def matched(few: np.ndarray, x: np.ndarray, many: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return values of few people with mean, covariance and slope along a covariate as of many people.

    Args:
        few: Values, [what, person].
        x: Their covariate, [person].
        many: Values of many, [what, person].
        y: The covariate of the many, [person].
    """
    rest, _, _ = _regressed(few, x)
    aim, slope, mean = _regressed(many, y)
    root, wanted = (np.linalg.cholesky(np.cov(values)) for values in (rest, aim))
    return mean[:, None] + slope[:, None] * (x - y.mean()) + wanted @ np.linalg.solve(root, rest)


def _regressed(values: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what is left of values, [what, person], beyond a line in x, its slope and the mean, [what]."""
    mean, centred = values.mean(1), x - x.mean()
    slope = (values @ centred) / max(float(centred @ centred), 1e-12)
    return values - mean[:, None] - slope[:, None] * centred, slope, mean
