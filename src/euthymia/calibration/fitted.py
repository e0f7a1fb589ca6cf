"""What every fit of a record shares: the search, the rows it was judged by, the record's text with the new values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Misfit = Callable[[np.ndarray], np.ndarray]  # numbers to residuals, or to their derivatives


@dataclass(frozen=True)
class Residual:
    """A published value, ours, and the standard error of the published one."""

    what: str
    published: float
    fitted: float
    se: float


@dataclass(frozen=True, eq=False)
class Settled:
    """Where a search ended.

    Attributes:
        x: The numbers.
        residuals: Residuals there.
        jacobian: Derivatives there, [residual, number].
        cost: Half of the sum of squares.
    """

    x: np.ndarray
    residuals: np.ndarray
    jacobian: np.ndarray
    cost: float

    def spread(self) -> np.ndarray:
        """Return the standard errors of the numbers, by the curvature of the sum of squares."""
        return np.sqrt(np.diag(np.linalg.inv(self.jacobian.T @ self.jacobian)))


def least_squares(
    misfit: Misfit,
    x: np.ndarray,
    slopes: Misfit,
    *,
    most: int | None = None,
    scale: float = 1.0,
    bounds: tuple[np.ndarray | float, np.ndarray | float] = (-np.inf, np.inf),
) -> Settled:
    """Return where the residuals are least, by SciPy's trust region.

    Args:
        misfit: Residuals.
        x: Where to begin.
        slopes: Their derivatives.
        most: Largest number of steps; SciPy's own when None.
        scale: Typical size of a number.
        bounds: Lowest and highest numbers.
    """
    from scipy import optimize

    search: Any = optimize.least_squares  # it takes a function for `jac`, which its annotation does not say
    found = search(misfit, x, jac=slopes, x_scale=scale, max_nfev=most, bounds=bounds)
    return Settled(found.x, found.fun, found.jac, float(found.cost))


def central_differences(misfit: Misfit, step: float) -> Misfit:
    """Return the derivatives of residuals over a step to either side, which may be long enough to pass rounding."""

    def slopes(x: np.ndarray) -> np.ndarray:
        moves = step * np.eye(x.size)
        return np.stack([(misfit(x + move) - misfit(x - move)) / (2.0 * step) for move in moves], axis=1)

    return slopes


def rewritten(record: str, values: Mapping[str, float], errors: Mapping[str, float]) -> str:
    """Return the text of a record with fitted values and their relative errors, all else as it stands.

    Args:
        record: The text of the record's TOML file.
        values: Fitted numbers by name, in the record's units.
        errors: Their standard errors, where known.
    """
    import tomlkit

    document: Any = tomlkit.parse(record)
    for name, value in values.items():
        document[name]["value"] = float(f"{value:.4g}")
        if name in errors:
            document[name]["cv"] = float(f"{errors[name] / abs(value):.2g}")
    return tomlkit.dumps(document)
