"""Keeping a run: shards that are not there yet are made by whoever works, and all of them make the result."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from euthymia.engine.executor import Alone, Executor
from euthymia.errors import StoreError
from euthymia.runs.job import Job, job_of, provenance_of
from euthymia.runs.task import Task, carry_out
from euthymia.store.catalogue import Catalogue, Run
from euthymia.store.files import digest, make_folder, told, write_durably
from euthymia.store.provenance import fingerprint, run_id
from euthymia.store.shards import Rows, Shard, load, verify

SUMMARY = "summary.json"


@dataclass(frozen=True)
class Work:
    """How the work is done; none of it reaches a result.

    Attributes:
        executor: Who works.
        threads: Threads of each worker; None for all cores where this process works alone, and for one elsewhere.
        chunk: People or replicates a task, rounded up to whole shards; one shard when None.
        progress: Called with the share of the work that is done.
    """

    executor: Executor = field(default_factory=Alone)
    threads: int | None = None
    chunk: int | None = None
    progress: Callable[[float], None] | None = None

    @property
    def threads_each(self) -> int | None:
        """Threads of a worker."""
        return self.threads if self.threads or isinstance(self.executor, Alone) else 1


@dataclass(frozen=True)
class Kept:
    """A run and its result.

    Attributes:
        run: The run, finished.
        result: What it says: a course, or the summary of a trial.
        computed: How many shards were made now; the others were there.
    """

    run: Run
    result: Any
    computed: int


def keep(job: Job, catalogue: Catalogue, work: Work | None = None) -> Kept:
    """Carry out a job and keep it, or go on with it where it was ended, or return it where it is finished.

    Raises:
        StoreError: When the store cannot be written to, or a shard of the run was changed.
        WorkError: When workers were lost again and again.
        EuthymiaError: When the job cannot be carried out.
    """
    work = work or Work()
    origin = provenance_of(job)
    run = Run(run_id(origin), job.kind, job.title, job.seed, job.units, job.a_shard, origin)
    held = catalogue.shards(run.id)
    if len(held) < len(run.ranges()):
        job.check()
    run = catalogue.register(run)
    folder = make_folder(catalogue.place.folder(run.id))
    for shard in held:
        verify(folder, shard)
    there = {shard.number for shard in held}
    missing = [(number, numbers) for number, numbers in enumerate(run.ranges()) if number not in there]
    if missing:
        catalogue.note(run.id, f"gone on with {len(held)} of {len(run.ranges())} shards" if held else "started")
    tasks = _tasks(job, run, str(folder), missing, fingerprint(origin), work)
    done = len(held)
    with contextlib.closing(work.executor.run(carry_out, tasks)) as results:
        for shards in results:
            for shard in shards:
                catalogue.acknowledge(run.id, shard)
            done += len(shards)
            if work.progress:
                work.progress(done / len(run.ranges()))
    result = result_of(catalogue, run, job)
    if run.finished is None:
        text = document(result)
        write_durably(folder / SUMMARY, text)
        catalogue.finish(run.id, digest(text))
        catalogue.note(run.id, "finished")
    else:
        summary_of(catalogue, run)
    return Kept(catalogue.run(run.id), result, len(missing))


def result_of(catalogue: Catalogue, run: Run, job: Job | None = None, *, verified: bool = True) -> Any:
    """Return what the shards of a run say together.

    Args:
        catalogue: The store.
        run: A run, all of whose shards are in.
        job: What is run; read from the provenance when None.
        verified: Whether the files are known to be whole; they are verified first where not.

    Raises:
        StoreError: When shards are missing or were changed.
    """
    folder, shards = catalogue.place.folder(run.id), catalogue.shards(run.id)
    if len(shards) < len(run.ranges()):
        raise StoreError(
            f"run {run.id} is not finished: {len(shards)} of {len(run.ranges())} shards; run its command again to go on"
        )
    if not verified:
        for shard in shards:
            verify(folder, shard)

    def reading(shard: Shard, names: tuple[str, ...] | None) -> Rows:
        return load(folder, run.id, shard, names)

    return (job or job_of(run.provenance)).result(shards, reading)


def document(result: Any) -> bytes:
    """Return a result as the bytes by which two runs are compared: JSON without the command and version."""
    return (json.dumps(result.to_dict(), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def summary_of(catalogue: Catalogue, run: Run) -> dict[str, Any]:
    """Return the result of a finished run as it was kept.

    Raises:
        StoreError: When it is not finished, or the file was changed.
    """
    if run.summary is None:
        raise StoreError(f"run {run.id} is not finished; run its command again to go on")
    file = catalogue.place.folder(run.id) / SUMMARY
    with told(file, "read"):
        data = file.read_bytes()
    if digest(data) != run.summary:
        raise StoreError(
            f"'{file}' was changed after it was written; remove the run (euthymia runs rm) and run it again"
        )
    return json.loads(data)


def _tasks(job: Job, run: Run, folder: str, missing: Sequence[tuple[int, range]], mark: str, work: Work) -> list[Task]:
    each = max(1, -(-(work.chunk or 1) // run.a_shard))
    parts = [tuple(missing[first : first + each]) for first in range(0, len(missing), each)]
    return [Task(job, run.id, folder, part, mark, work.threads_each) for part in parts]
