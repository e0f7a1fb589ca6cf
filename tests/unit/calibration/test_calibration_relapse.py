"""The fit of relapse among people who differ: its three targets, and that the record has what it gives."""

from __future__ import annotations

import pytest

from euthymia.calibration.relapse import fit_frail_relapse, year_shares
from euthymia.evidence import load_record


def test_the_record_has_what_the_fit_gives():
    found, record = fit_frail_relapse(), load_record("relapse")
    assert record.value("noise_frail", "1") == pytest.approx(found.noise_frail, rel=2e-3)
    assert record.value("tilt_frail", "1") == pytest.approx(found.tilt_frail, rel=2e-3)
    assert record.value("frailty", "1") == pytest.approx(found.frailty, rel=3e-3)
    assert record.value("relief_usual", "points") == pytest.approx(found.relief_usual, rel=2e-3)


def test_the_arms_part_by_a_year_as_published():
    stopped, continued = year_shares(load_record("relapse").value("frailty", "1"))
    assert stopped - continued == pytest.approx(0.398 - 0.199, abs=0.001)


def test_the_more_people_differ_the_less_the_arms_part():
    gaps = [stopped - continued for stopped, continued in map(year_shares, (0.1, 1.0, 2.0, 4.0))]
    assert gaps == sorted(gaps, reverse=True)
