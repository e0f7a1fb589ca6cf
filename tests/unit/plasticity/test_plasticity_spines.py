"""Spines with stress, serotonin and elimination, in closed form; and the loop back into the circuit's weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.circuit.manipulation import changed, spines
from euthymia.circuit.mean_field import MeanField, Population
from euthymia.circuit.settled import settled_rates_on_cpu
from euthymia.circuit.surge import half_block_levels, solve_dose_curve
from euthymia.evidence import source_record
from euthymia.plasticity.spines import SpineInput, Spines, excitatory_weight, positive

SPINES = Spines.from_record(source_record("plasticity"))  # the specification's numbers, whose laws these are


def settled(inputs: SpineInput) -> float:
    (rate,), (drive,) = SPINES.relaxation(0.0, SPINES.initial_state(), inputs)
    return float(drive / rate)


def rate(inputs: SpineInput) -> float:
    return float(SPINES.relaxation(0.0, SPINES.initial_state(), inputs)[0].spn)


def test_stress_takes_about_a_quarter_of_the_spines():
    assert float(SPINES.resting() / SPINES.healthy()) == pytest.approx(0.727, abs=0.001)
    assert settled(SpineInput(0.0, 1.0)) == pytest.approx(float(SPINES.resting()))
    assert settled(SpineInput(0.0, 0.0)) == pytest.approx(float(SPINES.healthy()))


@given(st.floats(1.0, 5.0))
def test_serotonin_above_rest_speeds_formation_in_proportion(HT: float):
    formation = 1.0 + SPINES.y_5HT * (HT - 1.0)
    expected = SPINES.spn_max * formation / (formation + 1.0 + SPINES.chi)
    assert settled(SpineInput(0.0, 1.0, HT=HT)) == pytest.approx(float(expected))


def test_serotonin_below_rest_takes_no_spines():
    assert settled(SpineInput(0.0, 1.0, HT=0.2)) == settled(SpineInput(0.0, 1.0))


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_stop_of_elimination_keeps_spines_and_slows_turnover(rho: float, stress: float):
    kept, plain = SpineInput(0.0, stress, rho_elim=rho), SpineInput(0.0, stress)
    assert settled(kept) >= settled(plain) * (1.0 - 1e-12)
    assert rate(kept) <= rate(plain)
    loss = (1.0 + SPINES.chi * stress) * (1.0 - rho)
    assert settled(kept) == pytest.approx(float(SPINES.spn_max / (1.0 + loss)))


def test_with_elimination_stopped_altogether_density_goes_to_its_highest():
    assert settled(SpineInput(0.0, 1.0, rho_elim=1.0)) == pytest.approx(float(SPINES.spn_max))


def test_the_spine_time_constant_is_sixteen_days_at_depressed_rest():
    assert 1.0 / rate(SpineInput(0.0, 1.0)) == pytest.approx(16.5 * 24.0, rel=0.01)


def test_the_positive_part_is_what_it_says():
    np.testing.assert_array_equal(positive(np.array([-2.0, 0.0, 3.0])), [0.0, 0.0, 3.0])


def test_a_healthy_circuit_is_left_as_it_is_and_a_depressed_one_has_fewer_synapses_on_pyramidal_cells():
    healthy = SPINES.healthy()
    assert excitatory_weight(0.0, healthy, healthy) == 1.0
    depressed = float(excitatory_weight(0.0, SPINES.resting(), healthy))
    assert depressed == pytest.approx(2.0 / (2.0 + SPINES.chi))
    before = MeanField.from_evidence()
    after = changed(before, spines(depressed))
    np.testing.assert_allclose(after.J_A, np.where(np.arange(3) == Population.E, depressed, 1.0) * before.J_A)
    np.testing.assert_allclose(after.J_N, np.where(np.arange(3) == Population.E, depressed, 1.0) * before.J_N)
    np.testing.assert_array_equal(after.J_S, before.J_S)


def test_potentiation_multiplies_what_spines_give():
    assert excitatory_weight(0.5, 0.9, 1.0) == pytest.approx(1.5 * 0.9)


def looped(weight: float) -> tuple[float, float]:
    """Return the E rate at rest (Hz) and the largest surge of a circuit with the loop closed."""
    circuit = changed(MeanField.from_evidence(), spines(weight))
    rate_E = settled_rates_on_cpu(circuit, np.zeros((1, 3)))[0, Population.E]
    return float(rate_E), float(solve_dose_curve(circuit, half_block_levels()).peak)


def test_with_the_loop_closed_a_depressed_circuit_is_slower_and_surges_less():
    (slow, small), (healthy, large) = looped(float(SPINES.resting() / SPINES.healthy())), looped(1.0)
    assert slow < healthy
    assert small == pytest.approx(0.27 * large, rel=0.05)


def test_with_the_loop_closed_full_potentiation_carries_the_circuit_out_of_its_healthy_state():
    assert looped(1.1)[0] < 6.0
    assert looped(float(excitatory_weight(0.8, SPINES.resting(), SPINES.healthy())))[0] > 15.0


def test_formation_stops_at_nothing_where_translation_works_against_it():
    assert settled(SpineInput(-1.0, 1.0)) == 0.0
    assert rate(SpineInput(-1.0, 1.0)) == pytest.approx(float(SPINES.k_spn * (1.0 + SPINES.chi)))
