"""Sites and regions of a trial: who is where, and what a site's and a region's care adds.

People of a site resemble each other: the care of a site, and of its region, is a part of what differs between people,
and is taken out of the rest, so that the spread between all people of a trial stays as it is known.
"""

from __future__ import annotations

import numpy as np

from euthymia.evidence import Record
from euthymia.trials.design import Trial
from euthymia.trials.draws import Draws


def sites(trial: Trial, draws: Draws) -> np.ndarray:
    """Return the number of each person's site, from 0, [person]; all sites enrol as many in expectation."""
    return np.minimum((draws("site")[:, 0] * trial.sites).astype(np.int16), trial.sites - 1)


def region(site: np.ndarray, trial: Trial) -> np.ndarray:
    """Return the number of each site's region, from 0: sites take turns."""
    return site % trial.regions


def care_of_sites(trial: Trial, draws: Draws, care: np.ndarray, amplitudes: Record) -> np.ndarray:
    """Return the effects of care of people who are treated at sites and in regions, points, [person].

        care' = mean + sqrt(1 - (sd_site^2 + sd_region^2)/sd^2) (care - mean) + sd_site s + sd_region r         (1)

    s and r are standard normals of the site and of the region, new in every replicate. A trial with one site or one
    region has no effect of it: that is a part of the effect of the trial.

    Args:
        trial: The design.
        draws: Draws of the people.
        care: Effects of care without sites, points, [person].
        amplitudes: Sizes.
    """
    mean, sd = amplitudes.value("care_mean", "points"), amplitudes.value("care_sd", "points")
    site = sites(trial, draws)
    found, variance = np.zeros(care.size), 0.0
    for name, number, count in (("site", site, trial.sites), ("region", region(site, trial), trial.regions)):
        if count > 1:
            spread = amplitudes.value(f"sd_{name}_care", "points")
            replicate = np.repeat(np.arange(len(draws.numbers)), draws.subjects)
            found += spread * draws.replicate(f"{name} care", columns=count)[replicate, number]
            variance += spread**2
    rest = np.sqrt(max(1.0 - variance / sd**2, 0.0)) if sd > 0.0 else 1.0
    return mean + rest * (care - mean) + found if variance > 0.0 else care  # (1)
