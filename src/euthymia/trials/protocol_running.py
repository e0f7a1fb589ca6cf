"""The tables of a trial file that say how it is run from day to day (see docs/trial-format.md)."""

from __future__ import annotations

from euthymia.evidence.strict import Table, choice, number, only, optional_table
from euthymia.trials.running import Enrolment, Recruitment

LONGEST_ENROLMENT = 24.0 * 3660  # h, ten years


def enrolment(root: Table) -> Enrolment | None:
    """Return when people are randomised; None where a file does not say."""
    entry = optional_table(root, "enrolment")
    if entry is None:
        return None
    only(entry, "duration", "pattern")
    return Enrolment(
        duration=number(entry, "duration", low=0.0, high=LONGEST_ENROLMENT),
        pattern=choice(entry, "pattern", Recruitment, Recruitment.UNIFORM),
    )
