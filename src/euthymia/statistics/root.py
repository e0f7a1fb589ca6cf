"""Where a function of one number is zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def root_of(f: Callable[[float], float], low: float, high: float, *, within: float) -> float:
    """Return a number between two others at which a continuous function is zero, by Brent's method.

    Args:
        f: The function; its signs at ``low`` and ``high`` differ, or it is zero at one of them.
        low: One end.
        high: The other.
        within: How far the answer may lie from the zero, beside the last digits of a float.

    Raises:
        ValueError: When the signs at the two ends do not differ.
    """
    from scipy.optimize import brentq

    found: Any = brentq(f, low, high, xtol=within)  # a float, for no full output is asked for
    return float(found)
