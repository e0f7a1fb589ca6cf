"""Manipulations: what each moves, that they compose, and the check points of the specification (section 5.3)."""

from __future__ import annotations

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.circuit.manipulation import (
    AMPA,
    GABA_A,
    NMDA,
    SST_output,
    changed,
    clearance_deficit,
    drive,
    prolonged_events,
    release,
    spines,
)
from euthymia.circuit.mean_field import MeanField, Population
from euthymia.circuit.settled import settled_rates_on_cpu
from euthymia.circuit.spectrum import leading_eigenvalue
from euthymia.circuit.surge import blocked_fraction, half_block_levels
from euthymia.errors import EuthymiaError

CIRCUIT = MeanField.from_evidence()
REST = np.zeros(3)
AT_1_UM = blocked_fraction(1.0, half_block_levels())
SCALINGS = [GABA_A, AMPA, release, SST_output, spines, lambda s: NMDA(Population.SST, s)]


def percent_of_E_at_1_uM(circuit):
    without, with_drug = settled_rates_on_cpu(circuit, np.stack([REST, AT_1_UM]))[:, 0]
    return 100 * (with_drug / without - 1)


@pytest.mark.parametrize(
    ("manipulations", "change"),
    [
        ((), 11.7),
        ((GABA_A(1.2),), 8.3),
        ((AMPA(0.7),), 2.7),
        ((release(0.8),), 2.8),
        ((NMDA(Population.SST, 0.4),), -5.2),
    ],
)
def test_the_surge_under_a_manipulation_is_the_stated_one(manipulations, change):
    assert percent_of_E_at_1_uM(changed(CIRCUIT, *manipulations)) == pytest.approx(change, abs=0.1)


@pytest.mark.parametrize("scaling", SCALINGS)
def test_a_strength_of_one_changes_nothing(scaling):
    for before, after in zip(jax.tree.leaves(CIRCUIT), jax.tree.leaves(changed(CIRCUIT, scaling(1.0))), strict=True):
        np.testing.assert_array_equal(before, after)


@given(st.floats(0.5, 1.5), st.floats(0.5, 1.5), st.floats(-0.05, 0.05))
def test_manipulations_compose_in_any_order(a, b, shift):
    many = [GABA_A(a), AMPA(b), release(a), spines(b), SST_output(b), drive(Population.PV, shift)]
    forwards, backwards = (jax.tree.leaves(changed(CIRCUIT, *each)) for each in (many, many[::-1]))
    for one, other in zip(forwards, backwards, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13)


def test_less_inhibition_from_sst_cells_and_more_spines_excite():
    E = [settled_rates_on_cpu(changed(CIRCUIT, m), REST)[0] for m in (SST_output(0.8), GABA_A(1.0), spines(0.8))]
    assert E[0] > E[1] > E[2]


def test_a_clearance_deficit_moves_the_rhythm_and_not_the_rates():
    slowed = changed(CIRCUIT, clearance_deficit(0.075))
    np.testing.assert_allclose(settled_rates_on_cpu(slowed, REST), settled_rates_on_cpu(CIRCUIT, REST), rtol=1e-12)
    assert abs(leading_eigenvalue(slowed, REST) - leading_eigenvalue(CIRCUIT, REST)) > 1e-5


def test_longer_events_of_the_same_peak_excite_the_circuit():
    longer = changed(CIRCUIT, prolonged_events(0.05))
    assert settled_rates_on_cpu(longer, REST)[0] > settled_rates_on_cpu(CIRCUIT, REST)[0]


def test_losing_every_nmda_receptor_is_the_same_as_blocking_all():
    lost = changed(CIRCUIT, *(NMDA(population, 0.0) for population in Population))
    np.testing.assert_allclose(settled_rates_on_cpu(lost, REST), settled_rates_on_cpu(CIRCUIT, np.ones(3)), rtol=1e-11)


@pytest.mark.parametrize("wrong", [-0.1, float("nan"), float("inf")])
def test_a_strength_that_cannot_be_is_refused(wrong):
    for scaling in [*SCALINGS, clearance_deficit]:
        with pytest.raises(EuthymiaError, match="expected a finite number of at least 0"):
            scaling(wrong)


def test_a_drive_that_is_no_number_is_refused():
    with pytest.raises(EuthymiaError, match="shift of the drive is nan"):
        drive(Population.E, float("nan"))
