"""Questions to a run in SQL, answered by DuckDB in memory from its acknowledged shards and from no other file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from euthymia.errors import StoreError
from euthymia.store.catalogue import Catalogue, Run
from euthymia.store.shards import verify

ROWS = "rows"  # the table of a run's shards as they are


@dataclass(frozen=True)
class Answer:
    """Rows that answer a question.

    Attributes:
        columns: Their names.
        rows: Values as Python has them.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def query(catalogue: Catalogue, sql: str, run: Run, views: Mapping[str, str]) -> Answer:
    """Return what a statement says of a run.

    Tables are ``rows`` (the shards), the ``views`` of the kind of run, ``runs`` and ``shards`` (the catalogue).

    Args:
        catalogue: The store.
        sql: One statement.
        run: The run that it is about; every shard is verified first.
        views: Further tables by name, as a SELECT of the others.

    Raises:
        StoreError: When a shard was changed, there is none yet, or the statement cannot be answered.
    """
    import duckdb

    folder = catalogue.place.folder(run.id)
    shards = catalogue.shards(run.id)
    if not shards:
        raise StoreError(f"run {run.id} has no finished shard yet; run its command again to go on")
    for shard in shards:
        verify(folder, shard)
    files = [str(folder / shard.name) for shard in shards]
    with duckdb.connect() as connection:
        _enter(connection, "runs", _RUN, [[getattr(each, name) for name in _RUN] for each in catalogue.runs()])
        _enter(connection, "shards", _SHARD, [[getattr(each, name) for name in _SHARD] for each in shards])
        # Only these files can be read from here on, and none written.
        connection.execute(f"SET allowed_paths = [{', '.join(map(_quoted, files))}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        try:
            connection.execute(f"CREATE VIEW {ROWS} AS SELECT * FROM read_parquet([{', '.join(map(_quoted, files))}])")
            for name, select in views.items():
                connection.execute(f'CREATE VIEW "{name}" AS {select}')
            found = connection.execute(sql)
            return Answer(tuple(each[0] for each in found.description or ()), tuple(found.fetchall()))
        except duckdb.Error as error:
            first = str(error).strip().splitlines()[0]
            raise StoreError(f"the question cannot be answered: {first}; tables: {_tables(views)}") from error


_RUN = {
    "id": "VARCHAR",
    "kind": "VARCHAR",
    "title": "VARCHAR",
    "seed": "BIGINT",
    "units": "BIGINT",
    "created": "VARCHAR",
    "finished": "VARCHAR",
}
_SHARD = {
    "number": "BIGINT",
    "first": "BIGINT",
    "stop": "BIGINT",
    "rows": "BIGINT",
    "size": "BIGINT",
    "digest": "VARCHAR",
    "seconds": "DOUBLE",
}


def _enter(connection: Any, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
    described = ", ".join(f'"{each}" {kind}' for each, kind in columns.items())
    connection.execute(f"CREATE TABLE {name} ({described})")
    if rows:
        connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", rows)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _tables(views: Mapping[str, str]) -> str:
    return ", ".join([*views, ROWS, "runs", "shards"])
