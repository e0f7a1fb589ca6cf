"""The same examples on every machine and every day, on as many cores as there are, and in bounded memory."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, settings

# A failure anybody saw can be seen again.
settings.register_profile("repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeatable")

WORKERS = 4  # at most; each needs some 2 GB
MANY_FILES = 50  # fewer run in this process: a worker takes seconds to start, and collects for itself
MEMORY = 1.0e9  # bytes; JAX keeps every compiled program until somebody asks it not to


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Run many files in a worker a core, unless -n says how many; the long tests measure time, and run alone."""
    if not config.pluginmanager.hasplugin("xdist") or hasattr(config, "workerinput"):
        return
    chosen = config.option
    if chosen.numprocesses is not None or chosen.usepdb or chosen.markexpr != "not long":
        return
    if files(config.args) > MANY_FILES:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        chosen.numprocesses = min(WORKERS, cores)
        chosen.dist = "loadfile"


def files(arguments: list[str]) -> int:
    """Count the test files that the arguments of pytest name; a single test is a file."""
    paths = [Path(argument.split("::")[0]) for argument in arguments]
    return sum(len(list(path.rglob("test_*.py"))) if path.is_dir() else 1 for path in paths)


@pytest.fixture(scope="module", autouse=True)
def bounded_memory() -> Iterator[None]:
    """Forget compiled programs after a file that leaves this process large; the folder of programs still has them."""
    yield
    if "jax" in sys.modules and psutil.Process().memory_info().rss > MEMORY:
        sys.modules["jax"].clear_caches()
        gc.collect()
        if sys.platform == "linux":  # what is freed goes back to the system only when glibc is asked
            getattr(ctypes.CDLL(None), "malloc_trim", bool)(0)
