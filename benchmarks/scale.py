"""Measure what a person costs from a thousand to a million: `python benchmarks/scale.py --sizes 1000 10000 100000`.

The full chain with items and safety: the trial of `many_trial.toml`, 100 people for 12 weeks, conducted as often as it
takes, by the command line, over a local Dask cluster of two workers, kept in a store, judged and reported. What it
costs to start and to report is measured with a single replicate, and what a second worker costs to start with one more
than a task holds. Rows go into `kept_scale.json`, from which `docs_src/scale.py` makes the page. A million people take
some six minutes.
"""

from __future__ import annotations

import argparse
import json
import pickle
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).parent
KEPT = HERE / "kept_scale.json"
TRIAL = HERE / "many_trial.toml"
A_REPLICATE = 100  # people
STARTS = (A_REPLICATE, 64 * A_REPLICATE, 65 * A_REPLICATE)  # one task, a task that is full, and two tasks
WORKERS = 2
OFTEN = 5  # times that a small run is measured, of which the median counts: its start varies by more than it costs
SMALL = 10_000  # people up to whom a run is small
EMPTY_TASKS = 2000  # on a cluster, to see what handing out a task costs


def measured(patients: int) -> dict[str, Any]:
    """Carry out the command and return seconds, processor seconds, the largest memory of a process, and bytes kept."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["trial", "run", str(TRIAL), "--replicates", str(patients // A_REPLICATE), "--store", f"{folder}/runs"]
        words += ["--cluster", f"local:{WORKERS}", "--out", folder]
        start, before = time.perf_counter(), _children()
        running = subprocess.Popen([sys.executable, "-m", "euthymia", *words], stdout=subprocess.DEVNULL)
        memory = 0
        while running.poll() is None:
            memory = max(memory, _largest(running.pid))
            time.sleep(0.3)
        if running.returncode:
            raise RuntimeError(f"the command ended with {running.returncode}")
        seconds, cpu = time.perf_counter() - start, _children() - before
        shards = list(Path(folder, "runs", "shards").rglob("*.parquet"))
        last, first = max(map(_written, shards)), min(map(_written, shards))
        return {
            "patients": patients,
            "seconds": seconds,
            "cpu": cpu,
            "memory": memory,
            "shards": len(shards),
            "disk": sum(shard.stat().st_size for shard in shards),
            "joining": time.time() - last if len(shards) > 1 and last > first else None,
        }


def typical(patients: int) -> dict[str, Any]:
    """Return what a run takes, of a small one the run of median processor seconds."""
    runs = [measured(patients) for _ in range(OFTEN if patients <= SMALL else 1)]
    return min(runs, key=lambda run: abs(run["cpu"] - statistics.median(each["cpu"] for each in runs)))


def handing_out() -> dict[str, float]:
    """Return the seconds that the scheduler and its client take for a task, and the bytes of an empty task."""
    from distributed import Client, LocalCluster

    here = {"n_workers": 1, "threads_per_worker": 1, "processes": True, "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(host="127.0.0.1", **here) as cluster, Client(cluster) as client:
        client.gather(client.map(_nothing, range(10), pure=False))
        start = time.process_time()
        client.gather(client.map(_nothing, range(EMPTY_TASKS), pure=False))
        return {"handing_out": (time.process_time() - start) / EMPTY_TASKS, "message": len(pickle.dumps(_nothing))}


def _nothing(number: int) -> int:
    return number


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _written(path: Path) -> float:
    return path.stat().st_mtime


def _largest(process: int) -> int:
    """Return the memory of the largest process below one, bytes."""
    largest = 0
    try:
        everybody = [psutil.Process(process), *psutil.Process(process).children(recursive=True)]
    except psutil.Error:
        return 0
    for one in everybody:
        try:
            largest = max(largest, one.memory_info().rss)
        except psutil.Error:
            continue
    return largest


def keep(rows: list[dict[str, Any]], cluster: dict[str, float]) -> None:
    """Enter rows among the kept ones, in place of those of the same size."""
    held = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {"rows": []}
    by_size = {row["patients"]: row for row in [*held["rows"], *rows]}
    found = held | {"rows": [by_size[size] for size in sorted(by_size)], "cluster": cluster or held.get("cluster", {})}
    KEPT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Measure and keep."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000], help="numbers of people")
    given = parser.parse_args()
    keep([], handing_out())
    for patients in sorted({*STARTS, *given.sizes}):
        row = typical(patients)
        print(json.dumps(row))
        keep([row], {})


if __name__ == "__main__":
    main()
