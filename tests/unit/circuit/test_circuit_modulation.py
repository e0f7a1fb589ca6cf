"""Neuromodulators: their signs, that none is the same as rest, and that every size says that it is assumed."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from euthymia.circuit.manipulation import changed
from euthymia.circuit.mean_field import MeanField
from euthymia.circuit.modulation import Modulator, modulated, modulator_named
from euthymia.circuit.settled import settled_rates_on_cpu
from euthymia.circuit.spectrum import leading_eigenvalue
from euthymia.errors import EuthymiaError, UnknownNameError
from euthymia.evidence import load_record

CIRCUIT = MeanField.from_evidence()
REST = np.zeros(3)


def E_rate(modulator, activation):
    return settled_rates_on_cpu(changed(CIRCUIT, modulated(modulator, activation)), REST)[0]


@pytest.mark.parametrize(
    ("modulator", "sign"),
    [
        (Modulator.SEROTONIN_5HT1A, -1),
        (Modulator.SEROTONIN_5HT2A, +1),
        (Modulator.NORADRENALINE_ALPHA2A, +1),
    ],
)
def test_a_receptor_moves_pyramids_the_way_its_source_says(modulator, sign):
    assert sign * (E_rate(modulator, 1.0) - E_rate(modulator, 0.0)) > 0
    assert sign * (E_rate(modulator, -1.0) - E_rate(modulator, 0.0)) < 0


def test_dopamine_d1_lowers_spontaneous_activity():
    """Brunel & Wang 2001: more NMDA and more GABA together lower the spontaneous rate."""
    assert E_rate(Modulator.DOPAMINE_D1, 1.0) < E_rate(Modulator.DOPAMINE_D1, 0.0)


@pytest.mark.parametrize("modulator", Modulator)
def test_no_activation_is_the_circuit_itself(modulator):
    still = changed(CIRCUIT, modulated(modulator, 0.0))
    for before, after in zip(jax.tree.leaves(CIRCUIT), jax.tree.leaves(still), strict=True):
        np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("modulator", Modulator)
def test_full_activation_leaves_the_circuit_stable(modulator):
    assert leading_eigenvalue(changed(CIRCUIT, modulated(modulator, 1.0)), REST).real < 0


def test_every_size_is_graded_assumed():
    assert all(parameter.assumed for parameter in load_record("modulation").parameters)


@pytest.mark.parametrize("wrong", [1.5, -2.0, float("nan")])
def test_an_activation_out_of_range_is_refused(wrong):
    with pytest.raises(EuthymiaError, match=r"activation of D1 is .*; expected a number from -1 to 1"):
        modulated(Modulator.DOPAMINE_D1, wrong)


def test_a_typo_in_a_modulator_gets_the_nearest_name():
    assert modulator_named("alpha2a") is Modulator.NORADRENALINE_ALPHA2A
    with pytest.raises(UnknownNameError, match="no modulator '5-HT1B'; did you mean '5-HT"):
        modulator_named("5-HT1B")
