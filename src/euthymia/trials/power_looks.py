"""The operating characteristics of a trial that is looked at before its end, from the rows of its looks."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, gcd

import numpy as np

from euthymia.statistics.sequential_ends import Analyses, Ending, Ends, ends
from euthymia.trials.comparisons import reference_name, treated_arms
from euthymia.trials.design import Trial
from euthymia.trials.estimates import COMPLETE, DF, SE, VALUE
from euthymia.trials.interim import Futility, FutilityRule, Interim, ResizeRule, largest_of, monitoring_of
from euthymia.trials.looks_analysed import FACTOR, PEOPLE, SHARE, TIME, deciding, looks_of
from euthymia.trials.looks_resized import zone
from euthymia.trials.power_analysis import favourable
from euthymia.trials.power_looks_results import AtLook, Looking, Resizing
from euthymia.trials.power_operating import mean, share
from euthymia.trials.power_plan import Job, sizes_of, whole, with_sizes

POOLED = "of everybody, by bounds at the information reached"
WEIGHTED = f"{POOLED}; of trials that have grown, stages combined with the weights of the plan"


@dataclass(frozen=True, eq=False)
class Followed:
    """Trials followed through their looks, with the rows of the arm that decides, [replicate, look, field]."""

    rows: np.ndarray
    ends: Ends

    @property
    def shown(self) -> np.ndarray:
        """Whether each trial ends with the arm better, [replicate]."""
        return self.ends.how == Ending.SHOWN

    def last(self, field: int) -> np.ndarray:
        """Return a field of the look at which each trial ended, [replicate]."""
        return np.take_along_axis(self.rows[:, :, field], self.ends.at[:, None], axis=1)[:, 0]


def looks_job(job: Job, alpha: float) -> Job:
    """Return the job that conducts a trial at its largest size and looks at it.

    Args:
        job: The trial as planned, everybody analysed.
        alpha: Two-sided level.
    """
    planned, factor = sizes_of(job.trial), largest_of(looks_of(job.trial))
    common = gcd(*planned)  # arms keep their ratio to a person, since it is what people believe at first
    larger = with_sizes(job.trial, tuple(n // common * ceil(round(common * factor, 9)) for n in planned))
    return Job(larger, job.seed, (whole(job.trial),), job.trials_differ, job.uncertain, job.amplitudes, alpha)


def followed(trial: Trial, rows: np.ndarray, alpha: float, *, adjust: bool = True) -> Followed:
    """Return where the trials of rows of looks end.

    Args:
        trial: The design.
        rows: [replicate, 1 + look, contrast, field].
        alpha: Two-sided level.
        adjust: Whether adjusted estimates are wanted.
    """
    interim, sign = looks_of(trial), favourable(trial)
    found = rows[:, 1:, deciding(trial)]
    grown = found[:, -1, FACTOR] > 1.0
    by_effect = interim.reestimation is not None and interim.reestimation.rule is ResizeRule.PROMISING_ZONE
    at = interim.reestimation.at - 1 if interim.reestimation is not None else -1
    analyses = Analyses(
        sign * found[..., VALUE],
        found[..., SE],
        found[..., DF],
        _fractions(interim, found, grown),
        np.where(grown & by_effect, at, -1),
    )
    return Followed(found, ends(monitoring_of(interim, alpha), analyses, level=1.0 - alpha, adjust=adjust))


def looking(trial: Trial, rows: np.ndarray, alpha: float) -> Looking:
    """Return how a trial that is looked at behaves.

    Args:
        trial: The design, at its planned size.
        rows: [replicate, 1 + look, contrast, field].
        alpha: Two-sided level.
    """
    interim, sign, planned = looks_of(trial), favourable(trial), sum(sizes_of(trial))
    found = followed(trial, rows, alpha)
    end, complete = found.ends, rows[:, 0, deciding(trial), COMPLETE]
    truth, people = mean(complete), found.last(PEOPLE)
    value, adjusted = sign * end.value, sign * end.adjusted
    known = np.isfinite(adjusted)
    monitoring = monitoring_of(interim, alpha)
    return Looking(
        arm=treated_arms(trial)[deciding(trial)],
        reference=reference_name(trial),
        sided=interim.sided,
        alpha=monitoring.alpha,
        spending=_spending(interim),
        futility=_giving_up(interim.futility),
        test=WEIGHTED if _by_effect(interim) else POOLED,
        power=share(found.shown),
        wrong=share(end.how == Ending.WRONG),
        given_up=share(end.how == Ending.FUTILE),
        early=share(end.at < len(interim.looks) - 1),
        people=mean(people),
        people_planned=planned,
        people_most=int(people.max()),
        people_largest=sum(ceil(round(n * largest_of(interim), 9)) for n in sizes_of(trial)),
        duration=mean(found.last(TIME)),
        truth=truth,
        estimate=mean(value),
        bias=mean(value - complete),
        adjusted=mean(adjusted),
        adjusted_bias=mean(adjusted - complete),
        adjusted_beyond=share(end.adjusted[known] > sign * truth.value),
        coverage=share((end.low[known] <= sign * truth.value) & (sign * truth.value <= end.high[known])),
        looks=tuple(_at_look(found, interim, place) for place in range(len(interim.looks))),
        resizing=_resizing(found, interim, alpha),
    )


def _fractions(interim: Interim, rows: np.ndarray, grown: np.ndarray) -> np.ndarray:
    """Return information as a fraction of the whole planned, [replicate, look]: by people, or by standard errors."""
    if interim.standard_error is None:
        return rows[..., SHARE]
    reached = np.minimum((interim.standard_error / rows[..., SE]) ** 2, 1.0)
    if not _by_effect(interim) or interim.reestimation is None:
        return reached
    # What is planned to follow a look after which a trial has grown by its effect has the weights of the plan.
    at, looks = interim.reestimation.at - 1, np.array(interim.looks)
    left = (looks - looks[at]) / (1.0 - looks[at])
    after = reached[:, [at]] + left * (1.0 - reached[:, [at]])
    return np.where(grown[:, None] & (np.arange(len(looks)) > at), after, reached)


def _at_look(found: Followed, interim: Interim, place: int) -> AtLook:
    end, rows = found.ends, found.rows[:, place]
    held = end.at >= place
    here, so_far = end.at == place, end.at <= place
    used = held & np.isfinite(end.upper[:, place])
    upper = end.upper[used, place]
    lower = end.lower[used, place]
    return AtLook(
        look=place + 1,
        planned=interim.looks[place],
        held=share(held),
        information=mean(_fractions(interim, found.rows, found.rows[:, -1, FACTOR] > 1.0)[used, place]),
        upper=mean(upper),
        lower=mean(lower),
        shown=share(here & found.shown),
        shown_so_far=share(so_far & found.shown),
        stopped=share(here & ~found.shown),
        stopped_so_far=share(so_far & ~found.shown),
        people=mean(rows[held, PEOPLE]),
        t=mean(rows[held, TIME]),
        without_estimate=int((held & ~np.isfinite(rows[:, VALUE])).sum()),
    )


def _resizing(found: Followed, interim: Interim, alpha: float) -> Resizing | None:
    again = interim.reestimation
    if again is None:
        return None
    held = found.ends.at >= again.at  # went on beyond the look
    grown = held & (found.rows[:, -1, FACTOR] > 1.0)
    return Resizing(
        rule=again.rule.value,
        zone=zone(interim, alpha) if _by_effect(interim) else None,
        enlarged=share(grown),
        factor=mean(found.rows[grown, -1, FACTOR]),
        shown=share(found.shown[grown]),
    )


def _by_effect(interim: Interim) -> bool:
    return interim.reestimation is not None and interim.reestimation.rule is ResizeRule.PROMISING_ZONE


def _spending(interim: Interim) -> str:
    return interim.spending.value + ("" if interim.shape is None else f" ({interim.shape:g})")


def _giving_up(futility: Futility | None) -> str:
    if futility is None:
        return ""
    binding = "binding" if futility.binding else "not binding"
    if futility.by is FutilityRule.CONDITIONAL_POWER:
        return f"{futility.by.value} below {futility.below:g}, {binding}"
    shape = "" if futility.shape is None else f" ({futility.shape:g})"
    return f"{futility.by.value}, {futility.spending.value}{shape}, at power {futility.power:g}, {binding}"
