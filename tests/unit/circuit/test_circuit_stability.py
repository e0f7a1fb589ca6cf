"""Stability: the onset of the rhythm, what happens beyond it, and folds."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from euthymia.circuit.manipulation import AMPA, GABA_A, changed, drive
from euthymia.circuit.mean_field import MeanField, Population
from euthymia.circuit.settled import rate_slopes, settled_rates_on_cpu
from euthymia.circuit.spectrum import leading_eigenvalue
from euthymia.circuit.stability import drive_for_rate, folds, onset_curve, rhythm, rhythm_onset
from euthymia.errors import ConvergenceError

CIRCUIT = MeanField.from_evidence()
REST = np.zeros(3)
E = Population.E
# Enough recurrent NMDA for a second, persistently active state.
BISTABLE = dataclasses.replace(CIRCUIT, J_N=CIRCUIT.J_N * np.array([2.4, 1.0, 0.3]), J_A=CIRCUIT.J_A * 1.5)


def driven(shift, circuit=CIRCUIT):
    return changed(circuit, drive(E, shift))


@pytest.fixture(scope="module")
def onset():
    return rhythm_onset(CIRCUIT, REST)


def test_the_rhythm_begins_at_the_stated_drive(onset):
    assert onset.drive == pytest.approx(0.07, abs=0.005)
    assert 30 < onset.frequency < 50


def test_at_the_onset_the_leading_pair_stands_on_the_imaginary_axis(onset):
    value = complex(leading_eigenvalue(driven(onset.drive), REST))
    assert value.real == pytest.approx(0.0, abs=1e-8)
    assert 1000 * value.imag / (2 * np.pi) == pytest.approx(onset.frequency, rel=1e-6)


def test_an_onset_is_found_from_beyond_it_too(onset):
    beyond = rhythm_onset(driven(0.1), REST)
    assert beyond.drive == pytest.approx(onset.drive - 0.1, abs=1e-7)


def test_the_onset_is_supercritical(onset):
    """The swing grows from nothing as the square root of the distance, and at onset with the onset's frequency."""
    below = rhythm(driven(onset.drive - 0.01), REST)
    near, far = (rhythm(driven(onset.drive + distance), REST) for distance in (0.01, 0.02))
    assert below.swing < 0.05 * near.swing
    assert far.swing / near.swing == pytest.approx(np.sqrt(2), rel=0.15)
    assert near.frequency == pytest.approx(onset.frequency, abs=1.0)


def test_more_inhibition_moves_the_onset_to_more_drive(onset):
    curve = onset_curve(CIRCUIT, REST, GABA_A, [1.0, 1.05, 1.1])
    assert curve[0].drive == pytest.approx(onset.drive, abs=1e-8)
    assert curve[0].drive < curve[1].drive < curve[2].drive


def test_the_same_curve_is_found_whichever_way_it_is_followed():
    there = onset_curve(CIRCUIT, REST, AMPA, [1.0, 1.05, 1.1])
    back = onset_curve(CIRCUIT, REST, AMPA, [1.1, 1.05, 1.0])
    np.testing.assert_allclose([each.drive for each in there], [each.drive for each in back[::-1]], atol=1e-7)


def test_a_stable_circuit_settles_where_the_fixed_point_says():
    long_run = rhythm(CIRCUIT, REST)
    assert (long_run.swing, long_run.frequency) == (0.0, 0.0)
    np.testing.assert_allclose(long_run.rates, settled_rates_on_cpu(CIRCUIT, REST), rtol=1e-5)


def test_beyond_the_onset_the_time_average_is_the_published_one():
    """Section 5.3: half of the NMDA receptors of SST cells blocked gives 36.7 Hz, and +32 % on average, not +37 %."""
    long_run = rhythm(CIRCUIT, np.array([0.0, 0.0, 0.5]))
    rest = settled_rates_on_cpu(CIRCUIT, REST)
    assert 100 * (long_run.rates[E] / rest[E] - 1) == pytest.approx(32, abs=0.5)
    assert long_run.frequency == pytest.approx(36.7, abs=0.2)


def test_a_circuit_without_an_onset_in_reach_says_so():
    uncoupled = dataclasses.replace(CIRCUIT, J_A=np.zeros(3), J_N=np.zeros(3), J_P=np.zeros(3), J_S=np.zeros(3))
    with pytest.raises(ConvergenceError, match=r"no onset of a rhythm within 0\.5"):
        rhythm_onset(uncoupled, REST)


def test_the_drive_of_a_rate_is_the_one_that_gives_it():
    for R_E in (1.0, 4.0, 9.0):
        shift = float(drive_for_rate(CIRCUIT, REST, R_E))
        assert settled_rates_on_cpu(driven(shift), REST)[E] == pytest.approx(R_E, rel=1e-9)
    at_rest = float(settled_rates_on_cpu(CIRCUIT, REST)[E])
    assert float(drive_for_rate(CIRCUIT, REST, at_rest)) == pytest.approx(0.0, abs=1e-10)


def test_the_healthy_circuit_has_one_fixed_point_at_every_drive():
    assert folds(CIRCUIT, REST) == []


def test_strong_recurrence_has_two_folds_and_each_is_a_singular_point():
    found = folds(BISTABLE, REST)
    assert len(found) == 2
    lower, upper = found
    assert lower.rate < upper.rate
    assert lower.drive > upper.drive, "between them there are three fixed points"
    for fold in found:
        # The Newton search of the circuit cannot land on a fold: take the two settled interneuron rates beside it.
        h = 1e-4 * fold.rate
        above, below = (drive_for_rate(BISTABLE, REST, fold.rate + side) for side in (h, -h))
        slope = (above - below) / (2 * h)
        assert float(slope) == pytest.approx(0.0, abs=1e-6)


def test_away_from_folds_the_slope_of_the_drive_is_the_inverse_gain():
    rates = settled_rates_on_cpu(CIRCUIT, REST)
    h = 1e-4
    slope = (drive_for_rate(CIRCUIT, REST, rates[E] + h) - drive_for_rate(CIRCUIT, REST, rates[E] - h)) / (2 * h)
    nudged = (settled_rates_on_cpu(driven(h), REST)[E] - settled_rates_on_cpu(driven(-h), REST)[E]) / (2 * h)
    assert float(slope) * nudged == pytest.approx(1.0, rel=1e-4)
    assert np.linalg.det(np.eye(3) - rate_slopes(CIRCUIT, rates, REST)) > 0
