"""Write what scale costs: `python docs_src/scale.py` fills docs/scale.md and its figures from `kept_scale.json`.

The study of a cluster is arithmetic on measured costs, and says so: what a task of 6,400 people takes a worker, what
handing it out takes the scheduler, what it sends and what it writes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
KEPT = ROOT / "benchmarks" / "kept_scale.json"
PAGE = ROOT / "docs" / "scale.md"
IMAGES = ROOT / "docs" / "img"
A_SHARD = 6400  # people a task: 64 replicates of 100
SIZES = (10**6, 10**7, 10**8, 10**9)
WORKERS = (2, 64, 1024, 16384)
HOUR, GB = 3600.0, 1e9


def main() -> None:
    """Fill the page and draw the figures."""
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    put("cost", costs(kept))
    put("cluster", study(kept))
    draw(kept)


def costs(kept: dict[str, Any]) -> str:
    """Return what was measured, as a table."""
    lines = [
        "| people | seconds | CPU-seconds | CPU-ms a person | CPU-ms a further person | largest process, GB | tasks |",
        "|---|---|---|---|---|---|---|",
    ]
    start, *rows = kept["rows"]
    lines += [
        f"| {row['patients']:,} | {row['seconds']:,.0f} | {row['cpu']:,.1f} | {each(row):.3g} "
        f"| {'' if row is start else f'{further(row, start):.3g}'} | {row['memory'] / GB:.2f} | {row['shards']} |"
        for row in (start, *rows)
    ]
    return "\n".join(lines)


def each(row: dict[str, Any]) -> float:
    """Return the processor milliseconds of a person."""
    return 1000.0 * row["cpu"] / row["patients"]


def further(row: dict[str, Any], start: dict[str, Any]) -> float:
    """Return the processor milliseconds of each person beyond those of the smallest run."""
    return 1000.0 * (row["cpu"] - start["cpu"]) / (row["patients"] - start["patients"])


def study(kept: dict[str, Any]) -> str:
    """Return the days, the scheduler's load, traffic and storage of larger runs, as a table."""
    lines = [
        "| people | workers | tasks | hours | tasks a second | scheduler, share of a core | written, MB/s | kept, GB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for people in SIZES:
        for workers in WORKERS:
            found = planned(kept, people, workers)
            if found["tasks"] < workers:
                continue
            lines.append(
                f"| {people:,} | {workers:,} | {found['tasks']:,.0f} | {found['hours']:.3g} | {found['rate']:.3g} "
                f"| {found['scheduler']:.2g} | {found['written'] / 1e6:.3g} | {found['kept'] / GB:,.3g} |"
            )
    return "\n".join(lines)


def planned(kept: dict[str, Any], people: int, workers: int) -> dict[str, float]:
    """Return what a run would take if nothing but the measured costs counted and the scheduler kept up."""
    long = kept["rows"][-1]
    task = A_SHARD * long["cpu"] / long["patients"]  # s of a worker
    bytes_each = long["disk"] / long["patients"]
    tasks = -(-people // A_SHARD)
    rate = min(workers / task, 1.0 / kept["cluster"]["handing_out"])  # the scheduler hands out one after the other
    return {
        "tasks": tasks,
        "hours": tasks / rate / HOUR,
        "rate": rate,
        "scheduler": rate * kept["cluster"]["handing_out"],
        "written": rate * A_SHARD * bytes_each,
        "kept": people * bytes_each,
    }


def draw(kept: dict[str, Any]) -> None:
    """Draw cost per person over people, and hours over workers."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot as plt

    plt.rcParams["svg.hashsalt"] = "scale"
    start, *rows = kept["rows"]
    people = [row["patients"] for row in rows]
    figure, axes = plt.subplots(figsize=(6, 3.2), layout="constrained")
    axes.loglog(people, [each(row) for row in rows], "o--", label="all of a run, its start and report included")
    axes.loglog(
        people, [further(row, start) for row in rows], "o-", label=f"each person beyond the first {start['patients']}"
    )
    axes.set(xlabel="people", ylabel="processor ms a person", ylim=(0.1, 20.0))
    axes.legend()
    figure.savefig(IMAGES / "scale-cost.svg", metadata={"Date": None})
    figure, axes = plt.subplots(figsize=(6, 3.2), layout="constrained")
    counts = [2**power for power in range(1, 16)]
    for people in SIZES:
        axes.loglog(counts, [planned(kept, people, count)["hours"] for count in counts], label=f"{people:,} people")
    axes.set(xlabel="workers", ylabel="hours", title="On paper, from measured costs")
    axes.legend()
    figure.savefig(IMAGES / "scale-cluster.svg", metadata={"Date": None})


def put(name: str, text: str) -> None:
    """Put a table between its marks on the page."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, rest = PAGE.read_text(encoding="utf-8").split(begin)
    PAGE.write_text(f"{before}{begin}\n\n{text}\n\n{end}{rest.split(end)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
