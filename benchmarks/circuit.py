"""Compare the spiking network with Brian2, and time the mean field: `python benchmarks/circuit.py`.

The same circuit with 10 % contacts, one second of biological time in steps of 0.05 ms, spikes of all cells recorded;
processor seconds of one thread, the best of several runs. Brian2 (`pip install 'euthymia[brian2]'`) and a C++ compiler
are used where they are found; otherwise their rows say so.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
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
        run_s: Processor seconds of the run, contacts included, compiled beforehand; None where it could not run.
        build_s: Processor seconds to compile, in a process that finds nothing compiled.
        rates: Mean rates of E, PV and SST in Hz.
    """

    simulator: str
    neurons: int
    run_s: float | None
    build_s: float | None = None
    rates: tuple[float, ...] = ()


def ours(network: Network, repeats: int) -> Row:
    """Return our network's row."""
    raster = run(network, 10.0, seed=1, potentials=False)

    def again() -> None:
        nonlocal raster
        contacts = draw_contacts(network, 1)
        raster = run(network, DURATION, seed=1, dt=DT, contacts=contacts, potentials=False)

    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", FIRST_RUN.format(neurons=network.neurons)]
        environment = os.environ | {"NUMBA_CACHE_DIR": folder}
        first = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return Row("euthymia", network.neurons, best(again, repeats), float(first.stdout), tuple(raster.mean_rates()))


def brian(network: Network, target: BrianTarget, repeats: int) -> Row:
    """Return the row of Brian2, run in a process of its own from the exported script."""
    name = {BrianTarget.CYTHON: "Brian2 Cython", BrianTarget.STANDALONE: "Brian2 C++ standalone"}[target]
    script = export_brian2(network, seed=1, duration=DURATION, target=target, dt=DT, compile_first=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "exported.py"
        path.write_text(script, encoding="utf-8")
        first = _script(path, folder)
        if target is BrianTarget.STANDALONE:
            built = Path(folder) / "output"
            again = [children(lambda: subprocess.run(["./main"], cwd=built, check=True)) for _ in range(repeats)]
        else:
            again = [_script(path, folder)["run_s"] for _ in range(repeats)]
    return Row(name, network.neurons, min(first["run_s"], *again), first["build_s"], tuple(first["rates"]))


def _script(path: Path, folder: str) -> dict:
    """Run an exported script with an empty cache of compiled code the first time, and return what it prints."""
    environment = os.environ | {"HOME": folder}
    command = [sys.executable, str(path), str(path.parent / "output")]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def best(work: Callable[[], object], repeats: int) -> float:
    """Return the fewest processor seconds of this process that some work took."""
    taken = []
    for _ in range(repeats):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


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
    return best(lambda: course(circuit, MEAN_FIELD_MS), repeats)


def table(rows: list[Row], reason: str | None, mean_field_s: float) -> str:
    """Return the measurements as a Markdown table."""
    lines = [
        "| simulator | cells | rates E, PV, SST (Hz) | run, s | build, s | run over ours | run and build over ours |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        if row.run_s is None or row.build_s is None:
            lines.append(f"| {row.simulator} | {row.neurons} | not run: {reason} | | | | |")
            continue
        base = next(each for each in rows if each.neurons == row.neurons and each.simulator == "euthymia")
        run_s, build_s = base.run_s or 0.0, base.build_s or 0.0
        rates = ", ".join(f"{R:.1f}" for R in row.rates)
        ratios = f"{row.run_s / run_s:.2f} | {(row.run_s + row.build_s) / (run_s + build_s):.3g}"
        lines.append(f"| {row.simulator} | {row.neurons} | {rates} | {row.run_s:.3f} | {row.build_s:.1f} | {ratios} |")
    lines += ["", f"Mean field, 10 s of biological time on one core: {mean_field_s:.3f} s."]
    return "\n".join(lines)


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5, help="runs of each, of which the best counts (default 5)")
    parser.add_argument("--neurons", type=int, nargs="+", default=SIZES, help="cells in all (default 1000 4000)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args()
    if given.repeats < 1:
        parser.error(f"--repeats is {given.repeats}; expected 1 or more")
    reason, rows = peers(), []
    for neurons in given.neurons:
        network = default_network(neurons, connectivity=default_sparse())
        rows.append(ours(network, given.repeats))
        for target in (BrianTarget.STANDALONE, BrianTarget.CYTHON):
            if reason is None:
                rows.append(brian(network, target, given.repeats))
            else:
                rows.append(Row(f"Brian2 {target.name.lower()}", neurons, None))
    mean_field_s = mean_field(given.repeats)
    if given.json:
        print(json.dumps({"rows": [row._asdict() for row in rows], "mean_field_s": mean_field_s}, indent=1))
    else:
        print(table(rows, reason, mean_field_s))


if __name__ == "__main__":
    main()
