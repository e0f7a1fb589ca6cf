"""Bytes that stay: a file is written under another name, forced to the disk, and only then takes its own."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from euthymia.errors import StoreError

ABANDONED = 3600.0  # s; a half-written file this old belongs to a run that was killed
PART = ".part"


def digest(data: bytes | memoryview) -> str:
    """Return the digest by which bytes are known again."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def write_durably(path: Path, data: bytes | memoryview) -> None:
    """Write a file whole or not at all; once this returns, neither a kill nor a power cut takes it away.

    Args:
        path: Where; its folder must exist.
        data: What.

    Raises:
        StoreError: When it cannot be written; nothing is left behind.
    """
    with told(path, "write"):
        sweep(path.parent)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=PART, dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, 0o666 & ~_mask())
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
        _settle(path.parent)


def make_folder(path: Path) -> Path:
    """Return ``path`` as a folder that exists and can be written to.

    Raises:
        StoreError: When it cannot be made or is closed.
    """
    with told(path, "use"):
        path.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".probe.", suffix=PART, dir=path)
        os.close(handle)
        os.unlink(name)
    return path


def sweep(folder: Path) -> None:
    """Remove what killed runs left half-written in a folder; what is being written now is younger, and stays."""
    for part in folder.glob(f".*{PART}"):
        with contextlib.suppress(OSError):
            if time.time() - part.stat().st_mtime > ABANDONED:
                part.unlink()


@contextlib.contextmanager
def told(path: Path, what: str) -> Iterator[None]:
    """Say what the operating system refuses, as an error of the store.

    Raises:
        StoreError: In place of an ``OSError``.
    """
    try:
        yield
    except OSError as error:
        why = (error.strerror or str(error) or type(error).__name__).lower()
        raise StoreError(f"cannot {what} '{path}': {why}; what was finished before is whole") from error


def _settle(folder: Path) -> None:
    """Force a folder's new names to the disk, where the system lets a folder be opened."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
