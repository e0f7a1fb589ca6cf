"""Which published rows count towards a total: one row a quantity, nobody twice by another estimator."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum

from euthymia.evidence.published import Estimator, PublishedRow, Status
from euthymia.score.endpoint import (
    CHANGES,
    DIFFERENCES,
    TOTALS,
    Endpoint,
    arms_behind,
    endpoint_of,
    reference_behind,
    scale_of,
)
from euthymia.symptoms.scale import Scale
from euthymia.trials.design import Trial

# The first that is printed counts: what trials plan today, then observed cases, then what fills in for the missing.
PREFERRED = (
    Estimator.MMRM,
    Estimator.LS_MEAN,
    Estimator.OC,
    Estimator.RAW,
    Estimator.LOCF,
    Estimator.POOLED,
    Estimator.KM,
    Estimator.MODEL,
)
Quantity = tuple[str, str, str, float | None]  # phase, arm, what, when


class Standing(StrEnum):
    """Whether a row counts, and if not, why."""

    COUNTED = "counted"
    NOT_PREDICTED = "not predicted"
    INPUT = "an input of the design"
    UNVERIFIED = "not verified"
    OTHER_ESTIMATOR = "the same quantity of the same people counts by another row"
    FOLLOWS = "follows from the reference arm and the difference"
    POOL_OF_ARMS = "its arms count themselves"
    POOL_OF_TRIALS = "a trial in this pool counts itself"


def standings(trial: Trial, predicted: Collection[str], single: Sequence[Trial] = ()) -> dict[str, Standing]:
    """Return the standing of each row of a trial.

    Args:
        trial: The trial.
        predicted: Ids of the rows that are predicted; only these can count.
        single: Trials scored beside this one, of which it may be a pool.
    """
    rows = {row.row_id: row for row in trial.published}
    found = {name: _alone(trial, row, name in predicted) for name, row in rows.items()}

    def counted() -> list[PublishedRow]:
        return [row for name, row in rows.items() if found[name] is Standing.COUNTED]

    chosen: dict[Quantity, PublishedRow] = {}
    for row in sorted(counted(), key=_rank):
        if chosen.setdefault(quantity_of(trial, row), row) is not row:
            found[row.row_id] = Standing.OTHER_ESTIMATOR
    repeated = _in_single_trials(trial, single)
    for row in counted():
        if _asked(trial, row) in repeated:
            found[row.row_id] = Standing.POOL_OF_TRIALS
    left = {quantity_of(trial, row) for row in counted()}
    for row in counted():
        if _pools(trial, row, left):
            found[row.row_id] = Standing.POOL_OF_ARMS
        elif _follows(trial, row, left):
            found[row.row_id] = Standing.FOLLOWS
    return found


def quantity_of(trial: Trial, row: PublishedRow) -> Quantity:
    """Return what a row is of: two rows of one quantity tell the same of the same people."""
    return (row.phase, row.arm, _what(trial, row), row.t)


def patients(trials: Iterable[Trial]) -> dict[str, str]:
    """Return a name for each trial (by id) that trials with people in common share: a pool and what it pools."""
    groups: list[tuple[set[str], list[str]]] = []
    for trial in trials:
        numbers, ids = {*registries(trial)} or {trial.id}, [trial.id]
        apart = []
        for others, members in groups:
            if numbers & others:
                numbers, ids = numbers | others, members + ids
            else:
                apart.append((others, members))
        groups = [*apart, (numbers, ids)]
    return {name: sorted(ids)[0] for _, ids in groups for name in ids}


def registries(trial: Trial) -> tuple[str, ...]:
    """Return the registry numbers of a trial; a pool has several. A word without a digit ("none") is no number."""
    return tuple(part.strip() for part in trial.registry.split(";") if any(mark.isdigit() for mark in part))


def counted_rows(trial: Trial, found: Mapping[str, Standing]) -> tuple[PublishedRow, ...]:
    """Return the rows of a trial that count, in the order of its file."""
    return tuple(row for row in trial.published if found[row.row_id] is Standing.COUNTED)


def people_behind(trial: Trial, row: PublishedRow) -> int | None:
    """Return the people behind a row: as printed, or those of its arms by design; None where neither is known."""
    if row.n is not None:
        return row.n
    sizes = [arm.n for arm in arms_behind(trial, row)]
    return sum(n for n in sizes if n) if sizes and all(sizes) else None


def _alone(trial: Trial, row: PublishedRow, predicted: bool) -> Standing:
    """Return what can be said of a row without looking at others."""
    if not predicted:
        return Standing.NOT_PREDICTED
    if endpoint_of(trial, row) is Endpoint.INPUT:
        return Standing.INPUT
    return Standing.UNVERIFIED if row.status is Status.UNVERIFIED else Standing.COUNTED


def _what(trial: Trial, row: PublishedRow) -> str:
    if row.measure in DIFFERENCES:
        return "difference"
    if row.measure in CHANGES or row.measure in TOTALS:
        return str(scale_of(trial, row))  # with the baseline given, a total says what the change says
    return f"{row.measure} {row.definition}" if endpoint_of(trial, row) is Endpoint.WITHIN else str(row.measure)


def _rank(row: PublishedRow) -> tuple[int, bool]:
    return PREFERRED.index(row.estimator), row.measure in TOTALS


def _asked(trial: Trial, row: PublishedRow) -> tuple[str, Endpoint, float | None]:
    """Return what a row is of, whatever the names of phase and arms, for trials and their pool."""
    return (_what(trial, row), endpoint_of(trial, row), row.t)


def _in_single_trials(trial: Trial, single: Sequence[Trial]) -> set[tuple[str, Endpoint, float | None]]:
    """Return what is published of trials that this one pools."""
    own = set(registries(trial))
    pooled = [one for one in single if one.id != trial.id and registries(one) and set(registries(one)) < own]
    return {_asked(one, row) for one in pooled for row in one.published}


def _pools(trial: Trial, row: PublishedRow, counted: Collection[Quantity]) -> bool:
    """Tell whether each arm of a group counts itself for the same quantity."""
    group = next((group for group in trial.groups if group.name == row.arm), None)
    if group is None or len(group.arms) < 2:
        return False
    phase, _, what, t = quantity_of(trial, row)
    return all((phase, arm, what, t) in counted for arm in group.arms)


def _follows(trial: Trial, row: PublishedRow, counted: Collection[Quantity]) -> bool:
    """Tell whether a treated arm's change is the sum of a counted difference and the counted reference arm's change."""
    if endpoint_of(trial, row) is not Endpoint.TREATED:
        return False
    phase, arm, what, t = quantity_of(trial, row)
    if what != Scale.MADRS or (phase, arm, "difference", t) not in counted:  # differences are of the MADRS
        return False
    return any((phase, reference.name, what, t) in counted for reference in reference_behind(trial, row))
