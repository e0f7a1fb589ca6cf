"""What a label asks of the doses, held against a regimen: the drug, the amounts, the pace, the devices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from euthymia.evidence.label_condition import Amounts, Devices, GivenAs, OneReduction, Pace, Unrecorded, Which
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.dose import HOURS_PER_DAY, Dose, dose_amount_text, number_text
from euthymia.treatment.drug import DrugClass, Route
from euthymia.treatment.label_verdict import Judgement, Verdict, met_if, unknown
from euthymia.treatment.regimen import Regimen
from euthymia.treatment.schedule import DAYS_PER_WEEK

DRUG, ROUTE = "esketamine", Route.NASAL
ScheduleCondition = GivenAs | Amounts | OneReduction | Pace | Devices


def judge_schedule(condition: ScheduleCondition, regimen: Regimen | None) -> Judgement:
    """Return how a condition on the doses stands; weeks are counted from the first spray."""
    if regimen is None:
        return unknown("regimen")
    if isinstance(condition, GivenAs):
        return _given_as(condition, regimen)
    found = sprays(regimen)
    if not found:
        return Judgement(Verdict.DOES_NOT_APPLY, f"the regimen gives no {ROUTE} {DRUG}")
    match condition:
        case Amounts():
            return _amounts(condition, found)
        case OneReduction():
            return _one_reduction(condition, found)
        case Pace():
            return _pace(condition, found)
        case Devices():
            return _devices(condition, found)


def judge_silence(condition: Unrecorded, regimen: Regimen | None) -> Judgement:
    """Return that nothing is recorded, or that no dose comes so late that it would matter."""
    if condition.after_week is None:
        return Judgement(Verdict.NOT_STATED, "not recorded")
    if regimen is None:
        return unknown("regimen")
    late = [dose for dose, week in zip(sprays(regimen), weeks_of(regimen), strict=True) if week > condition.after_week]
    if not late:
        return Judgement(Verdict.DOES_NOT_APPLY, f"no dose after week {condition.after_week}")
    return Judgement(Verdict.NOT_STATED, f"{_count(len(late), 'dose')} after week {condition.after_week}")


def sprays(regimen: Regimen) -> tuple[Dose, ...]:
    """Return the doses of nasal esketamine, in the order of time."""
    return tuple(dose for dose in regimen if dose.drug == DRUG and dose.route is ROUTE)


def weeks_of(regimen: Regimen) -> tuple[int, ...]:
    """Return the week of each dose of nasal esketamine; the first dose's day starts week 1."""
    return _weeks(sprays(regimen))


def _days(doses: Sequence[Dose]) -> list[int]:
    return [int(dose.t // HOURS_PER_DAY) for dose in doses]


def _weeks(doses: Sequence[Dose]) -> tuple[int, ...]:
    days = _days(doses)
    return tuple((day - days[0]) // DAYS_PER_WEEK + 1 for day in days)


def _given_as(condition: GivenAs, regimen: Regimen) -> Judgement:
    """Ask for the drug by its route, and for no other rapid antidepressant, nor the drug by another route."""
    rapid = [dose for dose in regimen if find_drug(dose.drug).kind is DrugClass.RAPID]
    other = [dose for dose in rapid if (dose.drug, str(dose.route)) != (condition.drug, condition.route)]
    if other:
        return Judgement(Verdict.NOT_MET, f"the regimen gives {dose_amount_text(other[0])} {other[0].route}")
    if not rapid:
        return Judgement(Verdict.NOT_MET, f"the regimen gives no {condition.route} {condition.drug}")
    return Judgement(Verdict.MET, f"{_count(len(rapid), 'dose')} of {condition.route} {condition.drug}")


def _amounts(condition: Amounts, doses: Sequence[Dose]) -> Judgement:
    chosen = doses[:1] if condition.which is Which.FIRST else doses[1:]
    if not chosen:
        return Judgement(Verdict.DOES_NOT_APPLY, "there is only one dose")
    wrong = [dose for dose in chosen if dose.amount not in condition.mg]
    if wrong:
        return Judgement(Verdict.NOT_MET, _on(wrong[0]))
    given = " and ".join(number_text(amount) for amount in sorted({dose.amount for dose in chosen}))
    return Judgement(Verdict.MET, f"{given} mg")


def _one_reduction(condition: OneReduction, doses: Sequence[Dose]) -> Judgement:
    amounts = [dose.amount for dose in doses]
    full = next((place for place, amount in enumerate(amounts) if amount != condition.mg), len(amounts))
    back = next((place for place in range(full, len(amounts)) if amounts[place] != condition.reduced_mg), None)
    if full == 0 or back is not None:
        return Judgement(Verdict.NOT_MET, _on(doses[back or 0]))
    if full == len(amounts):
        return Judgement(Verdict.MET, f"{number_text(condition.mg)} mg at each session")
    return Judgement(Verdict.MET, f"reduced once: {_on(doses[full])}")


def _pace(condition: Pace, doses: Sequence[Dose]) -> Judgement:
    """Hold the sessions a week against the pace; the week of the last session may stay incomplete."""
    counts = Counter(_weeks(doses))
    last = max(counts)
    if last < condition.from_week:
        return Judgement(Verdict.DOES_NOT_APPLY, f"the regimen ends in week {last}")
    to_week = last if condition.to_week is None else min(condition.to_week, last)
    weeks = range(condition.from_week, to_week + 1)
    if twice := _same_day(doses, weeks):
        return Judgement(Verdict.NOT_MET, f"two doses on day {twice}")
    for week in weeks:
        if counts[week] > condition.per_week:
            return Judgement(Verdict.NOT_MET, f"{_count(counts[week], 'session')} in week {week}")
    for start in range(condition.from_week, to_week - condition.every_weeks + 2):
        window = range(start, start + condition.every_weeks)
        given = sum(counts[week] for week in window)
        if last not in window and given < condition.per_week:
            return Judgement(Verdict.NOT_MET, f"{_count(given, 'session')} in {_span(window)}")
    return Judgement(Verdict.MET, f"{_count(sum(counts[week] for week in weeks), 'session')} in {_span(weeks)}")


def _same_day(doses: Sequence[Dose], weeks: range) -> int | None:
    """Return the number of the day (1 is the first of the regimen) that has two doses, within the weeks."""
    days = [day for day, week in zip(_days(doses), _weeks(doses), strict=True) if week in weeks]
    return next((day + 1 for day in days if days.count(day) > 1), None)


def _devices(condition: Devices, doses: Sequence[Dose]) -> Judgement:
    counts = sorted({dose.amount / condition.mg for dose in doses})
    listed = ", ".join(f"{number_text(count * condition.mg)} mg = {_count(count, 'device')}" for count in counts)
    return met_if(all(count.is_integer() for count in counts), listed)


def _on(dose: Dose) -> str:
    return f"{number_text(dose.amount)} mg on day {int(dose.t // HOURS_PER_DAY) + 1}"


def _count(count: float, what: str) -> str:
    return f"{number_text(count)} {what}{'' if count == 1 else 's'}"


def _span(weeks: range) -> str:
    return f"week {weeks[0]}" if len(weeks) == 1 else f"weeks {weeks[0]} to {weeks[-1]}"
