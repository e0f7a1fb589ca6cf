"""Trials as answers: the list, one design with its published results, and whether a file can be conducted."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

from euthymia.errors import EuthymiaError
from euthymia.web.faults import RefusalError, fault_of
from euthymia.web.questions import DEEP, trial_of
from euthymia.web.schemas import Fault
from euthymia.web.schemas_trial import (
    FactRow,
    PublishedRow,
    TrialAnswer,
    TrialChecked,
    TrialRow,
    Trials,
    TrialVerdict,
)

if TYPE_CHECKING:
    from euthymia.trials.design import Trial


@cache
def trials() -> Trials:
    """Return the trials of the package."""
    from euthymia.trials.catalogue import trial_names

    return Trials(trials=[_row(trial_of(name, None)) for name in trial_names()])


@cache
def trial(name: str) -> TrialAnswer:
    """Return one trial of the package.

    Raises:
        RefusalError: When there is none of that name; it names the nearest.
    """
    return described(trial_of(name, None))


def check(asked: TrialChecked) -> TrialVerdict:
    """Return whether a trial can be conducted as written, and the first thing to mend where not."""
    from euthymia.trials.conduct import check as conductible

    try:
        found = _read(asked)
        conductible(found)
        told = described(found)
    except RefusalError as refused:
        return TrialVerdict(ok=False, errors=[Fault(**refused.fault)], trial=None)
    except EuthymiaError as error:
        return TrialVerdict(ok=False, errors=[Fault(**fault_of(error))], trial=None)
    return TrialVerdict(ok=True, errors=[], trial=told)


def described(design: Trial) -> TrialAnswer:
    """Return a design as data, in words and as a file, with what was published of it."""
    from euthymia.engine.course import plain
    from euthymia.report.design import design_facts
    from euthymia.trials.writing import to_toml

    data: Any = plain(_spoken(design))
    return TrialAnswer(
        id=design.id,
        title=design.title,
        registry=design.registry,
        citation=design.citation,
        split=design.split.value,
        facts=[FactRow(label=each.label, text=each.text) for each in design_facts(design)],
        notes=list(design.notes),
        design=data,
        toml=to_toml(design),
        published=[_published(each) for each in design.published],
    )


def _read(asked: TrialChecked) -> Trial:
    """Return the trial of a request.

    Raises:
        EuthymiaError: When it cannot be conducted as written.
    """
    from euthymia.trials.protocol import read_trial

    if asked.toml is not None:
        return trial_of(None, asked.toml)
    try:
        return read_trial(asked.design or {}, "the trial")
    except RecursionError:
        raise EuthymiaError(f"the design is {DEEP}") from None


def _spoken(design: Trial) -> Any:
    """Return a design without its published rows, which are answered apart."""
    import tomllib

    from euthymia.trials.writing import to_toml

    found = tomllib.loads(to_toml(design))
    found.pop("published", None)
    return found


def _row(design: Trial) -> TrialRow:
    arms = [arm for phase in design.phases for arm in phase.arms]
    first = [arm.n for arm in design.phases[0].arms]
    return TrialRow(
        id=design.id,
        title=design.title,
        registry=design.registry,
        split=design.split.value,
        arms=len(arms),
        people=None if any(n is None for n in first) else sum(n for n in first if n is not None),
        days=max(visit.t for visit in design.visits) / 24.0,
        published=len(design.published),
    )


def _published(row: Any) -> PublishedRow:
    return PublishedRow(
        row_id=row.row_id,
        arm=row.arm,
        phase=row.phase,
        measure=row.measure.value,
        definition=row.definition,
        estimator=row.estimator.value,
        t_h=row.t,
        value=row.value,
        unit=row.unit.value,
        sd=_known(row.sd),
        se=_known(row.se),
        ci_low=_known(row.ci_low),
        ci_high=_known(row.ci_high),
        n=row.n,
        status=row.status.value,
        split=row.split.value,
        source=row.source,
        note=row.note,
    )


def _known(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value
