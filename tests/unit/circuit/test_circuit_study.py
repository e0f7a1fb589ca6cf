"""The circuit level by level: the same numbers as the parts it is made of, and gaps where it is unstable."""

from __future__ import annotations

import numpy as np
import pytest

import euthymia as eu
from euthymia.circuit.mean_field import Population
from euthymia.circuit.settled import gain
from euthymia.circuit.spectrum import gamma_power, leading_eigenvalue, spectrum
from euthymia.circuit.spoken import change_spoken
from euthymia.circuit.study import FREQUENCIES, CircuitStudy, counted_from, manipulation_of, study
from euthymia.circuit.surge import default_dose_curve
from euthymia.errors import EuthymiaError

LEVELS = (0.0, 1.0, 10.0)
E, PV, SST = Population


@pytest.fixture(scope="module")
def found() -> CircuitStudy:
    return study(LEVELS)


@pytest.fixture(scope="module")
def unstable() -> CircuitStudy:
    return study(LEVELS, changes=["NMDA SST 0.5"])


def test_the_dose_curve_is_the_one_of_the_specification(found: CircuitStudy) -> None:
    np.testing.assert_allclose(found.rates[0], [4.31, 20.92, 8.13], atol=0.01)
    np.testing.assert_allclose(100 * found.change()[1:], [[12, -3, -18], [-16, -24, -43]], atol=0.6)
    np.testing.assert_allclose(found.gain[1:], [1.73, 0.65], atol=0.01)
    np.testing.assert_allclose(found.gamma[1:], [1.08, 0.07], atol=0.01)


def test_without_drug_nothing_changes(found: CircuitStudy) -> None:
    np.testing.assert_allclose([*found.change()[0], found.gain[0] - 1, found.gamma[0] - 1], 0.0, atol=1e-12)
    assert found.surge()[0] == 0.0


def test_the_surge_is_that_of_the_slow_layers(found: CircuitStudy) -> None:
    np.testing.assert_allclose(found.surge(), default_dose_curve().surge(np.array(LEVELS)), rtol=1e-12)
    assert found.surge()[1] == pytest.approx(found.change()[1, E], abs=1e-6)
    assert found.surge()[2] == 0.0 > found.change()[2, E]


def test_small_signals_are_those_of_their_own_functions(found: CircuitStudy) -> None:
    block, rest = found.blocks[1], np.zeros(3)
    leading = complex(leading_eigenvalue(found.circuit, block))
    assert found.growth[1] == pytest.approx(1000 * leading.real, rel=1e-9)
    assert found.frequency[1] == pytest.approx(1000 * abs(leading.imag) / (2 * np.pi), rel=1e-9)
    assert found.gain[1] == pytest.approx(float(gain(found.circuit, block) / gain(found.circuit, rest)), rel=1e-9)
    power = gamma_power(found.circuit, block) / gamma_power(found.circuit, rest)
    assert found.gamma[1] == pytest.approx(float(power), rel=1e-9)


def test_spectra_are_over_the_largest_power_at_rest(found: CircuitStudy) -> None:
    power = found.spectra()
    assert power[0].max() == pytest.approx(1.0)
    own = np.asarray(spectrum(found.circuit, found.blocks[2], FREQUENCIES))
    rest = np.asarray(spectrum(found.circuit, np.zeros(3), FREQUENCIES))
    np.testing.assert_allclose(power[2], own / rest.max(), rtol=1e-9)


def test_where_the_fixed_point_is_unstable_there_is_a_rhythm_and_no_spectrum(unstable: CircuitStudy) -> None:
    assert list(unstable.stable) == [False, True, True]
    assert np.isnan(unstable.gamma).all()  # rest, which the others are relative to, is unstable itself
    assert np.isnan(unstable.spectra()[0]).all()
    first, *others = unstable.rhythms()
    assert first is not None
    assert 30.0 < first.frequency < 50.0
    assert others == [None, None]
    assert unstable.to_dict()["levels"][0]["gamma"] is None  # type: ignore[index]


def test_block_of_sst_receptors_occludes_ketamine(unstable: CircuitStudy, found: CircuitStudy) -> None:
    assert unstable.rest[E] > found.rest[E]
    assert unstable.change()[1, E] < 0.25 * found.change()[1, E]


def test_stability_is_told_of_the_circuit_without_drug(found: CircuitStudy) -> None:
    onset = found.onset()
    assert onset.drive == pytest.approx(0.069, abs=0.001)
    assert found.folds() == []


def test_a_raster_has_the_rates_of_the_mean_field(found: CircuitStudy) -> None:
    for raster, rates in zip(found.rasters(neurons=1000, duration=600.0, seed=3), found.rates, strict=True):
        np.testing.assert_allclose(raster.mean_rates(counted_from(600.0)), rates, rtol=0.1)


def test_a_change_in_words_is_the_manipulation_of_that_name(found: CircuitStudy) -> None:
    circuit = found.circuit
    np.testing.assert_allclose(manipulation_of(change_spoken("AMPA 0.7"))(circuit).J_A, 0.7 * circuit.J_A)
    np.testing.assert_allclose(manipulation_of(change_spoken("NMDA SST 0.4"))(circuit).J_N[SST], 0.4 * circuit.J_N[SST])
    np.testing.assert_allclose(manipulation_of(change_spoken("drive PV 0.1"))(circuit).eta[PV], circuit.eta[PV] + 0.1)
    assert manipulation_of(change_spoken("5-HT1A 1"))(circuit).eta[E] < circuit.eta[E]


@pytest.mark.parametrize("levels", [[], [-1.0], [float("nan")], [[1.0]]])
def test_levels_that_are_none_are_refused(levels: list[float]) -> None:
    with pytest.raises(EuthymiaError, match="expected one or more numbers of at least 0"):
        study(levels)


def test_the_circuit_is_a_verb_and_a_room() -> None:
    import euthymia.circuit

    answer = eu.circuit("1 uM", changes=["AMPA 0.7"])
    assert euthymia.circuit is eu.circuit
    assert answer.change()[0, E] == pytest.approx(0.027, abs=0.001)  # specification: +2.7 %
    assert "x1." in answer.summary()
