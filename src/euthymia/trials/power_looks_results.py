"""What a study of power says of a trial that is looked at before its end; pure data."""

from __future__ import annotations

from dataclasses import dataclass

from euthymia.trials.power_results import Mean, Share


@dataclass(frozen=True)
class AtLook:
    """One look, over replicates.

    Args:
        look: Its number, from 1; the last is the end.
        planned: Share of people at which it was planned.
        held: Share of trials that get so far.
        information: Information as a fraction of the whole planned, by which error is spent, where it is held.
        upper: Bound of the normal statistic at or above which the arm is better, where it is held.
        lower: Bound below which the trial is given up (or, two-sided, the arm is worse); not a number without one.
        shown: Share of all trials that end here with the arm better.
        shown_so_far: The same here or earlier.
        stopped: Share of all trials that end here without it: given up, worse, or at the end.
        stopped_so_far: The same here or earlier.
        people: People randomised by the look, where it is held.
        t: When it is held, h after the first site opened; not a number where nobody knows when people come.
        without_estimate: Trials held so far in which nothing could be estimated here; the look is skipped.
    """

    look: int
    planned: float
    held: Share
    information: Mean
    upper: Mean
    lower: Mean
    shown: Share
    shown_so_far: Share
    stopped: Share
    stopped_so_far: Share
    people: Mean
    t: Mean
    without_estimate: int


@dataclass(frozen=True)
class Resizing:
    """How often and how far a trial's size was changed, among those held when it could be.

    Args:
        rule: By what.
        zone: Ends of the promising zone, as conditional powers; None for another rule.
        enlarged: Share of trials that have grown.
        factor: Size for that planned, of those that have grown.
        shown: Share of those that have grown and end with the arm better.
    """

    rule: str
    zone: tuple[float, float] | None
    enlarged: Share
    factor: Mean
    shown: Share


@dataclass(frozen=True)
class Looking:
    """How a trial that is looked at before its end behaves.

    Args:
        arm: The arm that decides.
        reference: What it is compared with.
        sided: 1 or 2.
        alpha: Error of the test, in all the directions that it has.
        spending: How it is shared.
        futility: When the trial is given up, in words; empty for never.
        test: What the test at the end is, in words.
        power: Share of trials that end with the arm better.
        wrong: Share of trials that end with the arm worse, by a two-sided test.
        given_up: Share of trials that are given up before the end.
        early: Share of trials that end before the end for any reason.
        people: People randomised by the end of a trial.
        people_planned: In all arms together.
        people_most: The most that any replicate randomised.
        people_largest: The most that the design allows.
        duration: From the first site's opening to the last look held, h; not a number where nobody knows.
        truth: Estimate with nobody missing, over the people planned.
        estimate: Mean estimate where the trial ended.
        bias: Mean of it minus the estimate with nobody missing in the people planned.
        adjusted: Mean estimate that counts the looks: median-unbiased.
        adjusted_bias: Its bias.
        adjusted_beyond: Share of adjusted estimates that favour the arm by more than the truth; one half if unbiased.
        coverage: Share of adjusted intervals that hold the truth.
        looks: One after the other.
        resizing: How the size changed; None where it cannot.
    """

    arm: str
    reference: str
    sided: int
    alpha: float
    spending: str
    futility: str
    test: str
    power: Share
    wrong: Share
    given_up: Share
    early: Share
    people: Mean
    people_planned: int
    people_most: int
    people_largest: int
    duration: Mean
    truth: Mean
    estimate: Mean
    bias: Mean
    adjusted: Mean
    adjusted_bias: Mean
    adjusted_beyond: Share
    coverage: Share
    looks: tuple[AtLook, ...]
    resizing: Resizing | None = None
