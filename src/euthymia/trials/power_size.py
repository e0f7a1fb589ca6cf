"""How many people a target power needs: all arms grow alike, and nobody changes when others join.

Person i of an arm is the same in every size, so a smaller trial is the first people of the largest one: it is conducted
once, and analysed at many sizes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from euthymia.errors import EuthymiaError
from euthymia.trials.design import Trial
from euthymia.trials.estimates import SE, VALUE
from euthymia.trials.power_operating import judged, share
from euthymia.trials.power_plan import SMALLEST, Job, Part, sizes_of, with_sizes
from euthymia.trials.power_results import SampleSize, SizePoint
from euthymia.trials.power_run import Work, run

GRID = 17  # sizes analysed of one conduct, from the largest down to a part of it
DOWN_TO = 1.0 / 16.0  # that part
AHEAD = 1.6  # the largest size over what the design as it is says is needed


@dataclass(frozen=True)
class Target:
    """What a size is sought for.

    Attributes:
        power: The power asked for.
        alpha: Two-sided level.
        largest: People in all arms together beyond which nothing is tried.
    """

    power: float
    alpha: float
    largest: int


def sample_sizes(job: Job, look: np.ndarray, arms: Mapping[str, int], target: Target, work: Work) -> list[SampleSize]:
    """Return the size that each comparison needs.

    The design as it is says how large the largest size must be; where the target is not surely within it, the largest
    is doubled, up to the limit. Every size is conducted as often as the design was.

    Args:
        job: The design as it is, everybody analysed.
        look: Rows of that design, [replicate, part, contrast, field].
        arms: The arms asked about, with their places among the comparisons.
        target: What is asked for.
        work: How the work is done.
    """
    shape = sizes_of(job.trial)
    factor = max(_needed(look[:, 0, place], target) for place in arms.values())
    limit = target.largest / sum(shape)
    while True:
        top = scaled(shape, min(factor, limit))
        parts = _grid(top, shape)
        larger = Job(with_sizes(job.trial, top), job.seed, parts, job.trials_differ, job.uncertain, job.amplitudes)
        rows = run(larger, len(look), work, f"size-{sum(top)}")
        found = [_read(arm, rows[:, :, at], parts, job.trial, target) for arm, at in arms.items()]
        if factor >= limit or all(one.high is not None for one in found):
            return found
        factor = 2.0 * factor


def check_largest(trial: Trial, largest: int) -> None:
    """Refuse a limit below the smallest trial of this allocation.

    Raises:
        EuthymiaError: When it is.
    """
    shape = sizes_of(trial)
    smallest = SMALLEST * sum(shape) / min(shape)
    if largest < smallest:
        raise EuthymiaError(f"largest is {largest} people; this allocation needs {smallest:.0f} or more")


def scaled(sizes: tuple[int, ...], factor: float) -> tuple[int, ...]:
    """Return all arms grown alike, each rounded to whole people."""
    return tuple(max(SMALLEST, round(n * factor)) for n in sizes)


def _needed(rows: np.ndarray, target: Target) -> float:
    """Return by how much a trial must grow, as if nothing but its standard error changed with its size."""
    normal = NormalDist().inv_cdf
    ratio = abs(float(np.nanmean(rows[:, VALUE]))) / float(np.nanmean(rows[:, SE]))
    wanted = normal(1.0 - target.alpha / 2.0) + normal(target.power)
    return AHEAD * (wanted / ratio) ** 2 if ratio > 0.0 else float("inf")


def _grid(top: tuple[int, ...], shape: tuple[int, ...]) -> tuple[Part, ...]:
    """Return the sizes analysed, rising; the last is everybody."""
    whole = sum(top) / sum(shape)
    sizes = {scaled(shape, whole * factor) for factor in np.geomspace(DOWN_TO, 1.0, GRID)}
    inside = {tuple(min(n, most) for n, most in zip(each, top, strict=True)) for each in sizes} | {top}
    return tuple(Part((0,) * len(top), each) for each in sorted(inside, key=lambda each: (sum(each), each)))


def _read(arm: str, rows: np.ndarray, parts: tuple[Part, ...], trial: Trial, target: Target) -> SampleSize:
    """Return the answer for one comparison, rows being [replicate, part, field]."""
    people = np.array([sum(part.stop) for part in parts], dtype=float)
    powers = [share(judged(rows[:, place], target.alpha).significant) for place in range(len(parts))]
    middle = crossing(people, np.array([power.value for power in powers]), target.power)
    low = crossing(people, np.array([power.high for power in powers]), target.power)
    high = crossing(people, np.array([power.low for power in powers]), target.power)
    first = trial.phases[0].arms
    shape = sizes_of(trial)
    arms = {} if middle is None else _arms([each.name for each in first], shape, middle)
    return SampleSize(
        arm=arm,
        target=target.power,
        reached=middle is not None,
        people=sum(arms.values()) if arms else None,
        low=None if low is None else int(np.ceil(low)),
        high=None if high is None else int(np.ceil(high)),
        arms=arms,
        points=tuple(SizePoint(int(n), power) for n, power in zip(people, powers, strict=True)),
    )


def _arms(names: list[str], shape: tuple[int, ...], people: float) -> dict[str, int]:
    factor = people / sum(shape)
    return {name: max(SMALLEST, int(np.ceil(n * factor - 1e-9))) for name, n in zip(names, shape, strict=True)}


def crossing(sizes: np.ndarray, power: np.ndarray, target: float) -> float | None:
    """Return the size at which power reaches the target for good, or None where it does not.

    Power is made to rise with size (by the mean of neighbours that fall), and is straight between sizes.

    Args:
        sizes: Rising, [size].
        power: At each, [size].
        target: The power asked for.
    """
    rising = monotone(power)
    reached = np.flatnonzero(rising >= target)
    if not reached.size:
        return None
    first = int(reached[0])
    if first == 0:
        return float(sizes[0])
    below, above = rising[first - 1], rising[first]
    return float(sizes[first - 1] + (target - below) / (above - below) * (sizes[first] - sizes[first - 1]))


def monotone(values: np.ndarray) -> np.ndarray:
    """Return the nearest values that never fall: pools of neighbours are replaced by their mean."""
    pools: list[tuple[float, int]] = []
    for value in values:
        pools.append((float(value), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (last, n), (before, m) = pools.pop(), pools.pop()
            pools.append(((last * n + before * m) / (n + m), n + m))
    return np.concatenate([np.full(n, value) for value, n in pools])
