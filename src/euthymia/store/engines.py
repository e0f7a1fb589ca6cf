"""Opening a catalogue: SQLite that several processes write to at once, or Postgres; trouble in our own words."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from euthymia.errors import StoreError
from euthymia.store.files import told
from euthymia.store.place import Place

PATIENCE = 60.0  # s that one writer waits for another
PAUSE = 0.01  # s
MARK = 0x45555448  # "EUTH", SQLite's application_id of our files
MAGIC = b"SQLite format 3\x00"
ROOM = 32_768  # bytes that SQLite asks for beside a catalogue that is opened
MARK_AT = 68  # where SQLite keeps it


def engine_of(place: Place, *, reading: bool) -> Engine:
    """Return the engine of a catalogue.

    Args:
        place: Where.
        reading: Whether nothing will be written; a folder that is closed to writing can be read.

    Raises:
        StoreError: When its file is no catalogue, or Postgres cannot be spoken to.
    """
    if place.file is None:
        if find_spec("psycopg") is None:
            raise StoreError("a store on Postgres needs psycopg; install it with: pip install 'euthymia[postgres]'")
        return create_engine(place.url, poolclass=NullPool, connect_args={"connect_timeout": 10})
    check_file(place.file)
    made = create_engine(place.url, poolclass=NullPool, creator=lambda: _connected(place, reading))
    event.listen(
        made, "begin", lambda connection: connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
    )
    return made


def check_file(file: Path) -> None:
    """Refuse a file that is no catalogue of ours before anything opens, and so changes, it.

    Raises:
        StoreError: Naming the file and what it is.
    """
    with told(file, "read"):
        head = file.read_bytes()[: MARK_AT + 4] if file.exists() else b""
    if not head:
        return
    if not head.startswith(MAGIC):
        raise StoreError(f"'{file}' is no SQLite database; it was changed or belongs to another program")
    if len(head) < MARK_AT + 4 or int.from_bytes(head[MARK_AT:], "big") not in (MARK, 0):
        raise StoreError(f"'{file}' is another program's database; give another store")


@contextlib.contextmanager
def spoken(place: Place) -> Iterator[None]:
    """Say what a database refuses, as an error of the store.

    Raises:
        StoreError: In place of what the driver raised.
    """
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        why = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
        if _is_full(place.file):
            why = f"{why} (no space left on device)"
        where = str(place.file or place.given)
        raise StoreError(f"the catalogue '{where}' cannot be used: {why}; what was finished before is whole") from error


def _is_full(file: Path | None) -> bool:
    """Whether the disk of a catalogue has no room to open it; SQLite then tells of an I/O error at times."""
    return file is not None and shutil.disk_usage(file.parent).free < ROOM


def _connected(place: Place, reading: bool) -> Any:
    if reading:
        return _for_reading(place)
    connection = sqlite3.connect(str(place.file), timeout=PATIENCE, isolation_level=None)
    try:
        _patiently(connection, lambda one: _mark(one, place))
        _patiently(connection, lambda one: one.execute("PRAGMA journal_mode=WAL").fetchone())
        connection.execute("PRAGMA synchronous=FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def _for_reading(place: Place) -> sqlite3.Connection:
    """Return a connection that writes nothing; a log that cannot be joined for want of rights is as good as absent."""
    address = (place.file or Path()).absolute().as_uri()
    connection = sqlite3.connect(f"{address}?mode=ro", timeout=PATIENCE, isolation_level=None, uri=True)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        log = Path(f"{place.file}-wal")
        if log.exists() and log.stat().st_size:
            raise
        return sqlite3.connect(f"{address}?mode=ro&immutable=1", isolation_level=None, uri=True)
    return connection


def _mark(connection: sqlite3.Connection, place: Place) -> None:
    """Mark a file that holds nothing yet as ours; one with tables and without our mark is somebody else's."""
    if _marked(connection):
        return
    connection.execute("BEGIN IMMEDIATE")  # what is looked at must not change before it is judged
    try:
        held = connection.execute("SELECT min(name) FROM sqlite_master").fetchone()[0]
        if not _marked(connection):
            if held is not None:
                raise StoreError(
                    f"'{place.file}' is another program's database (it holds {held!r}); give another store"
                )
            connection.execute(f"PRAGMA application_id={MARK}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _marked(connection: sqlite3.Connection) -> bool:
    return connection.execute("PRAGMA application_id").fetchone()[0] == MARK


def _patiently(connection: sqlite3.Connection, do: Any) -> None:
    """Try again while another process holds the file; for some statements SQLite itself does not wait."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            do(connection)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(PAUSE)
        else:
            return
