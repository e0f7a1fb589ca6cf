"""How people differ: individual parameters from typical values and standard normals."""

from __future__ import annotations

from functools import cache

import numpy as np

from euthymia.evidence import Parameter
from euthymia.evidence.grade import Scale
from euthymia.units import convert


def individual(parameter: Parameter, z: np.ndarray, unit: str) -> np.ndarray:
    """Return a parameter's individual values.

    log scale: typical exp(omega z); logit scale: the logistic of logit(typical) + omega z; additive: typical + omega z.

    Args:
        parameter: The typical value with its between-subject SD ``omega`` on ``iiv_scale``.
        z: Standard normals, [person].
        unit: Unit of the result.
    """
    typical = parameter.to(unit)
    match parameter.iiv_scale:
        case Scale.LOGIT:
            odds = typical / (1.0 - typical) * np.exp(parameter.omega * z)
            return odds / (1.0 + odds)
        case Scale.ADDITIVE:
            return typical + convert(parameter.omega, parameter.unit, unit) * z
        case _:
            return typical * np.exp(parameter.omega * z)


def truncated_normal(u: np.ndarray, mean: float, sd: float, low: float, high: float) -> np.ndarray:
    """Return draws of a normal cut to [low, high] whose own mean and SD, after the cut, are ``mean`` and ``sd``.

    Published baselines describe the people who were let in, so it is the cut distribution that has to match them.

    Args:
        u: Uniforms, any shape.
        mean: Mean after the cut.
        sd: SD after the cut.
        low: Lower limit.
        high: Upper limit.
    """
    from scipy.special import ndtr, ndtri

    centre, width = _parent(mean, sd, low, high)
    below, above = ndtr((low - centre) / width), ndtr((high - centre) / width)
    return np.clip(centre + width * ndtri(below + u * (above - below)), low, high)


@cache
def _parent(mean: float, sd: float, low: float, high: float) -> tuple[float, float]:
    """Return centre and width of the normal whose cut to [low, high] has the given mean and SD, as nearly as can be."""
    from scipy.optimize import least_squares

    def misfit(parent: np.ndarray) -> list[float]:
        cut_mean, cut_sd = _cut_moments(parent[0], float(np.exp(parent[1])), low, high)
        return [(cut_mean - mean) / sd, cut_sd / sd - 1.0]

    # A cut can only narrow, so the parent is at least as wide; four times as wide is flat for our purposes.
    bounds = ([low - 4.0 * sd, np.log(sd)], [high + 4.0 * sd, np.log(4.0 * sd)])
    start = [min(max(mean, low), high), np.log(1.05 * sd)]
    found = least_squares(misfit, start, bounds=bounds)
    return float(found.x[0]), float(np.exp(found.x[1]))


def _cut_moments(centre: float, width: float, low: float, high: float) -> tuple[float, float]:
    """Return mean and SD of a normal cut to [low, high]."""
    from scipy.special import ndtr

    a, b = (low - centre) / width, (high - centre) / width
    inside = ndtr(b) - ndtr(a)
    at_a, at_b = (np.exp(-0.5 * x * x) / np.sqrt(2.0 * np.pi) for x in (a, b))
    shift = (at_a - at_b) / inside
    return centre + width * shift, width * float(np.sqrt(1.0 + (a * at_a - b * at_b) / inside - shift**2))
