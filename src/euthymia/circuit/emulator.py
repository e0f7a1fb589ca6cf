"""A cheap stand-in for the solved circuit: a fitted guess, made exact by a fixed number of Newton steps.

A polynomial of low degree guesses the logarithms of the three rates, and a few softened Newton steps of the circuit's
own closed-form equation bring the guess home. No loop depends on the data, so it differentiates, compiles and runs in
NumPy and JAX alike. A pure polynomial of degree 4 (330 terms) was tried first: it misses the corner in which only
interneurons are blocked, where the rate is four times that at rest, by 40 %.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from itertools import combinations_with_replacement
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from euthymia.circuit.mean_field import MeanField, Population
from euthymia.circuit.settled import rate_slopes, settled_rates, settled_rates_on_cpu
from euthymia.circuit.surge import blocked_fraction, half_block_levels
from euthymia.errors import EuthymiaError

DEGREE = 3
STEPS = 4
# A Newton step of the logarithms is softened to stay below this; near the answer the softening vanishes quadratically.
LONGEST_STEP = 0.5
FIT_POINTS = 3000
CORNER_WEIGHT = 3  # times that each corner of the domain counts in the fit
# The largest relative error of the E rate that is promised anywhere in the domain; the tests measure far less.
ERROR_BOUND = 0.005

PEAK_LEVELS = np.geomspace(0.02, 100.0, 400)  # uM, where the largest surge is looked for


class Personal(NamedTuple):
    """How one person's circuit, or one moment's, differs from the healthy one; numbers or arrays of one shape."""

    tone: Any = 0.0  # shift of eta_E
    spines: Any = 1.0  # excitatory weights onto pyramidal cells (J_A,E and J_N,E), relative to health
    SST_output: Any = 1.0  # J_S onto all targets, relative to health
    PV_output: Any = 1.0  # J_P onto all targets, relative to health


HEALTHY = Personal()
# The domain: three blocks, then the fields of Personal.
LOW = np.array([0.0, 0.0, 0.0, -0.1, 0.7, 0.8, 0.8])
HIGH = np.array([1.0, 1.0, 1.0, 0.03, 1.05, 1.2, 1.2])
NAMES = ("block of E", "block of PV", "block of SST", "tone", "spine density", "SST output", "PV output")


class Emulator(eqx.Module):
    """Settled rates over the blocked fractions and a personal circuit, to within 0.5 % of the E rate in its domain."""

    circuit: MeanField
    coefficients: Float[Any, "term 3"]

    def rates(self, block: Float[Any, "*batch 3"], person: Personal = HEALTHY) -> Any:
        """Return the settled rates of E, PV and SST in Hz, shape (*batch, 3).

        Args:
            block: Blocked fraction of NMDA receptors, each from 0 to 1.
            person: The circuit; its fields broadcast against the batch.
        """
        circuit = personal_circuit(self.circuit, person)
        return _polished(circuit, block, _guess(self.coefficients, block, person))

    def surge(self, block: Float[Any, "*batch 3"], person: Personal = HEALTHY) -> Any:
        """Return max(0, R_E(block)/R_E(0) - 1), the relative rise of the E rate above the same circuit without drug."""
        E = Population.E
        change = self.rates(block, person)[..., E] / self.rates(0.0 * block, person)[..., E] - 1
        return (change + abs(change)) / 2


class PersonalCurve(eqx.Module):
    """The dose curve of personal circuits, with the methods of `surge.DoseCurve`, so that a chain can take either.

    Here the circuit is data: tone or spines may differ between people or change while the course goes on.
    """

    emulator: Emulator
    person: Personal
    IC50: Any  # half-block levels of E, PV, SST, uM
    peak: Any  # surge_max, the largest relative rise over all levels, in the person's shape

    def change(self, c: Any) -> Any:
        """Return the relative change of the E rate at c uM of free ketamine, against the same circuit without drug."""
        E = Population.E
        block = blocked_fraction(c, self.IC50)
        rest = self.emulator.rates(0.0 * block, self.person)[..., E]
        return self.emulator.rates(block, self.person)[..., E] / rest - 1

    def surge(self, c: Any) -> Any:
        """Return max(0, change(c))."""
        change = self.change(c)
        return (change + abs(change)) / 2

    def relative_surge(self, c: Any) -> Any:
        """Return surge(c)/surge_max; 0 throughout for a circuit that never surges."""
        return self.surge(c) / (self.peak + (self.peak == 0.0))


def personal_curve(person: Personal = HEALTHY, IC50: Any = None) -> PersonalCurve:
    """Return the dose curve of a personal circuit, or of many.

    Args:
        person: The circuit; fields are numbers, or arrays [person].
        IC50: Half-block levels in uM, shape (3,); evidence record `nmda` when None.

    Raises:
        EuthymiaError: When a circuit lies outside the emulator's domain.
    """
    check_domain(person)
    emulator, levels = default_emulator(), half_block_levels() if IC50 is None else np.asarray(IC50, float)
    each = Personal(*(np.asarray(field, float)[..., None] for field in person))
    curve = PersonalCurve(emulator, each, levels, np.asarray(0.0))
    peak = np.max(curve.surge(PEAK_LEVELS), axis=-1)
    return PersonalCurve(emulator, person, levels, peak)


def personal_circuit(circuit: MeanField, person: Personal) -> MeanField:
    """Return the circuit of a person, with the person's shape before the population axis."""
    onto_E = np.eye(len(Population))[Population.E]
    tone, spines, SST, PV = (_with_axis(field) for field in person)
    spiny = 1 + (spines - 1) * onto_E
    return dataclasses.replace(
        circuit,
        eta=circuit.eta + tone * onto_E,
        J_A=spiny * circuit.J_A,
        J_N=spiny * circuit.J_N,
        J_S=SST * circuit.J_S,
        J_P=PV * circuit.J_P,
    )


def check_domain(person: Personal) -> None:
    """Refuse a personal circuit for which the error bound is not promised.

    Raises:
        EuthymiaError: When a field is not finite or out of its range; it names the range.
    """
    for name, given, low, high in zip(NAMES[3:], person, LOW[3:], HIGH[3:], strict=True):
        values = np.asarray(given, float)
        wrong = values[~((values >= low) & (values <= high))]
        if wrong.size:
            raise EuthymiaError(f"{name} is {wrong.flat[0]:g}; the emulator holds from {low:g} to {high:g}")


@cache
def default_emulator() -> Emulator:
    """Return the emulator of the calibrated circuit, fitted on first use (a third of a second)."""
    return fit_emulator(MeanField.from_evidence())


def fit_emulator(circuit: MeanField, *, points: int = FIT_POINTS, degree: int = DEGREE) -> Emulator:
    """Solve a circuit at well-spread points of the domain and fit the guess by least squares.

    Args:
        circuit: The healthy circuit of the emulator.
        points: How many points besides the corners of the domain.
        degree: Total degree of the polynomial.

    Raises:
        ConvergenceError: When the circuit has no steady state somewhere in the domain.
    """
    corners = np.stack(np.meshgrid(*[[0.0, 1.0]] * len(LOW)), axis=-1).reshape(-1, len(LOW))
    units = np.concatenate([spread(points, len(LOW)), *[corners] * CORNER_WEIGHT])
    where = LOW + (HIGH - LOW) * units
    block, person = where[:, :3], Personal(*where[:, 3:].T)
    rates = settled_rates_on_cpu(personal_circuit(circuit, person), block)
    terms = _terms(2 * units - 1, degree)
    return Emulator(circuit, np.linalg.lstsq(terms, np.log(rates), rcond=None)[0])


def spread(points: int, dimensions: int) -> Float[np.ndarray, "point dimension"]:
    """Return points that fill the unit cube evenly, the same each time: multiples of powers of a golden mean.

    The mean g solves g^(d+1) = g + 1; point n is the fractional part of 1/2 + n/g, n/g^2, ... (Roberts' sequence).
    """
    g = 2.0
    for _ in range(60):
        g = (1 + g) ** (1 / (dimensions + 1))
    return (0.5 + np.arange(1, points + 1)[:, None] / g ** np.arange(1, dimensions + 1)) % 1.0


def _guess(coefficients: Any, block: Any, person: Personal) -> Any:
    """Return the polynomial's logarithms of the rates, shape (*batch, 3)."""
    xp = _array_module(coefficients, block, *person)
    shape = np.broadcast_shapes(np.shape(block)[:-1], *(np.shape(field) for field in person))
    inputs = [block[..., a] for a in Population] + list(person)
    where = xp.stack([xp.broadcast_to(xp.asarray(each, dtype=float), shape) for each in inputs], axis=-1)
    degree = _degree(len(coefficients))
    return _terms(2 * (where - LOW) / (HIGH - LOW) - 1, degree, xp) @ coefficients


def _polished(circuit: MeanField, block: Any, logs: Any) -> Any:
    """Return the rates after a fixed number of softened Newton steps on log F(R) - log R = 0."""
    xp = _array_module(logs)
    for _ in range(STEPS):
        rates = xp.exp(logs)
        produced = settled_rates(circuit, rates, block)
        slopes = rate_slopes(circuit, rates, block) * rates[..., None, :] / produced[..., :, None]
        residual = (xp.log(produced) - logs)[..., None]
        step = xp.linalg.solve(np.eye(len(Population)) - slopes, residual)[..., 0]
        logs = logs + step / xp.sqrt(1 + (step / LONGEST_STEP) ** 2)
    return xp.exp(logs)


@cache
def _exponents(dimensions: int, degree: int) -> tuple[tuple[int, ...], ...]:
    """Return the factors of every term, each after the terms of lower degree."""
    return tuple(t for d in range(degree + 1) for t in combinations_with_replacement(range(dimensions), d))


@cache
def _degree(terms: int) -> int:
    """Return the degree of a polynomial with that many terms."""
    return next(d for d in range(20) if len(_exponents(len(LOW), d)) == terms)


def _terms(z: Any, degree: int, xp: Any = np) -> Any:
    """Return every monomial up to a total degree, each one multiplication from an earlier one."""
    made: dict[tuple[int, ...], Any] = {(): xp.ones_like(z[..., 0])}
    for factors in _exponents(z.shape[-1], degree)[1:]:
        made[factors] = made[factors[:-1]] * z[..., factors[-1]]
    return xp.stack(list(made.values()), axis=-1)


def _with_axis(field: Any) -> Any:
    return field[..., None] if np.ndim(field) else field


def _array_module(*arrays: Any) -> Any:
    return jnp if any(isinstance(array, jax.Array) for array in arrays) else np
