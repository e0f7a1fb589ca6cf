"""Replicates as they arrive: of each new shard of a conducted trial the mean of every arm, one a replicate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from euthymia.runs.conducted import ConductedJob
from euthymia.runs.job import provenance_of
from euthymia.store.catalogue import Catalogue
from euthymia.store.place import Place
from euthymia.store.provenance import run_id
from euthymia.store.shards import Rows, Shard, load
from euthymia.trials.design import visits_of

if TYPE_CHECKING:
    import numpy as np


class Arriving:
    """Looks for shards that it has not told of yet."""

    def __init__(self, place: Place, job: ConductedJob, told: Iterable[int] = ()) -> None:
        """Begin where work on the trial begins, or goes on.

        Args:
            place: Where the run is kept.
            job: The trial that is conducted.
            told: Numbers of the shards that were told of before work was lost.
        """
        self._catalogue, self._job = Catalogue(place), job
        self._run = run_id(provenance_of(job))
        self._told = set(told)

    def fresh(self) -> list[dict[str, Any]]:
        """Return what the shards say that came since the last time."""
        shards = self._catalogue.shards(self._run)
        new = [shard for shard in shards if shard.number not in self._told]
        self._told |= {shard.number for shard in new}
        return [
            {"done": shard.stop, "total": self._job.replicates, "first": shard.first, "arms": self._arms(shard)}
            for shard in new
        ]

    def _arms(self, shard: Shard) -> list[dict[str, Any]]:
        rows = load(self._catalogue.place.folder(self._run), self._run, shard, None)
        found = []
        for place, phase in enumerate(self._job.trial.phases):
            visit = visits_of(self._job.trial, phase)[-1].label
            for number, arm in enumerate(phase.arms):
                means = _means(rows, shard, place, number)
                found.append({"arm": arm.name, "phase": phase.name, "visit": visit, "means": means})
        return found


def _means(rows: Rows, shard: Shard, place: int, number: int) -> list[float | None]:
    """Return the mean MADRS of those seen at the last visit of a phase, one a replicate of the shard."""
    import numpy as np

    arm, MADRS = rows.columns[f"phases.{place}.arm"], rows.columns[f"phases.{place}.MADRS"]
    seen = (arm == number) & rows.columns[f"phases.{place}.observed"][:, -1]
    replicate: np.ndarray = rows.columns["replicate"][seen] - shard.first
    people = np.bincount(replicate, minlength=shard.stop - shard.first)
    total = np.bincount(replicate, weights=MADRS[seen, -1], minlength=shard.stop - shard.first)
    return [round(float(s) / int(n), 3) if n else None for s, n in zip(total, people, strict=True)]
