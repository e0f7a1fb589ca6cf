"""Compare the engine with other solvers on the same people and schedule: `python benchmarks/engine.py`.

84 days, 16 spray visits, 30 times to report; the error of each solver is its worst severity error in points (48 people,
all times) against LSODA at a tolerance of 1e-11, its speed is people per second of processor time over all threads.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

import crowd
import peers
import solvers
from euthymia.engine import ensemble, reference
from euthymia.engine.ensemble import Settings
from euthymia.engine.reference import Method
from solvers import Interface

SEVERITY = peers.N - 2
JUDGED = 48  # people whose error is measured
STRUCTURED = "structured, Richardson (default)"
FIRST_CALL = """
import time
start = time.perf_counter()
import euthymia
euthymia.simulate("esketamine 84 mg nasal on day 1", days=28)
print(time.perf_counter() - start)
"""


class Entry(NamedTuple):
    """A solver to be measured.

    Attributes:
        name: What it is.
        people: How many people it is given; slow ones get few.
        solve: Function from a crowd to severity [person, time].
    """

    name: str
    people: int
    solve: Callable[[crowd.Crowd], np.ndarray]


class Row(NamedTuple):
    """What was measured of one solver."""

    engine: str
    people: int
    error: float
    per_cpu_second: float
    per_second: float


def entries(patients: int) -> list[Entry]:
    """Return the solvers in the order of the table."""

    def structured(settings: Settings) -> Callable[[crowd.Crowd], np.ndarray]:
        return lambda people: ensemble.run(people.group, people.events, crowd.REPORT, settings=settings).values["sev"]

    def diffrax(method: Method, rtol: float, atol: float) -> Callable[[crowd.Crowd], np.ndarray]:
        def solve(people: crowd.Crowd) -> np.ndarray:
            found = reference.run(people.group, people.events, crowd.REPORT, method=method, rtol=rtol, atol=atol)
            return found.values["sev"]

        return solve

    def lsoda(
        rtol: float, atol: float, *, compiled: bool = True, interface: Interface = Interface.ODEINT
    ) -> Callable[[crowd.Crowd], np.ndarray]:
        def solve(people: crowd.Crowd) -> np.ndarray:
            task = peers.problem(people)
            return solvers.lsoda(task, rtol=rtol, atol=atol, compiled=compiled, interface=interface)[..., SEVERITY]

        return solve

    def dormand_prince(rtol: float, atol: float) -> Callable[[crowd.Crowd], np.ndarray]:
        return lambda people: solvers.dormand_prince(peers.problem(people), rtol=rtol, atol=atol)[..., SEVERITY]

    return [
        Entry(STRUCTURED, patients, structured(Settings())),
        Entry("structured, one pass (fast)", patients, structured(Settings(richardson=False))),
        Entry("adaptive Dormand-Prince, Numba, rtol 1e-3", 4 * JUDGED, dormand_prince(1e-3, 1e-6)),
        Entry("SciPy LSODA (odeint), compiled right-hand side, rtol 1e-3", JUDGED, lsoda(1e-3, 1e-5)),
        Entry(
            "SciPy LSODA (solve_ivp), compiled right-hand side, rtol 1e-3",
            JUDGED,
            lsoda(1e-3, 1e-5, interface=Interface.SOLVE_IVP),
        ),
        Entry("SciPy LSODA (odeint), plain Python, rtol 1e-3", 2, lsoda(1e-3, 1e-5, compiled=False)),
        Entry("Diffrax Tsit5, vmap, rtol 1e-3", 2 * JUDGED, diffrax(Method.TSIT5, 1e-3, 1e-5)),
        Entry("Diffrax Kvaerno5, vmap, rtol 1e-3", JUDGED, diffrax(Method.KVAERNO5, 1e-3, 1e-5)),
    ]


def measure(entry: Entry, exact: np.ndarray) -> Row:
    """Run a solver once to compile it, and once against the clock."""
    people = crowd.draw(entry.people)
    _ = people.group
    entry.solve(people)
    cpu, wall = time.process_time(), time.perf_counter()
    severity = entry.solve(people)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    judged = min(entry.people, JUDGED)
    error = float(np.abs(severity[:judged] - exact[:judged]).max())
    return Row(entry.name, entry.people, error, entry.people / cpu, entry.people / wall)


def first_calls() -> dict[str, float]:
    """Return the seconds of a first `simulate`, import included, with an empty and with a filled cache."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"EUTHYMIA_CACHE": folder}
        command = [sys.executable, "-c", FIRST_CALL]
        seconds = [
            float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
            for _ in range(2)
        ]
    return {"cold": seconds[0], "cached": seconds[1]}


def table(rows: list[Row], calls: dict[str, float]) -> str:
    """Return the measurements as a Markdown table."""
    best = next(row for row in rows if row.engine == STRUCTURED)
    lines = [
        "| solver | people | worst mood error, points | people per CPU-second | default is faster by |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        ratio = best.per_cpu_second / row.per_cpu_second
        lines.append(f"| {row.engine} | {row.people} | {row.error:.1e} | {row.per_cpu_second:,.3g} | {ratio:.3g} |")
    lines += [
        "",
        f"{os.cpu_count()} cores; the default on all of them: {best.per_second:,.0f} people per second.",
        f"First simulation, import included: {calls['cold']:.1f} s with an empty cache, {calls['cached']:.1f} s after.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--patients", type=int, default=4096, help="people for the structured engine (default 4096)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args()
    if given.patients < 1:
        parser.error(f"--patients is {given.patients}; expected 1 or more")
    exact = solvers.lsoda(peers.problem(crowd.draw(JUDGED)), rtol=1e-11, atol=1e-12)[..., SEVERITY]
    rows = [measure(entry, exact) for entry in entries(given.patients)]
    calls = first_calls()
    if given.json:
        print(json.dumps({"rows": [row._asdict() for row in rows], "first_call_s": calls}, indent=1))
    else:
        print(table(rows, calls))


if __name__ == "__main__":
    main()
