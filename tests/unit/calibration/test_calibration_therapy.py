"""The fit of therapy: the record holds what it finds, and what it finds gives the published difference back."""

from __future__ import annotations

import pytest

from euthymia.calibration.therapy import after_therapy, fit_therapy
from euthymia.evidence import Grade, load_record
from euthymia.plasticity.learning import WEEK, every


def test_the_record_holds_what_the_fit_finds():
    kept = load_record("therapy")["a_lrn"]
    assert kept.grade is Grade.FITTED
    assert kept.value == pytest.approx(fit_therapy().a_lrn, rel=0.005)


def test_the_fitted_size_gives_the_published_difference():
    found = fit_therapy()
    gain = load_record("amplitudes").value("gain", "1")
    by_spines = gain * load_record("plasticity").value("a_spn", "points") * found.grown
    assert found.a_lrn * found.lrn + by_spines == pytest.approx(4.7 * 1.2)


def test_more_sessions_teach_more_and_keep_more_spines():
    few, many = (every(WEEK, count, first=0.0, practice=WEEK) for count in (3, 10))
    (lrn_few, grown_few), (lrn_many, grown_many) = (after_therapy(sessions, 10 * WEEK) for sessions in (few, many))
    assert 0.0 < lrn_few < lrn_many < 1.0
    assert 0.0 < grown_few < grown_many
