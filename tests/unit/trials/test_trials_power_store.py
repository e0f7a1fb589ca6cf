"""Blocks of replicates in a folder: gone on from, never mixed, and the same bytes however often a run was ended."""

from __future__ import annotations

import contextlib
import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from euthymia import api
from euthymia.errors import OutputError
from euthymia.report.files import write_atomic
from euthymia.trials import power_run
from euthymia.trials.catalogue import load_trial
from euthymia.trials.design import Analysis, Trial
from euthymia.trials.estimates import FIELDS
from euthymia.trials.interim import Interim, Reestimation, ResizeRule
from euthymia.trials.power_plan import BLOCK, Job, whole, with_sizes
from euthymia.trials.power_run import Work, run
from euthymia.trials.power_store import Folder
from euthymia.trials.writing import to_toml

REPLICATES = 5 * BLOCK
PATIENCE = 60.0  # s
GROWING = Reestimation(1, ResizeRule.PROMISING_ZONE, 1.5, 0.9)
LOOKS = Interim((0.5, 1.0), arm="84 mg + AD", reestimation=GROWING)


def small() -> Trial:
    trial = load_trial("transform-1")
    primary = replace(trial.primary, analysis=Analysis.ANCOVA)
    return replace(with_sizes(trial, (4, 4, 4)), published=(), primary=primary)


def job(seed: int = 1) -> Job:
    return Job(small(), seed, (whole(small()),))


def invented(asked: Job, numbers: range, threads: int | None = 1) -> np.ndarray:
    """Rows that depend on seed and replicate only, some of them without an estimate."""
    shape = (1, 2, len(FIELDS))
    rows = np.stack([np.random.default_rng([asked.seed, number]).normal(size=shape) for number in numbers])
    rows[np.array(numbers) % 7 == 0] = np.nan
    rows[np.array(numbers) % 5 == 0, ..., 2] = np.inf
    return rows


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(power_run, "rows_of", invented)


def kept_in(path: Path, write: Callable[[Path, str], object] = write_atomic) -> Work:
    return Work(folder=Folder(path, write))


def files_of(folder: Path) -> dict[str, bytes]:
    """Return what a folder holds; a half-written file of a run that was killed is hidden, and swept some time."""
    held = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(folder)): path.read_bytes() for path in held}


@pytest.mark.usefixtures("quick")
def test_a_run_ended_at_any_write_goes_on_to_the_same_bytes(tmp_path: Path):
    undisturbed = run(job(), REPLICATES, kept_in(tmp_path / "whole"), "power")
    for number in range(20):
        left = [0]

        def write(path: Path, text: str, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            write_atomic(path, text)

        folder = tmp_path / str(number)
        for _ in range(2):
            left[0] = random.Random(number).randrange(4)
            with contextlib.suppress(KeyboardInterrupt):
                run(job(), REPLICATES, kept_in(folder, write), "power")
        again = run(job(), REPLICATES, kept_in(folder), "power")
        assert again.tobytes() == undisturbed.tobytes()
        assert files_of(folder) == files_of(tmp_path / "whole")


@pytest.mark.usefixtures("quick")
def test_what_is_kept_is_not_computed_again_and_a_longer_run_goes_on_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    asked: list[range] = []

    def counted(asked_for: Job, numbers: range, threads: int | None = 1) -> np.ndarray:
        asked.append(numbers)
        return invented(asked_for, numbers)

    monkeypatch.setattr(power_run, "rows_of", counted)
    run(job(), BLOCK + 3, kept_in(tmp_path), "power")
    longer = run(job(), 3 * BLOCK, kept_in(tmp_path), "power")
    assert asked == [range(BLOCK), range(BLOCK, BLOCK + 3), range(BLOCK, 2 * BLOCK), range(2 * BLOCK, 3 * BLOCK)]
    assert longer.tobytes() == invented(job(), range(3 * BLOCK)).tobytes()
    shorter = run(job(), 5, kept_in(tmp_path), "power")
    assert shorter.tobytes() == longer[:5].tobytes()
    assert len(asked) == 4


@pytest.mark.usefixtures("quick")
def test_blocks_of_another_job_are_refused_and_it_is_said_what_differs(tmp_path: Path):
    run(job(), BLOCK, kept_in(tmp_path), "power")
    with pytest.raises(OutputError, match="holds another run: seed is 1 there and 2 here"):
        run(job(seed=2), BLOCK, kept_in(tmp_path), "power")
    with pytest.raises(OutputError, match="trials differ is false there and true here"):
        run(replace(job(), trials_differ=True), BLOCK, kept_in(tmp_path), "power")
    shorter = replace(small(), visits=small().visits[-1:])
    with pytest.raises(OutputError, match="design is"):
        run(replace(job(), trial=shorter), BLOCK, kept_in(tmp_path), "power")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("change", [lambda text: text[:-9], lambda text: text.replace("0.", "1.", 1), lambda _: "{}"])
def test_a_changed_block_is_refused_by_name(tmp_path: Path, change: Callable[[str], str]):
    run(job(), BLOCK, kept_in(tmp_path), "power")
    file = tmp_path / "power" / "block-00000.json"
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(OutputError, match=r"block-00000\.json' was changed"):
        run(job(), BLOCK, kept_in(tmp_path), "power")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("what", ["records", "program"])
def test_changed_records_or_another_program_are_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str):
    run(job(), BLOCK, kept_in(tmp_path), "power")
    monkeypatch.setattr(f"euthymia.trials.power_store.{what}_digest", lambda: "others")
    with pytest.raises(OutputError, match=f"{what} is"):
        run(job(), BLOCK, kept_in(tmp_path), "power")


def test_a_folder_of_something_else_is_refused(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"holds 'notes\.txt', which is no part of a study of power"):
        api.power(small(), replicates=BLOCK, out=tmp_path)
    with pytest.raises(OutputError, match="is no folder"):
        Folder(tmp_path / "notes.txt", write_atomic).check()
    inside = tmp_path / "power"
    inside.mkdir()
    (inside / "block-00000.json").write_text("{}", encoding="utf-8")
    with pytest.raises(OutputError, match=r"holds blocks without 'plan\.json'"):
        Folder(inside, write_atomic).open(job())


@pytest.mark.usefixtures("quick")
def test_a_run_that_stops_early_keeps_no_more_than_it_counts(tmp_path: Path):
    rows = run(job(), REPLICATES, kept_in(tmp_path), "power", lambda rows: len(rows) >= 2 * BLOCK)
    assert len(rows) == 2 * BLOCK
    assert sorted(path.name for path in (tmp_path / "power").iterdir()) == [
        "block-00000.json",
        "block-00001.json",
        "plan.json",
    ]


def test_two_workers_leave_the_same_bytes_as_one(tmp_path: Path):
    alone = api.power(small(), replicates=2 * BLOCK, out=tmp_path / "one", workers=1)
    shared = api.power(small(), replicates=2 * BLOCK, out=tmp_path / "two", workers=2)
    assert shared == alone
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    assert json.loads((tmp_path / "one" / "power.json").read_text(encoding="utf-8"))["replicates"] == 2 * BLOCK


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="SIGKILL, and children listed under /proc")
@pytest.mark.parametrize(("workers", "looks"), [("1", None), ("2", None), ("2", LOOKS)])
def test_a_run_killed_at_twenty_moments_gives_the_same_bytes_and_leaves_no_process(
    tmp_path: Path, workers: str, looks: Interim | None
):
    file = tmp_path / "small.toml"
    file.write_text(to_toml(replace(with_sizes(small(), (30, 30, 30)), interim=looks)), encoding="utf-8")
    words = [sys.executable, "-m", "euthymia", "trial", "power", str(file), "--replicates", "1200", "--seed", "3"]
    words += ["--threads", "1", "--workers", workers, "--json", "--out"]
    draw = random.Random(int(workers))
    for _ in range(20):
        _killed([*words, str(tmp_path / "killed")], draw.uniform(0.5, 6.0))
    for name in ("killed", "undisturbed"):
        subprocess.run([*words, str(tmp_path / name)], check=True, stdout=subprocess.DEVNULL)
    assert files_of(tmp_path / "killed") == files_of(tmp_path / "undisturbed")


def _killed(words: list[str], moment: float) -> None:
    """Start a run, kill it after some seconds, and see its own workers go."""
    running = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(moment)
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    workers = children.read_text().split() if children.exists() else []
    running.send_signal(signal.SIGKILL)
    running.wait()
    give_up = time.monotonic() + PATIENCE
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        assert time.monotonic() < give_up, "a worker outlived the run that started it"
        time.sleep(0.05)
