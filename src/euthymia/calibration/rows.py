"""The published rows that are fitted, and which people at which ratings each of them is of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

import numpy as np

from euthymia.calibration.fixed import Fixed
from euthymia.errors import EvidenceError
from euthymia.evidence.published import Estimator, Measure, PublishedRow, Split
from euthymia.symptoms.scale import Scale
from euthymia.trials.data import PhaseData
from euthymia.trials.design import dropout_of
from euthymia.trials.within import weeks_of

CHANGES = {Measure.MADRS_CHANGE: Scale.MADRS, Measure.HAMD17_CHANGE: Scale.HAMD17}
CARRIED = (Estimator.POOLED, Estimator.LOCF)
BESIDE = (Estimator.OC, Estimator.LS_MEAN, Estimator.RAW)  # of several estimators of one thing, the first wins
IMPUTED = "imputed"  # in the note of an SD that nobody measured
# Rows S0371, S0373 and S0376 are behind the prior of care on tablets already (record pill_placebo).
IN_PRIORS = ("S0371", "S0373", "S0376")
LARGE = 2  # people below which an arm has no SD


class Kind(Enum):
    """What a fitted number is of an arm."""

    CHANGE = "mean change"
    SPREAD = "SD of change"
    RESPONSE = "response"
    REMISSION = "remission"
    DIFFERENCE = "difference of means"
    CORRELATION = "correlation"
    CADSS = "mean CADSS"
    ANCHOR = "anchor"


@dataclass(frozen=True, eq=False)
class Row:
    """One fitted number of a trial.

    Attributes:
        trial: The trial's id.
        row_id: The published row.
        arm: Arm or group.
        kind: What it is.
        t: When, h after randomisation; nan where it is of no time.
        published: As printed, in points or percent.
        se: Printed standard error; None where it follows from the people's scatter.
        n: Persons behind it.
        weight: Weight of each person at each rating, [rating, person], summing to one.
        against: For a difference and a correlation, that of the other side.
        threshold: Highest total in remission, points.
    """

    trial: str
    row_id: str
    arm: str
    kind: Kind
    t: float
    published: float
    se: float | None
    n: int
    weight: np.ndarray
    against: np.ndarray | None = None
    threshold: float = np.nan


@dataclass(frozen=True)
class Unused:
    """A calibration row that is not fitted, and why."""

    trial: str
    row_id: str
    why: str


def rows_of(fixed: Fixed) -> tuple[list[Row], list[Unused]]:
    """Return the rows of a trial that are fitted, and those that are not.

    Raises:
        EvidenceError: When a row that could be fitted is not marked calibration.
    """
    found, unused = list[Row](), list[Unused]()
    for published in fixed.trial.published:
        made = _made(fixed, published)
        if isinstance(made, str):
            unused.append(Unused(fixed.trial.id, published.row_id, made))
            continue
        refuse(published)
        found += made
    return found, unused


def refuse(row: PublishedRow) -> None:
    """Refuse a row that may not be fitted.

    Raises:
        EvidenceError: When it is not marked calibration.
    """
    if row.split is not Split.CALIBRATION:
        raise EvidenceError(f"row {row.row_id} is marked {row.split}; only rows marked calibration may be fitted")


def _made(fixed: Fixed, row: PublishedRow) -> list[Row] | str:
    """Return the fitted numbers of a published row, or why there is none."""
    if row.row_id in IN_PRIORS:
        return "behind a prior already"
    match row.measure:
        case Measure.MADRS_CHANGE | Measure.HAMD17_CHANGE if CHANGES[row.measure] is fixed.scale:
            return _change(fixed, row)
        case Measure.RESPONSE:
            return _single(fixed, row, Kind.RESPONSE)
        case Measure.REMISSION:
            return _single(fixed, row, Kind.REMISSION)
        case Measure.CORRELATION_CHANGE:
            return _correlation(fixed, row)
        case Measure.CADSS_MEAN:
            return _cadss(fixed, row)
        case Measure.MADRS_TOTAL_DIFF:
            return _difference(fixed, row)
        case Measure.MADRS_CHANGE_DIFF | Measure.MADRS_TOTAL | Measure.HAMD17_TOTAL:
            return "repeats the arms' changes"
        case Measure.PHQ9_CHANGE:
            return "on another scale of the same people, whose link is under test"
        case Measure.RELAPSE | Measure.HR_RELAPSE | Measure.MEDIAN_TIME_TO_RELAPSE:
            return "of relapse, which is fitted apart (calibration.relapse)"
        case Measure.HAMD21_CHANGE | Measure.HAMD21_TOTAL | Measure.HAMD_CHANGE | Measure.IDSC_BASELINE:
            return "on a scale that is not modelled"
        case _:
            return "an input of the design, or not of mood"


def _change(fixed: Fixed, row: PublishedRow) -> list[Row] | str:
    made = _single(fixed, row, Kind.CHANGE)
    if isinstance(made, str) or row.sd is None or row.n is None or row.n <= LARGE or IMPUTED in row.note:
        return made
    (mean,) = made
    se = row.sd / float(np.sqrt(2.0 * (row.n - 1)))
    spread = Row(
        mean.trial, mean.row_id, mean.arm, Kind.SPREAD, mean.t, row.sd, se, mean.n, mean.weight, None, mean.threshold
    )
    return [mean, spread]


def _single(fixed: Fixed, row: PublishedRow, kind: Kind) -> list[Row] | str:
    """Return a row whose quantity is a mean over the people of an arm."""
    if row.estimator in (Estimator.LOCF, Estimator.MMRM) or (
        row.estimator is Estimator.POOLED and _elsewhere(fixed, row)
    ):
        return "repeats the same patients by another estimator"
    weight, n = _weight(fixed, row)
    if weight is None:
        return "of people, or of a time, that the design does not describe"
    n = row.n or n
    if n is None:
        return "without a number of people"
    se = row.se
    if se is None and row.sd is not None and kind is Kind.CHANGE and IMPUTED not in row.note:
        se = row.sd / float(np.sqrt(n))
    return [
        Row(
            fixed.trial.id,
            row.row_id,
            row.arm,
            kind,
            np.nan if row.t is None else row.t,
            row.value,
            se,
            n,
            weight,
            None,
            _threshold(fixed, row),
        )
    ]


def _elsewhere(fixed: Fixed, row: PublishedRow) -> bool:
    same = (row.arm, row.phase, row.t, row.measure)
    return any(
        (one.arm, one.phase, one.t, one.measure) == same and one.estimator in BESIDE for one in fixed.trial.published
    )


def _correlation(fixed: Fixed, row: PublishedRow) -> list[Row] | str:
    weeks = weeks_of(row.definition)
    one, other = (_at(fixed, row, t) for t in (weeks[0], weeks[-1]))
    n = sum(arm.n or 0 for arm in fixed.trial.phases[0].arms)
    if one is None or other is None:
        return "at a time at which nobody is rated here"
    se = (1.0 - row.value**2) / float(np.sqrt(n - 1.0))
    return [Row(fixed.trial.id, row.row_id, row.arm, Kind.CORRELATION, weeks[-1], row.value, se, n, one, other)]


def _cadss(fixed: Fixed, row: PublishedRow) -> list[Row] | str:
    phase = fixed.data.phases[0]
    who = phase.members((row.arm,))[0]
    if not who.any() or row.sd is None:
        return "of people whom the design does not describe"
    n = row.n or next(arm.n for arm in fixed.trial.phases[0].arms if arm.name == row.arm) or 0
    weight = (who / who.sum())[None, :]
    se = row.sd / float(np.sqrt(n))
    return [Row(fixed.trial.id, row.row_id, row.arm, Kind.CADSS, row.t or np.nan, row.value, se, n, weight)]


def _difference(fixed: Fixed, row: PublishedRow) -> list[Row] | str:
    others = [group for group in fixed.trial.groups if group.arms and group.name != row.arm]
    if row.ci_low is None or row.ci_high is None or not others or row.t is None:
        return "without an interval or another side"
    weight = _periods(fixed, row.arm, row.t)
    against = next((found for other in others if (found := _periods(fixed, other.name, row.t)) is not None), None)
    if weight is None or against is None:
        return "of people whom the design does not describe"
    se = (row.ci_high - row.ci_low) / 3.92  # a 95 % interval
    n = row.n or 0
    return [Row(fixed.trial.id, row.row_id, row.arm, Kind.DIFFERENCE, row.t, row.value, se, n, weight, against)]


def _weight(fixed: Fixed, row: PublishedRow) -> tuple[np.ndarray | None, int | None]:
    """Return the weights of a row, [rating, person], and the size of its arm."""
    if row.t is None:
        return None, None
    if not row.phase:
        return _periods(fixed, row.arm, row.t), None
    phase = next((one for one in fixed.data.phases if one.phase.name == row.phase), None)
    if phase is None or all(arm.name != row.arm for arm in phase.phase.arms):
        return None, None
    who = phase.members((row.arm,))[0]
    n = next((arm.n for one in fixed.trial.phases for arm in one.arms if arm.name == row.arm), None)
    times = _times(fixed, phase, row)
    if not who.any() or not times:
        return None, n
    weight = np.zeros((len(fixed.ratings), fixed.persons))
    for t, part in times.items():
        weight[_rating(fixed, t)] = part * who / who.sum()
    return weight, n


def _times(fixed: Fixed, phase: PhaseData, row: PublishedRow) -> dict[float, float]:
    """Return the visits that a row looks at with their weights: one, or those whose rating is the last of somebody."""
    visits = [visit.t for visit in phase.visits if row.t is not None and visit.t <= row.t]
    if not visits or visits[-1] != row.t:
        return {}
    if row.estimator not in CARRIED:
        return {visits[-1]: 1.0}
    share = dropout_of(fixed.trial, row.arm) or 0.0
    length = phase.phase.end - phase.phase.start
    staying = (1.0 - share) ** ((np.array(visits) - phase.phase.start) / length)
    last = np.append(staying[:-1] - staying[1:], staying[-1]) / staying[0]
    return dict(zip(visits, map(float, last), strict=True))


def _periods(fixed: Fixed, group: str, since: float) -> np.ndarray | None:
    """Return the weights of a group of arms of several periods, at a time after the start of each."""
    names = next((one.arms for one in fixed.trial.groups if one.name == group), ())
    weight = np.zeros((len(fixed.ratings), fixed.persons))
    for phase in fixed.data.phases:
        who, t = phase.members(names)[0], phase.phase.start + since
        if who.any() and any(visit.t == t for visit in phase.visits):
            weight[_rating(fixed, t)] += who
    return weight / weight.sum() if weight.any() else None


def _at(fixed: Fixed, row: PublishedRow, t: float) -> np.ndarray | None:
    """Return the weights of everybody at a time."""
    if all(one.t != t for one in fixed.ratings):
        return None
    weight = np.zeros((len(fixed.ratings), fixed.persons))
    weight[_rating(fixed, t)] = 1.0 / fixed.persons
    return weight


def _rating(fixed: Fixed, t: float) -> int:
    return next(place for place, one in enumerate(fixed.ratings) if one.t == t)


def _threshold(fixed: Fixed, row: PublishedRow) -> float:
    found = re.search(r"<=\s*(\d+(?:\.\d+)?)", row.definition)
    return float(found.group(1)) if found else fixed.trial.remission.threshold
