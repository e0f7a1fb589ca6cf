"""The hand-written kernel of `kernel.cpp`: built with the machine's own compiler, and given what our engine is given.

    python benchmarks/kernel.py            # build it, and compare it with the engine, person by person

It is built where it is asked for, into the folder of temporary files, with g++ (or what CXX names); installing the
package never builds it.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

import full_crowd
from euthymia.engine import ensemble
from euthymia.engine.ensemble import Settings
from euthymia.engine.grid import segments
from euthymia.engine.linear import modes
from euthymia.engine.schedule import course_of
from full_crowd import FullCrowd

SOURCE = Path(__file__).with_name("kernel.cpp")
FLAGS = ("-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-std=c++17", "-shared", "-fPIC")
# In the order of `Number` in kernel.cpp, after four that are products of several.
NUMBERS = (
    *("IC50_E", "tau_bdnf", "tau_mtor", "k_pot", "tau_pot", "k_spn", "y_mtor", "y_5HT", "spn_max", "chi"),
    *("f_res", "kappa", "AR_min", "K_AR", "tau_AR", "k_lrn", "y_lrn", "tau_lrn", "e_lrn"),
    *("tau_sev", "a_pot", "a_bdnf", "a_spn", "a_5HT", "a_lrn"),
)
STATES = ("bdnf", "mtor", "pot", "AR", "lrn", "spn", "sev", "area")
READ = ("bound", "load", "therapy", "rho_elim")  # after the effect site, which is the first output


def compiler() -> str | None:
    """Return the C++ compiler of this machine: what CXX names, else g++; None where there is none."""
    return shutil.which(os.environ.get("CXX", "g++"))


@cache
def library() -> ctypes.CDLL:
    """Build the kernel and return it.

    Raises:
        RuntimeError: When there is no compiler, or it refuses.
    """
    found = compiler()
    if found is None:
        raise RuntimeError("no C++ compiler: expected g++, or another one named by CXX")
    folder = Path(tempfile.mkdtemp(prefix="kernel-"))
    built = subprocess.run(
        [found, *FLAGS, str(SOURCE), "-o", str(folder / "kernel.so")], capture_output=True, text=True
    )
    if built.returncode:
        raise RuntimeError(f"{found} could not build {SOURCE.name}:\n{built.stderr}")
    loaded = ctypes.CDLL(str(folder / "kernel.so"))
    shutil.rmtree(folder)
    return loaded


@dataclass(frozen=True, eq=False)
class Task:
    """People and schedule as the kernel wants them; people lie in groups of so many as fit a vector.

    Attributes:
        persons: Number of people; the last group is filled up by repeating the last one.
        sizes: Groups, modes, states, events, segments, terms of the dose curve, rows.
        arrays: All others, in the kernel's order.
        kept: Slow states at the reported times, [group, row, state, lane]; the kernel writes them.
    """

    persons: int
    sizes: tuple[int, ...]
    arrays: tuple[np.ndarray, ...]
    kept: np.ndarray


def prepare(crowd: FullCrowd, report: np.ndarray) -> Task:
    """Return a crowd as the kernel wants it: modes decomposed, schedule on the engine's own grid."""
    chain, linear, events = crowd.chain, crowd.exposed.linear, crowd.events
    ends = [event.t + event.duration for event in events if event.duration > 0.0]
    grid = segments(0.0, float(report[-1]), doses=[event.t for event in events], breaks=[*ends, *report])
    course, basis = course_of(grid, events, report), modes(linear)
    if not basis.exact.all():
        raise RuntimeError("somebody's modes are ill-conditioned; the kernel has no other way")
    rows = np.full(grid.size - 1, -1)
    rows[course.rows] = np.arange(report.size)
    places = [0, *(getattr(chain.reads, name) for name in READ)]
    amount = np.stack([event.amount / (event.duration or 1.0) for event in events], axis=1)
    traits = [
        np.broadcast_to(one, crowd.persons) for one in (chain.severity.gain, chain.glutamatergic, chain.serotonergic)
    ]
    people = (np.stack(traits, axis=1), basis.lam, basis.inject, basis.read[:, places], amount)
    integers = (
        *(course.first, course.after, [event.target for event in events]),
        [event.duration > 0.0 for event in events],
    )
    coefficients = np.asarray(chain.circuit.coefficients, dtype=float)
    lanes = library().lanes()
    groups = -(-crowd.persons // lanes)
    arrays = (
        *(_numbers(crowd), coefficients, *(_in_groups(one, lanes) for one in people)),
        *(np.asarray(one, dtype=np.int32) for one in integers),
        *(np.diff(grid), rows.astype(np.int32), basis.heard[places].astype(np.int32)),
    )
    sizes = (groups, linear.matrix.shape[1], linear.matrix.shape[1], len(events), grid.size - 1, coefficients.size)
    kept = np.empty((groups, report.size, len(STATES), lanes))
    return Task(crowd.persons, (*sizes, report.size), tuple(map(np.ascontiguousarray, arrays)), kept)


def solve(task: Task) -> np.ndarray:
    """Return the slow states by the kernel, on one thread, [person, time, state]."""
    pointers = [ctypes.c_void_p(array.ctypes.data) for array in (*task.arrays, task.kept)]
    library().courses(*map(ctypes.c_int, task.sizes), *pointers)
    return np.moveaxis(task.kept, -1, 1).reshape(-1, *task.kept.shape[1:3])[: task.persons]


def _numbers(crowd: FullCrowd) -> np.ndarray:
    """Return everybody's numbers in the kernel's order."""
    chain = crowd.chain
    brain, trigger, circuit = chain.brain, chain.trigger.trigger, chain.circuit
    relief = chain.relief
    owners = (chain.bdnf, chain.potentiation, chain.spines, chain.serotonin, chain.learning, chain.protection)
    owners = (chain.block, *owners, relief.severity, relief)
    upstream = (
        *(chain.fu * brain.Kpuu / (brain.molar_mass * brain.f_S), circuit.c_half),
        *(trigger.w_dis * trigger.s_dis / circuit.peak, trigger.w_dir * trigger.s_dir),
    )
    own = (next(getattr(owner, name) for owner in owners if hasattr(owner, name)) for name in NUMBERS)
    return np.array([float(np.asarray(value)) for value in (*upstream, *own)])


def _in_groups(value: np.ndarray, lanes: int) -> np.ndarray:
    """Return [person, ...] as [group, ..., lane], filled up by repeating the last person."""
    missing = -len(value) % lanes
    whole = np.concatenate([value, np.repeat(value[-1:], missing, axis=0)]) if missing else np.asarray(value)
    return np.moveaxis(whole.reshape(-1, lanes, *whole.shape[1:]), 1, -1)


def differences(persons: int, report: np.ndarray) -> dict[str, float]:
    """Return the largest difference between the kernel and the engine in each slow state, relative to its largest."""
    crowd = full_crowd.draw(persons)
    ours = ensemble.run(crowd.group, crowd.events, report, settings=Settings(threads=1)).values
    theirs = solve(prepare(crowd, report))
    return {
        name: float(np.abs(theirs[..., place] - ours[name]).max() / np.abs(ours[name]).max())
        for place, name in enumerate(STATES)
    }


def main() -> None:
    """Build the kernel and print how far it is from the engine."""
    for name, apart in differences(100, full_crowd.REPORT).items():
        print(f"{name:8s} {apart:.1e}")


if __name__ == "__main__":
    main()
