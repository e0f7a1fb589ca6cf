"""Levels of every drug against published values and against the project's own computations in its science notes.

Computed values are met to the last digit printed, table 4 of Perez-Ruixo 2021 to its 1 %; those that are missed by more
are listed in one test that is expected to fail. Two values of the notes are not used: nasal bioavailability by dose
(the closed form gives the abstract's 0.54 and 0.51, the notes another) and paroxetine's half-life of 21-24 h (another
paper's; clearance and volume used here give longer).
"""

from __future__ import annotations

import numpy as np
import pytest

from euthymia.engine.linear import respond
from euthymia.pharmacology.body import Route
from euthymia.pharmacology.covariates import people
from euthymia.pharmacology.drugs import find_body
from euthymia.pharmacology.interactions import exposure, with_drug

IV, ORAL, NASAL = Route.INTRAVENOUS, Route.ORAL, Route.NASAL


def course(name: str, mg: float, minutes: float, at: list[float]) -> np.ndarray:
    """Return the levels [output, time] of a typical person of 70 kg at minutes ``at`` after an infusion's start."""
    body = find_body(name)
    person = body.typical(people(1))
    events = body.inputs(IV, 0.0, np.array([mg]), minutes / 60.0, person)
    return respond(body.system(person), events, np.array(at) / 60.0)[0]


def area(name: str, route: Route, mg: float, output: int = 0, **covariates: float) -> float:
    body = find_body(name)
    return float(exposure(body, body.typical(people(1, **covariates)), route, mg)[0, output])


def half_lives(name: str, **covariates: float) -> np.ndarray:
    body = find_body(name)
    rates = np.linalg.eigvals(body.matrix(body.typical(people(1, **covariates)))[0]).real
    return np.sort(np.log(2.0) / -rates)


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("kamp2020", [253, 74, 54, 27]),
        ("domino1984", [240, 46, 38, 18]),
        ("clements1981", [177, 85, 63, 36]),
        ("otto2021", [158, 79, None, 27]),
    ],
)
def test_half_a_milligram_per_kg_over_40_minutes(name: str, levels: list[float | None]):
    found = course(name, 35.0, 40.0, [40.0, 80.0, 110.0, 230.0])[0]
    for level, printed in zip(found, levels, strict=True):
        assert printed is None or level == pytest.approx(printed, abs=0.5)


def test_the_venous_model_is_near_the_venous_mean_of_patients():
    """185 ng/mL, Zarate 2006 in Zanos 2018, Table 1; the notes find the model 4 % below."""
    assert course("clements1981", 35.0, 40.0, [40.0])[0, 0] == pytest.approx(0.96 * 185.0, rel=0.005)


@pytest.mark.parametrize(("name", "Cmax"), [("clements1981", 125), ("otto2021", 112)])
def test_20_mg_over_20_minutes(name: str, Cmax: float):
    assert course(name, 20.0, 20.0, [20.0])[0, 0] == pytest.approx(Cmax, abs=0.5)


def test_an_anaesthetic_dose_reaches_anaesthetic_levels():
    """1200-2400 ng/mL, Zanos 2018, Table 1."""
    assert 1200.0 < course("kamp2020", 140.0, 1.0, [5.0])[0, 0] < 2400.0


@pytest.mark.xfail(strict=True, reason="the closed form differs from the notes by 0.2-0.9 %; no tolerance is stated")
@pytest.mark.parametrize(
    ("name", "mg", "minutes", "at", "printed"),
    [
        ("otto2021", 35.0, 40.0, 110.0, 59.0),
        ("kamp2020", 20.0, 20.0, 20.0, 226.0),
        ("domino1984", 20.0, 20.0, 20.0, 239.0),
        ("kamp2020", 140.0, 1.0, 5.0, 2277.0),
        ("kamp2020", 140.0, 1.0, 10.0, 1071.0),
        ("kamp2020", 140.0, 1.0, 15.0, 685.0),
    ],
)
def test_computed_levels_that_are_missed(name: str, mg: float, minutes: float, at: float, printed: float):
    assert course(name, mg, minutes, [at])[0, 0] == pytest.approx(printed, abs=0.5)


@pytest.mark.parametrize(("mg", "Cmax", "AUC", "Cmax_n"), [(28.0, 43.8, 147.3, 59.1), (84.0, 101.0, 362.2, 180.0)])
def test_the_body_of_esketamine_meets_table_4(mg: float, Cmax: float, AUC: float, Cmax_n: float):
    body = find_body("perezruixo2021")
    person = body.typical(people(1))
    t = np.linspace(0.0, 24.0, 24 * 240 + 1)
    parent, metabolite = respond(body.system(person), body.inputs(NASAL, 0.0, np.array([mg]), 0.0, person), t)[0]
    assert parent.max() == pytest.approx(Cmax, rel=0.01)
    assert np.trapezoid(parent, t) == pytest.approx(AUC, rel=0.01)
    assert metabolite.max() == pytest.approx(Cmax_n, rel=0.01)


def test_bioavailability_and_clearance_of_esketamine():
    iv = area("perezruixo2021", IV, 1.0)
    assert 1000.0 / iv == pytest.approx(109.0, abs=0.5)
    assert area("perezruixo2021", ORAL, 1.0) / iv == pytest.approx(0.178, abs=5e-4)
    assert area("perezruixo2021", NASAL, 56.0) / 56.0 / iv == pytest.approx(0.54, abs=5e-3)
    assert area("perezruixo2021", NASAL, 84.0) / 84.0 / iv == pytest.approx(0.51, abs=5e-3)
    assert half_lives("perezruixo2021")[-1] == pytest.approx(11.0, abs=0.05)


def test_first_pass_of_ashraf():
    iv = area("ashraf2018", IV, 10.0)
    assert area("ashraf2018", ORAL, 10.0) / iv == pytest.approx(0.13, abs=5e-3)
    assert 1e4 / iv == pytest.approx(74.7, abs=0.05)
    assert area("ashraf2018", IV, 10.0, CYP2B6=0.0) / iv == pytest.approx(1.3, abs=0.05)


def test_rifampicin_on_the_spray_follows_from_its_other_routes():
    """0.72 with the spray (label, unconfirmed) is not fitted: the factors come from iv and oral doses."""
    body = find_body("perezruixo2021")
    person = body.typical(people(1))
    with_it = exposure(body, with_drug(body, person, "rifampicin", NASAL), NASAL, 84.0)[0, 0]
    assert with_it / exposure(body, person, NASAL, 84.0)[0, 0] == pytest.approx(0.72, abs=0.02)


@pytest.mark.parametrize(
    ("route", "F"),
    [("im", 0.93), ("sc", 0.85), ("nasal", 0.45), ("oral", 0.20), ("sublingual", 0.30), ("rectal", 0.30)],
)
def test_racemic_ketamine_by_other_routes(route: str, F: float):
    assert area("kamp2020", Route(route), 25.0) / area("kamp2020", IV, 25.0) == pytest.approx(F)


@pytest.mark.parametrize(
    ("name", "mg", "covariates", "level", "digit"),
    [
        ("areberg2006", 10.0, {"weight": 79.0}, 21.9, 0.1),
        ("akil2016", 20.0, {"age": 40.0}, 34.0, 1.0),
        ("akil2016", 20.0, {"age": 60.0}, 51.0, 1.0),
        ("xia2025", 100.0, {}, 63.0, 1.0),
        ("shigetome2025", 20.0, {"age": 41.5, "weight": 58.6}, 35.0, 1.0),
        ("fluoxetine-label", 40.0, {}, 181.0, 1.0),
    ],
)
def test_average_levels_at_steady_state(name: str, mg: float, covariates: dict, level: float, digit: float):
    assert area(name, ORAL, mg, **covariates) / 24.0 == pytest.approx(level, abs=0.5 * digit)


def test_fluoxetine_and_norfluoxetine_are_in_the_ranges_of_the_label():
    parent, metabolite = (area("fluoxetine-label", ORAL, 40.0, output) / 24.0 for output in (0, 1))
    assert 91.0 < parent < 302.0
    assert 72.0 < metabolite < 258.0
    assert metabolite == pytest.approx(160.0, abs=5.0)  # printed to two digits


def test_half_lives_of_oral_antidepressants():
    parent, metabolite = half_lives("fluoxetine-label")[-2:] / 24.0
    assert (parent, metabolite) == pytest.approx((5.5, 9.3), abs=0.05)
    assert half_lives("areberg2006", weight=79.0)[-1] == pytest.approx(48.0, abs=0.5)
    assert half_lives("xia2025")[-1] == pytest.approx(16.5, abs=0.05)


@pytest.mark.parametrize(("name", "Cmax", "later"), [("albrecht1999", 62.0, 15.0), ("barr-zomorodi", 56.0, 9.5)])
def test_midazolam_as_an_active_placebo(name: str, Cmax: float, later: float):
    found = course(name, 0.045 * 70.0, 40.0, [40.0, 120.0])[0]
    assert found[0] == pytest.approx(Cmax, abs=0.5)
    assert found[1] == pytest.approx(later, abs=0.5)
