"""Whether the rules of arms, and the reasons for which people leave, can be conducted as written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from euthymia.errors import suggestion
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.dose import Dose
from euthymia.treatment.drug import DrugClass
from euthymia.trials.design import Arm, Phase, Trial, dropout_of, visits_of
from euthymia.trials.rescue import rescue_given
from euthymia.trials.rules import Action, Rule

Problem = tuple[str, str]  # path of the key, what is wrong with it


def rule_problems(trial: Trial) -> Iterator[Problem]:
    """Yield what keeps rules from being followed, and shares of reasons from being kept.

    Args:
        trial: The design.
    """
    for number, phase in enumerate(trial.phases):
        for place, arm in enumerate(phase.arms):
            for count, rule in enumerate(arm.rules):
                yield from _rule(trial, f"phases[{number}].arms[{place}].rules[{count}]", phase, arm, rule)
    yield from _reasons(trial)


def no_name(kind: str, given: str, known: Iterable[str]) -> str:
    """Return what is said of a name that nothing answers to, with the nearest one and all there are."""
    names = list(known)
    return f"no {kind} {given!r}; {suggestion(given, names)}known: {', '.join(names) or 'none'}"


def _rule(trial: Trial, path: str, phase: Phase, arm: Arm, rule: Rule) -> Iterator[Problem]:
    yield from _visits(trial, path, phase, rule)
    if not rule.conditional and rule.share is None:
        yield path, "no condition and no share; give fall_below, MADRS_min or intolerable = true, or a share"
    if rule.intolerable and not any(_is_session(dose) for dose in arm.regimen):
        yield (
            f"{path}.intolerable",
            f"{arm.name!r} has no dosing visit, and without one nobody sees whether a dose was tolerated",
        )
    if rule.action is Action.SWITCH:
        yield from _switch(path, phase, arm, rule)
    elif rule.to_arm:
        yield f"{path}.to_arm", f"given {rule.to_arm!r} with action {rule.action.value!r}; only 'switch' goes anywhere"
    if rule.action is Action.RESCUE:
        yield from _rescue(trial, path, phase, arm, rule)
    elif rule.regimen is not None:
        yield f"{path}.regimen", f"given with action {rule.action.value!r}; only 'rescue' has a regimen of its own"


def _visits(trial: Trial, path: str, phase: Phase, rule: Rule) -> Iterator[Problem]:
    labels = [visit.label for visit in visits_of(trial, phase)]
    anywhere = {visit.label: visit for visit in trial.visits}
    for label in rule.at:
        if label not in anywhere:
            yield f"{path}.at", no_name("visit", label, labels)
        elif label not in labels:
            yield f"{path}.at", f"{label!r} is no visit of {phase.name!r}; allowed: {', '.join(labels) or 'none'}"
        elif rule.action is not Action.LEAVE and anywhere[label].t >= phase.end:
            yield (
                f"{path}.at",
                f"{label!r} is the end of {phase.name!r}, after which nothing is given in it; "
                "decide it at an earlier visit",
            )


def _switch(path: str, phase: Phase, arm: Arm, rule: Rule) -> Iterator[Problem]:
    others = [one.name for one in phase.arms if one is not arm]
    if not rule.to_arm:
        yield f"{path}.to_arm", f"missing; a switch says where to: {', '.join(others) or 'no other arm'}"
    elif rule.to_arm == arm.name:
        yield f"{path}.to_arm", f"given {rule.to_arm!r}, the arm itself; allowed: {', '.join(others) or 'no other arm'}"
    elif rule.to_arm not in others:
        yield f"{path}.to_arm", no_name(f"other arm of {phase.name!r}", rule.to_arm, others)


def _rescue(trial: Trial, path: str, phase: Phase, arm: Arm, rule: Rule) -> Iterator[Problem]:
    """Yield what keeps rescue from being given; at a session people have one thing at a time by one way."""
    if rule.regimen is None or not rule.regimen.doses:
        yield f"{path}.regimen", "missing; rescue says what is given, its day 1 starting with the visit"
        return
    own = {_kind(dose): one.name for one in _reached(phase, arm) for dose in one.regimen if _is_session(dose)}
    for t, given in rescue_given(trial, phase, rule):
        label = next(visit.label for visit in trial.visits if visit.t == t)
        if not given:
            yield f"{path}.regimen", f"decided at {label!r}, no dose comes before {phase.name!r} ends"
        for dose in (dose for dose in given if _is_session(dose) and _kind(dose) in own):
            yield (
                f"{path}.regimen",
                f"decided at {label!r}, {dose.drug} {dose.route} falls on a session of {own[_kind(dose)]!r} at "
                f"{dose.t:g} h; give it at another hour",
            )


def _reached(phase: Phase, arm: Arm) -> tuple[Arm, ...]:
    """Return the arms as whose people those of an arm may go on, itself included."""
    names, before = {arm.name}, set[str]()
    while names != before:
        before = set(names)
        names |= {rule.to_arm for one in phase.arms if one.name in before for rule in one.rules if rule.to_arm}
    return tuple(one for one in phase.arms if one.name in names)


def _reasons(trial: Trial) -> Iterator[Problem]:
    for number, entry in enumerate(trial.dropout.arms):
        everything, named = dropout_of(trial, entry.arm), (entry.adverse_event or 0.0) + (entry.inefficacy or 0.0)
        if everything is not None and entry.inefficacy is not None and named > everything:
            yield (
                f"dropout.arms[{number}].inefficacy",
                f"given {entry.inefficacy:g}; with adverse_event it comes to {named:g}, more than all who leave, "
                f"{everything:g}",
            )


def _kind(dose: Dose) -> tuple[float, str, float]:
    return dose.t, str(dose.route), dose.duration


def _is_session(dose: Dose) -> bool:
    return find_drug(dose.drug).kind is not DrugClass.ORAL_ANTIDEPRESSANT
