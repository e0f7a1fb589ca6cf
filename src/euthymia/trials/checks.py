"""Whether a design can be conducted: what no single value of a trial shows, but several together do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from euthymia.errors import TrialFileError
from euthymia.evidence.published import PublishedRow
from euthymia.trials import aims, checks_phases, checks_running
from euthymia.trials.checks_interim import interim_problems
from euthymia.trials.checks_rules import no_name, rule_problems
from euthymia.trials.checks_titration import titration_problems
from euthymia.trials.design import Arm, Entry, Phase, Trial, arms_of, visits_of

Problem = tuple[str, str]  # path of the key, what is wrong with it


def check(trial: Trial, file: str = "") -> None:
    """Refuse a design that cannot be conducted as written.

    Args:
        trial: The design.
        file: Name of its file, for the message.

    Raises:
        TrialFileError: With the first problem found.
    """
    for path, problem in _problems(trial):
        raise TrialFileError(f"{file or trial.id}: {path}: {problem}")


def _problems(trial: Trial) -> Iterator[Problem]:
    yield from _population(trial)
    if trial.regions > trial.sites:
        yield "regions", f"given {trial.regions}; a region has at least one site, and there are {trial.sites} (sites)"
    yield from _names(trial)
    yield from _phases(trial)
    for number, phase in enumerate(trial.phases):
        yield from _arms(trial, number, phase)
    yield from _visits(trial)
    yield from _references(trial)
    yield from rule_problems(trial)
    yield from checks_running.problems(trial)
    yield from interim_problems(trial)
    for number, row in enumerate(trial.published):
        yield from _published(trial, f"published[{number}]", row)


def _population(trial: Trial) -> Iterator[Problem]:
    who = trial.population
    if not who.age_low <= who.age_mean <= who.age_high:
        yield (
            "population.age_mean",
            f"given {who.age_mean:g}; it must lie from age_low {who.age_low:g} to age_high {who.age_high:g}",
        )
    if who.ancestry.japanese > who.ancestry.asian:
        yield (
            "population.ancestry.japanese",
            f"given {who.ancestry.japanese:g}; a Japanese person counts as asian too, which is {who.ancestry.asian:g}",
        )
    if who.prior_failure_fall is not None and not who.prior_failures_min:
        yield (
            "population.prior_failure_fall",
            f"given {who.prior_failure_fall:g}; it says when a treatment failed, so it needs prior_failures_min",
        )
    if (who.weight_mean is None) != (who.weight_sd is None):
        yield "population.weight_mean", "weight_mean and weight_sd go together; give both or neither"


def _names(trial: Trial) -> Iterator[Problem]:
    arms = arms_of(trial)
    yield from _doubles("visits", (visit.label for visit in trial.visits))
    yield from _doubles("phases", (phase.name for phase in trial.phases))
    yield from _doubles("phases.arms", (arm.name for arm in arms))
    yield from _doubles("groups", (*(group.name for group in trial.groups), *(arm.name for arm in arms)))
    yield from _doubles("published", (row.row_id for row in trial.published))


def _doubles(path: str, names: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            yield path, f"the name {name!r} stands twice; names must differ"
        seen.add(name.lower())


def _phases(trial: Trial) -> Iterator[Problem]:
    if trial.phases[0].start != 0.0:
        yield "phases[0].start", f"given {trial.phases[0].start:g}; the first phase starts with randomisation, at 0 h"
    for number, phase in enumerate(trial.phases):
        if phase.end <= phase.start:
            yield f"phases[{number}].end", f"given {phase.end:g}; it must come after the start, {phase.start:g} h"
        references = sum(arm.reference for arm in phase.arms)
        if references != 1:
            yield (
                f"phases[{number}].arms",
                f"{'no' if not references else 'more than one'} reference arm; "
                f"exactly one arm of {phase.name!r} must say reference = true",
            )
    for number, (before, after) in enumerate(pairwise(trial.phases), start=1):
        if after.start < before.end:
            yield (
                f"phases[{number}].start",
                f"given {after.start:g}; {before.name!r} ends at {before.end:g} h and phases follow each other",
            )


def _arms(trial: Trial, number: int, phase: Phase) -> Iterator[Problem]:
    earlier = tuple(arm.name for before in trial.phases[:number] for arm in before.arms)
    for place, arm in enumerate(phase.arms):
        path = f"phases[{number}].arms[{place}]"
        yield from _arm_doses(path, phase, arm)
        if number == 0:
            yield from _enrolled(path, arm, trial)
        elif arm.entry is None:
            yield f"{path}.entry", "missing; an arm of a later phase says which earlier arm its persons come from"
        elif arm.entry.from_arm not in earlier:
            yield f"{path}.entry.from_arm", no_name("earlier arm", arm.entry.from_arm, earlier)
        else:
            yield from _entry(f"{path}.entry", arm.entry, sum(visit.t <= phase.start for visit in trial.visits))
        if arm.baseline is not None and not arm.baseline.sd > 0.0:
            yield f"{path}.baseline.sd", f"given {arm.baseline.sd:g}; it must be above 0"
        if arm.titration is not None:
            yield from titration_problems(f"{path}.titration", visits_of(trial, phase), arm, arm.titration)


def _enrolled(path: str, arm: Arm, trial: Trial) -> Iterator[Problem]:
    if arm.n is None:
        yield f"{path}.n", "missing; an arm of the first phase needs its number of persons"
    if checks_running.without_people(trial, arm):
        yield f"{path}.baseline", "missing; an arm of the first phase needs its MADRS at randomisation, or [screening]"
    if arm.entry is not None:
        yield f"{path}.entry", "given; persons of the first phase are enrolled, only later phases have an entry"


def _entry(path: str, entry: Entry, ratings: int) -> Iterator[Problem]:
    """Yield what keeps an entry from being decided; `ratings` were made up to the start of the phase."""
    if not entry.weight > 0.0:
        yield f"{path}.weight", f"given {entry.weight:g}; it must be above 0"
    if entry.stable is not None and entry.stable.at_least > entry.stable.of:
        yield f"{path}.stable.at_least", f"given {entry.stable.at_least} of the last {entry.stable.of} ratings"
    if entry.stable is not None and entry.stable.of > ratings:
        yield f"{path}.stable.of", f"given {entry.stable.of}; {ratings} ratings are made up to the start of the phase"


def _arm_doses(path: str, phase: Phase, arm: Arm) -> Iterator[Problem]:
    outside = [dose for dose in arm.regimen if not phase.start <= dose.t < phase.end]
    if outside:
        day = int(outside[0].t // 24.0) + 1
        yield (
            f"{path}.regimen",
            f"a dose on study day {day} ({outside[0].t:g} h) lies outside {phase.name!r}, "
            f"{phase.start:g} to before {phase.end:g} h",
        )


def _visits(trial: Trial) -> Iterator[Problem]:
    end = trial.phases[-1].end
    for number, visit in enumerate(trial.visits):
        if not any(phase.start < visit.t <= phase.end for phase in trial.phases):
            yield (
                f"visits[{number}].t",
                f"given {visit.t:g} h; a visit lies within a phase, after 0 and up to {end:g} h",
            )
    for number, (before, after) in enumerate(pairwise(trial.visits), start=1):
        if after.t <= before.t:
            yield f"visits[{number}].t", f"given {after.t:g} h after {before.t:g} h; visits stand in the order of time"


def _references(trial: Trial) -> Iterator[Problem]:
    """Yield names that point to nothing."""
    arms, labels = [arm.name for arm in arms_of(trial)], [visit.label for visit in trial.visits]
    if trial.primary.visit not in labels:
        yield "primary.visit", no_name("visit", trial.primary.visit, labels)
    else:
        yield from checks_phases.problems(trial)
    yield from aims.problems(trial)
    for number, entry in enumerate(trial.dropout.arms):
        if entry.arm not in arms:
            yield f"dropout.arms[{number}].arm", no_name("arm", entry.arm, arms)
        if entry.all_cause is not None and (entry.adverse_event or 0.0) > entry.all_cause:
            yield (
                f"dropout.arms[{number}].adverse_event",
                f"given {entry.adverse_event:g}; it cannot exceed all_cause, {entry.all_cause:g}",
            )
    for number, group in enumerate(trial.groups):
        for name in group.arms:
            if name not in arms:
                yield f"groups[{number}].arms", no_name("arm", name, arms)


def _published(trial: Trial, path: str, row: PublishedRow) -> Iterator[Problem]:
    """Yield what a row says that the design does not know."""
    arms, groups = [arm.name for arm in arms_of(trial)], [group.name for group in trial.groups]
    phases = {phase.name: phase for phase in trial.phases}
    if row.arm not in (*arms, *groups):
        yield f"{path}.arm", no_name("arm or group", row.arm, [*arms, *groups])
    if row.phase and row.phase not in phases:
        yield f"{path}.phase", no_name("phase", row.phase, list(phases))
    elif row.phase:
        phase = phases[row.phase]
        if row.arm in arms and row.arm not in [arm.name for arm in phase.arms]:
            yield f"{path}.phase", f"{row.arm!r} is no arm of {row.phase!r}"
        if row.t is not None and not phase.start <= row.t <= phase.end:
            yield f"{path}.t", f"given {row.t:g} h; {row.phase!r} lasts from {phase.start:g} to {phase.end:g} h"
    elif row.arm in arms:
        yield f"{path}.phase", f"missing; {row.arm!r} is an arm of a phase"
