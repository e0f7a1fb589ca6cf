"""Noncompartmental analysis: peak, areas, terminal slope and what follows from them, by the usual rules.

An area between two samples is a trapezium, or where the concentration falls the area under the exponential through
both (linear up, log down). The terminal slope lambda_z is a log-linear regression over the last samples: at least
three, all after the peak, as many as give the highest adjusted R^2 (more samples win within 0.0001 of it).

    AUCinf = AUClast + Clast/lambda_z                                                                       (1)
    AUMCinf = AUMClast + tlast Clast/lambda_z + Clast/lambda_z^2                                            (2)
    CL = dose/AUCinf,  Vz = CL/lambda_z,  MRT = AUMCinf/AUCinf - T/2                                        (3)

What cannot be estimated is NaN, and ``reasons`` says why.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euthymia.engine.course import Course
from euthymia.errors import EuthymiaError

Floats = NDArray[np.float64]

FEWEST = 3  # samples of the terminal slope
AS_GOOD = 1e-4  # of adjusted R^2: within it the fit with more samples is taken


ESTIMATES = ("Cmax", "tmax", "AUClast", "AUCinf", "lambda_z", "half_life", "CL", "Vz", "MRT", "partial")


class NCAError(EuthymiaError):
    """Samples that no analysis can be made of."""


class Given(Enum):
    """How the dose was given: it decides the first sample, the samples of lambda_z and the names CL or CL/F."""

    EXTRAVASCULAR = "extravascular"
    BOLUS = "bolus"
    INFUSION = "infusion"


class Trapezium(Enum):
    """How the area between two samples is taken."""

    LINEAR_UP_LOG_DOWN = "linear up, log down"
    LINEAR = "linear"


@dataclass(frozen=True)
class NCA:
    """What the samples of one person say; units are those of the samples and of the dose.

    Attributes:
        Cmax: Highest concentration.
        tmax: Time of it, the first where several are equal.
        Clast: Last concentration above zero, and
        tlast: its time.
        AUClast: Area from the first sample (for a bolus from time 0) to ``tlast``.
        AUCinf: Area without end.
        extrapolated: Share of ``AUCinf`` that lies after ``tlast``.
        lambda_z: Terminal rate, 1/time.
        half_life: log(2)/lambda_z.
        r2_adjusted: Of the terminal regression.
        n_lambda_z: Its number of samples.
        CL: Clearance; divided by bioavailability (CL/F) where the dose is extravascular.
        Vz: Volume of the terminal phase; likewise Vz/F.
        MRT: Mean residence time; with an extravascular dose it includes the time of absorption.
        partial: Areas between the times asked for.
        C0: Concentration at time 0 of a bolus.
        reasons: Why a value is NaN, by name.
    """

    Cmax: float = math.nan
    tmax: float = math.nan
    Clast: float = math.nan
    tlast: float = math.nan
    AUClast: float = math.nan
    AUCinf: float = math.nan
    extrapolated: float = math.nan
    lambda_z: float = math.nan
    half_life: float = math.nan
    r2_adjusted: float = math.nan
    n_lambda_z: int = 0
    CL: float = math.nan
    Vz: float = math.nan
    MRT: float = math.nan
    partial: tuple[float, ...] = ()
    C0: float = math.nan
    reasons: dict[str, str] = field(default_factory=dict)


def nca(
    samples: Course | ArrayLike,
    C: ArrayLike | None = None,
    *,
    variable: str = "plasma",
    dose: float | None = None,
    route: Given = Given.EXTRAVASCULAR,
    duration: float = 0.0,
    method: Trapezium = Trapezium.LINEAR_UP_LOG_DOWN,
    partial: Sequence[tuple[float, float]] = (),
) -> NCA | tuple[NCA, ...]:
    """Return peak, areas, half-life and clearance of a course or of samples.

    Args:
        samples: A course, or sampling times since the dose, shape [time], ascending.
        C: Concentrations at these times, shape [time] or [person, time]; NaN where missing. Not with a course.
        variable: Which variable of a course.
        dose: The dose, for CL and Vz; they are NaN without.
        route: How it was given.
        duration: How long an infusion took, for MRT.
        method: How areas are taken.
        partial: Spans whose areas are wanted; their ends need not be sampling times.

    Returns:
        One analysis, or for many people one each. A course of several doses is analysed as it stands: areas cover the
        whole of it, and the terminal slope is that after the highest peak.

    Raises:
        NCAError: When times do not ascend, shapes differ, or a concentration is negative or infinite.
        UnknownNameError: When the course has no such variable.

    Example:
        >>> import numpy as np
        >>> t = np.array([0.0, 1.0, 2.0, 4.0, 8.0])
        >>> round(nca(t, 10.0 * np.exp(-0.1 * t), dose=100.0, route=Given.BOLUS).CL, 9)
        1.0
    """
    if isinstance(samples, Course):
        times, values = samples.t, samples[variable]
    elif C is None:
        raise NCAError("times without concentrations; expected nca(course) or nca(t, C)")
    else:
        times, values = np.asarray(samples, dtype=float), np.asarray(C, dtype=float)
    _check(times, values, dose, duration)
    if values.ndim == 2:
        return tuple(_one(times, row, dose, route, duration, method, partial) for row in values)
    return _one(times, values, dose, route, duration, method, partial)


def _check(t: Floats, C: Floats, dose: float | None, duration: float) -> None:
    if t.ndim != 1 or C.ndim not in (1, 2) or C.shape[-1] != t.size:
        raise NCAError(f"{t.shape} times and {C.shape} concentrations; expected [time], and [time] or [person, time]")
    if not np.isfinite(t).all() or (np.diff(t) <= 0.0).any():
        raise NCAError("the times do not ascend; expected finite times, each later than the one before")
    if (C < 0.0).any() or np.isinf(C).any():
        raise NCAError("a concentration is negative or infinite; expected 0 or more, NaN where missing")
    if dose is not None and not (math.isfinite(dose) and dose > 0.0):
        raise NCAError(f"the dose is {dose:g}; expected more than 0")
    if not (math.isfinite(duration) and duration >= 0.0):
        raise NCAError(f"the duration is {duration:g}; expected 0 or more")


def _one(
    t: Floats,
    C: Floats,
    dose: float | None,
    route: Given,
    duration: float,
    method: Trapezium,
    partial: Sequence[tuple[float, float]],
) -> NCA:
    known = ~np.isnan(C)
    t, C = t[known], C[known]
    if not (C > 0.0).any():
        return NCA(partial=(math.nan,) * len(partial), reasons=dict.fromkeys(ESTIMATES, "no concentration above zero"))
    reasons: dict[str, str] = {}
    peak, last = int(np.argmax(C)), int(np.flatnonzero(C > 0.0)[-1])
    C0 = math.nan
    Cmax, tmax = float(C[peak]), float(t[peak])
    first = peak if route is Given.BOLUS else peak + 1
    slope, r2, n = _terminal(t[first : last + 1], C[first : last + 1], reasons)
    if route is Given.BOLUS:
        t, C, C0 = _from_zero(t, C)
        last += t.size - int(known.sum())
    AUC, AUMC = _areas(t[: last + 1], C[: last + 1], method)
    tail = float(C[last]) / slope
    AUCinf = AUC + tail  # (1)
    AUMCinf = AUMC + float(t[last]) * tail + tail / slope  # (2)
    CL = (dose or math.nan) / AUCinf
    if math.isnan(slope):
        reasons |= dict.fromkeys(("half_life", "AUCinf", "MRT", "CL", "Vz"), reasons["lambda_z"])
    if dose is None:
        reasons |= dict.fromkeys(("CL", "Vz"), "no dose given")
    return NCA(
        Cmax=Cmax,
        tmax=tmax,
        Clast=float(C[last]),
        tlast=float(t[last]),
        AUClast=AUC,
        AUCinf=AUCinf,
        extrapolated=tail / AUCinf,
        lambda_z=slope,
        half_life=math.log(2.0) / slope,
        r2_adjusted=r2,
        n_lambda_z=n,
        CL=CL,
        Vz=CL / slope,
        MRT=AUMCinf / AUCinf - (duration / 2.0 if route is Given.INFUSION else 0.0),  # (3)
        partial=tuple(_between(t, C, span, slope, method, reasons) for span in partial),
        C0=C0,
        reasons=reasons,
    )


def _terminal(t: Floats, C: Floats, reasons: dict[str, str]) -> tuple[float, float, int]:
    """Return lambda_z, adjusted R^2 and number of samples of the best regression over the last samples."""
    t, C = t[C > 0.0], C[C > 0.0]
    if t.size < FEWEST:
        reasons["lambda_z"] = f"{t.size} samples after the peak; expected at least {FEWEST}"
        return math.nan, math.nan, 0
    # Sums over the last n samples, for every n at once; counted from the last sample to keep their digits.
    x, y = (t - t[-1])[::-1], (np.log(C) - math.log(C[-1]))[::-1]
    n = np.arange(1, t.size + 1, dtype=float)
    sx, sy, sxx, sxy, syy = (np.cumsum(each) for each in (x, y, x * x, x * y, y * y))
    varx, vary, cov = (sxx - sx * sx / n)[2:], (syy - sy * sy / n)[2:], (sxy - sx * sy / n)[2:]
    falls = (cov < 0.0) & (vary > 0.0)
    if not falls.any():
        reasons["lambda_z"] = "the concentration does not fall after the peak"
        return math.nan, math.nan, 0
    n = n[2:]
    r2 = np.where(falls, np.minimum(cov * cov / (varx * np.where(vary > 0.0, vary, 1.0)), 1.0), -np.inf)
    adjusted = 1.0 - (1.0 - r2) * (n - 1.0) / (n - 2.0)
    best = int(np.flatnonzero(adjusted >= adjusted.max() - AS_GOOD)[-1])
    return float(-cov[best] / varx[best]), float(adjusted[best]), int(n[best])


def _from_zero(t: Floats, C: Floats) -> tuple[Floats, Floats, float]:
    """Return a bolus with a sample at time 0: as measured, or back along the log-line of the first two samples."""
    if t[0] <= 0.0:
        return t, C, float(C[0])
    falls = C.size > 1 and C[0] > C[1] > 0.0
    C0 = float(C[0] * (C[0] / C[1]) ** (t[0] / (t[1] - t[0]))) if falls else float(C[0])
    return np.concatenate([[0.0], t]), np.concatenate([[C0], C]), C0


def _areas(t: Floats, C: Floats, method: Trapezium) -> tuple[float, float]:
    """Return the areas under C and under t C."""
    h, a, b = np.diff(t), C[:-1], C[1:]
    AUC, AUMC = h * (a + b) / 2.0, h * (t[:-1] * a + t[1:] * b) / 2.0
    if method is Trapezium.LINEAR_UP_LOG_DOWN:
        falls = (b < a) & (b > 0.0)
        k = np.log(np.where(falls, a, 2.0) / np.where(falls, b, 1.0)) / h
        area = (a - b) / k
        AUC = np.where(falls, area, AUC)
        AUMC = np.where(falls, (t[:-1] * a - t[1:] * b) / k + area / k, AUMC)
    return float(AUC.sum()), float(AUMC.sum())


def _between(
    t: Floats, C: Floats, span: tuple[float, float], slope: float, method: Trapezium, reasons: dict[str, str]
) -> float:
    """Return the area between two times; after the last sample the terminal slope continues it."""
    low, high = span
    if not low <= high:
        raise NCAError(f"the span {low:g} to {high:g} ends before it begins")
    if low < t[0]:
        reasons["partial"] = f"{low:g} lies before the first sample at {t[0]:g}"
        return math.nan
    if high > t[-1] and math.isnan(slope):
        reasons["partial"] = f"{high:g} lies after the last sample, and there is no terminal slope"
        return math.nan
    inside = (t > low) & (t < high)
    grid = np.unique(np.concatenate([[low], t[inside], [high]]))
    return _areas(grid, np.array([_at(t, C, float(each), slope, method) for each in grid]), method)[0]


def _at(t: Floats, C: Floats, when: float, slope: float, method: Trapezium) -> float:
    """Return the concentration at a time by the rule of the areas."""
    after = int(np.searchsorted(t, when))
    if after == t.size:
        return float(C[-1] * math.exp(-slope * (when - t[-1])))
    if t[after] == when:
        return float(C[after])
    a, b, share = C[after - 1], C[after], (when - t[after - 1]) / (t[after] - t[after - 1])
    if method is Trapezium.LINEAR_UP_LOG_DOWN and 0.0 < b < a:
        return float(a * (b / a) ** share)
    return float(a + (b - a) * share)
