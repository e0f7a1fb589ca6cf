"""How JAX is started: float64, one thread a call, and a compilation cache that outlives the process."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from types import ModuleType

from euthymia.engine.programs import keep_whole

# One computation, one thread: the ensemble runs many at once from its own pool, which scales better than XLA's.
# The tiled emitter of jaxlib 0.10 passes every vector through the stack, up to eight times as slow as a plain loop.
# Loops are compiled whole: started from outside, one small piece after the other, half the time goes into starting.
# Vectors are as wide as the processor has them; XLA takes four numbers at a time where it could take eight.
_FLAGS = (
    "--xla_cpu_multi_thread_eigen=false",
    "--xla_cpu_prefer_vector_width=512",
    "--xla_backend_extra_options=xla_cpu_disable_tiled_emitter,xla_cpu_small_while_loop_byte_threshold=67108864",
)


def cache_directory() -> Path:
    """Return the folder of compiled kernels: ``EUTHYMIA_CACHE`` where set, else the user's cache folder."""
    import platformdirs

    given = os.environ.get("EUTHYMIA_CACHE")
    return Path(given) if given else Path(platformdirs.user_cache_dir("euthymia", appauthor=False))


@cache
def start() -> ModuleType:
    """Import and configure JAX once; every module of numerics calls this before it needs arrays.

    Returns:
        The ``jax`` module, with float64 enabled and the persistent compilation cache pointed at
        :func:`cache_directory` (left off, silently, where that folder cannot be written).
    """
    flags = os.environ.get("XLA_FLAGS", "")
    os.environ["XLA_FLAGS"] = " ".join([flags, *(flag for flag in _FLAGS if flag not in flags)]).strip()
    import jax

    jax.config.update("jax_enable_x64", True)
    folder = cache_directory() / "compiled"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        usable = os.access(folder, os.W_OK)
    except OSError:
        usable = False
    if usable:
        keep_whole()
        jax.config.update("jax_compilation_cache_dir", str(folder))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
        jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    return jax
