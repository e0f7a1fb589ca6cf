"""A run killed at any moment leaves the old report or the new one, whole, and the next run goes through."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")

FILES = ("report.html", "trial.json")
NEW = ["trial", "run", "synapse", "--replicates", "2", "--seed", "2", "--threads", "1"]
OLD = [*NEW[:-3], "1", *NEW[-2:]]
PATIENCE = 60.0  # s

# Writes two large contents in turn for ever; light, so that many moments can be tried.
WRITER = """
import itertools, sys
from euthymia.report.files import write_atomic
print("ready", flush=True)
for letter in itertools.cycle("ab"):
    write_atomic(sys.argv[1], letter * 3_000_000)
"""


def whole(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


def killed(folder: Path, moment: Callable[[], bool]) -> None:
    """Start a run into ``folder`` and kill it when ``moment`` has come, or let it end if it never does."""
    words = [sys.executable, "-m", "euthymia", *NEW, "--out", str(folder)]
    running = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    give_up = time.monotonic() + PATIENCE
    while running.poll() is None and not moment() and time.monotonic() < give_up:
        time.sleep(0.0005)
    running.send_signal(signal.SIGKILL)
    running.wait()


def after(seconds: float) -> Callable[[], bool]:
    start = time.monotonic()
    return lambda: time.monotonic() - start > seconds


@pytest.fixture
def reports(euthymia: Callable[..., object], tmp_path: Path) -> tuple[Path, dict[str, bytes], dict[str, bytes]]:
    """Return a folder with the old report, and the old and the new contents."""
    assert euthymia(*OLD, "--out", "here").code == 0  # type: ignore[attr-defined]
    assert euthymia(*NEW, "--out", "new").code == 0  # type: ignore[attr-defined]
    old, new = whole(tmp_path / "here"), whole(tmp_path / "new")
    assert all(old[name] != new[name] for name in FILES)
    return tmp_path / "here", old, new


def test_a_killed_run_leaves_whole_reports_and_the_next_run_goes_through(
    euthymia: Callable[..., object], reports: tuple[Path, dict[str, bytes], dict[str, bytes]]
):
    folder, old, new = reports
    moments = (
        after(random.uniform(0.1, 3.0)),  # anywhere: loading or conducting
        lambda: any(folder.glob(".*.part")),  # while a file is being written
        lambda: (folder / "report.html").read_bytes() != old["report.html"],  # between the two files
    )
    for moment in moments:
        for name in FILES:
            (folder / name).write_bytes(old[name])
        killed(folder, moment)
        for name, content in whole(folder).items():
            assert content in (old[name], new[name]), f"{name} is neither the old nor the new one"
    assert euthymia(*NEW, "--out", "here").code == 0  # type: ignore[attr-defined]
    assert whole(folder) == new


def test_a_writer_killed_at_many_moments_never_leaves_a_part(tmp_path: Path):
    target = tmp_path / "report.html"
    for _ in range(6):
        words = [sys.executable, "-c", WRITER, str(target)]
        running = subprocess.Popen(words, stdout=subprocess.PIPE)
        assert running.stdout is not None
        running.stdout.readline()
        time.sleep(random.uniform(0.005, 0.08))
        running.send_signal(signal.SIGKILL)
        running.wait()
        running.stdout.close()
        if target.exists():
            content = target.read_bytes()
            assert len(content) == 3_000_000
            assert len(set(content)) == 1


def test_an_interrupted_write_leaves_the_old_content_and_no_junk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from euthymia.report import files

    target = tmp_path / "report.html"
    target.write_text("old", encoding="utf-8")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        files.write_atomic(target, "new")
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
