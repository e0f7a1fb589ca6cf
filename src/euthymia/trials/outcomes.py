"""Parts of a trial's summary beyond the MADRS total: its items, other scales, and what people guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from euthymia.trials.results import FitCount, Interval


@dataclass(frozen=True)
class ItemMean:
    """The mean of one MADRS item in one arm at one visit, points from 0 to 6; observed cases.

    Args:
        arm: The arm.
        phase: Phase of the trial.
        visit: The visit's label, or ``baseline``.
        t: Hours after randomisation.
        item: Name of the item.
        score: Its mean.
    """

    arm: str
    phase: str
    visit: str
    t: float
    item: str
    score: Interval


@dataclass(frozen=True)
class ScaleVisit:
    """One arm at one visit on another scale than the MADRS, observed cases.

    Args:
        arm: The arm.
        phase: Phase of the trial.
        visit: The visit's label.
        t: Hours after randomisation.
        scale: What is filled in.
        n: People seen.
        score: Mean total, points.
        change: Mean change from the start of the phase, points.
        response: Fraction that fell by the scale's share of baseline.
        remission: Fraction at or below the scale's threshold.
    """

    arm: str
    phase: str
    visit: str
    t: float
    scale: str
    n: Interval
    score: Interval
    change: Interval
    response: Interval
    remission: Interval


@dataclass(frozen=True)
class ArmBlinding:
    """What people of a blind arm answer, after their last dosing visit, when asked what they were given.

    Args:
        arm: The arm.
        phase: Phase of the trial.
        on_drug: Whether the arm is given the drug.
        asked: People asked.
        belief: Mean probability of the drug in their own eyes.
        says_drug: Fraction that says it was the drug.
        index: Blinding index, 2 (fraction of right answers) - 1: 0 by chance, 1 where everybody is right.
    """

    arm: str
    phase: str
    on_drug: bool
    asked: Interval
    belief: Interval
    says_drug: Interval
    index: Interval


@dataclass(frozen=True)
class Responders:
    """Shares of an arm and the reference that responded or are in remission, compared.

    Args:
        arm: The treated arm.
        reference: The arm compared with.
        phase: Phase of the trial.
        visit: The visit's label.
        t: Hours after randomisation.
        what: ``response`` or ``remission``.
        scale: The scale that it is told by.
        difference: Difference of shares, as a fraction; positive favours the arm.
        odds_ratio: Odds of the arm over those of the reference.
        significant: Share of replicates with p < 0.05.
        primary: Whether it is the planned primary analysis.
        estimand: The question that it answers, in words.
        estimator: How they are compared.
        fits: How estimates ended, for logistic regression: 0 as planned, below 0 no estimate.
    """

    arm: str
    reference: str
    phase: str
    visit: str
    t: float
    what: str
    scale: str
    difference: Interval
    odds_ratio: Interval
    significant: float
    primary: bool
    estimand: str
    estimator: str = "Cochran, Mantel and Haenszel"
    fits: tuple[FitCount, ...] = ()


@dataclass(frozen=True)
class RelapseContrast:
    """Relapse in an arm and the reference.

    Args:
        arm: The treated arm.
        reference: The arm compared with.
        phase: Phase of the trial.
        relapsed: Share of the arm with a relapse by the last time of one in it, by Kaplan and Meier.
        relapsed_reference: That of the reference.
        hazard_ratio: By proportional hazards; below 1 favours the arm.
        significant: Share of replicates with p < 0.05 by the log-rank test.
        without_estimate: Replicates without a hazard ratio: no relapse in an arm, or no convergence.
        primary: Whether it is the planned primary analysis.
        estimand: The question that it answers, in words.
        fits: How estimates ended: 0 as planned, below 0 no estimate.
    """

    arm: str
    reference: str
    phase: str
    relapsed: Interval
    relapsed_reference: Interval
    hazard_ratio: Interval
    significant: float
    without_estimate: int
    primary: bool
    estimand: str
    fits: tuple[FitCount, ...] = ()


@dataclass(frozen=True)
class Screening:
    """Who came to screening, a replicate.

    Args:
        people: How many came.
        failed: How many were not randomised, by the first reason against them.
    """

    people: Interval
    failed: Mapping[str, Interval]
