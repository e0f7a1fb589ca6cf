"""What the primary analysis of a trial compares: its phase, its arms, and what they are compared with."""

from __future__ import annotations

from euthymia.errors import TrialFileError
from euthymia.trials.design import Phase, Trial, reference_of, visits_of


def primary_phase(trial: Trial) -> Phase:
    """Return the phase that holds the visit of the primary analysis.

    Raises:
        TrialFileError: When no phase does.
    """
    for phase in trial.phases:
        if any(visit.label == trial.primary.visit for visit in visits_of(trial, phase)):
            return phase
    raise TrialFileError(f"{trial.id}: the visit of the primary analysis, {trial.primary.visit!r}, is in no phase")


def treated_arms(trial: Trial) -> tuple[str, ...]:
    """Return the arms that the primary analysis compares with the reference, in the design's order.

    Raises:
        TrialFileError: When there is no reference, or nothing beside it.
    """
    phase = primary_phase(trial)
    reference = reference_of(phase)
    found = tuple(arm.name for arm in phase.arms if arm is not reference)
    if reference is None or not found:
        raise TrialFileError(f"{trial.id}, phase {phase.name!r}: power needs a reference arm and another one")
    return found


def reference_name(trial: Trial) -> str:
    """Return what the arms of the primary analysis are compared with; empty where there is nothing."""
    reference = reference_of(primary_phase(trial))
    return reference.name if reference else ""
