"""What a cuff says: a person's usual pressure, the rise after the dose, and the scatter of visit and reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from euthymia.engine.mechanism import AbstractNumbers, Scalar, parameter

READING_MINUTES = (40.0, 60.0, 90.0, 120.0)  # after the dose, besides the reading before it
SBP_RISE, DBP_RISE, SBP_LEVEL, DBP_LEVEL = 40.0, 25.0, 180.0, 110.0  # mmHg; what the label's Table 6 counts


class Cuff(AbstractNumbers):
    r"""One person's readings at one visit.

        reading before = round(usual + visit + sd_cuff e_0)                                                 (1)
        reading at t   = round(usual + visit + f_cohort f_person f_visit E(t) + sd_cuff e_t)                (2)
        f = exp(omega eta - omega^2 / 2)                                                                    (3)

    E is the mean effect of `Pressure`; the factors have mean one, so they move no mean but lengthen the tail. Cohorts
    (trials, clinics) differ as well: three of them printed mean rises from 3 to 16 mmHg. Usual pressures are normal,
    cut at the limit above which a dose is put off. All draws are the caller's.
    """

    sources: ClassVar = ("spravatolabel", "takahashi2021")
    SBP_mean: Scalar = parameter("mmHg", "mean usual systolic pressure before the cut")
    SBP_sd: Scalar = parameter("mmHg", "SD of usual systolic pressure before the cut")
    SBP_limit: Scalar = parameter("mmHg", "systolic pressure above which nobody is dosed")
    DBP_mean: Scalar = parameter("mmHg", "mean usual diastolic pressure before the cut")
    DBP_sd: Scalar = parameter("mmHg", "SD of usual diastolic pressure before the cut")
    DBP_limit: Scalar = parameter("mmHg", "diastolic pressure above which nobody is dosed")
    sd_visit_SBP: Scalar = parameter("mmHg", "SD of systolic pressure from visit to visit")
    sd_visit_DBP: Scalar = parameter("mmHg", "SD of diastolic pressure from visit to visit")
    sd_cuff_SBP: Scalar = parameter("mmHg", "SD of one systolic reading")
    sd_cuff_DBP: Scalar = parameter("mmHg", "SD of one diastolic reading")
    omega_person: Scalar = parameter("1", "SD of the rise between people, log scale")
    omega_visit: Scalar = parameter("1", "SD of the rise between a person's visits, log scale")
    omega_cohort: Scalar = parameter("1", "SD of the mean rise between cohorts, log scale")

    def usual(self, u_SBP: np.ndarray, u_DBP: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return usual systolic and diastolic pressure, mmHg, from uniforms [person]."""
        return (
            _cut_normal(u_SBP, self.SBP_mean, self.SBP_sd, self.SBP_limit),
            _cut_normal(u_DBP, self.DBP_mean, self.DBP_sd, self.DBP_limit),
        )

    def cohort(self, z: np.ndarray) -> np.ndarray:
        """Return cohorts' factors on the mean rise, mean one, from standard normals."""
        return np.exp(self.omega_cohort * z - 0.5 * self.omega_cohort**2)  # (3)

    def factor(self, person: np.ndarray, visit: np.ndarray) -> np.ndarray:
        """Return people's factors on their cohort's rise, mean one, from standard normals of person and visit."""
        variance = self.omega_person**2 + self.omega_visit**2
        return np.exp(self.omega_person * person + self.omega_visit * visit - 0.5 * variance)  # (3)

    def systolic(self, usual: np.ndarray, rise: np.ndarray, visit: np.ndarray, error: np.ndarray) -> np.ndarray:
        """Return systolic readings, whole mmHg.

        Args:
            usual: Usual pressure, mmHg, [person].
            rise: The person's true rise at each of READING_MINUTES, mmHg, [person, minute].
            visit: Standard normals of the visit, [person].
            error: Standard normals of the readings, [person, 1 + minute].

        Returns:
            Array [person, 1 + minute]; the first is the reading before the dose.
        """
        return _read(usual + self.sd_visit_SBP * visit, rise, self.sd_cuff_SBP * error)

    def diastolic(self, usual: np.ndarray, rise: np.ndarray, visit: np.ndarray, error: np.ndarray) -> np.ndarray:
        """Return diastolic readings, whole mmHg; arguments and result as for `systolic`."""
        return _read(usual + self.sd_visit_DBP * visit, rise, self.sd_cuff_DBP * error)


@dataclass(frozen=True)
class OutlierShares:
    """Percent of people who pass a mark at any session: what the label's Table 6 counts."""

    SBP_rise: float
    DBP_rise: float
    SBP_level: float
    DBP_level: float


def largest_rise(readings: np.ndarray) -> np.ndarray:
    """Return the largest rise over the reading before the dose, mmHg, [...], from readings [..., 1 + minute]."""
    return readings[..., 1:].max(-1) - readings[..., 0]


def outlier_shares(SBP: np.ndarray, DBP: np.ndarray, attended: np.ndarray) -> OutlierShares:
    """Return the shares of people with an outlier at any session that they attended.

    Args:
        SBP: Systolic readings, mmHg, [person, session, 1 + minute].
        DBP: Diastolic readings, the same shape.
        attended: Whether a person had the session, [person, session].
    """

    def percent(hit: np.ndarray) -> float:
        return 100.0 * float((hit & attended).any(-1).mean())

    return OutlierShares(
        SBP_rise=percent(largest_rise(SBP) >= SBP_RISE),
        DBP_rise=percent(largest_rise(DBP) >= DBP_RISE),
        SBP_level=percent(SBP[..., 1:].max(-1) >= SBP_LEVEL),
        DBP_level=percent(DBP[..., 1:].max(-1) >= DBP_LEVEL),
    )


def _read(level: Scalar, rise: np.ndarray, error: Scalar) -> np.ndarray:
    before = np.zeros((*rise.shape[:-1], 1))
    return np.round(np.asarray(level)[..., None] + np.concatenate([before, rise], axis=-1) + error)  # (1), (2)


def _cut_normal(u: np.ndarray, mean: Scalar, sd: Scalar, highest: Scalar) -> np.ndarray:
    from scipy.special import ndtr, ndtri

    return mean + sd * ndtri(u * ndtr((highest - mean) / sd))
