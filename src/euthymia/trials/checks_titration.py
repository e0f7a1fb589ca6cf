"""Whether a titration can be decided as written: of doses at sessions, or of tablets that are taken at home."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from euthymia.errors import ScheduleError
from euthymia.treatment.catalogue import find_drug
from euthymia.treatment.dose import Dose
from euthymia.treatment.drug import DrugClass
from euthymia.trials.design import Arm, LowerWhen, Titration, Visit

Problem = tuple[str, str]  # path of the key, what is wrong with it


def titration_problems(path: str, visits: Iterable[Visit], arm: Arm, rule: Titration) -> Iterator[Problem]:
    """Yield what keeps a titration from being decided.

    Args:
        path: Path of its table.
        visits: The visits of its phase.
        arm: Its arm.
        rule: The titration.
    """
    if list(rule.levels) != sorted(set(rule.levels)):
        yield f"{path}.levels", f"given {_listed(rule.levels)}; levels rise and differ"
    if rule.start not in rule.levels:
        yield f"{path}.start", f"given {rule.start:g}; allowed: {_listed(rule.levels)}"
    if list(rule.decide_at) != sorted(set(rule.decide_at)):
        yield f"{path}.decide_at", f"given {_listed(rule.decide_at)}; times rise and differ"
    if rule.freeze_after is not None and rule.freeze_after < rule.decide_at[0]:
        yield f"{path}.freeze_after", f"given {rule.freeze_after:g}; no decision could ever be taken"
    if of_tablets(arm):
        yield from _tablets(path, visits, arm, rule)
    else:
        yield from _sessions(path, arm, rule)


def of_tablets(arm: Arm) -> bool:
    """Tell whether what an arm titrates is taken at home: it has no dose at a session."""
    kinds = {find_drug(dose.drug).kind for dose in arm.regimen}
    return kinds == {DrugClass.ORAL_ANTIDEPRESSANT}


def _sessions(path: str, arm: Arm, rule: Titration) -> Iterator[Problem]:
    times = [dose.t for dose in arm.regimen]
    for t in rule.decide_at:
        if t not in times:
            yield f"{path}.decide_at", f"given {t:g}; allowed are the times of doses: {_listed(times) or 'none'}"
    yield from _levels(path, [dose for dose in arm.regimen if dose.t in rule.decide_at], rule)


def _tablets(path: str, visits: Iterable[Visit], arm: Arm, rule: Titration) -> Iterator[Problem]:
    drugs = sorted({dose.drug for dose in arm.regimen})
    if len(drugs) > 1:
        yield f"{path}.levels", f"{arm.name!r} takes {' and '.join(drugs)}; only one drug can be titrated"
    seen = [visit.t for visit in visits]
    for t in rule.decide_at:
        if t not in seen and t not in [dose.t for dose in arm.regimen]:
            yield (
                f"{path}.decide_at",
                f"given {t:g}; allowed are the times of tablets, and those of visits: {_listed(seen) or 'none'}",
            )
    if rule.lower_when is not LowerWhen.NEVER:
        yield f"{path}.lower_when", "tablets are taken at home, where nobody sees whether a dose was tolerated"
    yield from _levels(path, arm.regimen.doses[:1], rule)


def _levels(path: str, doses: Iterable[Dose], rule: Titration) -> Iterator[Problem]:
    for dose in doses:
        for level in rule.levels:
            try:
                Dose(dose.t, dose.drug, dose.route, level, dose.unit, dose.duration)
            except ScheduleError as error:
                yield f"{path}.levels", str(error)


def _listed(values: Iterable[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)
