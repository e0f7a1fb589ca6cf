"""What a study of power conducts and analyses, as data: a job, and a block of its replicates."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from euthymia.engine.ensemble import Settings
from euthymia.engine.stream import Stream
from euthymia.errors import EuthymiaError
from euthymia.evidence import Record, load_record
from euthymia.trials.batch import Batch
from euthymia.trials.comparisons import treated_arms
from euthymia.trials.conduct import check
from euthymia.trials.data import TrialData
from euthymia.trials.design import Trial
from euthymia.trials.estimates import FIELDS
from euthymia.trials.intercurrent import as_if_without
from euthymia.trials.looks_analysed import LOOK_FIELDS, look_rows
from euthymia.trials.power_analysis import primary_analysis

BLOCK = 20  # replicates; a block is computed, and kept, whole
PEOPLE_AT_ONCE = 20_000  # bounds the memory of large trials; replicates are their own, so it reaches no result
SMALLEST = 2  # people in an arm below which there is nothing to compare


@dataclass(frozen=True)
class Part:
    """Some of a trial's people: in each arm of the first phase, those numbered ``start`` to ``stop`` - 1."""

    start: tuple[int, ...]
    stop: tuple[int, ...]


@dataclass(frozen=True)
class Job:
    """A trial conducted again and again, of which parts are analysed.

    Attributes:
        trial: The design, large enough for every part.
        seed: Seed of the named streams.
        parts: Whose ratings are analysed; one analysis each.
        trials_differ: Whether trials differ in care and in drug effect.
        uncertain: Whether each replicate has amplitudes of its own, drawn from their uncertainty.
        amplitudes: Other amplitudes than those of the evidence record.
        looks: Two-sided level at which the trial is looked at, its planned people being the only part; None where its
            looks are left out.
    """

    trial: Trial
    seed: int
    parts: tuple[Part, ...]
    trials_differ: bool = False
    uncertain: bool = False
    amplitudes: Record | None = None
    looks: float | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """What the last axis of rows holds."""
        return FIELDS if self.looks is None else LOOK_FIELDS


def whole(trial: Trial) -> Part:
    """Return everybody of a trial."""
    sizes = sizes_of(trial)
    return Part((0,) * len(sizes), sizes)


def sizes_of(trial: Trial) -> tuple[int, ...]:
    """Return the people in each arm of the first phase."""
    return tuple(arm.n or 0 for arm in trial.phases[0].arms)


def with_sizes(trial: Trial, sizes: tuple[int, ...]) -> Trial:
    """Return the trial with as many people in the arms of its first phase."""
    first = trial.phases[0]
    arms = tuple(replace(arm, n=n) for arm, n in zip(first.arms, sizes, strict=True))
    return replace(trial, phases=(replace(first, arms=arms), *trial.phases[1:]))


def ready(trial: Trial) -> None:
    """Refuse a design of which power cannot be asked.

    Raises:
        TrialFileError: When it asks for something without a model, or has nothing to compare.
        EuthymiaError: When an arm has too few people.
    """
    check(trial)
    treated_arms(trial)
    for arm in trial.phases[0].arms:
        if (arm.n or 0) < SMALLEST:
            raise EuthymiaError(f"{trial.id}, arm {arm.name!r}: n is {arm.n or 0}; power needs {SMALLEST} or more")


def uncertain_names() -> tuple[str, ...]:
    """Return the amplitudes whose record says how uncertain their typical value is."""
    return tuple(each.name for each in load_record("amplitudes").parameters if each.cv)


def drawn_scores(seed: int, numbers: range) -> np.ndarray:
    """Return the standard normals behind drawn amplitudes, [replicate, amplitude], in the order of their names."""
    stream = Stream(seed).fold("uncertainty")
    names = uncertain_names()
    return np.concatenate([stream.normal(name, numbers.start, numbers.stop) for name in names], axis=1)


def drawn_amplitudes(scores: np.ndarray) -> Record:
    r"""Return the amplitudes of one replicate.

        value exp(s z),   s^2 = ln(1 + cv^2)                                                        (1)

    So the typical value is the median, and amplitudes are drawn independently of each other.

    Args:
        scores: Standard normals z, [amplitude].
    """
    record = load_record("amplitudes")
    values = {}
    for name, z in zip(uncertain_names(), scores, strict=True):
        spread = np.sqrt(np.log1p((record[name].cv or 0.0) ** 2))
        values[name] = float(record[name].value * np.exp(spread * z))  # (1)
    return record.replace(**values)


def rows_of(job: Job, numbers: range, threads: int | None = 1) -> np.ndarray:
    """Conduct and analyse some replicates.

    Args:
        job: What.
        numbers: Which replicates; each comes out the same whichever others are asked for.
        threads: Worker threads; all cores when None.

    Returns:
        Rows, [replicate, part, contrast, field], fields as in `estimates.FIELDS`; ``complete`` is the estimate with
        nobody missing. Of a trial that is looked at, those of `look_rows`.
    """
    settings = Settings(threads=threads)
    if not job.uncertain:
        step = max(1, PEOPLE_AT_ONCE // sum(sizes_of(job.trial)))
        parts = [numbers[first : first + step] for first in range(0, len(numbers), step)]
        return np.concatenate([_analysed(job, part, settings, job.amplitudes) for part in parts])
    scores = drawn_scores(job.seed, numbers)
    singles = [range(number, number + 1) for number in numbers]
    pairs = zip(singles, scores, strict=True)
    return np.concatenate([_analysed(job, one, settings, drawn_amplitudes(z)) for one, z in pairs])


def _analysed(job: Job, numbers: range, settings: Settings, amplitudes: Record | None) -> np.ndarray:
    """Return the rows of some replicates; where events are thought away, the same people are conducted without them."""

    def conducted(trial: Trial) -> TrialData:
        batch = Batch(trial, job.seed, numbers, settings, amplitudes=amplitudes, trial_effects=job.trials_differ)
        return batch.conducted()

    data = conducted(job.trial)
    if job.looks is not None:
        return look_rows(data, job.parts[0].stop, job.looks)
    without = as_if_without(job.trial)
    whole_truth = data if without is job.trial else conducted(without)
    return np.stack([_part_rows(job.trial, data, whole_truth, part) for part in job.parts], axis=1)


def _part_rows(trial: Trial, data: TrialData, truth: TrialData, part: Part) -> np.ndarray:
    """Return the rows of one part, [replicate, contrast, field]; nobody is missing in ``truth``."""
    inside = np.concatenate(
        [
            (np.arange(n) >= first) & (np.arange(n) < last)
            for n, first, last in zip(sizes_of(trial), part.start, part.stop, strict=True)
        ]
    )
    seen, all_rated = primary_analysis(data, inside), primary_analysis(truth, inside, complete=True)
    return seen.rows(all_rated.value)
