"""How severe people are whom a rating let in: what was written down of them, and what is true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euthymia.evidence import load_record
from euthymia.patients.variability import truncated_normal
from euthymia.symptoms.rating import Rating
from euthymia.symptoms.scale import Scale
from euthymia.symptoms.scales import instrument, translate


@dataclass(frozen=True)
class Entered:
    """People whom a rating let in; every array is [person].

    Attributes:
        severity: True severity at randomisation, MADRS points.
        MADRS: MADRS total as rated then, points.
        total: Total then on the scale by which they were let in, points; the MADRS itself where it is that.
    """

    severity: np.ndarray
    MADRS: np.ndarray
    total: np.ndarray


@dataclass(frozen=True)
class Limits:
    """The people whom a scale let in, as they were rated on it.

    Attributes:
        scale: Which.
        mean: Mean total, points.
        sd: SD of the totals, points.
        lowest: Lowest total, points.
    """

    scale: Scale
    mean: float
    sd: float
    lowest: float


def let_in(limits: Limits, u: np.ndarray, error: np.ndarray, rater: np.ndarray) -> Entered:
    r"""Return people whose totals on another scale than the MADRS are as a trial printed them.

        rated ~ normal, cut at the lowest and the highest total                                             (1)
        true  = mean + rho (rated - mean) + sd_error sqrt(rho) z,   rho = 1 - (sd_error/sd)^2               (2)
        severity = what corresponds to `true` on the MADRS                                                  (3)

    Being let in by a rating means regressing to the mean afterwards, as for the MADRS.

    Args:
        limits: The totals by which they were let in.
        u: Uniforms of the totals, [person].
        error: Standard normals of what is true, [person].
        rater: Standard normals of the MADRS that is rated besides, [person].
    """
    facts = instrument(limits.scale)
    rated = np.round(truncated_normal(u, limits.mean, limits.sd, limits.lowest, facts.highest))  # (1)
    rho = max(1.0 - (facts.sd_error / limits.sd) ** 2, 0.0)
    true = limits.mean + rho * (rated - limits.mean) + facts.sd_error * np.sqrt(rho) * error  # (2)
    severity = translate(true, limits.scale, Scale.MADRS)  # (3)
    return Entered(severity, Rating.from_record(load_record("rating")).rate(severity, rater), rated)
