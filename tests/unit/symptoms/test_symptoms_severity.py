"""Severity follows its causes with its time constant, and its integral is the integral."""

from __future__ import annotations

import numpy as np
import pytest

from euthymia.evidence import load_record
from euthymia.symptoms.severity import Severity, SeverityInput, SeverityState

CAUSES = SeverityInput(bdnf=0.3, pot=0.6, grown=0.1)


@pytest.fixture(scope="module")
def severity() -> Severity:
    return Severity.from_record(load_record("plasticity"))


def settled(severity: Severity, causes: SeverityInput) -> float:
    rate, drive = severity.relaxation(0.0, severity.initial_state(), causes)
    return float(drive.sev / rate.sev)


def test_nothing_changes_without_a_cause(severity: Severity):
    assert settled(severity, SeverityInput(0.0, 0.0, 0.0)) == 0.0


def test_each_cause_settles_at_its_own_size(severity: Severity):
    for cause, size in zip(SeverityInput._fields, (severity.a_bdnf, severity.a_pot, severity.a_spn), strict=True):
        one = SeverityInput(**{name: float(name == cause) for name in SeverityInput._fields})
        assert settled(severity, one) == pytest.approx(-float(size))


def test_causes_add_and_every_one_makes_it_better(severity: Severity):
    parts = [SeverityInput(0.3, 0.0, 0.0), SeverityInput(0.0, 0.6, 0.0), SeverityInput(0.0, 0.0, 0.1)]
    assert settled(severity, CAUSES) == pytest.approx(sum(settled(severity, part) for part in parts))
    assert all(settled(severity, part) <= 0.0 for part in parts)


def test_a_person_with_twice_the_gain_changes_twice_as_much(severity: Severity):
    values = {name: getattr(severity, name) for name in ("tau_sev", "a_pot", "a_bdnf", "a_spn")}
    assert settled(Severity(**values, gain=2.0), CAUSES) == pytest.approx(2.0 * settled(severity, CAUSES))


def test_the_area_grows_by_the_severity(severity: Severity):
    rate, drive = severity.relaxation(0.0, SeverityState(sev=np.float64(-4.0), area=np.float64(-100.0)), CAUSES)
    assert float(rate.area) == 0.0
    assert float(drive.area) == -4.0
