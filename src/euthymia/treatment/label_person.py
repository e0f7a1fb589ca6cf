"""What a label asks of the person and of the session, held against what was said of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from euthymia.errors import LabelError
from euthymia.evidence.label import severity_bands, severity_of
from euthymia.evidence.label_condition import (
    UNITS,
    About,
    AtLeast,
    Diagnosed,
    EitherWay,
    Fact,
    Holds,
    PressureUpTo,
    Quantity,
    SevereAs,
    Severity,
    Without,
)
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.drug import DrugClass, Route
from euthymia.treatment.label_candidate import NEVER, Candidate, Session
from euthymia.treatment.label_verdict import Judgement, Verdict, met_if, unknown
from euthymia.treatment.regimen import Regimen


@dataclass(frozen=True)
class Case:
    """What a label is held against: a person, a regimen where there is one, and what is done around a session."""

    candidate: Candidate
    regimen: Regimen | None = None
    session: Session = field(default_factory=Session)

    def __post_init__(self) -> None:
        taken = oral_antidepressants(self.regimen)
        if taken and self.candidate.oral_antidepressant is False:
            raise LabelError(f"no oral antidepressant is said to be taken, but the regimen gives {taken[0]}")


PersonCondition = AtLeast | About | SevereAs | Diagnosed | Holds | EitherWay | Without | PressureUpTo


def judge_person(condition: PersonCondition, case: Case) -> Judgement:
    """Return how a condition on the person or the session stands."""
    match condition:
        case AtLeast():
            return _at_least(condition, case)
        case About():
            return _about(condition, case)
        case SevereAs():
            return _severity(condition, case.candidate)
        case Diagnosed():
            given = case.candidate.diagnosis
            return unknown("diagnosis") if given is None else met_if(given is condition.diagnosis, str(given))
        case Holds():
            return _fact(condition.fact, case)
        case EitherWay():
            told = _fact(condition.fact, case)
            return Judgement(Verdict.MET, f"either way; {told.because}")
        case Without():
            return _finding(condition, case.candidate)
        case PressureUpTo():
            return _pressure(condition, case.candidate)


def oral_antidepressants(regimen: Regimen | None) -> tuple[str, ...]:
    """Return the names of the oral antidepressants that a regimen gives, sorted."""
    names = {dose.drug for dose in regimen or () if dose.route is Route.ORAL}
    return tuple(sorted(name for name in names if find_drug(name).kind is DrugClass.ORAL_ANTIDEPRESSANT))


def _value(of: Quantity, case: Case) -> float | None:
    """Return what was said of a quantity, in its unit."""
    person, session = case.candidate, case.session
    return {
        Quantity.AGE: person.age,
        Quantity.FAILED_DRUGS: person.failed_drugs,
        Quantity.FOOD: session.food,
        Quantity.LIQUID: session.liquid,
        Quantity.NASAL: session.nasal,
        Quantity.REST: session.rest,
        Quantity.OBSERVED: session.observed,
        Quantity.PRESSURE_CHECK: session.pressure_check,
    }[of]


def _amount(of: Quantity, value: float) -> str:
    return f"{of} {value:g}" if UNITS[of] == "1" else f"{of} {value:g} {UNITS[of]}"


def _at_least(condition: AtLeast, case: Case) -> Judgement:
    value = _value(condition.of, case)
    if value is None:
        return unknown(str(condition.of))
    if value == NEVER:
        return Judgement(Verdict.DOES_NOT_APPLY, "none was taken")
    return met_if(value >= condition.value, _amount(condition.of, value))


def _about(condition: About, case: Case) -> Judgement:
    value = _value(condition.of, case)
    if value is None:
        return unknown(str(condition.of))
    if value == condition.value:
        return Judgement(Verdict.MET, _amount(condition.of, value))
    because = f"{_amount(condition.of, value)}; how near is about {condition.value:g} is not said"
    return Judgement(Verdict.NOT_STATED, because)


def _severity(condition: SevereAs, candidate: Candidate) -> Judgement:
    word, because = candidate.severity, f"said to be {candidate.severity}"
    if candidate.MADRS is not None:
        word = severity_of(candidate.MADRS)
        because = f"MADRS {candidate.MADRS:g} is {_band(word)}"
    elif word is None:
        return unknown("MADRS or severity")
    order = list(Severity)
    return met_if(word is not None and order.index(word) >= order.index(condition.least), because)


def _band(word: Severity | None) -> str:
    """Return a word for severity with the MADRS from which it is used."""
    if word is None:
        return f"less than mild (below {severity_bands()[Severity.MILD]:g})"
    return f"{word} (from {severity_bands()[word]:g})"


def _fact(fact: Fact, case: Case) -> Judgement:
    if fact is Fact.ACUTE_SUICIDALITY:
        holds = case.candidate.acute_suicidality
    else:
        holds = case.candidate.oral_antidepressant
        if taken := oral_antidepressants(case.regimen):
            return Judgement(Verdict.MET, f"the regimen gives {', '.join(taken)}")
    return unknown(str(fact)) if holds is None else met_if(holds, f"{'with' if holds else 'without'} {fact}")


def _finding(condition: Without, candidate: Candidate) -> Judgement:
    if condition.finding in candidate.present:
        return Judgement(Verdict.NOT_MET, f"{condition.finding}: present")
    if condition.finding in candidate.absent:
        return Judgement(Verdict.MET, f"{condition.finding}: absent")
    return unknown(str(condition.finding))


def _pressure(condition: PressureUpTo, candidate: Candidate) -> Judgement:
    low, high, age = condition.from_age, condition.below_age, candidate.age
    if age is not None and ((low is not None and age < low) or (high is not None and age >= high)):
        return Judgement(Verdict.DOES_NOT_APPLY, f"age {age:g} y")
    given = candidate.pressure
    if given is None:
        return unknown("blood pressure before dosing")
    within = given.SBP <= condition.SBP and given.DBP <= condition.DBP
    if not within and age is None and (low, high) != (None, None):
        return unknown(f"blood pressure {given} mmHg, and the age that decides whether the limit applies")
    return met_if(within, f"blood pressure {given} mmHg")
