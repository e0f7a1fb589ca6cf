from __future__ import annotations

import os
import stat
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.errors import OutputError
from euthymia.report.files import ABANDONED, check_file, check_folder, write_atomic


@given(st.binary(max_size=300))
def test_bytes_come_back_as_they_were_written(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_atomic(Path(folder) / "a.bin", content)
        assert path.read_bytes() == content
        assert os.listdir(folder) == ["a.bin"]


def test_text_is_utf8_with_its_line_ends_untouched(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a.txt", "µ\r\n−\n")
    assert (tmp_path / "a.txt").read_bytes() == "µ\r\n−\n".encode()


def test_a_failure_leaves_the_old_file_and_no_leftovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_atomic(tmp_path / "a.txt", "old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"a\.txt.*no space left"):
        write_atomic(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_an_interrupt_leaves_no_leftovers_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(tmp_path / "a.txt", "new")
    assert os.listdir(tmp_path) == []


def test_what_a_killed_run_left_goes_with_the_next_write_and_nothing_else_does(tmp_path: Path) -> None:
    old, young, other = (
        tmp_path / name for name in (".report.html.a.part", ".report.html.b.part", ".else.html.c.part")
    )
    for part in (old, young, other):
        part.write_text("half")
    for part in (old, other):
        os.utime(part, times=2 * (time.time() - ABANDONED - 60.0,))
    write_atomic(tmp_path / "report.html", "whole")
    assert sorted(tmp_path.iterdir()) == sorted([young, other, tmp_path / "report.html"])


def test_the_mode_of_a_replaced_file_stays(tmp_path: Path) -> None:
    path = write_atomic(tmp_path / "a.txt", "old")
    path.chmod(0o640)
    assert stat.S_IMODE(write_atomic(path, "new").stat().st_mode) == 0o640


def test_a_new_file_has_the_mode_that_the_user_s_mask_gives(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    made = write_atomic(tmp_path / "a.txt", "new")
    assert made.stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("check", [check_file, lambda path: write_atomic(path, "x")])
def test_a_missing_folder_is_told_with_the_place_that_was_given(tmp_path: Path, check: object) -> None:
    path = tmp_path / "missing" / "a.txt"
    with pytest.raises(OutputError, match=r"missing/a\.txt.*no such file"):
        check(path)  # type: ignore[operator]


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    for check in (check_file, lambda path: write_atomic(path, "x")):
        with pytest.raises(OutputError, match="it is a folder"):
            check(tmp_path)


def test_a_file_in_the_place_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    for place in (tmp_path / "taken", tmp_path / "taken" / "run"):
        with pytest.raises(OutputError, match="taken"):
            check_folder(place)


def test_a_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    assert os.listdir(check_folder(tmp_path / "a" / "b")) == []
