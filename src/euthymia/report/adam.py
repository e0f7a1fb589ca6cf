"""Analysis datasets of one replicate of a simulated trial, as a statistician of a real one would have them."""

from __future__ import annotations

from datetime import date

from euthymia.errors import EuthymiaError
from euthymia.report.adam_dataset import Dataset
from euthymia.trials.data import TrialData

REFERENCE = date(2000, 1, 1)  # everybody's day 1 where nobody asks for another: it happened to no one
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)


def datasets(data: TrialData, *, start: date = REFERENCE) -> tuple[Dataset, ...]:
    """Return ADSL, ADQS, ADEX, ADAE, ADVS and ADTTE, those without a row left out.

    Args:
        data: One replicate (`euthymia.trials.conduct.conduct_one`).
        start: The date of everybody's randomisation.

    Raises:
        EuthymiaError: When there is more than one replicate, or the date is out of reach.

    Source:
        CDISC Analysis Data Model Implementation Guide 1.2 (2019).
    """
    from euthymia.report.adam_exposure import exposure
    from euthymia.report.adam_safety import events, pressures
    from euthymia.report.adam_scores import scores
    from euthymia.report.adam_subjects import subjects
    from euthymia.report.adam_times import times

    check_start(start)
    people = subjects(data, start)
    made = [make(data, people, start) for make in (scores, exposure, events, pressures, times)]
    return (people, *(each for each in made if each.rows))


def check_start(start: date) -> None:
    """Refuse a date at which no trial starts.

    Raises:
        EuthymiaError: Naming the date and what is allowed.
    """
    if not EARLIEST <= start <= LATEST:
        raise EuthymiaError(f"the trial starts on {start}; allowed: from {EARLIEST} to {LATEST}")
