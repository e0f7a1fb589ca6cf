"""An analysis dataset as columns with names, labels and kinds, put together from blocks of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from euthymia.report.adam_variables import Kind, Variable, variable

SAS_EPOCH = date(1960, 1, 1)
HOURS_PER_DAY = 24.0


@dataclass(frozen=True, eq=False)
class Dataset:
    """One dataset.

    Attributes:
        name: Its name, such as ``ADSL``.
        label: What it holds, at most forty characters.
        structure: What one row is.
        variables: Its variables in order.
        keys: Variables by which rows are sorted, and told apart.
        columns: Values by variable, [row]: text, or numbers with NaN where missing; dates are days since 1960-01-01.
    """

    name: str
    label: str
    structure: str
    variables: tuple[Variable, ...]
    keys: tuple[str, ...]
    columns: Mapping[str, np.ndarray]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.columns[self.variables[0].name])

    def __getitem__(self, name: str) -> np.ndarray:
        """Return a column."""
        return self.columns[name]


@dataclass(frozen=True, eq=False)
class Block:
    """Rows of some subjects that have something in common.

    Attributes:
        who: Number of each row's subject, from 0, [row].
        values: Values by variable: [row], or one for all rows.
    """

    who: np.ndarray
    values: Mapping[str, object]


@dataclass(frozen=True)
class Form:
    """What a dataset is to look like: its name, label, what a row is, its variables, and its keys."""

    name: str
    label: str
    structure: str
    names: tuple[str, ...]
    keys: tuple[str, ...]
    of_subject: tuple[str, ...] = field(default=())  # variables that are taken over from ADSL


def assembled(form: Form, blocks: Sequence[Block], subjects: Dataset | None = None) -> Dataset:
    """Return the rows of blocks as one dataset, sorted by its keys.

    Args:
        form: What it is to look like.
        blocks: Its rows; a variable that a block does not name is missing there.
        subjects: ADSL, from which the variables of the subjects are taken.
    """
    variables = tuple(variable(name) for name in (*form.of_subject, *form.names))
    who = np.concatenate([block.who for block in blocks]) if blocks else np.zeros(0, dtype=int)
    columns = {each.name: _column(each, blocks) for each in variables if each.name not in form.of_subject}
    if subjects is not None:
        columns = {name: subjects[name][who] for name in form.of_subject} | columns
    order = np.lexsort([_sortable(columns[key]) for key in reversed(form.keys)])
    return Dataset(
        *(form.name, form.label, form.structure, variables, form.keys),
        {each.name: columns[each.name][order] for each in variables},
    )


def sas_day(start: date, hours: np.ndarray | float) -> np.ndarray:
    """Return the date of times after randomisation (h) as days since 1960-01-01; NaN where the time is not finite."""
    hours = np.asarray(hours, dtype=float)
    whole = np.floor(np.where(np.isfinite(hours), hours, 0.0) / HOURS_PER_DAY)
    return np.where(np.isfinite(hours), (start - SAS_EPOCH).days + whole, np.nan)


def study_day(hours: np.ndarray | float) -> np.ndarray:
    """Return the study day of times after randomisation (h): 1 is the day of the first dose, and there is no day 0."""
    return np.floor(np.asarray(hours, dtype=float) / HOURS_PER_DAY) + 1.0


def _column(of: Variable, blocks: Sequence[Block]) -> np.ndarray:
    text = of.kind is Kind.TEXT
    missing, kind = ("", object) if text else (np.nan, float)
    parts = [np.broadcast_to(np.asarray(b.values.get(of.name, missing), dtype=kind), b.who.shape) for b in blocks]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=kind)


def _sortable(values: np.ndarray) -> np.ndarray:
    return values.astype(str) if values.dtype == object else np.nan_to_num(values, nan=-np.inf)
