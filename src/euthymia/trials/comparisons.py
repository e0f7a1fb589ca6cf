"""What the primary analysis of a trial compares: its phase or phases, its arms, and what they are compared with."""

from __future__ import annotations

from euthymia.errors import TrialFileError
from euthymia.trials.design import Analysis, Group, Phase, Trial, reference_of, visits_of

OVER_PHASES = (Analysis.CROSS_OVER, Analysis.SPCD)  # of groups of arms, over several phases


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
    """Return what the primary analysis compares with the reference, in the design's order: arms, or groups of them.

    Raises:
        TrialFileError: When there is no reference, or nothing beside it.
    """
    phase = primary_phase(trial)
    reference = reference_name(trial)
    if trial.primary.analysis in OVER_PHASES:
        found = tuple(group.name for group in treatments_of(trial) if group.name != reference)
    else:
        found = tuple(arm.name for arm in phase.arms if arm.name != reference)
    if not reference or not found:
        raise TrialFileError(f"{trial.id}, phase {phase.name!r}: power needs a reference arm and another one")
    return found


def reference_name(trial: Trial) -> str:
    """Return what the primary analysis compares with: an arm, or a group of arms; empty where there is nothing."""
    reference = reference_of(primary_phase(trial))
    if reference is None:
        return ""
    if trial.primary.analysis in OVER_PHASES:
        return next((group.name for group in treatments_of(trial) if reference.name in group.arms), "")
    return reference.name


def treatments_of(trial: Trial) -> tuple[Group, ...]:
    """Return the groups of arms that are compared over several phases, in the order of the plan."""
    groups = {group.name: group for group in trial.groups}
    return tuple(groups[name] for name in trial.primary.treatments if name in groups)


def phases_compared(trial: Trial) -> tuple[Phase, ...]:
    """Return the phases that a comparison over several phases is of: those with an arm of its groups."""
    names = {name for group in treatments_of(trial) for name in group.arms}
    return tuple(phase for phase in trial.phases if any(arm.name in names for arm in phase.arms))


def rated_after(trial: Trial, hours: float) -> bool:
    """Return whether people are rated so long after the start of each phase compared.

    Args:
        trial: The design.
        hours: How long, h.
    """
    phases = phases_compared(trial)
    return all(any(visit.t == phase.start + hours for visit in visits_of(trial, phase)) for phase in phases)


def since_start(trial: Trial) -> float:
    """Return how long after the start of its phase the visit of the primary analysis is, h."""
    phase = primary_phase(trial)
    return next(visit.t for visit in visits_of(trial, phase) if visit.label == trial.primary.visit) - phase.start
