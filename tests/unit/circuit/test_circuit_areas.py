"""Two joined areas: rest stays where it was, transfer is what a push shows, and the two descriptions agree."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest

from euthymia.circuit.areas import (
    Area,
    Pathway,
    TwoAreas,
    answer,
    areas_derivative,
    areas_rates,
    joined,
    leading_areas_eigenvalue,
    settled_areas,
    symmetric_pathways,
    transfer,
)
from euthymia.circuit.mean_field import HZ_PER_ACTIVATION, MeanField, Population
from euthymia.circuit.settled import settled_rates, settled_state, steady_state
from euthymia.circuit.spectrum import leading_eigenvalue

E = Population.E
AREAS = TwoAreas.from_evidence()
CIRCUIT = MeanField.from_evidence()
REST = jnp.zeros(3)
BLOCK = jnp.array([0.2, 0.4, 0.5])
NOTHING = Pathway(np.zeros(3), np.zeros(3))


def test_joining_two_areas_leaves_their_rest_where_it_was():
    alone = steady_state(CIRCUIT, REST).rates
    for rates in areas_rates(AREAS, REST):
        np.testing.assert_allclose(rates, alone, rtol=1e-10)


def test_without_pathways_each_area_is_alone():
    apart = joined(CIRCUIT, feedforward=NOTHING, feedback=NOTHING)
    np.testing.assert_allclose(areas_rates(apart, BLOCK)[Area.UPPER], steady_state(CIRCUIT, BLOCK).rates, rtol=1e-10)
    both = transfer(apart, BLOCK)
    assert both.feedforward == pytest.approx(0.0, abs=1e-12)
    assert both.feedback == pytest.approx(0.0, abs=1e-12)


def test_without_feedback_the_lower_area_does_not_hear_the_upper():
    one_way = joined(CIRCUIT, feedforward=AREAS.feedforward, feedback=NOTHING)
    pushed = jnp.array([[0.0, 0.0, 0.0], [0.05, 0.0, 0.0]])
    np.testing.assert_allclose(areas_rates(one_way, BLOCK, pushed)[Area.LOWER], steady_state(CIRCUIT, BLOCK).rates)
    assert transfer(one_way, BLOCK).feedforward > 0.1


def test_transfer_is_what_a_small_push_of_the_source_shows():
    push = 1e-4
    found = transfer(AREAS, BLOCK)
    for source, target, expected in (
        (Area.LOWER, Area.UPPER, found.feedforward),
        (Area.UPPER, Area.LOWER, found.feedback),
    ):
        drive = np.zeros((2, 3))
        drive[source, E] = push
        change = areas_rates(AREAS, BLOCK, drive)[:, E] - areas_rates(AREAS, BLOCK, -drive)[:, E]
        assert change[target] / change[source] == pytest.approx(float(expected), rel=1e-5)


def coupled_state(block):
    """The 22 states at the coupled fixed point, the circuit that hears the other area written out by hand."""
    rates = areas_rates(AREAS, block)
    states = []
    for own, other, path in ((0, 1, AREAS.feedback), (1, 0, AREAS.feedforward)):
        s_own, s_other = rates[own, E] / HZ_PER_ACTIVATION, (rates[other, E] - AREAS.rest) / HZ_PER_ACTIVATION
        hearing = dataclasses.replace(
            CIRCUIT, J_A=CIRCUIT.J_A + path.A * s_other / s_own, g_Nx=CIRCUIT.g_Nx + path.N * s_other
        )
        np.testing.assert_allclose(settled_rates(hearing, rates[own], block), rates[own], rtol=1e-9)
        states.append(settled_state(hearing, rates[own], block))
    return jnp.concatenate(states)


def test_nothing_changes_at_the_coupled_fixed_point():
    np.testing.assert_allclose(areas_derivative(AREAS, coupled_state(BLOCK), BLOCK), 0.0, atol=1e-12)


def test_areas_without_pathways_have_the_eigenvalue_of_one():
    apart = joined(CIRCUIT, feedforward=NOTHING, feedback=NOTHING)
    ours, alone = complex(leading_areas_eigenvalue(apart, REST)), complex(leading_eigenvalue(CIRCUIT, REST))
    assert ours.real == pytest.approx(alone.real, rel=1e-8)
    assert abs(ours.imag) == pytest.approx(abs(alone.imag), rel=1e-8)


def test_the_index_of_dissociation_is_one_minus_relative_feedback():
    found = answer(AREAS, BLOCK)
    assert found.dissociation == pytest.approx(1 - float(found.relative.feedback))
    assert found.relative.feedback == pytest.approx(float(found.transfer.feedback / transfer(AREAS, REST).feedback))
    assert answer(AREAS, REST).dissociation == pytest.approx(0.0, abs=1e-12)


def test_symmetric_wiring_transfers_the_same_both_ways():
    found = transfer(symmetric_pathways(AREAS), BLOCK)
    assert found.ratio == pytest.approx(1.0, rel=1e-9)


def test_the_coupled_search_says_that_it_converged():
    assert bool(settled_areas(AREAS, BLOCK).converged)
