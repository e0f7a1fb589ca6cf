"""What a run that is kept has to say: who is in it, what a part of it gives, and how the parts make its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol

from euthymia.errors import StoreError
from euthymia.store.moments import Moments
from euthymia.store.provenance import provenance
from euthymia.store.shards import Rows, Shard

Load = Callable[[Shard, "tuple[str, ...] | None"], Rows]


class Job(Protocol):
    """Something that can be carried out in ranges of people or replicates; frozen, and readable by another process."""

    kind: ClassVar[str]

    @property
    def seed(self) -> int:
        """Seed of the named streams."""
        ...

    @property
    def units(self) -> int:
        """How many people or replicates."""
        ...

    @property
    def a_shard(self) -> int:
        """How many of them a shard holds; part of the result, unlike how many a worker takes at a time."""
        ...

    @property
    def title(self) -> str:
        """What it is, in words."""
        ...

    @property
    def command(self) -> str:
        """The command that makes the same bytes again."""
        ...

    def request(self) -> dict[str, Any]:
        """Return what was asked for, as plain data."""
        ...

    def check(self) -> None:
        """Refuse, before any work, what cannot be carried out."""
        ...

    def rows(self, numbers: range, threads: int | None) -> Rows:
        """Return what some people or replicates give."""
        ...

    def moments(self, rows: Rows) -> Mapping[str, Moments]:
        """Return a few moments of rows, by name, for people who look on while it runs."""
        ...

    def views(self) -> Mapping[str, str]:
        """Return the tables that questions may be put to, beside ``rows``, each as a SELECT."""
        ...

    def result(self, shards: tuple[Shard, ...], load: Load) -> Any:
        """Return what all shards say together; it has ``to_dict``."""
        ...


def provenance_of(job: Job) -> dict[str, Any]:
    """Return what the bytes of a job depend on, in this program."""
    return provenance(job.kind, job.request(), seed=job.seed, units=job.units, a_shard=job.a_shard, command=job.command)


def job_of(held: Mapping[str, Any]) -> Job:
    """Return the job that a provenance describes.

    Raises:
        StoreError: When this version knows no such kind, or cannot read the request.
    """
    from euthymia.runs.conducted import ConductedJob
    from euthymia.runs.treatment import Treatment

    kinds: dict[str, Callable[[Mapping[str, Any]], Job]] = {
        Treatment.kind: Treatment.from_provenance,
        ConductedJob.kind: ConductedJob.from_provenance,
    }
    if held.get("kind") not in kinds:
        raise StoreError(f"no kind of run {held.get('kind')!r}; known: {', '.join(kinds)}")
    try:
        return kinds[held["kind"]](held)
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(f"the request of a {held['kind']} run cannot be read: {error!r}") from error
