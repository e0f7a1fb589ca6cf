"""Sedation: awake without drug, half sedated at the C50, deeper levels rarer, and midazolam beside ketamine."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euthymia.evidence import load_record
from euthymia.safety.sedation import AWAKE, MidazolamSite, Sedation

SEDATION = Sedation.from_record(load_record("sedation"))
SITE = MidazolamSite.from_record(load_record("sedation"))
C50 = float(SEDATION.C50_sedation)


def test_without_drug_everybody_is_awake():
    u = np.linspace(0.001, 0.999, 50)
    assert (SEDATION.level(SEDATION.drive(np.zeros(50)), np.full(50, 4.0), u) == AWAKE).all()


def test_half_of_a_typical_persons_sessions_show_sedation_at_the_C50():
    assert float(SEDATION.probability(SEDATION.drive(C50), 0.0, AWAKE - 1)) == pytest.approx(0.5)


def test_midazolam_at_its_own_C50_sedates_as_ketamine_at_its():
    alone = SEDATION.probability(SEDATION.drive(0.0, SEDATION.C50_midazolam), 0.0, 3)
    assert float(alone) == pytest.approx(float(SEDATION.probability(SEDATION.drive(C50), 0.0, 3)))
    halves = SEDATION.drive(0.5 * C50, 0.5 * SEDATION.C50_midazolam)
    assert float(SEDATION.probability(halves, 0.0, 3)) == pytest.approx(float(alone))


def test_the_odds_of_each_deeper_level_fall_by_the_same_factor():
    p = np.array([float(SEDATION.probability(1.2, 0.3, level)) for level in range(AWAKE)])
    log_odds = np.log(p / (1.0 - p))
    assert np.diff(log_odds) == pytest.approx(np.full(AWAKE - 1, float(SEDATION.step)))


@given(st.floats(0.0, 500.0), st.floats(0.0, 500.0), st.floats(-4.0, 4.0), st.floats(1e-6, 1.0 - 1e-6))
def test_more_drug_never_wakes_anybody(less: float, more: float, person: float, u: float):
    low, high = sorted((less, more))
    lighter, deeper = (
        int(SEDATION.level(SEDATION.drive(np.array([z])), np.array([person]), np.array([u]))[0]) for z in (low, high)
    )
    assert 0 <= deeper <= lighter <= AWAKE


def test_the_shares_of_levels_are_their_probabilities():
    u = (np.arange(100_000) + 0.5) / 100_000
    levels = SEDATION.level(np.full(u.size, 1.3), np.zeros(u.size), u)
    for level in range(AWAKE):
        assert (levels <= level).mean() == pytest.approx(float(SEDATION.probability(1.3, 0.0, level)), abs=2e-5)


def test_the_site_of_midazolam_follows_plasma_with_its_published_rate():
    rate, drive = SITE.relaxation(0.0, SITE.initial_state(), 50.0)
    assert float(rate.effect) == pytest.approx(0.11 * 60.0)
    assert float(drive.effect / rate.effect) == pytest.approx(50.0)
