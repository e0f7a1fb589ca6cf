"""Times to an event, some not seen to the end: Kaplan-Meier, log-rank, and restricted mean survival."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euthymia.statistics.table import TableError

Array = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class KaplanMeier:
    """A survival curve: a step at each time of an event; every array is [event time].

    Attributes:
        times: Distinct times of events, in order.
        at_risk: People at risk just before.
        events: Events then.
        survival: Share without the event after that time.
        se: Greenwood's standard error of the share.
        low: Lower end of the interval, on the scale of log(-log).
        high: Upper end of the interval.
        last: Last time at which anybody was observed.
    """

    times: Array
    at_risk: NDArray[np.int64]
    events: NDArray[np.int64]
    survival: Array
    se: Array
    low: Array
    high: Array
    last: float

    def at(self, t: ArrayLike) -> Array:
        """Return the share without the event at times t; NaN after the last observation."""
        t = np.asarray(t, dtype=float)
        steps = np.append(1.0, self.survival)[np.searchsorted(self.times, t, side="right")]
        return np.where((t > self.last) & (steps > 0.0), np.nan, steps)

    def quantile(self, share: float = 0.5) -> float:
        """Return the first time at which at most 1 - share have no event; infinite where it is not reached."""
        below = np.flatnonzero(self.survival <= 1.0 - share + 1e-12)
        return float(self.times[below[0]]) if below.size else float("inf")


@dataclass(frozen=True)
class LogRank:
    """A comparison of survival curves.

    Attributes:
        observed: Events of each group.
        expected: Events of each group if all groups were one.
        chi2: Test statistic.
        df: Groups less one.
        p: p value.
    """

    observed: tuple[float, ...]
    expected: tuple[float, ...]
    chi2: float
    df: int
    p: float


@dataclass(frozen=True)
class RestrictedMean:
    """Mean time without the event up to a horizon.

    Attributes:
        mean: In the unit of time.
        se: Standard error.
        horizon: Where it ends.
    """

    mean: float
    se: float
    horizon: float


def kaplan_meier(time: ArrayLike, event: ArrayLike, *, level: float = 0.95) -> KaplanMeier:
    """Estimate the share without an event over time.

    Args:
        time: Time of the event, or of the last observation, [subject].
        event: Whether the event was seen, [subject].
        level: Level of the pointwise intervals.

    Raises:
        TableError: When times are missing, negative, or of another number than events.

    Source:
        Kaplan, Meier (1958), J Am Stat Assoc 53:457.
    """
    from scipy.special import ndtri

    t, d = check_times(time, event)
    times, at_risk, events = risk_sets(t, d)
    survival = np.cumprod(1.0 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / (at_risk * (at_risk - events)))
        se = np.where(survival > 0.0, survival * np.sqrt(greenwood), 0.0)
        half = ndtri(0.5 + level / 2.0) * np.sqrt(greenwood) / np.abs(np.log(survival))
        low, high = survival ** np.exp(half), survival ** np.exp(-half)
    known = survival > 0.0
    return KaplanMeier(
        times,
        at_risk,
        events,
        survival,
        se,
        np.where(known, low, np.nan),
        np.where(known, high, np.nan),
        float(t.max()),
    )


def log_rank(time: ArrayLike, event: ArrayLike, group: ArrayLike, *, strata: ArrayLike | None = None) -> LogRank:
    """Test that groups have one survival curve, within strata where given.

    Args:
        time: Time of the event, or of the last observation, [subject].
        event: Whether the event was seen, [subject].
        group: Group of each subject, [subject].
        strata: Stratum of each subject; subjects are compared within their own.

    Raises:
        TableError: When there is but one group, or times are not times.

    Source:
        Mantel (1966), Cancer Chemother Rep 50:163.
    """
    from scipy.special import chdtrc

    t, d = check_times(time, event)
    names, member = np.unique(np.asarray(group), return_inverse=True)
    if len(names) < 2:
        raise TableError(f"{len(names)} group given; a comparison needs two at least")
    layer = np.zeros(len(t), dtype=np.int64) if strata is None else np.unique(strata, return_inverse=True)[1]
    observed, expected = np.zeros(len(names)), np.zeros(len(names))
    variance = np.zeros((len(names), len(names)))
    for stratum in np.unique(layer):
        here = layer == stratum
        for when in np.unique(t[here & d]):
            risk = np.bincount(member[here & (t >= when)], minlength=len(names)).astype(float)
            died = np.bincount(member[here & d & (t == when)], minlength=len(names))
            n, total = risk.sum(), died.sum()
            share = risk / n
            observed += died
            expected += total * share
            if n > 1:
                variance += total * (n - total) / (n - 1.0) * (np.diag(share) - np.outer(share, share))
    gap = (observed - expected)[1:]
    chi2 = float(gap @ np.linalg.pinv(variance[1:, 1:]) @ gap)
    df = len(names) - 1
    return LogRank(tuple(observed), tuple(expected), chi2, df, float(chdtrc(df, chi2)))


def restricted_mean(time: ArrayLike, event: ArrayLike, *, horizon: float) -> RestrictedMean:
    """Return the mean time without the event up to a horizon, which is the area under the survival curve.

    Args:
        time: Time of the event, or of the last observation, [subject].
        event: Whether the event was seen, [subject].
        horizon: Where the area ends, in the unit of time.

    Raises:
        TableError: When nobody was observed up to the horizon and events are still to come.

    Source:
        Andersen, Hansen, Klein (2004), Lifetime Data Anal 10:335; variance by Greenwood's formula.
    """
    curve = kaplan_meier(time, event)
    if horizon > curve.last and curve.survival.size and curve.survival[-1] > 0.0:
        raise TableError(f"horizon {horizon} given; the last observation is at {curve.last:g}, choose none later")
    inside = curve.times < horizon
    edges = np.concatenate([[0.0], curve.times[inside], [horizon]])
    areas = np.diff(edges) * np.append(1.0, curve.survival[inside])
    after = areas.sum() - np.cumsum(areas)[:-1]  # area to the right of each event
    n, d = curve.at_risk[inside].astype(float), curve.events[inside]
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(n > d, after**2 * d / (n * (n - d)), 0.0)
    return RestrictedMean(float(areas.sum()), float(np.sqrt(terms.sum())), horizon)


def check_times(time: ArrayLike, event: ArrayLike) -> tuple[Array, NDArray[np.bool_]]:
    """Return times and events as arrays, or say what is wrong with them."""
    t, d = np.asarray(time, dtype=float), np.asarray(event)
    if t.shape != d.shape or t.ndim != 1 or not t.size:
        raise TableError(f"times of shape {t.shape} and events of shape {d.shape} given; each subject has one of both")
    if not np.all(np.isfinite(t)) or t.min() < 0.0:
        raise TableError("a time is missing or negative; times count from 0 on")
    return t, d.astype(bool)


def risk_sets(t: Array, d: NDArray[np.bool_]) -> tuple[Array, NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct times of events, with the people at risk and the events at each."""
    times, events = np.unique(t[d], return_counts=True)
    at_risk = len(t) - np.searchsorted(np.sort(t), times, side="left")
    return times, at_risk.astype(np.int64), events.astype(np.int64)
