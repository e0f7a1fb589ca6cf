from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn

from euthymia.web.app import application
from euthymia.web.settings import Settings

NASAL = "esketamine 84 mg nasal on days 1 4"


@contextmanager
def running(settings: Settings, token: str | None = None) -> Iterator[httpx.Client]:
    """A real server on a free port, in a thread, and a client of it."""
    line = socket.socket()
    line.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application(settings), log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [line]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    address = f"http://127.0.0.1:{line.getsockname()[1]}"
    try:
        with httpx.Client(base_url=address, headers=headers, timeout=60.0, trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(20.0)
        line.close()
        assert not thread.is_alive()


def courses(**asked: object) -> dict[str, object]:
    """A small question on courses."""
    return {"regimens": [{"sentence": NASAL}], "people": 50, "days": 7, **asked}
