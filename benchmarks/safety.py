"""Measure what harms cost: 10,000 people on the spray and sertraline for 12 weeks, with safety outputs and without.

Run it as `python benchmarks/safety.py`. Both runs draw the same people and report at the same times; each is repeated
and the fastest counts, so that a busy machine does not decide the ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import time

import euthymia

SPRAY = "1 4 8 11 15 18 22 25 29 36 43 50 57 64 71 78"  # twice a week for four weeks, then weekly
REGIMEN = f"esketamine 84 mg nasal on days {SPRAY}; sertraline 100 mg oral daily for 12 weeks"
DAYS = 84.0
GROUP = 500  # people a call: the course of everybody at once would not fit into a small machine's memory


def seconds(people: int, *, safety: bool) -> tuple[float, float]:
    """Return processor and wall-clock seconds of simulating so many people."""
    cpu, wall = time.process_time(), time.perf_counter()
    for first in range(0, people, GROUP):
        euthymia.simulate(
            REGIMEN, days=DAYS, population=min(GROUP, people - first), seed=1 + first // GROUP, safety=safety
        )
    return time.process_time() - cpu, time.perf_counter() - wall


def measure(people: int, repeats: int) -> dict[str, dict[str, float]]:
    """Return people per second of both runs and their ratio, compiled beforehand, taking turns."""
    kinds = {"without safety": False, "with safety": True}
    for safety in kinds.values():
        seconds(GROUP, safety=safety)
    found: dict[str, list[tuple[float, float]]] = {kind: [] for kind in kinds}
    for _ in range(repeats):
        for kind, safety in kinds.items():
            found[kind].append(seconds(people, safety=safety))
    best = {kind: (min(cpu for cpu, _ in runs), min(wall for _, wall in runs)) for kind, runs in found.items()}
    plain = best["without safety"]
    return {
        kind: {
            "people": people,
            "per_cpu_second": people / cpu,
            "per_second": people / wall,
            "cpu_ratio": cpu / plain[0],
            "wall_ratio": wall / plain[1],
        }
        for kind, (cpu, wall) in best.items()
    }


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measure(asked.patients, asked.repeats)
    if asked.json:
        print(json.dumps(found))
        return
    print("| run | people | people per CPU-second | people per second | CPU time | wall time |")
    print("|---|---|---|---|---|---|")
    for kind, row in found.items():
        print(
            f"| {kind} | {row['people']:,.0f} | {row['per_cpu_second']:,.0f} | {row['per_second']:,.0f} "
            f"| x {row['cpu_ratio']:.2f} | x {row['wall_ratio']:.2f} |"
        )
    print(f"\n{os.cpu_count()} cores.")


if __name__ == "__main__":
    main()
