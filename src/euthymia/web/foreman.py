"""Looks after the workers: starts them, wakes them, ends those that do not stop when asked, and finds lost jobs."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime

from euthymia.errors import EuthymiaError
from euthymia.store.jobs import End, Job, JobBook, State
from euthymia.web import limits
from euthymia.web.faults import fault
from euthymia.web.settings import Settings
from euthymia.web.worker import worker_name

LOOK_S = 0.5
LOST_S = 20.0  # after which a worker elsewhere that was not heard of is lost
STOP_S = 4.0  # that a worker has to stop of its own will
PAUSE_S = 1.0  # before a worker that died is started again


class Foreman:
    """The workers of one server."""

    def __init__(self, book: JobBook, settings: Settings) -> None:
        """Say whose workers they are; `start` starts them.

        Args:
            book: The jobs.
            settings: How many workers, and how long a job may take.
        """
        self._book, self._settings = book, settings
        self._workers: list[subprocess.Popen[bytes]] = []
        self._asked: dict[str, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="foreman", daemon=True)

    def start(self) -> None:
        """Take up what a killed server left, and begin."""
        self.recover()
        self._workers = [self._started() for _ in range(self._settings.workers)]
        self._thread.start()

    def wake(self) -> None:
        """Tell the workers that there is something to do."""
        for worker in self._workers:
            with contextlib.suppress(OSError, ValueError):
                if worker.stdin is not None:
                    worker.stdin.write(b"work\n")
                    worker.stdin.flush()

    @property
    def alive(self) -> int:
        """How many workers there are."""
        return sum(worker.poll() is None for worker in self._workers)

    def stop(self) -> None:
        """End the workers; what they were doing is gone on with when a server starts again."""
        self._over.set()
        for worker in self._workers:
            _end(worker)
        self._workers = []
        with contextlib.suppress(EuthymiaError):
            self.recover(mine_too=True)

    def recover(self, *, mine_too: bool = False) -> None:
        """Put jobs of lost workers back into the queue; those that were lost again and again are `interrupted`.

        Args:
            mine_too: Whether the workers of this server are known to be gone.
        """
        for job in self._book.in_state(State.RUNNING):
            if not (_lost(job) or (mine_too and _here(job))):
                continue
            if job.cancelling:
                self._book.end(job.id, State.CANCELLED)
            elif job.tries >= limits.JOB_TRIES and not mine_too:
                said = f"work on it was lost {job.tries} times, which ended its worker each time"
                self._book.end(job.id, State.INTERRUPTED, fault("interrupted", said))
            else:
                self._book.requeue(job)

    def _look(self) -> None:
        while not self._over.wait(LOOK_S):
            with contextlib.suppress(EuthymiaError):  # a store that cannot be used now may be later
                self._stop_those_asked()
                self._replace_dead()

    def _stop_those_asked(self) -> None:
        """End workers whose job was asked to stop and goes on, or takes longer than a job may."""
        running = {job.id: job for job in self._book.in_state(State.RUNNING)}
        self._asked = {name: at for name, at in self._asked.items() if name in running}
        for job in running.values():
            if job.cancelling:
                asked = self._asked.setdefault(job.id, time.monotonic())
                if time.monotonic() - asked > STOP_S:
                    self._end_worker_of(job, State.CANCELLED, None)
            elif _seconds(job) > self._settings.job_s:
                said = f"it took longer than {self._settings.job_s:g} s, which a job may"
                self._end_worker_of(job, State.FAILED, fault("too_long", said))
            elif _lost(job):
                self.recover()

    def _end_worker_of(self, job: Job, state: End, error: dict | None) -> None:
        self._book.end(job.id, state, error)
        for worker in self._workers:
            if worker_name(worker.pid) == job.worker:
                _end(worker)

    def _replace_dead(self) -> None:
        for place, worker in enumerate(self._workers):
            if worker.poll() is not None and not self._over.wait(PAUSE_S):
                _end(worker)
                self._workers[place] = self._started()
                self.recover()

    def _started(self) -> subprocess.Popen[bytes]:
        place = str(self._settings.store)
        return subprocess.Popen([sys.executable, "-m", "euthymia.web.worker", place], stdin=subprocess.PIPE)


def _lost(job: Job) -> bool:
    """Return whether nobody works on a job that is said to be worked on."""
    host, _, pid = (job.worker or "").rpartition(":")
    if host == socket.gethostname() and pid.isdigit() and not _alive(int(pid)):
        return True
    return time.time() - job.beat > LOST_S


def _here(job: Job) -> bool:
    host, _, pid = (job.worker or "").rpartition(":")
    return host == socket.gethostname() and pid.isdigit() and not _alive(int(pid))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _seconds(job: Job) -> float:
    """Return how long ago work on a job began."""
    if job.started is None:
        return 0.0
    return (datetime.now(UTC) - datetime.fromisoformat(job.started)).total_seconds()


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    worker.wait()
    if worker.stdin is not None:
        with contextlib.suppress(OSError):
            worker.stdin.close()
