"""The ten MADRS items: graded responses of one severity, a person's own profile, and a rater's error in each item."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from euthymia.engine.mechanism import Source

HIGHEST = 6  # points an item can have, by the scale's definition
MIDDLE = 3.0  # middle of an item; `theta` is measured so that this is the middle of an average item too
MARKS = np.arange(HIGHEST) + 0.5  # an item is the number of marks that its latent value passes: the nearest whole point
REACH = 40.0  # theta beyond which every item is at its floor or at its ceiling
TOLERANCE = 1e-4  # points; how exactly expected items add up to the severity
STEPS = 60  # enough for bisection alone to reach the tolerance
FINE = 1.0 / 512.0  # item points between the entries of a table; a straight line between two is off by 1e-6
TAILS = 7.0  # SDs of the error that a table goes beyond the marks
BLOCK = 4096  # people solved at a time, so that what is worked on stays near the processor; it reaches no result
GUESSED, NODES = 6.0, 256  # thetas beyond the scale's ends, and their number, among which a first guess is looked up


class Item(StrEnum):
    """The items in the order of the scale."""

    APPARENT_SADNESS = "apparent sadness"
    REPORTED_SADNESS = "reported sadness"
    INNER_TENSION = "inner tension"
    REDUCED_SLEEP = "reduced sleep"
    REDUCED_APPETITE = "reduced appetite"
    CONCENTRATION = "concentration difficulties"
    LASSITUDE = "lassitude"
    INABILITY_TO_FEEL = "inability to feel"
    PESSIMISTIC_THOUGHTS = "pessimistic thoughts"
    SUICIDAL_THOUGHTS = "suicidal thoughts"

    @property
    def column(self) -> int:
        """Place of the item in every array [person, item]."""
        return list(Item).index(self)


class Group(Enum):
    """Items that go together in a person beyond severity (three factors of Suzuki 2005)."""

    DYSPHORIA = (Item.PESSIMISTIC_THOUGHTS, Item.SUICIDAL_THOUGHTS, Item.REPORTED_SADNESS)
    RETARDATION = (Item.LASSITUDE, Item.INABILITY_TO_FEEL, Item.APPARENT_SADNESS, Item.CONCENTRATION)
    VEGETATIVE = (Item.REDUCED_SLEEP, Item.REDUCED_APPETITE, Item.INNER_TENSION)


GROUP_OF = np.array([[item in group.value for group in Group].index(True) for item in Item])


class Ideation(Enum):
    """Whether people with suicidal ideation are let in, which moves the tenth item."""

    EXCLUDED = "location_suicidal_thoughts"
    ADMITTED = "location_suicidal_thoughts_admitted"


@dataclass(frozen=True, eq=False)
class Items:
    r"""A graded response model with evenly spaced marks.

        x_ij = location_j + slope_j (theta_i - 3) + u_ij                                                      (1)
        u_ij = sd_profile (sqrt(share) f_i,g(j) + sqrt(1 - share) v_ij)                                       (2)
        Y_ij = number of marks k - 1/2, k = 1..6, below x_ij + sd_error e_ij                                  (3)
        P(Y_ij >= k) = Phi((x_ij - k + 1/2)/sd_error)                                                         (4)
        sum_j E[Y_ij | theta_i, u_i] = severity_i                                                             (5)

    u is a person's lasting profile and e a rater's error, new in every rating; f, v and e are standard normal. (5)
    defines theta: whatever the profile, the expected total is the severity. The even spacing of the marks is assumed.

    Attributes:
        location: Latent value of an item at theta = 3, item points, [item].
        slope: Its change with theta, [item]; one on average.
        sd_profile: SD of a person's profile, item points.
        share: Share of the profile's variance that the items of a group have in common.
        sd_error: SD of a rater's error in one item, item points.
    """

    location: np.ndarray
    slope: np.ndarray
    sd_profile: float
    share: float
    sd_error: float

    @classmethod
    def from_record(cls, record: Source, ideation: Ideation = Ideation.EXCLUDED) -> Self:
        """Build from the record `items`.

        Args:
            record: The numbers.
            ideation: Whether the people may have suicidal ideation.
        """
        names = [item.name.lower() for item in Item]
        location = [record.value(f"location_{name}", "points") for name in names]
        location[Item.SUICIDAL_THOUGHTS.column] = record.value(ideation.value, "points")
        return cls(
            location=np.array(location),
            slope=np.array([record.value(f"slope_{name}", "1") for name in names]),
            sd_profile=record.value("sd_profile", "points"),
            share=record.value("share_group", "1"),
            sd_error=record.value("sd_error", "points"),
        )


def profile(items: Items, group: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return how people's items deviate for good from those of an average person, item points, [person, item].

    Args:
        items: The model.
        group: Standard normal draws, [person, group].
        own: Standard normal draws, [person, item].
    """
    common, single = np.sqrt(items.share), np.sqrt(1.0 - items.share)
    return items.sd_profile * (common * group[..., GROUP_OF] + single * own)  # (2)


def rate(items: Items, severity: np.ndarray, profile: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Return rated items, whole points from 0 to 6, [..., person, item]; the MADRS total is their sum.

    Args:
        items: The model.
        severity: True severity over the recall window, points of the total, [..., person]; cut to 0-60.
        profile: From `profile`, [person, item].
        error: Standard normal draws of the rater, [..., person, item].
    """
    latent = _latent(items, solve(items, severity, profile), profile) + items.sd_error * error
    return np.clip(np.floor(latent + 0.5), 0, HIGHEST).astype(np.int64)  # (3)


def adding_up(items: Items, total: np.ndarray, profile: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Return items that add up to a rated total, [person, item]: the marks that come first as severity rises.

    With profile and rater's error given, each mark is passed from some theta on; as many marks are passed as the total
    has points, those of the lowest thetas. So the items are rated at a severity that gives just this total.

    Args:
        items: The model.
        total: Rated totals, whole points from 0 to 60, [person].
        profile: From `profile`, [person, item].
        error: Standard normal draws of the rater, [person, item].
    """
    latent = items.location + profile + items.sd_error * error
    begins = ((MARKS - latent[..., None]) / items.slope[:, None]).reshape(len(latent), -1)
    place = np.argsort(np.argsort(begins, axis=1, kind="stable"), axis=1, kind="stable")
    passed = (place < np.asarray(total)[:, None]).reshape(*latent.shape, HIGHEST)
    return passed.sum(-1)


def expected(items: Items, severity: np.ndarray, profile: np.ndarray) -> np.ndarray:
    """Return the items that raters give on average, points, [..., person, item]; they add up to the severity.

    Args:
        items: The model.
        severity: True severity, points, [..., person]; cut to 0-60.
        profile: From `profile`, [person, item].
    """
    return _passed(items, _latent(items, solve(items, severity, profile), profile)).sum(-1)


def solve(items: Items, severity: np.ndarray, profile: np.ndarray) -> np.ndarray:
    """Return theta, [..., person], at which the expected items of each person add up to the severity (5).

    Newton's steps, and bisection wherever one would leave what is known to hold the solution. Each person is done on
    their own, so that nobody's theta depends on who else is asked for.

    Args:
        items: The model.
        severity: True severity, points of the total, [..., person]; cut to 0-60.
        profile: From `profile`, [person, item].
    """
    severity = np.clip(np.asarray(severity, dtype=float), 0.0, HIGHEST * len(Item))
    wanted = severity.ravel()
    own = np.broadcast_to(profile, (*severity.shape, len(Item))).reshape(-1, len(Item))
    start = np.interp(wanted, *_start(items))
    blocks = [slice(first, first + BLOCK) for first in range(0, wanted.size, BLOCK)]
    found = [_solved(items, wanted[part], own[part], start[part]) for part in blocks]
    return np.concatenate([np.zeros(0), *found]).reshape(severity.shape)


def _solved(items: Items, severity: np.ndarray, profile: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Return theta of a block of people from a first guess, [person]."""
    theta, offset = theta.copy(), (items.location + profile).T.copy()
    low, high = np.full(theta.size, -REACH), np.full(theta.size, REACH)
    left = np.arange(theta.size)
    for _ in range(STEPS):
        now = theta[left]
        total, slope = _total(items, now, offset[:, left])
        over = total - severity[left]
        off = np.abs(over) >= TOLERANCE
        left, now, over, slope = left[off], now[off], over[off], slope[off]
        if not left.size:
            break
        low[left], high[left] = np.where(over < 0.0, now, low[left]), np.where(over > 0.0, now, high[left])
        step = now - over / np.maximum(slope, TOLERANCE)
        inside = (step > low[left]) & (step < high[left])
        theta[left] = np.where(inside, step, 0.5 * (low[left] + high[left]))
    return theta


def covariance(items: Items, severity: np.ndarray, profile: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the covariance of rated items over people, [item, item], and the part of it that is raters' error.

    Args:
        items: The model.
        severity: True severities of the people, points, [person].
        profile: From `profile`, [person, item].
    """
    passed = _passed(items, _latent(items, solve(items, severity, profile), profile))
    mean = passed.sum(-1)
    squared = (passed * (2.0 * MARKS)).sum(-1)  # k^2 = 1 + 3 + ... + (2k - 1), and the marks are k - 1/2
    error = np.diag((squared - mean**2).mean(0))
    return np.cov(mean, rowvar=False, bias=True) + error, error


@dataclass(frozen=True)
class Reliability:
    """How well the total tells people apart.

    Attributes:
        alpha: Cronbach's alpha.
        sem: SD of the total over raters of the same person, points.
        icc: Correlation of the totals of two raters.
    """

    alpha: float
    sem: float
    icc: float


def reliability(covariance: np.ndarray, error: np.ndarray) -> Reliability:
    """Return the reliability that a covariance of items and the error in it (both [item, item]) amount to."""
    total, n = covariance.sum(), len(covariance)
    alpha = n / (n - 1.0) * (1.0 - np.trace(covariance) / total)
    return Reliability(float(alpha), float(np.sqrt(error.sum())), float(1.0 - error.sum() / total))


def thresholds(items: Items) -> np.ndarray:
    """Return the usual thresholds of a graded response, [item, mark]: theta at which an average person passes each."""
    return MIDDLE + (MARKS - items.location[:, None]) / items.slope[:, None]


def discriminations(items: Items) -> np.ndarray:
    """Return how steeply people's answers separate in theta, [item], in units of the SD of profile and error."""
    return items.slope / np.hypot(items.sd_profile, items.sd_error)


def _latent(items: Items, theta: np.ndarray, profile: np.ndarray) -> np.ndarray:
    return items.location + items.slope * (theta[..., None] - MIDDLE) + profile  # (1)


def _passed(items: Items, latent: np.ndarray) -> np.ndarray:
    """Return the chance of passing each mark, [..., item, mark]."""
    from scipy.special import ndtr

    return ndtr((latent[..., None] - MARKS) / items.sd_error)  # (4)


def _total(items: Items, theta: np.ndarray, offset: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return expected totals and their derivatives by theta, [person], from a table: this is where time goes.

    Args:
        items: The model.
        theta: Where, [person].
        offset: Latent values at the middle, [item, person].
    """
    mean, rise = _table(float(items.sd_error))
    total, slope = np.zeros(theta.size), np.zeros(theta.size)
    begin = _begin(items.sd_error)
    for at, own in zip(items.slope, offset, strict=True):
        place = np.clip((at * (theta - MIDDLE) + own - begin) / FINE, 0.0, mean.size - 2.0)
        entry = place.astype(np.int64)
        here = rise[entry]
        total += mean[entry] + here * (place - entry)
        slope += at * here
    return total, slope / FINE


def _start(items: Items) -> tuple[np.ndarray, np.ndarray]:
    """Return totals of the average over profiles, rising, and the thetas at which they are expected: a first guess."""
    from scipy.special import ndtr

    theta = np.linspace(-GUESSED, MIDDLE + GUESSED, NODES)
    latent = items.location[:, None] + items.slope[:, None] * (theta - MIDDLE)
    passed = ndtr((latent[..., None] - MARKS) / np.hypot(items.sd_error, items.sd_profile))
    return passed.sum((0, 2)), theta


def _begin(sd_error: float) -> float:
    """Return the latent value of a table's first entry, where no mark is ever passed."""
    return MARKS[0] - TAILS * sd_error


@cache
def _table(sd_error: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of an item over raters at evenly spaced latent values, and its rise to the next entry."""
    from scipy.special import ndtr

    latent = np.arange(_begin(sd_error), MARKS[-1] + TAILS * sd_error + FINE, FINE)
    mean = ndtr((latent[:, None] - MARKS) / sd_error).sum(1)
    return mean, np.append(np.diff(mean), 0.0)
