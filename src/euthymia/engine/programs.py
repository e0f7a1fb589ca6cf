"""A compiled program is kept whole or not at all, however many processes keep programs and whenever one is killed.

JAX writes a program in its place: a process that starts meanwhile can read half of it, and half a program left by a
process that was killed stays there for good, a warning at every later run. Locking every access by JAX's own option
would cost a scan of the folder for every program, and leave what a killed process left.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any, Protocol


class Kept(Protocol):
    """What is asked of JAX's folder of programs."""

    path: Path
    eviction_enabled: bool


def keep_whole() -> bool:
    """Have JAX write each program beside its place, and move it there once it is whole.

    Returns:
        Whether this version of JAX lets it be done; where it does not, programs are kept as JAX keeps them.
    """
    try:
        from jax._src.lru_cache import LRUCache
    except ImportError:
        return False
    of_jax: Any = LRUCache  # private to JAX: nothing is promised of its types
    as_jax_does = of_jax.put
    if getattr(as_jax_does, "whole", False):
        return True

    def put(cache: Kept, key: str, value: bytes) -> None:
        if cache.eviction_enabled:  # a bounded folder has a lock of its own
            as_jax_does(cache, key, value)
        else:
            place(Path(cache.path) / f"{key}-cache", value)

    ours: Any = put
    ours.whole = True
    of_jax.put = ours
    return True


def place(path: Path, content: bytes) -> None:
    """Put a file in its place in one step, over whatever is there.

    Args:
        path: Where; its folder must exist.
        content: The whole of it.

    Raises:
        OSError: Where the folder takes no file; nothing is left behind.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
