"""A process that works on jobs, apart from the server so that answers stay quick.

``python -m euthymia.web.worker STORE`` wakes when a line comes on its standard input, and ends when that closes, which
a killed server's does by itself. What it was doing is then gone on with by the next worker, from the shards that are
whole.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
import time
import traceback
from typing import Any

from euthymia.errors import EuthymiaError
from euthymia.store.jobs import Job, JobBook, State
from euthymia.store.place import place_of
from euthymia.web.faults import RefusalError, fault, fault_of
from euthymia.web.work import Desk, StoppedError, carry_out

BEAT_S = 2.0
LOOK_S = 5.0  # between looks at the queue when nobody wakes the worker
TELL_S = 0.25  # between events that say nothing but a share
POLITE = 10  # how far behind answers the work comes, as `nice` counts


def main() -> None:
    """Work on the jobs of the store that the command line names until standard input closes."""
    book, name = JobBook(place_of(sys.argv[1])), worker_name(os.getpid())
    with contextlib.suppress(OSError, AttributeError):
        os.nice(POLITE)
    woken = threading.Event()
    threading.Thread(target=_listen, args=(woken,), daemon=True).start()
    threading.Thread(target=_beat, args=(book, name), daemon=True).start()
    while True:
        woken.clear()
        while (job := book.take(name)) is not None:
            work_on(book, job)
        woken.wait(LOOK_S)


def worker_name(pid: int) -> str:
    """Return the name of a worker of this machine."""
    return f"{socket.gethostname()}:{pid}"


def work_on(book: JobBook, job: Job) -> None:
    """Carry a job out and say how it ended; nothing that it raises leaves here."""
    try:
        carry_out(Desk(book, job, _Mover(book, job)))
    except StoppedError:
        book.end(job.id, State.CANCELLED)
    except RefusalError as refused:
        book.end(job.id, State.FAILED, refused.fault)
    except EuthymiaError as error:
        book.end(job.id, State.FAILED, fault_of(error))
    except Exception:
        traceback.print_exc()
        book.end(job.id, State.FAILED, fault("broken", "something broke in the worker; its log says what"))
    else:
        book.end(job.id, State.DONE)


class _Mover:
    """Says how far a job is, not too often, and stops it where it is to stop."""

    def __init__(self, book: JobBook, job: Job) -> None:
        self._book, self._job, self._last = book, job, 0.0

    def __call__(self, share: float, told: dict[str, Any]) -> None:
        if self._book.stopping(self._job.id):
            raise StoppedError
        if "arms" not in told and time.monotonic() - self._last < TELL_S:
            return
        self._last = time.monotonic()
        self._book.move(self._job.id, share, "partial" if "arms" in told else "progress", told)


def _listen(woken: threading.Event) -> None:
    for _ in sys.stdin:
        woken.set()
    os._exit(0)  # the server is gone; what was being written has not its name yet, and counts nowhere


def _beat(book: JobBook, name: str) -> None:
    while True:
        time.sleep(BEAT_S)
        with contextlib.suppress(EuthymiaError):
            book.beat(name)


if __name__ == "__main__":
    main()
