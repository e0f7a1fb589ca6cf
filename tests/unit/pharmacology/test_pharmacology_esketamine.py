"""How a dose enters and where it goes: whole devices, mass that is kept, half-times, half-block levels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.errors import ScheduleError
from euthymia.evidence import load_record
from euthymia.pharmacology.absorption import NasalDevice
from euthymia.pharmacology.brain import EffectSite
from euthymia.pharmacology.disposition import NG_PER_ML, Esketamine, EsketamineInput, EsketamineState
from euthymia.pharmacology.nmda import EquilibriumBlock

RECORD = load_record("esketamine")
DEVICE = NasalDevice.from_record(RECORD)
MUCOSA, SWALLOWED = 0, 1


def spray(*mg: float, FRn: float = 0.5) -> list:
    amounts = np.array(mg)
    return DEVICE.events(10.0, amounts, np.full(amounts.size, FRn), mucosa=MUCOSA, swallowed=SWALLOWED)


@pytest.mark.parametrize("mg", [1.0, 30.0, 27.9, 70.0])
def test_a_part_of_a_device_is_refused_with_its_content(mg: float):
    words = rf"a nasal dose of {mg:g} mg is not a whole number of devices of 28 mg"
    with pytest.raises(ScheduleError, match=words):
        spray(28.0, mg)


def test_three_devices_follow_each_other_and_the_later_ones_absorb_less():
    mucosa = [event for event in spray(84.0) if event.target == MUCOSA]
    assert [event.t for event in mucosa] == pytest.approx([10.0, 10.0 + DEVICE.gap, 10.0 + 2 * DEVICE.gap])
    assert DEVICE.gap == pytest.approx(5.0 / 60.0)
    amounts = np.array([event.amount[0] for event in mucosa])
    assert amounts == pytest.approx(28.0 * 0.5 * np.array([1.0, 0.62, 0.62]))


@given(st.integers(1, 3), st.floats(0.01, 0.99))
def test_what_is_not_absorbed_through_the_nose_is_swallowed(devices: int, FRn: float):
    given_events = spray(28.0 * devices, FRn=FRn)
    nose, gut = (sum(e.amount[0] for e in given_events if e.target == target) for target in (MUCOSA, SWALLOWED))
    assert nose + gut / DEVICE.F_gut == pytest.approx(28.0 * devices)


def test_people_of_one_session_get_their_own_number_of_devices():
    mucosa = np.stack([event.amount for event in spray(0.0, 28.0, 56.0, 84.0) if event.target == MUCOSA])
    np.testing.assert_array_equal((mucosa > 0.0).sum(0), [0, 1, 2, 3])


def test_what_leaves_the_body_is_what_the_liver_and_clearance_take():
    body = Esketamine.from_record(RECORD)
    amounts = EsketamineState(*np.random.default_rng(0).uniform(1.0, 9.0, 8))
    rates = body.derivative(0.0, amounts, EsketamineInput(0.0, 0.0))
    eliminated = body.kel * amounts.hep + body.CLn / body.Vcn * amounts.nk
    assert float(sum(rates)) == pytest.approx(-float(eliminated))


def test_inputs_go_where_they_are_said_to_go():
    body = Esketamine.from_record(RECORD)
    rates = body.derivative(0.0, body.initial_state(), EsketamineInput(swallowed=2.0, intravenous=3.0))
    assert dict(zip(EsketamineState._fields, map(float, rates), strict=True)) == {
        **dict.fromkeys(EsketamineState._fields, 0.0),
        "sw": 2.0,
        "c": 3.0,
    }


def test_a_milligram_in_a_litre_is_a_thousand_nanograms_in_a_millilitre():
    body = Esketamine.from_record(RECORD)
    amounts = EsketamineState(*np.zeros(8))._replace(c=body.Vc, nk=2.0 * body.Vcn)
    assert NG_PER_ML == 1000.0
    assert float(body.plasma(amounts)) == pytest.approx(1000.0)
    assert float(body.noresketamine(amounts)) == pytest.approx(2000.0)


def test_the_effect_site_reaches_half_of_plasma_in_its_half_time():
    site = EffectSite.from_record(load_record("brain"))
    rate, drive = site.relaxation(0.0, site.initial_state(), 100.0)
    assert float(drive.effect / rate.effect) == pytest.approx(100.0)
    assert np.exp(-float(rate.effect) * float(site.t_ke0)) == pytest.approx(0.5)


def test_the_free_level_in_racemate_equivalents_is_that_of_the_notes():
    """100.8 ng/mL (84 mg, peak) with fu 0.55 is 0.24 uM taken as racemate; the S factor of 0.61 is in the divisor."""
    site = EffectSite.from_record(load_record("brain"))
    fu = RECORD.value("fu", "1")
    assert float(site.racemate_equivalents(100.8, fu)) == pytest.approx(100.8 * fu / 237.73 / 0.61, rel=1e-3)
    assert float(site.racemate_equivalents(100.8, fu)) * 0.61 == pytest.approx(0.24, abs=0.02)


def test_half_is_blocked_at_each_population_s_half_block_level():
    block = EquilibriumBlock.from_record(load_record("nmda"))
    for name, level in (("E", block.IC50_E), ("PV", block.IC50_PV), ("SST", block.IC50_SST)):
        assert float(getattr(block(level), name)) == pytest.approx(0.5)
    assert all(float(value) == 0.0 for value in block(0.0))


@given(st.floats(0.0, 100.0))
def test_interneurons_are_always_blocked_at_least_as_much_as_pyramidal_cells(c: float):
    found = EquilibriumBlock.from_record(load_record("nmda"))(c)
    assert 0.0 <= float(found.E) <= float(found.PV) <= float(found.SST) < 1.0
