"""Targets against published values: open probability, block by subunit, time constants, transporter occupancy.

The table of predicted occupancy is the project's own computation in its science notes and tests the implementation;
the rest was measured. Time constants of block are a check: two of them are missed, and the test says by how much.
"""

from __future__ import annotations

import numpy as np
import pytest

from euthymia.engine.linear import Event, respond
from euthymia.evidence import load_record
from euthymia.pharmacology.body import Route
from euthymia.pharmacology.covariates import people
from euthymia.pharmacology.drugs import bodies
from euthymia.pharmacology.interactions import exposure
from euthymia.pharmacology.receptor_kinetics import (
    SECOND,
    Blocker,
    Cleft,
    Episode,
    GatingSet,
    TrappingReceptor,
    time_course,
    trapping_receptor,
)
from euthymia.pharmacology.subunits import Subunit, subunit_block
from euthymia.pharmacology.transporter import dose_occupancy, plasma_occupancy

KINETICS, LEVELS, SERT = load_record("nmda_kinetics"), load_record("nmda_subunits"), load_record("sert")
SATURATING = 1000.0  # uM of glutamate
FREE = Cleft(SATURATING, 0.0, -70.0, 0.0)
HIGH = Cleft(SATURATING, 10.0, -70.0, 0.0)  # Gilling 2009 applied 10 uM
OCCUPANCY = {  # free level, uM: percent without magnesium, then 2A, 2B, 2C, 2D with 1 mM at -66 mV
    "84 mg nasal": (0.24, 1.0, (25, 4, 4, 17, 8)),
    "84 mg nasal, S factor": (0.24, 0.61, (36, 7, 7, 25, 12)),
    "0.5 mg/kg in a vein": (0.47, 1.0, (40, 8, 8, 28, 14)),
    "anaesthesia": (4.5, 1.0, (86, 46, 47, 79, 60)),
}
LOWEST_USUAL = {"citalopram": 20.0, "escitalopram": 10.0, "sertraline": 50.0, "paroxetine": 20.0, "fluoxetine": 20.0}


def percent(c: float) -> np.ndarray:
    """Return the block at c uM in percent: without magnesium by Gilling's level, then by subunit with it."""
    blocks = [subunit_block(KINETICS, LEVELS, subunit) for subunit in Subunit]
    Kd = KINETICS.value("Kd", "uM")
    return 100 * np.array([c / (c + Kd), *(float(block(c, V=-66.0, Mg=1.0)) for block in blocks)])


@pytest.mark.parametrize("row", OCCUPANCY, ids=OCCUPANCY)
def test_predicted_occupancy_has_the_printed_digits(row: str):
    """0.24 uM is itself rounded: at 0.2393 all ten cells of its two rows round as printed, at 0.24 one does not."""
    c, factor, printed = OCCUPANCY[row]
    unrounded = 0.2393 if c == 0.24 else c
    np.testing.assert_array_equal(np.round(percent(unrounded / factor)), printed)
    np.testing.assert_allclose(percent(c / factor), printed, atol=0.52)


@pytest.mark.parametrize(
    ("gating", "printed"),
    [(GatingSet.DESTEXHE_1996, 0.22), (GatingSet.LESTER_1992, 0.28)],
)
def test_open_probability_at_saturating_glutamate(gating: GatingSet, printed: float):
    receptor = trapping_receptor(KINETICS, gating=gating)
    assert float(receptor.P_sat) == pytest.approx(printed, abs=0.005)
    assert float(receptor.steady(FREE).O) == pytest.approx(float(receptor.P_sat), rel=2e-3)


def test_two_further_sets_open_less_than_the_two_that_are_used():
    opened = {gating: float(trapping_receptor(KINETICS, gating=gating).P_sat) for gating in GatingSet}
    assert opened[GatingSet.CLEMENTS_1992] == pytest.approx(0.160, abs=0.001)
    assert opened[GatingSet.EDMONDS_1992] == pytest.approx(0.082, abs=0.001)


def test_rates_of_an_open_channel_are_near_the_rule_of_the_notes():
    """0.9 /s and 1.3 /uM/s, at an open probability between the two sets that are used."""
    used = [trapping_receptor(KINETICS, gating=g) for g in (GatingSet.DESTEXHE_1996, GatingSet.LESTER_1992)]
    off = [float(receptor.k_minus(-70.0)) * SECOND for receptor in used]
    on = [float(receptor.k_plus) * SECOND for receptor in used]
    assert min(off) < 0.9 < max(off)
    assert min(on) < 1.3 < max(on)


def time_constant(receptor: TrappingReceptor, before: Cleft, after: Cleft) -> float:
    """Return the area over the open probability's way to its new rest, over its height, s."""
    t = np.linspace(0.0, 60.0, 12001) * SECOND
    opened = time_course(receptor, [Episode(1.0, after)], t, start=receptor.steady(before)).O
    way = (opened - opened[-1]) / (opened[0] - opened[-1])
    return float(np.trapezoid(way, t)) / SECOND


@pytest.mark.parametrize(
    ("blocker", "measured_on", "measured_off", "ours_on", "ours_off"),
    [
        # measured: ketamine from apparent kon and koff; memantine the two measured constants by their shares
        (Blocker.KETAMINE, 1 / (10 * 0.15 + 0.22), 1 / 0.22, 0.30, 4.5),
        (Blocker.MEMANTINE, 0.69 * 0.273 + 0.31 * 2.756, 0.38 * 0.415 + 0.62 * 5.107, 0.16, 1.8),
    ],
)
def test_time_constants_of_block_beside_those_of_gilling_2009(
    blocker: Blocker, measured_on: float, measured_off: float, ours_on: float, ours_off: float
):
    """Ketamine's exit is met by construction; entry is twice as fast as measured, because koff/kon of the source is
    twice the half-block level that the scheme takes. Memantine's slow phases (2.8 and 5.1 s) have no mechanism here.
    """
    receptor = trapping_receptor(KINETICS, blocker=blocker)
    on, off = time_constant(receptor, FREE, HIGH), time_constant(receptor, HIGH, FREE)
    assert on == pytest.approx(ours_on, rel=0.05)
    assert off == pytest.approx(ours_off, rel=0.05)
    assert on < measured_on
    assert off < 1.05 * measured_off
    if blocker is Blocker.KETAMINE:
        assert off == pytest.approx(measured_off, rel=0.05)
        assert measured_on / on == pytest.approx(2.0, rel=0.1)


@pytest.mark.parametrize("drug", LOWEST_USUAL)
def test_the_lowest_usual_dose_occupies_what_imaging_found(drug: str):
    """76 to 85 % over five drugs, Meyer 2004; from the kinetics, by the mean level of a day at steady state."""
    body = bodies(drug)[0]
    level = exposure(body, body.typical(people(1)), Route.ORAL, LOWEST_USUAL[drug])[0] / 24.0
    active = float(level[0]) + (float(level[1]) if drug == "fluoxetine" else 0.0)
    theta = float(plasma_occupancy(SERT, drug)(active))
    assert SERT.value("theta_low", "1") - 0.005 < theta < SERT.value("theta_high", "1") + 0.005
    if f"theta_{drug}" in SERT:
        assert theta == pytest.approx(SERT.value(f"theta_{drug}", "1"), abs=0.015)


def test_paroxetine_stays_near_its_plateau_above_28_micrograms_per_litre():
    """0.85 in eight patients, Meyer 2001."""
    assert float(plasma_occupancy(SERT, "paroxetine")(np.array(28.0))) == pytest.approx(0.85, abs=0.07)
    assert float(plasma_occupancy(SERT, "paroxetine")(np.array(100.0))) == pytest.approx(0.85, abs=0.07)


@pytest.mark.parametrize(
    ("drug", "dose"),
    [("citalopram", 20.0), ("fluoxetine", 20.0), ("paroxetine", 20.0), ("sertraline", 50.0), ("venlafaxine", 75.0)],
)
def test_the_route_by_dose_agrees_with_imaging_within_seven_points(drug: str, dose: float):
    theta = float(dose_occupancy(SERT, drug)(dose))
    assert SERT.value("theta_low", "1") - 0.07 < theta < SERT.value("theta_high", "1") + 0.07


def test_occupancy_washes_out_as_the_kinetics_say():
    """A month of daily doses, then none: paroxetine is gone within a week, fluoxetine lasts for weeks."""
    left = {}
    for drug in ("paroxetine", "fluoxetine"):
        body = bodies(drug)[0]
        person = body.typical(people(1))
        events: list[Event] = []
        for day in range(60):
            events += body.inputs(Route.ORAL, 24.0 * day, np.array([LOWEST_USUAL[drug]]), 0.0, person)
        levels = respond(body.system(person), events, 24.0 * np.array([60.0, 67.0, 74.0]))[0]
        theta = plasma_occupancy(SERT, drug)(levels[0], levels[1] if drug == "fluoxetine" else 0.0)
        left[drug] = np.asarray(theta / theta[0])
    assert left["paroxetine"][1] < 0.3
    assert left["fluoxetine"][1] > 0.8
    assert left["fluoxetine"][2] > 0.6
