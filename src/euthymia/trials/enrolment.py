"""Enrolment: who may be drawn for an arm, the people of a batch, and what the trial that they are in adds."""

from __future__ import annotations

import numpy as np

from euthymia.errors import TrialFileError
from euthymia.evidence import Record
from euthymia.patients.population import People, Traits, draw, joined
from euthymia.trials.design import Arm, Trial
from euthymia.trials.draws import Draws
from euthymia.trials.sites import care_of_sites

LOWEST_WITHOUT_LIMIT = 20.0  # points; below it nobody with a depressive episode is enrolled anywhere


def enrolled(trial: Trial, draws: Draws, amplitudes: Record, *, trial_effects: bool) -> People:
    """Return the people of all replicates of a batch, arm by arm.

    Args:
        trial: The design.
        draws: Their draws.
        amplitudes: Sizes of effects.
        trial_effects: Whether trials differ in care and in drug effect, and sites of a trial in care.

    Raises:
        TrialFileError: When an arm has no baseline.
    """
    people: People = joined(
        [
            draw(
                draws.stream.fold("replicate", number, "arm", arm.name),
                *(0, arm.n or 0),
                traits_of(trial, arm),
                amplitudes=amplitudes,
            )
            for number in draws.numbers
            for arm in trial.phases[0].arms
        ]
    )
    if not trial_effects:
        return people
    z = draws.replicate("trial", columns=2)
    care = amplitudes.value("sd_trial_care", "points") * z[:, 0]
    spread = amplitudes.value("sd_trial_gain", "1") / amplitudes.value("gain", "1")
    gain = trial_factor(z[:, 1], spread)
    of_sites = care_of_sites(trial, draws, people.background.care, amplitudes) - people.background.care
    return people.with_trial_effects(np.repeat(care, draws.subjects) + of_sites, np.repeat(gain, draws.subjects))


def trial_factor(z: np.ndarray, spread: float) -> np.ndarray:
    """Return trials' factors on the drug's effect from standard normals: normal with mean one.

    A trial can come out without any effect, or with less than none; a log-normal factor could not say so.
    """
    return 1.0 + spread * z


def traits_of(trial: Trial, arm: Arm) -> Traits:
    """Return who may be drawn for an arm.

    Raises:
        TrialFileError: When the arm has no baseline.
    """
    who = trial.population
    if arm.baseline is None:
        raise TrialFileError(f"{trial.id}, arm {arm.name!r}: a baseline (mean and SD of the MADRS) is needed")
    lowest = who.MADRS_min if who.MADRS_min is not None else LOWEST_WITHOUT_LIMIT
    return Traits(
        age=(who.age_mean, who.age_sd, who.age_low, who.age_high),
        women=who.women,
        MADRS=(arm.baseline.mean, arm.baseline.sd, min(lowest, arm.baseline.mean - arm.baseline.sd)),
        asian=who.ancestry.asian,
        japanese=who.ancestry.japanese,
        weight=None if who.weight_mean is None or who.weight_sd is None else (who.weight_mean, who.weight_sd),
        failed=who.prior_failures_min or 0,
        failed_fall=who.prior_failure_fall,
    )
