"""The receptor library in its limits: Schild's slope, the ceiling of a modulator, the two sides of channel block."""

import dataclasses
import math

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.evidence import load_record
from euthymia.pharmacology.receptors import (
    AllostericModulator,
    CompetitiveAntagonist,
    NonCompetitiveAntagonist,
    OpenChannelBlock,
)
from euthymia.pharmacology.response import AbstractLaw, Occupancy, OperationalAgonist, PartialAgonist
from euthymia.pharmacology.transporter import Reuptake, ReversibleInhibition
from euthymia.units import parse

RECORD = load_record("receptors")
AGONIST, BINDING = OperationalAgonist.from_record(RECORD), Occupancy.from_record(RECORD)
PARTIAL = PartialAgonist.from_record(RECORD)
SCHILD, LOSS = CompetitiveAntagonist.from_record(RECORD), NonCompetitiveAntagonist.from_record(RECORD)
CHANNEL, MODULATOR = OpenChannelBlock.from_record(RECORD), AllostericModulator.from_record(RECORD)
LAWS = (
    Occupancy,
    OperationalAgonist,
    PartialAgonist,
    CompetitiveAntagonist,
    NonCompetitiveAntagonist,
    OpenChannelBlock,
    AllostericModulator,
    Reuptake,
    ReversibleInhibition,
)
level = st.floats(1e-3, 1e3)
slope = st.floats(0.5, 3.0)
ALOT = 1e12


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_every_law_has_units_meanings_an_equation_and_numbers(law: type[AbstractLaw]):
    assert "(1)" in (law.__doc__ or "")
    for name, (unit, meaning) in law.parameters().items():
        parse(unit)
        assert meaning, name
    assert jax.tree.leaves(law.from_record(RECORD))


@given(A=level)
def test_binding_is_half_at_ka(A):
    assert BINDING(BINDING.KA) == pytest.approx(0.5)
    assert BINDING(A) + BINDING.KA / (A + BINDING.KA) == pytest.approx(1.0)


@given(tau=st.floats(0.1, 100), n=slope)
def test_the_operational_model_reaches_half_of_its_maximum_at_ec50(tau, n):
    agonist = dataclasses.replace(AGONIST, tau=tau, n=n)
    assert agonist(agonist.EC50()) == pytest.approx(agonist.Emax() / 2)
    assert agonist(ALOT) == pytest.approx(agonist.Emax(), rel=1e-6)


def test_a_reserve_of_receptors_puts_ec50_below_ka_and_a_partial_agonist_near_it():
    assert AGONIST.EC50() == pytest.approx(AGONIST.KA / (1 + AGONIST.tau))
    assert dataclasses.replace(AGONIST, tau=1e-3).EC50() == pytest.approx(AGONIST.KA, rel=2e-3)


@given(A=level, B=level, r=st.floats(1.0, 100))
def test_a_competitive_antagonist_is_won_over_by_more_agonist(A, B, r):
    assert AGONIST(A * SCHILD.dose_ratio(B), dose_ratio=SCHILD.dose_ratio(B)) == pytest.approx(AGONIST(A))
    assert BINDING(A * r, dose_ratio=r) == pytest.approx(BINDING(A))


@given(B=level, factor=st.floats(1.1, 1e3))
def test_the_schild_plot_has_slope_one_and_meets_zero_at_kb(B, factor):
    rise = float(SCHILD.schild(B * factor) - SCHILD.schild(B)) / math.log10(factor)
    assert rise == pytest.approx(1.0, abs=1e-9)
    assert float(SCHILD.schild(SCHILD.KB)) == pytest.approx(0.0, abs=1e-12)
    measured = AGONIST.EC50(dose_ratio=SCHILD.dose_ratio(B)) / AGONIST.EC50()
    assert math.log10(measured - 1) == pytest.approx(float(SCHILD.schild(B)), abs=1e-6)


@given(A=level)
def test_half_displacement_obeys_cheng_and_prusoff(A):
    ratio = SCHILD.dose_ratio(SCHILD.IC50(A, BINDING.KA))
    assert BINDING(A, dose_ratio=ratio) == pytest.approx(BINDING(A) / 2)


def test_a_noncompetitive_antagonist_first_uses_up_the_reserve_then_lowers_the_maximum():
    rich = dataclasses.replace(AGONIST, tau=1000.0)
    some, most = LOSS.efficacy(LOSS.KB), LOSS.efficacy(1e4 * LOSS.KB)
    assert some == pytest.approx(0.5)
    assert rich.Emax(some) / rich.Emax() > 0.998
    assert rich.EC50(efficacy=some) / rich.EC50() == pytest.approx(2.0, rel=1e-2)
    assert rich.Emax(most) < 0.1 * rich.Emax()


@given(A=level, B=level)
def test_open_channel_block_grows_with_the_agonist_and_competition_shrinks(A, B):
    weak, strong = CHANNEL.IC50(A), CHANNEL.IC50(2 * A)
    assert strong < weak
    assert SCHILD.IC50(2 * A, 1.0) > SCHILD.IC50(A, 1.0)
    assert CHANNEL(A, CHANNEL.IC50(A)) == pytest.approx(CHANNEL(A, 0.0) / 2)
    assert CHANNEL.IC50(ALOT) == pytest.approx(CHANNEL.KB)
    assert CHANNEL(ALOT, B) == pytest.approx(1 / (1 + B / CHANNEL.KB))


@given(A=level, B=level)
def test_a_modulator_does_nothing_alone_and_nothing_when_silent(A, B):
    silent = dataclasses.replace(MODULATOR, alpha=1.0, beta=1.0)
    assert silent.dose_ratio(B) == pytest.approx(1.0)
    assert silent.efficacy(B) == pytest.approx(1.0)
    assert MODULATOR.occupancy(0.0, B, BINDING.KA) == 0.0
    assert MODULATOR.occupancy(A, 0.0, BINDING.KA) == pytest.approx(BINDING(A))


@given(A=level, B=level, alpha=st.floats(1.01, 100))
def test_positive_modulators_shift_left_negative_ones_right_and_both_have_a_ceiling(A, B, alpha):
    positive = dataclasses.replace(MODULATOR, alpha=alpha)
    negative = dataclasses.replace(MODULATOR, alpha=1 / alpha)
    assert positive.occupancy(A, B, 1.0) > BINDING(A) > negative.occupancy(A, B, 1.0)
    assert positive.dose_ratio(ALOT) == pytest.approx(1 / alpha, rel=1e-6)
    assert negative.dose_ratio(ALOT) == pytest.approx(alpha, rel=1e-6)


@given(A=level, B=level, alpha=st.floats(0.01, 100))
def test_the_ternary_complex_is_the_sum_over_its_four_states(A, B, alpha):
    modulator = dataclasses.replace(MODULATOR, alpha=alpha)
    a, b = A / BINDING.KA, B / MODULATOR.KB
    states = {"R": 1.0, "AR": a, "RB": b, "ARB": alpha * a * b}
    expected = (states["AR"] + states["ARB"]) / sum(states.values())
    assert modulator.occupancy(A, B, BINDING.KA) == pytest.approx(expected)


@given(alpha=st.floats(1e-9, 1e-7), B=st.floats(0.1, 100))
def test_a_negative_modulator_without_a_ceiling_is_a_competitive_antagonist(alpha, B):
    assert dataclasses.replace(MODULATOR, alpha=alpha).dose_ratio(B) == pytest.approx(SCHILD.dose_ratio(B), rel=1e-4)


@given(B=level, beta=st.floats(0.0, 10))
def test_efficacy_modulation_ends_at_beta(B, beta):
    modulator = dataclasses.replace(MODULATOR, beta=beta)
    assert min(1.0, beta) - 1e-9 <= modulator.efficacy(B) <= max(1.0, beta) + 1e-9
    assert modulator.efficacy(ALOT) == pytest.approx(beta, abs=1e-6)


@given(A=level, n=slope)
def test_a_partial_agonist_stimulates_alone_and_inhibits_beside_a_full_one(A, n):
    partial = dataclasses.replace(PARTIAL, n=n)
    full = dataclasses.replace(AGONIST, n=n)
    assert partial(A, 0.0) == pytest.approx(full(A))
    assert partial(0.0, 1e9) == pytest.approx(partial.ceiling(), rel=1e-6)
    assert partial(A, ALOT) == pytest.approx(partial.ceiling(), rel=1e-6)
    assert partial(100.0, 1.0) < partial(100.0, 0.0)
    assert partial(1e-4, 1.0) > partial(1e-4, 0.0)


@given(A=level, P=level)
def test_a_partial_agonist_without_efficacy_is_a_competitive_antagonist(A, P):
    inert = dataclasses.replace(PARTIAL, tau_P=0.0)
    assert inert(A, P) == pytest.approx(AGONIST(A, dose_ratio=1 + P / PARTIAL.KP))


def test_laws_take_arrays():
    A = np.array([0.1, 1.0, 10.0])
    for curve in (AGONIST(A), BINDING(A), CHANNEL(A, 1.0), PARTIAL(A, 1.0), MODULATOR.occupancy(A, 1.0, 1.0)):
        assert np.shape(curve) == (3,)
