"""Measure the full chain, from the dose to the items, beside other solvers: `python benchmarks/full.py`.

People of `full_crowd` for 12 weeks. Ours is everything between the drawn people and their forms: kinetics in modes,
the chain, the ten MADRS items at ten visits, and eight harms at five times after each of the 16 sprays. The others
solve the same equations (`full_peers`) and rate nothing. The error is the worst severity error of the judged people at
all visits against LSODA at a tolerance of 1e-10; speed is people per second of processor time over all threads.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

import full_crowd
import full_peers
import solvers
from crowd import DAYS, DOSE_DAYS
from euthymia.engine import ensemble
from euthymia.engine.stream import Stream
from euthymia.evidence import load_record
from euthymia.models.defaults import default_safety
from euthymia.models.harms import harms
from euthymia.models.sites import with_sites
from euthymia.symptoms.items import Group, Item, Items, profile, rate
from euthymia.trials.catalogue import load_trial
from euthymia.trials.conduct import conduct
from euthymia.trials.data import SAFETY_MINUTES
from solvers import Interface

DAY = 24.0
VISITS = DAY * np.array([1, 7, 14, 21, 28, 35, 49, 63, 77, DAYS])
SAFETY = np.unique(np.round([DAY * day + minute / 60.0 for day in DOSE_DAYS for minute in SAFETY_MINUTES], 9))
REPORT = np.union1d(VISITS, SAFETY)
TOGETHER = 2048  # people a call: what is reported of everybody at once would not fit into a small machine's memory
JUDGED = 24  # people whose error is measured
OURS, TRIAL = "euthymia, with items and safety", "euthymia, a trial"
TRIAL_FILE = Path(__file__).with_name("full_trial.toml")


class Solved(NamedTuple):
    """What our way gives: severity change and items at the visits, [person, visit, ...], and harms after sprays."""

    severity: np.ndarray
    items: np.ndarray
    harms: dict[str, np.ndarray]


class Row(NamedTuple):
    """What was measured: points, people per second of processor time and of the clock; no error where none is known."""

    solver: str
    people: int
    error: float | None
    per_cpu_second: float
    per_second: float


def ours(people: full_crowd.FullCrowd, first: int = 0) -> Solved:
    """Return forms and harms of drawn people.

    Args:
        people: Who, with what they are given.
        first: Number of the first person, by which the raters' draws are addressed.
    """
    exposed = with_sites(people.exposed)
    found = ensemble.run(ensemble.group(exposed.linear, people.chain), people.events, REPORT)
    after, visits = np.searchsorted(REPORT, SAFETY), np.searchsorted(REPORT, VISITS)
    session = np.searchsorted(DAY * np.array(DOSE_DAYS), SAFETY, side="right").astype(float)
    levels = {name: found.values[name][:, after] for name in exposed.linear.outputs}
    seen = harms(default_safety(), exposed, levels, session, people.people.sensitivity)
    severity = found.values["sev"][:, visits]
    items = Items.from_record(load_record("items"))
    stream, last = Stream(1).fold("forms"), first + people.persons

    def normal(purpose: str, columns: int) -> np.ndarray:
        return stream.normal(purpose, first, last, columns)

    own = profile(items, normal("groups", len(Group)), normal("profile", len(Item)))
    felt = people.people.background.baseline[:, None] + severity
    error = np.stack([normal(f"visit {visit}", len(Item)) for visit in range(VISITS.size)])
    forms = rate(items, felt.T, own, error).swapaxes(0, 1)
    return Solved(severity, forms, {name: series.values for name, series in seen.items()})


def whole_trial() -> int:
    """Conduct the trial of `full_trial.toml`, from drawing its people to their forms, and return their number."""
    data = conduct(load_trial(TRIAL_FILE), seed=1)
    return data.phases[0].MADRS[..., 0].size


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the processor seconds (of all threads) and the seconds that some work takes."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def best(work: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Return the least processor seconds and the least seconds of several runs."""
    runs = [timed(work) for _ in range(repeats)]
    return min(cpu for cpu, _ in runs), min(wall for _, wall in runs)


def measure_ours(patients: int, repeats: int, exact: np.ndarray) -> Row:
    """Return our row; people are drawn beforehand, as they are for the others."""
    parts = [
        (full_crowd.draw(min(TOGETHER, patients - first), first=first), first) for first in range(0, patients, TOGETHER)
    ]
    severity = ours(*parts[0]).severity[:JUDGED]
    error = float(np.abs(severity - exact[: len(severity)]).max())

    def everybody() -> None:
        for part, first in parts:
            ours(part, first)

    cpu, wall = best(everybody, repeats)
    return Row(OURS, patients, error, patients / cpu, patients / wall)


def measure_others(repeats: int, exact: np.ndarray) -> list[Row]:
    """Return the rows of the other solvers, each compiled beforehand."""
    entries: list[tuple[str, int, Callable[[solvers.Problem], np.ndarray]]] = [
        (
            "adaptive Dormand-Prince, Numba, rtol 1e-3",
            4 * JUDGED,
            lambda task: solvers.dormand_prince(task, rtol=1e-3, atol=1e-6),
        ),
        (
            "SciPy LSODA (odeint), compiled right-hand side, rtol 1e-3",
            JUDGED,
            lambda task: solvers.lsoda(task, rtol=1e-3, atol=1e-5),
        ),
        (
            "SciPy LSODA (solve_ivp), compiled right-hand side, rtol 1e-3",
            JUDGED,
            lambda task: solvers.lsoda(task, rtol=1e-3, atol=1e-5, interface=Interface.SOLVE_IVP),
        ),
    ]
    rows = []
    for name, people, solve in entries:
        task = full_peers.problem(full_crowd.draw(people), VISITS)
        severity = solve(task)[:JUDGED, :, _SEVERITY]
        cpu, wall = best(lambda solve=solve, task=task: solve(task), repeats)
        rows.append(Row(name, people, float(np.abs(severity - exact).max()), people / cpu, people / wall))
    return rows


def measure_trial(repeats: int) -> Row:
    """Return the row of a whole trial."""
    people = whole_trial()
    cpu, wall = best(whole_trial, repeats)
    return Row(TRIAL, people, None, people / cpu, people / wall)


_SEVERITY = len(full_peers.STATES) + full_peers.SLOW.index("sev")


def table(rows: list[Row]) -> str:
    """Return the measurements as a Markdown table."""
    base = next(row for row in rows if row.solver == OURS)
    lines = [
        "| solver | people | worst mood error, points | CPU-seconds for 10,000 | seconds for 10,000 "
        "| people per CPU-second | ours is faster by |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        error = "" if row.error is None else f"{row.error:.1e}"
        took = f"{1e4 / row.per_cpu_second:,.3g} | {1e4 / row.per_second:,.3g}"
        ratio = base.per_cpu_second / row.per_cpu_second
        lines.append(f"| {row.solver} | {row.people:,} | {error} | {took} | {row.per_cpu_second:,.3g} | {ratio:,.3g} |")
    load = ", ".join(f"{each:.0f}" for each in os.getloadavg())
    return "\n".join([*lines, "", f"{os.cpu_count()} cores; load of the machine over 1, 5 and 15 minutes: {load}."])


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--patients", type=int, default=10_000, help="people for our row (default 10000)")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each, of which the best counts (default 3)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args()
    for name, value in (("patients", given.patients), ("repeats", given.repeats)):
        if value < 1:
            parser.error(f"--{name} is {value}; expected 1 or more")
    exact = solvers.lsoda(full_peers.problem(full_crowd.draw(JUDGED), VISITS))[..., _SEVERITY]
    rows = [measure_ours(given.patients, given.repeats, exact), *measure_others(given.repeats, exact)]
    rows.insert(1, measure_trial(given.repeats))
    if given.json:
        print(json.dumps([row._asdict() for row in rows], indent=1))
    else:
        print(table(rows))


if __name__ == "__main__":
    main()
