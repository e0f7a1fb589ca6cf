"""Shards: the rows of one range of people or replicates in a Parquet file, known again by its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from euthymia.errors import StoreError
from euthymia.store.files import digest, told, write_durably
from euthymia.store.moments import Moments

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA = "euthymia.shard/1"
KEY = b"euthymia"
MEND = "remove the run (euthymia runs rm) and run it again"


@dataclass(frozen=True)
class Shard:
    """What is known of a shard that is whole.

    Attributes:
        number: Which of the run's shards, 0 for the first.
        first: First person or replicate.
        stop: One past the last.
        rows: Rows of the table.
        size: Bytes of the file.
        digest: Digest of the file.
        content: Digest of the columns, the same whichever program wrote the file.
        moments: Some moments of what is in it, by name.
        seconds: How long it took; no part of any result.
    """

    number: int
    first: int
    stop: int
    rows: int
    size: int
    digest: str
    content: str
    moments: Mapping[str, Moments] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def name(self) -> str:
        """Name of the file."""
        return f"{self.number:06d}.parquet"


@dataclass(frozen=True)
class Rows:
    """A table in memory.

    Attributes:
        columns: Arrays by name; the first axis of all is the row. Further axes become nested lists of fixed size.
        extra: Plain data beside the rows.
    """

    columns: Mapping[str, np.ndarray]
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Number of rows."""
        return next((len(values) for values in self.columns.values()), 0)

    def content(self) -> str:
        """Return the digest of names, types, shapes and bytes of all columns, and of what stands beside them."""
        found = hashlib.blake2b(digest_size=16)
        for name, values in self.columns.items():
            found.update(json.dumps([name, values.dtype.str, values.shape]).encode())
            found.update(np.ascontiguousarray(values).tobytes())
        found.update(_text(self.extra).encode())
        return found.hexdigest()


def save(folder: Path, run: str, number: int, numbers: range, rows: Rows) -> Shard:
    """Write a shard and return what is known of it; the same rows give the same bytes.

    Args:
        folder: The run's folder, which exists.
        run: The run's name, which the file carries.
        number: Which shard.
        numbers: The people or replicates in it.
        rows: What.

    Raises:
        StoreError: When it cannot be written; nothing is left behind.
    """
    head = {"schema": SCHEMA, "run": run, "number": number, "first": numbers.start, "stop": numbers.stop}
    data = _parquet(rows, head)
    made = Shard(number, numbers.start, numbers.stop, rows.count, len(data), digest(data), rows.content())
    write_durably(folder / made.name, data)
    return made


def verify(folder: Path, shard: Shard) -> None:
    """Refuse a shard whose file is missing, cut off or changed.

    Raises:
        StoreError: Naming the file.
    """
    path = folder / shard.name
    if not path.exists():
        raise StoreError(f"'{path}' is missing; {MEND}")
    with told(path, "read"):
        data = path.read_bytes()
    if len(data) != shard.size:
        raise StoreError(f"'{path}' has {len(data)} bytes where {shard.size} were written; {MEND}")
    if digest(data) != shard.digest:
        raise StoreError(f"'{path}' was changed after it was written; {MEND}")


def load(folder: Path, run: str, shard: Shard, names: Sequence[str] | None = None) -> Rows:
    """Return columns of a shard, whose file is taken to be whole (see `verify`).

    Args:
        folder: The run's folder.
        run: The run's name.
        shard: Which shard.
        names: Columns; all of them when None.

    Raises:
        StoreError: When the file is no shard of this run.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / shard.name
    try:
        with told(path, "read"):
            file = pq.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise StoreError(f"'{path}' is no Parquet file; {MEND}") from error
    head = _head(file.schema_arrow.metadata, path)
    if (head["run"], head["number"]) != (run, shard.number):
        raise StoreError(
            f"'{path}' is shard {head['number']} of run {head['run']}, not {shard.number} of {run}; {MEND}"
        )
    wanted = list(head["arrays"]) if names is None else list(names)
    table = file.read(columns=[name for name in wanted if head["arrays"][name][2]])
    columns = {name: _array(table, name, *head["arrays"][name], rows=head["rows"]) for name in wanted}
    return Rows(columns, head["extra"])


def _parquet(rows: Rows, head: Mapping[str, Any]) -> memoryview:
    """Return the bytes of a Parquet file; columns without a single number stand in its head only."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = {name: (each.dtype.str, list(each.shape[1:]), each.size > 0) for name, each in rows.columns.items()}
    held = {name: _arrow(np.ascontiguousarray(rows.columns[name])) for name, (*_, any_) in arrays.items() if any_}
    text = _text({**head, "rows": rows.count, "arrays": arrays, "extra": rows.extra})
    table = pa.table(held).replace_schema_metadata({KEY: text.encode()})
    sink = pa.BufferOutputStream()
    plain = [name for name, each in rows.columns.items() if each.dtype.kind == "f" and each.ndim == 1]
    codes: Any = [name for name in held if name not in plain]
    pq.write_table(table, sink, compression="zstd", use_dictionary=codes or False, store_schema=True)
    return memoryview(sink.getvalue())


def _arrow(values: np.ndarray) -> pa.Array:
    """Return an array of rows as Arrow has it; axes after the first are lists of fixed size."""
    import pyarrow as pa

    found = pa.array(values.reshape(-1))
    for size in reversed(values.shape[1:]):
        found = pa.FixedSizeListArray.from_arrays(found, size)
    return found


def _array(table: pa.Table, name: str, kind: str, shape: Sequence[int], held: bool, *, rows: int) -> np.ndarray:
    if not held:
        return np.empty((rows, *shape), dtype=kind)
    found = table.column(name).combine_chunks()
    for _ in shape:
        found = found.flatten()
    return found.to_numpy(zero_copy_only=False).astype(kind, copy=False).reshape(rows, *shape)


def _head(metadata: Mapping[bytes, bytes] | None, path: Path) -> dict[str, Any]:
    try:
        head = json.loads((metadata or {})[KEY])
    except (KeyError, ValueError):
        head = {}
    if head.get("schema") != SCHEMA:
        raise StoreError(f"'{path}' is a Parquet file, but no shard that this version can read ({SCHEMA}); {MEND}")
    return head


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
