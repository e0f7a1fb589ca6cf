"""Gates on the trigger and on synthesis: open ones change nothing, closed ones everything downstream."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.errors import EuthymiaError, UnknownNameError
from euthymia.evidence import load_record
from euthymia.evidence.manipulation import Term, manipulation
from euthymia.plasticity.bdnf import BDNF, BDNFState, Trigger
from euthymia.plasticity.gates import OPEN, GatedTrigger, Gates, gates_by, inhibited, together

SHARE = st.floats(0.0, 1.0)
MIXED = GatedTrigger(Trigger(w_dis=0.5, w_dir=0.3, s_dis=0.42, s_dir=4.8), w_hnk=0.2, s_hnk=2.0, K_hnk=1.0)


@given(SHARE, SHARE)
def test_open_gates_change_nothing(surge: float, block: float):
    plain = GatedTrigger.from_records(load_record("plasticity"), load_record("manipulations"))
    assert plain(surge, block) == plain.trigger(surge, block)


@given(SHARE, SHARE, st.floats(0.0, 10.0))
def test_a_closed_gate_of_ampa_opioids_or_trkb_leaves_no_trigger_of_any_kind(surge, block, c_hnk):
    for gates in (Gates(AMPA=0.0), Gates(OP=0.0), Gates(TrkB=0.0)):
        assert MIXED(surge, block, c_hnk, gates) == 0.0


@given(SHARE, SHARE, st.floats(0.0, 10.0), SHARE)
def test_a_benzodiazepine_acts_on_the_surge_alone(surge, block, c_hnk, left):
    assert MIXED(surge, block, c_hnk, Gates(BZD=left)) == pytest.approx(MIXED(left * surge, block, c_hnk))


def test_hydroxynorketamine_at_its_half_effect_level_gives_half_of_its_scale():
    pure = dataclasses.replace(MIXED, trigger=Trigger(0.0, 0.0, 1.0, 1.0), w_hnk=1.0)
    assert pure(0.9, 0.9, pure.K_hnk) == pytest.approx(0.5 * pure.s_hnk)
    assert pure(0.9, 0.9, 0.0) == 0.0


@given(SHARE, st.floats(0.0, 2.0))
def test_inhibited_synthesis_settles_translation_lower_and_leaves_release(rho: float, bdnf: float):
    signal = BDNF.from_record(load_record("plasticity"))
    rate, drive = inhibited(signal.relaxation(0.0, BDNFState(bdnf, 0.0), 0.3), rho)
    assert float(drive.mtor / rate.mtor) == pytest.approx((1.0 - rho) * bdnf)
    assert float(drive.bdnf / rate.bdnf) == pytest.approx(0.3)


def test_a_row_of_the_table_closes_its_gate():
    assert gates_by(manipulation("naltrexone"), Term.GATE_OP) == Gates(OP=0.5)
    assert gates_by(manipulation("rapamycin, elimination"), Term.RHO_ELIM) == Gates(rho_elim=0.8)


def test_a_row_that_acts_elsewhere_says_where():
    with pytest.raises(EuthymiaError, match="'lamotrigine' acts on release, which is no gate of plasticity; gates: "):
        gates_by(manipulation("lamotrigine"), Term.RELEASE)
    with pytest.raises(UnknownNameError, match="no term of 'lamotrigine' named 'gate_OP'"):
        gates_by(manipulation("lamotrigine"), Term.GATE_OP)


@given(SHARE, SHARE, SHARE, SHARE)
def test_drugs_together_multiply_what_they_leave(a: float, b: float, r: float, s: float):
    found = together(Gates(OP=a, rho_elim=r), Gates(OP=b, rho_elim=s))
    expected = Gates(OP=a * b, rho_elim=1.0 - (1.0 - r) * (1.0 - s))
    assert tuple(found) == pytest.approx(tuple(expected))
    assert together() == OPEN
