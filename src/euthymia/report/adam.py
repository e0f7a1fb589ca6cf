"""Analysis datasets of one replicate of a simulated trial, as a statistician of a real one would have them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from euthymia.errors import EuthymiaError
from euthymia.report.adam_dataset import HOURS_PER_DAY, Dataset
from euthymia.report.adam_variables import Kind
from euthymia.trials.data import TrialData

REFERENCE = date(2000, 1, 1)  # everybody's day 1 where nobody asks for another: it happened to no one
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)


def datasets(data: TrialData, *, start: date = REFERENCE) -> tuple[Dataset, ...]:
    """Return ADSL, ADQS, ADEX, ADAE, ADVS and ADTTE, those without a row left out.

    Args:
        data: One replicate (`euthymia.trials.conduct.conduct_one`).
        start: The date of everybody's randomisation; where the trial enrols over time, that on which the first site
            opens.

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
    return tuple(_on_the_calendar(each, data) for each in (people, *made) if each is people or each.rows)


def _on_the_calendar(dataset: Dataset, data: TrialData) -> Dataset:
    """Return a dataset with the dates of each subject counted from the day on which it was randomised."""
    if data.trial.enrolment is None or data.enrolled is None:
        return dataset
    days = np.floor(data.enrolled[0] / HOURS_PER_DAY)[dataset["SUBJID"].astype(int) - 1]
    dates = {each.name: dataset[each.name] + days for each in dataset.variables if each.kind is Kind.DATE}
    return replace(dataset, columns={**dataset.columns, **dates})


def check_start(start: date) -> None:
    """Refuse a date at which no trial starts.

    Raises:
        EuthymiaError: Naming the date and what is allowed.
    """
    if not EARLIEST <= start <= LATEST:
        raise EuthymiaError(f"the trial starts on {start}; allowed: from {EARLIEST} to {LATEST}")
