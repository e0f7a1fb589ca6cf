"""Esketamine nasal spray: check points of Perez-Ruixo 2021 (Clin Pharmacokinet 60:501), Table 4 and abstract.

The typical time course and the secondary quantities are the project's own computations from that model, kept in the
science notes; they test the implementation. Noresketamine's printed AUC cannot be reproduced and is not used, nor is
the notes' own bioavailability (0.633, 0.547, 0.519): exposure to infinity gives the values of the paper's abstract.
"""

import numpy as np
import pytest

import crowd
from euthymia.engine.linear import Event, Linear, modes, respond
from euthymia.evidence import load_record
from euthymia.models.defaults import default_chain
from euthymia.models.kinetics import KINETIC_STATES, TARGET, kinetics
from euthymia.pharmacology.absorption import NasalDevice
from euthymia.pharmacology.disposition import Esketamine
from euthymia.safety.dissociation import AcuteTolerance

DAY = np.linspace(0.0, 24.0, 24 * 240 + 1)
ESKETAMINE, NORESKETAMINE = 1, 2


@pytest.fixture(scope="module")
def typical() -> Linear:
    body = Esketamine.from_record(load_record("esketamine"))
    return kinetics(body, default_chain().brain, AcuteTolerance.from_record(load_record("dissociation")), 1)


def spray(mg: float, FRn: np.ndarray) -> list[Event]:
    device = NasalDevice.from_record(load_record("esketamine"))
    return device.events(0.0, np.full(FRn.size, mg), FRn, mucosa=TARGET.mucosa, swallowed=TARGET.swallowed)


def typical_spray(mg: float) -> list[Event]:
    return spray(mg, np.array([load_record("esketamine").value("FRn", "1")]))


def exposure(system: Linear, events: list[Event]) -> float:
    """Return the area under the plasma curve to infinity, ng h/mL: what goes in through the inverse of the matrix."""
    given = np.zeros(len(KINETIC_STATES))
    for event in events:
        given[event.target] += event.amount[0]
    return float(-system.read[0, ESKETAMINE] @ np.linalg.solve(system.matrix[0], given))


@pytest.mark.parametrize(
    ("mg", "Cmax", "AUC", "Cmax_n"), [(28.0, 43.8, 147.3, 59.1), (84.0, 101.0, 362.2, 180.0)], ids=["28 mg", "84 mg"]
)
def test_table_4_is_met_within_one_percent(typical, mg, Cmax, AUC, Cmax_n):
    level = respond(typical, typical_spray(mg), DAY)[0]
    assert level[ESKETAMINE].max() == pytest.approx(Cmax, rel=0.01)
    assert np.trapezoid(level[ESKETAMINE], DAY) == pytest.approx(AUC, rel=0.01)
    assert level[NORESKETAMINE].max() == pytest.approx(Cmax_n, rel=0.01)


def test_the_typical_course_after_84_mg_is_the_one_in_the_notes(typical):
    minutes = np.array([10, 20, 30, 40, 60, 90, 120, 240, 480, 1440])
    level = respond(typical, typical_spray(84.0), minutes / 60.0)[0]
    np.testing.assert_allclose(level[ESKETAMINE, :8], [37, 78, 95, 101, 97, 77, 58, 25], atol=0.5)
    np.testing.assert_allclose(level[ESKETAMINE, 8:], [9.9, 2.0], atol=0.05)
    np.testing.assert_allclose(level[NORESKETAMINE, [3, 4, 5, 6, 7]], [67, 133, 178, 176, 97], atol=0.5)


@pytest.mark.parametrize(("mg", "F"), [(56.0, 0.54), (84.0, 0.51)])
def test_bioavailability_falls_with_the_number_of_devices_as_published(typical, mg, F):
    through_a_vein = exposure(typical, [Event(0.0, 0.0, TARGET.vein, np.array([mg]))])
    assert exposure(typical, typical_spray(mg)) / through_a_vein == pytest.approx(F, abs=0.005)


def test_clearance_volume_and_half_life_are_those_of_the_notes(typical):
    record = load_record("esketamine")
    through_a_vein = exposure(typical, [Event(0.0, 0.0, TARGET.vein, np.array([1.0]))])
    assert 1000.0 / through_a_vein == pytest.approx(109.0, abs=0.5)
    assert sum(record.value(name, "L") for name in ("Vc", "Vp1", "Vp2")) == pytest.approx(752.0)
    assert np.log(2.0) / -modes(typical).lam.max() == pytest.approx(11.0, abs=0.05)


def test_a_sixth_of_what_is_swallowed_survives(typical):
    through_a_vein = exposure(typical, [Event(0.0, 0.0, TARGET.vein, np.array([1.0]))])
    escaped = load_record("esketamine").value("F_gut", "1")
    swallowed = exposure(typical, [Event(0.0, 0.0, TARGET.swallowed, np.array([escaped]))])
    assert swallowed / through_a_vein == pytest.approx(0.178, abs=0.0005)


@pytest.mark.parametrize(("mg", "minutes"), [(28.0, 36.0), (84.0, 44.0)])
def test_the_peak_comes_half_an_hour_after_the_last_device(typical, mg, minutes):
    level = respond(typical, typical_spray(mg), DAY)[0, ESKETAMINE]
    assert DAY[level.argmax()] * 60.0 == pytest.approx(minutes, abs=0.5)


def test_almost_nothing_is_left_before_the_next_visit(typical):
    level = respond(typical, typical_spray(84.0), np.array([84.0]))[0, ESKETAMINE, 0]
    assert level == pytest.approx(0.05, abs=0.005)


def test_people_differ_in_peak_by_a_third():
    people = crowd.draw(2000, seed=3)
    peak = respond(people.linear, spray(84.0, people.FRn), np.linspace(0.2, 3.0, 85))[:, ESKETAMINE].max(1)
    assert 0.30 <= peak.std() / peak.mean() <= 0.42
    assert peak.mean() == pytest.approx(103.0, rel=0.05)
    assert np.quantile(peak, [0.05, 0.95]) == pytest.approx([50.0, 165.0], rel=0.1)
