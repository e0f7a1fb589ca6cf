"""Replicates of a job, block by block: kept as they are finished, stopped when enough, the same whoever works."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

import numpy as np

from euthymia.engine.processes import pool
from euthymia.errors import EuthymiaError
from euthymia.trials.power_plan import BLOCK, Job, rows_of
from euthymia.trials.power_store import Folder

Enough = Callable[[np.ndarray], bool]


@dataclass(frozen=True)
class Work:
    """How the work is done; none of it reaches a result.

    Attributes:
        workers: Processes; one means this one.
        threads: Threads of this process, where it works alone; all cores when None.
        folder: Where finished blocks are kept; nowhere when None.
        progress: Called with the share of the work that is done.
    """

    workers: int = 1
    threads: int | None = None
    folder: Folder | None = None
    progress: Callable[[float], None] | None = None


ALONE = Work()  # in this process, kept nowhere


def run(job: Job, replicates: int, work: Work, stage: str, enough: Enough | None = None) -> np.ndarray:
    """Conduct and analyse replicates of a job.

    Blocks count in their order, and the run is ended after a block and never within one; so neither the workers nor a
    run that was killed reaches the result.

    Args:
        job: What.
        replicates: How many at most.
        work: How.
        stage: Name of the stage, for the folder.
        enough: Says of the rows so far whether they are enough.

    Returns:
        Rows, [replicate, part, contrast, field].

    Raises:
        OutputError: When the folder holds something else.
        EuthymiaError: When a worker was ended from outside.
    """
    folder = work.folder.stage(stage) if work.folder else None
    if folder:
        folder.open(job)
    ranges = [range(first, min(first + BLOCK, replicates)) for first in range(0, replicates, BLOCK)]
    done: list[np.ndarray] = []
    with contextlib.closing(_blocks(job, ranges, work, folder)) as blocks:
        for number, rows in enumerate(blocks, start=1):
            done.append(rows)
            if work.progress:
                work.progress(number / len(ranges))
            if enough and number < len(ranges) and enough(np.concatenate(done)):
                break
    return np.concatenate(done)


def _blocks(job: Job, ranges: list[range], work: Work, folder: Folder | None) -> Generator[np.ndarray, None, None]:
    """Yield the rows of the blocks in order, from the folder where they are, and keep the others there."""
    with _submitter(work) as submit:
        waiting: deque[tuple[int, np.ndarray | None, Callable[[], np.ndarray]]] = deque()
        ahead = iter(enumerate(ranges))
        while True:
            for number, numbers in ahead:
                held = folder.read(job, number) if folder else None
                held = held if held is not None and len(held) >= len(numbers) else None
                waiting.append((number, held, _nothing if held is not None else submit(job, numbers)))
                if len(waiting) >= work.workers:
                    break
            if not waiting:
                return
            number, held, result = waiting.popleft()
            rows = result() if held is None else held
            if folder and held is None:
                folder.save(job, number, rows)
            yield rows[: len(ranges[number])]


def _nothing() -> np.ndarray:
    return np.empty(0)


@contextlib.contextmanager
def _submitter(work: Work) -> Iterator[Callable[[Job, range], Callable[[], np.ndarray]]]:
    """Give a function that starts on a block and returns a function that waits for it."""
    if work.workers == 1:
        yield lambda job, numbers: lambda: rows_of(job, numbers, work.threads)
        return
    with pool(work.workers) as submit:
        yield lambda job, numbers: _waiter(submit(rows_of, job, numbers))


def _waiter(future: Future[np.ndarray]) -> Callable[[], np.ndarray]:
    def wait() -> np.ndarray:
        try:
            return future.result()
        except BrokenProcessPool as error:
            raise EuthymiaError(
                "a worker was ended from outside, or had not enough memory; run again with the same --out to go on, "
                "or with fewer workers"
            ) from error

    return wait
