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
# Rows S0631 and S0632, of other trials: percent relapsed by 52 weeks.
CONTINUED_YEAR, STOPPED_YEAR = 0.199, 0.398
# Rows S0490, S0491, S0492: share of untreated people in remission after 13, 26 and 52 weeks.
UNTREATED = ((13.0 * WEEK, 0.23), (26.0 * WEEK, 0.32), (52.0 * WEEK, 0.53))
BISECTIONS = 40
NOISES = (0.02, 0.5)
FRAILTIES = (0.01, 20.0)


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


@dataclass(frozen=True)
class FrailRelapse:
    """What the fit of the hazard between people found.

    Attributes:
        noise_frail: Strength of noise, with no tilt, among people who differ.
        tilt_frail: What a continued antidepressant adds to the tilt then.
        frailty: Variance of people's factors on the hazard.
        relief_usual: What a continued antidepressant takes from a typical person's severity by half a year, points.
    """

    noise_frail: float
    tilt_frail: float
    frailty: float
    relief_usual: float


def fit_frail_relapse() -> FrailRelapse:
    """Return the numbers of relapse among people who differ: shares at 26 weeks, and how far they part by 52.

    The trials behind the shares at 52 weeks are others than those at 26, with shares of their own; what is taken from
    them is only the difference between stopped and continued, 19.9 points. More differences between people mean an
    earlier fading hazard and a smaller difference, so the three numbers follow from three.
    """
    frailty = _frailty_for(STOPPED_YEAR - CONTINUED_YEAR)
    stopped, continued = (_area(share, frailty) / HALF_YEAR for share in (STOPPED, CONTINUED))
    tau_well = load_record("relapse").value("tau_well", "h")
    noise = _noise_for(tau_well, stopped)
    tilt = tilt_for_hazard_ratio(DoubleWell(tau_well=tau_well, noise=noise), continued / stopped, 0.0)
    return FrailRelapse(noise_frail=noise, tilt_frail=tilt, frailty=frailty, relief_usual=usual_relief())


def usual_relief() -> float:
    """Return what the usual oral antidepressant takes from a typical person's severity by half a year, points."""
    from euthymia.calibration.oral import changes_of
    from euthymia.models.defaults import Sizes, default_chain

    return -changes_of(default_chain(Sizes.from_record(load_record("amplitudes"))), [HALF_YEAR])[0]


def year_shares(frailty: float) -> tuple[float, float]:
    """Return the shares relapsed by 52 weeks, stopped and continued, that those at 26 weeks imply.

    Args:
        frailty: Variance of people's factors on the hazard.
    """
    areas = (2.0 * _area(share, frailty) for share in (STOPPED, CONTINUED))
    stopped, continued = (-math.expm1(-math.log1p(frailty * area) / frailty) for area in areas)
    return stopped, continued


def _area(share: float, frailty: float) -> float:
    """Return the area under the hazard of a person with factor 1 at which this share has relapsed."""
    return math.expm1(-frailty * math.log1p(-share)) / frailty


def _frailty_for(gap: float) -> float:
    low, high = FRAILTIES
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        stopped, continued = year_shares(middle)
        low, high = (middle, high) if stopped - continued > gap else (low, middle)
    return 0.5 * (low + high)


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
