"""What rivals may learn from: calibration rows as numbers with errors, of whom, when, and on which scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from euthymia.errors import EvidenceError
from euthymia.evidence.published import Measure, PublishedRow, Split, Status
from euthymia.score.endpoint import (
    CHANGES,
    DIFFERENCES,
    Kind,
    arms_behind,
    kind_of,
    reference_behind,
)
from euthymia.score.given import Given, Setting, given, setting
from euthymia.score.standing import PREFERRED, people_behind
from euthymia.symptoms.scale import Scale
from euthymia.trials.design import Trial

HAMILTON = (Measure.HAMD17_CHANGE, Measure.HAMD21_CHANGE, Measure.HAMD_CHANGE)  # taken as one scale by rivals
DIFFERENCE, ON_HAMILTON = "difference", "Hamilton"
PERCENT, HALF = 100.0, 0.5


@dataclass(frozen=True)
class Observed:
    """One number of a calibration trial.

    Attributes:
        trial: The trial's id.
        arm: The row's arm.
        what: Changes of a scale, differences, or the measure.
        treated: What the arm is given.
        against: What its reference arm is given; None where the number is no difference.
        setting: Where people are treated.
        t: Hours since the start of the phase.
        value: Points, mmHg, or the logit of a share.
        variance: Its squared standard error.
        sd: Standard deviation between people; None where it is not known, or of a share.
        n: People.
    """

    trial: str
    arm: str
    what: str
    treated: Given
    against: Given | None
    setting: Setting
    t: float
    value: float
    variance: float
    sd: float | None
    n: int


def what_of(row: PublishedRow) -> str:
    """Return the name under which rows are put together: Hamilton scales are one, a difference is of the MADRS."""
    if row.measure in DIFFERENCES:
        return DIFFERENCE
    if row.measure in HAMILTON:
        return ON_HAMILTON
    return str(CHANGES.get(row.measure, row.measure))


def changes_of(scale: Scale) -> str:
    """Return the name under which changes of a scale are put together."""
    return ON_HAMILTON if scale is Scale.HAMD17 else str(scale)


def since_start(trial: Trial, row: PublishedRow) -> float | None:
    """Return the time of a row since the start of its phase, h; None where it has none."""
    start = next((phase.start for phase in trial.phases if phase.name == row.phase), 0.0)
    return None if row.t is None else max(row.t - start, 0.0)


def observed(trials: Iterable[Trial]) -> tuple[Observed, ...]:
    """Return what calibration trials say; of rows of one quantity, the preferred estimator's.

    Args:
        trials: Trials of the calibration split.

    Raises:
        EvidenceError: When a row is not marked for calibration.
    """
    found: list[Observed] = []
    for trial in trials:
        for row in trial.published:
            if row.split is not Split.CALIBRATION:
                raise EvidenceError(f"row {row.row_id} is marked {row.split}; rivals learn from calibration rows only")
        of_trial: dict[tuple[str, str, float], Observed] = {}
        for row in sorted(trial.published, key=lambda one: PREFERRED.index(one.estimator)):
            one = _observed(trial, row)
            if one:
                of_trial.setdefault((one.arm, one.what, row.t or 0.0), one)
        found += [*of_trial.values(), *_differences(list(of_trial.values()), trial)]
    return tuple(found)


def _observed(trial: Trial, row: PublishedRow) -> Observed | None:
    """Return a row as a number with its error; None where it cannot be one."""
    arms, t, n = arms_behind(trial, row), since_start(trial, row), people_behind(trial, row)
    if not arms or t is None or row.status is Status.UNVERIFIED or kind_of(row) not in (Kind.MEAN, Kind.SHARE):
        return None
    against = reference_behind(trial, row)[:1] if row.measure in DIFFERENCES else ()
    if row.measure in DIFFERENCES and not against:
        return None
    number = _number(row, n)
    if number is None:
        return None
    value, variance, sd = number
    return Observed(
        trial=trial.id,
        arm=row.arm,
        what=what_of(row),
        treated=given(trial, arms[0]),
        against=given(trial, against[0]) if against else None,
        setting=setting(trial),
        t=t,
        value=value,
        variance=variance,
        sd=sd,
        n=n or 0,
    )


def _number(row: PublishedRow, n: int | None) -> tuple[float, float, float | None] | None:
    """Return value, variance and SD between people of a row; None where no error is known."""
    if kind_of(row) is Kind.SHARE:
        return (*logit(row.value / PERCENT * n, n), None) if n else None
    if row.se is not None:
        return row.value, row.se**2, row.sd or (row.se * float(np.sqrt(n)) if n else None)
    if row.sd is not None and n:
        return row.value, row.sd**2 / n, row.sd
    if row.ci_low is not None and row.ci_high is not None and row.ci_level is not None:
        return row.value, ((row.ci_high - row.ci_low) / (2.0 * _quantile(row.ci_level))) ** 2, None
    return None


def _quantile(level: float) -> float:
    """Return how many standard errors an interval of a level (percent) reaches to either side."""
    from scipy.special import ndtri

    return float(ndtri(HALF + HALF * level / PERCENT))


def logit(count: float, n: int) -> tuple[float, float]:
    """Return the logit of a share and its variance, half a person added on either side."""
    yes, no = count + HALF, n - count + HALF
    return float(np.log(yes / no)), 1.0 / yes + 1.0 / no


def _differences(rows: list[Observed], trial: Trial) -> list[Observed]:
    """Return differences that are not printed, from arms of which a change is, at the same time on the MADRS."""
    printed = {(one.arm, one.t) for one in rows if one.what == DIFFERENCE}
    names = {arm.name for phase in trial.phases for arm in phase.arms if arm.reference}
    changes = [one for one in rows if one.what == "MADRS"]
    found = []
    for reference in (one for one in changes if one.arm in names):
        for one in changes:
            if one.arm in names or one.t != reference.t or (one.arm, one.t) in printed:
                continue
            if not _one_phase(trial, one.arm, reference.arm):
                continue
            found.append(
                Observed(
                    trial=one.trial,
                    arm=one.arm,
                    what=DIFFERENCE,
                    treated=one.treated,
                    against=reference.treated,
                    setting=one.setting,
                    t=one.t,
                    value=one.value - reference.value,
                    variance=one.variance + reference.variance,
                    sd=None,
                    n=one.n + reference.n,
                )
            )
            printed.add((one.arm, one.t))
    return found


def _one_phase(trial: Trial, *arms: str) -> bool:
    return any({*arms} <= {arm.name for arm in phase.arms} for phase in trial.phases)
