"""Where answers are computed: few at a time, some may wait, the rest are asked to come back; each question once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from euthymia.web import limits
from euthymia.web.cache import Kept
from euthymia.web.faults import RefusalError

Found = TypeVar("Found")
JSON = "application/json"


class Bench:
    """Threads for answers, and the answers that were given."""

    def __init__(self, at_once: int = limits.AT_ONCE, waiting: int = limits.WAITING) -> None:
        """Begin with nothing to do.

        Args:
            at_once: Answers that are computed at the same time.
            waiting: More that may wait.
        """
        self.kept = Kept(limits.CACHE_BYTES)
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="answer")
        self._free = asyncio.Semaphore(at_once)
        self._waiting, self._most = 0, waiting
        self._under_way: dict[str, asyncio.Task[bytes]] = {}
        self._sharing: dict[str, int] = {}

    async def answer(self, request: Request, key: str, work: Callable[[], bytes]) -> Response:
        """Return an answer: kept, shared with somebody who asks the same, or computed.

        Args:
            request: Who asks; a question whose asker went away while it waited is dropped.
            key: Its content.
            work: Computes it, in a thread.

        Raises:
            RefusalError: When too many wait already.
        """
        found = self.kept.get(key)
        if found is None:
            task = self._under_way.get(key)
            if task is None:
                if self._waiting >= self._most:
                    raise RefusalError(503, "too many questions wait for an answer; ask again in a moment")
                task = asyncio.create_task(self._computed(request, key, work))
                self._under_way[key] = task
                task.add_done_callback(lambda done: self._over(key, done))
            self._sharing[key] = self._sharing.get(key, 0) + 1
            found = await asyncio.shield(task)
        return Response(found, media_type=JSON)

    async def _computed(self, request: Request, key: str, work: Callable[[], bytes]) -> bytes:
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        try:
            if self._sharing.get(key, 0) <= 1 and await request.is_disconnected():
                raise RefusalError(503, "nobody waits for this answer any more", code="gone")
            found = await asyncio.get_running_loop().run_in_executor(self._pool, work)
            return self.kept.put(key, found)
        finally:
            self._free.release()

    def _over(self, key: str, task: asyncio.Task[bytes]) -> None:
        del self._under_way[key]
        self._sharing.pop(key, None)
        if not task.cancelled():
            task.exception()  # looked at, so that nobody complains when the asker went away

    async def thread(self, work: Callable[[], Found]) -> Found:
        """Return what small work gives, done beside the loop."""
        return await asyncio.get_running_loop().run_in_executor(None, work)

    def close(self) -> None:
        """Stop: what is computed is left to end by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)
