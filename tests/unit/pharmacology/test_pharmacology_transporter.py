"""Occupied transporters by level and by dose, washout, uptake and enzymes in their limits."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.errors import UnknownNameError
from euthymia.evidence import Grade, load_record
from euthymia.pharmacology.transporter import (
    DoseOccupancy,
    EnzymeState,
    IrreversibleInhibition,
    PlasmaOccupancy,
    Region,
    Reuptake,
    ReversibleInhibition,
    dose_occupancy,
    plasma_occupancy,
)

SERT, LIBRARY = load_record("sert"), load_record("receptors")
SSRIS = ("citalopram", "escitalopram", "sertraline", "paroxetine", "fluoxetine")
positive = st.floats(1e-3, 1e3)


@pytest.mark.parametrize("drug", SSRIS)
def test_half_of_the_largest_occupancy_stands_at_ec50(drug):
    occupancy = plasma_occupancy(SERT, drug)
    assert float(occupancy(occupancy.EC50_SERT)) == pytest.approx(0.45)
    assert occupancy(0.0) == 0.0
    assert 0.89 < float(occupancy(1e4)) < occupancy.Omax
    spread = SERT[f"EC50_{drug}"]
    assert math.sqrt(math.expm1(spread.omega**2)) == pytest.approx(0.5)
    assert spread.iiv_grade is Grade.ASSUMED


@given(theta=st.floats(0.0, 0.89))
def test_the_level_of_an_occupancy_gives_it_back(theta):
    occupancy = plasma_occupancy(SERT, "sertraline")
    assert float(occupancy(occupancy.level(theta))) == pytest.approx(theta, abs=1e-12)


@given(C=positive, metabolite=positive)
def test_parent_and_metabolite_add(C, metabolite):
    occupancy = plasma_occupancy(SERT, "fluoxetine")
    assert float(occupancy(C, metabolite)) == pytest.approx(float(occupancy(C + metabolite)))


@given(fall=st.floats(0.01, 0.99))
def test_occupancy_fades_more_slowly_than_the_level(fall):
    occupancy = PlasmaOccupancy(Omax=0.9, EC50_SERT=3.0)
    assert occupancy(35.0 * fall) / occupancy(35.0) > fall


def test_occupancy_wears_off_with_the_half_life_of_each_drug():
    # half-lives, h, of paroxetine and of fluoxetine with its metabolite (9.3 d for the slower)
    days = np.arange(15.0)
    paroxetine = plasma_occupancy(SERT, "paroxetine")(37.0 * 0.5 ** (24 * days / 22))
    fluoxetine = plasma_occupancy(SERT, "fluoxetine")(90.5 * 0.5 ** (days / 5.5), 80.0 * 0.5 ** (days / 9.3))
    assert paroxetine[7] < 0.1 < 0.6 < fluoxetine[7]
    assert fluoxetine[14] > 0.5


@pytest.mark.parametrize("name", [n for n in SERT if n.startswith("Vmax_")])
def test_no_dose_occupies_more_than_all_transporters(name):
    occupancy = DoseOccupancy(SERT.value(name, "1"), SERT.value(name.replace("Vmax", "D50"), "mg/d"))
    doses = np.array([0.0, 1.0, 20.0, 200.0, 1e9])
    theta = np.asarray(occupancy(doses))
    assert theta[0] == 0.0
    assert np.all(np.diff(theta) > 0)
    assert theta[-1] <= 1.0
    assert float(occupancy(occupancy.D50)) == pytest.approx(min(SERT.value(name, "1"), 1.0) / 2)


def test_a_region_can_be_chosen_and_striatum_comes_first():
    assert dose_occupancy(SERT, "venlafaxine").D50 == 5.8
    assert dose_occupancy(SERT, "desvenlafaxine").D50 == 16.11
    assert dose_occupancy(SERT, "desvenlafaxine", Region.MIDBRAIN).D50 == 10.92
    assert dose_occupancy(SERT, "escitalopram").D50 == 0.66
    assert dose_occupancy(SERT, "escitalopram", Region.DORSAL_RAPHE).Vmax == 0.8957


def test_a_typo_gets_the_nearest_drug_and_a_missing_region_the_known_ones():
    with pytest.raises(UnknownNameError, match="did you mean 'sertraline'"):
        plasma_occupancy(SERT, "sertralin")
    with pytest.raises(UnknownNameError, match="did you mean 'venlafaxine'"):
        dose_occupancy(SERT, "venlafaxin")
    with pytest.raises(UnknownNameError, match="known: citalopram, escitalopram"):
        plasma_occupancy(SERT, "duloxetine")
    with pytest.raises(UnknownNameError, match="region 'amygdala'; known: striatum"):
        dose_occupancy(SERT, "citalopram", Region.AMYGDALA)


@given(S=positive, inhibitor=positive)
def test_an_uptake_blocker_raises_km_and_leaves_vmax(S, inhibitor):
    uptake = Reuptake.from_record(LIBRARY)
    apparent = uptake.Km * (1 + inhibitor / uptake.Ki)
    assert float(uptake(apparent, inhibitor)) == pytest.approx(uptake.Vmax / 2)
    assert float(uptake(S, uptake.IC50(S))) == pytest.approx(float(uptake(S, 0.0)) / 2)
    assert float(uptake(1e12, 1e-3)) == pytest.approx(uptake.Vmax, rel=1e-6)


@given(share=st.floats(0.01, 0.95), bound=st.floats(0.0, 0.95))
def test_the_transmitter_at_rest_rises_in_proportion_to_what_is_left_of_uptake(share, bound):
    uptake = Reuptake.from_record(LIBRARY)
    release, inhibitor = share * uptake.Vmax, uptake.Ki * bound / (1 - bound)
    resting = uptake.resting(release, inhibitor)
    assert float(uptake(resting, inhibitor)) == pytest.approx(release)
    assert float(resting / uptake.resting(release, 0.0)) == pytest.approx(1 / (1 - bound))


@given(S=positive)
def test_reversible_inhibition_obeys_cheng_and_prusoff_in_every_mode(S):
    both = ReversibleInhibition.from_record(LIBRARY)
    assert float(both(S, both.IC50(S))) == pytest.approx(float(both(S, 0.0)) / 2)
    assert both.IC50(S) == pytest.approx(both.Kic)  # equal constants: the substrate does not matter
    competitive = ReversibleInhibition(both.Vcat, both.Kcat, both.Kic, math.inf)
    uncompetitive = ReversibleInhibition(both.Vcat, both.Kcat, math.inf, both.Kiu)
    assert competitive.IC50(S) == pytest.approx(both.Kic * (1 + S / both.Kcat))
    assert uncompetitive.IC50(S) == pytest.approx(both.Kiu * (1 + both.Kcat / S))


@given(inhibitor=st.floats(0.0, 100))
def test_destroyed_enzyme_settles_between_turnover_and_loss(inhibitor):
    enzyme = IrreversibleInhibition.from_record(LIBRARY)
    steady = EnzymeState(enzyme.steady(inhibitor))
    assert float(enzyme.derivative(0.0, steady, inhibitor).active) == pytest.approx(0.0, abs=1e-15)
    assert float(enzyme.steady(1e12)) == pytest.approx(enzyme.kdeg / (enzyme.kdeg + enzyme.kinact))


def test_enzyme_comes_back_at_its_own_turnover_after_the_drug_is_gone():
    enzyme = IrreversibleInhibition.from_record(LIBRARY)
    rate, drive = enzyme.relaxation(0.0, EnzymeState(0.1), 0.0)
    t = float(enzyme.recovery_half_time())
    active = drive.active / rate.active + (0.1 - drive.active / rate.active) * math.exp(-float(rate.active) * t)
    assert active == pytest.approx(0.55)
    assert t == pytest.approx(24 * math.log(2) / 0.1)
