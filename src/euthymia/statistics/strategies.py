"""What subjects would have had after they departed from treatment: missing at random, or like the reference arm.

For a subject who departed after visit t, with means m and r of the own and the reference arm and covariances M and R,
the profile before anything is conditioned on has

    at random          mean m                                   covariance M
    copy reference     mean r                                   covariance R
    jump to reference  mean m until t, r after                  covariance (1)
    copy increments    mean m until t, m_t + (r - r_t) after    covariance (1)

where (1) has M until t and, given those visits, the conditional distribution of R after:

    S11 = M11,  S21 = R21 R11^-1 M11,  S22 = R22 - R21 R11^-1 (R11 - M11) R11^-1 R12                  (1)

Source:
    Carpenter, Roger, Kenward (2013), Analysis of longitudinal trials with protocol deviation. J Biopharm Stat 23:1352.
"""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


class Strategy(Enum):
    """What is assumed of a subject after a departure."""

    AT_RANDOM = "missing at random"
    COPY_REFERENCE = "copy reference"
    JUMP_TO_REFERENCE = "jump to reference"
    COPY_INCREMENTS = "copy increments in reference"


def assumed_mean(strategy: Strategy, own: Array, reference: Array, kept: int) -> Array:
    """Return the mean of the profile, of the shape of ``own``.

    Args:
        strategy: What is assumed.
        own: Means under the own arm, [..., visit].
        reference: Means under the reference arm, [..., visit].
        kept: Visits before the departure.
    """
    if strategy is Strategy.AT_RANDOM:
        return own
    if strategy is Strategy.COPY_REFERENCE or kept == 0:  # nothing of the own arm came before: all is the reference's
        return reference
    after = reference[..., kept:]
    if strategy is Strategy.COPY_INCREMENTS:
        after = after + (own - reference)[..., kept - 1, None]
    return np.concatenate([own[..., :kept], after], axis=-1)


def assumed_covariance(strategy: Strategy, own: Array, reference: Array, kept: int) -> Array:
    """Return the covariance of the profile, [visit, visit].

    Args:
        strategy: What is assumed.
        own: Covariance under the own arm, [visit, visit].
        reference: Covariance under the reference arm.
        kept: Visits before the departure.
    """
    if strategy is Strategy.AT_RANDOM or kept == len(own):
        return own
    if strategy is Strategy.COPY_REFERENCE or kept == 0:
        return reference
    before, after = slice(None, kept), slice(kept, None)
    M11, R11 = own[before, before], reference[before, before]
    slope = np.linalg.solve(R11, reference[before, after]).T  # R21 R11^-1
    S21 = slope @ M11
    S22 = reference[after, after] - slope @ (R11 - M11) @ slope.T
    return np.block([[M11, S21.T], [S21, S22]])  # (1)
