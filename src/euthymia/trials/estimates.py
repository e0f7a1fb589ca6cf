"""Estimates of a trial's primary analysis, replicate by replicate, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FIELDS = ("value", "se", "df", "complete", "p", "code", "events")  # of the last axis of rows
VALUE, SE, DF, COMPLETE, P, CODE, EVENTS = range(len(FIELDS))


@dataclass(frozen=True, eq=False)
class Estimate:
    """What the analysis of a trial says; every array is [replicate, contrast], NaN where nothing can be estimated.

    Attributes:
        value: Arm minus reference: points of change, a difference of shares, or a logarithm of a ratio.
        se: Its standard error.
        df: Degrees of freedom of the t distribution that it is judged by; infinite for the normal one.
        code: How it ended, a value of `Ending` or `Fitted`; below 0 there is no estimate.
        p: Two-sided p value where another test judges than value over error; None where none does.
        events: Events in both groups, for a time to an event; None for anything else.
    """

    value: np.ndarray
    se: np.ndarray
    df: np.ndarray
    code: np.ndarray
    p: np.ndarray | None = None
    events: np.ndarray | None = None

    def rows(self, complete: np.ndarray) -> np.ndarray:
        """Return the estimates as rows, [replicate, contrast, field], fields as in `FIELDS`.

        Args:
            complete: The estimates with nobody missing, [replicate, contrast].
        """
        nothing = np.full(self.value.shape, np.nan)
        p, events = (nothing if part is None else part for part in (self.p, self.events))
        return np.stack([self.value, self.se, self.df, complete, p, self.code.astype(float), events], axis=-1)


def side_by_side(parts: list[Estimate]) -> Estimate:
    """Return estimates of single contrasts, each [replicate], as one of all of them."""

    def stacked(arrays: list[np.ndarray]) -> np.ndarray:
        return np.stack(arrays, axis=1)

    return Estimate(
        stacked([part.value for part in parts]),
        stacked([part.se for part in parts]),
        stacked([part.df for part in parts]),
        stacked([part.code for part in parts]),
        p=None if parts[0].p is None else stacked([part.p for part in parts if part.p is not None]),
        events=None if parts[0].events is None else stacked([one.events for one in parts if one.events is not None]),
    )
