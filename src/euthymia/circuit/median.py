"""The median of an array by selection, compiled: a hundred thousand potentials are not sorted to find their middle."""

from __future__ import annotations

from euthymia.circuit.compiled import compiled


@compiled
def median(values):
    """Return the median of values that may be overwritten, by Hoare's selection."""
    n = values.size
    upper = _selected(values, n // 2)
    return upper if n % 2 else 0.5 * (upper + values[: n // 2].max())


@compiled
def _selected(values, k):
    """Return the k-th smallest value, with the smaller ones moved before it."""
    lo, hi = 0, values.size - 1
    while lo < hi:
        pivot = values[(lo + hi) // 2]
        i, j = lo, hi
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if k <= j:
            hi = j
        elif k >= i:
            lo = i
        else:
            break
    return values[k]
