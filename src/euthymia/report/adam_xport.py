"""SAS transport files, version 5, as SAS' technical support note TS-140 describes them.

Every number is a double of the IBM mainframe, text is plain ASCII, and nothing in the file tells when it was written:
the same dataset gives the same bytes.
"""

from __future__ import annotations

import struct
import unicodedata

import numpy as np

from euthymia.errors import EuthymiaError
from euthymia.report.adam_dataset import Dataset
from euthymia.report.adam_variables import LABEL_LENGTH, Kind, Variable

CARD = 80  # bytes of a record
NAME_LENGTH, TEXT_LENGTH = 8, 200  # most characters of a name, and of a text
NUMERIC, CHARACTER = 1, 2
STAMP = b"01JAN60:00:00:00"  # in place of the time of writing
SYSTEM = b"SAS     SAS     SASLIB  9.4     euthymia" + b" " * 24
MISSING = b"." + bytes(7)
EXPONENTS = (-64, 63)  # powers of 16 that an IBM double can have
LONG = 56  # bits of the fraction of an IBM double
PLAIN = str.maketrans({"–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "×": "x"})


def xport(dataset: Dataset) -> bytes:
    """Return a dataset as a transport file.

    Raises:
        EuthymiaError: When a text is too long, or not to be written in ASCII.
    """
    fields = [_encoded(each, dataset[each.name]) for each in dataset.variables]
    widths = [part.dtype.itemsize for part in fields]
    head = [
        _header("LIBRARY HEADER RECORD!!!!!!!" + "0" * 30),
        SYSTEM + STAMP,
        _card(STAMP),
        _header("MEMBER  HEADER RECORD!!!!!!!" + "0" * 17 + "1600000000140"),
        _header("DSCRPTR HEADER RECORD!!!!!!!" + "0" * 30),
        b"SAS     " + _text(dataset.name, NAME_LENGTH) + b"SASDATA 9.4     euthymia" + b" " * 24 + STAMP,
        STAMP + b" " * 16 + _text(dataset.label, LABEL_LENGTH) + b" " * 8,
        _header("NAMESTR HEADER RECORD!!!!!!!" + f"000000{len(fields):04d}" + "0" * 20),
    ]
    starts = np.concatenate([[0], np.cumsum(widths)])[:-1]
    described = b"".join(
        _namestr(each, place, width, int(start))
        for place, (each, width, start) in enumerate(zip(dataset.variables, widths, starts, strict=True), 1)
    )
    rows = np.concatenate([part.view(np.uint8).reshape(dataset.rows, -1) for part in fields], axis=1).tobytes()
    begins = _header("OBS     HEADER RECORD!!!!!!!" + "0" * 30)
    return b"".join([*head, _padded(described), begins, _padded(rows)])


def ibm(values: np.ndarray) -> np.ndarray:
    """Return numbers as doubles of the IBM mainframe, big-endian, [value] of eight bytes; NaN as the missing value.

    x = (-1)^s 16^(e - 64) f / 2^56,   1/16 <= f / 2^56 < 1                                              (1)
    """
    known = np.isfinite(values)
    fraction, power = np.frexp(np.where(known, np.abs(values), 0.0))
    sixteens = -(-power // 4)
    if sixteens.max(initial=0) > EXPONENTS[1]:
        raise EuthymiaError(f"{np.nanmax(np.abs(values)):g} is too large for a transport file")
    whole = np.ldexp(fraction, LONG + power - 4 * sixteens).astype(np.uint64)
    first = (np.signbit(values).astype(np.uint64) << 7) | (sixteens.clip(EXPONENTS[0]) + 64).astype(np.uint64)
    word = np.where((whole > 0) & (sixteens >= EXPONENTS[0]), (first << LONG) | whole, 0).astype(">u8")  # (1)
    found = np.frombuffer(word.tobytes(), dtype="V8").copy()
    found[~known] = np.void(MISSING)
    return found


def _encoded(of: Variable, values: np.ndarray) -> np.ndarray:
    """Return a column as bytes of one width, [row]."""
    if of.kind is not Kind.TEXT:
        return ibm(values)
    texts = [_ascii(of, str(each)) for each in values]
    width = max([len(each) for each in texts], default=1) or 1
    return np.frombuffer(b"".join(each.ljust(width) for each in texts), dtype=f"V{width}")


def _ascii(of: Variable, text: str) -> bytes:
    plain = unicodedata.normalize("NFKD", text.translate(PLAIN))
    kept = "".join(mark for mark in plain if not unicodedata.combining(mark))
    if not kept.isascii() or not kept.isprintable():
        raise EuthymiaError(f"{of.name}: {text!r} cannot be written in ASCII, as a transport file needs; use Parquet")
    if len(kept) > TEXT_LENGTH:
        raise EuthymiaError(f"{of.name}: a text of {len(kept)} characters; a transport file takes {TEXT_LENGTH}")
    return kept.encode("ascii")


def _namestr(of: Variable, place: int, width: int, start: int) -> bytes:
    """Return the description of a variable: type, width, number, name, label, format and where it starts in a row."""
    kind = CHARACTER if of.kind is Kind.TEXT else NUMERIC
    name, digits = (of.form.rstrip(".0123456789"), int("".join(filter(str.isdigit, of.form)))) if of.form else ("", 0)
    return b"".join(
        [
            struct.pack(">hhhh", kind, 0, width, place),
            _text(of.name, NAME_LENGTH) + _text(of.label, LABEL_LENGTH) + _text(name, 8),
            struct.pack(">hhh2x", digits, 0, 0),
            b" " * 8,
            struct.pack(">hhl", 0, 0, start),
            bytes(52),
        ]
    )


def _text(text: str, width: int) -> bytes:
    plain = text.encode("ascii")
    if len(plain) > width:
        raise EuthymiaError(f"{text!r} has {len(plain)} characters; a transport file takes {width} there")
    return plain.ljust(width)


def _header(words: str) -> bytes:
    return _card(b"HEADER RECORD*******" + words.encode("ascii"))


def _card(content: bytes) -> bytes:
    return content.ljust(CARD)


def _padded(content: bytes) -> bytes:
    return content + b" " * (-len(content) % CARD)
