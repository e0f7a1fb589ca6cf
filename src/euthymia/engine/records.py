"""The records of a data file: what each row asks for, and which rows cannot be followed and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from itertools import groupby

from euthymia.errors import EuthymiaError


class RecordsError(EuthymiaError):
    """A data file that cannot be followed as written; ``problems`` lists every bad row."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__(message)


class Evid(IntEnum):
    """What a record is (EVID)."""

    OBSERVATION = 0
    DOSE = 1
    OTHER = 2
    RESET = 3
    RESET_AND_DOSE = 4

    @property
    def doses(self) -> bool:
        """Whether the record gives a dose."""
        return self in (Evid.DOSE, Evid.RESET_AND_DOSE)

    @property
    def resets(self) -> bool:
        """Whether the record empties the body."""
        return self in (Evid.RESET, Evid.RESET_AND_DOSE)


class SteadyState(IntEnum):
    """Whether a dose is the last of endlessly many (SS)."""

    NONE = 0
    RESETS = 1
    ADDS = 2


class Rate(IntEnum):
    """What a RATE that is no rate says: the model gives the rate, or the duration."""

    MODELLED_RATE = -1
    MODELLED_DURATION = -2


@dataclass(frozen=True)
class Record:
    """One row that can be followed.

    Attributes:
        line: Line of the file, from 1.
        ID: The individual.
        t: Time, in the file's time unit.
        evid: What the record is.
        amt: Amount of a dose.
        cmt: Compartment by number or name; empty for the default one.
        mdv: Whether DV is missing.
        ii: Interval between doses.
        addl: Additional doses, one each ``ii``.
        ss: Steady state.
        rate: Rate of an infusion; 0 for a bolus, -1 and -2 where the model says rate or duration.
        duration: Duration of an infusion, where the file states it (DUR); 0 otherwise.
        dv: The observation, NaN where there is none.
        covariates: Every other column as it stands in the file.
    """

    line: int
    ID: str
    t: float
    evid: Evid
    amt: float = 0.0
    cmt: str = ""
    mdv: bool = False
    ii: float = 0.0
    addl: int = 0
    ss: SteadyState = SteadyState.NONE
    rate: float = 0.0
    duration: float = 0.0
    dv: float = float("nan")
    covariates: Mapping[str, str] = field(default_factory=dict)

    @property
    def predicted(self) -> bool:
        """Whether the record gets a prediction: observations and other-type events do."""
        return self.evid in (Evid.OBSERVATION, Evid.OTHER)


@dataclass(frozen=True)
class Problem:
    """One row that cannot be followed.

    Attributes:
        line: Line of the file, from 1.
        ID: The individual as the row spells it; may be empty.
        dose: Whether the row asks for a dose, or may do so.
        reason: Everything that is wrong with it.
    """

    line: int
    ID: str
    dose: bool
    reason: str


@dataclass(frozen=True)
class Dataset:
    """A data file as read.

    Attributes:
        name: The file's name, for messages.
        columns: The header.
        records: The rows that can be followed, in the file's order.
        problems: The rows that cannot, in the file's order.
        comments: How many comment lines were passed over.
        time_unit: The unit that the file itself states for its times (RLTU), empty where it states none.
    """

    name: str
    columns: tuple[str, ...]
    records: tuple[Record, ...]
    problems: tuple[Problem, ...] = ()
    comments: int = 0
    time_unit: str = ""

    @property
    def rows(self) -> int:
        """Number of data rows, good and bad."""
        return len(self.records) + len(self.problems)

    def individuals(self) -> Iterator[tuple[str, tuple[Record, ...]]]:
        """Yield each individual with its records."""
        for ID, group in groupby(self.records, key=lambda record: record.ID):
            yield ID, tuple(group)

    def without(self, problems: Sequence[Problem]) -> Dataset:
        """Return the file with further rows counted as bad."""
        bad = {problem.line for problem in problems}
        kept = tuple(record for record in self.records if record.line not in bad)
        return replace(self, records=kept, problems=tuple(sorted((*self.problems, *problems), key=lambda p: p.line)))

    def refuse(self) -> None:
        """Raise when any row is bad.

        Raises:
            RecordsError: With every bad row in ``problems``, and the first few in the message.
        """
        if not self.problems:
            return
        doses = sum(problem.dose for problem in self.problems)
        listed = "; ".join(f"line {problem.line}: {problem.reason}" for problem in self.problems[:3])
        more = f"; and {len(self.problems) - 3} more" if len(self.problems) > 3 else ""
        raise RecordsError(
            f"{len(self.problems)} of {self.rows} rows of {self.name} cannot be used ({doses} of them doses): "
            f"{listed}{more}",
            self.problems,
        )
