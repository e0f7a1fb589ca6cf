"""What rescue gives when: the doses of a rule, counted from the visit at which it is decided."""

from __future__ import annotations

from collections.abc import Iterator

from euthymia.treatment.dose import Dose
from euthymia.treatment.regimen import doses_between, shifted
from euthymia.trials.design import Phase, Trial, arms_of, visits_of
from euthymia.trials.rules import Rule


def rescue_given(trial: Trial, phase: Phase, rule: Rule) -> Iterator[tuple[float, tuple[Dose, ...]]]:
    """Yield when a rule can be decided, h, and what it then gives: up to the end of its phase.

    Args:
        trial: The design.
        phase: The phase of the rule's arm.
        rule: The rule; one without a regimen gives nothing.
    """
    for visit in visits_of(trial, phase):
        if visit.label in rule.at and rule.regimen is not None:
            yield visit.t, doses_between(shifted(rule.regimen, visit.t), start=visit.t, end=phase.end).doses


def rescue_doses(trial: Trial) -> tuple[Dose, ...]:
    """Return all doses that rescue may give to anybody, whenever it is decided."""
    return tuple(
        dose
        for phase in trial.phases
        for arm in phase.arms
        for rule in arm.rules
        for _, given in rescue_given(trial, phase, rule)
        for dose in given
    )


def all_doses(trial: Trial) -> tuple[Dose, ...]:
    """Return the doses of all arms, and of what rescue may add to them."""
    return (*(dose for arm in arms_of(trial) for dose in arm.regimen), *rescue_doses(trial))
