"""The fit of the circuit PFC-1 as a command: `python -m euthymia.calibration.circuit`.

Maximum a posteriori by least squares: each target of `circuit_targets` counts by its own scale and each free number has
a wide prior, whose centres are round and the same whatever the record holds. The targets do not determine the numbers:
fits from several starts show how far apart numbers may lie that do the same, and the record is one more such set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count, islice
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from euthymia.calibration.circuit_targets import TARGETS, readings, record_circuit, with_numbers
from euthymia.calibration.fitted import least_squares
from euthymia.circuit.mean_field import Population
from euthymia.engine.stream import Stream
from euthymia.evidence import load_record

# Prior of each free number: centre, and SD, on the log scale but for eta. Assumed.
FREE: dict[str, tuple[float, float]] = {
    "eta_E": (-0.3, 0.3),
    "eta_PV": (0.1, 0.3),
    "eta_SST": (-0.3, 0.3),
    **{f"Delta_{a.name}": (0.2, 0.5) for a in Population},
    **{f"J_A_{a.name}": (0.3, 1.0) for a in Population},
    **{f"J_N_{a.name}": (0.6, 1.0) for a in Population},
    **{f"g_Nx_{a.name}": (0.5, 1.0) for a in Population},
    "J_P_E": (0.2, 1.0),
    "J_P_PV": (0.4, 1.0),
    "J_S_E": (0.2, 1.0),
    "J_S_PV": (0.05, 1.0),
}
# Bounds of the half-block levels, uM; the prior is centred between them on the log scale, with a quarter of the range.
IC50_BOUNDS = {"IC50_E": (3.0, 8.0), "IC50_PV": (0.8, 3.0), "IC50_SST": (0.5, 1.2)}
NAMES = (*FREE, *IC50_BOUNDS)
LINEAR = tuple(name.startswith("eta") for name in NAMES)

STARTS = 4
SPREAD = 0.5  # of the starts, in standard deviations of the prior
STEP = 1e-4  # of the differences, in standard deviations of the prior
MOST_STEPS = 60
NO_STATE = 30.0  # distance that stands for a reading that is not a number


@dataclass(frozen=True)
class Fitted:
    """One set of numbers and what the circuit does with them.

    Attributes:
        start: Where the search began.
        values: Numbers by name as in the records `pfc1` and `nmda`.
        readings: In the order of `TARGETS`.
        loss: Sum of squared distances to targets and prior; half of it is the negative log posterior.
    """

    start: str
    values: dict[str, float]
    readings: tuple[float, ...]
    loss: float

    @property
    def missed(self) -> tuple[str, ...]:
        """The names of the targets whose range is missed."""
        return tuple(t.name for t, reading in zip(TARGETS, self.readings, strict=True) if not t.met(reading))


@dataclass(frozen=True)
class CircuitFit:
    """The record beside the fits; the best fit comes first.

    Attributes:
        record: The record's numbers, not fitted.
        fits: Fits by rising loss, each from its own start.
    """

    record: Fitted
    fits: tuple[Fitted, ...]

    def __str__(self) -> str:
        """Return the numbers and the targets as two tables in text."""
        best, good = self.fits[0], [each for each in self.fits if not each.missed]
        lines = [f"{'number':10s} {'record':>9s} {'refit':>9s}   range over {len(good)} fits that meet every target"]
        for name in NAMES:
            values = [each.values[name] for each in good]
            span = f"{min(values):9.4f} to {max(values):.4f}" if values else ""
            lines.append(f"{name:10s} {self.record.values[name]:9.4f} {best.values[name]:9.4f} {span}")
        lines += ["", f"{'target':28s} {'wanted':>14s} {'record':>9s} {'refit':>9s}"]
        for k, t in enumerate(TARGETS):
            read = " ".join(f"{each.readings[k]:9.2f}" for each in (self.record, best))
            lines.append(f"{t.name:28s} {t.low:6.4g} .. {t.high:<6.4g} {read}   {t.source}")
        losses = ", ".join(f"{each.start} {each.loss:.2f}" for each in self.fits)
        lines += ["", f"loss: record {self.record.loss:.2f}; refits from {losses}"]
        lines += [f"missed by the {name}: {', '.join(each.missed) or 'none'}" for name, each in self._both()]
        return "\n".join(lines)

    def _both(self) -> tuple[tuple[str, Fitted], ...]:
        return ("record", self.record), ("refit", self.fits[0])


def fit(
    seed: int = 1,
    *,
    starts: int = STARTS,
    most_steps: int = MOST_STEPS,
    progress: Callable[[float], None] | None = None,
) -> CircuitFit:
    """Fit the free numbers of PFC-1 and the half-block levels to the targets, from several starts.

    Args:
        seed: Seed of the named stream of the starts.
        starts: How many searches begin at draws from the prior; one more begins at the record.
        most_steps: Most steps of one search.
        progress: Called with the share of the work that is done.
    """
    record = record_values()
    begin = {"the record": standardised(record)}
    begin |= {f"draw {k + 1}": z for k, z in enumerate(islice(_with_a_state(seed), starts))}
    found = []
    for k, (name, z) in enumerate(begin.items()):
        result = least_squares(distances, z, slopes, bounds=bounds(), most=most_steps)
        found.append(_fitted(name, result.x))
        if progress:
            progress((k + 1) / len(begin))
    return CircuitFit(_fitted("the record", begin["the record"]), tuple(sorted(found, key=lambda each: each.loss)))


def record_values() -> dict[str, float]:
    """Return the free numbers as the records `pfc1` and `nmda` hold them."""
    pfc1, nmda = load_record("pfc1"), load_record("nmda")
    return {name: (nmda if name in IC50_BOUNDS else pfc1)[name].value for name in NAMES}


def standardised(values: dict[str, float]) -> np.ndarray:
    """Return numbers in standard deviations of the prior from its centre, in the order of `NAMES`."""
    centre, sd = _prior()
    on_scale = [values[name] if linear else np.log(values[name]) for name, linear in zip(NAMES, LINEAR, strict=True)]
    return (np.array(on_scale) - centre) / sd


def numbers(z: Any) -> dict[str, Any]:
    """Return numbers by name from standard deviations of the prior; works under JAX."""
    centre, sd = _prior()
    on_scale = centre + sd * z
    return {n: on_scale[k] if LINEAR[k] else jnp.exp(on_scale[k]) for k, n in enumerate(NAMES)}


def distances(z: np.ndarray) -> np.ndarray:
    """Return the distances of readings from targets and of numbers from the prior's centre, all to be squared."""
    read = np.asarray(_read(jnp.asarray(z)))
    from_targets = np.array([t.distance(reading) for t, reading in zip(TARGETS, read, strict=True)])
    return np.concatenate([np.where(np.isfinite(from_targets), from_targets, NO_STATE), z])


def slopes(z: np.ndarray) -> np.ndarray:
    """Return the derivatives of `distances` by central differences, one set of numbers at a time.

    All sets in one compiled call would be faster, but XLA's LAPACK calls were seen to wait for each other for ever.
    """
    shifts = STEP * np.eye(z.size)
    return np.array([distances(z + shift) - distances(z - shift) for shift in shifts]).T / (2 * STEP)


def _with_a_state(seed: int) -> Iterator[np.ndarray]:
    """Yield draws from the prior whose circuit has every steady state, for which distances have slopes."""
    stream = Stream(seed).fold("calibration", "circuit")
    low, high = bounds()
    for k in count():
        z = np.clip(SPREAD * stream.normal("start", k, k + 1, len(NAMES))[0], 0.99 * low, 0.99 * high)
        if np.all(distances(z)[: len(TARGETS)] != NO_STATE):
            yield z


def bounds() -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds of the search, which only the half-block levels have."""
    low, high = (np.full(len(NAMES), sign * np.inf) for sign in (-1, 1))
    low[-len(IC50_BOUNDS) :], high[-len(IC50_BOUNDS) :] = -2.0, 2.0  # the prior's quarter of the range
    return low, high


@cache
def _prior() -> tuple[np.ndarray, np.ndarray]:
    """Return centres and standard deviations on the scale of the search."""
    priors = [(c if name.startswith("eta") else np.log(c), sd) for name, (c, sd) in FREE.items()]
    priors += [(np.log(low * high) / 2, np.log(high / low) / 4) for low, high in IC50_BOUNDS.values()]
    centre, sd = np.array(priors).T
    return centre, sd


@eqx.filter_jit
def _read(z: Any) -> Any:
    values = numbers(z)
    IC50 = jnp.stack([values[name] for name in IC50_BOUNDS])
    return readings(with_numbers(record_circuit(), values), IC50)


def _fitted(start: str, z: np.ndarray) -> Fitted:
    values = {name: float(value) for name, value in numbers(z).items()}
    read = tuple(map(float, np.asarray(_read(jnp.asarray(z)))))
    return Fitted(start, values, read, float(np.sum(distances(z) ** 2)))


if __name__ == "__main__":
    print(fit())
