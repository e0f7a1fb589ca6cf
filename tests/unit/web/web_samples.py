from __future__ import annotations

import json
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


SMALL = """\
id = "small"
title = "A small trial <b>of</b> two arms"
control = "placebo"

[population]
name = "depression"
age_mean = 45
age_sd = 11
age_low = 18
age_high = 64
women = 0.6
MADRS_min = 28

[primary]
endpoint = "MADRS change from baseline"
visit = "day 2"
analysis = "ANCOVA"

[[visits]]
label = "day 2"
t = 24
recall = "24 h"

[[phases]]
name = "induction"
start = 0
end = 24

[[phases.arms]]
name = "spray"
n = 10
regimen = "esketamine 84 mg nasal on day 1"
comedication = { kind = "none" }
baseline = { mean = 37, sd = 5.7 }

[[phases.arms]]
name = "placebo"
n = 10
regimen = "placebo nasal on day 1"
comedication = { kind = "none" }
baseline = { mean = 37, sd = 5.7 }
reference = true
"""


def told(client: httpx.Client, job: str, after: int = 0, until: str = "") -> list[dict]:
    """The events of a job as a browser gets them, to the end or to the first of a kind."""
    found: list[dict] = []
    with client.stream("GET", f"/api/v1/jobs/{job}/events", params={"after": after}) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        event: dict = {}
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if name in ("id", "event"):
                event[name] = value
            elif name == "data":
                found.append(event | {"data": json.loads(value)})
                event = {}
                if found[-1]["event"] == until:
                    break
    return found
