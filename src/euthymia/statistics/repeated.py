"""What is measured repeatedly, on whom, in which arms, and which fixed effects explain its mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from euthymia.errors import UnknownNameError
from euthymia.statistics.effects import Rows, Term
from euthymia.statistics.table import Factor, TableError, read_factor, read_numbers

Array = NDArray[np.floating]


@dataclass(frozen=True)
class RepeatedMeasures:
    """The columns of a table with a row for each subject and visit, and the mean that is fitted to them.

    The mean has an intercept, the arms, the visits, arm x visit, every further factor and covariate, and the product
    of visit with those named in ``by_visit``; or else the terms given as ``mean``.

    Attributes:
        outcome: Column of the measured number, usually the change from baseline.
        subject: Column that tells subjects apart.
        visit: Column of visits.
        arm: Column of arms.
        factors: Further columns of names (strata, regions).
        covariates: Further columns of numbers (the baseline).
        by_visit: Those of the factors and covariates whose effect differs between visits.
        arm_by_visit: Whether the arms' differences differ between visits.
        visits: The visits in their order; left out, their natural order.
        arms: The arms, the reference first; left out, their natural order.
        mean: Terms of the mean, if they are to be others; of the columns named above.
        time: Column of times, for a covariance that falls with time; left out, visits are one unit apart.
    """

    outcome: str
    subject: str
    visit: str
    arm: str
    factors: tuple[str, ...] = ()
    covariates: tuple[str, ...] = ()
    by_visit: tuple[str, ...] = ()
    arm_by_visit: bool = True
    visits: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()
    mean: tuple[Term, ...] = ()
    time: str | None = None

    def __post_init__(self) -> None:
        known = self.factors + self.covariates
        for name in self.by_visit:
            if name not in known:
                raise UnknownNameError("factor or covariate", name, known)
        for term in self.mean:
            for name, there in (
                *((each, (self.arm, self.visit, *self.factors)) for each in term.factors),
                *((each, self.covariates) for each in term.numbers),
            ):
                if name not in there:
                    raise UnknownNameError("column of this kind for the mean", name, there)

    @property
    def terms(self) -> tuple[Term, ...]:
        """Return the terms of the mean, in the order of their columns."""
        if self.mean:
            return self.mean
        main = [Term(), Term((self.arm,)), Term((self.visit,))]
        main += [Term((name,)) for name in self.factors] + [Term((), (name,)) for name in self.covariates]
        crossed = [Term((self.arm, self.visit))] if self.arm_by_visit else []
        crossed += [
            Term((name, self.visit)) if name in self.factors else Term((self.visit,), (name,)) for name in self.by_visit
        ]
        return (*main, *crossed)


@dataclass(frozen=True, eq=False)
class LongData:
    """A table as read: one entry for each row, rows that cannot be used included.

    Attributes:
        measures: What was read.
        outcome: [row]; NaN where it was not observed.
        subject: Subjects.
        rows: Arms, visits, factors and covariates.
        time: [row].
        usable: Whether outcome and everything that explains it are there, [row].
    """

    measures: RepeatedMeasures
    outcome: Array
    subject: Factor
    rows: Rows
    time: Array
    usable: NDArray[np.bool_]

    @property
    def visit(self) -> Factor:
        """Return the visits."""
        return self.rows.factors[self.measures.visit]

    @property
    def arm(self) -> Factor:
        """Return the arms."""
        return self.rows.factors[self.measures.arm]


def read_long(table: Any, measures: RepeatedMeasures) -> LongData:
    """Read a table with a row for each subject and visit.

    Args:
        table: A pandas, Polars or Arrow table, or a mapping of columns.
        measures: Which columns mean what.

    Raises:
        UnknownNameError: When a column or a level does not exist.
        TableError: When a subject has two rows for one visit, or no row can be used.
    """
    outcome = read_numbers(table, measures.outcome)
    subject = read_factor(table, measures.subject)
    factors = {
        measures.visit: read_factor(table, measures.visit, levels=measures.visits),
        measures.arm: read_factor(table, measures.arm, levels=measures.arms),
        **{name: read_factor(table, name) for name in measures.factors},
    }
    numbers = {name: read_numbers(table, name) for name in measures.covariates}
    visit = factors[measures.visit]
    time = visit.codes.astype(float) if measures.time is None else read_numbers(table, measures.time)
    usable = np.isfinite(outcome) & np.isfinite(time) & (subject.codes >= 0)
    for factor in factors.values():
        usable &= factor.codes >= 0
    for number in numbers.values():
        usable &= np.isfinite(number)
    _check_visits(subject, visit, usable)
    return LongData(measures, outcome, subject, Rows(factors, numbers), time, usable)


def _check_visits(subject: Factor, visit: Factor, usable: NDArray[np.bool_]) -> None:
    if not usable.any():
        raise TableError("no row can be used; a row needs an outcome, a subject, a visit, an arm and every covariate")
    key = (subject.codes * len(visit.levels) + visit.codes)[usable]
    found, count = np.unique(key, return_counts=True)
    if np.any(count > 1):
        who, when = divmod(int(found[np.argmax(count > 1)]), len(visit.levels))
        raise TableError(
            f"subject {subject.levels[who]!r} has {count.max()} rows for visit {visit.levels[when]!r}; one is allowed"
        )
