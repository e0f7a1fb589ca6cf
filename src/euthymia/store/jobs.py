"""Work that was asked for: the queue, who works on what, and what happened, so that no restart forgets it."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from euthymia.errors import StoreError, UnknownNameError
from euthymia.store.catalogue import Catalogue
from euthymia.store.engines import engine_of, spoken
from euthymia.store.place import Place
from euthymia.store.schema import JOB_EVENTS, JOBS


class State(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self not in (State.QUEUED, State.RUNNING)


End = Literal[State.DONE, State.FAILED, State.CANCELLED, State.INTERRUPTED]
EventKind = Literal["queued", "started", "progress", "partial", "resumed", "done", "failed", "cancelled", "interrupted"]


@dataclass(frozen=True)
class Job:
    """A job.

    Attributes:
        id: Its name.
        kind: What is done.
        title: What it is, in words.
        asked: The request, as plain data.
        command: The command that gives the same numbers; may be empty.
        state: Where it stands.
        share: Share of the work that is done.
        created: When it was asked for, UTC.
        started: When work on it began; None before.
        finished: When it was over; None before.
        worker: Who works on it.
        beat: When the worker was last heard of, s since 1970.
        tries: How often work on it began.
        cancelling: Whether it is to stop.
        run: The kept run behind it.
        error: Why it failed, as plain data.
    """

    id: str
    kind: str
    title: str
    asked: Mapping[str, Any] = field(repr=False)
    command: str = ""
    state: State = State.QUEUED
    share: float = 0.0
    created: str = ""
    started: str | None = None
    finished: str | None = None
    worker: str | None = None
    beat: float = 0.0
    tries: int = 0
    cancelling: bool = False
    run: str | None = None
    error: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class JobEvent:
    """Something that happened to a job; numbers count from 1 within it."""

    job: str
    number: int
    at: str
    kind: EventKind
    told: Mapping[str, Any]


class JobBook:
    """The jobs of a store; every call is one transaction, so servers and workers may use it at once."""

    def __init__(self, place: Place) -> None:
        """Open the jobs of a store, and make the store where it is missing.

        Raises:
            StoreError: When it cannot be used, or belongs to something else.
        """
        self.place = place
        Catalogue(place)
        self._writing = engine_of(place, reading=False)
        self._reading = engine_of(place, reading=True) if place.file is not None else self._writing

    def add(self, job: Job, most: int) -> Job:
        """Put a job at the end of the queue.

        Args:
            job: The job.
            most: Jobs that may wait.

        Raises:
            StoreError: When so many wait already.
        """
        made = now()
        with self._writes() as connection:
            waiting = select(func.count()).select_from(JOBS).where(JOBS.c.state == State.QUEUED.value)
            if (connection.execute(waiting).scalar() or 0) >= most:
                raise QueueFullError(f"{most} jobs wait already; ask again when one is done, or cancel one")
            row = {
                **{name: getattr(job, name) for name in ("id", "kind", "title", "command", "share", "tries", "beat")},
                **{"asked": _text(job.asked), "state": job.state.value, "created": made, "cancelling": 0},
            }
            connection.execute(insert(JOBS).values(row))
            _note(connection, job.id, State.QUEUED.value, {})
            return _found(connection, job.id)

    def job(self, name: str) -> Job:
        """Return a job.

        Raises:
            UnknownNameError: When there is none of that name.
        """
        with self._reads() as connection:
            return _found(connection, name)

    def jobs(self, limit: int, offset: int = 0) -> tuple[Job, ...]:
        """Return jobs, the newest first."""
        asked = select(JOBS).order_by(JOBS.c.created.desc(), JOBS.c.id).limit(limit).offset(offset)
        with self._reads() as connection:
            return tuple(_job(row) for row in connection.execute(asked).mappings())

    def in_state(self, state: State) -> tuple[Job, ...]:
        """Return the jobs in a state, the oldest first."""
        asked = select(JOBS).where(JOBS.c.state == state.value).order_by(JOBS.c.created, JOBS.c.id)
        with self._reads() as connection:
            return tuple(_job(row) for row in connection.execute(asked).mappings())

    def count(self) -> dict[State, int]:
        """Return how many jobs are in each state."""
        asked = select(JOBS.c.state, func.count()).group_by(JOBS.c.state)
        with self._reads() as connection:
            found = {State(name): count for name, count in connection.execute(asked)}
        return {state: found.get(state, 0) for state in State}

    def ahead(self, job: Job) -> int:
        """Return how many jobs wait before one; 0 where it does not wait itself."""
        if job.state is not State.QUEUED:
            return 0
        before = (JOBS.c.created < job.created) | ((JOBS.c.created == job.created) & (JOBS.c.id < job.id))
        asked = select(func.count()).select_from(JOBS).where((JOBS.c.state == State.QUEUED.value) & before)
        with self._reads() as connection:
            return connection.execute(asked).scalar() or 0

    def take(self, worker: str) -> Job | None:
        """Return the oldest job that waits, now being worked on by ``worker``; None where none waits."""
        oldest = select(JOBS.c.id).where(JOBS.c.state == State.QUEUED.value).order_by(JOBS.c.created, JOBS.c.id)
        with self._writes() as connection:
            for name in connection.execute(oldest).scalars().all():
                held = _found(connection, name)
                values = {"state": State.RUNNING.value, "worker": worker, "beat": time.time(), "tries": held.tries + 1}
                taken = update(JOBS).where((JOBS.c.id == name) & (JOBS.c.state == State.QUEUED.value))
                if connection.execute(taken.values(started=held.started or now(), **values)).rowcount == 1:
                    _note(connection, name, "started" if held.tries == 0 else "resumed", {})
                    return _found(connection, name)
        return None

    def beat(self, worker: str) -> None:
        """Say that a worker is alive."""
        with self._writes() as connection:
            at_work = (JOBS.c.worker == worker) & (JOBS.c.state == State.RUNNING.value)
            connection.execute(update(JOBS).where(at_work).values(beat=time.time()))

    def move(self, name: str, share: float, kind: EventKind, told: Mapping[str, Any]) -> None:
        """Say how far a job is, and what came of it since."""
        with self._writes() as connection:
            at_work = (JOBS.c.id == name) & (JOBS.c.state == State.RUNNING.value)
            if connection.execute(update(JOBS).where(at_work).values(share=share, beat=time.time())).rowcount:
                _note(connection, name, kind, {"share": share, **told})

    def keeps(self, name: str, run: str) -> None:
        """Say which kept run is behind a job."""
        with self._writes() as connection:
            connection.execute(update(JOBS).where(JOBS.c.id == name).values(run=run))

    def end(self, name: str, state: End, error: Mapping[str, Any] | None = None) -> bool:
        """Say that a job is over, and return whether it was not before."""
        share = {"share": 1.0} if state is State.DONE else {}
        values = {"state": state.value, "finished": now(), "error": None if error is None else _text(error), **share}
        with self._writes() as connection:
            going = JOBS.c.state.in_([State.QUEUED.value, State.RUNNING.value])
            ended = connection.execute(update(JOBS).where((JOBS.c.id == name) & going).values(values)).rowcount == 1
            if ended:
                _note(connection, name, state.value, share | ({} if error is None else {"error": error}))
        return ended

    def requeue(self, job: Job) -> bool:
        """Put a job whose worker was lost back into the queue, and return whether it still was with that worker."""
        with self._writes() as connection:
            same = (JOBS.c.id == job.id) & (JOBS.c.state == State.RUNNING.value) & (JOBS.c.worker == job.worker)
            back = update(JOBS).where(same).values(state=State.QUEUED.value, worker=None)
            return connection.execute(back).rowcount == 1

    def ask_to_stop(self, name: str) -> Job:
        """Cancel a job that waits, or ask its worker to stop; a job that is over stays as it is.

        Raises:
            UnknownNameError: When there is none of that name.
        """
        with self._writes() as connection:
            job = _found(connection, name)
            if job.state is State.RUNNING:
                connection.execute(update(JOBS).where(JOBS.c.id == name).values(cancelling=1))
            elif job.state is State.QUEUED:
                values = {"state": State.CANCELLED.value, "finished": now(), "cancelling": 1}
                connection.execute(update(JOBS).where(JOBS.c.id == name).values(values))
                _note(connection, name, State.CANCELLED.value, {})
            return _found(connection, name)

    def stopping(self, name: str) -> bool:
        """Return whether a job is to stop: because it was asked to, or because it is over for others."""
        asked = select(JOBS.c.cancelling, JOBS.c.state).where(JOBS.c.id == name)
        with self._reads() as connection:
            row = connection.execute(asked).first()
        return row is None or bool(row[0]) or row[1] != State.RUNNING.value

    def events(self, name: str, after: int = 0) -> tuple[JobEvent, ...]:
        """Return what happened to a job after the event of that number."""
        asked = select(JOB_EVENTS).where((JOB_EVENTS.c.job == name) & (JOB_EVENTS.c.number > after))
        with self._reads() as connection:
            rows = connection.execute(asked.order_by(JOB_EVENTS.c.number)).mappings().all()
        return tuple(JobEvent(**{**row, "told": json.loads(row["told"])}) for row in rows)

    @contextlib.contextmanager
    def _writes(self) -> Iterator[Connection]:
        with spoken(self.place), self._writing.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def _reads(self) -> Iterator[Connection]:
        with spoken(self.place), self._reading.begin() as connection:
            yield connection


class QueueFullError(StoreError):
    """A queue that takes no more jobs."""


def now() -> str:
    """Return the time as the catalogue writes it: UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _note(connection: Connection, job: str, kind: EventKind, told: Mapping[str, Any]) -> None:
    """Write down an event under the next number; where another writer took it, under the one after."""
    last = select(func.max(JOB_EVENTS.c.number)).where(JOB_EVENTS.c.job == job)
    while True:
        number = (connection.execute(last).scalar() or 0) + 1
        try:
            with connection.begin_nested():
                row = {"job": job, "number": number, "at": now(), "kind": kind, "told": _text(told)}
                connection.execute(insert(JOB_EVENTS).values(row))
        except IntegrityError:
            continue
        return


def _found(connection: Connection, name: str) -> Job:
    row = connection.execute(select(JOBS).where(JOBS.c.id == name)).mappings().first()
    if row is None:
        known = connection.execute(select(JOBS.c.id).order_by(JOBS.c.created.desc()).limit(20)).scalars().all()
        raise UnknownNameError("job", name, known)
    return _job(row)


def _job(row: Mapping[Any, Any]) -> Job:
    held = {
        **row,
        "state": State(row["state"]),
        "cancelling": bool(row["cancelling"]),
        "asked": json.loads(row["asked"]),
    }
    return Job(**{**held, "error": None if row["error"] is None else json.loads(row["error"])})


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=True)
