"""What a run will take, from samples of two sizes: a fixed part, a part a person, and how far off that may be.

A quantity of a run of n people or replicates is taken to be  y(n) = a + b n  (1). Each sample, a fresh process with a
seed of its own, measures y at two sizes and gives an estimate of the whole by (1); their mean is the estimate, and its
error is half of the interval in which 95 % of further runs are expected,  t sd sqrt(1 + 1/k)  (2), from k samples.
The error covers how much runs differ; it knows nothing of work that others begin on the machine meanwhile.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from euthymia.errors import EuthymiaError

SCHEMA = "euthymia.plan/1"
LEVEL = 0.95  # of runs expected within the stated error
PAGE = 4096  # bytes by which the catalogue's file grows


@dataclass(frozen=True)
class Taken:
    """What one size took in one process.

    Attributes:
        units: People or replicates.
        seconds: Wall time, everything compiled.
        memory: Peak memory of the process so far, bytes; None where the system does not say.
        disk: Bytes kept.
    """

    units: int
    seconds: float
    memory: int | None
    disk: int


@dataclass(frozen=True)
class Sample:
    """What one fresh process measured.

    Attributes:
        start: Seconds until the process had loaded the numerics.
        compiling: Seconds that the first run took longer than the same run again.
        few: The smaller size.
        many: The larger size; the same as the smaller where the whole run is that small.
    """

    start: float
    compiling: float
    few: Taken
    many: Taken


@dataclass(frozen=True)
class Estimate:
    """An estimate and its error, in the same unit.

    Attributes:
        value: What is expected.
        error: Half of the interval in which a run is expected in 95 % of cases.
        fixed: The part that does not grow with people or replicates.
        each: What one more person or replicate adds.
    """

    value: float
    error: float
    fixed: float
    each: float


@dataclass(frozen=True)
class Planned:
    """What a run will take.

    Attributes:
        title: The run in words.
        units: People or replicates.
        shards: Files of rows that it keeps; 0 where it is not kept.
        workers: Processes.
        cores: Cores of this machine.
        start: Seconds to start and to load what is compiled.
        compiling: Seconds of compiling, or of reading compiled code back, in what was measured; part of the time.
        seconds: Wall time, start and compiling included.
        memory: Peak memory of a process, bytes; None where the system does not say.
        disk: Bytes kept.
        samples: What it was estimated from.
    """

    title: str
    units: int
    shards: int
    workers: int
    cores: int
    start: Estimate
    compiling: Estimate
    seconds: Estimate
    memory: Estimate | None
    disk: Estimate
    samples: tuple[Sample, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"schema": SCHEMA, "level": LEVEL} | asdict(self)


def planned(
    samples: Sequence[Sample], units: int, *, title: str = "", shards: int = 0, workers: int = 1, cores: int = 1
) -> Planned:
    """Return what a run will take, from samples of it.

    Args:
        samples: Two or more.
        units: People or replicates of the run.
        title: The run in words.
        shards: Files of rows that it keeps.
        workers: Processes that share the part that grows; no more of them count than there are cores.
        cores: Cores of the machine.

    Raises:
        EuthymiaError: When there are fewer than two samples, which say nothing of their error.
    """
    if len(samples) < 2:
        raise EuthymiaError(f"{len(samples)} samples; expected 2 or more, as their scatter is the error")
    once = [(sample.start + sample.compiling, 0.0) for sample in samples]
    working = [_line(s.few.units, s.few.seconds, s.many.units, s.many.seconds) for s in samples]
    at_once = max(1, min(workers, cores))
    seconds = [(first + fixed, each / at_once) for (first, _), (fixed, each) in zip(once, working, strict=True)]
    disk = _estimate(
        [_line(s.few.units, float(s.few.disk), s.many.units, float(s.many.disk)) for s in samples],
        units,
        grain=PAGE if shards else 0,
    )
    return Planned(
        title=title,
        units=units,
        shards=shards,
        workers=workers,
        cores=cores,
        start=_estimate([(sample.start, 0.0) for sample in samples], units),
        compiling=_estimate([(sample.compiling, 0.0) for sample in samples], units),
        seconds=_estimate(seconds, units),
        memory=_memory(samples, units),
        disk=disk,
        samples=tuple(samples),
    )


def _memory(samples: Sequence[Sample], units: int) -> Estimate | None:
    lines = []
    for sample in samples:
        if sample.few.memory is None or sample.many.memory is None:
            return None
        lines.append(_line(sample.few.units, float(sample.few.memory), sample.many.units, float(sample.many.memory)))
    return _estimate(lines, units)


def _line(few: int, y_few: float, many: int, y_many: float) -> tuple[float, float]:
    """Return the fixed part and the part a unit; both sizes the same means that the whole was measured."""
    each = (y_many - y_few) / (many - few) if many > few else 0.0
    return y_many - each * many, each  # (1)


def _estimate(lines: Sequence[tuple[float, float]], units: int, *, grain: float = 0.0) -> Estimate:
    """Return the estimate that lines give of a run, each line from another sample.

    Args:
        lines: Fixed part, and part a unit.
        units: How many units.
        grain: Least step in which the quantity grows, below which no scatter can be seen.
    """
    values = [fixed + each * units for fixed, each in lines]
    k = len(values)
    scatter = _quantile(k - 1) * statistics.stdev(values) * math.sqrt(1.0 + 1.0 / k)  # (2)
    fixed, each = (statistics.fmean(parts) for parts in zip(*lines, strict=True))
    return Estimate(statistics.fmean(values), scatter + grain, fixed, each)


def _quantile(freedom: int) -> float:
    """Return the two-sided quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + LEVEL / 2.0))
