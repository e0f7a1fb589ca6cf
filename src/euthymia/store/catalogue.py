"""The catalogue: which runs there are, which of their shards are whole, and what happened to them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from euthymia.errors import StoreError, UnknownNameError
from euthymia.store.engines import engine_of, spoken
from euthymia.store.files import make_folder
from euthymia.store.moments import Moments
from euthymia.store.place import Place, place_of
from euthymia.store.schema import EVENTS, NEWEST, RUNS, SHARDS, prepare, version_of
from euthymia.store.shards import Shard


@dataclass(frozen=True)
class Run:
    """A run that is kept.

    Attributes:
        id: Its name.
        kind: What is run.
        title: What it is, in words.
        seed: Seed of the named streams.
        units: How many people or replicates.
        a_shard: How many of them a shard holds.
        provenance: What its bytes depend on.
        created: When it was first asked for, UTC.
        finished: When its result was kept; None before.
        summary: Digest of the file that holds the result; None before.
    """

    id: str
    kind: str
    title: str
    seed: int
    units: int
    a_shard: int
    provenance: Mapping[str, Any] = field(repr=False)
    created: str = ""
    finished: str | None = None
    summary: str | None = None

    def ranges(self) -> tuple[range, ...]:
        """Return the people or replicates of each shard."""
        steps = range(0, self.units, self.a_shard)
        return tuple(range(first, min(first + self.a_shard, self.units)) for first in steps)


@dataclass(frozen=True)
class Event:
    """Something that happened to a run, and when (UTC)."""

    at: str
    what: str


class Catalogue:
    """An open catalogue; every call is one transaction, so several processes may use it at once."""

    def __init__(self, place: Place, *, reading: bool = False) -> None:
        """Open a catalogue, make it where it is missing, and take it to the newest schema.

        Args:
            place: Where.
            reading: Whether nothing will be written, nor made, nor taken anywhere.

        Raises:
            StoreError: When it cannot be used, or belongs to something else.
        """
        self.place = place
        if reading and place.file is not None and not place.file.exists():
            raise StoreError(f"no store in '{place.given}'; euthymia simulate ... --store makes one")
        if not reading:
            make_folder(place.shards)
        self._engine = engine_of(place, reading=reading)
        with self._transaction() as connection:
            name = str(place.file or place.given)
            if not reading:
                prepare(connection, name)
                return
            version = version_of(connection, name)
        if version == 0:
            raise StoreError(f"no store in '{place.given}'; euthymia simulate ... --store makes one")
        if version < NEWEST:
            Catalogue(place)  # once for writing, which takes it to the newest

    @classmethod
    def at(cls, given: str | Path, *, reading: bool = False) -> Self:
        """Return the catalogue of a store as the user names it."""
        return cls(place_of(given), reading=reading)

    def register(self, run: Run) -> Run:
        """Enter a run, or return it as it is where it is known already."""
        with self._transaction() as connection:
            held = _find(connection, run.id)
            if held is None:
                row = {**asdict(run), "provenance": _text(run.provenance), "created": run.created or _now()}
                with contextlib.suppress(IntegrityError), connection.begin_nested():
                    connection.execute(insert(RUNS).values(row))
                held = _find(connection, run.id)
        return held or run

    def runs(self) -> tuple[Run, ...]:
        """Return all runs, the oldest first."""
        with self._transaction() as connection:
            rows = connection.execute(select(RUNS).order_by(RUNS.c.created, RUNS.c.id)).mappings().all()
        return tuple(_run(row) for row in rows)

    def run(self, name: str) -> Run:
        """Return a run by its name, or by the beginning of one.

        Raises:
            UnknownNameError: When no run, or more than one, is called so.
        """
        runs = self.runs()
        found = [each for each in runs if each.id == name] or [
            each for each in runs if name and each.id.startswith(name)
        ]
        if len(found) != 1:
            raise UnknownNameError("run" if not found else "single run", name, [each.id for each in found or runs])
        return found[0]

    def shards(self, run: str) -> tuple[Shard, ...]:
        """Return the shards of a run that are acknowledged, in order."""
        with self._transaction() as connection:
            asked = select(SHARDS).where(SHARDS.c.run == run).order_by(SHARDS.c.number)
            return tuple(_shard(row) for row in connection.execute(asked).mappings())

    def acknowledge(self, run: str, shard: Shard) -> None:
        """Enter a shard whose file is whole; from now on it counts. Doing so again changes nothing.

        Raises:
            StoreError: When the same shard is known with other bytes.
        """
        row = {**asdict(shard), "run": run, "moments": _text({k: asdict(v) for k, v in shard.moments.items()})}
        with self._transaction() as connection:
            with contextlib.suppress(IntegrityError), connection.begin_nested():
                connection.execute(insert(SHARDS).values(row))
            where = (SHARDS.c.run == run) & (SHARDS.c.number == shard.number)
            held = connection.execute(select(SHARDS.c.digest).where(where)).scalar()
        if held != shard.digest:
            raise StoreError(f"shard {shard.number} of run {run} came out with other bytes than before; {_LOOK}")

    def finish(self, run: str, summary: str) -> None:
        """Enter the digest of a run's result, once all of its shards are in."""
        with self._transaction() as connection:
            entered = update(RUNS).where((RUNS.c.id == run) & RUNS.c.finished.is_(None))
            connection.execute(entered.values(finished=_now(), summary=summary))

    def remove(self, run: str) -> None:
        """Take a run out of the catalogue; its files are the caller's."""
        with self._transaction() as connection:
            for table, column in ((EVENTS, EVENTS.c.run), (SHARDS, SHARDS.c.run), (RUNS, RUNS.c.id)):
                connection.execute(delete(table).where(column == run))

    def note(self, run: str, what: str) -> None:
        """Write down what happened to a run."""
        with self._transaction() as connection:
            connection.execute(insert(EVENTS).values(run=run, at=_now(), what=what))

    def events(self, run: str) -> tuple[Event, ...]:
        """Return what happened to a run, in the order in which it did."""
        with self._transaction() as connection:
            asked = select(EVENTS.c.at, EVENTS.c.what).where(EVENTS.c.run == run).order_by(EVENTS.c.at)
            return tuple(Event(*row) for row in connection.execute(asked))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with spoken(self.place), self._engine.begin() as connection:
            yield connection


_LOOK = "another machine or version works on it; see euthymia rerun"


def _find(connection: Connection, name: str) -> Run | None:
    row = connection.execute(select(RUNS).where(RUNS.c.id == name)).mappings().first()
    return None if row is None else _run(row)


def _run(row: Mapping[Any, Any]) -> Run:
    return Run(**{**row, "provenance": json.loads(row["provenance"])})


def _shard(row: Mapping[Any, Any]) -> Shard:
    found = {name: Moments(**each) for name, each in json.loads(row["moments"]).items()}
    return Shard(**{**{name: value for name, value in row.items() if name != "run"}, "moments": found})


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
