"""Compare float32 with float64, on the processor and on a GPU where JAX finds one.

    python benchmarks/devices.py           # the tables of docs/scale.md; --people N, --repeats N

The full chain of `full_crowd` at its times to report. Seconds of the wall clock, people and schedules prepared
beforehand, the median of a few turns; how far each is from float64 on the processor is told variable by variable.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import NamedTuple

import jax
import numpy as np

import full_crowd
from euthymia.engine import ensemble
from euthymia.engine.device import Device, Dtype
from euthymia.engine.ensemble import Outcome, Settings
from full_crowd import FullCrowd

SHOWN = {"sev": "severity, points", "area": "its integral, points h"}


class Way(NamedTuple):
    """Where and with how many digits."""

    device: Device
    dtype: Dtype

    def __str__(self) -> str:
        return f"{self.device.value}, {self.dtype.value}"


def ways() -> list[Way]:
    """Return what this machine can do, the processor in float64 first."""
    try:
        devices = [Device.CPU, Device.GPU] if jax.devices("gpu") else [Device.CPU]
    except RuntimeError:
        devices = [Device.CPU]
    return [Way(device, dtype) for device in devices for dtype in Dtype]


def followed(crowd: FullCrowd, way: Way) -> Outcome:
    """Return the course of everybody, computed in one way."""
    with jax.default_device(jax.devices(way.device.value)[0]):
        settings = Settings(dtype=way.dtype)
        return ensemble.run(crowd.group, crowd.events, full_crowd.REPORT, settings=settings)


def seconds(crowd: FullCrowd, way: Way, repeats: int) -> float:
    """Return the median of a few turns."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        followed(crowd, way)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=4096, help="how many (default 4096)")
    parser.add_argument("--repeats", type=int, default=5, help="turns, of which the median counts (default 5)")
    given = parser.parse_args()
    crowd, found = full_crowd.draw(given.people), ways()
    outcomes = {way: followed(crowd, way) for way in found}
    taken = {way: seconds(crowd, way, given.repeats) for way in found}
    print("| computed on | people | seconds | faster than the processor in float64 by |\n|---|---|---|---|")
    for way in found:
        print(f"| {way} | {given.people:,} | {taken[way]:.3g} | {taken[found[0]] / taken[way]:.2f} |")
    exact = outcomes[found[0]]
    print(f"\n| variable | largest | {' | '.join(f'{way}: off by' for way in found[1:])} |")
    print("|---|---|" + "---|" * (len(found) - 1))
    for name, values in exact.values.items():
        off = [f"{np.abs(outcomes[way].values[name] - values).max():.1e}" for way in found[1:]]
        print(f"| {SHOWN.get(name, name)} | {np.abs(values).max():.3g} | {' | '.join(off)} |")


if __name__ == "__main__":
    main()
