"""Running a kept run again, beside it: the same bytes, or what differs."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from euthymia.errors import StoreError
from euthymia.runs.job import job_of, provenance_of
from euthymia.runs.keeping import Work, document, result_of
from euthymia.runs.task import Task, carry_out
from euthymia.store.catalogue import Catalogue, Run
from euthymia.store.files import digest, make_folder, told
from euthymia.store.provenance import differences, fingerprint
from euthymia.store.shards import Shard, verify

SCHEMA = "euthymia.rerun/1"


@dataclass(frozen=True)
class Rerun:
    """What came of running a run again.

    Attributes:
        run: The run.
        shards: How many were made again.
        other_rows: Shards whose rows differ, by number.
        other_files: Shards with the same rows in other bytes, as another version of Parquet's writer gives.
        other_result: Whether the result differs; None where the run was not finished.
        differences: What differs between the kept provenance and this program.
    """

    run: Run
    shards: int
    other_rows: tuple[int, ...]
    other_files: tuple[int, ...]
    other_result: bool | None
    differences: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether every byte is the same."""
        return not (self.other_rows or self.other_files or self.other_result)

    def to_dict(self) -> dict[str, object]:
        """Return plain data (schema in docs/json.md)."""
        return {
            "schema": SCHEMA,
            "id": self.run.id,
            "same": self.same,
            "shards": self.shards,
            "other_rows": list(self.other_rows),
            "other_files": list(self.other_files),
            "other_result": self.other_result,
            "differences": list(self.differences),
        }


def run_again(catalogue: Catalogue, name: str, work: Work) -> Rerun:
    """Make the shards of a run again in a folder beside its own, which is removed; see `euthymia.runs.rerun`."""
    run = catalogue.run(name)
    kept, folder = catalogue.shards(run.id), catalogue.place.folder(run.id)
    if not kept:
        raise StoreError(f"run {run.id} has no finished shard yet; run its command again to go on")
    for shard in kept:
        verify(folder, shard)
    job = job_of(run.provenance)
    job.check()
    now = provenance_of(job)
    with _beside(catalogue, run) as place:
        tasks = [
            Task(
                job,
                run.id,
                str(place),
                ((each.number, range(each.first, each.stop)),),
                fingerprint(now),
                work.threads_each,
            )
            for each in kept
        ]
        made = _made(tasks, work)
    pairs = [(shard, made[shard.number]) for shard in kept]
    result = None if run.finished is None else digest(document(result_of(catalogue, run, job))) != run.summary
    return Rerun(
        run,
        len(kept),
        tuple(old.number for old, new in pairs if old.content != new.content),
        tuple(old.number for old, new in pairs if old.content == new.content and old.digest != new.digest),
        result,
        differences(run.provenance, now),
    )


def _made(tasks: list[Task], work: Work) -> dict[int, Shard]:
    made: dict[int, Shard] = {}
    with contextlib.closing(work.executor.run(carry_out, tasks)) as results:
        for shards in results:
            made |= {shard.number: shard for shard in shards}
            if work.progress:
                work.progress(len(made) / len(tasks))
    return made


@contextlib.contextmanager
def _beside(catalogue: Catalogue, run: Run) -> Iterator[Path]:
    """Give an empty folder that all workers see, and take it away afterwards."""
    parent = make_folder(catalogue.place.shards)
    with told(parent, "use"):
        place = Path(tempfile.mkdtemp(prefix=f".again-{run.id}-", dir=parent))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
