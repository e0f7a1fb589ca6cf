"""Whoever works, every task is done, what a dead worker had in hand is done again, and errors arrive as they were."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import executor_work
from executor_work import Errand

from euthymia.engine.executor import Alone, Executor, executor
from euthymia.engine.processes import Processes
from euthymia.errors import EuthymiaError, UnknownNameError, WorkError

PATIENCE = 30.0  # s
KINDS = ["alone", "processes", "cluster"]


def one_of(kind: str, workers: int) -> Executor:
    return {"alone": lambda: Alone(), "processes": lambda: Processes(workers), "cluster": lambda: local(workers)}[
        kind
    ]()


def local(workers: int) -> Executor:
    return executor(cluster=f"local:{workers}")


def wait_until_gone(pids: list[int]) -> None:
    give_up = time.monotonic() + PATIENCE
    while any(_alive(pid) for pid in pids):
        assert time.monotonic() < give_up, "a worker outlived the work"
        time.sleep(0.02)


def _alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def workers_in(folder: Path) -> list[int]:
    return [int(path.name.removeprefix("pid-")) for path in folder.glob("pid-*")]


@pytest.mark.parametrize("kind", KINDS)
def test_every_task_is_done_once_to_the_caller(kind: str):
    errands = [Errand(number) for number in range(25)]
    assert sorted(one_of(kind, 2).run(executor_work.square, errands)) == [number**2 for number in range(25)]
    assert list(one_of(kind, 2).run(executor_work.square, [])) == []


def test_a_cluster_that_exists_is_used_by_its_address_and_stays():
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0") as there:
        for _ in range(2):
            asked = executor(cluster=there.scheduler_address)
            assert sorted(asked.run(executor_work.square, [Errand(2), Errand(3)])) == [4, 9]


def test_two_clusters_may_work_at_once():
    first = local(1).run(executor_work.square, [Errand(2), Errand(3)])
    found = {next(first)}
    assert list(local(1).run(executor_work.square, [Errand(4)])) == [16]
    assert found | set(first) == {4, 9}


@pytest.mark.parametrize("kind", ["processes", "cluster"])
def test_what_a_dead_worker_had_in_hand_is_done_again(kind: str, tmp_path: Path):
    errands = [Errand(number, str(tmp_path), kills=int(number in (2, 5))) for number in range(8)]
    assert sorted(one_of(kind, 3).run(executor_work.square, errands)) == [number**2 for number in range(8)]
    assert {"2-0", "5-0"} <= {path.name for path in tmp_path.iterdir()}


def test_a_task_that_ends_every_worker_is_given_up_in_the_end(tmp_path: Path):
    errands = [Errand(number, str(tmp_path), kills=99 * (number == 1)) for number in range(4)]
    done: list[int] = []
    with pytest.raises(WorkError, match="workers were ended 3 times before one task was done"):
        done.extend(Processes(2).run(executor_work.square, errands))


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_of_a_task_arrives_as_it_was(kind: str):
    with pytest.raises(UnknownNameError, match="no number '3'; known: one, two") as said:
        list(one_of(kind, 1).run(executor_work.refuse, [Errand(3)]))
    assert said.value.known == ("one", "two")


@pytest.mark.skipif(sys.platform == "win32", reason="os.kill(pid, 0) asks nothing there")
def test_closing_ends_the_workers_at_once(tmp_path: Path):
    errands = [Errand(0, str(tmp_path)), *(Errand(number, str(tmp_path), seconds=600.0) for number in (1, 2))]
    running: Iterator[int] = Processes(2).run(executor_work.square, errands)
    assert next(running) == 0
    started = time.monotonic()
    running.close()  # type: ignore[attr-defined]
    assert time.monotonic() - started < PATIENCE
    wait_until_gone(workers_in(tmp_path))


@pytest.mark.parametrize(
    ("workers", "cluster", "words"),
    [
        (0, None, "workers is 0; expected 1 or more"),
        (2, "local:2", "both workers 2 and cluster 'local:2' are given"),
        (1, "local:0", "expected local:1 or more workers"),
        (1, "somewhere", "cluster is 'somewhere'; expected an address such as tcp://host:8786, or local:N"),
    ],
)
def test_work_that_cannot_be_is_refused_before_anything_starts(workers: int, cluster: str | None, words: str):
    with pytest.raises(EuthymiaError, match=words):
        executor(workers, cluster)


def test_a_cluster_without_dask_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("euthymia.engine.cluster.find_spec", lambda name: None)
    with pytest.raises(WorkError, match=r"pip install 'euthymia\[cluster\]'"):
        local(1)


@pytest.mark.long
def test_a_scheduler_that_goes_away_is_told_in_the_end(tmp_path: Path):

    file = tmp_path / "scheduler.json"
    words = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard"]
    there = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    running = subprocess.Popen([*words, "--host", "127.0.0.1", "--scheduler-file", str(file)], env=there)
    give_up = time.monotonic() + PATIENCE
    while not file.exists() and time.monotonic() < give_up:
        time.sleep(0.1)
    address = json.loads(file.read_text(encoding="utf-8"))["address"]
    worker = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-dashboard"], env=there
    )
    tasks = executor(cluster=address).run(
        executor_work.square, [Errand(0), *(Errand(n, seconds=2.0) for n in range(99))]
    )
    try:
        assert next(tasks) == 0
        running.kill()
        with pytest.raises(
            WorkError, match=r"was lost 3 times before one task was done \(.*\); what was finished is kept"
        ):
            list(tasks)
    finally:
        for each in (running, worker):
            each.kill()
            each.wait()
