"""A synapse from end to end: a spike releases transmitter, receptors open, a current moves the other cell's potential.

Time is in ms, potentials in mV, conductances in units of the postsynaptic leak, so that currents are in mV. The drug
actions of `synapse_terminal` and `synapse_receptors` are plain numbers; `models.two_cells` gets them from the receptor
library.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from euthymia.circuit.magnesium import HALF_BLOCK_MM, STEEPNESS_PER_MV
from euthymia.circuit.synapse_kinds import ReceptorKind
from euthymia.circuit.synapse_receptors import AbstractGate, ReceptorAction, SecondMessenger, TwoStates, moved
from euthymia.circuit.synapse_terminal import Terminal, TerminalAction
from euthymia.engine.mechanism import Scalar, parameter
from euthymia.errors import EuthymiaError
from euthymia.evidence import load_record

STEP_MS = 0.01  # Runge and Kutta's fourth order: binding is the fastest step, some 5 per ms
BISECTIONS = 60  # of a range of some 100 mV: to the last digit


class Receptor(eqx.Module):
    r"""Receptors of one kind in the postsynaptic membrane.

        g = g_max open m(V),   m(V) = 1/(1 + [Mg] exp(-0.062 V)/3.57)                                       (1)
        I = g (E - V)                                                                                       (2)

    Mg is 0 for every receptor that magnesium does not block.
    """

    gate: AbstractGate
    g_max: Scalar = parameter("leak", "conductance of all channels, open")
    E: Scalar = parameter("mV", "reversal potential")
    Mg: Scalar = parameter("mM", "magnesium outside, as far as it blocks")
    action: ReceptorAction = ReceptorAction()

    def conductance(self, state: Any, V: Scalar) -> Scalar:
        """Return g in leaks at ``V`` mV."""
        free = 1.0 / (1.0 + self.Mg * jnp.exp(-STEEPNESS_PER_MV * V) / HALF_BLOCK_MM)
        return self.g_max * self.gate.open(state, self.action) * free  # (1)


class Cell(eqx.Module):
    """A passive postsynaptic cell, tau_m dV/dt = E_leak - V + I; it shows the potential and does not spike."""

    tau_m: Scalar = parameter("ms", "membrane time constant")
    E_leak: Scalar = parameter("mV", "resting potential")


class Pair(eqx.Module):
    """Two cells joined by one synapse: the terminal of the first, receptors and membrane of the second."""

    terminal: Terminal
    receptors: tuple[Receptor, ...]
    cell: Cell


class Response(NamedTuple):
    """What happened: every array over time, with one column a receptor where it says so."""

    t: Float[np.ndarray, " time"]  # ms
    T: Float[np.ndarray, " time"]  # transmitter in the cleft, mM
    open: Float[np.ndarray, "time receptor"]  # share of channels, before magnesium
    g: Float[np.ndarray, "time receptor"]  # leaks
    I: Float[np.ndarray, "time receptor"]  # noqa: E741  (the field's symbol)  mV, inward positive
    V: Float[np.ndarray, " time"]  # mV

    @property
    def PSP(self) -> Float[np.ndarray, " time"]:
        """The postsynaptic potential: V less its value before the first spike, mV."""
        return self.V - self.V[0]

    def peak(self) -> float:
        """Return the postsynaptic potential farthest from 0, mV, with its sign."""
        return float(self.PSP[np.argmax(np.abs(self.PSP))])

    def area(self) -> float:
        """Return the area under the postsynaptic potential, mV ms."""
        return float(np.trapezoid(self.PSP, self.t))


def receptor(kind: ReceptorKind) -> Receptor:
    """Return the receptors of one kind, evidence record `synapse`."""
    value = load_record("synapse").value
    gates = {
        ReceptorKind.AMPA: lambda: TwoStates(value("kon_AMPA", "1/(mM*ms)"), value("koff_AMPA", "1/ms")),
        ReceptorKind.NMDA: lambda: TwoStates(value("kon_NMDA", "1/(mM*ms)"), 1.0 / value("tau_NMDA", "ms")),
        ReceptorKind.GABA_A_FAST: lambda: TwoStates(
            value("kon_GABA_A", "1/(mM*ms)"), value("koff_GABA_A_fast", "1/ms")
        ),
        ReceptorKind.GABA_A_SLOW: lambda: TwoStates(
            value("kon_GABA_A", "1/(mM*ms)"), 1.0 / value("tau_GABA_A_slow", "ms")
        ),
        ReceptorKind.GABA_B: lambda: SecondMessenger(
            value("K1_GABA_B", "1/(mM*ms)"),
            value("K2_GABA_B", "1/ms"),
            value("K3_GABA_B", "1/ms"),
            value("K4_GABA_B", "1/ms"),
            value("KD_GABA_B", "1"),
            value("n_GABA_B", "1"),
        ),
    }
    glutamate = kind in (ReceptorKind.AMPA, ReceptorKind.NMDA)
    symbol = kind.value.translate(str.maketrans("- ", "__"))
    return Receptor(
        gate=gates[kind](),
        g_max=value(f"g_{symbol}", "leak"),
        E=value("E_glutamate" if glutamate else f"E_{symbol}", "mV"),
        Mg=value("Mg", "mM") if kind is ReceptorKind.NMDA else 0.0,
    )


def pair(*kinds: ReceptorKind) -> Pair:
    """Return two cells joined by a synapse with receptors of these kinds, evidence record `synapse`.

    Example:
        >>> EPSP = respond(pair(ReceptorKind.AMPA), spikes=[5.0], duration=60.0)
        >>> 0.1 < EPSP.peak() < 2.0
        True
    """
    value = load_record("synapse").value
    terminal = Terminal(
        value("T_max", "mM"), value("tau_T", "ms"), value("share_uptake", "1"), value("share_breakdown", "1")
    )
    cell = Cell(value("tau_m", "ms"), value("E_leak", "mV"))
    return Pair(terminal, tuple(receptor(kind) for kind in kinds), cell)


def with_drug(pair: Pair, *, terminal: TerminalAction | None = None, receptors: ReceptorAction | None = None) -> Pair:
    """Return the pair while a drug acts on its terminal, on all its receptors, or on both.

    Args:
        pair: Two cells.
        terminal: What the drug does before the receptor; as it was when left out.
        receptors: What it does to each receptor; as it was when left out.
    """
    at_terminal = pair.terminal if terminal is None else dataclasses.replace(pair.terminal, action=terminal)
    if receptors is None:
        return Pair(at_terminal, pair.receptors, pair.cell)
    acted = tuple(dataclasses.replace(each, action=receptors) for each in pair.receptors)
    return Pair(at_terminal, acted, pair.cell)


def respond(pair: Pair, *, spikes: Sequence[float], duration: float, dt: float = STEP_MS) -> Response:
    """Return what the second cell does when the first one spikes; both have been at rest for a long time before.

    Args:
        pair: Two cells.
        spikes: Times of the presynaptic spikes, ms; each is taken to the nearest step.
        duration: How long to follow, ms from time 0.
        dt: Step of time, ms.

    Raises:
        EuthymiaError: When duration or step are no times, or a spike falls outside.
    """
    steps = _steps(duration, dt, spikes)
    counts = np.bincount(np.round(np.asarray(spikes, dtype=float) / dt).astype(int), minlength=steps + 1)[: steps + 1]
    as_arrays = jax.tree.map(lambda leaf: jnp.asarray(leaf, float), (pair, counts, dt))  # one program for all numbers
    return Response(dt * np.arange(steps + 1), *(np.asarray(each) for each in _integrated(*as_arrays)))


def resting_state(pair: Pair) -> tuple[tuple[Any, ...], Array]:
    """Return gates and potential (mV) without spikes, agonists included: where a response starts.

    The potential is where E_leak - V + sum g (E - V) changes its sign, between the lowest and the highest of the E.
    """
    gates = tuple(each.gate.steady(0.0, each.action) for each in pair.receptors)
    ends = jnp.stack([jnp.asarray(each, float) for each in (pair.cell.E_leak, *(r.E for r in pair.receptors))])

    def halved(_: Any, span: tuple[Array, Array]) -> tuple[Array, Array]:
        low, high = span
        middle = (low + high) / 2
        rising = pair.cell.E_leak - middle + sum(_currents(pair, gates, middle)) > 0
        return jnp.where(rising, middle, low), jnp.where(rising, high, middle)

    low, high = jax.lax.fori_loop(0, BISECTIONS, halved, (jnp.min(ends), jnp.max(ends)))
    return gates, (low + high) / 2


@eqx.filter_jit
def _integrated(pair: Pair, counts: Array, dt: Array) -> tuple[Array, ...]:
    """Return transmitter, open shares, conductances, currents and potential before each step and after the last."""

    def flow(y: tuple[Any, ...]) -> tuple[Any, ...]:
        T, gates, V = y
        changes = tuple(
            each.gate.derivative(gate, T, V, each.action) for each, gate in zip(pair.receptors, gates, strict=True)
        )
        dV = (pair.cell.E_leak - V + sum(_currents(pair, gates, V))) / pair.cell.tau_m
        return -pair.terminal.clearance * T, changes, dV

    def step(y: tuple[Any, ...], count: Array) -> tuple[Any, tuple[Array, ...]]:
        y = (y[0] + count * pair.terminal.quantum, *y[1:])
        T, gates, V = y
        g = [each.conductance(gate, V) for each, gate in zip(pair.receptors, gates, strict=True)]
        opened = [each.gate.open(gate, each.action) for each, gate in zip(pair.receptors, gates, strict=True)]
        told = (T, jnp.stack(opened), jnp.stack(g), jnp.stack(_currents(pair, gates, V)), V)
        k1 = flow(y)
        k2 = flow(moved(y, k1, dt / 2))
        k3 = flow(moved(y, k2, dt / 2))
        k4 = flow(moved(y, k3, dt))
        slope = jax.tree.map(lambda a, b, c, d: (a + 2 * b + 2 * c + d) / 6, k1, k2, k3, k4)
        return moved(y, slope, dt), told

    gates, V = jax.tree.map(lambda leaf: jnp.asarray(leaf, float), resting_state(pair))
    return jax.lax.scan(step, (jnp.asarray(0.0), gates, V), counts)[1]


def _currents(pair: Pair, gates: Sequence[Any], V: Scalar) -> list[Any]:
    return [
        each.conductance(gate, V) * (each.E - V)
        for each, gate in zip(pair.receptors, gates, strict=True)  # (2)
    ]


def _steps(duration: float, dt: float, spikes: Sequence[float]) -> int:
    """Return the number of steps of a run, once its times make sense."""
    if not (np.isfinite(duration) and np.isfinite(dt) and 0.0 < dt <= duration):
        raise EuthymiaError(f"duration {duration!r} and dt {dt!r} ms; expected 0 < dt <= duration")
    for spike in spikes:
        if not 0.0 <= spike <= duration:
            raise EuthymiaError(f"a spike at {spike!r} ms; expected times from 0 to {duration:g} ms")
    return round(duration / dt)
