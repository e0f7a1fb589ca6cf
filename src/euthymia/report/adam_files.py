"""Analysis datasets as files: Parquet, SAS transport, and a description of every variable as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from euthymia.errors import EuthymiaError, UnknownNameError
from euthymia.report import files
from euthymia.report.adam_dataset import SAS_EPOCH, Dataset
from euthymia.report.adam_variables import STANDARD, Kind, Variable
from euthymia.trials.data import TrialData

SCHEMA = "euthymia.adam/1"
DEFINE = "define.json"
UNIX_DAYS = (date(1970, 1, 1) - SAS_EPOCH).days
NEEDED = "writing Parquet needs pyarrow; install it with: pip install 'euthymia[parquet]'; or write xpt"


class Format(StrEnum):
    """A kind of file; the value is its ending."""

    PARQUET = "parquet"
    XPT = "xpt"


def format_named(name: str) -> Format:
    """Return the format of that name.

    Raises:
        UnknownNameError: When there is none; it names the nearest.
    """
    try:
        return Format(name.lower())
    except ValueError:
        raise UnknownNameError("format", name, [each.value for each in Format]) from None


def write(made: Sequence[Dataset], folder: Path, formats: Sequence[Format], described: dict[str, object]) -> list[Path]:
    """Write every dataset in every format, and the description; each file is whole or not there.

    Args:
        made: The datasets.
        folder: Where to; made where missing.
        formats: In which formats.
        described: What `define` returns.

    Returns:
        The files in the order in which they were written.

    Raises:
        OutputError: When the folder cannot be written to.
        EuthymiaError: When a text does not fit into a format, or pyarrow is missing.
    """
    encoders = {Format.XPT: _xport, Format.PARQUET: parquet}
    # All are encoded before one is written: a text that does not fit leaves no half of a set behind.
    content = {f"{each.name.lower()}.{form}": encoders[form](each) for form in formats for each in made}
    files.check_folder(folder)
    content[DEFINE] = (json.dumps(described, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    return [files.write_atomic(folder / name, data) for name, data in content.items()]


def define(made: Sequence[Dataset], data: TrialData, *, replicate: int, start: date, command: str) -> dict[str, object]:
    """Return a description of the datasets, like the define file of a submission, as plain data.

    Args:
        made: The datasets.
        data: The replicate they are from.
        replicate: Its number.
        start: The date of everybody's randomisation.
        command: What makes the same bytes again.
    """
    return {
        "schema": SCHEMA,
        "standard": STANDARD,
        "trial": data.trial.id,
        "title": data.trial.title,
        "simulated": True,
        "seed": data.seed,
        "replicate": replicate,
        "start": start.isoformat(),
        "command": command,
        "datasets": [
            {
                "name": each.name,
                "label": each.label,
                "structure": each.structure,
                "keys": list(each.keys),
                "records": each.rows,
                "variables": [_described(one, each[one.name]) for one in each.variables],
            }
            for each in made
        ],
    }


def parquet(dataset: Dataset) -> bytes:
    """Return a dataset as Parquet: text, doubles and dates, each column with its label as metadata.

    Raises:
        EuthymiaError: When pyarrow is missing.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise EuthymiaError(NEEDED) from None
    fields = [
        pa.field(each.name, _type(pa, each), metadata={"label": each.label, "format": each.form})
        for each in dataset.variables
    ]
    schema = pa.schema(fields, metadata={"name": dataset.name, "label": dataset.label, "structure": dataset.structure})
    columns = [_array(pa, each, dataset[each.name]) for each in dataset.variables]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), sink, compression="zstd")
    return sink.getvalue().to_pybytes()


def _xport(dataset: Dataset) -> bytes:
    from euthymia.report.adam_xport import xport

    return xport(dataset)


def _type(pa: Any, of: Variable) -> Any:
    return {Kind.TEXT: pa.string(), Kind.NUMBER: pa.float64(), Kind.DATE: pa.date32()}[of.kind]


def _array(pa: Any, of: Variable, values: np.ndarray) -> Any:
    if of.kind is Kind.TEXT:
        return pa.array([each or None for each in values], pa.string())
    missing = np.isnan(values)
    if of.kind is Kind.NUMBER:
        return pa.array(values, pa.float64(), mask=missing)
    days = np.where(missing, 0.0, values - UNIX_DAYS).astype(np.int32)
    return pa.array(days, pa.int32(), mask=missing).cast(pa.date32())


def _described(of: Variable, values: np.ndarray) -> dict[str, object]:
    text = of.kind is Kind.TEXT
    found = sorted({str(each) for each in values} - {""}) if text else []
    return {
        "name": of.name,
        "label": of.label,
        "type": of.kind.value,
        "length": max([len(each) for each in found], default=1) if text else 8,
        "format": of.form,
        "terms": list(of.terms),
        "own": of.own,
    }
