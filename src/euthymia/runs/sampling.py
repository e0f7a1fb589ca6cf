"""Short samples of a run, each in a process of its own that leaves nothing behind, from which the run is planned."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from euthymia.engine.processes import pool
from euthymia.errors import EuthymiaError
from euthymia.runs.conducted import ConductedJob, summary
from euthymia.runs.keeping import Work, document, keep
from euthymia.runs.planning import Planned, Sample, Taken, planned
from euthymia.runs.treatment import Treatment
from euthymia.store.catalogue import Catalogue

WHOLE_SHARDS = {Treatment.kind: (2, 6), ConductedJob.kind: (1, 2)}  # of both samples: what takes a few seconds
WARM = 2  # people or replicates of the run that compiles
SAMPLES = 3

Known = Treatment | ConductedJob


def plan(
    job: Known,
    *,
    kept: bool,
    threads: int | None = None,
    workers: int = 1,
    samples: int = SAMPLES,
    progress: Callable[[float], None] | None = None,
) -> Planned:
    """Return what a run will take, after carrying out short samples of it.

    Args:
        job: The run.
        kept: Whether it writes to a store; the samples write to a temporary folder then.
        threads: Threads of a worker.
        workers: Processes.
        samples: How many samples, two or more.
        progress: Called with the share of the samples that is done.

    Raises:
        EuthymiaError: When there are fewer than two samples, or the run cannot be carried out.
    """
    if samples < 2:
        raise EuthymiaError(f"{samples} samples; expected 2 or more, as their scatter is the error")
    job.check()
    few, many = sizes(job)
    found = []
    for number in range(samples):
        with pool(1) as submit:
            found.append(submit(sample, job, number, few, many, kept, threads, time.time()).result())
        if progress:
            progress((number + 1) / samples)
    shards = -(-job.units // job.a_shard) if kept else 0
    return planned(found, job.units, title=job.title, shards=shards, workers=workers, cores=cores())


def sizes(job: Known) -> tuple[int, int]:
    """Return the people or replicates of the smaller and the larger sample: whole shards where the run has more."""
    few, many = (count * job.a_shard for count in WHOLE_SHARDS[job.kind])
    if job.units > few:
        return few, min(many, job.units)
    return max(1, job.units // 2) if job.units > WARM else job.units, job.units


def sample(job: Known, number: int, few: int, many: int, kept: bool, threads: int | None, began: float) -> Sample:
    """Return what both sizes take in this process, which has done nothing yet.

    Args:
        job: The run.
        number: Which sample; each has people of its own.
        few: The smaller size.
        many: The larger size.
        kept: Whether it writes to a store.
        threads: Threads.
        began: Clock time at which the process was asked for, s.
    """
    from euthymia.engine.runtime import start

    start()
    started = time.time() - began
    job = replace(job, seed=job.seed + number)
    first = _taken(job, min(WARM, few), kept, threads)
    again = _taken(job, min(WARM, few), kept, threads)
    taken = [_taken(job, units, kept, threads) for units in (few, many)]
    return Sample(started, max(0.0, first.seconds - again.seconds), *taken)


def cores() -> int:
    """Return the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _taken(job: Known, units: int, kept: bool, threads: int | None) -> Taken:
    smaller = replace(job, population=units) if isinstance(job, Treatment) else replace(job, replicates=units)
    began = time.perf_counter()
    if not kept:
        _not_kept(smaller, threads)
        return Taken(units, time.perf_counter() - began, peak_memory(), 0)
    with tempfile.TemporaryDirectory() as folder:
        document(keep(smaller, Catalogue.at(folder), Work(threads=threads)).result)
        seconds = time.perf_counter() - began
        return Taken(units, seconds, peak_memory(), sum(file.stat().st_size for file in _files(Path(folder))))


def _not_kept(job: Known, threads: int | None) -> None:
    if isinstance(job, Treatment):
        document(job.course(range(job.population), threads)[1])
        return
    from euthymia.trials.conduct import conduct

    document(summary(conduct(job.trial, seed=job.seed, replicates=job.replicates, threads=threads)))


def _files(folder: Path) -> list[Path]:
    """Return shards, results and catalogue, without the catalogue's log, which ends with the run."""
    logs = ("-wal", "-shm")
    return [file for file in folder.rglob("*") if file.is_file() and not file.name.endswith(logs)]


def peak_memory() -> int | None:
    """Return the largest memory that this process has held, bytes; None where the system does not say.

    The number of `getrusage` is that of the parent where the parent was larger, so Linux is asked elsewhere.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return int(found[0]) * 1024 if found else None
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes, on macOS
