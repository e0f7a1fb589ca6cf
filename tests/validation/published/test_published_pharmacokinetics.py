"""Levels that follow from others: an interaction that is not fitted, and curves that keep their order.

Single published and computed levels are check points: test_published_checkpoints.py and docs/checkpoints.md.
"""

from __future__ import annotations

import numpy as np
import pytest

from checkpoint_levels import NASAL, SPRAY, area, course, half_lives, typical
from euthymia.pharmacology.body import Route
from euthymia.pharmacology.interactions import exposure, with_drug


def test_rifampicin_on_the_spray_follows_from_its_other_routes():
    """0.72 with the spray (label, unconfirmed) is not fitted: the factors come from iv and oral doses."""
    body, person = typical(SPRAY)
    with_it = exposure(body, with_drug(body, person, "rifampicin", NASAL), NASAL, 84.0)[0, 0]
    assert with_it / exposure(body, person, NASAL, 84.0)[0, 0] == pytest.approx(0.72, abs=0.02)


@pytest.mark.parametrize(
    ("route", "F"),
    [("im", 0.93), ("sc", 0.85), ("nasal", 0.45), ("oral", 0.20), ("sublingual", 0.30), ("rectal", 0.30)],
)
def test_racemic_ketamine_by_other_routes_has_the_bioavailability_put_in(route: str, F: float):
    assert area("kamp2020", Route(route), 25.0) / area("kamp2020", Route.INTRAVENOUS, 25.0) == pytest.approx(F)


def test_arterial_levels_are_twice_venous_ones_at_the_end_of_an_infusion():
    """Simons 2022 and the notes: about two-fold after 20 min; the curves cross once the infusion has ended."""
    arterial, venous = (course(name, 20.0, 20.0, 20.0) for name in ("kamp2020", "clements1981"))
    assert arterial / venous == pytest.approx(2.0, abs=0.25)
    assert course("kamp2020", 35.0, 40.0, 80.0) < course("clements1981", 35.0, 40.0, 80.0)


def test_fluoxetine_outlasts_paroxetine_and_its_metabolite_outlasts_it():
    parent, metabolite = half_lives("fluoxetine-label")[-2:]
    assert half_lives("shigetome2025", age=41.5, weight=58.6)[-1] < parent < metabolite


def test_no_substance_accumulates_over_twice_weekly_sprays():
    body, person = typical(SPRAY)
    rates = np.linalg.eigvals(body.matrix(person)[0]).real
    assert np.exp(rates.max() * 84.0) < 0.01
