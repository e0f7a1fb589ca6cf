"""The rules of an arm, and how people leave, from a trial file: read strictly."""

from __future__ import annotations

from euthymia.errors import EuthymiaError
from euthymia.evidence.strict import (
    Table,
    choice,
    fault,
    flag,
    has,
    no_doubles,
    only,
    optional_number,
    tables,
    text,
    texts,
)
from euthymia.treatment.regimen import Regimen
from euthymia.treatment.sentence import regimen
from euthymia.trials.design import ArmDropout, DropoutSpec
from euthymia.trials.rules import Action, Rule

MADRS_HIGHEST = 60.0


def rules_in(arm: Table) -> tuple[Rule, ...]:
    """Return the rules that an arm of a trial file lists under ``rules``.

    Args:
        arm: The table of the arm.

    Raises:
        TrialFileError: When a key is unknown, missing or of the wrong type.
    """
    return tuple(_rule(entry) for entry in tables(arm, "rules"))


def dropout_in(entry: Table) -> DropoutSpec:
    """Return how people leave, from the table ``dropout`` of a trial file.

    Args:
        entry: The table.

    Raises:
        TrialFileError: When a key is unknown, or of the wrong type.
    """
    only(entry, "overall", "informative", "followed", "arms")
    arms = tables(entry, "arms")
    no_doubles(entry, "arms", (text(arm, "arm") for arm in arms))
    return DropoutSpec(
        overall=optional_number(entry, "overall", low=0.0, high=1.0),
        arms=tuple(_arm_dropout(arm) for arm in arms),
        informative=flag(entry, "informative"),
        followed=optional_number(entry, "followed", low=0.0, high=1.0) or 0.0,
    )


def _rule(entry: Table) -> Rule:
    only(
        entry,
        *("action", "at", "fall_below", "MADRS_min", "intolerable", "share", "regimen", "to_arm", "unblinds"),
    )
    labels = texts(entry, "at")
    if not labels:
        raise fault(entry, "at", "none given; a list of labels of visits is needed, for example: at = ['day 15']")
    no_doubles(entry, "at", labels)
    return Rule(
        action=choice(entry, "action", Action),
        at=labels,
        fall_below=optional_number(entry, "fall_below", low=0.0, high=1.0),
        MADRS_min=optional_number(entry, "MADRS_min", low=0.0, high=MADRS_HIGHEST),
        intolerable=flag(entry, "intolerable"),
        share=optional_number(entry, "share", low=0.0, high=1.0),
        regimen=_rescue(entry) if has(entry, "regimen") else None,
        to_arm=text(entry, "to_arm") if has(entry, "to_arm") else "",
        unblinds=flag(entry, "unblinds"),
    )


def _rescue(entry: Table) -> Regimen:
    """Return what rescue gives; its day 1 starts with the visit."""
    try:
        return regimen(text(entry, "regimen"), first_day=1)
    except EuthymiaError as error:
        raise fault(entry, "regimen", str(error)) from error


def _arm_dropout(entry: Table) -> ArmDropout:
    only(entry, "arm", "all_cause", "adverse_event", "inefficacy")
    return ArmDropout(
        arm=text(entry, "arm"),
        all_cause=optional_number(entry, "all_cause", low=0.0, high=1.0),
        adverse_event=optional_number(entry, "adverse_event", low=0.0, high=1.0),
        inefficacy=optional_number(entry, "inefficacy", low=0.0, high=1.0),
    )
