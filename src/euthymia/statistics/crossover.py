"""Cross-over trials of a table: treatments compared within people, adjusted for periods, and a test of carry-over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from euthymia.errors import UnknownNameError
from euthymia.statistics.table import Factor, TableError, read_factor, read_numbers
from euthymia.statistics.within_person import WithinEnd, WithinPeople, within_people

Array = NDArray[np.floating]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class CarryOver:
    """Whether a treatment still acts in the period after it.

    In two periods of two treatments it shows between people only: their sums over both periods are compared between the
    two sequences, with little power, and choosing the analysis by it inflates the error of the trial (Freeman 1989,
    Stat Med 8:1421). With more periods or treatments it is told within people.

    Attributes:
        estimate: Carry-over of the first sequence's first treatment less that of the other, of two by two; else None.
        se: Its standard error; else None.
        statistic: t of two by two, F of more.
        df: Degrees of freedom: of the numerator (1 for t) and of the error.
        p: p value of no carry-over, two-sided.
    """

    estimate: float | None
    se: float | None
    statistic: float
    df: tuple[float, float]
    p: float


@dataclass(frozen=True, eq=False)
class CrossOver:
    """A cross-over trial analysed; arrays are [difference] unless said otherwise.

    Attributes:
        names: What each difference is, for example ``"drug - placebo"``.
        difference: In the outcome's unit.
        se: Standard error.
        df: Degrees of freedom.
        low: Lower end of the interval.
        high: Upper end.
        p: Two-sided p value.
        periods: Names of the periods after the first.
        period_effect: Each less the first, [period].
        period_se: Its standard error, [period].
        carry_over: Its test; None where the design cannot tell it.
        people: People seen in two periods or more.
    """

    names: tuple[str, ...]
    difference: Array
    se: Array
    df: float
    low: Array
    high: Array
    p: Array
    periods: tuple[str, ...]
    period_effect: Array
    period_se: Array
    carry_over: CarryOver | None
    people: int


def crossover(
    table: Any,
    outcome: str,
    subject: str,
    period: str,
    treatment: str,
    *,
    baseline: str | None = None,
    reference: str | None = None,
    level: float = 0.95,
) -> CrossOver:
    """Compare treatments within people, adjusted for periods; a sequence is the same for a person and drops out.

    Args:
        table: A row for each person and period: pandas, Polars, Arrow or a mapping of columns.
        outcome: Column of values; rows without one are left out.
        subject: Column of people.
        period: Column of periods.
        treatment: Column of what was given then.
        baseline: Column of values at the start of the period, used as a covariate; none if left out.
        reference: The treatment that others are compared with; the first if left out.
        level: Level of the intervals.

    Raises:
        UnknownNameError: When a column or the reference does not exist.
        TableError: When a person has two rows in a period, there is but one treatment or period, or these people do not
            tell a difference.

    Source:
        Model and estimates as in ``within_person.py``; the test of carry-over by Grizzle (1965), Biometrics 21:467.
    """
    from scipy.special import stdtr, stdtrit

    given, who, when = read_factor(table, treatment), read_factor(table, subject), read_factor(table, period)
    if reference is not None and reference not in given.levels:
        raise UnknownNameError(f"level of {treatment}", reference, given.levels)
    if len(given.levels) < 2 or len(when.levels) < 2:
        raise TableError(f"{len(given.levels)} treatments in {len(when.levels)} periods; two of both are needed")
    value, had, start = _wide(table, outcome, baseline, who, when, given)
    base = 0 if reference is None else given.levels.index(reference)
    found = within_people(value, had, treatments=len(given.levels), reference=base, baseline=start)
    others = [number for number in range(len(given.levels)) if number != base]
    for number in others:
        if found.code[0, number] != WithinEnd.FITTED:
            raise TableError(f"these people do not tell {given.levels[number]!r} from {given.levels[base]!r}")
    difference, se, df = found.difference[0, others], found.se[0, others], float(found.df[0])
    half = stdtrit(df, 0.5 + level / 2.0) * se
    after = list(range(len(when.levels) - 1))
    return CrossOver(
        names=tuple(f"{given.levels[number]} - {given.levels[base]}" for number in others),
        difference=difference,
        se=se,
        df=df,
        low=difference - half,
        high=difference + half,
        p=2.0 * stdtr(df, -np.abs(difference / se)),
        periods=when.levels[1:],
        period_effect=found.coefficients[0, after],
        period_se=np.sqrt(found.covariance[0, after, after]),
        carry_over=_carry_over(value, had, start, len(given.levels), base),
        people=int(found.people[0]),
    )


def _wide(
    table: Any, outcome: str, baseline: str | None, who: Factor, when: Factor, given: Factor
) -> tuple[Array, Index, Array | None]:
    """Return values, treatments and baselines of a table as one replicate, [1, subject, period]."""
    used = (who.codes >= 0) & (when.codes >= 0) & (given.codes >= 0)
    at = who.codes[used] * len(when.levels) + when.codes[used]
    places, times = np.unique(at, return_counts=True)
    if (times > 1).any():
        person, number = divmod(int(places[times > 1][0]), len(when.levels))
        raise TableError(f"{who.levels[person]!r} has more than one row in period {when.levels[number]!r}")

    def laid_out(column: NDArray[Any], nothing: float) -> NDArray[Any]:
        filled = np.full(len(who.levels) * len(when.levels), nothing, dtype=column.dtype)
        filled[at] = column[used]
        return filled.reshape(1, len(who.levels), len(when.levels))

    start = None if baseline is None else laid_out(read_numbers(table, baseline), np.nan)
    return laid_out(read_numbers(table, outcome), np.nan), laid_out(given.codes, -1), start


def _carry_over(value: Array, had: Index, start: Array | None, treatments: int, base: int) -> CarryOver | None:
    if treatments == 2 and value.shape[-1] == 2:
        return _two_by_two(value[0], had[0])
    found = within_people(value, had, treatments=treatments, reference=base, baseline=start, carry_over=True)
    return _jointly(found, treatments - 1)


def _two_by_two(value: Array, had: Index) -> CarryOver | None:
    """Return the test on sums over both periods, of people who had both treatments."""
    from scipy.special import stdtr

    whole = np.isfinite(value).all(1) & (had >= 0).all(1) & (had[:, 0] != had[:, 1])
    sums, first = value[whole].sum(1), had[whole, 0]
    sides = [sums[first == number] for number in np.unique(first)]
    if len(sides) < 2 or len(sums) < 3:
        return None
    df = len(sums) - 2.0
    variance = sum(float(((side - side.mean()) ** 2).sum()) for side in sides) / df
    se = float(np.sqrt(variance * sum(1.0 / len(side) for side in sides)))
    if not se > 0.0:
        return None
    estimate = float(sides[0].mean() - sides[1].mean())
    return CarryOver(estimate, se, estimate / se, (1.0, df), float(2.0 * stdtr(df, -abs(estimate / se))))


def _jointly(found: WithinPeople, count: int) -> CarryOver | None:
    """Return the F test of the last ``count`` columns; None where the data do not tell them."""
    from scipy.special import fdtrc

    df = float(found.df[0])
    if not found.told[0, -count:].all() or df <= 0.0:
        return None
    b, V = found.coefficients[0, -count:], found.covariance[0, -count:, -count:]
    statistic = float(b @ np.linalg.solve(V, b)) / count
    return CarryOver(None, None, statistic, (float(count), df), float(fdtrc(count, df, statistic)))
