"""Fifty people at the pages of one server while it conducts a trial: how long answers take, and whether a job is lost.

    python benchmarks/web_load.py --clients 50 --minutes 5 --write docs/web.md

Every client asks, reads for some seconds, and asks again, as somebody does who moves a slider, looks a number up or
watches a trial; no two ask the same course. Small trials are queued all the while behind the one that runs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import httpx
import numpy as np

V1 = "/api/v1"
BEGIN, END = "<!-- load: written by benchmarks/web_load.py -->", "<!-- /load -->"
READING_S = (2.0, 6.0)  # between an answer and the next question of the same person
JOBS_EVERY_S = 15.0
AFTER_S = 240.0  # that queued jobs have to come to their end when nobody asks any more
LIMIT_S = 0.5
Question = tuple[str, str, str, object]


def courses(draw: random.Random, people: int) -> object:
    dose = draw.choice([28, 56, 84])
    days = " ".join(map(str, sorted({1, *draw.sample(range(2, 28), 6)})))
    asked = {"sentence": f"esketamine {dose} mg nasal on days {days}"}
    return {"regimens": [asked], "people": people, "days": 28, "seed": draw.randrange(10**6)}


QUESTIONS: list[tuple[int, Callable[[random.Random], Question]]] = [
    (6, lambda draw: ("course of 500", "POST", "/courses", courses(draw, 500))),
    (4, lambda draw: ("typical course", "POST", "/courses", courses(draw, 1))),
    (3, lambda draw: ("circuit", "POST", "/circuit", {"levels": [round(draw.uniform(0, 5), 3)]})),
    (1, lambda draw: ("synapse", "POST", "/synapse", {"level": round(draw.uniform(0, 5), 3)})),
    (3, lambda draw: ("evidence", "GET", f"/evidence?q={draw.choice(['ketamine', 'BDNF', 'rate', 'MADRS'])}", None)),
    (2, lambda draw: ("trial", "GET", f"/trials/{draw.choice(['transform-2', 'synapse', 'sustain-1'])}", None)),
    (1, lambda draw: ("score", "GET", "/score", None)),
    (1, lambda draw: ("claims", "GET", "/claims", None)),
    (2, lambda draw: ("jobs", "GET", "/jobs?limit=20", None)),
    (1, lambda draw: ("health", "GET", "/health", None)),
]


@dataclass
class Seen:
    """What clients saw."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    jobs: list[str] = field(default_factory=list)


async def client(number: int, http: httpx.AsyncClient, until: float, seen: Seen) -> None:
    draw = random.Random(number)
    weights, kinds = zip(*QUESTIONS, strict=True)
    await asyncio.sleep(draw.uniform(0, READING_S[1]))
    while time.monotonic() < until:
        name, method, path, body = draw.choices(kinds, weights)[0](draw)
        began = time.perf_counter()
        try:
            answer = await http.request(method, V1 + path, json=body)
        except httpx.TransportError as error:
            seen.refused.append(f"{name}: {type(error).__name__}")
        else:
            seen.seconds.setdefault(name, []).append(time.perf_counter() - began)
            if answer.status_code != 200:
                seen.refused.append(f"{name}: {answer.status_code}")
        await asyncio.sleep(draw.uniform(*READING_S))


async def job(http: httpx.AsyncClient, seen: Seen, replicates: int, seed: int) -> None:
    asked = {"kind": "trial", "trial": "transform-2", "replicates": replicates, "seed": seed}
    answer = await http.post(f"{V1}/jobs", json=asked)
    answer.raise_for_status()
    seen.jobs.append(answer.json()["id"])


async def jobs(http: httpx.AsyncClient, until: float, seen: Seen) -> None:
    while time.monotonic() < until:
        await job(http, seen, 3, len(seen.jobs))
        await asyncio.sleep(JOBS_EVERY_S)


async def load(address: str, clients: int, minutes: float) -> tuple[Seen, dict[str, int], int]:
    """Return what clients saw, how jobs stand in the end, and how many replicates the trial had got through."""
    seen = Seen()
    async with httpx.AsyncClient(
        base_url=address, timeout=60.0, trust_env=False, limits=httpx.Limits(max_connections=clients + 10)
    ) as http:
        while (await http.get(f"{V1}/health")).json()["status"] != "ok":
            await asyncio.sleep(0.5)
        await job(http, seen, 5000, 99)
        until = time.monotonic() + 60.0 * minutes
        await asyncio.gather(jobs(http, until, seen), *(client(n, http, until, seen) for n in range(clients)))
        first = (await http.get(f"{V1}/jobs/{seen.jobs[0]}")).json()
        await http.post(f"{V1}/jobs/{seen.jobs[0]}/cancel")
        states = await ends(http, seen.jobs)
        return seen, states, round(first["share"] * 5000)


async def ends(http: httpx.AsyncClient, names: list[str]) -> dict[str, int]:
    """Return how many jobs ended how; one that the server does not know any more is `lost`."""
    deadline, states = time.monotonic() + AFTER_S, dict[str, str]()
    while time.monotonic() < deadline:
        for name in names:
            answer = await http.get(f"{V1}/jobs/{name}")
            states[name] = answer.json()["state"] if answer.status_code == 200 else "lost"
            if states[name] == "done" and (await http.get(f"{V1}/jobs/{name}/result")).status_code != 200:
                states[name] = "lost"
        if not {"queued", "running"} & set(states.values()):
            break
        await asyncio.sleep(1.0)
    return {state: list(states.values()).count(state) for state in sorted(set(states.values()))}


def table(seen: Seen, states: dict[str, int], replicates: int, about: str) -> str:
    everything = [each for part in seen.seconds.values() for each in part]
    rows = ["| question | asked | median, ms | 95 %, ms | largest, ms |", "|---|---|---|---|---|"]
    for name, part in [*sorted(seen.seconds.items()), ("all", everything)]:
        median, most = (1e3 * np.quantile(part, share) for share in (0.5, 0.95))
        rows.append(f"| {name} | {len(part)} | {median:.0f} | {most:.0f} | {1e3 * max(part):.0f} |")
    within = np.mean(np.array(everything) <= LIMIT_S)
    ended = ", ".join(f"{count} {state}" for state, count in states.items())
    said = [
        f"{about} {within:.1%} of {len(everything)} answers within {1e3 * LIMIT_S:.0f} ms; {len(seen.refused)} refused "
        f"or broken. Jobs: {ended} (the large trial is cancelled at the end, {replicates} replicates on its way).",
    ]
    return "\n".join([*said, "", *rows])


def served(store: str) -> tuple[subprocess.Popen[str], str]:
    words = [sys.executable, "-m", "euthymia", "serve", "--port", "0", "--store", store, "--json"]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    said = ""
    while not said.rstrip().endswith("}"):
        said += server.stdout.readline()
    return server, json.loads(said)["address"]


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--clients", type=int, default=50)
    asked.add_argument("--minutes", type=float, default=5.0)
    asked.add_argument("--write", type=Path, help="a page with a place for the result")
    asked.add_argument("--note", default="", help="what else is to be said of the machine")
    given = asked.parse_args()
    busy = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as store:
        server, address = served(store)
        try:
            seen, states, replicates = asyncio.run(load(address, given.clients, given.minutes))
        finally:
            server.terminate()
            server.wait()
    note = f", {given.note}" if given.note else ""
    about = (
        f"{datetime.now(UTC):%Y-%m-%d}, version {version('euthymia')}, {os.cpu_count()} cores, load of the machine "
        f"before {busy:.1f}{note}: {given.clients} clients for {given.minutes:g} min."
    )
    found = table(seen, states, replicates, about)
    print(found)
    if seen.refused:
        print("refused:", {each: seen.refused.count(each) for each in sorted(set(seen.refused))})
    if given.write:
        before, _, rest = given.write.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        given.write.write_text(f"{before}{BEGIN}\n{found}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
