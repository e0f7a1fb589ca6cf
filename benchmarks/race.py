"""Race the full chain against other solvers and a hand-written kernel, at equal accuracy, in one run.

    python benchmarks/race.py              # the table; --write puts it into docs/benchmarks.md; --people N, --repeats N

People and schedule of `full_crowd`, severity at ten visits of 12 weeks. Every solver takes turns on one thread; its
speed is the median of people per processor second. An adaptive solver gets the loosest tolerance at which its worst
error over 24 people is no larger than ours, so nobody pays for digits that we do not have.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

import full_crowd
import full_peers
import kernel
import solvers
from crowd import DAYS
from euthymia.engine import ensemble, reference
from euthymia.engine.ensemble import Settings
from euthymia.engine.reference import Method
from full_crowd import FullCrowd

VISITS = 24.0 * np.array([1, 7, 14, 21, 28, 35, 49, 63, 77, DAYS])
JUDGED = 24  # people whose error is measured, and whom the slow solvers solve
TOLERANCES = (1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 1e-4)  # relative; the absolute one is a thousandth of it
ONE_THREAD = Settings(threads=1)
OURS, RUN, KERNEL = "euthymia", "euthymia, modes found beforehand", "C++ by hand, modes found beforehand"
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- race: begin -->", "<!-- race: end -->"
AIMS = {"Numba": 35.0, "Diffrax": 100.0, "C++": 0.7}

Solve = Callable[[], np.ndarray]


class Entry(NamedTuple):
    """A solver with people of its own, compiled and ready: severity [person, visit] when called."""

    name: str
    people: int
    solve: Solve


class Row(NamedTuple):
    """What was measured: worst error, points; people per processor second, median over the turns."""

    name: str
    people: int
    error: float
    speed: float


def ours(people: int) -> list[Entry]:
    """Return our entries and that of the kernel by hand, which get the same people."""
    crowd = full_crowd.draw(people)
    group, task = crowd.group, kernel.prepare(crowd, VISITS)
    severity = kernel.STATES.index("sev")

    def run(prepared: ensemble.Group) -> np.ndarray:
        return ensemble.run(prepared, crowd.events, VISITS, settings=ONE_THREAD).values["sev"]

    return [
        Entry(OURS, people, lambda: run(ensemble.group(crowd.exposed.linear, crowd.chain))),
        Entry(RUN, people, lambda: run(group)),
        Entry(KERNEL, people, lambda: kernel.solve(task)[..., severity]),
    ]


def others(bound: float, exact: np.ndarray) -> list[Entry]:
    """Return the adaptive solvers, each at the loosest tolerance that is as exact as ``bound``."""
    crowd = full_crowd.draw(JUDGED)
    task = full_peers.problem(crowd, VISITS)
    place = len(full_peers.STATES) + full_peers.SLOW.index("sev")
    made: list[tuple[str, Callable[[float], Solve]]] = [
        ("adaptive Dormand-Prince, Numba", lambda rtol: lambda: _dormand_prince(task, rtol)[..., place]),
        ("SciPy LSODA, compiled right-hand side", lambda rtol: lambda: _lsoda(task, rtol)[..., place]),
        ("Diffrax Tsit5, vmap", lambda rtol: lambda: _diffrax(crowd, Method.TSIT5, rtol)),
        ("Diffrax Kvaerno5, vmap", lambda rtol: lambda: _diffrax(crowd, Method.KVAERNO5, rtol)),
    ]
    return [
        Entry(f"{name}, rtol {rtol:g}", JUDGED, make(rtol))
        for name, make in made
        for rtol in [_loosest(make, bound, exact)]
    ]


def _loosest(make: Callable[[float], Solve], bound: float, exact: np.ndarray) -> float:
    """Return the loosest tolerance at which a solver is as exact as asked for; the tightest where none is."""
    for rtol in TOLERANCES:
        found = make(rtol)()
        if np.isfinite(found).all() and _error(found, exact) <= bound:
            return rtol
    return TOLERANCES[-1]


def _dormand_prince(task: solvers.Problem, rtol: float) -> np.ndarray:
    return solvers.dormand_prince(task, rtol=rtol, atol=1e-3 * rtol)


def _lsoda(task: solvers.Problem, rtol: float) -> np.ndarray:
    return solvers.lsoda(task, rtol=rtol, atol=1e-3 * rtol)


def _diffrax(crowd: FullCrowd, method: Method, rtol: float) -> np.ndarray:
    found = reference.run(crowd.group, crowd.events, VISITS, method=method, rtol=rtol, atol=1e-3 * rtol)
    return found.values["sev"]


def _error(severity: np.ndarray, exact: np.ndarray) -> float:
    return float(np.abs(severity[:JUDGED] - exact).max())


def race(entries: list[Entry], repeats: int, exact: np.ndarray) -> list[Row]:
    """Return a row for each entry: all are run once to be warm, then take turns."""
    errors = [_error(entry.solve(), exact) for entry in entries]
    turns = [[_cpu(entry.solve) for entry in entries] for _ in range(repeats)]
    taken = (statistics.median(each) for each in zip(*turns, strict=True))
    return [
        Row(entry.name, entry.people, error, entry.people / seconds)
        for entry, error, seconds in zip(entries, errors, taken, strict=True)
    ]


def _cpu(solve: Solve) -> float:
    before = time.process_time()
    solve()
    return time.process_time() - before


def table(rows: list[Row]) -> str:
    """Return the measurements as Markdown; each peer is compared with the row of ours that does the same work."""
    speeds = {row.name: row.speed for row in rows}
    lines = [
        "| solver | people | worst mood error, points | people per CPU-second | ours is faster by | aim |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        same = speeds[RUN if row.name in (RUN, KERNEL) else OURS]
        aim = next((f"{value:g}" for word, value in AIMS.items() if word in row.name), "")
        ratio = f"{same / row.speed:,.3g}"
        lines.append(f"| {row.name} | {row.people:,} | {row.error:.1e} | {row.speed:,.3g} | {ratio} | {aim} |")
    return "\n".join(lines)


def write(text: str) -> None:
    """Put the table into its place on the page."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")


def main() -> None:
    """Race, print the table, and write it where asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=4096, help="people of ours and of the kernel (default 4096)")
    parser.add_argument("--repeats", type=int, default=5, help="turns, of which the median counts (default 5)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    given = parser.parse_args()
    for name, value in (("people", given.people - JUDGED + 1), ("repeats", given.repeats)):
        if value < 1:
            parser.error(f"--{name} is too small; expected {JUDGED if name == 'people' else 1} or more")
    task = full_peers.problem(full_crowd.draw(JUDGED), VISITS)
    exact = solvers.lsoda(task)[..., len(full_peers.STATES) + full_peers.SLOW.index("sev")]
    entries = ours(given.people)
    entries += others(_error(entries[0].solve(), exact), exact)
    text = table(race(entries, given.repeats, exact))
    print(text)
    if given.write:
        write(text)


if __name__ == "__main__":
    main()
