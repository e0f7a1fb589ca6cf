"""The two routes to blocked receptors, half-block levels by subunit, and the potency of each molecule."""

import dataclasses
import math

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euthymia.errors import UnknownNameError
from euthymia.evidence import load_record
from euthymia.pharmacology.nmda import Block, BlockRoute, EquilibriumBlock, EscapingBlock
from euthymia.pharmacology.receptor_kinetics import SECOND, Blocker
from euthymia.pharmacology.subunits import Ligands, Potency, Subunit, equilibrium_by_subunit, subunit_block

KINETICS, LEVELS = load_record("nmda_kinetics"), load_record("nmda_subunits")
ESCAPING = EscapingBlock.from_record(KINETICS)
EQUILIBRIUM = EquilibriumBlock.from_record(load_record("nmda"))
ROUTES = [EQUILIBRIUM, ESCAPING, equilibrium_by_subunit(KINETICS, LEVELS)]
levels = st.floats(1e-3, 1e2)


@pytest.mark.parametrize("route", ROUTES, ids=["equilibrium", "escaping", "by subunit"])
def test_every_route_gives_the_block_of_each_population_from_a_level(route: BlockRoute):
    c = np.array([0.0, 0.24, 0.47, 4.5])
    block = route(c)
    assert isinstance(block, Block)
    for share in block:
        np.testing.assert_array_equal(np.asarray(share)[0], 0.0)
        assert np.all(np.diff(share) > 0)
        assert np.all(np.asarray(share) < 1)


@given(c=levels)
@settings(max_examples=25, deadline=None)
def test_the_steady_block_is_where_entry_balances_exit(c):
    slope = ESCAPING.derivative(0.0, ESCAPING(c), c)
    rate, _ = ESCAPING.relaxation(0.0, ESCAPING(c), c)
    np.testing.assert_allclose(np.asarray(slope) / np.asarray(rate), 0.0, atol=1e-14)


@given(c=levels, factor=st.floats(0.01, 10))
@settings(max_examples=25, deadline=None)
def test_without_escape_the_block_settles_at_the_same_place_whatever_the_opening(c, factor):
    closed = dataclasses.replace(ESCAPING, rho_esc=0.0)
    busy = dataclasses.replace(closed, P_E=factor * closed.P_E)
    assert float(busy(c).E) == pytest.approx(float(closed(c).E), rel=1e-12)
    slow, fast = closed.relaxation(0.0, closed(c), c)[0].E, busy.relaxation(0.0, closed(c), c)[0].E
    assert float(fast / slow) == pytest.approx(factor)


def test_with_escape_busy_cells_are_blocked_more():
    busy = dataclasses.replace(ESCAPING, P_E=10 * ESCAPING.P_E)
    assert busy(0.5).E > ESCAPING(0.5).E
    assert float(ESCAPING.half_block().E / dataclasses.replace(ESCAPING, rho_esc=0.0).half_block().E) == pytest.approx(
        1 + ESCAPING.rho_esc / ESCAPING.P_E
    )


def test_the_block_settles_within_a_minute_and_outlasts_the_drug_for_a_day_only_if_channels_hardly_open():
    rate = ESCAPING.relaxation(0.0, ESCAPING.initial_state(), 0.0)[0]
    assert all(10 * SECOND < 1 / float(value) < 60 * SECOND for value in rate)
    resting = dataclasses.replace(ESCAPING, P_E=5e-6, rho_esc=5e-6)
    residual = math.exp(-24.0 * float(resting.relaxation(0.0, Block(0.5, 0.5, 0.5), 0.0)[0].E))
    assert 0.3 < residual < 0.9


@given(c=levels)
@settings(max_examples=10, deadline=None)
def test_depolarisation_weakens_the_site_and_frees_it_of_magnesium(c):
    at = dataclasses.replace(ESCAPING, V_E=-40.0, Mg=0.0)
    rest = dataclasses.replace(ESCAPING, V_E=-66.0, Mg=0.0)
    assert float(at.half_block().E / rest.half_block().E) == pytest.approx(math.exp(26 * 0.79 / 25.4))
    assert at(c).E < rest(c).E
    with_Mg = (dataclasses.replace(ESCAPING, V_E=V).half_block().E for V in (-66.0, -40.0))
    without = (rest.half_block().E, at.half_block().E)
    deep, shallow = (float(a / b) for a, b in zip(with_Mg, without, strict=True))
    assert deep == pytest.approx(16.3)
    assert 1 < shallow < deep


def test_selectivity_is_a_named_prior_and_moves_the_interneurons():
    prior = KINETICS["selectivity"]
    assert prior.value == 4.0
    assert prior.cv is not None
    assert math.sqrt(math.log1p(prior.cv**2)) == pytest.approx(0.7, abs=1e-3)
    for route in (EQUILIBRIUM, ESCAPING):
        moved = route.with_selectivity(2.5)
        old, new = (
            r.half_block() if isinstance(r, EscapingBlock) else Block(r.IC50_E, r.IC50_PV, r.IC50_SST)
            for r in (route, moved)
        )
        assert float(new.E / new.SST) == pytest.approx(2.5)
        assert float(new.E) == pytest.approx(float(old.E))
        assert float(new.PV / new.SST) == pytest.approx(float(old.PV / old.SST))


def test_the_subunit_route_supports_the_fitted_selectivity():
    by_subunit = equilibrium_by_subunit(KINETICS, LEVELS)
    assert abs(by_subunit.IC50_E - 5.2) <= 0.05
    assert (by_subunit.IC50_SST, by_subunit.IC50_PV) == (1.18, 2.95)
    for ratio in (by_subunit.IC50_E / by_subunit.IC50_SST, ESCAPING.half_block().E / ESCAPING.half_block().SST):
        assert abs(math.log(float(ratio) / 4.0)) < 0.7


@pytest.mark.parametrize("blocker", Blocker)
@pytest.mark.parametrize("subunit", Subunit)
def test_a_subunit_gives_back_both_measured_levels(subunit, blocker):
    block = subunit_block(KINETICS, LEVELS, subunit, blocker)
    assert float(block.IC50(-66.0, 0.0)) == pytest.approx(block.IC50_0)
    assert float(block.IC50(-66.0, 1.0)) == pytest.approx(block.IC50_Mg)
    assert float(block(block.IC50_Mg, V=-66.0, Mg=1.0)) == pytest.approx(0.5)


def test_magnesium_spares_the_receptors_of_interneurons():
    factors = {subunit: subunit_block(KINETICS, LEVELS, subunit).f for subunit in Subunit}
    assert factors[Subunit.C] == pytest.approx(2.3, abs=0.05)
    assert factors[Subunit.D] == pytest.approx(3.6, abs=0.05)
    assert min(factors[Subunit.A], factors[Subunit.B]) > 16


def test_half_block_differentiates_in_every_condition():
    slopes = jax.grad(lambda block: block(0.5).E + block(0.5).PV + block(0.5).SST)(jax.tree.map(float, ESCAPING))
    assert np.isfinite(jax.tree.leaves(slopes)).all()


def test_the_racemate_counts_as_itself_and_s_ketamine_for_more():
    potency = Potency.from_record(LEVELS)
    half = Ligands(S=0.2, R=0.2)
    assert float(potency.racemate_equivalents(half)) == pytest.approx(0.4)
    brain = load_record("brain")
    factors = potency.factors()
    assert abs(factors.S - brain.value("f_S", "1")) <= 0.005
    assert abs(factors.R - brain.value("f_R", "1")) <= 0.05
    assert pytest.approx((3.4, 26), rel=0.02) == (factors.SN, factors.RN)


def test_an_unknown_number_is_refused_by_name():
    with pytest.raises(UnknownNameError, match="IC50_E"):
        EquilibriumBlock.from_record(LEVELS)
