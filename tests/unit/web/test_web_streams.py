"""A thousand open streams of events: most are refused kindly, and everybody else is answered as before."""

from __future__ import annotations

import socket
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest
from web_samples import running

from euthymia.web.settings import Settings

resource = pytest.importorskip("resource", reason="limits of open files are POSIX's")
STREAMS = 1000
FILES = 2 * STREAMS + 200  # both ends are in this process
ALLOWED = 64


@pytest.fixture
def files():
    """So many open files as both ends of a thousand lines need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FILES:
        pytest.skip(f"only {hard} files may be open")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, FILES), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("files")
def test_a_thousand_streams_are_too_many_and_hurt_nobody(tmp_path: Path) -> None:
    with running(Settings(store=tmp_path, workers=0, warm=False, streams=ALLOWED)) as client, ExitStack() as open_lines:
        job = client.post("/api/v1/jobs", json={"kind": "claims"}).json()["id"]
        asked = f"GET /api/v1/jobs/{job}/events HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        lines = []
        for _ in range(STREAMS):
            line = socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=20.0)
            lines.append(open_lines.enter_context(line))
            line.sendall(asked)
        answers = [line.recv(4096) for line in lines]
        assert Counter(answer.split()[1] for answer in answers) == {b"200": ALLOWED, b"429": STREAMS - ALLOWED}
        assert all(b"retry-after" in answer for answer in answers if answer.split()[1] == b"429")
        assert client.get("/api/v1/health").status_code == 200
        assert client.get("/").status_code == 200
