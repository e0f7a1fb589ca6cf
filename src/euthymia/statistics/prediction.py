"""What a new study would find, where studies are few and their spread is uncertain.

With Q(tau2) Cochran's statistic of studies that vary by tau2, a weighted sum of chi-squares, and q what was seen,
P(Q(tau2) >= q) rises with tau2 from P(Q(0) >= q) to 1: a distribution of confidence in tau2. The effect of a new study
is

    theta = m(tau2) + tau z + se(tau2) t                                                               (1)

with m and se the mean and Hartung and Knapp's error at weights 1 / (v + tau2), z normal, t of Student's distribution on
k - 1 degrees of freedom, and tau2 drawn with that confidence. Everything is integrated, nothing drawn at random. The
probabilities of Q are those of a saddlepoint: of equal weights right to 0.003 for three studies and better for more, of
four weights that differ seventyfold to 0.015.

Source:
    Nagashima, Noma, Furukawa (2019), Prediction interval for random-effects meta-analysis: a confidence distribution
    approach. Stat Methods Med Res 28:1689. Kuonen (1999), Biometrika 86:929, for the saddlepoint.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euthymia.statistics.meta_analysis import read_effects
from euthymia.statistics.root import root_of
from euthymia.statistics.table import TableError

Array = NDArray[np.floating]
FEWEST = 3  # studies
POINTS = 160  # of tau2 and of t, each standing for as much probability
SURE = 0.9995  # confidence up to which tau2 is looked at
CENTRE = 1e-4  # of a deviation, within which the saddlepoint's limit is taken


@dataclass(frozen=True)
class NewStudy:
    """The effect of a new study.

    Attributes:
        low: Lower end of its interval.
        middle: As likely to be exceeded as not.
        high: Upper end.
        homogeneous: Confidence that all studies have one effect, 0 to 1.
    """

    low: float
    middle: float
    high: float
    homogeneous: float


def new_study(effects: ArrayLike, variances: ArrayLike, *, level: float = 0.95) -> NewStudy:
    """Return an interval for the effect of a new study that holds it as often as it says even if studies are few.

    Args:
        effects: [study].
        variances: Square of each effect's standard error, [study].
        level: Level of the interval.

    Raises:
        TableError: When there are fewer than three studies, all found the same, or a variance is not positive.
    """
    from scipy.special import ndtr, stdtr, stdtrit

    y, v = read_effects(effects, variances)
    k = len(y)
    if k < FEWEST:
        raise TableError(f"{k} studies given; three at least are needed to tell what a new one would find")
    if np.ptp(y) == 0.0:
        raise TableError("all effects are the same number; such studies tell nothing of a spread")
    shares = (np.arange(POINTS) + 0.5) / POINTS
    homogeneous, tau2 = confident_spreads(y, v, shares)
    w = 1.0 / (v + tau2[:, None])
    total = w.sum(axis=1)
    mean = w @ y / total
    se = np.sqrt(np.sum(w * (y - mean[:, None]) ** 2, axis=1) / ((k - 1) * total))
    none, some = tau2 == 0.0, tau2 > 0.0
    around = mean[some, None] + se[some, None] * stdtrit(k - 1, shares)
    tau = np.sqrt(tau2[some, None])

    def below(theta: float) -> float:
        certain = stdtr(k - 1, (theta - mean[none]) / se[none]).sum()
        return float(certain + ndtr((theta - around) / tau).mean(axis=1).sum()) / POINTS

    reach = 20.0 * float(np.sqrt(tau2.max()) + se.max()) + float(np.ptp(mean))

    def where(share: float) -> float:
        left, right = float(mean.min()) - reach, float(mean.max()) + reach
        return root_of(lambda theta: below(theta) - share, left, right, within=1e-10 * reach)

    return NewStudy(where((1.0 - level) / 2.0), where(0.5), where((1.0 + level) / 2.0), homogeneous)


def confident_spreads(y: Array, v: Array, shares: Array) -> tuple[float, Array]:
    """Return the confidence in no spread at all, and the variances between studies below which confidences lie.

    Args:
        y: Effects, [study].
        v: Their variances, [study].
        shares: Confidences between 0 and 1, growing, [share].
    """
    w = 1.0 / v
    q = float(w @ (y - w @ y / w.sum()) ** 2)
    A = np.diag(w) - np.outer(w, w) / w.sum()

    def confidence(tau2: float) -> float:
        deviation = np.sqrt(v + tau2)
        weights = np.linalg.eigvalsh(deviation[:, None] * A * deviation)[1:]  # one is zero: the mean is taken out
        return chi_squares_above(q, weights)

    high = float(np.var(y, ddof=1)) + float(v.mean())
    while confidence(high) < SURE:
        high *= 3.0
    looked = np.append(0.0, high * np.geomspace(1e-5, 1.0, 40))
    found = np.maximum.accumulate([confidence(tau2) for tau2 in looked])
    scaled = np.interp(shares, found, np.sqrt(looked))
    return float(found[0]), np.where(shares <= found[0], 0.0, scaled**2)


def chi_squares_above(q: float, weights: Array) -> float:
    """Return the probability that a weighted sum of chi-squares of one degree of freedom is q or more.

    Args:
        q: Above 0.
        weights: Above 0.
    """
    from scipy.special import ndtr

    if q <= 0.0:
        return 1.0
    unit = weights / weights.max()
    at, count = q / float(weights.max()), len(unit)

    def slope(s: float) -> float:  # of the logarithm of the moment generating function
        return float(np.sum(unit / (1.0 - 2.0 * s * unit))) - at

    # At the ends the slope is below 0 and above: the largest weight alone, or all of them at their largest.
    s = root_of(slope, -count / (2.0 * at) - 1.0, 0.5 - 0.25 / max(at, 1.0), within=1e-14)
    left = 1.0 - 2.0 * s * unit
    second, third = 2.0 * float(np.sum((unit / left) ** 2)), 8.0 * float(np.sum((unit / left) ** 3))
    curved = s * np.sqrt(second)
    if abs(curved) < CENTRE:
        return float(0.5 - third / (6.0 * np.sqrt(2.0 * np.pi) * second**1.5))
    root = np.sign(s) * np.sqrt(2.0 * (s * at + 0.5 * float(np.sum(np.log(left)))))
    density = np.exp(-0.5 * root**2) / np.sqrt(2.0 * np.pi)
    return float(np.clip(ndtr(-root) + density * (1.0 / curved - 1.0 / root), 0.0, 1.0))
