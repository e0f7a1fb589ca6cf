"""Fitting relapse: the noise and the tilt of treatment from stopping trials, and an episode's natural course."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from euthymia.evidence import load_record
from euthymia.symptoms.hazard import relapse_rate, tilt_for_hazard_ratio
from euthymia.symptoms.relapse import DoubleWell

WEEK = 168.0  # h
HALF_YEAR = 26.0 * WEEK
# Rows S0628 and S0629: percent relapsed by 26 weeks with the antidepressant continued and with placebo in its place.
CONTINUED, STOPPED = 0.196, 0.376
# Rows S0490, S0491, S0492: share of untreated people in remission after 13, 26 and 52 weeks.
UNTREATED = ((13.0 * WEEK, 0.23), (26.0 * WEEK, 0.32), (52.0 * WEEK, 0.53))
BISECTIONS = 40
NOISES = (0.02, 0.5)


@dataclass(frozen=True)
class Relapse:
    """What the fit found.

    Attributes:
        noise: Strength of noise at which those who stop relapse as published, with no tilt.
        tilt_treatment: What a continued antidepressant adds to the tilt.
        hazard_ratio: Of continued to stopped, as the two shares give it.
        tau_episode: Time constant of the natural course of an episode, h.
    """

    noise: float
    tilt_treatment: float
    hazard_ratio: float
    tau_episode: float


def fit_relapse() -> Relapse:
    """Return the numbers with which the two wells give both published shares at 26 weeks, and the natural course.

    Those who have stopped are given no tilt: the zero of the tilt is a choice of coordinate. The hazard is taken as
    constant over the half year.
    """
    tau_well = load_record("relapse").value("tau_well", "h")
    stopped, continued = (-math.log1p(-share) / HALF_YEAR for share in (STOPPED, CONTINUED))
    noise = _noise_for(tau_well, stopped)
    ratio = continued / stopped
    tilt = tilt_for_hazard_ratio(DoubleWell(tau_well=tau_well, noise=noise), ratio, 0.0)
    return Relapse(noise=noise, tilt_treatment=tilt, hazard_ratio=ratio, tau_episode=_episode())


def _noise_for(tau_well: float, rate: float) -> float:
    low, high = NOISES
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        slower = relapse_rate(DoubleWell(tau_well=tau_well, noise=middle), 0.0) < rate
        low, high = (middle, high) if slower else (low, middle)
    return 0.5 * (low + high)


def _episode() -> float:
    """Return the time constant, h, that misses the three shares of untreated remission least, in squares."""
    weeks = np.arange(10.0, 300.0, 0.01)
    missed = sum((-np.expm1(-t / (weeks * WEEK)) - share) ** 2 for t, share in UNTREATED)
    return float(weeks[np.argmin(missed)]) * WEEK
