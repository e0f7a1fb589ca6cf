"""Shards come back as they were written, or are named and refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_samples import keep, rows, run, whole

from euthymia.errors import StoreError
from euthymia.store import files
from euthymia.store.catalogue import Catalogue
from euthymia.store.moments import Moments, moments, together
from euthymia.store.query import query
from euthymia.store.shards import load, save, verify


def test_rows_come_back_with_their_types_shapes_and_bytes(tmp_path: Path):
    wanted = rows(range(10, 20))
    shard = save(tmp_path, "r1", 1, range(10, 20), wanted)
    verify(tmp_path, shard)
    found = load(tmp_path, "r1", shard)
    assert found.extra == wanted.extra
    assert list(found.columns) == list(wanted.columns)
    for name, values in wanted.columns.items():
        assert (found.columns[name].dtype, found.columns[name].shape) == (values.dtype, values.shape)
        assert found.columns[name].tobytes() == values.tobytes()
    assert found.content() == wanted.content() == shard.content
    assert list(load(tmp_path, "r1", shard, ["MADRS"]).columns) == ["MADRS"]


def test_the_same_rows_give_the_same_file(tmp_path: Path):
    first, second = (save(tmp_path, "r1", 0, range(5), rows(range(5))) for _ in range(2))
    assert first == second
    assert [path.name for path in tmp_path.iterdir()] == [first.name]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data[:-7], r"has \d+ bytes where \d+ were written"),
        (lambda data: data[:40] + bytes([data[40] ^ 1]) + data[41:], "was changed after it was written"),
        (lambda data: b"", "has 0 bytes"),
        (None, "is missing"),
    ],
)
def test_a_changed_shard_is_refused_by_name(tmp_path: Path, change: Callable[[bytes], bytes] | None, words: str):
    shard = save(tmp_path, "r1", 3, range(5), rows(range(5)))
    file = tmp_path / shard.name
    if change is None:
        file.unlink()
    else:
        file.write_bytes(change(file.read_bytes()))
    with pytest.raises(StoreError, match=rf"000003\.parquet' {words}"):
        verify(tmp_path, shard)


def test_files_of_something_else_are_refused_by_name(tmp_path: Path):
    shard = save(tmp_path, "r1", 0, range(5), rows(range(5)))
    with pytest.raises(StoreError, match="is shard 0 of run r1, not 0 of r2"):
        load(tmp_path, "r2", shard)
    pq.write_table(pa.table({"a": [1]}), tmp_path / shard.name)
    with pytest.raises(StoreError, match="is a Parquet file, but no shard"):
        load(tmp_path, "r1", shard)
    (tmp_path / shard.name).write_bytes(b"not at all")
    with pytest.raises(StoreError, match="is no Parquet file"):
        load(tmp_path, "r1", shard)


def test_a_write_that_fails_leaves_the_old_file_and_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shard = save(tmp_path, "r1", 0, range(5), rows(range(5)))

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(StoreError, match=r"cannot write .*no space left on device; what was finished before is whole"):
        save(tmp_path, "r1", 0, range(7), rows(range(7)))
    verify(tmp_path, shard)
    assert [path.name for path in tmp_path.iterdir()] == [shard.name]


@given(st.lists(st.lists(st.floats(-1e6, 1e6), max_size=5), max_size=6))
def test_moments_of_parts_are_those_of_the_whole(parts: list[list[float]]):
    found = together(moments(np.array(part, dtype=float)) for part in parts)
    values = np.array([value for part in parts for value in part])
    assert found.count == values.size
    if values.size:
        assert found.mean == pytest.approx(values.mean(), abs=1e-6)
        assert (found.low, found.high) == (values.min(), values.max())
    if values.size > 1:
        assert found.sd == pytest.approx(values.std(ddof=1), abs=1e-5)
    assert found.joined(Moments()) == found


def test_a_question_is_answered_from_acknowledged_shards_only(tmp_path: Path):
    catalogue = Catalogue.at(tmp_path)
    held = catalogue.register(run())
    keep(catalogue, held, 0)
    save(catalogue.place.folder("r1"), "r1", 1, range(10, 20), rows(range(10, 20)))  # nobody acknowledged this one
    answer = query(catalogue, "SELECT count(*) AS n, max(person) FROM rows", held, {})
    assert answer.columns == ("n", "max(person)")
    assert answer.rows == ((10, 9),)


def test_a_question_may_join_the_catalogue_and_the_views_of_a_kind(tmp_path: Path):
    catalogue = Catalogue.at(tmp_path)
    held = whole(catalogue, run())
    views = {"women": "SELECT * FROM rows WHERE female"}
    answer = query(
        catalogue, "SELECT (SELECT count(*) FROM women), (SELECT units FROM runs), sum(rows) FROM shards", held, views
    )
    women = sum(int(rows(numbers).columns["female"].sum()) for numbers in held.ranges())
    assert answer.rows == ((women, 25, 25),)


@pytest.mark.parametrize(
    "sql", ["SELECT * FROM read_csv('/etc/passwd')", "COPY rows TO 'out.csv'", "SELECT nothing FROM rows", "nonsense"]
)
def test_a_question_reads_no_other_file_writes_none_and_says_what_there_is_to_ask(tmp_path: Path, sql: str):
    catalogue = Catalogue.at(tmp_path)
    held = whole(catalogue, run())
    with pytest.raises(StoreError, match=r"the question cannot be answered: .*; tables: rows, runs, shards"):
        query(catalogue, sql, held, {})


def test_a_question_to_a_changed_shard_is_refused(tmp_path: Path):
    catalogue = Catalogue.at(tmp_path)
    held = whole(catalogue, run())
    file = catalogue.place.folder("r1") / "000001.parquet"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(StoreError, match=r"000001\.parquet' has"):
        query(catalogue, "SELECT 1 FROM rows", held, {})
