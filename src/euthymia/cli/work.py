"""The long work behind commands: the one place where the command line calls the numerics, loaded only then."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from euthymia.cli import output
from euthymia.engine.device import Dtype
from euthymia.errors import EuthymiaError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from euthymia.engine.course import Course
    from euthymia.models.asked import Asked
    from euthymia.models.condition import Condition
    from euthymia.patients.who import Who
    from euthymia.trials.design import Trial
    from euthymia.trials.results import TrialSummary


@dataclass(frozen=True)
class Kept:
    """Where a run is kept, and who works on it; none of it changes a byte of the result.

    Attributes:
        store: A folder or a URL; nowhere when None.
        workers: Processes.
        cluster: Dask scheduler, or ``local:N``.
        threads: Threads of each.
        chunk: People or replicates at a time.
        command: The command that makes the run again.
    """

    store: str | None = None
    workers: int = 1
    cluster: str | None = None
    threads: int | None = None
    chunk: int | None = None
    command: str = ""

    def check(self, keep: Sequence[str] = (), *, chunked: bool = False) -> None:
        """Refuse, before any work, a place or work that cannot be, and what only a kept run has.

        Args:
            keep: Variables that a kept run holds.
            chunked: Whether only a kept run has people at a time.

        Raises:
            EuthymiaError: Naming it.
        """
        if self.store is not None:
            from euthymia.engine.executor import executor
            from euthymia.store.place import place_of

            place_of(self.store)
            executor(self.workers, self.cluster)
            return
        asked = {"--workers": self.workers > 1, "--cluster": self.cluster is not None, "--keep": bool(keep)}
        asked |= {"--chunk": chunked and self.chunk is not None}
        if name := next((name for name, given in asked.items() if given), None):
            raise EuthymiaError(f"{name} is for runs that are kept; say where with --store")


def simulated(
    regimen: str,
    *,
    days: float,
    patients: int,
    seed: int,
    fast: bool,
    dtype: Dtype = Dtype.FLOAT64,
    condition: Condition,
    asked: Asked,
    kept: Kept = Kept(),
    keep: Sequence[str] = (),
    who: Who | None = None,
) -> Course:
    """Return the course of a typical person, or of ``patients`` people."""
    from euthymia import api

    with output.progress("simulating") as move:
        return api.simulate(
            regimen,
            days=days,
            population=patients,
            seed=seed,
            fast=fast,
            dtype=dtype,
            condition=condition,
            therapy=asked.therapy,
            beside=asked.others,
            mechanism=asked.mechanism,
            deplete_on=asked.deplete_on,
            who=who,
            threads=kept.threads,
            store=kept.store,
            keep=keep,
            workers=kept.workers,
            cluster=kept.cluster,
            chunk=kept.chunk if kept.store else None,
            command=kept.command,
            progress=move,
        )


def conducted(
    trial: Trial,
    *,
    replicates: int,
    seed: int,
    threads: int | None = None,
    chunk: int | None = None,
    kept: Kept = Kept(),
) -> TrialSummary:
    """Return what a trial says; ``threads``, ``chunk`` and ``kept`` change the time it takes, never a byte."""
    from euthymia import api

    with output.progress("conducting the trial") as move:
        return api.conduct(
            trial,
            seed=seed,
            replicates=replicates,
            threads=threads,
            chunk=chunk,
            progress=move,
            store=kept.store,
            workers=kept.workers,
            cluster=kept.cluster,
            command=kept.command,
        )


def spelled(*words: object) -> str:
    """Return a command line as a user would type it again."""
    return shlex.join(str(word) for word in words)
