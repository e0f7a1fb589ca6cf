"""What a study of power says, every number with its Monte Carlo error; pure data."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from euthymia.engine.course import plain
from euthymia.trials.results import FitCount

if TYPE_CHECKING:
    from euthymia.trials.power_looks_results import Looking

POWER_SCHEMA, COMPARE_SCHEMA = "euthymia.power/1", "euthymia.power-compare/1"


@dataclass(frozen=True)
class Share:
    """A share of replicates: its Monte Carlo standard error, and Wilson's 95 % interval, which the error is half of.

    Args:
        value: The share.
        se: Half the interval's width, in units of the normal quantile; above 0 even where the share is 0 or 1.
        low: Lower end.
        high: Upper end.
    """

    value: float
    se: float
    low: float
    high: float


@dataclass(frozen=True)
class Mean:
    """A mean over replicates and its Monte Carlo standard error."""

    value: float
    se: float


@dataclass(frozen=True)
class Relapsing:
    """What replicates say of a time to relapse, beside the logarithms that are estimates.

    Args:
        events: Relapses of a trial, in the arm and the reference together.
        ratio: Hazard ratio: the geometric mean over replicates.
        ratio_complete: The same with nobody missing.
        ratio_bias: The factor by which a trial is off: the geometric mean of its ratio over that with nobody missing.
    """

    events: Mean
    ratio: Mean
    ratio_complete: Mean
    ratio_bias: Mean


@dataclass(frozen=True)
class Operating:
    """How the primary analysis of one arm against the reference behaves.

    Args:
        arm: The arm.
        reference: What it is compared with.
        truth: The estimate with nobody missing, over the people of all replicates together.
        power: Share of replicates with a two-sided p below alpha.
        estimate: Mean estimate.
        bias: Mean of the estimate minus the estimate with nobody missing in the same people.
        se_model: Mean standard error that a trial reports.
        se_empirical: Standard deviation of the estimates.
        coverage: Share of confidence intervals, of level 1 - alpha, that hold the truth.
        wrong_sign: Share of estimates on the other side of 0 than the truth.
        wrong_and_significant: Share of replicates that are significant on the wrong side.
        beyond_margin: Share of estimates at least as favourable as the margin; None without a margin.
        without_estimate: Replicates in which nothing could be estimated; they count as not significant, unless the
            test needs no estimate (log-rank).
        estimand: The question that is answered, in words.
        fits: How estimates ended: 0 as planned, above 0 a later covariance of a mixed model, below 0 no estimate.
        relapses: For a time to relapse; None for anything else.
    """

    arm: str
    reference: str
    truth: Mean
    power: Share
    estimate: Mean
    bias: Mean
    se_model: Mean
    se_empirical: Mean
    coverage: Share
    wrong_sign: Share
    wrong_and_significant: Share
    beyond_margin: Share | None
    without_estimate: int
    estimand: str = ""
    fits: tuple[FitCount, ...] = ()
    relapses: Relapsing | None = None


@dataclass(frozen=True)
class SizePoint:
    """Power at one size.

    Args:
        people: In all arms together.
        power: Share of replicates with a two-sided p below alpha.
    """

    people: int
    power: Share


@dataclass(frozen=True)
class SampleSize:
    """How many people an arm's comparison needs for a target power.

    Args:
        arm: The arm.
        target: The power asked for.
        reached: Whether it is reached within the largest size tried.
        people: In all arms together; None where it is not reached.
        low: Smallest size that is compatible with the replicates: there Wilson's upper end reaches the target.
        high: Size at which the lower end reaches it too; None where it never does.
        arms: People in each arm of the first phase, by name; empty where it is not reached.
        points: Power at the sizes tried, rising.
    """

    arm: str
    target: float
    reached: bool
    people: int | None
    low: int | None
    high: int | None
    arms: dict[str, int]
    points: tuple[SizePoint, ...]


@dataclass(frozen=True)
class Carried:
    """What one uncertain number carries of the variance of power between draws.

    Args:
        name: The amplitude, or what differs between trials.
        share: First-order share; NaN where power hardly differs between draws.
        se: Its standard error.
    """

    name: str
    share: float
    se: float


@dataclass(frozen=True)
class Assurance:
    """Power averaged over what is not known of the amplitudes, and over trials that differ.

    Args:
        arm: The arm.
        assurance: Share of draws whose trial is significant in the favourable direction.
        typical: The same in the same people at the typical values, in trials that do not differ.
        spread: Standard deviation of power between draws.
        carried: First-order shares, largest first.
    """

    arm: str
    assurance: Share
    typical: Share
    spread: Mean
    carried: tuple[Carried, ...]


@dataclass(frozen=True)
class PowerStudy:
    """What the power of a trial is, and where asked the size for a target and the assurance.

    Args:
        trial: The trial's id.
        title: What it was, in words.
        analysis: How the primary endpoint is estimated here.
        visit: Label of the visit it is about.
        unit: Of estimates: points, 1 for shares, log odds ratio or log hazard ratio.
        seed: Seed of the named streams.
        replicates: Replicates that count.
        stopped_early: Whether the precision asked for came before the number of replicates asked for.
        alpha: Two-sided level of the test.
        margin: Estimates at least as favourable as this are counted, or None.
        trials_differ: Whether trials differ in care and in drug effect.
        people: People in each arm of the first phase, by name.
        operating: Arm by arm.
        sizes: Sample sizes for the target; empty where none was asked for.
        assurance: Arm by arm; empty where not asked for.
        notes: What a reader must know.
        looking: How the trial behaves with the looks that it has before its end; None where it has none.
    """

    trial: str
    title: str
    analysis: str
    visit: str
    unit: str
    seed: int
    replicates: int
    stopped_early: bool
    alpha: float
    margin: float | None
    trials_differ: bool
    people: dict[str, int]
    operating: tuple[Operating, ...]
    sizes: tuple[SampleSize, ...] = ()
    assurance: tuple[Assurance, ...] = ()
    notes: tuple[str, ...] = ()
    looking: Looking | None = None

    def to_dict(self) -> dict[str, object]:
        """Return plain data in a fixed order of keys, NaN as null (schema in docs/power.md)."""
        kept = [item.name for item in fields(self) if item.name != "looking" or self.looking is not None]
        return {"schema": POWER_SCHEMA} | {name: plain(getattr(self, name)) for name in kept}

    def to_json(self) -> str:
        """Return the same bytes for the same results."""
        return _json(self.to_dict())

    def summary(self) -> str:
        """Return a line an arm, and one for each size and assurance."""
        lines = [f"{self.title}: {self.replicates} replicates, seed {self.seed}, {self.analysis} at {self.visit}"]
        for one in self.operating:
            lines.append(f"  {one.arm}: power {_share(one.power)}, mean {one.estimate.value:+.2f}")
            lines += [f"    {one.estimand}"] if one.estimand else []
        lines += [f"  {one.arm}: {one.people} people for {one.target:.0%}" for one in self.sizes if one.reached]
        lines += [f"  {one.arm}: {one.target:.0%} is not reached" for one in self.sizes if not one.reached]
        lines += [f"  {one.arm}: assurance {_share(one.assurance)}" for one in self.assurance]
        return "\n".join(lines)


@dataclass(frozen=True)
class Difference:
    """One comparison of the first design with its twin in the second, in the same people.

    Args:
        arms: The arm in the first design and in the second.
        power: Power in the first and in the second.
        power_difference: First minus second, paired.
        estimate_difference: First minus second, paired.
        correlation: Of the estimates over replicates; near 1, the people do most of the comparing.
    """

    arms: tuple[str, str]
    power: tuple[Share, Share]
    power_difference: Mean
    estimate_difference: Mean
    correlation: float


@dataclass(frozen=True)
class DesignComparison:
    """Two designs conducted on common people.

    Args:
        trials: Ids of both.
        analyses: How each estimates its primary endpoint.
        seed: Seed of the named streams.
        replicates: How many.
        alpha: Two-sided level of both tests.
        trials_differ: Whether trials differ in care and in drug effect; replicate k of both then differs alike.
        differences: Arm by arm.
        people: Mean number of people of each; None where neither is looked at before its end.
    """

    trials: tuple[str, str]
    analyses: tuple[str, str]
    seed: int
    replicates: int
    alpha: float
    trials_differ: bool
    differences: tuple[Difference, ...]
    people: tuple[Mean, Mean] | None = None

    def to_dict(self) -> dict[str, object]:
        """Return plain data in a fixed order of keys, NaN as null (schema in docs/power.md)."""
        kept = [item.name for item in fields(self) if item.name != "people" or self.people is not None]
        return {"schema": COMPARE_SCHEMA} | {name: plain(getattr(self, name)) for name in kept}

    def to_json(self) -> str:
        """Return the same bytes for the same results."""
        return _json(self.to_dict())


def _share(share: Share) -> str:
    return f"{share.value:.1%} [{share.low:.1%}, {share.high:.1%}]"


def _json(document: dict[str, object]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
