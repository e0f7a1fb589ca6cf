"""Work in several processes of this machine, which outlive neither the one that started them nor its patience."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.connection import Connection
from typing import TypeVar

from euthymia.engine.executor import ATTEMPTS, Executor
from euthymia.errors import WorkError

T = TypeVar("T")
R = TypeVar("R")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Processes(Executor):
    """Several processes.

    Attributes:
        workers: How many.
    """

    workers: int

    def run(self, work: Callable[[T], R], tasks: Sequence[T]) -> Generator[R, None, None]:
        """Yield the results as they come; what a dead worker had in hand is done again by others."""
        waiting, lost = deque(tasks), 0
        while waiting:
            try:
                for result in self._until_broken(work, waiting):
                    lost = 0
                    yield result
            except BrokenProcessPool as error:
                lost += 1
                if lost == ATTEMPTS:
                    raise WorkError(
                        f"workers were ended {ATTEMPTS} times before one task was done: from outside, or for want of "
                        "memory; what was finished is kept, try fewer workers"
                    ) from error

    def _until_broken(self, work: Callable[[T], R], waiting: deque[T]) -> Generator[R, None, None]:
        """Yield results until all tasks are done or a worker is lost; then the unfinished are back in ``waiting``."""
        running: dict[Future[R], T] = {}
        with pool(self.workers) as submit:
            try:
                while waiting or running:
                    while waiting and len(running) < self.workers:
                        future = submit(work, waiting[0])
                        running[future] = waiting.popleft()
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for ended in done:
                        result = ended.result()
                        del running[ended]
                        yield result
            except BrokenProcessPool:
                waiting.extendleft(reversed(running.values()))
                raise


@contextlib.contextmanager
def pool(workers: int) -> Iterator[Callable[..., Future]]:
    """Give a function that hands work to fresh processes; they end when it is over, however that comes about.

    Forked processes would inherit the threads of the numerics in a state that nobody knows.
    """
    context = multiprocessing.get_context("spawn")
    listening, held = context.Pipe(duplex=False)
    made = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(listening,))
    with one_thread():
        try:
            yield made.submit
        except BaseException:
            held.close()  # which ends whoever still works
            raise
        finally:
            made.shutdown(wait=True, cancel_futures=True)
            held.close()
            listening.close()


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let processes that start now do linear algebra in one thread: several for small matrices wait for each other."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def end_with_parent(*others: Connection) -> None:
    """End this process when the one that started it ends, however it ends; nobody else would tell it.

    Args:
        others: Pipes whose other end closes when work is over.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        connection.wait([parent.sentinel, *others])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _begin(listening: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the one that started us, which then tells us
    end_with_parent(listening)
