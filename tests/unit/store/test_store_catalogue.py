"""The catalogue: what is entered stays, is entered once, and belongs to us; on SQLite and on Postgres."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import store_samples
from sqlalchemy import inspect, text
from store_samples import keep, run, whole

from euthymia.errors import StoreError, UnknownNameError
from euthymia.store import engines, schema
from euthymia.store.catalogue import Catalogue
from euthymia.store.place import CATALOGUE, place_of

ENTERS = """
import sys
from store_samples import keep, run
from euthymia.store.catalogue import Catalogue
catalogue = Catalogue.at(sys.argv[1])
for name in sys.argv[2:]:
    held = catalogue.register(run(name, units=100))
    for number in range(10):
        keep(catalogue, held, number)
    catalogue.finish(name, "summary")
"""


def entering(store: str, *names: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-c", ENTERS, store, *names]
    return subprocess.Popen(words, cwd=Path(store_samples.__file__).parent)


def test_what_is_entered_is_found_again(store: str):
    catalogue = Catalogue.at(store)
    held = whole(catalogue, run())
    again = Catalogue.at(store, reading=True)
    assert again.runs() == (held,)
    assert again.run("r") == held
    assert held.finished is not None
    assert [(shard.first, shard.stop) for shard in again.shards("r1")] == [(0, 10), (10, 20), (20, 25)]
    assert again.shards("r1")[2].moments["MADRS"].count == 4


def test_entering_again_changes_nothing(store: str):
    catalogue = Catalogue.at(store)
    first = whole(catalogue, run())
    shards = catalogue.shards("r1")
    assert whole(catalogue, run()) == first
    assert catalogue.shards("r1") == shards


def test_a_shard_with_other_bytes_than_before_is_refused(store: str):
    catalogue = Catalogue.at(store)
    shard = keep(catalogue, catalogue.register(run()), 0)
    with pytest.raises(StoreError, match="shard 0 of run r1 came out with other bytes"):
        catalogue.acknowledge("r1", replace(shard, digest="other"))
    assert catalogue.shards("r1") == (shard,)


def test_a_name_that_no_run_or_several_runs_have_is_refused_with_those_there_are(store: str):
    catalogue = Catalogue.at(store)
    for name in ("rab1", "rab2"):
        catalogue.register(run(name))
    with pytest.raises(UnknownNameError, match="no run 'rb1'; did you mean 'rab1'"):
        catalogue.run("rb1")
    with pytest.raises(UnknownNameError, match="no single run 'rab'"):
        catalogue.run("rab")


def test_what_is_removed_is_gone_and_the_others_stay(store: str):
    catalogue = Catalogue.at(store)
    whole(catalogue, run("r1"))
    other = whole(catalogue, run("r2"))
    catalogue.note("r1", "started")
    catalogue.remove("r1")
    assert catalogue.runs() == (other,)
    assert catalogue.shards("r1") == catalogue.events("r1") == ()
    assert len(catalogue.shards("r2")) == 3


def test_what_happened_is_told_in_its_order(store: str):
    catalogue = Catalogue.at(store)
    catalogue.register(run())
    for what in ("started", "gone on", "finished"):
        catalogue.note("r1", what)
    assert [event.what for event in catalogue.events("r1")] == ["started", "gone on", "finished"]


def test_processes_that_make_and_fill_a_catalogue_at_once_lose_nothing(store: str):
    both = [entering(store, "same", "first"), entering(store, "same", "second")]
    assert [each.wait(60) for each in both] == [0, 0]
    catalogue = Catalogue.at(store, reading=True)
    assert sorted(each.id for each in catalogue.runs()) == ["first", "same", "second"]
    assert {len(catalogue.shards(each.id)) for each in catalogue.runs()} == {10}
    assert all(each.finished for each in catalogue.runs())


def test_an_older_catalogue_is_taken_to_the_newest_schema_with_all_it_holds(store: str):
    place = place_of(store)
    if place.file is not None:
        place.file.parent.mkdir(parents=True)
    with engines.engine_of(place, reading=False).begin() as connection:
        for statement in schema.STEPS[0]:
            connection.execute(text(statement))
        connection.execute(
            text("INSERT INTO euthymia_runs VALUES ('old', 'invented', 'old one', 1, 10, 10, '{}', 'then', NULL, NULL)")
        )
        connection.execute(text("INSERT INTO euthymia_shards VALUES ('old', 0, 0, 10, 10, 99, 'd', 'c', '{}')"))
    catalogue = Catalogue.at(store, reading=True)
    assert [each.title for each in catalogue.runs()] == ["old one"]
    assert [(shard.digest, shard.seconds) for shard in catalogue.shards("old")] == [("d", 0.0)]
    Catalogue.at(store).note("old", "migrated")
    assert catalogue.events("old")[0].what == "migrated"


def test_the_steps_lead_to_the_tables_that_are_asked(store: str):
    catalogue = Catalogue.at(store)
    with catalogue._transaction() as connection:
        there = inspect(connection)
        for name, table in schema.TABLES.tables.items():
            assert {each["name"] for each in there.get_columns(name)} == {column.name for column in table.columns}


def test_a_catalogue_of_a_newer_version_is_refused(store: str):
    with Catalogue.at(store)._transaction() as connection:
        connection.execute(text("UPDATE euthymia_store SET version = 99"))
    for reading in (False, True):
        with pytest.raises(StoreError, match=f"schema version 99, this euthymia knows 1 to {schema.NEWEST}"):
            Catalogue.at(store, reading=reading)


def test_a_store_that_is_not_there_is_not_made_by_looking(tmp_path: Path):
    with pytest.raises(StoreError, match="no store in"):
        Catalogue.at(tmp_path / "nowhere", reading=True)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("content", [b"notes of mine\n", b"x", b"SQLite format 3\x00 and no more"])
def test_a_file_that_is_no_catalogue_is_named_refused_and_left_alone(tmp_path: Path, content: bytes):
    (tmp_path / CATALOGUE).write_bytes(content)
    for reading in (False, True):
        with pytest.raises(StoreError, match=rf"{CATALOGUE}' is (no SQLite|another program's) database"):
            Catalogue.at(tmp_path, reading=reading)
    assert (tmp_path / CATALOGUE).read_bytes() == content


def test_another_programs_database_is_named_refused_and_left_alone(tmp_path: Path):
    file = tmp_path / CATALOGUE
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    before = file.read_bytes()
    with pytest.raises(StoreError, match=r"another program's database \(it holds 'recipes'\)"):
        Catalogue.at(tmp_path)
    with pytest.raises(StoreError, match="another program's database"):
        Catalogue.at(tmp_path, reading=True)
    assert file.read_bytes() == before


def test_a_damaged_catalogue_is_named(tmp_path: Path):
    whole(Catalogue.at(tmp_path), run())
    file = tmp_path / CATALOGUE
    data = bytearray(file.read_bytes())
    data[100:] = b"\xff" * (len(data) - 100)
    file.write_bytes(data)
    with pytest.raises(StoreError, match=r"the catalogue '.*catalogue\.sqlite' cannot be used: .*malformed"):
        Catalogue.at(tmp_path)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("mysql://host/base?shards=there", "no store on 'mysql'"),
        ("postgresql://me:secret@host/base", r"me:\*\*\*@host/base' says not where shards are"),
        ("post gres://", "cannot be read|no store on"),
        ("", "has no name"),
    ],
)
def test_a_place_that_is_none_is_refused_without_telling_passwords(given: str, words: str):
    with pytest.raises(StoreError, match=words) as said:
        place_of(given)
    assert "secret" not in str(said.value)


def test_a_server_that_does_not_answer_is_told_without_its_password(tmp_path: Path):
    with pytest.raises(StoreError, match=r"the catalogue 'postgresql\+psycopg://me:\*\*\*@127") as said:
        Catalogue.at(f"postgresql://me:secret@127.0.0.1:9/base?shards={tmp_path}")
    assert "secret" not in str(said.value)
    assert str(said.value).count("\n") == 0


def test_a_server_without_its_driver_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    with pytest.raises(StoreError, match=r"pip install 'euthymia\[postgres\]'"):
        Catalogue.at(f"postgresql://me@127.0.0.1:9/base?shards={tmp_path}")


def test_a_file_in_the_stores_place_is_refused(tmp_path: Path):
    (tmp_path / "store").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match="is a file; a store is a folder"):
        Catalogue.at(tmp_path / "store")
