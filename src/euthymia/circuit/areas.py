"""Two areas, lower and upper: signals go up by AMPA and come back by NMDA, and ketamine takes the two apart.

Both areas are the same circuit. What one sends to the other is measured from rest, so that joining them leaves the rest
state where it is.
"""

# ruff: noqa: UP037  (array shapes are strings for jaxtyping)
from __future__ import annotations

import dataclasses
import enum
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from euthymia.circuit.mean_field import HZ_PER_ACTIVATION, MeanField, Population, derivative
from euthymia.circuit.settled import NEWTON_STEPS, TOLERANCE, settled_rates, settled_state, steady_state
from euthymia.engine.steady import Root, checked, fixed_point, settling_newton
from euthymia.evidence import load_record

STATES = 11  # of one area, as in `mean_field.derivative`
S_A, S_N = 6, 8  # positions of the AMPA and NMDA activations in it


class Area(enum.IntEnum):
    """Position of an area on the first axis of every array of this file."""

    LOWER = 0
    UPPER = 1


class Pathway(eqx.Module):
    """Weights of the axons from one area's pyramidal cells onto each population of the other, leaks per 10 Hz."""

    A: Any  # AMPA, shape (3,)
    N: Any  # NMDA, shape (3,)


class TwoAreas(eqx.Module):
    """A lower and an upper area with the same circuit, and the pathways between them."""

    circuit: MeanField
    feedforward: Pathway  # lower to upper
    feedback: Pathway  # upper to lower
    rest: Any  # E rate of one area at rest, Hz; cross terms vanish there

    @classmethod
    def from_evidence(cls) -> TwoAreas:
        """Return the two areas of evidence records `pfc1` and `areas`."""
        weight = load_record("areas").value
        return joined(
            MeanField.from_evidence(),
            feedforward=Pathway(np.array([weight("W_AE", "leak"), weight("W_AP", "leak"), 0.0]), np.zeros(3)),
            feedback=Pathway(np.zeros(3), np.array([weight("W_NE", "leak"), weight("W_NP", "leak"), 0.0])),
        )


class Transfer(NamedTuple):
    """How far a change of one area's pyramidal rate moves the other's, Hz per Hz."""

    feedforward: Any
    feedback: Any

    @property
    def ratio(self) -> Any:
        """Feedback over feedforward transfer."""
        return self.feedback / self.feedforward


class Answer(NamedTuple):
    """The two areas at one level of block, relative to rest where a name says so."""

    rates: Any  # Hz, [area, population]
    transfer: Transfer
    relative: Transfer  # transfer over transfer at rest
    dissociation: Any  # D_iss = 1 - T_fb/T_fb at rest


def joined(circuit: MeanField, *, feedforward: Pathway, feedback: Pathway) -> TwoAreas:
    """Return two instances of a circuit joined by pathways.

    Args:
        circuit: The parameters of each area.
        feedforward: From the lower to the upper area.
        feedback: From the upper to the lower area.
    """
    rest = steady_state(circuit, jnp.zeros(3)).rates[Population.E]
    return TwoAreas(circuit, feedforward, feedback, rest)


def symmetric_pathways(areas: TwoAreas) -> TwoAreas:
    """Return the areas with both kinds of synapse in both directions, at half of each weight: the rival wiring."""
    both = Pathway(
        0.5 * (areas.feedforward.A + areas.feedback.A),
        0.5 * (areas.feedforward.N + areas.feedback.N),
    )
    return TwoAreas(areas.circuit, both, both, areas.rest)


def settled_areas(areas: TwoAreas, block: Float[Any, "3"], drive: Any = 0.0) -> Root:
    """Return the coupled fixed point: logarithms of the rates (Hz), [area * 3 + population].

    Args:
        areas: The two areas.
        block: Blocked fraction of NMDA receptors of each population, the same in both areas, shape (3,).
        drive: Additional drive, shape (2, 3) or 0.
    """
    alone = steady_state(areas.circuit, block).rates
    return fixed_point(
        _surplus,
        jnp.log(jnp.concatenate([alone, alone])),
        (areas, jnp.asarray(block, float), drive),
        tolerance=TOLERANCE,
        steps=NEWTON_STEPS,
        search=settling_newton,
    )


def areas_rates(areas: TwoAreas, block: Float[Any, "3"], drive: Any = 0.0) -> Float[Array, "area 3"]:
    """Return the rates (Hz) of both areas at the coupled fixed point, differentiable; see `settled_areas`."""
    return jnp.exp(settled_areas(areas, block, drive).solution).reshape(len(Area), len(Population))


def transfer(areas: TwoAreas, block: Float[Any, "3"]) -> Transfer:
    """Return the transfer in both directions by linear response about the coupled fixed point.

        T_ff = (dR_E,U/d eta_E,L)/(dR_E,L/d eta_E,L),   T_fb = (dR_E,L/d eta_E,U)/(dR_E,U/d eta_E,U)   (3)

    Args:
        areas: The two areas.
        block: Blocked fraction of NMDA receptors, shape (3,).

    Returns:
        Hz of the target per Hz of the source.
    """
    onto_E = jnp.zeros(len(Population)).at[Population.E].set(1.0)

    def E_rates(pushes: Array) -> Array:
        return areas_rates(areas, block, pushes[:, None] * onto_E)[:, Population.E]

    slopes = jax.jacfwd(E_rates)(jnp.zeros(len(Area)))  # [target, source]
    L, U = Area.LOWER, Area.UPPER
    return Transfer(feedforward=slopes[U, L] / slopes[L, L], feedback=slopes[L, U] / slopes[U, U])  # (3)


def answer(areas: TwoAreas, block: Float[Any, "3"]) -> Answer:
    """Return rates, transfer and dissociation index at one level of block.

        D_iss = 1 - T_fb/T_fb,rest                                                                     (4)

    The index describes the separation of the upper from the lower area; it is negative at antidepressant levels and
    is no model of clinical dissociation. Show it together with the ratio of the two transfers.

    Args:
        areas: The two areas.
        block: Blocked fraction of NMDA receptors, shape (3,).

    Raises:
        ConvergenceError: When the coupled fixed point is not found.
    """
    with_drug, at_rest = _read(areas, jnp.asarray(block, float)), _read(areas, jnp.zeros(3))
    for root, _ in (with_drug, at_rest):
        checked(root, "the two areas")
    (root, found), (_, rest) = with_drug, at_rest
    relative = Transfer(found.feedforward / rest.feedforward, found.feedback / rest.feedback)
    rates = jnp.exp(root.solution).reshape(len(Area), len(Population))
    return Answer(rates, found, relative, 1 - relative.feedback)  # (4)


@eqx.filter_jit
def _read(areas: TwoAreas, block: Array) -> tuple[Root, Transfer]:
    return settled_areas(areas, block), transfer(areas, block)


def areas_derivative(areas: TwoAreas, state: Float[Array, "22"], block: Float[Any, "3"]) -> Float[Array, "22"]:
    """Return the time derivative of both areas, per ms; the equations of `mean_field.derivative` with cross terms.

    Args:
        areas: The two areas.
        state: The eleven states of the lower area, then of the upper.
        block: Blocked fraction of NMDA receptors, shape (3,).
    """
    lower, upper = state[:STATES], state[STATES:]
    hears = [
        (lower, upper, areas.feedback),
        (upper, lower, areas.feedforward),
    ]
    return jnp.concatenate(
        [
            derivative(0.0, own, _hearing(areas, own[S_A], path, other[S_A], other[S_N]), block)
            for own, other, path in hears
        ]
    )


@eqx.filter_jit
def leading_areas_eigenvalue(areas: TwoAreas, block: Float[Any, "3"]) -> Array:
    """Return the eigenvalue (per ms) with the largest real part at the coupled fixed point; CPU only.

    Args:
        areas: The two areas.
        block: Blocked fraction of NMDA receptors, shape (3,).
    """
    block = jnp.asarray(block, float)
    state = _areas_state(areas, areas_rates(areas, block), block)
    values = jnp.linalg.eigvals(jax.jacfwd(lambda y: areas_derivative(areas, y, block))(state))
    return values[jnp.lexsort((-values.imag, -values.real))[0]]


def _surplus(logs: Array, args: tuple[TwoAreas, Any, Any]) -> Array:
    """Return log rates produced minus log rates assumed, for both areas."""
    areas, block, drive = args
    drives = jnp.zeros((len(Area), len(Population))) + drive
    lower, upper = jnp.exp(logs).reshape(len(Area), len(Population))
    produced = [
        settled_rates(_settled_hearing(areas, lower, upper, areas.feedback), lower, block, drives[Area.LOWER]),
        settled_rates(_settled_hearing(areas, upper, lower, areas.feedforward), upper, block, drives[Area.UPPER]),
    ]
    return jnp.log(jnp.concatenate(produced)) - logs


def _hearing(areas: TwoAreas, s_A: Any, path: Pathway, other_A: Any, other_N: Any) -> MeanField:
    """Return one area's circuit while it hears the other, so that the equations of one area serve both.

        g_A,a += W_A,a (s_A,other - s_rest),   g_N,a += W_N,a (s_N,other - s_rest)                     (1, 2)

    NMDA is added to the tonic conductance, before ketamine; AMPA to the weight of the area's own activation s_A.
    """
    circuit = areas.circuit
    still = circuit.release * areas.rest / HZ_PER_ACTIVATION
    return dataclasses.replace(
        circuit,
        J_A=circuit.J_A + path.A * (other_A - still) / s_A,  # (1)
        g_Nx=circuit.g_Nx + path.N * (other_N - still),  # (2)
    )


def _settled_hearing(areas: TwoAreas, own: Array, other: Array, path: Pathway) -> MeanField:
    """Return the circuit of an area that hears the other at settled rates (Hz)."""
    s_own, s_other = (areas.circuit.release * rates[Population.E] / HZ_PER_ACTIVATION for rates in (own, other))
    return _hearing(areas, s_own, path, s_other, s_other)


def _areas_state(areas: TwoAreas, rates: Array, block: Array) -> Array:
    """Return the 22 states that belong to settled rates."""
    lower, upper = rates
    return jnp.concatenate(
        [
            settled_state(_settled_hearing(areas, lower, upper, areas.feedback), lower, block),
            settled_state(_settled_hearing(areas, upper, lower, areas.feedforward), upper, block),
        ]
    )
