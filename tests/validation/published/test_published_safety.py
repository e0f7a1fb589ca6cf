"""Safety from exposure: dissociation, pressure, sedation, slow tablets and anaesthesia, each with its source.

Numbers are check points (test_published_checkpoints.py, docs/checkpoints.md); shares of people in whole trials are
among them and run with the long tests. Here stand the statements around them, and the course after one nasal visit
against the science notes. Nobody published an exposure-response model of dissociation or pressure; the notes computed
these numbers for a typical person, in whole minutes and percent. They test the implementation, not the world. Every
number at 84 mg is met to its last digit; two at 56 mg, a row that the notes give as "about", are not: the model gives
0.395 for 0.40 and 1.36 mmHg for 1.3, so that row is held to one unit of its last digit.
"""

from __future__ import annotations

import numpy as np
import pytest

import checkpoint_safety as ours
from checkpoint_levels import IV, NASAL, SPRAY, WEIGHT
from euthymia.engine.linear import respond
from euthymia.evidence import load_record
from euthymia.models.defaults import default_chain, default_safety
from euthymia.models.dosing import Session, events
from euthymia.models.kinetics import KINETIC_OUTPUTS, kinetics
from euthymia.pharmacology.disposition import Esketamine
from euthymia.safety.memory import Encoding
from euthymia.safety.respiration import Respiration
from euthymia.safety.sedation import AWAKE, Sedation
from euthymia.treatment.drug import Route

MINUTES = np.arange(1.0, 241.0)


def at(minute: float) -> int:
    return int(np.searchsorted(MINUTES, minute))


def drive(mg: float) -> np.ndarray:
    """Return z, ng/mL, of a typical person at each of MINUTES after a spray."""
    record, safety = load_record("esketamine"), default_safety()
    linear = kinetics(Esketamine.from_record(record), default_chain().brain, safety.tolerance, 1)
    given = events([Session(0.0, Route.NASAL, 0.0, np.array([mg]))], np.array([record.value("FRn", "1")]))
    level = dict(zip(KINETIC_OUTPUTS, respond(linear, given, MINUTES / 60.0)[0], strict=True))
    return np.asarray(safety.dissociation.drive(level["effect"], level["tolerance"]))


@pytest.fixture(scope="module")
def z() -> dict[float, np.ndarray]:
    return {mg: drive(mg) for mg in (56.0, 84.0)}


@pytest.fixture(scope="module")
def E_dis(z: dict[float, np.ndarray]) -> dict[float, np.ndarray]:
    return {mg: np.asarray(default_safety().dissociation.effect(level)) for mg, level in z.items()}


def test_dissociation_after_84_mg_peaks_at_39_minutes(E_dis: dict[float, np.ndarray]):
    assert MINUTES[E_dis[84.0].argmax()] == 39.0
    assert E_dis[84.0].max() == pytest.approx(0.63, abs=0.005)


def test_dissociation_after_56_mg_peaks_between_36_and_38_minutes(E_dis: dict[float, np.ndarray]):
    assert 36.0 <= MINUTES[E_dis[56.0].argmax()] <= 38.0
    assert E_dis[56.0].max() == pytest.approx(0.40, abs=0.01)


def test_dissociation_after_84_mg_is_over_within_two_hours(E_dis: dict[float, np.ndarray]):
    share = 100.0 * E_dis[84.0] / E_dis[84.0].max()
    assert share[[at(20.0), at(60.0), at(90.0), at(120.0)]] == pytest.approx([52.0, 76.0, 12.0, 0.0], abs=0.5)


@pytest.mark.parametrize(("mg", "mmHg", "digit"), [(84.0, [8.0, 5.1, 2.2], 0.05), (56.0, [6.9, 4.2, 1.3], 0.1)])
def test_pressure_rises_as_in_the_notes(z: dict[float, np.ndarray], mg: float, mmHg: list[float], digit: float):
    pressure = default_safety().pressure
    rise = np.asarray(pressure.systolic(z[mg]))
    assert rise[[at(40.0), at(90.0), at(120.0)]] == pytest.approx(mmHg, abs=digit)
    assert np.asarray(pressure.diastolic(z[mg])) == pytest.approx(0.6 * rise)


def test_pressure_is_back_near_150_minutes(z: dict[float, np.ndarray]):
    assert default_safety().pressure.systolic(z[84.0][at(160.0) :]).max() == 0.0


def score(course: np.ndarray, minute: float) -> float:
    """Return the mean CADSS of a first visit, points."""
    return float(default_safety().dissociation.score(ours.at(course, minute), 1.0, 1.0))


@pytest.mark.parametrize("mg", [56.0, 84.0])
def test_dissociation_peaks_near_40_minutes_and_is_gone_by_one_and_a_half_hours(mg: float):
    """Manufacturer's medical information (row R0316): peak at 40 min, resolved by 1.5 h: below one point of 92."""
    course = ours.spray(mg)
    assert ours.when(course) == pytest.approx(40.0, abs=5.0)
    assert score(course, 40.0) > 3.0
    assert score(course, 90.0) < 1.0
    assert score(course, 120.0) < 0.01


def test_plasma_alone_could_not_end_dissociation_so_early():
    """Notes, decision 5: after 84 mg the level at 90 min is still 76 % of that at 40 min."""
    at_90 = ours.at(ours.behind(SPRAY, NASAL, 84.0, 0.0, (1e-6,))[0], 90.0)
    at_40 = ours.at(ours.behind(SPRAY, NASAL, 84.0, 0.0, (1e-6,))[0], 40.0)
    assert at_90 / at_40 == pytest.approx(0.76, abs=0.005)
    assert score(ours.spray(84.0), 90.0) < 0.15 * score(ours.spray(84.0), 40.0)


def test_pressure_at_40_minutes_is_the_labels():
    """Label (numbers not confirmed): systolic 7 to 9 and diastolic 4 to 6 mmHg over placebo at 40 min."""
    assert 7.0 <= ours.systolic(84.0, 40.0) <= 9.0
    assert 4.0 <= ours.diastolic(84.0, 40.0) <= 6.0


def test_sedation_rises_with_dose_peaks_at_30_to_45_minutes_and_ends_by_one_and_a_half_hours():
    """Manufacturer's medical information: dose related, peak 30 to 45 min, resolved by 60 to 90 min."""
    sedation = Sedation.from_record(load_record("sedation"))

    def sedated(mg: float) -> np.ndarray:
        z = ours.drive(SPRAY, NASAL, mg)
        return np.asarray(sedation.probability(sedation.drive(z), 0.0, AWAKE - 1))

    low, middle, high = (sedated(mg).max() for mg in (28.0, 56.0, 84.0))
    assert low < middle < high
    assert 30.0 <= ours.when(sedated(84.0)) <= 45.0
    assert ours.at(sedated(84.0), 90.0) < 0.1


@pytest.mark.parametrize("hours", [8.0, 12.0, 24.0])
@pytest.mark.parametrize("mg", [120.0, 180.0])
def test_slow_tablets_hardly_dissociate(mg: float, hours: float):
    """Glue 2024, Nat Med, abstract: extended-release racemate of up to 180 mg, minimal dissociation and sedation.

    The time of release is assumed; the sources say only that exposure lasts for a day.
    """
    z = ours.drive(ours.ARTERIAL, Route.ORAL, mg, release=hours)
    slow = np.asarray(default_safety().dissociation.effect(z))
    sedation = Sedation.from_record(load_record("sedation"))
    assert slow.max() < 0.01 * ours.spray(84.0).max()
    assert float(default_safety().dissociation.score(slow.max(), 1.0, 1.0)) < 0.1
    assert float(np.max(sedation.probability(sedation.drive(z), 0.0, AWAKE - 1))) < 0.01


def test_the_same_tablet_given_off_at_once_would_dissociate():
    fast = ours.drive(ours.ARTERIAL, Route.ORAL, 180.0)
    assert fast.max() > 5.0 * ours.drive(ours.ARTERIAL, Route.ORAL, 180.0, release=12.0).max()


def test_an_anaesthetic_injection_takes_responses_and_memory_and_leaves_breathing():
    """US label of ketamine: 2 mg/kg over 60 s acts within 30 s and lasts 5 to 10 min; breathing is kept."""
    (site,) = ours.behind(ours.ARTERIAL, IV, 2.0 * WEIGHT, 1.0, (load_record("anaesthesia").value("t_hypnotic", "h"),))
    depth = np.asarray(ours.CURVE.depth(racemate=site))
    stored = np.asarray(Encoding.from_record(load_record("anaesthesia")).stored(depth))
    respiration = Respiration.from_record(ours.RESPIRATION)
    start, end = ours.asleep(IV, 2.0, 1.0)
    assert start <= 1.5
    assert 5.0 <= end - start <= 10.0
    assert float(ours.CURVE.unresponsive(depth).max()) > 0.99
    assert stored[(start < ours.T) & (end > ours.T)].max() < 0.51
    assert stored.min() < 0.01
    assert float(np.min(respiration.ventilation(0.5 * site))) >= float(respiration.V_rest)
    assert float(respiration.apnoea(2.0)) < 0.001


def test_a_spray_leaves_people_responsive_and_remembering():
    """Label: loss of consciousness in 0.3 % of patients; cognition equals placebo at two hours."""
    (S,) = ours.behind(SPRAY, NASAL, 84.0, 0.0, (load_record("anaesthesia").value("t_hypnotic", "h"),))
    depth = np.asarray(ours.CURVE.depth(S=S))
    assert float(ours.CURVE.unresponsive(depth).max()) < 0.003
    assert float(Encoding.from_record(load_record("anaesthesia")).stored(depth).min()) > 0.99


def test_where_breathing_stops_being_spared():
    """US label: depression after rapid large doses; 4.5 mg/kg over a minute is the largest recommended injection."""
    respiration = Respiration.from_record(ours.RESPIRATION)
    assert float(respiration.apnoea(4.5)) < 0.05
    assert float(respiration.apnoea(4.5 * 6.0)) > 0.9


def test_anaesthesia_needs_an_order_of_magnitude_more_than_the_antidepressant_range():
    """Zanos 2018, Table 1: 1200 to 2400 ng/mL in anaesthesia, 100 to 250 ng/mL at the dissociative dose."""
    antidepressant = ours.behind(ours.ARTERIAL, IV, 0.5 * WEIGHT, 40.0, (1e-6,))[0].max()
    anaesthetic = ours.behind(ours.ARTERIAL, IV, 2.0 * WEIGHT, 1.0, (1e-6,))[0].max()
    assert float(ours.CURVE.unresponsive(ours.CURVE.depth(racemate=antidepressant))) < 0.01
    assert anaesthetic > 9.0 * antidepressant
