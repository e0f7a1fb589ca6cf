"""Runs ended by kill -9, full disks and closed folders: what was acknowledged is whole, and the next run goes on."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from runs_samples import REGIMEN, Invented, files_of

from euthymia.errors import StoreError
from euthymia.runs.keeping import Work, keep, result_of
from euthymia.runs.treatment import Treatment
from euthymia.store.catalogue import Catalogue, Run
from euthymia.store.query import query
from euthymia.store.shards import verify
from euthymia.treatment.sentence import regimen as parsed

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")

PATIENCE = 300.0  # s
# Keeps the invented people, and says how many shards are acknowledged as soon as they are.
KEEPS = """
import sys
from runs_samples import Invented
from euthymia.engine.executor import executor
from euthymia.errors import StoreError
from euthymia.runs.keeping import Work, keep
from euthymia.store.catalogue import Catalogue
store, workers, width, limit = sys.argv[1], *map(int, sys.argv[2:])
if limit:
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
job = Invented(units=500, width=width)
if __name__ == "__main__":
    print("ready", flush=True)
    tell = lambda share: print(round(50 * share), flush=True)
    try:
        keep(job, Catalogue.at(store), Work(executor(workers), progress=tell))
    except StoreError as error:
        sys.exit(str(error))
"""


def job(width: int = 3) -> Invented:
    return Invented(units=500, width=width)


def words(store: Path, *, workers: int = 1, width: int = 3, limit: int = 0) -> list[str]:
    return [sys.executable, "-c", KEEPS, str(store), str(workers), str(width), str(limit)]


def started(command: Sequence[str]) -> subprocess.Popen[str]:
    env = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    here = Path(__file__).parent
    return subprocess.Popen(command, cwd=here, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(command: Sequence[str]) -> tuple[int, str]:
    running = started(command)
    _, complaint = running.communicate(timeout=PATIENCE)
    return running.returncode, complaint


def killed(command: Sequence[str], seconds: float) -> int:
    """Kill a run some seconds after it is ready, and return how many shards it had said to be acknowledged."""
    with started(command) as running:
        assert running.stdout is not None
        running.stdout.readline()
        time.sleep(seconds)
        running.send_signal(signal.SIGKILL)
        said = running.stdout.read().split()
    return int(said[-1]) if said else 0


def whole(store: Path) -> int:
    """Check everything that a store counts, and return how many shards those are."""
    try:
        catalogue = Catalogue.at(store, reading=True)
    except StoreError as error:
        if "no store in" not in str(error):
            raise
        # Killed before the catalogue was made; it can be made now.
        catalogue = Catalogue.at(store)
    return sum(_whole(catalogue, run) for run in catalogue.runs())


def _whole(catalogue: Catalogue, run: Run) -> int:
    shards = catalogue.shards(run.id)
    for shard in shards:
        verify(catalogue.place.folder(run.id), shard)
    if shards:
        rows = query(catalogue, "SELECT count(*), min(person), max(person) FROM rows", run, {}).rows
        stop = max(shard.stop for shard in shards)
        assert rows == ((sum(shard.rows for shard in shards), min(shard.first for shard in shards), stop - 1),)
    if run.finished:
        assert len(shards) == len(run.ranges())
    return len(shards)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    store = tmp_path_factory.mktemp("undisturbed")
    keep(job(), Catalogue.at(store))
    return files_of(store)


def kill_often(store: Path, moments: Sequence[float], workers: int = 1) -> None:
    acknowledged = 0
    for seconds in moments:
        said = killed(words(store, workers=workers), seconds)
        there = whole(store)
        assert there >= max(said, acknowledged), "an acknowledged shard was lost"
        acknowledged = there


def test_a_run_killed_at_ten_moments_loses_nothing_and_goes_on_to_the_same_bytes(
    tmp_path: Path, undisturbed: dict[str, bytes]
):
    draw = random.Random(8)
    kill_often(tmp_path, [draw.uniform(0.0, 0.15) for _ in range(10)])
    assert keep(job(), Catalogue.at(tmp_path)).computed <= 50
    assert files_of(tmp_path) == undisturbed


@pytest.mark.long
@pytest.mark.parametrize("workers", [1, 2])
def test_runs_killed_at_eighty_moments_lose_nothing(tmp_path: Path, undisturbed: dict[str, bytes], workers: int):
    draw = random.Random(80 + workers)
    for number in range(8):  # a run gets far enough to be killed in all its parts, then another begins
        store = tmp_path / str(number)
        kill_often(store, [draw.uniform(0.0, 0.05 + 0.4 * (workers > 1)) for _ in range(10)], workers)
        keep(job(), Catalogue.at(store))
        assert files_of(store) == undisturbed


@pytest.mark.long
def test_treatments_killed_at_forty_moments_go_on_to_the_same_bytes(tmp_path: Path):
    command = [sys.executable, "-m", "euthymia", "simulate", REGIMEN, "--days", "1", "--patients", "6000", "--json"]
    command += ["--keep", "MADRS", "--store"]
    draw = random.Random(40)
    for number in range(4):
        for _ in range(10):
            running = started([*command, str(tmp_path / "killed")])
            time.sleep(draw.uniform(0.5, 5.0))
            running.kill()
            running.communicate()
            if (tmp_path / "killed").exists():
                whole(tmp_path / "killed")
        assert ended([*command, str(tmp_path / "killed")])[0] == 0
        if number == 0:
            assert ended([*command, str(tmp_path / "undisturbed")])[0] == 0
        assert files_of(tmp_path / "killed") == files_of(tmp_path / "undisturbed")
        shutil.rmtree(tmp_path / "killed")


@pytest.mark.parametrize("limit", [60_000, 20_000], ids=["shards do not fit", "the catalogue does not fit"])
def test_a_file_that_may_not_grow_is_told_and_earlier_runs_are_whole(tmp_path: Path, limit: int):
    pytest.importorskip("resource")
    earlier = Catalogue.at(tmp_path)
    run = keep(Invented(), earlier).run
    code, complaint = ended(words(tmp_path, width=1000, limit=limit))
    assert code == 1
    assert "what was finished before is whole" in complaint
    assert complaint.count("\n") == 1
    assert result_of(earlier, run, Invented(), verified=False) == keep(Invented(), Catalogue.at(tmp_path)).result
    assert not list(tmp_path.rglob(".*.part"))
    assert whole(tmp_path) == 10
    keep(job(1000), Catalogue.at(tmp_path))
    keep(job(1000), Catalogue.at(tmp_path / "undisturbed"))
    made = files_of(tmp_path / "undisturbed")
    assert {name: data for name, data in files_of(tmp_path).items() if name in made} == made


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a disk of two megabytes, where this user may make one."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_told_and_the_run_goes_on_when_there_is_room(small_disk: Path, tmp_path: Path):
    earlier = keep(Invented(), Catalogue.at(small_disk))
    code, complaint = ended(words(small_disk, width=1000))
    assert code == 1
    assert "no space left on device" in complaint or "disk is full" in complaint
    assert "what was finished before is whole" in complaint
    assert whole(small_disk) > 10
    full = Catalogue.at(small_disk, reading=True)  # to be written to, it would ask for room
    assert result_of(full, earlier.run, Invented(), verified=False) == earlier.result
    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    assert 0 < keep(job(1000), Catalogue.at(small_disk)).computed < 50
    keep(job(1000), Catalogue.at(tmp_path / "undisturbed"))
    made = files_of(tmp_path / "undisturbed")
    assert {name: data for name, data in files_of(small_disk).items() if name in made} == made


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """Give a finished store that is closed to writing."""
    store = tmp_path / "store"
    keep(Invented(), Catalogue.at(store))
    places = [store, *store.rglob("*")]
    for place in places:
        place.chmod(0o555 if place.is_dir() else 0o444)
    yield store
    for place in places:
        place.chmod(0o755)


def heeding() -> list[str]:
    """Return words before a command that let permissions count, which they do not for a superuser."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("a superuser without setpriv heeds no permission")
    return ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]


ASKS = """
import sys
from euthymia.store.catalogue import Catalogue
from euthymia.store.query import query
catalogue = Catalogue.at(sys.argv[1], reading=True)
print(query(catalogue, "SELECT count(*) FROM rows", catalogue.runs()[0], {}).rows[0][0])
"""


def test_a_closed_folder_is_told_before_any_work_and_can_still_be_read(closed: Path):
    code, complaint = ended([*heeding(), *words(closed)])
    assert (code, complaint) == (
        1,
        f"cannot use '{closed / 'shards'}': permission denied; what was finished before is whole\n",
    )
    with started([*heeding(), sys.executable, "-c", ASKS, str(closed)]) as asking:
        assert asking.communicate(timeout=PATIENCE) == ("100\n", "")


def test_an_interrupted_treatment_keeps_what_is_finished(tmp_path: Path):
    def stop(share: float) -> None:
        raise KeyboardInterrupt

    treatment = Treatment(parsed(REGIMEN), days=1.0, population=600, keep=("MADRS",))
    catalogue = Catalogue.at(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        keep(treatment, catalogue, Work(progress=stop))
    (run,) = catalogue.runs()
    assert [shard.stop for shard in catalogue.shards(run.id)] == [512]
    assert keep(treatment, catalogue).computed == 1
