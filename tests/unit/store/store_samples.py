"""Stores, runs and rows that other tests of the room keep, and where a Postgres is, if there is one."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import numpy as np

from euthymia.store.catalogue import Catalogue, Run
from euthymia.store.moments import moments
from euthymia.store.shards import Rows, Shard, save

POSTGRES = os.environ.get("EUTHYMIA_TEST_POSTGRES", "")


def rows(numbers: range) -> Rows:
    values = np.stack([np.random.default_rng([7, number]).normal(size=3) for number in numbers])
    values[0, 0] = np.nan
    return Rows(
        {
            "person": np.arange(numbers.start, numbers.stop),
            "MADRS": values[:, 0].copy(),
            "items": values.reshape(len(numbers), 3, 1),
            "none": np.empty((len(numbers), 0)),
            "female": values[:, 1] > 0.0,
            "arm": np.array(["drug", "placebo"])[(values[:, 2] > 0.0).astype(int)],
        },
        {"error": 0.25},
    )


def run(name: str = "r1", units: int = 25, seed: int = 1) -> Run:
    return Run(name, "invented", "25 invented people", seed, units, 10, {"seed": seed, "command": "none"})


def keep(catalogue: Catalogue, kept: Run, number: int) -> Shard:
    """Write a shard and acknowledge it, as a run does."""
    from dataclasses import replace

    folder = catalogue.place.folder(kept.id)
    folder.mkdir(parents=True, exist_ok=True)
    found = rows(kept.ranges()[number])
    shard = save(folder, kept.id, number, kept.ranges()[number], found)
    shard = replace(shard, moments={"MADRS": moments(found.columns["MADRS"])})
    catalogue.acknowledge(kept.id, shard)
    return shard


def whole(catalogue: Catalogue, kept: Run) -> Run:
    held = catalogue.register(kept)
    for number in range(len(kept.ranges())):
        keep(catalogue, held, number)
    catalogue.finish(held.id, "summary")
    return catalogue.run(held.id)


def own_base(folder: Path) -> tuple[str, str]:
    """Return the URL of a new, empty base on the Postgres server, and its name."""
    import psycopg
    from sqlalchemy.engine import make_url

    url = make_url(POSTGRES)
    name = f"euthymia_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(_plain(POSTGRES), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return url.set(database=name).update_query_dict({"shards": str(folder)}).render_as_string(hide_password=False), name


def drop_base(name: str) -> None:
    import psycopg

    with psycopg.connect(_plain(POSTGRES), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")
