"""The circuit's fit: what it reads, how it counts distances, and that it improves and repeats."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.calibration.circuit import (
    FREE,
    IC50_BOUNDS,
    NAMES,
    bounds,
    distances,
    fit,
    numbers,
    record_values,
    slopes,
    standardised,
)
from euthymia.calibration.circuit_targets import TARGETS, Target, record_circuit, with_numbers


@pytest.fixture(scope="module")
def short():
    return fit(starts=0, most_steps=6)


def test_the_record_meets_every_target(short):
    assert short.record.missed == ()


def test_the_record_reads_as_the_specification_prints_it(short):
    read = dict(zip((t.name for t in TARGETS), short.record.readings, strict=True))
    assert read["E at rest, Hz"] == pytest.approx(4.31, abs=0.005)
    assert read["rhythm, Hz"] == pytest.approx(33.2, abs=0.05)
    assert read["E at 1 uM, %"] == pytest.approx(11.7, abs=0.05)
    assert read["E, equal block, %"] == pytest.approx(-7.0, abs=0.5)
    assert read["gamma at 0.5 uM, ratio"] == pytest.approx(1.22, abs=0.04)


def test_a_fit_comes_nearer_to_the_targets_and_says_how(short):
    assert short.fits[0].loss < short.record.loss
    text = str(short)
    assert all(name in text for name in NAMES)
    assert all(t.name in text for t in TARGETS)
    assert "missed by the record: none" in text


def test_the_same_seed_gives_the_same_fit(short):
    assert fit(starts=0, most_steps=6) == short


def test_numbers_survive_the_way_to_the_searchs_scale_and_back():
    values = record_values()
    back = numbers(standardised(values))
    for name in NAMES:
        assert float(back[name]) == pytest.approx(values[name], rel=1e-12)


def test_half_block_levels_keep_to_their_bounds():
    for z, side in zip(bounds(), (0, 1), strict=True):
        values = numbers(np.where(np.isfinite(z), z, 0.0))
        for name, ends in IC50_BOUNDS.items():
            assert float(values[name]) == pytest.approx(ends[side])


def test_slopes_are_those_of_the_distances():
    z = standardised(record_values())
    direction = np.linspace(-1.0, 1.0, len(NAMES))
    along = (distances(z + 1e-4 * direction) - distances(z - 1e-4 * direction)) / 2e-4
    np.testing.assert_allclose(slopes(z) @ direction, along, rtol=1e-3, atol=1e-5)


def test_a_number_is_put_where_its_name_says():
    circuit = with_numbers(record_circuit(), {"J_A_PV": 9.0, "eta_SST": -2.0, "IC50_E": 1.0})
    assert float(circuit.J_A[1]) == 9.0
    assert float(circuit.eta[2]) == -2.0
    assert float(circuit.J_A[0]) == float(record_circuit().J_A[0])


def test_every_free_number_stands_in_the_record():
    values = record_values()
    assert set(values) == set(FREE) | set(IC50_BOUNDS)
    assert all(math.isfinite(value) for value in values.values())


@given(reading=st.floats(-100.0, 100.0))
def test_a_range_without_aim_costs_nothing_a_step_inside(reading):
    target = Target("x", -10.0, math.inf, 2.0)
    assert (target.distance(reading) == 0) == (reading >= -8.0)
    assert target.met(reading) == (reading >= -10.0)


def test_a_band_is_two_steps_wide_on_each_side():
    band = TARGETS[0]
    assert band.distance(band.low) == pytest.approx(-2.0)
    assert band.distance(band.high) == pytest.approx(2.0)


@pytest.mark.long
def test_several_sets_of_numbers_do_what_is_asked():
    """The targets do not determine the numbers."""
    good = [each for each in fit().fits if not each.missed]
    assert len(good) >= 2
    assert abs(good[0].values["J_A_PV"] / good[1].values["J_A_PV"] - 1) > 0.1
