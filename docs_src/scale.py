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
A_REPLICATE = 100  # people
A_SHARD = 64 * A_REPLICATE  # people a task
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
    rows = kept["rows"]
    lines += [
        f"| {row['patients']:,} | {row['seconds']:,.0f} | {row['cpu']:,.1f} | {each(row):.3g} "
        f"| {'' if row is rows[0] else f'{further(row, rows):.3g}'} | {row['memory'] / GB:.2f} | {row['shards']} |"
        for row in rows
    ]
    return "\n".join(lines)


def each(row: dict[str, Any]) -> float:
    """Return the processor milliseconds of a person."""
    return 1000.0 * row["cpu"] / row["patients"]


def further(row: dict[str, Any], rows: list[dict[str, Any]]) -> float:
    """Return the processor milliseconds of each person beyond the first, without what the start of a worker takes.

    The smallest run has one worker to start. What a second one takes is the difference of the two runs between which
    it has to start, one of a whole task and one of a replicate more.
    """
    first = rows[0]
    start = first["cpu"] + (second(rows) if row["shards"] > 1 else 0.0)
    return 1000.0 * (row["cpu"] - start) / (row["patients"] - first["patients"])


def second(rows: list[dict[str, Any]]) -> float:
    """Return the processor seconds that the start of a second worker takes."""
    sizes = {row["patients"]: row["cpu"] for row in rows}
    return sizes[A_SHARD + A_REPLICATE] - sizes[A_SHARD]


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
    rows = kept["rows"]
    figure, axes = plt.subplots(figsize=(6, 3.2), layout="constrained")
    whole, beyond = "all of a run, its start and report included", "each further person"
    axes.loglog([row["patients"] for row in rows], [each(row) for row in rows], "o--", label=whole)
    axes.loglog([row["patients"] for row in rows[1:]], [further(row, rows) for row in rows[1:]], "o-", label=beyond)
    axes.set(xlabel="people", ylabel="processor ms a person", ylim=(0.1, 100.0))
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
