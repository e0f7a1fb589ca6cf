"""What is asked for beside a regimen, in words: read and refused without numerics, turned into objects when it runs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from euthymia.errors import ScheduleError
from euthymia.models.accounts import Mechanism
from euthymia.treatment.dose import HOURS_PER_DAY, LAST_DAY
from euthymia.treatment.others import other_drug
from euthymia.treatment.therapy import session_times, therapy

if TYPE_CHECKING:
    from euthymia.models.beside import Beside
    from euthymia.models.chain import Chain

# Records that an account reads beside those of the default chain.
READ_BY = {
    Mechanism.HYDROXYNORKETAMINE: ("hydroxynorketamine", "manipulations"),
    Mechanism.SEROTONIN_ONLY: ("rivals",),
    Mechanism.PLASTICITY_ONLY: ("rivals",),
    Mechanism.CLOSED_LOOP: ("rivals",),
}


@dataclass(frozen=True)
class Asked:
    """Therapy, other drugs, depletion and the account of how treatment works.

    Attributes:
        therapy: Sessions, such as ``"weekly for 10 weeks from day 15"``; empty for none.
        others: Drugs that act on the way from the trigger to connections.
        deplete_on: Day on which serotonin is depleted, counted as study days: 1 is the first; None for never.
        mechanism: The account.

    Raises:
        ScheduleError: When the sessions or the day cannot be.
        UnknownNameError: When one of the drugs does not act on the chain.
    """

    therapy: str = ""
    others: tuple[str, ...] = ()
    deplete_on: float | None = None
    mechanism: Mechanism = Mechanism.DISINHIBITION

    def __post_init__(self) -> None:
        if self.therapy:
            session_times(self.therapy)
        for name in self.others:
            other_drug(name)
        if self.deplete_on is not None and not (math.isfinite(self.deplete_on) and 1 <= self.deplete_on <= LAST_DAY):
            raise ScheduleError(f"depletion on day {self.deplete_on:g}; expected a study day from 1 to {LAST_DAY}")

    @property
    def words(self) -> tuple[str, ...]:
        """What is asked for, a phrase each."""
        said = [f"therapy {self.therapy}"] if self.therapy else []
        said += [f"with {name}" for name in self.others]
        said += [] if self.deplete_on is None else [f"serotonin depleted on day {self.deplete_on:g}"]
        return (*said, *([] if self.mechanism is Mechanism.DISINHIBITION else [f"mechanism {self.mechanism.value}"]))

    @property
    def records(self) -> tuple[str, ...]:
        """Names of the records that this brings in beside those of the default chain."""
        lacking = () if self.deplete_on is None else ("serotonin",)
        return tuple(sorted({*self.beside().records, *READ_BY.get(self.mechanism, ()), *lacking}))

    def beside(self) -> Beside:
        """Return what people are given beside the regimen; depletion as the record of that name has it."""
        from euthymia.evidence import load_record
        from euthymia.models.beside import Beside, Depletion

        lack = load_record("depletion")
        size = lack.value("share", "1"), lack.value("half_life", "h")
        start = () if self.deplete_on is None else (HOURS_PER_DAY * (self.deplete_on - 1),)
        return Beside(
            therapy=therapy(self.therapy) if self.therapy else None,
            others=tuple(row for name in self.others for row in other_drug(name)),
            depletions=tuple(Depletion(t, *size) for t in start),
        )

    def chain(self) -> Chain:
        """Return the chain under the account."""
        from euthymia.models.rivals import rival

        return rival(self.mechanism)
