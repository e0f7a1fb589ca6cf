"""How loops are compiled: by Numba, once for all processes where there is a folder to keep the machine code in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

OPTIONS = {"nogil": True, "error_model": "numpy"}


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function compiled by Numba, which lets other threads run and divides by zero as NumPy does.

    Args:
        function: What to compile. Where neither its folder nor the user's cache can be written to, the machine code is
            not kept, and the first call of every process compiles.
    """
    try:
        return njit(cache=True, **OPTIONS)(function)
    except RuntimeError:
        return njit(**OPTIONS)(function)
