"""Compare the spiking network with Brian2, and time the mean field: `python benchmarks/circuit.py`.

The same circuit with 10 % contacts, one second of biological time in steps of 0.05 ms, spikes of all cells recorded;
processor seconds of one thread. Everything is compiled first; then the simulators take turns, so that other work on the
machine meets them alike, and of each the best and the median run are told. Brian2 (`pip install 'euthymia[brian2]'`)
and a C++ compiler are used where they are found; otherwise their rows say so.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from euthymia.circuit.brian_script import BrianTarget, export_brian2
from euthymia.circuit.contacts import draw_contacts
from euthymia.circuit.course import course
from euthymia.circuit.mean_field import MeanField
from euthymia.circuit.network import Network, default_network, default_sparse
from euthymia.circuit.spiking import run

SIZES = (1000, 4000)
DURATION = 1000.0  # ms
DT = 0.05  # ms, for every simulator
MEAN_FIELD_MS = 10_000.0
FIRST_RUN = """
import time
from euthymia.circuit.network import default_network, default_sparse
from euthymia.circuit.spiking import run
network = default_network({neurons}, connectivity=default_sparse())
begun = time.process_time()
run(network, 10.0, seed=1)
print(time.process_time() - begun)
"""


class Row(NamedTuple):
    """What was measured of one simulator at one size.

    Attributes:
        simulator: What it is.
        neurons: Cells in all.
        runs_s: Processor seconds of each run, contacts included, compiled beforehand; none where it could not run.
        build_s: Processor seconds to compile, in a process that finds nothing compiled.
        rates: Mean rates of E, PV and SST in Hz.
    """

    simulator: str
    neurons: int
    runs_s: tuple[float, ...] = ()
    build_s: float = 0.0
    rates: tuple[float, ...] = ()

    @property
    def run_s(self) -> float:
        """The best run, s."""
        return min(self.runs_s)


class Contestant(NamedTuple):
    """A simulator with its code compiled: its row so far, and what runs it once and returns processor seconds."""

    row: Row
    once: Callable[[], float]


@contextmanager
def ours(network: Network) -> Iterator[Contestant]:
    """Prepare our network."""
    rates = tuple(run(network, DURATION, seed=1, dt=DT, potentials=False).mean_rates())  # compiles what is not yet

    def once() -> None:
        run(network, DURATION, seed=1, dt=DT, contacts=draw_contacts(network, 1), potentials=False)

    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", FIRST_RUN.format(neurons=network.neurons)]
        environment = os.environ | {"NUMBA_CACHE_DIR": folder}
        first = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    row = Row("euthymia", network.neurons, build_s=float(first.stdout), rates=rates)
    yield Contestant(row, lambda: own(once))


@contextmanager
def brian(network: Network, target: BrianTarget) -> Iterator[Contestant]:
    """Prepare Brian2, which runs in processes of its own from the exported script."""
    name = {BrianTarget.CYTHON: "Brian2 Cython", BrianTarget.STANDALONE: "Brian2 C++ standalone"}[target]
    script = export_brian2(network, seed=1, duration=DURATION, target=target, dt=DT, compile_first=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "exported.py"
        path.write_text(script, encoding="utf-8")
        first = _script(path, folder)
        row = Row(name, network.neurons, build_s=first["build_s"], rates=tuple(first["rates"]))
        if target is BrianTarget.STANDALONE:
            built = Path(folder) / "output"
            yield Contestant(row, lambda: children(lambda: subprocess.run(["./main"], cwd=built, check=True)))
        else:
            yield Contestant(row, lambda: _script(path, folder)["run_s"])


def measure(network: Network, targets: list[BrianTarget], repeats: int) -> list[Row]:
    """Return the rows of one network: all are prepared, then run in turns."""
    with ExitStack() as stack:
        everyone = [stack.enter_context(ours(network))]
        everyone += [stack.enter_context(brian(network, target)) for target in targets]
        turns = [[each.once() for each in everyone] for _ in range(repeats)]
    return [each.row._replace(runs_s=taken) for each, taken in zip(everyone, zip(*turns, strict=True), strict=True)]


def _script(path: Path, folder: str) -> dict:
    """Run an exported script with an empty cache of compiled code the first time, and return what it prints."""
    environment = os.environ | {"HOME": folder}
    command = [sys.executable, str(path), str(path.parent / "output")]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def own(work: Callable[[], object]) -> float:
    """Return the processor seconds of this process that some work took."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def children(work: Callable[[], object]) -> float:
    """Return the processor seconds of the processes that some work started and waited for."""
    begun = sum(os.times()[2:4])
    work()
    return sum(os.times()[2:4]) - begun


def peers() -> str | None:
    """Return why Brian2 cannot be compared with, or None."""
    imported = subprocess.run([sys.executable, "-c", "import brian2"], capture_output=True, text=True)
    if imported.returncode:
        return f"Brian2 cannot be imported ({imported.stderr.strip().splitlines()[-1]})"
    if not any(shutil.which(compiler) for compiler in ("c++", "g++", "clang++", "cl")):
        return "no C++ compiler"
    return None


def mean_field(repeats: int) -> float:
    """Return the processor seconds of the mean field's course over 10 s of biological time."""
    circuit = MeanField.from_evidence()
    course(circuit, MEAN_FIELD_MS)
    return min(own(lambda: course(circuit, MEAN_FIELD_MS)) for _ in range(repeats))


def table(rows: list[Row], reason: str | None, mean_field_s: float) -> str:
    """Return the measurements as a Markdown table."""
    lines = [
        "| simulator | cells | rates E, PV, SST (Hz) | best run, s | median, s | build, s | run over ours "
        "| run and build over ours |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        if not row.runs_s:
            lines.append(f"| {row.simulator} | {row.neurons} | not run: {reason} | | | | | |")
            continue
        base = next(each for each in rows if each.neurons == row.neurons and each.simulator == "euthymia")
        rates = ", ".join(f"{R:.1f}" for R in row.rates)
        spent = f"{row.run_s:.3f} | {statistics.median(row.runs_s):.3f} | {row.build_s:.1f}"
        ratios = f"{row.run_s / base.run_s:.2f} | {(row.run_s + row.build_s) / (base.run_s + base.build_s):.3g}"
        lines.append(f"| {row.simulator} | {row.neurons} | {rates} | {spent} | {ratios} |")
    lines += ["", f"Mean field, 10 s of biological time on one core: {mean_field_s:.3f} s."]
    return "\n".join(lines)


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7, help="runs of each, of which the best counts (default 7)")
    parser.add_argument("--neurons", type=int, nargs="+", default=SIZES, help="cells in all (default 1000 4000)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args()
    if given.repeats < 1:
        parser.error(f"--repeats is {given.repeats}; expected 1 or more")
    reason, rows = peers(), []
    targets = [BrianTarget.STANDALONE, BrianTarget.CYTHON]
    for neurons in given.neurons:
        network = default_network(neurons, connectivity=default_sparse())
        rows += measure(network, targets if reason is None else [], given.repeats)
        if reason is not None:
            rows += [Row(f"Brian2 {target.name.lower()}", neurons) for target in targets]
    mean_field_s = mean_field(given.repeats)
    if given.json:
        print(json.dumps({"rows": [row._asdict() for row in rows], "mean_field_s": mean_field_s}, indent=1))
    else:
        print(table(rows, reason, mean_field_s))


if __name__ == "__main__":
    main()
