"""Trials of a network of treatments: what each compared, what it found, and how its comparisons go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from euthymia.errors import UnknownNameError
from euthymia.statistics.table import Factor, TableError, read_factor, read_numbers

Array = NDArray[np.floating]
AGREE = 1e-3  # of its standard error, by which the comparisons of one study may disagree through rounding
HALF = 0.5  # added to every cell of a study of which one is empty


@dataclass(frozen=True, eq=False)
class Study:
    """Comparisons of all arms of one study with its first.

    Attributes:
        name: The study.
        arms: Numbers of its treatments, in their order; the first is what others are compared with.
        effects: Other arm - first arm, [arm - 1].
        covariance: Of the effects, [arm - 1, arm - 1]: they share the first arm.
    """

    name: str
    arms: tuple[int, ...]
    effects: Array
    covariance: Array


@dataclass(frozen=True, eq=False)
class Network:
    """Studies that hang together.

    Attributes:
        treatments: Names, the reference first.
        studies: What was found.
    """

    treatments: tuple[str, ...]
    studies: tuple[Study, ...]

    def __post_init__(self) -> None:
        apart = _apart(len(self.treatments), self.studies)
        if apart:
            names = ", ".join(repr(self.treatments[number]) for number in apart)
            raise TableError(
                f"no path of studies leads from {self.treatments[0]!r} to {names}; analyse each connected part alone"
            )

    @property
    def designs(self) -> tuple[tuple[int, ...], ...]:
        """Return the sets of treatments that studies compared, in the order in which they occur."""
        return tuple(dict.fromkeys(study.arms for study in self.studies))

    def design_name(self, design: tuple[int, ...]) -> str:
        """Return the treatments of a design by name."""
        return " : ".join(self.treatments[number] for number in design)


def read_arms(
    table: Any,
    *,
    study: str,
    treatment: str,
    estimate: str,
    se: str,
    reference: str | None = None,
) -> Network:
    """Read a table with a row for each arm of each study: a mean with its standard error, or a log odds with its own.

    Args:
        table: A pandas, Polars or Arrow table, or a mapping of columns.
        study: Column that tells studies apart.
        treatment: Column of treatments.
        estimate: Column of what was found in the arm.
        se: Column of its standard error.
        reference: Treatment that others are compared with; the first in natural order if left out.

    Raises:
        UnknownNameError: When a column or the reference does not exist.
        TableError: When a value is missing, a study has one arm or a treatment twice, or studies do not hang together.
    """
    studies, treatments = read_factor(table, study), _treatments([read_factor(table, treatment)], reference)
    return _from_arms(studies, treatments[0], read_numbers(table, estimate), _square(read_numbers(table, se)))


def read_counts(
    table: Any,
    *,
    study: str,
    treatment: str,
    events: str,
    total: str,
    reference: str | None = None,
) -> Network:
    """Read a table with a row for each arm of each study: people with an event, of how many.

    Effects are logarithms of odds ratios. Where a cell of a study is empty, a half is added to all its cells.

    Args:
        table: A pandas, Polars or Arrow table, or a mapping of columns.
        study: Column that tells studies apart.
        treatment: Column of treatments.
        events: Column of people with the event.
        total: Column of all people of the arm.
        reference: Treatment that others are compared with; the first in natural order if left out.

    Raises:
        UnknownNameError: When a column or the reference does not exist.
        TableError: As ``read_arms``, and when counts are impossible or a study has no event or nothing but events.
    """
    studies, treatments = read_factor(table, study), _treatments([read_factor(table, treatment)], reference)
    had, of = read_numbers(table, events), read_numbers(table, total)
    if not np.all((had >= 0.0) & (of >= had) & (of > 0.0)):
        raise TableError(f"{events!r} must lie between 0 and {total!r}, and {total!r} be above 0, in every row")
    for code, name in enumerate(studies.levels):
        here = studies.codes == code
        if not had[here].any() or np.all(had[here] == of[here]):
            raise TableError(
                f"study {name!r} has no event, or nothing but events; it tells nothing of odds, leave it out"
            )
        if np.any((had[here] == 0.0) | (had[here] == of[here])):
            had[here], of[here] = had[here] + HALF, of[here] + 2.0 * HALF
    return _from_arms(studies, treatments[0], np.log(had / (of - had)), 1.0 / had + 1.0 / (of - had))


def read_pairs(
    table: Any,
    *,
    study: str,
    treatment: str,
    comparator: str,
    effect: str,
    se: str,
    reference: str | None = None,
) -> Network:
    """Read a table with a row for each pair of treatments that a study compared; a study of m arms has m (m - 1) / 2.

    The covariance of two effects that share an arm follows from the variances of all pairs.

    Args:
        table: A pandas, Polars or Arrow table, or a mapping of columns.
        study: Column that tells studies apart.
        treatment: Column of the one treatment.
        comparator: Column of the other.
        effect: Column of effects, treatment - comparator.
        se: Column of their standard errors.
        reference: Treatment that others are compared with; the first in natural order if left out.

    Raises:
        UnknownNameError: When a column or the reference does not exist.
        TableError: When a value is missing, a study lacks a pair or contradicts itself, or studies do not hang
            together.
    """
    studies = read_factor(table, study)
    one, other = _treatments([read_factor(table, treatment), read_factor(table, comparator)], reference)
    y, v = read_numbers(table, effect), _square(read_numbers(table, se))
    _check_rows(studies, (one, other), y, v)
    found = []
    for code, name in enumerate(studies.levels):
        rows = np.flatnonzero(studies.codes == code)
        found.append(_from_pairs(name, one.codes[rows], other.codes[rows], y[rows], v[rows], one.levels))
    return Network(one.levels, tuple(found))


def _treatments(factors: Sequence[Factor], reference: str | None) -> list[Factor]:
    """Return columns of treatments with one set of levels, the reference first."""
    present = dict.fromkeys(level for factor in factors for level in factor.levels)
    order = read_factor({"treatment": list(present)}, "treatment").levels
    if reference is not None:
        if reference not in order:
            raise UnknownNameError("treatment", reference, order)
        order = (reference, *(level for level in order if level != reference))
    found = []
    for factor in factors:
        moved = np.array([order.index(level) for level in factor.levels] + [-1], dtype=np.int64)
        found.append(Factor(factor.name, order, moved[factor.codes]))
    return found


def _square(se: Array) -> Array:
    """Return variances; of what is no standard error, none."""
    return np.where(se > 0.0, se, np.nan) ** 2


def _check_rows(studies: Factor, treatments: Sequence[Factor], y: Array, v: Array) -> None:
    whole = np.isfinite(y) & np.isfinite(v) & (v > 0.0) & (studies.codes >= 0)
    for factor in treatments:
        whole &= factor.codes >= 0
    if not whole.all():
        row = int(np.argmin(whole)) + 1
        raise TableError(f"row {row} of the network lacks a value, or its standard error is not above 0; leave it out")


def _from_arms(studies: Factor, treatments: Factor, y: Array, v: Array) -> Network:
    _check_rows(studies, [treatments], y, v)
    found = []
    for code, name in enumerate(studies.levels):
        rows = np.flatnonzero(studies.codes == code)
        rows = rows[np.argsort(treatments.codes[rows])]
        arms = tuple(map(int, treatments.codes[rows]))
        if len(arms) < 2 or len(set(arms)) < len(arms):
            raise TableError(
                f"study {name!r} has {len(arms)} arms of {len(set(arms))} treatments; two at least, each once"
            )
        first, others = rows[0], rows[1:]
        found.append(Study(name, arms, y[others] - y[first], np.diag(v[others]) + v[first]))
    return Network(treatments.levels, tuple(found))


def _from_pairs(
    name: str, one: NDArray[np.int64], other: NDArray[np.int64], y: Array, v: Array, levels: tuple[str, ...]
) -> Study:
    """Return a study from all its pairs."""
    arms = tuple(map(int, np.unique([one, other])))
    signed = {(a, b): (s * effect, variance) for p, q, effect, variance in zip(one, other, y, v, strict=True)
              for a, b, s in ((int(p), int(q), 1.0), (int(q), int(p), -1.0))}  # fmt: skip
    for a, b in combinations(arms, 2):
        if (a, b) not in signed:
            raise TableError(f"study {name!r} has no row for {levels[a]!r} and {levels[b]!r}; every pair has one")
    if len(y) != len(arms) * (len(arms) - 1) // 2:
        raise TableError(f"study {name!r} has {len(y)} rows for {len(arms)} arms; each pair of different arms has one")
    first, others = arms[0], arms[1:]
    effects = np.array([signed[arm, first][0] for arm in others])
    to_first = np.array([signed[arm, first][1] for arm in others])
    between = np.array([[signed[a, b][1] if a != b else 0.0 for b in others] for a in others])
    for i, j in combinations(range(len(others)), 2):
        if abs(effects[i] - effects[j] - signed[others[i], others[j]][0]) > AGREE * np.sqrt(between[i, j]):
            raise TableError(
                f"study {name!r} contradicts itself: {levels[others[i]]!r} - {levels[others[j]]!r} is not what "
                f"both make against {levels[first]!r}"
            )
    covariance = (to_first[:, None] + to_first[None, :] - between) / 2.0
    if np.linalg.eigvalsh(covariance)[0] <= 0.0:
        raise TableError(f"the standard errors of study {name!r} do not fit each other: no arms could give them")
    return Study(name, arms, effects, covariance)


def _apart(count: int, studies: Sequence[Study]) -> list[int]:
    """Return the treatments that no path of studies joins to the reference."""
    reached = {0}
    while True:
        more = {arm for study in studies if reached & set(study.arms) for arm in study.arms} - reached
        if not more:
            return sorted(set(range(count)) - reached)
        reached |= more
