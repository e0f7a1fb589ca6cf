"""Enrolment: who may be drawn for an arm, the people of a batch, and what the trial that they are in adds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from euthymia.engine.stream import Stream
from euthymia.errors import TrialFileError
from euthymia.evidence import Record
from euthymia.patients.entry import Entered, Limits, let_in
from euthymia.patients.population import People, Traits, draw, joined
from euthymia.symptoms.scale import Scale
from euthymia.symptoms.scales import translate
from euthymia.trials.data import Screened
from euthymia.trials.design import Arm, Baseline, Trial
from euthymia.trials.draws import Draws
from euthymia.trials.letting_in import lowest_of
from euthymia.trials.screening import counted_together, screened
from euthymia.trials.sites import care_of_sites

WITHOUT_LIMIT = 2.0  # SDs below the mean down to which a HAMD17 goes where no limit is known (assumed)
LOWEST_WITHOUT_LIMIT = 20.0  # points; below it nobody with a depressive episode is enrolled anywhere


class Admitted(NamedTuple):
    """The people of a batch.

    Attributes:
        people: They.
        entered: How they were rated when they were let in, where that is more than ``people`` says.
        screened: How many came to be let in; None where nobody is screened.
    """

    people: People
    entered: Entered | None
    screened: Screened | None


def enrolled(trial: Trial, draws: Draws, amplitudes: Record, *, trial_effects: bool) -> Admitted:
    """Return the people of all replicates of a batch, arm by arm.

    Args:
        trial: The design.
        draws: Their draws.
        amplitudes: Sizes of effects.
        trial_effects: Whether trials differ in care and in drug effect, and sites of a trial in care.

    Raises:
        TrialFileError: When an arm has no baseline.
    """
    parts, entered, counts = list[People](), list[Entered](), list[Screened]()
    for number in draws.numbers:
        for arm in trial.phases[0].arms:
            stream = draws.stream.fold("replicate", number, "arm", arm.name)
            at_entry, count = _let_in(trial, arm, stream, amplitudes)
            entered += [] if at_entry is None else [at_entry]
            counts += [] if count is None else [count]
            traits = traits_of(trial, arm)
            parts.append(draw(stream, 0, arm.n or 0, traits, amplitudes=amplitudes, entered=at_entry))
    people: People = joined(parts)
    return Admitted(
        _in_trials(trial, draws, people, amplitudes) if trial_effects else people,
        joined(entered) if entered else None,
        counted_together(counts, len(trial.phases[0].arms)) if counts else None,
    )


def _let_in(trial: Trial, arm: Arm, stream: Stream, amplitudes: Record) -> tuple[Entered | None, Screened | None]:
    """Return how the people of an arm enter, and who was screened for it; None for what the trial does not ask for."""
    if trial.screening is not None:
        return screened(trial, arm, stream, amplitudes)
    if arm.baseline is None or arm.baseline.scale is Scale.MADRS:
        return None, None
    n = arm.n or 0
    error, rater = (stream.normal(purpose, 0, n)[:, 0] for purpose in ("baseline rating error", "MADRS at baseline"))
    return let_in(_limits(trial, arm.baseline), stream.uniform("baseline", 0, n)[:, 0], error, rater), None


def _limits(trial: Trial, baseline: Baseline) -> Limits:
    """Return the totals that let people into an arm; without a limit, as low as the SD says that they were."""
    lowest = lowest_of(trial)
    if lowest is None:
        lowest = float(translate(np.array(LOWEST_WITHOUT_LIMIT), Scale.MADRS, baseline.scale))
        lowest = min(lowest, max(baseline.mean - WITHOUT_LIMIT * baseline.sd, 0.0))
    return Limits(baseline.scale, baseline.mean, baseline.sd, min(lowest, baseline.mean - baseline.sd))


def _in_trials(trial: Trial, draws: Draws, people: People, amplitudes: Record) -> People:
    """Return people with what their trial, region and site add."""
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
    return Traits(
        age=(who.age_mean, who.age_sd, who.age_low, who.age_high),
        women=who.women,
        MADRS=_MADRS(trial, arm),
        asian=who.ancestry.asian,
        japanese=who.ancestry.japanese,
        weight=None if who.weight_mean is None or who.weight_sd is None else (who.weight_mean, who.weight_sd),
        failed=who.prior_failures_min or 0,
        failed_fall=who.prior_failure_fall,
    )


def _MADRS(trial: Trial, arm: Arm) -> tuple[float, float, float]:
    """Return mean, SD and lowest MADRS total of an arm; of no meaning where a rating on record let its people in.

    Raises:
        TrialFileError: When the arm has no baseline, and nobody is screened.
    """
    if trial.screening is not None or (arm.baseline is not None and arm.baseline.scale is not Scale.MADRS):
        return Traits().MADRS
    if arm.baseline is None:
        raise TrialFileError(f"{trial.id}, arm {arm.name!r}: a baseline (mean and SD of the MADRS) is needed")
    lowest = trial.population.MADRS_min if trial.population.MADRS_min is not None else LOWEST_WITHOUT_LIMIT
    return arm.baseline.mean, arm.baseline.sd, min(lowest, arm.baseline.mean - arm.baseline.sd)
