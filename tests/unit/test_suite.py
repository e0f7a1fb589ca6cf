"""How the tests themselves are run: many files in a worker a core, a few in this process, memory bounded either way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"
TOLD = """
import os
import pytest
def test_who_works():
    print("ran in", os.environ.get("PYTEST_XDIST_WORKER", "this process"))
@pytest.mark.long
def test_who_works_long():
    print("ran in", os.environ.get("PYTEST_XDIST_WORKER", "this process"))
"""
INI = "[pytest]\naddopts = -m 'not long' -rP\nmarkers = long: minutes of work\n"


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """Give a folder with as many files of tests as are run at once."""
    (tmp_path / "pytest.ini").write_text(INI)
    shutil.copy(CONFTEST, tmp_path)
    for number in range(51):
        (tmp_path / f"test_{number}.py").write_text(TOLD)
    return tmp_path


def workers(suite: Path, *words: str) -> set[str]:
    """Run the tests of a folder, and return who ran them."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words]
    ran = subprocess.run(command, cwd=suite, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return {line.removeprefix("ran in ") for line in ran.stdout.splitlines() if line.startswith("ran in ")}


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@pytest.mark.skipif(cores() < 2, reason="one core")
def test_many_files_are_run_in_a_worker_a_core(suite):
    assert workers(suite) == {f"gw{number}" for number in range(min(4, cores()))}


@pytest.mark.parametrize(
    "words",
    [["test_7.py"], ["test_7.py::test_who_works"], ["-m", "long"], ["-n", "0"], ["-p", "no:xdist"]],
    ids=["a file", "a test", "the long ones", "asked for", "no workers there"],
)
def test_otherwise_they_are_run_in_this_process(suite, words):
    assert workers(suite, *words) == {"this process"}


def test_a_file_that_leaves_a_large_process_leaves_no_compiled_program(suite):
    conftest = suite / "conftest.py"
    conftest.write_text(conftest.read_text().replace("MEMORY = 1.0e9", "MEMORY = 0.0"))
    (suite / "programs.py").write_text("import jax\nadd = jax.jit(lambda x: x + 1.0)\n")
    uses = "from programs import add\ndef test_programs():\n    print('ran in', add._cache_size())\n    add(1.0)\n"
    uses += "def test_kept_within_a_file():\n    assert add._cache_size() == 1\n"
    for name in ("test_a.py", "test_b.py"):
        (suite / name).write_text(uses)
    assert workers(suite, "test_a.py", "test_b.py") == {"0"}
