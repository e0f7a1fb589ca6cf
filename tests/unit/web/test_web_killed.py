"""A real server that is killed in mid-job and started again: nothing is forgotten, nothing is half."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from web_samples import SMALL, told

from euthymia import api
from euthymia.trials.protocol import parse_trial

JOBS = "/api/v1/jobs"
REPLICATES = 2560


def started(store: Path) -> tuple[subprocess.Popen[str], httpx.Client]:
    """A server as a user starts it."""
    words = [sys.executable, "-m", "euthymia", "serve", "--port", "0", "--store", str(store), "--json"]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    said = ""
    while not said.rstrip().endswith("}"):
        line = server.stdout.readline()
        assert line, "the server ended"
        said += line
    return server, httpx.Client(base_url=json.loads(said)["address"], timeout=120.0, trust_env=False)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] == "Z"


@pytest.mark.long
def test_a_killed_server_goes_on_where_it_was(tmp_path: Path) -> None:
    server, client = started(tmp_path)
    with client:
        done = client.post(JOBS, json={"kind": "trial", "toml": SMALL, "replicates": 70}).json()["id"]
        told(client, done)
        whole = client.get(f"{JOBS}/{done}/result").content
        job = client.post(JOBS, json={"kind": "trial", "toml": SMALL, "replicates": REPLICATES, "seed": 7}).json()["id"]
        waits = client.post(JOBS, json={"kind": "trial", "toml": SMALL, "replicates": 3, "seed": 8}).json()["id"]
        told(client, job, until="partial")
        assert client.get(f"{JOBS}/{job}").json()["state"] == "running"
    server.kill()
    server.wait()
    assert server.stdout is not None
    server.stdout.close()
    server, client = started(tmp_path)
    with client:
        events = told(client, job)
        kinds = [each["event"] for each in events]
        assert "resumed" in kinds
        assert kinds[-1] == "done"
        firsts = [each["data"]["first"] for each in events if each["event"] == "partial"]
        assert firsts == list(range(0, REPLICATES, 64))
        assert told(client, waits)[-1]["event"] == "done"
        assert client.get(f"{JOBS}/{done}/result").content == whole
        ours = api.conduct(parse_trial(SMALL), replicates=REPLICATES, seed=7, threads=1).to_dict()
        assert client.get(f"{JOBS}/{job}/result").json()["arm_visits"] == ours["arm_visits"]
    server.send_signal(signal.SIGINT)
    assert server.wait(30.0) == 0
    assert server.stdout is not None
    server.stdout.close()


def test_a_worker_ends_with_its_server(tmp_path: Path) -> None:
    server, client = started(tmp_path)
    with client:
        assert client.get("/api/v1/health").json()["workers"] == 1
        workers = subprocess.run(["ps", "-o", "pid=", "--ppid", str(server.pid)], capture_output=True, text=True)
    server.kill()
    server.wait()
    deadline = time.monotonic() + 20.0
    for pid in map(int, workers.stdout.split()):
        while not gone(pid):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert server.stdout is not None
    server.stdout.close()
