"""What a worker does: some shards of a run, each written whole before the next is begun."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from euthymia.errors import StoreError
from euthymia.runs.job import Job, provenance_of
from euthymia.store.files import make_folder
from euthymia.store.provenance import fingerprint
from euthymia.store.shards import Shard, save


@dataclass(frozen=True)
class Task:
    """Some shards of a run.

    Attributes:
        job: What is run.
        run: Name of the run.
        folder: Where its shards go.
        shards: Number of each shard, and the people or replicates in it.
        fingerprint: Of all that the bytes depend on, where the run was asked for.
        threads: Worker threads; all cores when None.
    """

    job: Job
    run: str
    folder: str
    shards: tuple[tuple[int, range], ...]
    fingerprint: str
    threads: int | None


def carry_out(task: Task) -> tuple[Shard, ...]:
    """Return what is known of the shards, once they are written; doing so again writes the same bytes.

    Raises:
        StoreError: When this program is not the one that the run was asked of, or a shard cannot be written.
    """
    if fingerprint(provenance_of(task.job)) != task.fingerprint:
        raise StoreError("a worker has another program, records or versions; install the same there")
    folder = make_folder(Path(task.folder))
    return tuple(_shard(task, folder, number, numbers) for number, numbers in task.shards)


def _shard(task: Task, folder: Path, number: int, numbers: range) -> Shard:
    started = time.perf_counter()
    rows = task.job.rows(numbers, task.threads)
    made = save(folder, task.run, number, numbers, rows)
    return replace(made, moments=task.job.moments(rows), seconds=round(time.perf_counter() - started, 3))
