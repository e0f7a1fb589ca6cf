"""Trigger, signal, potentiation and spines: rest, fixed points and saturation in closed form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.evidence import load_record
from euthymia.plasticity.bdnf import BDNF, BDNFState, Trigger
from euthymia.plasticity.spines import FastPotentiation, PotentiationState, SpineInput, Spines, SpineState

RECORD = load_record("plasticity")
SIGNAL, POTENTIATION, SPINES = (kind.from_record(RECORD) for kind in (BDNF, FastPotentiation, Spines))


def fixed(relaxation: tuple) -> list[float]:
    return [float(drive / rate) for rate, drive in zip(*relaxation, strict=True)]


def test_the_trigger_weighs_two_hypotheses():
    trigger = Trigger(w_dis=0.75, w_dir=0.25, s_dis=2.0, s_dir=3.0)
    assert trigger(1.0, 0.0) == pytest.approx(1.5)
    assert trigger(0.0, 1.0) == pytest.approx(0.75)
    assert trigger(0.4, 0.2) == pytest.approx(0.4 * 1.5 + 0.2 * 0.75)


def test_release_settles_at_the_trigger_and_translation_at_release():
    assert fixed(SIGNAL.relaxation(0.0, BDNFState(0.6, 0.0), 0.8)) == pytest.approx([0.8, 0.6])


def test_without_a_trigger_everything_rests():
    assert fixed(SIGNAL.relaxation(0.0, SIGNAL.initial_state(), 0.0)) == [0.0, 0.0]
    assert fixed(POTENTIATION.relaxation(0.0, POTENTIATION.initial_state(), 0.0)) == [0.0]
    resting = fixed(SPINES.relaxation(0.0, SPINES.initial_state(), SpineInput(0.0, 1.0)))
    assert resting == pytest.approx([float(SPINES.resting())])
    assert float(SPINES.resting()) == pytest.approx(float(SPINES.spn_max / (2.0 + SPINES.chi)))


def test_without_stress_formation_and_loss_balance_at_half_of_the_highest_density():
    found = fixed(SPINES.relaxation(0.0, SpineState(0.5), SpineInput(0.0, 0.0)))
    assert found == pytest.approx([0.5 * float(SPINES.spn_max)])


def test_potentiation_decays_with_its_time_constant_and_saturates_at_one():
    rate, drive = POTENTIATION.relaxation(0.0, PotentiationState(0.7), 0.0)
    assert float(rate.pot) == pytest.approx(1.0 / float(POTENTIATION.tau_pot))
    assert float(drive.pot) == 0.0
    assert fixed(POTENTIATION.relaxation(0.0, PotentiationState(0.0), 1e6)) == pytest.approx([1.0], abs=1e-3)


@given(st.floats(0.0, 100.0), st.floats(0.0, 100.0), st.floats(0.0, 1.0))
def test_spines_grow_with_translation_fall_with_stress_and_stay_within_bounds(mtor: float, more: float, stress: float):
    (low,), (high,), (stressed,) = (
        fixed(SPINES.relaxation(0.0, SPINES.initial_state(), SpineInput(*inputs)))
        for inputs in ((mtor, stress), (mtor + more, stress), (mtor, 1.0))
    )
    assert 0.0 < stressed <= low * (1.0 + 1e-12)
    assert low <= high * (1.0 + 1e-12) <= float(SPINES.spn_max) * (1.0 + 1e-9)
