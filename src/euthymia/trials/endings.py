"""How the estimate of a replicate ended: a code, and its words; never a silent number."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from euthymia.statistics.replicated_fit import Fitted
from euthymia.trials.results import FitCount


class Ending(IntEnum):
    """How an estimate ended; a mixed model has the codes of `Fitted`, of which those below zero mean the same."""

    AS_PLANNED = 0
    NO_CONVERGENCE = -1
    UNSEEN = -2
    NO_SPREAD = -3

    @property
    def title(self) -> str:
        """Say it in words."""
        return {
            Ending.AS_PLANNED: "as planned",
            Ending.NO_CONVERGENCE: "no largest likelihood was found",
            Ending.UNSEEN: "a group without people, or without the event",
            Ending.NO_SPREAD: "nothing was left to tell an error by",
        }[self]


def title(code: int, *, mixed: bool) -> str:
    """Return a code in words.

    Args:
        code: The code.
        mixed: Whether the analysis is a mixed model, whose codes tell which covariance was fitted.
    """
    return Fitted(code).title if mixed and code > Ending.NO_SPREAD else Ending(code).title


def counted(codes: np.ndarray, *, mixed: bool) -> tuple[FitCount, ...]:
    """Return how often estimates ended in which way, the planned one first.

    Args:
        codes: [replicate].
        mixed: Whether the analysis is a mixed model.
    """
    found, number = np.unique(codes[np.isfinite(codes)].astype(int), return_counts=True)
    pairs = sorted(zip(found.tolist(), number.tolist(), strict=True), key=lambda pair: (pair[0] < 0, abs(pair[0])))
    return tuple(FitCount(title(code, mixed=mixed), code, count) for code, count in pairs)


def ended(value: np.ndarray, groups: tuple[np.ndarray, ...]) -> np.ndarray:
    """Return the codes of estimates that need no search, [replicate].

    Args:
        value: The estimates, NaN where there is none, [replicate].
        groups: Who was counted in each group, [replicate, subject].
    """
    empty = np.zeros(len(value), dtype=bool)
    for group in groups:
        empty |= ~group.any(1)
    none = np.where(empty, Ending.UNSEEN, Ending.NO_SPREAD)
    return np.where(np.isfinite(value), Ending.AS_PLANNED, none)
