"""How fast this machine is: a cold start, a warm call, people per second, and all of it in units of the machine itself.

Seconds cannot be compared between machines, nor between a quiet and a busy hour of one. So the cost of a person is
also given in exponentials: how many numbers NumPy raises e to in the same processor time, measured in turns.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from euthymia.errors import WorkError

REGIMEN = "esketamine 84 mg nasal on days 1 4 8 11"
DAYS = 28.0
SIZES = (256, 1024, 4096)
TURNS = 3
NUMBERS, ROUNDS = 4096, 2000  # of the reference: so many exponentials, so often; a fifth of a second or less
FIRST = """
import time
start = time.perf_counter()
import euthymia
euthymia.simulate({regimen!r}, days={days})
print(time.perf_counter() - start)
"""


@dataclass(frozen=True)
class Size:
    """What a number of people took, medians of the turns.

    Attributes:
        people: How many, treated together.
        seconds: Of the clock.
        cpu: Processor seconds of all threads.
        per_second: People per second of the clock.
        exponentials: Cost of a person, in exponentials of the reference.
    """

    people: int
    seconds: float
    cpu: float
    per_second: float
    exponentials: float


@dataclass(frozen=True)
class Speed:
    """What was measured.

    Attributes:
        cores: Cores that this process may use.
        cold: First simulation of a fresh process with nothing compiled, its import included, s.
        started: The same with everything compiled, s.
        warm: A further simulation of one person, s.
        reference: Exponentials per processor second, in millions.
        sizes: Many people.
    """

    cores: int
    cold: float
    started: float
    warm: float
    reference: float
    sizes: tuple[Size, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {"schema": "euthymia.bench/1", "regimen": REGIMEN, "days": DAYS} | asdict(self)


def measure(sizes: Sequence[int] = SIZES, *, starts: bool = True, turns: int = TURNS) -> Speed:
    """Measure this machine, as busy as it is.

    Args:
        sizes: Numbers of people.
        starts: Whether to start fresh processes; without it ``cold`` and ``started`` are not a number.
        turns: How often everything is done after a first time that compiles; medians count.

    Raises:
        WorkError: When a fresh process fails.
    """
    cold, started = _starts() if starts else (float("nan"), float("nan"))
    works = [_reference, lambda: _simulated(1), *(lambda people=people: _simulated(people) for people in sizes)]
    for work in works:
        work()
    taken = [[_timed(work) for work in works] for _ in range(turns)]
    medians = [tuple(statistics.median(each) for each in zip(*turn, strict=True)) for turn in zip(*taken, strict=True)]
    (_, reference), (warm, _), *many = medians
    each = reference / (NUMBERS * ROUNDS)
    found = tuple(
        Size(people, seconds, cpu, people / seconds, cpu / people / each)
        for people, (seconds, cpu) in zip(sizes, many, strict=True)
    )
    return Speed(_cores(), cold, started, warm, 1e-6 / each, found)


def _simulated(people: int) -> None:
    from euthymia.runs.treatment import Treatment
    from euthymia.treatment.sentence import regimen

    Treatment(regimen(REGIMEN), days=DAYS, population=people).course(range(people), None)


def _reference() -> None:
    x, out = np.linspace(-20.0, 0.0, NUMBERS), np.empty(NUMBERS)
    for _ in range(ROUNDS):
        np.exp(x, out=out)


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of the clock and of all threads that some work takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def _starts() -> tuple[float, float]:
    """Return the seconds of a first simulation in a fresh process, with nothing compiled and with everything."""
    command = [sys.executable, "-c", FIRST.format(regimen=REGIMEN, days=DAYS)]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"EUTHYMIA_CACHE": folder}
        ended = [subprocess.run(command, env=environment, capture_output=True, text=True) for _ in range(2)]
    for each in ended:
        if each.returncode:
            raise WorkError(f"a fresh process could not simulate: {each.stderr.strip().splitlines()[-1:]}")
    return float(ended[0].stdout), float(ended[1].stdout)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
