"""Looks at a trial before its end, as data: when, how error is shared, when it stops, and when its size may grow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from euthymia.statistics.sequential_monitoring import LowConditionalPower, MissSpending, Monitoring
    from euthymia.statistics.spending import Spending

GAMMA, POWER = -4.0, 3.0  # shapes of the two families that are near O'Brien and Fleming's bounds


class SpendingRule(StrEnum):
    """How an error is shared between looks."""

    O_BRIEN_FLEMING = "O'Brien-Fleming"
    POCOCK = "Pocock"
    GAMMA = "gamma"
    POWER = "power"
    AT_THE_END = "at the end"


class FutilityRule(StrEnum):
    """By what a trial is given up."""

    BETA_SPENDING = "beta spending"
    CONDITIONAL_POWER = "conditional power"


class ResizeRule(StrEnum):
    """By what the size of a trial is found again."""

    BLINDED = "blinded"
    PROMISING_ZONE = "promising zone"


@dataclass(frozen=True)
class Futility:
    """When a trial is given up before its end.

    Attributes:
        by: The rule.
        below: Conditional power below which it is given up; None for the other rule.
        power: Power of the effect whose chance of being missed is spent; None for the other rule.
        spending: How that chance is shared between looks.
        shape: Parameter of a family of spending functions; None for that near O'Brien and Fleming's.
        binding: Whether bounds for efficacy count on it.
    """

    by: FutilityRule
    below: float | None = None
    power: float | None = None
    spending: SpendingRule = SpendingRule.O_BRIEN_FLEMING
    shape: float | None = None
    binding: bool = False


@dataclass(frozen=True)
class Reestimation:
    """How the size of a trial is found again.

    Attributes:
        at: Number of the look after which it is, from 1.
        rule: By the spread of outcomes, arms unknown, or by conditional power in the promising zone.
        largest: Largest size, for that planned.
        target: Power that is sought: of the whole trial (blinded), or conditional (promising zone).
        low: Conditional power at which the zone begins; None for the lowest that would do without weights.
        effect: Difference to be found, in the unit of the endpoint, for the blinded rule.
    """

    at: int
    rule: ResizeRule
    largest: float
    target: float
    low: float | None = None
    effect: float | None = None


@dataclass(frozen=True)
class Interim:
    """Looks at a trial before its end.

    Attributes:
        looks: Shares of the people planned who have the primary visit behind them, rising; the last is 1.
        spending: How the error is shared between looks.
        shape: Parameter of a family of spending functions; None for that near O'Brien and Fleming's.
        sided: 1 where only an advantage of the arm stops the trial, 2 where a disadvantage does too.
        arm: The arm whose comparison with the reference decides; None where there is only one.
        standard_error: That of the difference at the end, as planned: what all the information is. None where
            information is counted by people.
        futility: When the trial is given up.
        reestimation: How its size is found again.
    """

    looks: tuple[float, ...]
    spending: SpendingRule = SpendingRule.O_BRIEN_FLEMING
    shape: float | None = None
    sided: int = 1
    arm: str | None = None
    standard_error: float | None = None
    futility: Futility | None = None
    reestimation: Reestimation | None = None


def largest_of(interim: Interim) -> float:
    """Return the largest size that a trial may reach, for that planned."""
    return interim.reestimation.largest if interim.reestimation else 1.0


@lru_cache(64)
def monitoring_of(interim: Interim, alpha: float) -> Monitoring:
    """Return the plan of a trial's looks as the statistics know it.

    Args:
        interim: The looks.
        alpha: Two-sided level; a test in one direction has half of it.

    Raises:
        DesignError: When such a plan is none.
    """
    from euthymia.statistics.group_sequential import Sides
    from euthymia.statistics.sequential_monitoring import Monitoring

    sides = Sides.TWO if interim.sided == 2 else Sides.ONE
    return Monitoring(
        looks=interim.looks,
        rule=spending_of(interim.spending, interim.shape),
        alpha=alpha if sides is Sides.TWO else alpha / 2.0,
        sides=sides,
        futility=None if interim.futility is None else _giving_up(interim.futility),
        binding=interim.futility is not None and interim.futility.binding,
    )


def spending_of(rule: SpendingRule, shape: float | None) -> Spending:
    """Return the spending function of a rule.

    Args:
        rule: Its name.
        shape: Parameter of its family, where it has one.

    Raises:
        DesignError: When there is no such function.
    """
    from euthymia.statistics.spending import HwangShihDeCani, OBrienFlemingSpending, PocockSpending, PowerSpending

    if rule is SpendingRule.GAMMA:
        return HwangShihDeCani(GAMMA if shape is None else shape)
    if rule is SpendingRule.POWER:
        return PowerSpending(POWER if shape is None else shape)
    if rule is SpendingRule.AT_THE_END:
        return PowerSpending(float("inf"))
    return PocockSpending() if rule is SpendingRule.POCOCK else OBrienFlemingSpending()


def _giving_up(futility: Futility) -> LowConditionalPower | MissSpending:
    from euthymia.statistics.sequential_monitoring import LowConditionalPower, MissSpending

    if futility.by is FutilityRule.CONDITIONAL_POWER:
        return LowConditionalPower(futility.below or 0.0)
    return MissSpending(spending_of(futility.spending, futility.shape), futility.power or 0.0)
