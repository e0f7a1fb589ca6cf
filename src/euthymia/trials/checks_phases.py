"""Whether a comparison over several phases, a cross-over or a sequential parallel one, can be done as planned."""

from __future__ import annotations

from collections.abc import Iterator

from euthymia.errors import suggestion
from euthymia.trials.comparisons import OVER_PHASES, phases_compared, primary_phase, since_start, treatments_of
from euthymia.trials.design import Analysis, Phase, Trial, reference_of, visits_of

Problem = tuple[str, str]
TREATMENTS, WEIGHT = "primary.treatments", "primary.weight"


def problems(trial: Trial) -> Iterator[Problem]:
    """Yield the key and the fault of whatever keeps a planned comparison from being done; its visit is known."""
    planned = trial.primary
    if planned.analysis not in OVER_PHASES:
        names = " and ".join(repr(one.value) for one in OVER_PHASES)
        for path, given in ((TREATMENTS, planned.treatments), (WEIGHT, planned.weight)):
            if given:
                yield path, f"given for the analysis {planned.analysis.value!r}; it is of {names}"
        return
    found = list(_groups(trial)) or list(_phases(trial))
    yield from found
    if planned.analysis is Analysis.SPCD and not found:
        yield from _stages(trial)
    if planned.analysis is Analysis.CROSS_OVER and planned.weight is not None:
        yield WEIGHT, f"given for the analysis {planned.analysis.value!r}; it is of {Analysis.SPCD.value!r}"


def _groups(trial: Trial) -> Iterator[Problem]:
    names, known = trial.primary.treatments, [group.name for group in trial.groups]
    if len(names) < 2:
        yield (
            TREATMENTS,
            f"{len(names)} given; {trial.primary.analysis.value!r} compares two groups of [[groups]] or more",
        )
    for name in names:
        if name not in known:
            yield TREATMENTS, f"no group {name!r}; {suggestion(name, known)}known: {', '.join(known) or 'none'}"
    arms = [arm for group in treatments_of(trial) for arm in group.arms]
    for arm in dict.fromkeys(arms):
        if arms.count(arm) > 1:
            yield TREATMENTS, f"{arm!r} stands in two groups; an arm belongs to one"


def _phases(trial: Trial) -> Iterator[Problem]:
    """Yield what is wrong with the phases of groups that exist."""
    phases = phases_compared(trial)
    if len(phases) < 2:
        yield TREATMENTS, f"their arms are in {len(phases)} phase; arms of two phases or more are needed"
        return
    if primary_phase(trial) is not phases[0]:
        yield (
            "primary.visit",
            f"given {trial.primary.visit!r}; it must be of the first phase compared, {phases[0].name!r}",
        )
        return
    for group in treatments_of(trial):
        for phase in phases:
            if not any(arm.name in group.arms for arm in phase.arms):
                yield TREATMENTS, f"{group.name!r} has no arm in {phase.name!r}"
    yield from _references(trial, phases)
    hours = since_start(trial)
    for phase in phases[1:]:
        if not any(visit.t == phase.start + hours for visit in visits_of(trial, phase)):
            yield (
                "visits",
                f"none {hours:g} h after the start of {phase.name!r}, as {trial.primary.visit!r} is after "
                f"the start of {phases[0].name!r}",
            )


def _references(trial: Trial, phases: tuple[Phase, ...]) -> Iterator[Problem]:
    references = [reference.name for phase in phases if (reference := reference_of(phase)) is not None]
    holding = [group.name for group in treatments_of(trial) if set(references) & set(group.arms)]
    if len(holding) != 1 or not all(any(name in group.arms for group in treatments_of(trial)) for name in references):
        yield (
            TREATMENTS,
            f"the reference arms ({', '.join(map(repr, references))}) must make up one group; they are in "
            f"{', '.join(map(repr, holding)) or 'none'}",
        )


def _stages(trial: Trial) -> Iterator[Problem]:
    """Yield what keeps two phases from being the stages of a sequential parallel comparison."""
    phases = phases_compared(trial)
    if len(phases) != 2:
        yield TREATMENTS, f"their arms are in {len(phases)} phases; 'SPCD' has two stages"
        return
    if trial.primary.weight is None:
        yield WEIGHT, "missing; 'SPCD' needs what the first stage counts for, a fraction between 0 and 1"
    elif not 0.0 < trial.primary.weight < 1.0:
        yield WEIGHT, f"given {trial.primary.weight:g}; it must lie between 0 and 1"
    reference, names = reference_of(phases[0]), [arm for group in treatments_of(trial) for arm in group.arms]
    for arm in phases[1].arms:
        source = arm.entry.from_arm if arm.entry else ""
        if arm.name in names and reference is not None and source != reference.name:
            yield (
                TREATMENTS,
                f"{arm.name!r} takes its persons from {source!r}; the second stage is of those from {reference.name!r}",
            )
