"""Work on a Dask cluster: one that exists, by its address, or one that is started here for the time of the work."""

from __future__ import annotations

import contextlib
import logging
import re
import uuid
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, TypeVar

from euthymia.engine.executor import ATTEMPTS, Executor
from euthymia.engine.processes import one_thread
from euthymia.errors import EuthymiaError, WorkError

T = TypeVar("T")
R = TypeVar("R")
AHEAD = 2  # tasks that wait at each worker
PATIENCE = 30.0  # s to find a scheduler
HOST = "127.0.0.1"
_HERE: dict[str, Any] = {  # a cluster of this machine alone, which shows and tells nothing
    "threads_per_worker": 1,
    "processes": True,
    "host": HOST,
    "dashboard_address": f"{HOST}:0",  # any free port: the usual one may be another cluster's
    "silence_logs": logging.CRITICAL,
}
EXPECTED = "expected an address such as tcp://host:8786, or local:N"


@dataclass(frozen=True)
class Address:
    """Where a cluster is: a scheduler's address, or how many workers to start here."""

    text: str
    local: int | None = None


@dataclass(frozen=True)
class Cluster(Executor):
    """A Dask cluster.

    Attributes:
        address: Where it is.
    """

    address: Address

    def run(self, work: Callable[[T], R], tasks: Sequence[T]) -> Generator[R, None, None]:
        """Yield the results as they come; what lost workers or a lost scheduler had in hand is done again."""
        waiting, lost = deque(tasks), 0
        while waiting:
            try:
                for result in self._until_lost(work, waiting):
                    lost = 0
                    yield result
            except _LostError as error:
                lost += 1
                if lost == ATTEMPTS:
                    raise WorkError(
                        f"the cluster {self.address.text!r} was lost {ATTEMPTS} times before one task was done "
                        f"({error}); what was finished is kept, run again to go on"
                    ) from error

    def _until_lost(self, work: Callable[[T], R], waiting: deque[T]) -> Generator[R, None, None]:
        from distributed import as_completed

        running: dict[str, T] = {}
        with self._client() as client:

            def hand_out(among: Any) -> None:
                while waiting and len(running) < AHEAD * max(1, len(client.scheduler_info(n_workers=-1)["workers"])):
                    key = f"euthymia-{uuid.uuid4().hex}"
                    running[key] = waiting.popleft()
                    among.add(client.submit(work, running[key], key=key, pure=False))

            try:
                futures = as_completed([], loop=client.loop)
                hand_out(futures)
                while running:
                    future = next(futures)
                    result = _result(future)
                    del running[future.key]
                    yield result
                    hand_out(futures)
            except _LostError:
                waiting.extendleft(reversed(running.values()))
                raise

    @contextlib.contextmanager
    def _client(self) -> Iterator[Any]:
        """Give a client of the cluster; what is started here is ended."""
        from distributed import Client, LocalCluster

        with contextlib.ExitStack() as stack, _quiet():
            where: Any = self.address.text
            if self.address.local is not None:
                with one_thread():
                    where = stack.enter_context(LocalCluster(n_workers=self.address.local, **_HERE))
            try:
                client = stack.enter_context(Client(where, timeout=PATIENCE, set_as_default=False))
            except (OSError, TimeoutError) as error:
                raise _LostError(f"nobody answers at {self.address.text}") from error
            yield client


def address_of(text: str) -> Address:
    """Return the address that a user wrote; nothing is contacted.

    Raises:
        EuthymiaError: When it cannot be one.
        WorkError: When Dask is not installed.
    """
    if find_spec("distributed") is None:
        raise WorkError("a cluster needs Dask; install it with: pip install 'euthymia[cluster]'")
    if found := re.fullmatch(r"local:(\d+)", text):
        count = int(found.group(1))
        if count < 1:
            raise EuthymiaError(f"cluster is {text!r}; expected local:1 or more workers")
        return Address(text, count)
    if not re.fullmatch(r"(tcp|tls|ucx|ws|wss)://\S+", text):
        raise EuthymiaError(f"cluster is {text!r}; {EXPECTED}")
    return Address(text)


class _LostError(Exception):
    """The scheduler, or too many workers, went away."""


def _result(future: Any) -> Any:
    """Return what a task gave; its own errors are raised as they are, those of the cluster as a loss."""
    from concurrent.futures import CancelledError

    from distributed import KilledWorker
    from distributed.comm.core import CommClosedError

    try:
        return future.result()
    except (CancelledError, CommClosedError) as error:
        raise _LostError("no answer from the scheduler") from error
    except KilledWorker as error:
        raise _LostError("workers were ended again and again") from error
    except RuntimeError as error:
        if "deserialization of the task graph" not in str(error):
            raise
        raise WorkError("the cluster does not find this euthymia; install the same version there") from error


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own reports of lost workers off the screen; what matters is raised."""
    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)
