"""Files appear whole or not at all: written beside their place, then moved into it in one step."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from euthymia.errors import OutputError

ABANDONED = 3600.0  # s; a half-written file this old belongs to a run that was killed


def write_atomic(path: str | os.PathLike[str], content: bytes | str) -> Path:
    """Write a file so that a reader sees the old content or the new, never a part.

    Args:
        path: Where the file shall stand; its folder must exist.
        content: Bytes, or text that is stored as UTF-8 with its line ends as they are.

    Returns:
        The path written.

    Raises:
        OutputError: When the place cannot be written to; nothing is left behind.
    """
    target = Path(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    with _told(target):
        if target.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        _sweep(target)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
        try:
            _fill(handle, data)
            os.chmod(name, _mode(target))
            os.replace(name, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
    return target


def check_file(path: str | os.PathLike[str]) -> Path:
    """Return ``path`` once it is sure that a file can be written there, before any long work starts.

    Raises:
        OutputError: When the folder is missing or closed, or when the place is a folder.
    """
    target = Path(path)
    with _told(target):
        if target.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        _probe(target.parent)
    return target


def check_folder(path: str | os.PathLike[str]) -> Path:
    """Return ``path`` as a folder that exists (made where missing) and can be written to.

    Raises:
        OutputError: When it cannot be made or is closed.
    """
    folder = Path(path)
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _probe(folder)
    return folder


def check_place(path: str | os.PathLike[str]) -> Path:
    """Return ``path`` once it is sure that a folder is there or can be made; makes nothing.

    Raises:
        OutputError: When the nearest folder above it that exists is closed, or is no folder.
    """
    folder = Path(path)
    with _told(folder):
        _probe(next(place for place in (folder, *folder.absolute().parents) if place.exists()))
    return folder


def _fill(handle: int, data: bytes) -> None:
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sweep(target: Path) -> None:
    """Remove what killed runs left beside a file; what another run is writing now is younger, and stays."""
    for part in target.parent.iterdir():
        if part.name.startswith(f".{target.name}.") and part.suffix == ".part":
            with contextlib.suppress(OSError):
                if time.time() - part.stat().st_mtime > ABANDONED:
                    part.unlink()


def _probe(folder: Path) -> None:
    """Make and remove a file: permission bits alone lie (read-only mounts, quotas, a superuser)."""
    handle, name = tempfile.mkstemp(prefix=".euthymia.", suffix=".probe", dir=folder)
    os.close(handle)
    os.unlink(name)


def _mode(target: Path) -> int:
    """Return the mode of the file that is replaced, or what the user's mask gives a new file."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


@contextlib.contextmanager
def _told(target: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise OutputError(f"cannot write to '{target}': {why.lower()}; give another place with --out") from error
