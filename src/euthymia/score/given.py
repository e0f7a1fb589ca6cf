"""What an arm is given, in the few words that a statistician would sort trials by: class, dose, what is beside it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from euthymia.evidence import load_record
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.dose import Dose
from euthymia.treatment.drug import DrugClass
from euthymia.trials.design import Arm, ComedicationKind, Trial, arms_of


class Treatment(StrEnum):
    """Classes of treatment."""

    ESKETAMINE = "esketamine"
    KETAMINE = "ketamine"
    TABLETS = "tablets"
    ACTIVE_PLACEBO = "active placebo"
    SHAM = "sham"
    PILL_PLACEBO = "pill placebo"


class Setting(StrEnum):
    """Where and how people are treated; trials of the two have nothing in common here."""

    SESSIONS = "sprays and infusions"
    TABLETS = "tablets"


# Classes that become one where trials of a single class are too few.
WIDER = {Treatment.KETAMINE: Treatment.ESKETAMINE, Treatment.ACTIVE_PLACEBO: Treatment.SHAM}
DRUGS = (Treatment.ESKETAMINE, Treatment.KETAMINE, Treatment.TABLETS)


@dataclass(frozen=True)
class Given:
    """What an arm is given.

    Attributes:
        treatment: Its class.
        beside: The oral antidepressant beside it.
        dose: In usual doses; 0 for a placebo.
    """

    treatment: Treatment
    beside: ComedicationKind
    dose: float


def given(trial: Trial, arm: Arm) -> Given:
    """Return what an arm of a trial is given; of a titrated dose, the largest level."""
    treatment, dose = _strongest(trial, arm)
    return Given(treatment, arm.comedication.kind, dose)


def setting(trial: Trial) -> Setting:
    """Return where a trial treats people: at sessions, if any arm has one."""
    doses = [dose for arm in arms_of(trial) for dose in arm.regimen.doses]
    at_home = all(find_drug(dose.drug).kind is DrugClass.ORAL_ANTIDEPRESSANT for dose in doses)
    return Setting.TABLETS if at_home else Setting.SESSIONS


def _strongest(trial: Trial, arm: Arm) -> tuple[Treatment, float]:
    kinds = {find_drug(dose.drug).kind: dose for dose in arm.regimen.doses}
    if DrugClass.RAPID in kinds:
        dose = kinds[DrugClass.RAPID]
        largest = max((*arm.titration.levels, dose.amount) if arm.titration else (dose.amount,))
        treatment = Treatment.ESKETAMINE if dose.drug == Treatment.ESKETAMINE else Treatment.KETAMINE
        return treatment, largest / _usual(dose)
    if DrugClass.ORAL_ANTIDEPRESSANT in kinds:
        dose = kinds[DrugClass.ORAL_ANTIDEPRESSANT]
        return Treatment.TABLETS, dose.amount / _usual(dose)
    if DrugClass.ACTIVE_PLACEBO in kinds:
        return Treatment.ACTIVE_PLACEBO, 0.0
    return (Treatment.SHAM if setting(trial) is Setting.SESSIONS else Treatment.PILL_PLACEBO), 0.0


def _usual(dose: Dose) -> float:
    """Return the usual amount of a drug in the dose's unit; where the record has none, this amount is the usual one."""
    record = load_record("score")
    names = (f"usual_{dose.drug}_{dose.route}", f"usual_{dose.drug}")
    known = next((record[name] for name in names if name in record), None)
    by_weight = str(dose.unit) == "mg/kg"
    if known is None or by_weight is not (known.unit == "mg/kgbw"):
        return dose.amount or 1.0
    return known.value
