"""A trial with values missing: every subject at every visit, with what departures do to what was observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from euthymia.errors import UnknownNameError
from euthymia.statistics.effects import Rows, design_matrix
from euthymia.statistics.repeated import LongData, RepeatedMeasures, read_long
from euthymia.statistics.strategies import Strategy
from euthymia.statistics.table import Factor, TableError

Array = NDArray[np.floating]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Departure:
    """A subject's departure from treatment.

    Attributes:
        visit: The first visit after it.
        strategy: What is assumed from then on.
    """

    visit: str
    strategy: Strategy


@dataclass(frozen=True, eq=False)
class Incomplete:
    """A trial with a place for every subject at every visit.

    Attributes:
        data: A row for each place, subject after subject; the outcome is NaN where it is to be imputed.
        own: Design of each place, [subject, visit, column].
        reference: The same as if the subject were in the reference arm.
        arm: Arm of each subject, [subject].
        reference_arm: Number of the reference arm.
        kept: Visits of each subject before the departure, [subject]; all of them without one.
        strategy: What is assumed of each subject, by subject.
        names: The subjects.
    """

    data: LongData
    own: Array
    reference: Array
    arm: Index
    reference_arm: int
    kept: Index
    strategy: tuple[Strategy, ...]
    names: tuple[str, ...]

    @property
    def outcome(self) -> Array:
        """Return the outcome, [subject, visit]."""
        return self.data.outcome.reshape(self.own.shape[:2])

    def take(self, subjects: Index) -> Incomplete:
        """Return the trial of these subjects; one named twice counts as two."""
        visits = self.own.shape[1]
        places = (subjects[:, None] * visits + np.arange(visits)).ravel()
        data = self.data
        names = tuple(f"{number}" for number in range(len(subjects)))
        taken = LongData(
            data.measures,
            data.outcome[places],
            Factor(data.subject.name, names, np.repeat(np.arange(len(subjects)), visits)),
            data.rows.take(places),
            data.time[places],
            data.usable[places],
        )
        return Incomplete(
            taken, self.own[subjects], self.reference[subjects], self.arm[subjects], self.reference_arm,
            self.kept[subjects], tuple(self.strategy[subject] for subject in subjects), names,
        )  # fmt: skip


def incomplete(
    table: Any,
    measures: RepeatedMeasures,
    departures: Mapping[str, Departure] | Strategy = Strategy.AT_RANDOM,
    *,
    reference: str | None = None,
) -> Incomplete:
    """Arrange a trial for imputation.

    Outcomes after a departure are set aside, unless they are missing at random: they were measured under what the
    strategy says the subject would not have had.

    Args:
        table: A row for each subject and visit that was planned or observed; every subject needs a row, and has the
            same arm, factors and covariates in all of them.
        measures: Which columns mean what.
        departures: Departures by subject; or one strategy for everybody who left, from the visit after the last one
            observed.
        reference: The reference arm; the first if left out.

    Raises:
        UnknownNameError: When an arm, subject or visit does not exist.
        TableError: When a subject's arm, factor or covariate is missing or changes.
    """
    if measures.time is not None:
        raise TableError(
            f"times of visits given in {measures.time!r}; imputation knows visits only, leave the time out"
        )
    data = _every_place(read_long(table, measures))
    n, m = len(data.subject.levels), len(data.visit.levels)
    code = 0 if reference is None else data.arm.code(reference)
    moved = Factor(data.arm.name, data.arm.levels, np.full(n * m, code))
    kept, strategy = _departures(data, departures)
    outcome = data.outcome.reshape(n, m).copy()
    for subject in range(n):
        if strategy[subject] is not Strategy.AT_RANDOM:
            outcome[subject, kept[subject] :] = np.nan
    own, _ = design_matrix(data.rows, measures.terms)
    other, _ = design_matrix(Rows({**data.rows.factors, moved.name: moved}, data.rows.numbers), measures.terms)
    flat = outcome.ravel()
    final = LongData(measures, flat, data.subject, data.rows, data.time, np.isfinite(flat))
    arm = data.arm.codes.reshape(n, m)[:, 0]
    return Incomplete(
        final, own.reshape(n, m, -1), other.reshape(n, m, -1), arm, code, kept, strategy, data.subject.levels
    )


def _every_place(data: LongData) -> LongData:
    """Return a row for each subject and visit, with the subject's own arm, factors and covariates."""
    n, m = len(data.subject.levels), len(data.visit.levels)
    person = np.repeat(np.arange(n), m)
    factors = {data.visit.name: Factor(data.visit.name, data.visit.levels, np.tile(np.arange(m), n))}
    for name, factor in data.rows.factors.items():
        if name != data.visit.name:
            codes = _of_each(data, name, np.where(factor.codes < 0, np.nan, factor.codes))
            factors[name] = Factor(name, factor.levels, codes.astype(np.int64)[person])
    numbers = {name: _of_each(data, name, values)[person] for name, values in data.rows.numbers.items()}
    outcome = np.full((n, m), np.nan)
    outcome[data.subject.codes[data.usable], data.visit.codes[data.usable]] = data.outcome[data.usable]
    flat = outcome.ravel()
    subject = Factor(data.subject.name, data.subject.levels, person)
    time = np.tile(np.arange(m, dtype=float), n)
    return LongData(data.measures, flat, subject, Rows(factors, numbers), time, np.isfinite(flat))


def _of_each(data: LongData, name: str, values: Array) -> Array:
    """Return one value for each subject, or say whose is missing or changes."""
    there = np.isfinite(values) & (data.subject.codes >= 0)
    found = np.full(len(data.subject.levels), np.nan)
    found[data.subject.codes[there]] = values[there]
    for subject in np.flatnonzero(np.isnan(found)):
        raise TableError(f"subject {data.subject.levels[subject]!r} has no {name}; imputation needs one")
    changed = np.flatnonzero(there & (found[data.subject.codes] != values))
    if changed.size:
        who = data.subject.levels[data.subject.codes[changed[0]]]
        raise TableError(f"subject {who!r} has more than one {name}; imputation needs one that does not change")
    return found


def _departures(data: LongData, given: Mapping[str, Departure] | Strategy) -> tuple[Index, tuple[Strategy, ...]]:
    """Return the visits kept and the strategy of each subject."""
    n, m = len(data.subject.levels), len(data.visit.levels)
    if isinstance(given, Strategy):
        seen = data.usable.reshape(n, m)
        last = np.where(seen, np.arange(m) + 1, 0).max(axis=1)
        return last, tuple(given if kept < m else Strategy.AT_RANDOM for kept in last)
    kept, strategy = np.full(n, m), [Strategy.AT_RANDOM] * n
    for name, departure in given.items():
        if name not in data.subject.levels:
            raise UnknownNameError("subject", name, data.subject.levels)
        subject = data.subject.levels.index(name)
        kept[subject], strategy[subject] = data.visit.code(departure.visit), departure.strategy
    return kept, tuple(strategy)
