"""Streams of events: what happens to a job is read from the store once, whoever looks on, and sent as it comes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from euthymia.store.jobs import JobBook, JobEvent, State
from euthymia.web import limits
from euthymia.web.bench import Bench
from euthymia.web.faults import RefusalError
from euthymia.web.jobs import event_data

LOOK_S = 0.25
SIGN_OF_LIFE_S = 15.0  # so that proxies and browsers keep the line open
QUEUE = 1000  # events that one listener may be behind


class Events:
    """The open streams of one server."""

    def __init__(self, book: JobBook, bench: Bench, most: int) -> None:
        """Begin without a listener.

        Args:
            book: The jobs.
            bench: Where the store is read, beside the loop.
            most: Streams that may be open at once.
        """
        self._book, self._bench, self._most = book, bench, most
        self._listening: dict[str, set[asyncio.Queue[JobEvent | None]]] = {}
        self._last: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._open = 0

    def admit(self) -> None:
        """Count a stream that is to be opened.

        Raises:
            RefusalError: When too many are open.
        """
        if self._open >= self._most:
            said = f"{self._most} streams of events are open; look at the job itself instead, or come back"
            raise RefusalError(429, said)
        self._open += 1

    def release(self) -> None:
        """Count a stream that was opened no longer."""
        self._open -= 1

    async def stream(self, job: str, after: int) -> AsyncIterator[str]:
        """Give the events of a job as text, from the one after ``after`` to its end.

        `admit` comes before, `release` after.

        Args:
            job: The job's id, which exists.
            after: Number of the last event that is known.
        """
        queue: asyncio.Queue[JobEvent | None] = asyncio.Queue(QUEUE)
        self._listening.setdefault(job, set()).add(queue)
        until, sent = time.monotonic() + limits.STREAMS_S, after
        try:
            yield "retry: 2000\n\n"
            backlog = await self._bench.thread(lambda: self._book.events(job, after))
            self._last.setdefault(job, max((each.number for each in backlog), default=after))
            self._begin()
            for event in backlog:
                sent = event.number
                yield _text(event)
                if _ends(event):
                    return
            while time.monotonic() < until:
                try:
                    event = await asyncio.wait_for(queue.get(), SIGN_OF_LIFE_S)
                except TimeoutError:
                    yield ": here\n\n"
                    continue
                if event is None:
                    return
                if event.number <= sent:
                    continue
                sent = event.number
                yield _text(event)
                if _ends(event):
                    return
        finally:
            self._listening[job].discard(queue)
            if not self._listening[job]:
                del self._listening[job]
                self._last.pop(job, None)

    def close(self) -> None:
        """End all streams."""
        for queues in self._listening.values():
            for queue in queues:
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait(None)
        if self._task is not None:
            self._task.cancel()

    def _begin(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())

    async def _look(self) -> None:
        """Hand on what is new, as long as somebody listens."""
        while self._listening:
            for job in list(self._listening):
                after = self._last.get(job)
                if after is None:
                    continue  # its listener reads what was before, and says where that ends
                fresh = await self._bench.thread(lambda job=job, after=after: self._book.events(job, after))
                for event in fresh:
                    self._last[job] = event.number
                    for queue in self._listening.get(job, set()):
                        if not queue.full():
                            queue.put_nowait(event)
            await asyncio.sleep(LOOK_S)


def _ends(event: JobEvent) -> bool:
    return event.kind in {state.value for state in State if state.over}


def _text(event: JobEvent) -> str:
    data = event_data(event).model_dump_json(exclude_none=True)
    return f"id: {event.number}\nevent: {event.kind}\ndata: {data}\n\n"
