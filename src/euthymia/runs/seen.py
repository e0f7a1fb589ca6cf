"""What is seen of a kept run: its provenance, shards, moments and events; answers to questions; and its removal."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from euthymia.errors import StoreError
from euthymia.runs.job import job_of
from euthymia.store.catalogue import Catalogue, Event, Run
from euthymia.store.files import told
from euthymia.store.moments import Moments, together
from euthymia.store.query import Answer, query
from euthymia.store.shards import Shard

SCHEMA = "euthymia.kept-run/1"


@dataclass(frozen=True)
class Shown:
    """All that a store knows of a run.

    Attributes:
        run: The run.
        shards: Its acknowledged shards, in order.
        events: What happened to it.
        moments: Moments over all shards that are there, by name.
    """

    run: Run
    shards: tuple[Shard, ...]
    events: tuple[Event, ...]
    moments: Mapping[str, Moments]

    @property
    def wanted(self) -> int:
        """How many shards the run has when it is finished."""
        return len(self.run.ranges())

    def to_dict(self) -> dict[str, object]:
        """Return plain data (schema in docs/json.md)."""
        from euthymia.engine.course import plain

        run = self.run
        return {
            "schema": SCHEMA,
            "id": run.id,
            "kind": run.kind,
            "title": run.title,
            "created": run.created,
            "finished": run.finished,
            "provenance": plain(run.provenance),
            "wanted": self.wanted,
            "shards": [plain({**vars(shard), "moments": len(shard.moments)}) for shard in self.shards],
            "events": plain(self.events),
            "moments": {name: plain({**vars(each), "sd": each.sd}) for name, each in self.moments.items()},
        }


def shown(catalogue: Catalogue, name: str) -> Shown:
    """Return all that is known of a run; see `euthymia.runs.show`."""
    run = catalogue.run(name)
    shards = catalogue.shards(run.id)
    names = dict.fromkeys(each for shard in shards for each in shard.moments)
    merged = {each: together(shard.moments[each] for shard in shards if each in shard.moments) for each in names}
    return Shown(run, shards, catalogue.events(run.id), merged)


def asked(catalogue: Catalogue, sql: str, name: str | None) -> Answer:
    """Return the answer to a question; see `euthymia.runs.query`."""
    run = catalogue.run(name) if name is not None else _newest(catalogue)
    return query(catalogue, sql, run, job_of(run.provenance).views())


def removed(catalogue: Catalogue, name: str) -> Run:
    """Remove a run, first from the catalogue, so that what is left after a kill is no more than files nobody counts."""
    run = catalogue.run(name)
    catalogue.remove(run.id)
    folder = catalogue.place.folder(run.id)
    with told(folder, "remove"):
        if folder.exists():
            shutil.rmtree(folder)
    return run


def _newest(catalogue: Catalogue) -> Run:
    runs: tuple[Any, ...] = catalogue.runs()
    if not runs:
        raise StoreError(f"no run in '{catalogue.place.given}'; euthymia simulate ... --store keeps one")
    return runs[-1]
