"""What a conducted trial says: predictions with intervals, the published values beside them, and their provenance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from euthymia.engine.course import plain

if TYPE_CHECKING:
    from euthymia.evidence.parameter import Parameter
    from euthymia.trials.outcomes import ArmBlinding, ItemMean, RelapseContrast, Responders, ScaleVisit, Screening

SCHEMA = "euthymia.trial/1"
CHAIN_RECORDS = (
    "esketamine",
    "brain",
    "nmda",
    "pfc1",
    "plasticity",
    "amplitudes",
    "heterogeneity",
    "dissociation",
    "pressure",
    "sedation",
    "reporting",
    "rating",
    "items",
    "scales",
    "expectation",
)


@dataclass(frozen=True)
class Interval:
    """A predicted value: its mean over replicates and the 90 % predictive interval of a trial of that size."""

    mean: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Return whether a published value lies inside the interval, ends included."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class ArmInfo:
    """One arm of the design, as the tables name it; ``n`` is None where a later phase draws its own people."""

    name: str
    n: int | None
    regimen: str
    comedication: str = ""
    reference: bool = False


@dataclass(frozen=True)
class ArmVisit:
    """One arm at one visit; shares are fractions of 1, MADRS and change in points, t in hours after randomisation.

    OC counts those observed at the visit, LOCF carries the last observation forward.
    """

    arm: str
    phase: str
    visit: str
    t: float
    n: Interval
    MADRS: Interval
    change: Interval
    sd_change: Interval
    response_OC: Interval
    response_LOCF: Interval
    remission_OC: Interval
    remission_LOCF: Interval


@dataclass(frozen=True)
class FitCount:
    """How often an analysis ended in one way.

    Args:
        outcome: The covariance that was fitted, or why none was.
        code: Its number: 0 the planned covariance, above 0 a later one of the ladder, below 0 no estimate.
        replicates: How many replicates.
    """

    outcome: str
    code: int
    replicates: int


@dataclass(frozen=True)
class Contrast:
    """An arm minus the reference arm.

    Args:
        arm: The treated arm.
        reference: The arm compared with.
        phase: Phase of the trial.
        visit: The visit's label.
        t: Hours after randomisation.
        estimator: How the difference is estimated, for example ``"ANCOVA, OC"``.
        difference: Points of change; negative favours the arm.
        se: Standard error that one trial would report, mean over replicates.
        significant: Share of replicates with two-sided p < 0.05.
        scale: The scale that the trial is judged by.
        primary: Whether it is the planned primary analysis.
        estimand: The question that it answers, in words.
        fits: How its fits ended, for a mixed model.
    """

    arm: str
    reference: str
    phase: str
    visit: str
    t: float
    estimator: str
    difference: Interval
    se: float
    significant: float
    scale: str = "MADRS"
    primary: bool = False
    estimand: str = ""
    fits: tuple[FitCount, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """One published row with our prediction of the same quantity, or the reason why there is none.

    Args:
        row_id: The row's name in the evidence room.
        arm: The arm, or ``"arm - reference"`` for a contrast.
        phase: Phase of the trial.
        measure: What was measured, for example ``"MADRS change"``.
        definition: The measure as the paper defines it.
        estimator: OC, LOCF, MMRM and so on.
        t: Hours after randomisation; NaN where the paper does not say.
        unit: Unit of the values; percent for shares.
        value: The published value.
        sd: Published standard deviation between people, or None.
        se: Published standard error, or None.
        ci_low: Lower end of the published confidence interval, or None.
        ci_high: Upper end, or None.
        n: People behind the published value, or None.
        split: calibration, validation or user.
        status: read, derived or unverified.
        predicted: Our prediction in the same unit, or None.
        signed_error: Predicted mean minus published, or None.
        inside: Whether the published value lies in our interval, or None.
        why_not: Why there is no prediction; empty where there is one.
        source: Key of the reference.
    """

    row_id: str
    arm: str
    phase: str
    measure: str
    definition: str
    estimator: str
    t: float
    unit: str
    value: float
    sd: float | None
    se: float | None
    ci_low: float | None
    ci_high: float | None
    n: float | None
    split: str
    status: str
    predicted: Interval | None
    signed_error: float | None
    inside: bool | None
    why_not: str = ""
    source: str = ""

    def against(self, predicted: Interval) -> Comparison:
        """Return this row judged against a prediction: signed error, and whether the interval holds the value."""
        error, inside = predicted.mean - self.value, predicted.holds(self.value)
        return replace(self, predicted=predicted, signed_error=error, inside=inside, why_not="")


@dataclass(frozen=True)
class SafetyVisit:
    """Dissociation and blood pressure in one arm, ``minute`` minutes after the dose given at ``t`` hours.

    CADSS is the total in points; SBP is the change from before the dose in mmHg.
    """

    arm: str
    t: float
    minute: float
    CADSS: Interval
    SBP: Interval


@dataclass(frozen=True, eq=False)
class Band:
    """The arm mean of MADRS over time with its 90 % predictive interval; arrays of shape [time], hours and points."""

    arm: str
    t: NDArray[np.float64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ChangeDistribution:
    """Each person's MADRS change at one visit in one replicate, shape [person]; NaN for those who were not seen."""

    arm: str
    visit: str
    t: float
    change: NDArray[np.float64]


@dataclass(frozen=True)
class ArmDropout:
    """Share of an arm that left before the last visit (fraction of 1), and the published share where there is one."""

    arm: str
    share: Interval
    published: float | None = None


@dataclass(frozen=True)
class Accuracy:
    """How far the numerics may be off: a sentence, and the number in it with its unit."""

    text: str
    value: float
    unit: str


@dataclass(frozen=True, eq=False)
class TrialSummary:
    """Everything that a report of a conducted trial needs; pure data.

    Args:
        trial: The trial's id.
        title: What the trial was, in words.
        registry: Registry number, or empty.
        citation: Where it was published, or empty.
        split: calibration, validation or user.
        seed: Seed of the named streams.
        replicates: How many times the trial was conducted.
        subjects: People in each replicate.
        arms: The arms, in the design's order.
        arm_visits: Each arm at each visit.
        contrasts: Arms against their reference.
        comparisons: Published rows with our predictions beside them.
        safety: Dissociation and blood pressure after doses.
        bands: MADRS over time by arm.
        distributions: People's changes by arm in one replicate.
        dropout: Leaving by arm.
        accuracy: The numerical error estimate.
        assumptions: Evidence parameters used: mappings with name, value, unit, meaning, source, where, grade.
        command: The command that makes the same bytes again.
        version: The version of euthymia.
        notes: What a reader must know of the design and its gaps.
        item_means: The ten MADRS items by arm and visit.
        scale_visits: Other scales by arm and visit.
        blinding: What people of each blind arm answer when asked what they were given.
        responders: Shares with response and remission against the reference.
        relapses: Relapse against the reference, in phases that people enter by how they are.
        screening: Who came to screening; None where the trial does not screen.
    """

    trial: str
    title: str
    registry: str
    citation: str
    split: str
    seed: int
    replicates: int
    subjects: int
    arms: tuple[ArmInfo, ...]
    arm_visits: tuple[ArmVisit, ...]
    contrasts: tuple[Contrast, ...]
    comparisons: tuple[Comparison, ...]
    safety: tuple[SafetyVisit, ...]
    bands: tuple[Band, ...]
    distributions: tuple[ChangeDistribution, ...]
    dropout: tuple[ArmDropout, ...]
    accuracy: Accuracy
    assumptions: tuple[Mapping[str, object], ...]
    command: str
    version: str
    notes: tuple[str, ...] = ()
    item_means: tuple[ItemMean, ...] = ()
    scale_visits: tuple[ScaleVisit, ...] = ()
    blinding: tuple[ArmBlinding, ...] = ()
    responders: tuple[Responders, ...] = ()
    relapses: tuple[RelapseContrast, ...] = ()
    screening: Screening | None = None

    def to_dict(self) -> dict[str, object]:
        """Return plain data in a fixed order of keys, NaN as null (schema in docs/json.md)."""
        return {"schema": SCHEMA} | {item.name: plain(getattr(self, item.name)) for item in fields(self)}

    def to_json(self) -> str:
        """Return the same bytes for the same results: two-space indents, floats in their shortest exact form."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    def misses(self) -> tuple[Comparison, ...]:
        """Return the published rows that lie outside our intervals."""
        return tuple(row for row in self.comparisons if row.inside is False)

    def summary(self) -> str:
        """Return a few lines of text: contrasts, then how many published values the intervals hold, then misses."""
        head = f"{self.title}: {self.replicates} replicates of {self.subjects} people, seed {self.seed}"
        judged = [row for row in self.comparisons if row.inside is not None]
        held = (
            f"{sum(row.inside is True for row in judged)} of {len(judged)} published values inside our 90 % intervals"
        )
        return "\n".join([head, *map(_contrast_line, self.contrasts), held, *map(_miss_line, self.misses())])


def assumption(parameter: Parameter) -> dict[str, object]:
    """Return an evidence parameter as the flat mapping in which results carry it."""
    return {
        "name": parameter.full_name,
        "value": parameter.value,
        "unit": parameter.unit,
        "meaning": parameter.meaning,
        "source": parameter.source,
        "where": parameter.where,
        "grade": parameter.grade.value,
        "note": parameter.note,
    }


@cache
def chain_assumptions(*more: str) -> tuple[dict[str, object], ...]:
    """Return every number of the records that the default chain is built from.

    Args:
        more: Names of records that are used besides.
    """
    from euthymia.evidence import load_record

    names = (*CHAIN_RECORDS, *more)
    return tuple(assumption(parameter) for name in names for parameter in load_record(name).parameters)


def _contrast_line(contrast: Contrast) -> str:
    low, high = contrast.difference.low, contrast.difference.high
    return (
        f"  {contrast.arm} - {contrast.reference}, {contrast.visit} ({contrast.scale}, {contrast.estimator}): "
        f"{contrast.difference.mean:+.2f} points [{low:+.2f}, {high:+.2f}], p < 0.05 in {contrast.significant:.0%}"
    )


def _miss_line(row: Comparison) -> str:
    predicted = "nothing" if row.predicted is None else f"{row.predicted.mean:.3g}"
    return (
        f"  miss: {row.arm} {row.measure} at {row.t:g} h: published {row.value:.3g}, predicted {predicted} {row.unit}"
    )
